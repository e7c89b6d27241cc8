//! Whole releases: of the admissions, by format and number of threads; and of one column of each kind, by format.

use std::io::{Cursor, sink};

use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use veilpoint::dataset::projection::Projection;
use veilpoint::release::{Control, Job, Options, run};
use veilpoint::request::Format;

use super::block::context;
use super::data::{COLUMN_ROWS, Dataset, KINDS, PROJECTION, SCHEMA, admissions};

/// The admissions.
pub fn whole(criterion: &mut Criterion) {
    let data = Dataset::new("admissions", SCHEMA, admissions());
    let projection =
        Projection::parse(&data.contract, "admissions/bench", "bench.sql", PROJECTION).unwrap();
    let mut group = criterion.benchmark_group("release");
    group
        .sample_size(10)
        .throughput(Throughput::Bytes(data.text.len() as u64));
    for format in [Format::Parquet, Format::Csv] {
        for threads in [1, 2] {
            let name = format!("{format:?}, {threads} threads");
            released(&mut group, &name, &data, &projection, format, threads);
        }
    }
    group.finish();
}

/// Encoding by the type of a column: what a release of it takes beyond `decode` of the same name.
pub fn columns(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode");
    group
        .sample_size(20)
        .throughput(Throughput::Elements(COLUMN_ROWS));
    for kind in KINDS {
        let data = Dataset::of(kind);
        let text = "-- order: kept\nSELECT x FROM t";
        let projection = Projection::parse(&data.contract, "t/x", "x.sql", text).unwrap();
        for format in [Format::Parquet, Format::Csv] {
            let name = format!("{format:?}, {}", kind.name);
            released(&mut group, &name, &data, &projection, format, 1);
        }
    }
    group.finish();
}

/// Measures a release.
pub fn released(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    data: &Dataset,
    projection: &Projection,
    format: Format,
    threads: usize,
) {
    let options = Options {
        threads,
        ..Options::default()
    };
    let job = Job {
        contract: &data.contract,
        projection,
        object: "t.csv",
        context: &context(projection),
        format,
        length: None,
        options: &options,
    };
    group.bench_function(name, |bench| {
        bench.iter_batched(
            || Box::new(Cursor::new(data.text.clone().into_bytes())),
            |input| run(&job, input, &mut sink(), &Control::default()).unwrap(),
            BatchSize::PerIteration,
        );
    });
}
