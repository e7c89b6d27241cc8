//! What clients ask of one release beside all of it: every range, part and condition, right or wrong, of HEAD and GET.

mod refused;
mod yesterday;

use std::ops::Range;

use serde_json::json;

use super::stage::{Stage, http_date, leaks, noon, payload};
use crate::support::lambda::Got;
use crate::support::samples::patients;

use Expected::{Failed, Part, Refused, Unchanged, Whole};

/// What a request comes to.
#[derive(Clone, PartialEq)]
pub enum Expected {
    /// All of it, as 200.
    Whole,
    /// These bytes, as 206.
    Part(Range<usize>),
    /// 304.
    Unchanged,
    /// An error, with this status and code.
    Refused(u16, &'static str),
    /// A HEAD's error, with this status: it has no body that could hold a code.
    Failed(u16),
}

/// A name, the method, the query, headers, and what it comes to.
pub type Row = (
    &'static str,
    &'static str,
    String,
    Vec<(&'static str, String)>,
    Expected,
);

const UNSATISFIABLE: Expected = Refused(416, "InvalidRange");
const MISSED: Expected = Refused(412, "PreconditionFailed");

/// Ranges of a release of this length.
pub fn ranges(length: usize) -> Vec<Row> {
    let last = length - 1;
    let row = |name, range: String, expected| ("GET", name, range, expected);
    let rows = [
        row("the first byte", "bytes=0-0".into(), Part(0..1)),
        row(
            "the last byte",
            format!("bytes={last}-{last}"),
            Part(last..length),
        ),
        row("a suffix", "bytes=-8".into(), Part(length - 8..length)),
        row(
            "a suffix of all",
            format!("bytes=-{length}"),
            Part(0..length),
        ),
        row(
            "a suffix beyond all",
            format!("bytes=-{}", length + 1),
            Part(0..length),
        ),
        row("a suffix of nothing", "bytes=-0".into(), UNSATISFIABLE),
        row(
            "from the last byte on",
            format!("bytes={last}-"),
            Part(last..length),
        ),
        row("from the first byte on", "bytes=0-".into(), Part(0..length)),
        row("from the end on", format!("bytes={length}-"), UNSATISFIABLE),
        row(
            "from behind the end on",
            format!("bytes={}-", length + 7),
            UNSATISFIABLE,
        ),
        row(
            "behind the end",
            format!("bytes={length}-{}", length + 9),
            UNSATISFIABLE,
        ),
        row(
            "over the end",
            format!("bytes=9-{}", length + 9),
            Part(9..length),
        ),
        row(
            "an end that no number holds",
            format!("bytes=9-{}", "9".repeat(30)),
            Part(9..length),
        ),
        row(
            "a start that no number holds",
            format!("bytes={}-", "9".repeat(30)),
            UNSATISFIABLE,
        ),
        row("reversed", "bytes=1-0".into(), Whole),
        row("no numbers", "bytes=a-b".into(), Whole),
        row("nothing", "bytes=-".into(), Whole),
        row("no range", "bytes".into(), Whole),
        row("another unit", "items=0-1".into(), Whole),
        row("two dashes", "bytes=0-1-2".into(), Whole),
        row("a negative start", "bytes=--1".into(), Whole),
        row("several", "bytes=0-1,3-4".into(), Whole),
        ("HEAD", "HEAD of a range", "bytes=0-9".into(), Part(0..10)),
        (
            "HEAD",
            "HEAD behind the end",
            format!("bytes={length}-"),
            Failed(416),
        ),
    ];
    let rows = rows.map(|(method, name, range, expected)| {
        (
            name,
            method,
            String::new(),
            vec![("Range", range)],
            expected,
        )
    });
    rows.into()
}

/// The same asked otherwise, and part numbers.
pub fn parts(length: usize) -> Vec<Row> {
    let range = |name: &'static str| vec![(name, "bytes=0-9".to_owned())];
    let part = |name, number: &str, expected| {
        (
            name,
            "GET",
            format!("?partNumber={number}"),
            vec![],
            expected,
        )
    };
    vec![
        (
            "a header in lower case",
            "GET",
            String::new(),
            range("range"),
            Part(0..10),
        ),
        (
            "a header in upper case",
            "GET",
            String::new(),
            range("RANGE"),
            Part(0..10),
        ),
        (
            "a range in the query",
            "GET",
            "?Range=bytes%3D0-9".into(),
            vec![],
            Part(0..10),
        ),
        part("the first part", "1", Part(0..length)),
        part("the second part", "2", Refused(416, "InvalidPartNumber")),
        part("part 0", "0", Refused(400, "InvalidArgument")),
        part("part 10001", "10001", Refused(400, "InvalidArgument")),
        part("no number", "one", Refused(400, "InvalidArgument")),
        (
            "a part and a range",
            "GET",
            "?partNumber=1".into(),
            range("Range"),
            Refused(400, "InvalidRequest"),
        ),
        (
            "HEAD of the first part",
            "HEAD",
            "?partNumber=1".into(),
            vec![],
            Part(0..length),
        ),
        (
            "HEAD of the second part",
            "HEAD",
            "?partNumber=2".into(),
            vec![],
            Failed(416),
        ),
    ]
}

/// Headers of a GET, and what it comes to. ETAG is the release's, OTHER is none, AT is when the object was modified.
const CONDITIONS: [(&str, Expected); 21] = [
    ("If-Match: ETAG", Whole),
    ("If-Match: BARE", Whole),
    ("if-match: OTHER, ETAG", Whole),
    ("If-Match: *", Whole),
    ("If-Match: OTHER", MISSED),
    ("If-None-Match: OTHER", Whole),
    ("If-None-Match: ETAG", Unchanged),
    ("IF-NONE-MATCH: *", Unchanged),
    ("If-Modified-Since: BEFORE", Whole),
    ("If-Modified-Since: AT", Unchanged),
    ("If-Modified-Since: AFTER", Unchanged),
    ("If-Modified-Since: yesterday", Whole),
    ("If-Unmodified-Since: BEFORE", MISSED),
    ("If-Unmodified-Since: AT", Whole),
    ("If-Match: ETAG & If-Unmodified-Since: BEFORE", Whole),
    ("If-None-Match: ETAG & If-Modified-Since: BEFORE", Unchanged),
    ("If-Match: ETAG & Range: bytes=0-9", Part(0..10)),
    ("If-Match: OTHER & Range: bytes=0-9", MISSED),
    ("If-Range: ETAG & Range: bytes=0-9", Part(0..10)),
    ("If-Range: OTHER & Range: bytes=0-9", Whole),
    ("x-amz-checksum-mode: ENABLED", Whole),
];

/// All rows, of a release of this length with this `ETag`, of an object modified at noon of this day.
pub fn rows(length: usize, etag: &str, day: u32) -> Vec<Row> {
    [ranges(length), parts(length), conditions(etag, day)].concat()
}

/// The conditions on a release with this `ETag`, of an object modified at noon of this day; of GET and of HEAD.
pub fn conditions(etag: &str, day: u32) -> Vec<Row> {
    let places = [
        ("ETAG", etag.to_owned()),
        ("BARE", etag.trim_matches('"').to_owned()),
        ("OTHER", format!("\"{}-1\"", "0".repeat(32))),
        ("BEFORE", http_date(noon(day - 1))),
        ("AT", http_date(noon(day))),
        ("AFTER", http_date(noon(day + 1))),
    ];
    let filled = |text: &str| {
        let places = places.iter();
        places.fold(text.to_owned(), |text, (place, value)| {
            text.replace(place, value)
        })
    };
    let rows = CONDITIONS.into_iter().flat_map(|(text, expected)| {
        let headers = text.split(" & ").map(|line| line.split_once(": ").unwrap());
        let headers: Vec<_> = headers.map(|(name, value)| (name, filled(value))).collect();
        let of_head = match expected.clone() {
            Refused(status, _) => Failed(status),
            same => same,
        };
        [("GET", expected), ("HEAD", of_head)]
            .map(|(method, expected)| (text, method, String::new(), headers.clone(), expected))
    });
    rows.collect()
}

/// What is wrong with an answer that should be this, of a release that is known whole.
fn unlike(got: &Got, method: &str, whole: &Got, expected: &Expected) -> Vec<String> {
    let mut wrong = leaks(got);
    wrong.extend(differs(got, method, whole, expected));
    wrong
}

/// The same, whatever else an answer has.
pub fn differs(got: &Got, method: &str, whole: &Got, expected: &Expected) -> Vec<String> {
    let mut wrong = Vec::new();
    let (status, range) = match expected {
        Whole => (200, Some(0..whole.body.len())),
        Part(range) => (206, Some(range.clone())),
        Unchanged => (304, None),
        Refused(status, _) | Failed(status) => (*status, None),
    };
    let code = match expected {
        Refused(_, code) => code,
        _ => "",
    };
    if got.status() != status || got.code() != code {
        wrong.push(format!(
            "is answered {} {}, not {status} {code}",
            got.status(),
            got.code()
        ));
        return wrong;
    }
    if *expected == Unchanged && got.header("etag") != whole.header("etag") {
        wrong.push("304 without the ETag".to_owned());
    }
    let Some(range) = range else {
        return wrong;
    };
    let expected = [
        ("content-length", range.len().to_string()),
        ("etag", whole.header("etag").to_owned()),
        (
            "content-range",
            content_range(status, &range, whole.body.len()),
        ),
    ];
    let unlike = expected
        .iter()
        .filter(|(name, value)| got.header(name) != value);
    wrong.extend(
        unlike.map(|(name, value)| format!("{name} is {:?}, not {value:?}", got.header(name))),
    );
    if method == "GET" && got.body != whole.body[range] {
        wrong.push(format!("other bytes: {}", got.body.len()));
    }
    wrong
}

fn content_range(status: u16, range: &Range<usize>, length: usize) -> String {
    match status {
        206 => format!("bytes {}-{}/{length}", range.start, range.end - 1),
        _ => String::new(),
    }
}

#[test]
fn ranges_parts_and_conditions_are_those_of_the_release() {
    let stage = Stage::new();
    stage.put("a/patients.csv", patients(0, 2_000), 1);
    let mut wrong = Vec::new();
    for (name, format, more) in [
        ("law", "parquet", json!({})),
        ("exact", "parquet", json!({"length": "exact"})),
        ("csv", "csv", json!({})),
    ] {
        let bucket = stage.point(name, &payload("patients/analytics", format, &more));
        let target = format!("{bucket}/a/patients.{format}");
        let whole = stage.ask("GET", &target, &[]);
        assert_eq!(whole.status(), 200, "{}", whole.text());
        let length = whole.body.len();
        let rows = rows(length, whole.header("etag"), 1);
        for (row, method, query, headers, expected) in rows {
            let headers: Vec<(&str, &str)> = headers
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let got = stage.ask(method, &format!("{target}{query}"), &headers);
            let found = unlike(&got, method, &whole, &expected);
            wrong.extend(
                found
                    .into_iter()
                    .map(|what| format!("{name}, {method} {row}: {what}")),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
