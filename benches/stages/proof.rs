//! Reading, planning and proving the bundled projections: once an edit, and never for a request.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::Criterion;
use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;

/// The projections by their names, each with its contract's text and its own.
fn bundled() -> Vec<(String, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/patients");
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let schema = read(&folder.join("schema.sql"));
    let mut found: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("schema.sql"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, schema.clone(), read(&path))
        })
        .collect();
    found.sort();
    found
}

pub fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("prove");
    for (name, schema, text) in bundled() {
        let contract = Contract::parse("patients", "schema.sql", &schema).unwrap();
        group.bench_function(&name, |bench| {
            bench.iter(|| {
                Projection::parse(&contract, "patients/x", "x.sql", black_box(&text)).unwrap()
            });
        });
    }
    group.finish();
}
