//! Ranges, parts and conditions: the rows that are asked of the function are asked of the gateway.

use std::fs::File;

use super::stage::{RAW, Setup, Stage, leaks, reader};
use crate::access_point::stage::noon;
use crate::access_point::worth::{Expected, conditions, differs, parts, ranges};
use crate::support::samples::patients;

/// Access points of all three kinds, and the suffix of their releases.
const BUCKETS: [(&str, &str); 3] = [
    ("analytics", "parquet"),
    ("analytics.exact", "parquet"),
    ("analytics-csv", "csv"),
];

/// With an object that was modified at noon of the first day, which the rows count from.
fn staged(stage: Stage) -> Stage {
    stage.put("a/patients.csv", patients(0, 2_000));
    if let Some(s3) = &stage.s3 {
        let key = format!("{}a/patients.csv", RAW.1);
        s3.store()
            .change(RAW.0, &key, |object| object.modified = noon(1));
    } else {
        let file = File::options()
            .write(true)
            .open(stage.path("objects/a/patients.csv"));
        file.unwrap().set_modified(noon(1).into()).unwrap();
    }
    stage
}

#[test]
fn ranges_parts_and_conditions_are_those_of_the_release() {
    let mut wrong = Vec::new();
    for (place, stage) in [("folder", Stage::new()), ("bucket", Stage::over_s3())] {
        let stage = staged(stage);
        for (bucket, suffix) in BUCKETS {
            let target = format!("/{bucket}/a/patients.{suffix}");
            let whole = stage.ask("GET", &target, &[]);
            assert_eq!(whole.status(), 200, "{}", whole.text());
            let length = whole.body.len();
            let rows = [
                ranges(length),
                parts(length),
                conditions(whole.header("etag"), 1),
            ];
            for (row, method, query, headers, mut expected) in rows.concat() {
                // S3 knows a range in the query at access points of Object Lambda alone.
                if query.starts_with("?Range=") {
                    expected = Expected::Whole;
                }
                let asked = stage.request(method, &format!("{target}{query}"));
                let asked = headers
                    .iter()
                    .fold(asked, |asked, (name, value)| asked.header(name, value));
                // In the header, with all of them signed; and in the URL, with none.
                let bare = stage.request(method, &format!("{target}{query}"));
                let mut url = reader().url(bare, "60");
                url.headers.clone_from(&asked.headers);
                for (way, request) in [("header", reader().header(asked)), ("URL", url)] {
                    let got = stage.send(&request);
                    let mut found = differs(&got, method, &whole, &expected);
                    found.extend(leaks(&got));
                    if let Expected::Unchanged = expected
                        && !got.header("content-length").is_empty()
                    {
                        found.push("304 with a length".to_owned());
                    }
                    let name = format!("{place}, {bucket}, {way}, {method} {row}");
                    wrong.extend(found.into_iter().map(|what| format!("{name}: {what}")));
                }
            }
        }
        wrong.extend(stage.told());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What a signed query says of the answer's headers.
const OVERRIDES: [&str; 6] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
];

/// What is asked for, encoded; and what is answered, where it can be a header's value.
const VALUES: [(&str, Option<&str>); 6] = [
    ("text%2Fplain", Some("text/plain")),
    (
        "attachment%3B%20filename%3D%22a%20b.csv%22",
        Some("attachment; filename=\"a b.csv\""),
    ),
    ("a%0D%0AX-Injected:%20b", None),
    ("a%0AX-Injected:%20b", None),
    ("a%0Db", None),
    ("a%00b", None),
];

#[test]
fn headers_that_a_signed_query_asks_for_are_answered_and_no_others_with_them() {
    let stage = staged(Stage::new());
    let target = "/analytics-csv/a/patients.csv";
    let whole = stage.ask("GET", target, &[]);
    let mut wrong = Vec::new();
    for name in OVERRIDES {
        for (value, answered) in VALUES {
            let target = format!("{target}?response-{name}={value}");
            for (method, range, status) in [
                ("GET", "", 200),
                ("HEAD", "", 200),
                ("GET", "bytes=0-9", 206),
            ] {
                let request = stage.request(method, &target);
                let request = if range.is_empty() {
                    request
                } else {
                    request.header("Range", range)
                };
                for request in [
                    reader().header(request.clone()),
                    reader().url(request, "60"),
                ] {
                    let got = stage.send(&request);
                    // What cannot be a header is passed over.
                    let own = whole.header(name);
                    let said = (got.status(), got.header(name));
                    if said != (status, answered.unwrap_or(own))
                        || got.head.header("x-injected").is_some()
                    {
                        wrong.push(format!("{method} {range} {name} {value}: {said:?}"));
                    }
                    if got.header("etag") != whole.header("etag") {
                        wrong.push(format!("{method} {name} has another ETag"));
                    }
                }
            }
        }
    }
    // Nobody else may ask so, and no refusal has such a header.
    for (target, status) in [
        (format!("{target}?response-content-type=text%2Fhtml"), 403),
        (
            "/analytics-csv/b/patients.csv?response-content-type=text%2Fhtml".to_owned(),
            404,
        ),
    ] {
        let request = stage.request("GET", &target);
        let request = if status == 403 {
            request
        } else {
            reader().header(request)
        };
        let got = stage.send(&request);
        if (got.status(), got.header("content-type")) != (status, "application/xml") {
            wrong.push(format!(
                "{target}: {} {}",
                got.status(),
                got.header("content-type")
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_reader_without_a_cache_gets_the_same() {
    let setup = Setup {
        top: "cache = \"none\"\n".to_owned(),
        ..Setup::default()
    };
    let (kept, none) = (staged(Stage::new()), staged(Stage::with(&setup)));
    for (bucket, suffix) in BUCKETS {
        let target = format!("/{bucket}/a/patients.{suffix}");
        let whole = kept.ask("GET", &target, &[]);
        let got = none.ask("GET", &target, &[("Range", "bytes=100-199")]);
        assert_eq!(got.status(), 206, "{}", got.text());
        assert_eq!(got.body, whole.body[100..200]);
    }
}
