//! One block of admissions: tokenized, decoded, projected.

use std::hint::black_box;

use chrono::NaiveDate;
use criterion::{BatchSize, Criterion, Throughput};
use veilpoint::csv::read::BlockReader;
use veilpoint::csv::tokenize::{Tokens, tokenize};
use veilpoint::dataset::projection::{Plan, Projection, RowPlan};
use veilpoint::functions::Context;
use veilpoint::key::MasterKey;
use veilpoint::project::Projector;

use super::data::{Dataset, PROJECTION, SCHEMA, admissions};

/// The context of every benchmark.
pub fn context(projection: &Projection) -> Context {
    Context {
        as_of: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        keys: Some(MasterKey::from_bytes([7; 32]).domain(&projection.domain())),
    }
}

/// The plan of a projection that is row by row.
pub fn row_plan(projection: &Projection) -> RowPlan {
    match projection.bind(&context(projection)).unwrap() {
        Plan::Rows(plan) => plan,
        Plan::Whole(_) => panic!("the projection is not row by row"),
    }
}

pub fn benches(criterion: &mut Criterion) {
    let data = Dataset::new("admissions", SCHEMA, admissions());
    let projection =
        Projection::parse(&data.contract, "admissions/bench", "bench.sql", PROJECTION).unwrap();
    let plan = row_plan(&projection);
    let block = &data.blocks[0];

    let mut group = criterion.benchmark_group("block");
    group.throughput(Throughput::Bytes(block.len as u64));
    let mut tokens = Tokens::default();
    group.bench_function("tokenize", |bench| {
        bench.iter(|| {
            assert!(tokenize(
                black_box(block.text()),
                &data.syntax,
                data.binding.width,
                &mut tokens
            ));
        });
    });
    let mut reader = BlockReader::new(&data.contract, &data.binding, &data.syntax, &plan.inputs);
    group.bench_function("tokenize and decode", |bench| {
        bench.iter(|| reader.read(block).unwrap().rows);
    });
    let mut projector = Projector::new(&plan).unwrap();
    group.bench_function("project", |bench| {
        bench.iter_batched(
            || reader.read(block).unwrap(),
            |batch| projector.project(batch).unwrap(),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}
