//! Which releases come again, and what keeps one from being looked at.

use std::fs::File;
use std::process::Command;

use serde_json::Value;

use super::{record, site, unlike, unlike_one, verify};
use crate::support::site::{Answer, Running, run, run_on};

#[test]
fn every_kind_of_release_comes_again() {
    let mut wrong = Vec::new();
    for (projection, format, object) in [
        ("all", "parquet", "visits.csv"),
        ("all", "csv", "visits.csv.gz"),
        ("keyed", "parquet", "visits.csv.gz"),
        ("open", "parquet", "visits.csv"),
        ("sorted", "csv", "visits.csv"),
        ("sorted", "parquet", "visits.csv"),
    ] {
        let site = site();
        let plain = site.read("visits.csv").unwrap();
        let zipped = run_on(Command::new("gzip").arg("-c"), &plain).stdout;
        site.write("visits.csv.gz", zipped);
        let mut record = record(&site, object, projection, format);
        // A copy under a name that tells nothing.
        site.write("copy", site.read(object).unwrap());
        let copy = ["--object", "copy"];
        let answer = run(&mut verify(
            &site,
            &[&record],
            &[&copy[..], &["--key", "key"]].concat(),
        ));
        let mut complaints = unlike_one(&answer, None);
        if matches!(projection, "open" | "sorted") {
            record["key_id"] = Value::Null;
            let answer = run(&mut verify(&site, &[&record], &copy));
            complaints.extend(unlike_one(&answer, None));
        }
        wrong.extend(
            complaints
                .iter()
                .map(|what| format!("{projection}, {format}, {object}: {what}")),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_too_few_share_is_suppressed_and_counted_as_then() {
    // 200 visits to seven wards: 29 to each of the first four, 28 to each of the others.
    let cases = [
        (
            "-- k: 29 over \"Ward\"\nSELECT \"Ward\", \"Cost\" FROM visits",
            116,
            84,
        ),
        (
            "-- k: 29\nSELECT \"Ward\", count(*) AS n FROM visits GROUP BY \"Ward\"",
            4,
            3,
        ),
        ("-- k: 200\nSELECT sum(\"Cost\") AS c FROM visits", 1, 0),
        ("-- k: 201\nSELECT sum(\"Cost\") AS c FROM visits", 0, 1),
    ];
    let mut wrong = Vec::new();
    for (select, out, suppressed) in cases {
        for format in ["csv", "parquet"] {
            let site = site();
            site.write("sql/visits/few.sql", select);
            let mut record = record(&site, "visits.csv", "few", format);
            for (stated, part) in [(suppressed, None), (suppressed + 1, Some(": rows: "))] {
                record["rows_out"] = out.into();
                record["rows_suppressed"] = stated.into();
                let more = ["--object", "visits.csv", "--key", "key"];
                let answer = run(&mut verify(&site, &[&record], &more));
                let complaints = unlike_one(&answer, part);
                let complaints = complaints.iter();
                wrong
                    .extend(complaints.map(|what| format!("{select}, {format}, {stated}: {what}")));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_signal_ends_it_while_an_object_is_silent() {
    let site = site();
    let record = record(&site, "visits.csv", "all", "csv");
    let pipe = site.path("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let mut wrong = Vec::new();
    for signal in ["INT", "TERM"] {
        let more = ["--object", "pipe", "--key", "key"];
        let mut running = Running::start(&mut verify(&site, &[&record], &more));
        // Opens once the other side reads.
        let silent = File::options().write(true).open(&pipe).unwrap();
        running.signal(signal);
        let answer = running.end();
        drop(silent);
        let mut complaints = unlike(&answer, 2, &[]);
        if !answer.stderr.contains("[Interrupted]") {
            complaints.push(answer.stderr);
        }
        wrong.extend(complaints.iter().map(|what| format!("SIG{signal}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn usage_and_settings_are_told_from_bytes_that_differ() {
    let site = site();
    let record = record(&site, "visits.csv", "all", "csv");
    let good = record.to_string();
    site.write("good.json", &good);
    site.write("none.json", "{\"event\":\"request\"}\n");
    site.write("empty.json", "");
    site.write("cut.json", &good[..good.len() - 20]);
    site.write("lacks.json", good.replace("\"rows_in\":200,", ""));
    let mut wrong = Vec::new();
    for (name, args, word) in [
        ("no file", "none --key key", "[InvalidRequest]"),
        ("a folder", "sql --key key", "[InvalidRequest]"),
        ("no record", "none.json --key key", "no record of a release"),
        ("nothing", "empty.json --key key", "no record of a release"),
        ("a record cut short", "cut.json --key key", "line 1 "),
        (
            "a record that lacks a field",
            "lacks.json --key key",
            "line 1 ",
        ),
        ("no key", "good.json --object visits.csv", "--key FILE"),
        ("no such key", "good.json --key none", "[KeyUnavailable]"),
        (
            "no folder",
            "good.json --key key --sql none",
            "[InvalidSettings]",
        ),
        (
            "many objects",
            "good.json --key key --object sql",
            "--object",
        ),
        (
            "an object in a pipe",
            "good.json --key key --object -",
            "--object",
        ),
        ("no argument", "--key key", "<RECORD>"),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let answer: Answer = run(&mut site.command([&["verify"], &args[..]].concat()));
        let mut complaints = unlike(&answer, 2, &[]);
        if !answer.stderr.contains(word) {
            complaints.push(format!("does not say {word}: {}", answer.stderr));
        }
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
