//! Each stage of a release by itself, in bytes or rows per second, on hospital admissions made here.
//!
//! `cargo bench` runs them; `benches/compare` runs whole conversions beside other engines.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark that fails says so by panicking"
)]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;

use chrono::NaiveDate;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use veilpoint::csv::cut::Cutter;
use veilpoint::csv::read::BlockReader;
use veilpoint::csv::tokenize::{Tokens, tokenize};
use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::{Plan, Projection};
use veilpoint::functions::Context;
use veilpoint::key::MasterKey;
use veilpoint::project::Projector;
use veilpoint::release::{self, Control, Job, Options};
use veilpoint::request::Format;

const ROWS: u64 = 200_000;

const SCHEMA: &str = include_str!("sql/admissions/schema.sql");
const PROJECTION: &str = include_str!("sql/admissions/bench.sql");

/// The same columns as `benches/compare` makes, from a linear congruential generator.
fn admissions() -> String {
    let mut state = 1u64;
    let mut below = |limit: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let mut text = String::from(
        "id,ssn,first_name,last_name,birth_date,gender,address,zip,city,phone,email,blood_type,weight_kg,height_cm,\
         diagnosis,admitted_at\n",
    );
    for id in 0..ROWS {
        let row = format!(
            "{id},{:03}-{:02}-{:04},First{},Last{},19{:02}-{:02}-{:02},{},\"Bahnhofstrasse {}, Haus \"\"{}\"\"\",{},\
             City{},+41 {:02} {:03},user{}@example.org,B{},{}.{},{}.{},D{},2024-{:02}-{:02} {:02}:{:02}:{:02}",
            below(899),
            below(99),
            below(9999),
            below(24),
            below(24),
            below(99),
            below(12) + 1,
            below(28) + 1,
            if below(2) == 0 { 'F' } else { 'M' },
            below(200),
            below(8),
            1000 + below(8999),
            below(7),
            below(99),
            below(999),
            below(1_000_000),
            below(8),
            40 + below(80),
            below(10),
            140 + below(60),
            below(10),
            below(8),
            below(12) + 1,
            below(28) + 1,
            below(24),
            below(60),
            below(60),
        );
        // A vector of characters takes any write.
        let _ = writeln!(text, "{row}");
    }
    text
}

fn stages(criterion: &mut Criterion) {
    let text = admissions();
    let contract = Contract::parse("admissions", "schema.sql", SCHEMA).unwrap();
    let projection =
        Projection::parse(&contract, "admissions/bench", "bench.sql", PROJECTION).unwrap();
    let keys = MasterKey::from_bytes([7; 32]).domain(&projection.domain());
    let context = Context {
        as_of: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        keys: Some(keys),
    };
    let Plan::Rows(plan) = projection.bind(&context).unwrap() else {
        panic!("the projection is row by row")
    };

    let mut cutter = Cutter::new(Box::new(Cursor::new(text.clone().into_bytes())));
    let (syntax, binding) = veilpoint::csv::header::open(&mut cutter, &contract).unwrap();
    let block = cutter.next(Vec::new(), &syntax).unwrap().unwrap();
    let rows = |reader: &mut BlockReader| reader.read(&block).unwrap();

    let mut group = criterion.benchmark_group("block");
    group.throughput(Throughput::Bytes(block.len as u64));
    let mut tokens = Tokens::default();
    group.bench_function("tokenize", |bench| {
        bench.iter(|| {
            assert!(tokenize(
                black_box(block.text()),
                &syntax,
                binding.width,
                &mut tokens
            ));
        });
    });
    let mut reader = BlockReader::new(&contract, &binding, &syntax, &plan.inputs);
    group.bench_function("tokenize and decode", |bench| {
        bench.iter(|| rows(&mut reader).rows);
    });
    let mut projector = Projector::new(&plan).unwrap();
    group.bench_function("project", |bench| {
        bench.iter_batched(
            || rows(&mut reader),
            |batch| projector.project(batch).unwrap(),
            BatchSize::SmallInput,
        );
    });
    group.finish();

    let mut group = criterion.benchmark_group("release");
    group
        .sample_size(10)
        .throughput(Throughput::Bytes(text.len() as u64));
    for format in [Format::Parquet, Format::Csv] {
        for threads in [1, 2] {
            let options = Options {
                threads,
                ..Options::default()
            };
            let job = Job {
                contract: &contract,
                projection: &projection,
                object: "admissions.csv",
                context: &context,
                format,
                length: None,
                options: &options,
            };
            group.bench_function(format!("{format:?}, {threads} threads"), |bench| {
                bench.iter_batched(
                    || Box::new(Cursor::new(text.clone().into_bytes())),
                    |input| {
                        release::run(&job, input, &mut std::io::sink(), &Control::default())
                            .unwrap()
                    },
                    BatchSize::PerIteration,
                );
            });
        }
    }
    group.finish();
}

/// The bundled projections by their names, each with its contract's text and its own.
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

/// What it costs to read, plan and prove a projection: once an edit, and never for a request.
fn proofs(criterion: &mut Criterion) {
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

/// A doctor's letter, with one identifier of most kinds, and what only looks like one.
const LETTER: &str = "Sehr geehrter Herr Kollege, wir berichten über Frau Müller, geb. 12.03.1948, hospitalisiert vom 3. \
    bis 9. Mai 2023. Diagnosen: I48.0, E78.2. Medikation: Torem 10 mg 1-0-0, Marcoumar nach INR (2.0-3.0). Labor: Leuk \
    12.4 G/l, CRP 88 mg/l, RR 142/86, Gewicht 62,5 kg. AHV 756.9217.0769.85, Telefon 044 668 18 00, E-Mail \
    u.mueller@example.ch, Konto CH93 0076 2011 6238 5295 7. Kontrolle in Zimmer 3.12. Mit freundlichen Grüssen. ";

/// What looking for identifiers costs: in free text, and in a release, whose contract may say that nobody looks.
fn identifiers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("identifiers");
    let letters = LETTER.repeat(100);
    group.throughput(Throughput::Bytes(letters.len() as u64));
    group.bench_function("find in letters", |bench| {
        bench.iter(|| veilpoint::identifiers::find(black_box(&letters)).count());
    });
    let text = admissions();
    group
        .sample_size(10)
        .throughput(Throughput::Bytes(text.len() as u64));
    for guarding in ["log", "ignore"] {
        let option = format!("OPTIONS ('veilpoint.found_identifiers' '{guarding}', ");
        let schema = SCHEMA.replace("OPTIONS (", &option);
        let contract = Contract::parse("admissions", "schema.sql", &schema).unwrap();
        let projection =
            Projection::parse(&contract, "admissions/bench", "bench.sql", PROJECTION).unwrap();
        let job = Job {
            contract: &contract,
            projection: &projection,
            object: "admissions.csv",
            context: &Context {
                as_of: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
                keys: Some(MasterKey::from_bytes([7; 32]).domain(&projection.domain())),
            },
            format: Format::Csv,
            length: None,
            options: &Options {
                threads: 1,
                ..Options::default()
            },
        };
        group.bench_function(format!("a release, {guarding}"), |bench| {
            bench.iter_batched(
                || Box::new(Cursor::new(text.clone().into_bytes())),
                |input| {
                    release::run(&job, input, &mut std::io::sink(), &Control::default()).unwrap()
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, stages, proofs, identifiers);
criterion_main!(benches);
