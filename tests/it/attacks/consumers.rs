//! What others read, ask and count: metadata, other consumers, many requests, ways around, broken answers, histograms.

use std::collections::HashSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{Desk, crowd};
use crate::gateway::stage::{RAW, Stage, leaks, other, reader};
use crate::support::samples::{patients, people};
use crate::support::site::{run, run_on};

const TARGET: &str = "/analytics-csv/a/patients.csv";

#[test]
fn attack_08_metadata() {
    let stage = Stage::over_s3();
    let raw = patients(1, 50);
    stage.put("a/patients.csv", &raw);
    let digest = run_on(&mut Command::new("md5sum"), &raw).stdout;
    let digest = String::from_utf8(digest).unwrap()[..32].to_owned();
    for (method, target) in [
        ("GET", TARGET),
        ("HEAD", TARGET),
        ("GET", "/analytics-csv?list-type=2"),
    ] {
        let got = stage.ask(method, target, &[]);
        assert_eq!(got.status(), 200, "{}", got.text());
        assert_eq!(leaks(&got), [""; 0]);
        assert!(!got.header("etag").contains(&digest) && !got.text().contains(&digest));
    }
    assert_eq!(stage.told(), [""; 0]);
}

#[test]
fn attack_09_other_consumers() {
    let desk = Desk::new();
    let object = crowd(400);
    let tokens = |name: &str, head: &str| -> Vec<String> {
        let sql = format!("{head}SELECT token(\"SSN\") AS k, \"Weight\" FROM t");
        let release = desk.release(name, &sql, &object);
        release.lines().skip(1).map(str::to_owned).collect()
    };
    let keys = |rows: &[String]| -> HashSet<String> {
        rows.iter().map(|row| row[..26].to_owned()).collect()
    };
    let (one, two) = (tokens("one", ""), tokens("two", ""));
    // Two projections have nothing in common; a domain that is called as one of them is another one.
    let shared = tokens("three", "-- domain: research\n");
    let called = tokens("four", "-- domain: t/one\n");
    for (a, b) in [
        (&one, &two),
        (&one, &shared),
        (&one, &called),
        (&shared, &called),
    ] {
        assert!(keys(a).is_disjoint(&keys(b)));
    }
    assert_eq!(
        keys(&shared),
        keys(&tokens("five", "-- domain: research\n"))
    );
    // Rows do not line up by their place, in one domain neither.
    let weights =
        |rows: &[String]| -> Vec<String> { rows.iter().map(|row| row[26..].to_owned()).collect() };
    let five = tokens("five", "-- domain: research\n");
    let same = |a: &[String], b: &[String]| a.iter().zip(b).filter(|(a, b)| a == b).count();
    assert!(same(&shared, &five) < 20, "{}", same(&shared, &five));
    // Of four hundred rows with forty weights, ten are alike at one place by chance.
    let alike = same(&weights(&one), &weights(&two));
    assert!(alike < 40, "{alike}");
}

#[test]
fn attack_10_repeating() {
    let stage = Stage::new();
    stage.put("a/patients.csv", patients(1, 30));
    let first = stage.ask("GET", TARGET, &[]);
    assert_eq!(first.status(), 200, "{}", first.text());
    for _ in 0..1_000 {
        let got = stage.ask("GET", TARGET, &[]);
        assert!(got.body == first.body && got.header("etag") == first.header("etag"));
    }
}

#[test]
fn attack_11_getting_past() {
    let stage = Stage::new();
    stage.put("a/patients.csv", patients(1, 5));
    stage.put("people.csv", people(5));
    stage.put("secret.csv", "CANARY\n");
    assert_eq!(stage.ask("GET", TARGET, &[]).status(), 200);
    let raw = format!("/{}/{}a/patients.csv", RAW.0, RAW.1);
    // Keys that no dataset owns, ways out of the folder, other buckets, versions.
    let targets = [
        "/analytics-csv/secret.csv",
        "/analytics-csv/../veilpoint.toml",
        "/analytics-csv/%2e%2e/veilpoint.toml",
        "/analytics-csv/a%2f..%2f..%2fveilpoint.toml",
        "/analytics-csv/a/..%2f../secret.csv",
        "/analytics-csv//etc/passwd",
        "/analytics-csv/people.csv",
        "/costs/people.parquet",
        "/objects/a/patients.csv",
        raw.as_str(),
        "/analytics-csv/a/patients.csv?versionId=CANARY",
        "/analytics-csv/a/patients.csv?torrent",
        "/analytics-csv/a/patients.csv?acl",
    ];
    let mut asked: Vec<_> = targets
        .iter()
        .map(|target| (*target, reader().header(stage.request("GET", target))))
        .collect();
    // Nobody's request, another consumer's, one that is changed behind its signature, and a URL for another key.
    let signed = || reader().header(stage.request("GET", TARGET));
    let url = reader().url(stage.request("GET", "/analytics-csv/b/patients.csv"), "60");
    asked.extend([
        ("unsigned", stage.request("GET", TARGET)),
        ("another's", other().header(stage.request("GET", TARGET))),
        (
            "another key",
            signed().retargeted("a/patients", "b/patients"),
        ),
        (
            "another consumer's URL",
            other().url(stage.request("GET", TARGET), "60"),
        ),
        (
            "a URL of another key",
            url.retargeted("b/patients", "a/patients"),
        ),
    ]);
    let mut wrong = Vec::new();
    for (name, request) in asked {
        let got = stage.send(&request);
        if got.status() < 400 || !leaks(&got).is_empty() {
            wrong.push(format!("{name}: {} {}", got.status(), got.text()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    // A header that no signature covers changes nothing.
    let copied = signed().header("x-amz-copy-source", "/analytics-csv/secret.csv");
    assert_eq!(stage.send(&copied).body, stage.send(&signed()).body);
}

#[test]
fn attack_12_half_an_answer() {
    let stage = Stage::new();
    let mut raw = people(200_000);
    let right = raw.clone();
    raw.extend_from_slice(b"CANARYNAME,CANARYNOTE,CANARYCOST\n");
    stage.put("people.csv", &raw);
    for _ in 0..2 {
        let got = stage.ask("GET", "/costs-csv/people.csv", &[]);
        let broken = got.status() == 200 && !got.whole;
        assert!(
            broken || got.status() >= 400,
            "{} {}",
            got.status(),
            got.whole
        );
    }
    // Nothing of it is kept: the object that is right has its whole release.
    stage.put("people.csv", &right);
    let got = stage.ask("GET", "/costs-csv/people.csv", &[]);
    assert!(got.status() == 200 && got.whole);
    assert_eq!(got.body, stage.converted(&right, "people/costs", "csv"));
}

#[test]
fn attack_14_frequency() {
    let desk = Desk::new();
    // Nine visits of one person, and one of each of three others.
    let mut object = crowd(4);
    let first = object.lines().nth(1).unwrap().to_owned() + "\n";
    object += &first.repeat(8);
    desk.release(
        "p",
        "SELECT token(\"SSN\") AS \"Patient\", \"Gender\" IS NULL AS g FROM t",
        &object,
    );
    fs::rename(desk.site.path("out"), desk.site.path("out.csv")).unwrap();
    let asked = ["risk", "out.csv", "--quasi", "g", "--format", "json"];
    let answer = run(&mut desk.site.command(asked));
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let report: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let mut columns = report["columns"].as_array().unwrap().iter();
    let patient = columns.find(|column| column["name"] == "Patient").unwrap();
    let found =
        ["distinct_values", "most_frequent_records", "singletons"].map(|field| &patient[field]);
    assert_eq!(found, [4, 9, 3], "{patient}");
    assert_eq!(patient["most_frequent_share"], 0.75, "{patient}");
}
