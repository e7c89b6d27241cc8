//! What analysts write every day, and what is odd and right: each row of the proof's table that must pass runs, and has
//! the columns that it is expected to have.
//!
//! No value of a direct identifier stands in the release, whatever the columns are called.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use veilpoint::csv;
use veilpoint::dataset::contract::{Class, Column, ColumnType, Contract};
use veilpoint::dataset::projection::Projection;
use veilpoint::dataset::reference::{Reference, References};
use veilpoint::request::Format;

use super::rows::{self, Row};
use crate::engine::Engine;

/// Nine records that keep to a contract, and the values of its direct identifiers, each of them nowhere else.
fn people(contract: &Contract) -> (String, Vec<String>) {
    let delimiter = char::from(contract.dialect.delimiter).to_string();
    let names: Vec<&str> = contract
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let (mut text, mut secrets) = (names.join(&delimiter) + "\n", Vec::new());
    for row in 1..10 {
        let mut fields = Vec::new();
        for (at, column) in contract.columns.iter().enumerate() {
            let missing = column.nullable && row == at % 9 + 1;
            let field = if missing {
                String::new()
            } else {
                value(column, at, row)
            };
            if column.class == Class::DirectIdentifier && !missing {
                secrets.push(field.clone());
            }
            fields.push(field);
        }
        writeln!(text, "{}", fields.join(&delimiter)).unwrap();
    }
    (text, secrets)
}

/// A value of a column. Births are before all other dates.
fn value(column: &Column, at: usize, row: usize) -> String {
    let direct = column.class == Class::DirectIdentifier;
    let birth = column.name.to_lowercase().starts_with('b');
    match column.data_type {
        ColumnType::Text(_) if direct => format!("90{at:02}7{row}183{at:02}6{row}"),
        ColumnType::Text(_) if column.name == "state" => format!("state{}", row % 3),
        ColumnType::Text(_) if column.class == Class::QuasiIdentifier => format!("8{row}01{row}"),
        ColumnType::Text(_) => format!("{}{}", &column.name[..2], row % 4),
        ColumnType::Int64 if direct => format!("4{at:02}82{row}5577{row}"),
        ColumnType::Int32 if direct => format!("9{at:02}77{row}5{row}"),
        ColumnType::Date if direct => format!("19{row}2-1{}-2{row}", row % 3),
        ColumnType::Date if birth => format!("19{}1-0{row}-1{row}", 4 + row % 5),
        ColumnType::Date => format!("20{}4-0{row}-1{}", row % 3, at % 10),
        ColumnType::Timestamp => format!("2023-0{row}-0{row}T1{row}:30:00"),
        ColumnType::Boolean => (row > 3).to_string(),
        ColumnType::Float32 | ColumnType::Float64 | ColumnType::Decimal(..) => {
            format!("{}.5", row * 3)
        }
        _ => (row * 7 + at).to_string(),
    }
}

/// The reference tables with their rows.
fn references() -> References {
    let table = |(name, schema, text): (String, String, String)| {
        let (contract, key) = Contract::parse_reference(&name, "reference.sql", &schema).unwrap();
        let rows = csv::table::read(&contract, &text.into()).unwrap();
        Arc::new(Reference::new(&contract, key, rows).unwrap())
    };
    rows::references().into_iter().map(table).collect()
}

/// What is wrong with the release of a row.
fn complaint(row: &Row) -> Option<String> {
    let schema = rows::contract(&row.contract);
    let contract = Contract::parse(&row.contract, "schema.sql", &schema).unwrap();
    let contract = contract.with_references(references());
    let (object, secrets) = people(&contract);
    let release = Engine::proven(contract, &row.text, 7)
        .and_then(|engine| engine.release(object.as_bytes(), Format::Csv, 1, usize::MAX));
    let text = match release {
        Ok((bytes, _)) => String::from_utf8(bytes).unwrap(),
        Err(error) => return Some(format!("{}: {}: does not run: {error}", row.file, row.name)),
    };
    let header = text.lines().next().unwrap_or_default().replace('"', "");
    let names = row
        .expected
        .iter()
        .filter_map(|line| line.rsplit_once(": "));
    let expected: Vec<&str> = names.map(|(name, _)| name).collect();
    if header != expected.join(",") {
        return Some(format!(
            "{}: {}: has the header {header}",
            row.file, row.name
        ));
    }
    let told: Vec<&String> = secrets
        .iter()
        .filter(|value| text.contains(*value))
        .collect();
    (!told.is_empty()).then(|| format!("{}: {}: tells {told:?}", row.file, row.name))
}

#[test]
fn what_an_analyst_writes_runs_and_has_its_columns() {
    let rows = rows::read("accepted");
    assert!(rows.len() >= 200, "{}", rows.len());
    let wrong: Vec<String> = rows.iter().filter_map(complaint).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
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
