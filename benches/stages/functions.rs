//! Each SQL function through a projection of it alone, over decoded rows: rows per second, one thread.
//!
//! A worker remembers what a function gave for a text that comes again: of functions over text the rows say how often it
//! does. Bars: `token` of distinct values 250 ns each, `pseudonym` of repeating names 10 ns.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use criterion::{BatchSize, Criterion, Throughput};
use veilpoint::csv::read::{Batch, BlockReader};
use veilpoint::dataset::projection::{Projection, RowPlan};
use veilpoint::functions::ours;
use veilpoint::project::Projector;

use super::block::row_plan;
use super::data::{COLUMN_ROWS, Dataset, Numbers, date, time};

const SCHEMA: &str = r#"CREATE EXTERNAL TABLE people (
  "Id"       VARCHAR       COMMENT 'direct identifier',
  "Name"     VARCHAR       COMMENT 'direct identifier',
  "Person"   VARCHAR       COMMENT 'direct identifier',
  "Account"  VARCHAR       COMMENT 'quasi-identifier',
  "Gender"   VARCHAR       COMMENT 'insensitive',
  "Born"     DATE          COMMENT 'quasi-identifier',
  "Admitted" TIMESTAMP     COMMENT 'quasi-identifier',
  "Zip"      VARCHAR       COMMENT 'quasi-identifier',
  "Income"   BIGINT        COMMENT 'quasi-identifier',
  "Weight"   DOUBLE        COMMENT 'quasi-identifier',
  "Cost"     DECIMAL(9, 2) COMMENT 'insensitive',
  "Note"     VARCHAR       COMMENT 'insensitive'
) STORED AS CSV LOCATION 'people*.csv' OPTIONS ('veilpoint.subject' '"Id"', 'veilpoint.found_identifiers' 'ignore')"#;

/// What is called, and how the benchmark is called. `Id`, `Person`, `Account` and `Note` are all distinct, `Name` has
/// 5,000 values, `Zip` 9,000, `Gender` 2.
const CALLS: &[(&str, &str)] = &[
    ("token, distinct", r#"token("Id")"#),
    ("token, repeating", r#"token("Name")"#),
    ("token, number", r#"token("Income")"#),
    ("pseudonym, distinct", r#"pseudonym("Person")"#),
    ("pseudonym, repeating", r#"pseudonym("Name")"#),
    (
        "pseudonym, repeating, with gender",
        r#"pseudonym("Name", "Gender")"#,
    ),
    (
        "ff1_encrypt, distinct",
        r#"ff1_encrypt("Account", 'digits')"#,
    ),
    ("date_shift", r#"date_shift("Born", "Id", 365)"#),
    ("noise", r#"noise("Income", "Id", 0.1)"#),
    ("noise, DOUBLE", r#"noise("Weight", "Id", 0.1)"#),
    ("age", r#"age("Born")"#),
    ("age_band", r#"age_band("Born", 10)"#),
    ("hipaa_age", r#"hipaa_age("Born")"#),
    ("generalize, BIGINT", r#"generalize("Income", 1000)"#),
    ("generalize, DOUBLE", r#"generalize("Weight", 2.5)"#),
    (
        "generalize_date, DATE",
        r#"generalize_date("Born", 'quarter')"#,
    ),
    (
        "generalize_date, TIMESTAMP",
        r#"generalize_date("Admitted", 'month')"#,
    ),
    ("hipaa_zip3, repeating", r#"hipaa_zip3("Zip")"#),
    ("keep_prefix, repeating", r#"keep_prefix("Zip", 2)"#),
    ("keep_prefix, distinct", r#"keep_prefix("Account", 2)"#),
    ("keep_suffix, distinct", r#"keep_suffix("Account", 4)"#),
    ("mask, distinct", r#"mask("Account", 0, 4)"#),
    ("redact_text, distinct", r#"redact_text("Note")"#),
    (
        "redact_text, distinct, with a name",
        r#"redact_text("Note", "Name")"#,
    ),
    ("redact", r#"redact("Name", '***')"#),
    ("top_code", r#"top_code("Cost", 1000)"#),
    ("bottom_code", r#"bottom_code("Cost", 10)"#),
    ("as_of", "as_of()"),
];

fn people() -> String {
    let mut chance = Numbers::new();
    let mut text =
        String::from("Id,Name,Person,Account,Gender,Born,Admitted,Zip,Income,Weight,Cost,Note\n");
    for row in 0..COLUMN_ROWS {
        let person = format!("First{} Last{}", chance.below(70), chance.below(70));
        let (born, admitted) = (date(&mut chance), time(&mut chance));
        let mut below = |limit| chance.below(limit);
        // A string takes any write.
        let _ = writeln!(
            text,
            "756.{row:07}.{:03},{person},Person {row},4111{row:012},{},{born},{admitted},{},{},{}.{},{}.{:02},\
             \"Ms {person} was seen on 3.5.2024, tel. 079 {row:07}, and slept well: {}/{} mmHg.\"",
            below(1000),
            ["F", "M"][usize::try_from(below(2)).unwrap()],
            10_000 + below(9_000),
            below(200_000),
            40 + below(80),
            below(10),
            below(2_000),
            below(100),
            90 + below(90),
            50 + below(50),
        );
    }
    text
}

pub fn benches(criterion: &mut Criterion) {
    all_are_called();
    let data = Dataset::new("people", SCHEMA, people());
    let mut group = criterion.benchmark_group("function");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(COLUMN_ROWS));
    for (name, call) in CALLS {
        let text = format!("-- order: kept\nSELECT {call} AS x FROM people");
        let projection = Projection::parse(&data.contract, "people/x", "x.sql", &text).unwrap();
        let plan = row_plan(&projection);
        let batches = decoded(&data, &plan);
        let mut projector = Projector::new(&plan).unwrap();
        group.bench_function(*name, |bench| {
            bench.iter_batched(
                || batches.iter().map(again).collect::<Vec<_>>(),
                |batches| {
                    let project = |batch| projector.project(batch).unwrap();
                    batches.into_iter().map(project).collect::<Vec<_>>()
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// A function that nobody measures is one that may become slow.
fn all_are_called() {
    let called: BTreeSet<&str> = CALLS
        .iter()
        .filter_map(|(_, call)| Some(call.split_once('(')?.0))
        .collect();
    let known: BTreeSet<&str> = ours().iter().map(|function| function.name).collect();
    assert_eq!(called, known);
}

fn decoded(data: &Dataset, plan: &RowPlan) -> Vec<Batch> {
    let mut reader = BlockReader::new(&data.contract, &data.binding, &data.syntax, &plan.inputs);
    let read = |block| reader.read(block).unwrap();
    data.blocks.iter().map(read).collect()
}

/// The same rows: their columns are shared.
fn again(batch: &Batch) -> Batch {
    Batch {
        columns: batch.columns.clone(),
        origin: batch.origin.clone(),
        ..*batch
    }
}
