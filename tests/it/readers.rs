//! The sample's releases as others read them: three readers see the same types and rows, in Parquet as in CSV, and they
//! are what a plain Python program computes from the sample.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::folder::write_key;
use crate::support::python::{run_script, run_script_on};

const READERS: [&str; 3] = ["pyarrow", "duckdb", "polars"];
const AS_OF: &str = "2026-11-25";

fn home(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Converts the sample through a bundled projection, and gives the release's path in `folder`.
fn convert(folder: &TempDir, projection: &str, format: &str) -> String {
    let release = folder.path().join(format!("release.{format}"));
    let key = folder.path().join("key");
    write_key(&key);
    let output = Command::new(env!("CARGO_BIN_EXE_veilpoint"))
        .arg("convert")
        .args([home("samples/patients.csv"), release.clone()])
        .args(["--projection", projection, "--as-of", AS_OF, "--sql"])
        .args([home("sql"), "--key".into(), key])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    release.to_str().unwrap().to_owned()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The rows as sorted texts, less the first `skip` columns: order and pseudonyms depend on the key.
fn rows(table: &Value, skip: usize) -> Vec<String> {
    let rows = table["rows"].as_array().unwrap();
    let mut rows: Vec<String> = rows
        .iter()
        .map(|row| json!(row.as_array().unwrap()[skip..]).to_string())
        .collect();
    rows.sort();
    rows
}

/// The texts of one column.
fn column(table: &Value, at: usize) -> BTreeSet<String> {
    let rows = table["rows"].as_array().unwrap();
    rows.iter()
        .filter_map(|row| row[at].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn three_readers_see_the_types_and_rows_that_python_computes() {
    let folder = tempfile::tempdir().unwrap();
    let sample = home("samples/patients.csv");
    let expected = parsed(&run_script(
        "oracle.py",
        &["analytics", sample.to_str().unwrap(), AS_OF],
    ));
    let parquet = convert(&folder, "patients/analytics", "parquet");
    let csv = convert(&folder, "patients/analytics", "csv");
    let whole = parsed(&run_script("dump.py", &["pyarrow", &parquet]));
    assert_eq!(
        whole["columns"].as_array().unwrap()[1..],
        expected["columns"].as_array().unwrap()[..]
    );
    assert_eq!(
        whole["columns"][0],
        json!({"name": "Fullname", "type": "text"})
    );
    assert_eq!(rows(&whole, 1), rows(&expected, 0));
    for reader in READERS {
        let theirs = parsed(&run_script("dump.py", &[reader, &parquet]));
        assert_eq!(theirs, whole, "{reader} of Parquet");
        let theirs = parsed(&run_script("dump.py", &[reader, &csv]));
        assert_eq!(rows(&theirs, 0), rows(&whole, 0), "{reader} of CSV");
    }
}

#[test]
fn tokens_are_those_that_python_computes() {
    let sample = home("samples/patients.csv");
    let raw = parsed(&run_script(
        "dump.py",
        &["duckdb", sample.to_str().unwrap(), "--text"],
    ));
    let texts = json!(column(&raw, 1)).to_string();
    let domains = [
        ("patients/research", "named", "research"),
        ("patients/billing", "own", "patients/billing"),
    ];
    let mut seen = Vec::new();
    for (projection, kind, domain) in domains {
        let folder = tempfile::tempdir().unwrap();
        let release = convert(&folder, projection, "parquet");
        let key = folder.path().join("key");
        let arguments = ["token", key.to_str().unwrap(), kind, domain];
        let expected = parsed(&run_script_on("oracle.py", &arguments, texts.as_bytes()));
        let expected: BTreeSet<String> = serde_json::from_value(expected).unwrap();
        let tokens = column(&parsed(&run_script("dump.py", &["pyarrow", &release])), 0);
        assert_eq!(tokens, expected, "{projection}");
        seen.push(tokens);
    }
    assert!(seen[0].is_disjoint(&seen[1]), "two domains share a token");
}
