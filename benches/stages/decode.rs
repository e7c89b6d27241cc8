//! Decoding by the type of a column, with the tokenizing of that column alone. A reader is new to each pass over the
//! file: what it learns of the texts is part of the work.

use criterion::{BatchSize, Criterion, Throughput};
use veilpoint::csv::read::BlockReader;

use super::data::{COLUMN_ROWS, Dataset, KINDS};

pub fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    group
        .sample_size(20)
        .throughput(Throughput::Elements(COLUMN_ROWS));
    for kind in KINDS {
        let data = Dataset::of(kind);
        group.bench_function(kind.name, |bench| {
            bench.iter_batched(
                || BlockReader::new(&data.contract, &data.binding, &data.syntax, &[0]),
                |mut reader| {
                    let read = |block| reader.read(block).unwrap().rows;
                    let rows: usize = data.blocks.iter().map(read).sum();
                    assert_eq!(rows as u64, COLUMN_ROWS);
                    reader
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}
