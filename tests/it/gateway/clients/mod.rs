//! S3's clients in Rust, as their users run them: what they read is what the command makes.

mod aws_sdk;
mod object_store;
mod parquet;

use super::stage::Stage;
use crate::support::samples::patients;

/// Stems of releases, in the order of their keys.
const STEMS: [&str; 6] = [
    "a/patients-0",
    "a/patients-1",
    "a/patients-2",
    "b c/patients+3",
    "d/e/patients",
    "patients",
];

/// Rows of each object.
const ROWS: usize = 400;

/// An object's bytes.
fn raw(at: usize) -> Vec<u8> {
    patients(at * ROWS, ROWS)
}

/// A gateway over a folder with an object for each stem.
fn stage() -> Stage {
    let stage = Stage::new();
    for (at, stem) in STEMS.into_iter().enumerate() {
        stage.put(&format!("{stem}.csv"), raw(at));
    }
    stage.put("a/other.csv", "CANARY");
    stage
}

/// Where a stage listens.
fn endpoint(stage: &Stage) -> String {
    format!("http://{}", stage.host())
}

/// The keys of the releases, in order.
fn keys(format: &str) -> Vec<String> {
    STEMS.map(|stem| format!("{stem}.{format}")).into()
}
