//! Releases of a projection that joins a reference table.

use std::fs;

use serde_json::{Value, json};

use super::{record, sha256, site, unlike_one, verify};
use crate::support::site::{Site, run};

const TABLE: &str = "CREATE EXTERNAL TABLE wards (ward VARCHAR PRIMARY KEY COMMENT 'insensitive', floor INT COMMENT \
                     'insensitive') STORED AS CSV LOCATION 'wards.csv'";

const ROWS: &str = "ward,floor\nward 1,7\nward 3,0\n";

const JOINED: &str = "SELECT \"Ward\", floor FROM visits LEFT JOIN wards ON ward = \"Ward\"";

/// A change's name, what it does, and what must be named; nothing where the release comes again.
type Change = (&'static str, fn(&Site, &mut Value), Option<&'static str>);

const CHANGES: [Change; 9] = [
    ("nothing", |_, _| {}, None),
    (
        "another table",
        |site, _| {
            site.write("sql/reference/idle.sql", "no SQL");
            site.write("sql/reference/idle.csv", "");
        },
        None,
    ),
    (
        "other rows",
        |site, _| site.write("sql/reference/wards.csv", ROWS.replace('7', "8")),
        Some(": reference table: sql/reference/wards.csv is another text"),
    ),
    (
        "a blank in its contract",
        |site, _| site.write("sql/reference/wards.sql", format!("{TABLE} ")),
        Some(": reference table: sql/reference/wards.sql is another text"),
    ),
    (
        "no rows",
        |site, _| fs::remove_file(site.path("sql/reference/wards.csv")).unwrap(),
        Some(": reference table: sql/reference/wards.csv is not there"),
    ),
    (
        "a record without tables",
        |_, record| {
            record.as_object_mut().unwrap().remove("references_sha256");
        },
        Some("no reference table"),
    ),
    (
        "a record of another table",
        |_, record| record["references_sha256"]["wards.csv"] = json!("0".repeat(64)),
        Some(": reference table: sql/reference/wards.csv is another text"),
    ),
    (
        "a file that leads up",
        |_, record| record["references_sha256"]["../visits/schema.sql"] = json!("0".repeat(64)),
        Some(": reference table: the record names a file"),
    ),
    (
        "a file that is none of a table's",
        |_, record| record["references_sha256"]["wards.txt"] = json!("0".repeat(64)),
        Some(": reference table: the record names a file"),
    ),
];

#[test]
fn a_release_comes_again_with_its_tables_and_with_no_others() {
    let mut wrong = Vec::new();
    for (name, change, expected) in CHANGES {
        let site = site();
        site.write("sql/reference/wards.sql", TABLE);
        site.write("sql/reference/wards.csv", ROWS);
        site.write("sql/visits/floors.sql", JOINED);
        let mut record = record(&site, "visits.csv", "floors", "parquet");
        record["references_sha256"] =
            json!({"wards.csv": sha256(ROWS.as_bytes()), "wards.sql": sha256(TABLE.as_bytes())});
        change(&site, &mut record);
        let more = ["--object", "visits.csv", "--key", "key"];
        let answer = run(&mut verify(&site, &[&record], &more));
        let complaints = unlike_one(&answer, expected).into_iter();
        wrong.extend(complaints.map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
