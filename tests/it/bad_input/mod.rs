//! Bad input: each row of the table is refused with its code, column and record, leaves no file, and says no value.
//!
//! Every field of every record is a canary: text that stands nowhere else. None of them may turn up in what the command
//! says. `values.rs`, `shape.rs` and `files.rs` hold the rows; `people.rs` holds the dataset that they spoil. `commands.rs` shows
//! the same objects to the commands that only look.

mod commands;
mod files;
mod people;
mod shape;
mod values;

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use crate::support::folder::{entries, write_key};
use people::{COLUMNS, SCHEMA_HEAD, VIEW};

/// One object that must be refused.
struct Row {
    /// What is wrong, as a sentence.
    name: &'static str,
    /// The object's key.
    object: &'static str,
    /// The object's bytes.
    file: Vec<u8>,
    /// The text in them, where the bytes are compressed or encoded: canaries are taken from it.
    text: Vec<u8>,
    /// Further OPTIONS of the contract, each with a comma before it.
    options: &'static str,
    /// The code that is answered.
    code: &'static str,
    /// The column that is named.
    column: Option<&'static str>,
    /// The record that is named.
    record: Option<u64>,
    /// Whether the first line is data too: then its fields are canaries as well.
    headless: bool,
}

impl Row {
    fn new(name: &'static str, code: &'static str, file: impl Into<Vec<u8>>) -> Self {
        let file = file.into();
        Self {
            name,
            object: "people.csv",
            text: file.clone(),
            file,
            options: "",
            code,
            column: None,
            record: None,
            headless: false,
        }
    }

    fn at(self, record: u64) -> Self {
        Self {
            record: Some(record),
            ..self
        }
    }

    fn column(self, column: &'static str) -> Self {
        Self {
            column: Some(column),
            ..self
        }
    }

    fn options(self, options: &'static str) -> Self {
        Self { options, ..self }
    }

    fn headless(self) -> Self {
        Self {
            headless: true,
            ..self
        }
    }

    /// The row's text under another key and in other bytes.
    fn stored(self, object: &'static str, file: Vec<u8>) -> Self {
        Self {
            object,
            file,
            ..self
        }
    }

    /// What must not be said: the fields of the text, and the longer words in them. Of a large text those at its
    /// beginning, in its middle and at its end, where the rows spoil it.
    fn canaries(&self) -> HashSet<String> {
        const PART: usize = 32 * 1024;
        let text = &self.text[..];
        let (middle, end) = (text.len() / 2, text.len());
        let text = if end < 4 * PART {
            text.to_vec()
        } else {
            let middle = &text[middle - PART..middle + PART];
            [&text[..PART], b"\n", middle, b"\n", &text[end - PART..]].concat()
        };
        let text = String::from_utf8_lossy(&text);
        let data = match text.find(['\n', '\r']) {
            Some(end) if !self.headless => &text[end..],
            _ => &text[..],
        };
        let fields = data.split([',', ';', '\t', '"', '\n', '\r', '\0', '\u{fffd}']);
        let words = fields.clone().flat_map(|field| {
            field
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| word.chars().count() >= 5)
        });
        fields
            .map(str::trim)
            .filter(|field| field.chars().count() >= 4)
            .chain(words)
            .filter(|word| !["TRUE", "FALSE"].contains(word) && !COLUMNS.contains(word))
            .map(str::to_owned)
            .collect()
    }
}

fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
        let mut rows = shape::rows();
        rows.extend(files::rows());
        rows.extend(values::rows());
        rows
    });
    &ROWS
}

/// Lays the row's dataset, its object and a key under `folder`.
fn lay(row: &Row, folder: &Path) {
    let sql = folder.join("sql/people");
    fs::create_dir_all(&sql).unwrap();
    fs::create_dir_all(folder.join("out")).unwrap();
    fs::write(
        sql.join("schema.sql"),
        format!("{SCHEMA_HEAD}{});\n", row.options),
    )
    .unwrap();
    fs::write(sql.join("view.sql"), VIEW).unwrap();
    fs::write(folder.join(row.object), &row.file).unwrap();
    write_key(&folder.join("key"));
}

/// Runs the command in `folder`.
fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_veilpoint"))
        .current_dir(folder)
        .args(args)
        .output()
        .unwrap()
}

/// How the row's object is released.
const RELEASED: [&str; 8] = [
    "--projection",
    "people/view",
    "--sql",
    "sql",
    "--key",
    "key",
    "--as-of",
    "2026-11-25",
];

/// Lays the row under `folder` and converts it to `out/release.<format>`.
fn convert(row: &Row, folder: &Path, format: &str) -> Output {
    lay(row, folder);
    let output = format!("out/release.{format}");
    run(
        folder,
        &[&["convert", row.object, output.as_str()], &RELEASED[..]].concat(),
    )
}

/// What is wrong with the answer to a row, in sentences.
fn complaints(row: &Row, canaries: &HashSet<String>, format: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let output = convert(row, folder.path(), format);
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said);
    let mut wrong = Vec::new();
    if output.status.code() != Some(1) {
        wrong.push(format!("exits with {}", output.status));
    }
    let expected = [
        Some(format!("[{}]", row.code)),
        row.column.map(|column| format!("column \"{column}\"")),
        row.record.map(|record| format!("record {record}")),
    ];
    for part in expected.into_iter().flatten() {
        // `record 1` is not said by `record 17`.
        let said_so = said
            .match_indices(&part)
            .any(|(at, _)| !said[at + part.len()..].starts_with(|c: char| c.is_ascii_digit()));
        if !said_so {
            wrong.push(format!("does not say {part}"));
        }
    }
    let left = entries(&folder.path().join("out"));
    if !left.is_empty() {
        wrong.push(format!("leaves {left:?}"));
    }
    for canary in canaries {
        if said.contains(canary.as_str()) {
            wrong.push(format!("tells {canary:?}"));
        }
    }
    if !wrong.is_empty() {
        wrong.push(format!("said: {}", said.trim_end()));
    }
    wrong
        .into_iter()
        .map(|what| format!("{} → {format}: {what}", row.name))
        .collect()
}

#[test]
fn every_row_is_refused_with_code_column_and_record_and_tells_no_value() {
    let wrong = of_every_row(both);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is wrong with any row, looked at by as many threads as there are cores.
fn of_every_row(complaints: fn(&Row) -> Vec<String>) -> Vec<String> {
    let rows = rows();
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let share = rows.len().div_ceil(workers);
    std::thread::scope(|scope| {
        let parts: Vec<_> = rows
            .chunks(share)
            .map(|rows| scope.spawn(move || rows.iter().flat_map(complaints).collect::<Vec<_>>()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap())
            .collect()
    })
}

fn both(row: &Row) -> Vec<String> {
    let canaries = row.canaries();
    ["parquet", "csv"]
        .iter()
        .flat_map(|format| complaints(row, &canaries, format))
        .collect()
}

#[test]
fn the_table_has_at_least_a_hundred_rows_and_no_name_twice() {
    let rows = rows();
    let names: HashSet<&str> = rows.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), rows.len());
    assert!(rows.len() >= 100, "{}", rows.len());
}

#[test]
fn every_row_that_names_a_record_has_canaries() {
    for row in rows().iter().filter(|row| row.record.is_some()) {
        assert!(row.canaries().len() >= 10, "{}", row.name);
    }
}

/// Odd, and right: what the rows spoil is taken when it is not spoiled.
#[test]
fn what_is_odd_and_right_is_taken() {
    let mut wrong = Vec::new();
    for (name, options, text) in people::odd() {
        let row = Row::new(name, "", text).options(options);
        let folder = tempfile::tempdir().unwrap();
        let output = convert(&row, folder.path(), "csv");
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            wrong.push(format!("{name}: {}", said.trim_end()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
