//! Every reader that users have, as they run it: the lines of docs/readers.md as they stand there, and each reader
//! asked for the rows of releases in both formats, of a large object and of a prefix of fifty.
//!
//! What is right is computed in Python, by `tests/python/interop/data.py`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::stage::{READER, Setup, Stage};
use crate::support::python::{cache, fingerprint, made_once, run_script_in, script, succeed};
use crate::support::samples::sample;
use crate::support::seaweed::{self, Seaweed};
use crate::support::trino;

const AWS: &str = "requirements-readers-aws.txt";
const MOST: &str = "requirements-readers.txt";
const SPARK: &str = "requirements-padded.txt";

/// The headings of docs/readers.md, and what each runs in.
const READERS: [(&str, &str); 11] = [
    ("aws", AWS),
    ("boto3", AWS),
    ("pandas", MOST),
    ("pyarrow", MOST),
    ("Polars", MOST),
    ("DuckDB", MOST),
    ("Spark", SPARK),
    ("Trino", MOST),
    ("rclone", MOST),
    ("s3cmd", MOST),
    ("s3fs", MOST),
];

/// So much of the large object is uploaded at once.
const PART: usize = 32 << 20;

/// Everything that a script has to know of a gateway.
fn place(stage: &Stage) -> Vec<u8> {
    let place = json!({
        "endpoint": format!("http://{}", stage.host()),
        "access_key_id": READER.0,
        "secret_access_key": READER.1,
        "cache": cache(),
        "trino": trino::server(),
    });
    place.to_string().into_bytes()
}

/// What a script found wrong for one reader.
fn wrong(stage: &Stage, pins: &str, file: &str, arguments: &[&str]) -> Vec<String> {
    let told = run_script_in(pins, file, arguments, &place(stage));
    let found: Vec<Value> = serde_json::from_str(&told).expect(&told);
    let found = found.into_iter();
    found
        .map(|what| what.as_str().unwrap_or_default().to_owned())
        .collect()
}

/// The objects, and what is expected of their releases.
fn objects() -> PathBuf {
    let data = script("interop/data.py");
    let name = fingerprint(&[&data, &script("oracle.py")]);
    made_once(&format!("stays-{name:016x}"), |folder| {
        succeed(Command::new("python3").arg("-B").arg(&data).arg(folder));
    })
}

/// All objects in the store, the large one in parts.
fn upload(store: &Seaweed, folder: &Path) {
    let large = fs::read(folder.join("large/stays.csv")).unwrap();
    let parts: Vec<&[u8]> = large.chunks(PART).collect();
    store.put_in_parts("large/stays.csv", &parts);
    let many = fs::read_dir(folder.join("many")).unwrap().flatten();
    store.put_all(many.map(|entry| {
        let name = entry.file_name().into_string().unwrap();
        (format!("many/{name}"), fs::read(entry.path()).unwrap())
    }));
}

/// A gateway over the store, with the projection `stays/share` in both formats.
fn stage_over(store: &Seaweed) -> Stage {
    let source = format!(
        "source = {{ url = \"s3://{}\", endpoint = \"{}\", path_style = true }}",
        seaweed::RAW,
        store.endpoint()
    );
    let point = |(name, format): (&str, &str)| {
        let projection = "stays/share".to_owned();
        (
            name.to_owned(),
            projection,
            format.to_owned(),
            source.clone(),
        )
    };
    let points = [("stays", "parquet"), ("stays-csv", "csv")];
    let names = points.map(|(name, _)| name.to_owned());
    let mut setup = Setup {
        top: format!("sql = \"{}\"\n", script("interop/sql").display()),
        points: points.map(point).into(),
        readers: vec![(READER.0.to_owned(), READER.1.to_owned(), names.into())],
        ..Setup::default()
    };
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", seaweed::READER.0),
        ("AWS_SECRET_ACCESS_KEY", seaweed::READER.1),
    ] {
        setup.variables.push((name.to_owned(), value.to_owned()));
    }
    Stage::with(&setup)
}

#[test]
fn the_lines_of_the_readers_page_print_what_stands_under_them() {
    let stage = Stage::new();
    stage.put("patients.csv", sample());
    let rows = READERS.into_iter();
    let found: Vec<String> = rows
        .flat_map(|(reader, pins)| wrong(&stage, pins, "interop/pasted.py", &[reader]))
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_reader_finds_every_value_of_a_large_object_and_of_fifty() {
    let folder = objects();
    let store = Seaweed::start();
    upload(&store, &folder);
    let stage = stage_over(&store);
    let rows = READERS.into_iter();
    let found: Vec<String> = rows
        .flat_map(|(reader, pins)| {
            let arguments = [&reader.to_lowercase(), folder.to_str().unwrap()];
            wrong(
                &stage,
                pins,
                "interop/read.py",
                &arguments.map(|a| a as &str),
            )
        })
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}
