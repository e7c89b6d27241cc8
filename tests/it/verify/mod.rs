//! `veilpoint verify`: a record's release comes again, and whatever is another than then is found and named.
//!
//! The records are written here by hand, from what `convert` wrote and what the files hold.

mod buckets;
mod changes;
mod help;
mod logs;
mod releases;
mod tables;

use std::process::Command;

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::site::{Answer, Site, run, visits};

/// The day that the ages count from.
const AS_OF: &str = "2026-11-26";

/// The id of the tests' key. `src/key.rs` has it from Python.
const KEY_ID: &str = "acdbc6d9";

/// What depends on everything: the key, the as-of date, the object's rows and their order.
const ALL: &str =
    "SELECT token(\"Name\") AS \"Who\", age(\"Born\") AS \"Age\", \"Ward\", \"Cost\" FROM visits";

/// A folder with the object `visits.csv`, and the projection `visits/all`.
fn site() -> Site {
    let site = Site::new();
    site.write("sql/visits/all.sql", ALL);
    site.write("visits.csv", visits(0..200));
    site
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// The hash of settings, of which only the format and the compression ever change here.
fn settings_sha256(format: &str, compression: &str) -> String {
    let text = format!("format={format}\ncompression={compression}\ncsv_formulas=keep\n");
    sha256(text.as_bytes())
}

/// The record of a release of a file that `convert` makes now.
fn record(site: &Site, object: &str, projection: &str, format: &str) -> Value {
    let more = ["--as-of", AS_OF, "--key", "key", "--format", format];
    let made = run(&mut site.convert(object, "release", projection, &more));
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let release = site.read("release").unwrap();
    let file = |name: &str| site.read(name).unwrap();
    json!({
        "event": "release",
        "request_id": "8e288686-af80-4495-896c-e464818cc5e9",
        "principal": "arn:aws:sts::012345678912:assumed-role/Analyst/ada",
        "access_point": "arn:aws:s3-object-lambda:us-east-1:012345678912:accesspoint/analytics",
        "key": object,
        "source": "s3://raw",
        "object_key": object,
        "object_length": file(object).len(),
        "projection": format!("visits/{projection}"),
        "contract_sha256": sha256(&file("sql/visits/schema.sql")),
        "projection_sha256": sha256(&file(&format!("sql/visits/{projection}.sql"))),
        "settings_sha256": settings_sha256(format, "snappy"),
        "format": format,
        "compression": "snappy",
        "csv_formulas": "keep",
        "key_id": KEY_ID,
        "as_of": AS_OF,
        "rows_in": 200,
        "rows_out": 200,
        "rows_dropped": 0,
        "rows_suppressed": 0,
        "sha256": sha256(&release),
        "length": release.len(),
        "veilpoint": env!("CARGO_PKG_VERSION"),
    })
}

/// `verify` of these records in a file, with further arguments behind.
fn verify(site: &Site, records: &[&Value], more: &[&str]) -> Command {
    let lines: Vec<String> = records.iter().map(ToString::to_string).collect();
    site.write("record.json", lines.join("\n") + "\n");
    let mut command = site.command(["verify", "record.json"]);
    command.args(more);
    command
}

/// What is wrong with an answer that should be this: each line of standard output begins with its prefix, and holds
/// its word; an exit code of 1 comes with a reason, of 0 without a word. Nothing of the data is anywhere.
fn unlike(answer: &Answer, code: i32, lines: &[(&str, &str)]) -> Vec<String> {
    let stdout = String::from_utf8_lossy(&answer.stdout);
    let mut wrong = Vec::new();
    if answer.code != Some(code) {
        wrong.push(format!("exits with {:?}, not {code}", answer.code));
    }
    let found: Vec<&str> = stdout.lines().collect();
    let alike = |(line, (begin, word)): (&&str, &(&str, &str))| {
        line.starts_with(begin) && line.contains(word)
    };
    if found.len() != lines.len() || !found.iter().zip(lines).all(alike) {
        wrong.push(format!("does not answer {lines:?}"));
    }
    let said = match code {
        0 => answer.stderr.is_empty(),
        1 => answer.stderr.contains("[NotVerified]") && answer.stderr.lines().count() == 1,
        _ => true,
    };
    if !said {
        wrong.push("standard error is another".to_owned());
    }
    for secret in ["Canary", "0707070707"] {
        if stdout.contains(secret) || answer.stderr.contains(secret) {
            wrong.push(format!("tells {secret}"));
        }
    }
    if !wrong.is_empty() {
        wrong.push(format!("says {stdout}{}", answer.stderr));
    }
    wrong
}

/// The same of an answer to one record: the part that is named, or none where it is verified.
fn unlike_one(answer: &Answer, part: Option<&str>) -> Vec<String> {
    match part {
        None => unlike(
            answer,
            0,
            &[("verified: ", " bytes"), ("1 verified, 0 not verified", "")],
        ),
        Some(part) => unlike(
            answer,
            1,
            &[("not verified: ", part), ("0 verified, 1 not verified", "")],
        ),
    }
}
