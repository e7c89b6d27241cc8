//! Each thing that a release is made of, and each thing that its record states, changed by itself.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use veilpoint::access_point::Record;
use veilpoint::key::{Domain, MasterKey};

use super::{AS_OF, record, settings_sha256, site, unlike_one, verify};
use crate::support::site::{Site, run};

/// From the object's copy.
const COPY: [&str; 4] = ["--object", "visits.csv", "--key", "key"];

/// A change's name, what it does, and what must be named; nothing where it changes no byte and nothing stated.
type Change = (&'static str, fn(&Site, &mut Value), Option<&'static str>);

fn write_key(site: &Site, digits: &str) {
    site.write("key", digits.repeat(32));
    fs::set_permissions(site.path("key"), fs::Permissions::from_mode(0o600)).unwrap();
}

/// Replaces a text in a file, which must be there.
fn edit(site: &Site, file: &str, from: &str, to: &str) {
    let text = String::from_utf8(site.read(file).unwrap()).unwrap();
    assert!(text.contains(from), "{file}: {from}");
    site.write(file, text.replacen(from, to, 1));
}

fn remove(site: &Site, file: &str) {
    fs::remove_file(site.path(file)).unwrap();
}

const INPUTS: [Change; 12] = [
    ("nothing", |_, _| {}, None),
    (
        "a byte that leaves",
        |site, _| edit(site, "visits.csv", ",ward 3,3\n", ",ward 4,3\n"),
        Some(": bytes: the same number"),
    ),
    (
        "a byte that leaves under the key",
        |site, _| edit(site, "visits.csv", "Canary17,", "Canary71,"),
        Some(": bytes: the same number"),
    ),
    (
        "a byte more",
        |site, _| edit(site, "visits.csv", ",ward 3,3\n", ",ward 3,33\n"),
        Some(": object: visits.csv: it changed since (its length)"),
    ),
    (
        "an object that is refused",
        |site, record| {
            edit(site, "visits.csv", ",ward 3,3\n", ",ward 3,CanaryCost\n");
            record["object_length"] = json!(site.read("visits.csv").unwrap().len());
        },
        Some(": visits.csv: record 4, column \"Cost\""),
    ),
    (
        "no object",
        |site, _| remove(site, "visits.csv"),
        Some(": object: visits.csv: there is no such file"),
    ),
    (
        "a blank in the contract",
        |site, _| edit(site, "sql/visits/schema.sql", "VARCHAR", " VARCHAR"),
        Some(": contract: sql/visits/schema.sql is another text"),
    ),
    (
        "no contract",
        |site, _| remove(site, "sql/visits/schema.sql"),
        Some(": contract: sql/visits/schema.sql is not there"),
    ),
    (
        "a comment in the projection",
        |site, _| edit(site, "sql/visits/all.sql", "SELECT", "-- later\nSELECT"),
        Some(": projection: sql/visits/all.sql is another text"),
    ),
    (
        "no projection",
        |site, _| remove(site, "sql/visits/all.sql"),
        Some(": projection: sql/visits/all.sql is not there"),
    ),
    (
        "both",
        |site, _| {
            remove(site, "visits.csv");
            edit(site, "sql/visits/schema.sql", "VARCHAR", " VARCHAR");
        },
        Some(": contract: "),
    ),
    (
        "another key",
        |site, _| write_key(site, "08"),
        Some(": key: "),
    ),
];

const STATED: [Change; 23] = [
    (
        "contract_sha256",
        |_, record| record["contract_sha256"] = json!("0".repeat(64)),
        Some(": contract: "),
    ),
    (
        "projection_sha256",
        |_, record| record["projection_sha256"] = json!("0".repeat(64)),
        Some(": projection: "),
    ),
    (
        "another projection",
        |_, record| record["projection"] = json!("visits/open"),
        Some(": projection: "),
    ),
    (
        "a projection that leads up",
        |_, record| record["projection"] = json!("../visits/all"),
        Some(": projection: "),
    ),
    (
        "format",
        |_, record| record["format"] = json!("parquet"),
        Some(": settings: "),
    ),
    (
        "compression",
        |_, record| record["compression"] = json!("zstd"),
        Some(": settings: "),
    ),
    (
        "csv_formulas",
        |_, record| record["csv_formulas"] = json!("escape"),
        Some(": settings: "),
    ),
    (
        "settings_sha256",
        |_, record| record["settings_sha256"] = json!("0".repeat(64)),
        Some(": settings: "),
    ),
    (
        "format and settings_sha256",
        |_, record| {
            record["format"] = json!("parquet");
            record["settings_sha256"] = json!(settings_sha256("parquet", "snappy"));
        },
        Some(": bytes: these are "),
    ),
    (
        "key_id",
        |_, record| record["key_id"] = json!("acdbc6d8"),
        Some(": key: "),
    ),
    (
        "no key_id",
        |_, record| record["key_id"] = Value::Null,
        Some(": key: the record names none"),
    ),
    (
        "object_length",
        |_, record| record["object_length"] = json!(1),
        Some(": object: "),
    ),
    (
        "as_of",
        |_, record| record["as_of"] = json!("2025-11-26"),
        Some(": bytes: "),
    ),
    (
        "length",
        |_, record| record["length"] = json!(1),
        Some(": bytes: these are "),
    ),
    (
        "sha256",
        |_, record| record["sha256"] = json!("0".repeat(64)),
        Some(": bytes: the same number"),
    ),
    (
        "rows_in",
        |_, record| record["rows_in"] = json!(201),
        Some(": rows: "),
    ),
    (
        "rows_out",
        |_, record| record["rows_out"] = json!(199),
        Some(": rows: "),
    ),
    (
        "rows_dropped",
        |_, record| record["rows_dropped"] = json!(1),
        Some(": rows: "),
    ),
    (
        "rows_suppressed",
        |_, record| record["rows_suppressed"] = json!(1),
        Some(": rows: "),
    ),
    (
        "an etag that is none of these",
        |_, record| record["etag"] = json!("\"00000000000000000000000000000000-1\""),
        Some(": etag: "),
    ),
    (
        "what an older Veilpoint made",
        |_, record| record["veilpoint"] = json!("0.0.9"),
        None,
    ),
    (
        "fields of a later one",
        |_, record| record["later"] = json!({"a": [1]}),
        None,
    ),
    (
        "no object_length",
        |_, record| record["object_length"] = Value::Null,
        None,
    ),
];

#[test]
fn what_is_another_than_then_is_found_and_named() {
    let mut wrong = Vec::new();
    for (name, change, part) in INPUTS.into_iter().chain(STATED) {
        let site = site();
        let mut record = record(&site, "visits.csv", "all", "csv");
        change(&site, &mut record);
        let answer = run(&mut verify(&site, &[&record], &COPY));
        let complaints = unlike_one(&answer, part);
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_answer_names_key_projection_day_and_length() {
    let site = site();
    let mut record = record(&site, "visits.csv", "all", "csv");
    let length = record["length"].as_u64().unwrap();
    let expected = |key: &str, more: &str| {
        let thousands = format!("{},{:03}", length / 1000, length % 1000);
        format!(
            "verified: {key} for visits/all on {AS_OF}: {thousands} bytes{more}\n1 verified, 0 not verified\n"
        )
    };
    let answer = |record: &Value| {
        let answer = run(&mut verify(&site, &[record], &COPY));
        String::from_utf8(answer.stdout).unwrap()
    };
    assert_eq!(answer(&record), expected("visits.csv", ""));
    record["veilpoint"] = json!("0.0.9");
    let this = env!("CARGO_PKG_VERSION");
    let more = format!(" (made by veilpoint 0.0.9, and this is {this})");
    assert_eq!(answer(&record), expected("visits.csv", &more));
    record["veilpoint"] = json!(this);
    // Another key is no key of this object's release; and a record's text begins no line.
    record["key"] = json!("a\nverified: b");
    let answer = answer(&record);
    let begins = format!("not verified: a\\u{{a}}verified: b for visits/all on {AS_OF}: key: ");
    assert!(answer.starts_with(&begins), "{answer}");
    assert_eq!(answer.lines().count(), 2, "{answer}");
}

/// The `ETag` of what a record states, under the tests' key.
fn sealed(mut record: Value) -> Value {
    let parsed = Record::parse_lines(&record.to_string()).unwrap();
    let name = record["projection"].as_str().unwrap().to_owned();
    let keys = MasterKey::from_bytes([7; 32]).domain(&Domain::Own(name));
    record["etag"] = json!(parsed[0].identity().etag(Some(&keys)));
    record
}

#[test]
fn the_etag_seals_what_reaches_no_byte() {
    let mut wrong = Vec::new();
    let changes: [Change; 4] = [
        ("nothing", |_, _| {}, None),
        // No age leaves: the same bytes on any day.
        (
            "as_of",
            |_, record| record["as_of"] = json!("2025-11-26"),
            Some(": etag: "),
        ),
        (
            "object_etag",
            |_, record| record["object_etag"] = json!("\"00\""),
            Some(": etag: "),
        ),
        (
            "compression of CSV",
            |_, record| {
                record["compression"] = json!("zstd");
                record["settings_sha256"] = json!(settings_sha256("csv", "zstd"));
            },
            Some(": etag: "),
        ),
    ];
    for (name, change, part) in changes {
        let site = site();
        let mut record = sealed(record(&site, "visits.csv", "keyed", "csv"));
        change(&site, &mut record);
        let answer = run(&mut verify(&site, &[&record], &COPY));
        let complaints = unlike_one(&answer, part);
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
