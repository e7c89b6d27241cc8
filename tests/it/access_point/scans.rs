//! Engines that scan twenty objects: every object is read and transformed once, however many small requests come, from
//! however many readers, and with a cache in a bucket whichever process they reach.

use serde_json::{Value, json};

use super::stage::{RAW, Stage, payload};
use crate::support::python::run_script_in;
use crate::support::samples::patients;

/// So many objects are scanned.
const OBJECTS: usize = 20;

/// Rows of each.
const ROWS: usize = 300;

/// So many readers at once.
const MANY: usize = 16;

/// Where the releases lie as `convert` makes them, and where instances share them.
const EXPECTED: &str = "expected";
const SHARED: &str = "shared";

/// With objects, and with their releases in a bucket of their own.
fn stage(processes: usize, variables: &[(&str, &str)]) -> Stage {
    let stage = Stage::of(processes, variables);
    stage.front.store().make(SHARED);
    for number in 0..OBJECTS {
        let raw = patients(number * ROWS, ROWS);
        let release = stage.converted(&raw, "patients/analytics", "parquet");
        let key = format!("d/patients-{number:02}.parquet");
        stage.front.store().put(EXPECTED, &key, release);
        stage.put(&format!("d/patients-{number:02}.csv"), raw, 1);
    }
    stage
}

/// What so many readers see below a bucket's `d/`.
fn scan(stage: &Stage, reader: &str, bucket: &str, count: usize) -> Vec<Value> {
    let count = count.to_string();
    let endpoint = stage.front.endpoint();
    let arguments = [reader, &endpoint, bucket, "d/", &count];
    let seen = run_script_in("requirements-scan.txt", "scan.py", &arguments, b"");
    serde_json::from_str(&seen).unwrap()
}

/// What all of them should see.
fn right(stage: &Stage) -> Value {
    let expected = scan(stage, "boto3", EXPECTED, 1).remove(0);
    assert_eq!(expected["rows"], OBJECTS * ROWS, "{expected}");
    expected
}

/// An access point of this name.
fn point(stage: &Stage, name: &str, more: &Value) -> String {
    stage.point(name, &payload("patients/analytics", "parquet", more))
}

/// How often each object was sent whole, where that is not once.
fn not_once(stage: &Stage) -> Vec<String> {
    let store = stage.front.store();
    let counts = store.keys(RAW).into_iter().map(|key| {
        let count = store.counts(RAW, &key).whole;
        (key, count)
    });
    let wrong = counts.filter(|(_, count)| *count != 1);
    wrong
        .map(|(key, count)| format!("{key} was read {count} times"))
        .collect()
}

/// How many releases the processes say that they made.
fn made(stage: &Stage) -> usize {
    let emulators = stage.front.emulators().iter();
    let logs =
        emulators.map(|emulator| emulator.log().matches("\"event\":\"release_made\"").count());
    logs.sum()
}

#[test]
fn each_object_is_transformed_once_for_one_reader_and_for_sixteen() {
    let stage = stage(1, &[]);
    let right = right(&stage);
    let mut wrong = Vec::new();
    for (length, reader) in [
        ("law", "duckdb"),
        ("law", "pyarrow"),
        ("law", "boto3"),
        ("exact", "duckdb"),
    ] {
        for count in [1, MANY] {
            // Another access point has other releases.
            let name = format!("{length}-{reader}-{count}");
            let bucket = point(&stage, &name, &json!({"length": length}));
            stage.front.store().forget();
            let before = made(&stage);
            let seen = scan(&stage, reader, &bucket, count);
            let unlike = seen.iter().filter(|seen| **seen != right);
            wrong.extend(unlike.map(|seen| format!("{name}: {seen}, not {right}")));
            wrong.extend(
                not_once(&stage)
                    .into_iter()
                    .map(|what| format!("{name}: {what}")),
            );
            let made = made(&stage) - before;
            if made != OBJECTS {
                wrong.push(format!("{name}: {made} releases were made"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn with_a_cache_in_a_bucket_two_processes_transform_each_object_once() {
    let shared = format!("s3://{SHARED}/releases/");
    let stage = stage(2, &[("VEILPOINT_CACHE_BUCKET", &shared)]);
    let right = right(&stage);
    let mut wrong = Vec::new();
    for reader in ["duckdb", "pyarrow"] {
        let bucket = point(&stage, reader, &json!({}));
        stage.front.store().forget();
        for process in 0..2 {
            stage.front.use_only(Some(process));
            let seen = scan(&stage, reader, &bucket, 1).remove(0);
            if seen != right {
                wrong.push(format!("{reader}, process {process}: {seen}, not {right}"));
            }
        }
        stage.front.use_only(None);
        let seen = scan(&stage, reader, &bucket, MANY);
        let unlike = seen.iter().filter(|seen| **seen != right);
        wrong.extend(unlike.map(|seen| format!("{reader}, both: {seen}, not {right}")));
        wrong.extend(
            not_once(&stage)
                .into_iter()
                .map(|what| format!("{reader}: {what}")),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn two_processes_that_make_the_same_release_at_once_do_each_other_no_harm() {
    let shared = format!("s3://{SHARED}/releases/");
    let stage = stage(2, &[("VEILPOINT_CACHE_BUCKET", &shared)]);
    let right = right(&stage);
    let bucket = point(&stage, "both", &json!({}));
    let seen = scan(&stage, "duckdb", &bucket, MANY);
    let mut wrong: Vec<String> = Vec::new();
    wrong.extend(
        seen.iter()
            .filter(|seen| **seen != right)
            .map(|seen| format!("{seen}, not {right}")),
    );
    let store = stage.front.store();
    for key in store.keys(RAW) {
        let count = store.counts(RAW, &key).whole;
        if !(1..=2).contains(&count) {
            wrong.push(format!("{key} was read {count} times by two processes"));
        }
    }
    if store.uploads() > 0 {
        wrong.push(format!("{} uploads were left", store.uploads()));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
