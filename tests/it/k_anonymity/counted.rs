//! Python counts: pycanon over releases in which each row is a subject, and a plain count of distinct subjects.

use std::fs;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use veilpoint::request::Format;

use super::people::{Row, Subject, any_row, engine, text};
use crate::support::python::run_script_in;

/// Files of so many rows, and the same ones in each run.
fn files() -> Vec<Vec<Row>> {
    let mut runner = TestRunner::deterministic();
    let sizes = [20, 40, 60, 80];
    let some = |size: usize| {
        let rows = prop::collection::vec(any_row(), size);
        rows.new_tree(&mut runner).unwrap().current()
    };
    sizes.map(some).into()
}

fn python(args: &[&str]) -> String {
    run_script_in("requirements-anonymity.txt", "k_anonymity.py", args, b"")
}

/// The release over `age` and `zip`, in the object's order.
fn release(subject: Subject, k: usize, rows: &[Row], format: Format) -> (Vec<u8>, u64) {
    let head = format!("-- order: kept\n-- k: {k} over \"age\", \"zip\"");
    let select = "SELECT number, age, zip, score FROM t";
    let engine = engine(subject, &head, &["zip", "age"], select);
    let (bytes, summary) = engine
        .release(text(rows).as_bytes(), format, 2, 4096)
        .unwrap();
    (bytes, summary.rows_out)
}

/// All rows, in the object's order.
fn everything(rows: &[Row]) -> Vec<u8> {
    let select = "SELECT number, age, zip, score FROM t";
    let engine = engine(Subject::Row, "-- order: kept", &["zip", "age"], select);
    engine
        .release(text(rows).as_bytes(), Format::Csv, 2, 4096)
        .unwrap()
        .0
}

#[test]
fn pycanon_finds_k_in_what_leaves_and_less_in_what_comes() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    let mut put = |bytes: Vec<u8>| {
        let path = folder.path().join(format!("{}.csv", paths.len()));
        fs::write(&path, bytes).unwrap();
        paths.push(path.to_str().unwrap().to_owned());
    };
    // What is asked, the rows before, and the rows that are left; nothing is asked of what comes.
    let mut asked = Vec::new();
    for rows in files() {
        put(everything(&rows));
        asked.push((None, rows.len(), rows.len()));
        for k in [2, 3, 5, 8] {
            let (bytes, left) = release(Subject::Row, k, &rows, Format::Csv);
            put(bytes);
            asked.push((Some(k), rows.len(), usize::try_from(left).unwrap()));
        }
    }
    let mut args = vec!["k", "age,zip"];
    args.extend(paths.iter().map(String::as_str));
    let said = python(&args);
    let found: Vec<usize> = said
        .split_whitespace()
        .map(|k| k.parse().unwrap())
        .collect();
    assert_eq!(found.len(), asked.len());
    let mut wrong = Vec::new();
    for ((k, rows, left), found) in asked.iter().zip(found) {
        let right = match k {
            Some(k) => found >= *k || *left == 0 && found == 0,
            None => found < 8,
        };
        if !right {
            wrong.push(format!(
                "{rows} rows, k {k:?}, {left} left: pycanon finds {found}"
            ));
        }
    }
    assert!(
        asked
            .iter()
            .filter(|row| row.0 > Some(2) && row.2 > 0)
            .count()
            > 4
    );
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_plain_count_of_distinct_subjects_in_python_keeps_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("object.csv");
    let path = path.to_str().unwrap();
    let mut wrong = Vec::new();
    for mut rows in files() {
        // Python's reader does not tell an empty field from an empty text.
        for row in &mut rows {
            row.zip = row.zip.take().filter(|zip| !zip.is_empty());
        }
        fs::write(path, text(&rows)).unwrap();
        for (subject, names) in [(Subject::Ssn, "ssn"), (Subject::SsnAndName, "ssn,name")] {
            for k in [2, 3, 5] {
                let (bytes, _) = release(subject, k, &rows, Format::Csv);
                let bytes = String::from_utf8(bytes).unwrap();
                let lines = bytes.lines().skip(1);
                let found: Vec<&str> = lines.map(|line| line.split(',').next().unwrap()).collect();
                let expected = python(&["kept", path, &k.to_string(), names, "age", "zip"]);
                let expected: Vec<&str> = expected.split_whitespace().collect();
                if found != expected {
                    let (found, expected) = (found.len(), expected.len());
                    wrong.push(format!("{subject:?}, k {k}: {found} rows, not {expected}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
