//! Listings: every object of the dataset once, under its release's key, however it is paged; with what HEAD says of it.

mod pages;

use serde_json::json;

use super::stage::{RAW, Stage, payload};
use crate::support::samples::{gzip, patients, zst};

/// Objects, and the stem of each one's release; none where no dataset owns it.
const OBJECTS: [(&str, Option<&str>); 16] = [
    ("patients.csv", Some("patients")),
    ("patients.json", None),
    ("a/patients.csv", Some("a/patients")),
    ("a/patients-2.csv.gz", Some("a/patients-2")),
    ("a/patients-3.csv.zst", Some("a/patients-3")),
    ("a/patients.csv.exe", None),
    ("a/b/patients.csv", Some("a/b/patients")),
    ("a/b/secrets.csv", None),
    ("b/other.txt", None),
    ("d e/patients 1+1.csv", Some("d e/patients 1+1")),
    ("d e/patients%20.csv", Some("d e/patients%20")),
    ("q/patients&<x>\"'.csv", Some("q/patients&<x>\"'")),
    (
        "y/patients-\u{fc}\u{65e5}\u{1f600}.csv",
        Some("y/patients-\u{fc}\u{65e5}\u{1f600}"),
    ),
    ("z/", None),
    ("z/patients.csv", Some("z/patients")),
    ("zz.csv", None),
];

fn fill(stage: &Stage) {
    for (at, (key, stem)) in (0..).zip(OBJECTS) {
        let raw = patients(at, 5 + at);
        let raw = match key.rsplit('.').next() {
            _ if stem.is_none() => b"CANARYSECRET".to_vec(),
            Some("gz") => gzip(&raw),
            Some("zst") => zst(&raw),
            _ => raw,
        };
        stage.put(key, raw, u32::try_from(at).unwrap());
    }
}

/// A name, the query, and the keys and prefixes, or the refusal.
type Row = (
    &'static str,
    &'static str,
    Result<&'static [&'static str], &'static str>,
);

const MALFORMED: Result<&[&str], &str> = Err("400 InvalidArgument");

const ROWS: [Row; 18] = [
    ("another delimiter", "list-type=2&delimiter=.", MALFORMED),
    ("another delimiter, first version", "delimiter=a", MALFORMED),
    (
        "a longer delimiter",
        "list-type=2&delimiter=%2F%2F",
        MALFORMED,
    ),
    ("less than no keys", "list-type=2&max-keys=-1", MALFORMED),
    (
        "so many keys as no number says",
        "list-type=2&max-keys=many",
        MALFORMED,
    ),
    (
        "more keys than a number holds",
        "max-keys=99999999999999999999",
        MALFORMED,
    ),
    (
        "another encoding",
        "list-type=2&encoding-type=xml",
        MALFORMED,
    ),
    ("no keys", "list-type=2&max-keys=0", Ok(&[])),
    (
        "an empty delimiter",
        "list-type=2&delimiter=&prefix=a/patients-2",
        Ok(&["a/patients-2.parquet"]),
    ),
    (
        "more keys than a page has",
        "list-type=2&max-keys=5000&prefix=patients",
        Ok(&["patients.parquet"]),
    ),
    (
        "the last letter of a stem",
        "list-type=2&prefix=a/patients-",
        Ok(&["a/patients-2.parquet", "a/patients-3.parquet"]),
    ),
    (
        "into the suffix",
        "list-type=2&prefix=a/patients.par",
        Ok(&["a/patients.parquet"]),
    ),
    (
        "into the suffix, first version",
        "prefix=a/patients-2.p",
        Ok(&["a/patients-2.parquet"]),
    ),
    (
        "the whole key",
        "list-type=2&prefix=z/patients.parquet",
        Ok(&["z/patients.parquet"]),
    ),
    (
        "the whole key, below a delimiter",
        "delimiter=/&prefix=a/patients-3.parquet",
        Ok(&["a/patients-3.parquet"]),
    ),
    (
        "a key that is none",
        "list-type=2&prefix=a/secrets.par",
        Ok(&[]),
    ),
    (
        "after a folder",
        "list-type=2&start-after=y/&prefix=z",
        Ok(&["z/patients.parquet"]),
    ),
    ("after everything", "list-type=2&start-after=zzzz", Ok(&[])),
];

#[test]
fn what_is_asked_of_a_listing_is_answered_or_refused_by_name() {
    let stage = Stage::new();
    fill(&stage);
    let bucket = stage.point("law", &payload("patients/analytics", "parquet", &json!({})));
    let mut wrong = Vec::new();
    for (name, query, expected) in ROWS {
        let page = stage.page(&bucket, query);
        let said = page.map(|page| {
            page.entries
                .into_iter()
                .map(|entry| entry.key)
                .collect::<Vec<_>>()
        });
        let expected = expected
            .map(|keys| keys.iter().map(|key| (*key).to_owned()).collect())
            .map_err(str::to_owned);
        if said != expected {
            wrong.push(format!("{name}: {said:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn two_objects_of_one_release_are_shown_as_the_one_that_is_answered() {
    let stage = Stage::new();
    stage.put("a/patients.csv", patients(0, 10), 1);
    stage.put("a/patients.csv.gz", gzip(&patients(0, 20)), 2);
    stage.put("a/patients.csv.zst", zst(&patients(0, 30)), 3);
    let mut wrong = Vec::new();
    for format in ["parquet", "csv"] {
        let bucket = stage.point(format, &payload("patients/analytics", format, &json!({})));
        let key = format!("a/patients.{format}");
        let got = stage.ask("HEAD", &format!("{bucket}/{key}"), &[]);
        for query in [
            "list-type=2",
            "prefix=a/",
            "list-type=2&prefix=a/patients.c",
        ] {
            let page = stage.page(&bucket, query).unwrap_or_default();
            let said: Vec<_> = page
                .entries
                .iter()
                .map(|entry| (entry.key.as_str(), entry.etag.as_str()))
                .collect();
            // Of Parquet nothing begins like that.
            let none = format == "parquet" && query.contains(".c");
            let expected = if none {
                vec![]
            } else {
                vec![(key.as_str(), got.header("etag"))]
            };
            if said != expected {
                wrong.push(format!("{format} {query}: {said:?}, not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn folders_in_which_the_dataset_can_own_nothing_are_not_shown() {
    let stage = Stage::new();
    for key in [
        "visits/2026/a.csv",
        "visits/1999/b.csv",
        "visits/2026/deep/c.csv",
        "other/2026/d.csv",
        "visits/e.csv",
    ] {
        stage.put(key, "Ward\nw1\n", 1);
    }
    let bucket = stage.point("wards", &payload("visits/wards", "parquet", &json!({})));
    let mut wrong = Vec::new();
    for (prefix, keys, prefixes) in [
        ("", &[][..], &["visits/"][..]),
        ("visits/", &[], &["visits/2026/"]),
        ("visits/2026/", &["visits/2026/a.parquet"], &[]),
        ("other/", &[], &[]),
    ] {
        for version in ["list-type=2&", ""] {
            let page = stage
                .page(&bucket, &format!("{version}delimiter=/&prefix={prefix}"))
                .unwrap_or_default();
            let listed: Vec<&str> = page
                .entries
                .iter()
                .map(|entry| entry.key.as_str())
                .collect();
            if listed != keys || page.prefixes != prefixes {
                wrong.push(format!("{version}{prefix}: {listed:?} {:?}", page.prefixes));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_no_dataset_owns_takes_no_page() {
    let stage = Stage::new();
    for number in 0..2_500 {
        stage
            .front
            .store()
            .put(RAW, &format!("a/{number:05}.csv"), "CANARYSECRET");
    }
    stage.put("b/patients.csv", patients(0, 5), 1);
    let bucket = stage.point("law", &payload("patients/analytics", "parquet", &json!({})));
    let mut wrong = Vec::new();
    for query in ["list-type=2", "max-keys=1000", "list-type=2&max-keys=700"] {
        let page = stage.page(&bucket, query).unwrap_or_default();
        let listed: Vec<&str> = page
            .entries
            .iter()
            .map(|entry| entry.key.as_str())
            .collect();
        if listed != ["b/patients.parquet"] || page.next.is_some() {
            wrong.push(format!("{query}: {listed:?}, then {:?}", page.next));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
