//! Some thousand rows joined by Veilpoint and by `DuckDB`, which joins as SQL says: the same rows.

use std::fmt::Write as _;

use serde_json::{Value, json};
use veilpoint::dataset::contract::Contract;
use veilpoint::request::Format;

use super::table;
use crate::engine::Engine;
use crate::support::python::run_script_on;

const SCHEMA: &str = r#"CREATE EXTERNAL TABLE t ("n" INT COMMENT 'insensitive', "code" VARCHAR COMMENT 'sensitive', "ward" INT
  COMMENT 'insensitive') STORED AS CSV LOCATION 't*.csv'"#;

const CODES: &str = "\"code\" VARCHAR PRIMARY KEY COMMENT 'insensitive', \"chapter\" VARCHAR COMMENT 'insensitive', \"step\" \
                     BIGINT COMMENT 'insensitive'";

const WARDS: &str =
    "\"ward\" BIGINT PRIMARY KEY COMMENT 'insensitive', \"name\" VARCHAR COMMENT 'insensitive'";

/// Read by both as they stand.
const QUERIES: [&str; 14] = [
    "SELECT t.n, c.chapter, c.step FROM t LEFT JOIN codes c ON c.code = t.code",
    "SELECT t.n, c.code, c.chapter FROM t JOIN codes c ON t.code = c.code",
    "SELECT n, chapter, name FROM t JOIN codes ON codes.code = t.code LEFT JOIN wards ON wards.ward = t.ward",
    "SELECT n, name FROM t JOIN wards USING (ward)",
    "SELECT n, ward, name FROM t LEFT JOIN wards USING (ward)",
    "SELECT n, c.chapter FROM t LEFT JOIN codes c ON c.code = upper(t.code)",
    "SELECT n, c.chapter FROM t LEFT JOIN codes c ON c.code = left(t.code, 3) WHERE c.chapter IS NOT NULL",
    "SELECT n, w.name FROM t JOIN codes c ON c.code = t.code JOIN wards w ON w.ward = c.step",
    "SELECT n, w.name FROM t LEFT JOIN codes c ON c.code = t.code LEFT JOIN wards w ON w.ward = c.step + t.ward",
    "SELECT c.chapter, count(*) AS n, count(t.ward) AS w, sum(c.step) AS s FROM t LEFT JOIN codes c ON c.code = t.code GROUP \
     BY c.chapter",
    "SELECT DISTINCT w.name, c.chapter FROM t JOIN codes c ON c.code = t.code LEFT JOIN wards w ON w.ward = t.ward",
    "SELECT g.chapter, w.name FROM (SELECT c.chapter, max(t.ward) AS m FROM t JOIN codes c ON c.code = t.code GROUP BY \
     c.chapter) g LEFT JOIN wards w ON w.ward = g.m",
    "SELECT n, row_number() OVER (PARTITION BY c.chapter ORDER BY n) AS r FROM t LEFT JOIN codes c ON c.code = t.code",
    "SELECT n, c.chapter FROM t LEFT JOIN codes c ON c.code = t.code ORDER BY c.chapter DESC NULLS LAST, n LIMIT 50",
];

/// An object of which codes and wards are known, unknown, in another case, or none.
fn object() -> String {
    let mut text = "n,code,ward\n".to_owned();
    let mut state: u32 = 1;
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    for n in 0..4_000 {
        let letter = char::from(b"ABCDabz"[random(7) as usize]);
        let code = match random(9) {
            0 => String::new(),
            1 => format!("{letter}{:02}.{}", random(40), random(9)),
            _ => format!("{letter}{:02}", random(40)),
        };
        match random(10) {
            0 => writeln!(text, "{n},{code},").unwrap(),
            _ => writeln!(text, "{n},{code},{}", random(60)).unwrap(),
        }
    }
    text
}

fn codes() -> String {
    let mut text = "code,chapter,step\n".to_owned();
    for letter in ["A", "B", "C", "a"] {
        for n in (0..40).filter(|n| n % 3 != 1) {
            let chapter = if n % 7 == 0 {
                String::new()
            } else {
                format!("{letter} {}", n / 10)
            };
            writeln!(text, "{letter}{n:02},{chapter},{}", n * 2 - 10).unwrap();
        }
    }
    text
}

fn wards() -> String {
    let mut text = "ward,name\n".to_owned();
    for ward in (-5..50).filter(|ward| ward % 4 != 3) {
        writeln!(text, "{ward},ward of {ward}").unwrap();
    }
    text
}

/// The rows of a release in CSV, as sorted texts. No text in it is empty, and none needs quotes.
fn ours(contract: &Contract, sql: &str, object: &str) -> Vec<String> {
    let engine = Engine::over(contract.clone(), &format!("-- order: kept\n{sql}"), 7);
    let made = engine.release(object.as_bytes(), Format::Csv, 2, usize::MAX);
    let text = String::from_utf8(made.unwrap().0).unwrap();
    let mut rows: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    rows.sort();
    rows
}

fn theirs(rows: &Value) -> Vec<String> {
    let field = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |row: &Value| -> String {
        let fields: Vec<String> = row.as_array().unwrap().iter().map(field).collect();
        fields.join(",")
    };
    let mut rows: Vec<String> = rows.as_array().unwrap().iter().map(row).collect();
    rows.sort();
    rows
}

#[test]
fn joins_give_the_rows_that_duckdb_gives() {
    let (object, codes, wards) = (object(), codes(), wards());
    let tables = [
        table("codes", CODES, &codes).unwrap().into(),
        table("wards", WARDS, &wards).unwrap().into(),
    ];
    let contract = Contract::parse("t", "schema.sql", SCHEMA).unwrap();
    let contract = contract.with_references(tables.into_iter().collect());
    let case = json!({
        "tables": {
            "t": {"columns": [["n", "INTEGER"], ["code", "VARCHAR"], ["ward", "INTEGER"]], "csv": object},
            "codes": {"columns": [["code", "VARCHAR"], ["chapter", "VARCHAR"], ["step", "BIGINT"]], "csv": codes},
            "wards": {"columns": [["ward", "BIGINT"], ["name", "VARCHAR"]], "csv": wards},
        },
        "queries": QUERIES,
    });
    let answer = run_script_on("joined.py", &[], case.to_string().as_bytes());
    let answer: Vec<Value> = serde_json::from_str(&answer).unwrap();
    let mut wrong = Vec::new();
    for (sql, expected) in QUERIES.iter().zip(&answer) {
        let (ours, theirs) = (ours(&contract, sql, &object), theirs(expected));
        let first = ours.iter().zip(&theirs).find(|(a, b)| a != b);
        if ours.len() != theirs.len() || first.is_some() {
            let counts = (ours.len(), theirs.len());
            wrong.push(format!("{sql}: {counts:?} rows, {first:?}"));
        }
        if theirs.len() < 4 {
            wrong.push(format!("{sql}: shows nothing"));
        }
    }
    assert_eq!(answer.len(), QUERIES.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
