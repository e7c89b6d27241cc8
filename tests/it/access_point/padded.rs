//! Parquet that is filled up to its length law, as engines read it that share no code with each other: in full and
//! right, and with splits that are cut from the listed length.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::python::{run_script, run_script_in};
use crate::support::samples::{AS_OF, folder, patients};
use crate::support::site::run;

/// Rows of three row groups.
const ROWS: usize = 300_000;

/// The columns of `patients/billing`, and the footer.
const COLUMNS: u64 = 4 + 1;

/// Two releases of one object, the second filled up: their paths, and the object's length.
fn releases(folder: &TempDir) -> (String, String, u64) {
    let raw = patients(0, ROWS);
    fs::write(folder.path().join("patients.csv"), &raw).unwrap();
    for (name, more) in [
        ("plain.parquet", &[][..]),
        ("padded.parquet", &["--length-factor", "2"]),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veilpoint"));
        command
            .current_dir(folder.path())
            .env_clear()
            .args([
                "convert",
                "patients.csv",
                name,
                "--key",
                "key",
                "--sql",
                "sql",
            ])
            .args(["--projection", "patients/billing", "--as-of", AS_OF])
            .args(more);
        let exit = run(&mut command);
        assert_eq!(exit.code, Some(0), "{name}: {}", exit.stderr);
    }
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    (
        path("plain.parquet"),
        path("padded.parquet"),
        raw.len() as u64,
    )
}

fn length(path: &str) -> u64 {
    fs::metadata(Path::new(path)).unwrap().len()
}

#[test]
fn a_padded_release_is_read_in_full_and_right_by_engines_of_five_kinds() {
    let folder = folder();
    let (plain, padded, raw) = releases(&folder);
    assert_eq!(length(&padded), 2 * raw + 4096 * COLUMNS);
    // Several splits of rows, and as many of filler alone.
    assert!(length(&plain) > 3 << 20 && length(&padded) > length(&plain) + (16 << 20));
    let parsed = |text: String| -> Value { serde_json::from_str(&text).unwrap() };
    let expected = parsed(run_script("padded.py", &["pyarrow", &plain]));
    assert_eq!(expected["rows"], ROWS);
    assert_eq!(expected["row groups"], 3);
    let mut wrong = Vec::new();
    for reader in [
        "pyarrow",
        "duckdb",
        "polars",
        "fastparquet",
        "spark",
        "splits",
    ] {
        let own = ["fastparquet", "spark"].contains(&reader);
        let pins = if own {
            "requirements-padded.txt"
        } else {
            "requirements.txt"
        };
        let seen = parsed(run_script_in(pins, "padded.py", &[reader, &padded], b""));
        for field in ["rows", "sha256", "row groups"] {
            // Not every engine tells how many row groups it found.
            let told = field != "row groups" || !seen[field].is_null();
            if told && seen[field] != expected[field] {
                wrong.push(format!(
                    "{reader}: {field} {}, not {}",
                    seen[field], expected[field]
                ));
            }
        }
        if reader == "spark" && seen["splits"].as_u64() < Some(length(&padded) >> 20) {
            wrong.push(format!("spark cut {} splits", seen["splits"]));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
