//! What analysts write every day, and what is odd and right: each row is accepted, runs, and has these columns.
//!
//! No value of a direct identifier stands in the release, whatever the columns are called.

mod everyday;
mod nested;

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;
use veilpoint::request::Format;

use super::{COLUMNS, parse, people, strict};
use crate::engine::Engine;

/// What is written, its text, and the output columns as the release's header has them.
type Row = (&'static str, &'static str, &'static str);

fn rows() -> Vec<Row> {
    [
        everyday::EVERYDAY,
        everyday::ROWS_CHOSEN,
        nested::GROUPED,
        nested::NESTED,
        nested::KEYED,
    ]
    .concat()
}

/// The values of the direct identifiers, each of them nowhere else in the object.
fn secrets(text: &str) -> HashSet<String> {
    let secret = |at: &usize| matches!(COLUMNS[*at].2, "direct identifier" | "");
    let columns: Vec<usize> = (0..COLUMNS.len()).filter(secret).collect();
    text.lines()
        .skip(1)
        .flat_map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            columns
                .iter()
                .map(|at| fields[*at].to_owned())
                .collect::<Vec<_>>()
        })
        .filter(|value| !value.is_empty())
        .collect()
}

/// What is wrong with the answer to a row.
fn complaint((name, sql, columns): &Row, object: &str) -> Option<String> {
    let projection = match parse(&strict(), sql) {
        Ok(projection) => projection,
        Err(error) => return Some(format!("{name}: is refused: {error}")),
    };
    let proven: Vec<&str> = projection
        .proof
        .outputs
        .iter()
        .map(|output| output.name.as_str())
        .collect();
    if proven.join(",") != columns.replace('"', "") {
        return Some(format!("{name}: proves {proven:?}"));
    }
    let release =
        Engine::new(&strict(), sql, 7).release(object.as_bytes(), Format::Csv, 1, usize::MAX);
    let text = match release {
        Ok((bytes, _)) => String::from_utf8(bytes).unwrap(),
        Err(error) => return Some(format!("{name}: does not run: {error}")),
    };
    if text.lines().next() != Some(columns) {
        return Some(format!("{name}: has the header {:?}", text.lines().next()));
    }
    let told: Vec<String> = secrets(object)
        .into_iter()
        .filter(|value| text.contains(value))
        .collect();
    (!told.is_empty()).then(|| format!("{name}: tells {told:?}"))
}

#[test]
fn what_an_analyst_writes_is_accepted_and_runs_and_has_its_columns() {
    let object = people();
    let wrong: Vec<String> = rows()
        .iter()
        .filter_map(|row| complaint(row, &object))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_tables_of_what_is_accepted_are_large_and_name_each_row_once() {
    let mut seen = HashSet::new();
    let twice: Vec<&str> = rows()
        .iter()
        .map(|row| row.0)
        .filter(|name| !seen.insert(*name))
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert!(seen.len() >= 100, "{}", seen.len());
}

/// The bundled projections, by their files, with their columns.
#[test]
fn every_bundled_projection_is_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/patients");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let contract = Contract::parse("patients", "schema.sql", &read("schema.sql")).unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        if file == "schema.sql" {
            continue;
        }
        let projection = Projection::parse(&contract, "patients/x", &file, &read(&file)).unwrap();
        let columns: Vec<&str> = projection
            .proof
            .outputs
            .iter()
            .map(|output| output.name.as_str())
            .collect();
        found.push(format!("{file}: {}", columns.join(", ")));
    }
    found.sort();
    assert_eq!(
        found,
        [
            "analytics.sql: Fullname, Age, Gender, Smoking, Weight, Height, Disease",
            "billing.sql: Account, Area, Born in, Item",
            "research.sql: Patient, Born in, Age band, Smoking, Weight from, Height from, Disease",
        ]
    );
}
