//! What lies in the store is released: every kind of object and key, and listings of more than a page.

use super::stage;
use crate::access_point::stage::{Listed, Page};
use crate::gateway::stage::{Stage, leaks};
use crate::support::samples::{gzip, is_release, patients, zst};
use crate::support::seaweed::Seaweed;
use crate::support::sigv4::encoded;

/// More than a page of either side.
const MANY: usize = 1_200;

/// Stems of releases.
const STEMS: [&str; 7] = [
    "patients",
    "deep/er/patients",
    "d e/patients 1+1",
    "d e/patients%20",
    "q/patients&<x>\"'",
    "y/patients-\u{fc}\u{65e5}\u{1f600}",
    "parts/patients",
];

#[test]
fn objects_of_a_store_are_released_as_the_command_releases_them() {
    let store = Seaweed::start();
    let stage = stage(&store.endpoint());
    let mut wrong = Vec::new();
    for (at, stem) in STEMS.into_iter().enumerate() {
        let raw = patients(at, 40 + at);
        let (suffix, packed) = match at % 3 {
            0 => ("csv", raw.clone()),
            1 => ("csv.gz", gzip(&raw)),
            _ => ("csv.zst", zst(&raw)),
        };
        let key = format!("a/{stem}.{suffix}");
        if stem.starts_with("parts/") {
            store.put_in_parts(&key, &[&packed]);
        } else {
            store.put(&key, packed);
        }
        for (bucket, format) in [("analytics", "parquet"), ("analytics-csv", "csv")] {
            let expected = stage.converted(&raw, "patients/analytics", format);
            let shown = format!("{stem}.{format}");
            let found = unlike(&stage, bucket, &shown, &expected);
            wrong.extend(found.iter().map(|what| format!("{bucket}/{shown}: {what}")));
        }
    }
    // What lies outside of the prefix is no object of the access point.
    store.put("b/patients.csv", patients(0, 5));
    for target in [
        "/analytics/b/patients.parquet",
        "/analytics/..%2Fb/patients.parquet",
    ] {
        let got = stage.ask("GET", target, &[]);
        if got.status() != 404 && got.status() != 400 {
            wrong.push(format!("{target}: {}", got.status()));
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is wrong with what is said of a release by LIST, HEAD, GET and a range.
fn unlike(stage: &Stage, bucket: &str, key: &str, expected: &[u8]) -> Vec<String> {
    let target = format!("/{bucket}/{}", encoded(key.as_bytes(), true));
    let head = stage.ask("HEAD", &target, &[]);
    let whole = stage.ask("GET", &target, &[]);
    let tail = stage.ask("GET", &target, &[("Range", "bytes=-8")]);
    let query = encoded(key.as_bytes(), false);
    let listed = stage.ask("GET", &format!("/{bucket}?list-type=2&prefix={query}"), &[]);
    let listed = Page::of(&listed.text()).entries;
    let described = |got: &crate::support::lambda::Got| {
        let named = ["etag", "last-modified", "content-type"];
        named.map(|name| got.header(name).to_owned())
    };
    let mut wrong = [leaks(&head), leaks(&whole), leaks(&tail)].concat();
    if whole.status() != 200 || !is_release(&whole.body, expected) {
        wrong.push(format!(
            "{} with {} bytes",
            whole.status(),
            whole.body.len()
        ));
        return wrong;
    }
    let length = whole.body.len();
    if tail.status() != 206 || tail.body != whole.body[length - 8..] {
        wrong.push(format!("its end: {} {}", tail.status(), tail.code()));
    }
    if described(&head) != described(&whole) || head.header("content-length") != length.to_string()
    {
        wrong.push(format!("HEAD says {:?}", head.head.headers));
    }
    let expected = (
        key.to_owned(),
        length as u64,
        head.header("etag").to_owned(),
    );
    let listed: Vec<_> = listed
        .into_iter()
        .map(|entry| (entry.key, entry.size, entry.etag))
        .collect();
    if listed != [expected] {
        wrong.push(format!("LIST says {listed:?}"));
    }
    wrong
}

/// All entries of a listing, page after page, in the order in which they come; and how many pages there were.
fn walked(stage: &Stage, bucket: &str, first: &str) -> (Vec<Listed>, usize) {
    let (mut entries, mut pages, mut query) = (Vec::new(), 0, first.to_owned());
    loop {
        let got = stage.ask("GET", &format!("/{bucket}?{query}"), &[]);
        assert_eq!(got.status(), 200, "{query}: {}", got.text());
        let page = Page::of(&got.text());
        entries.extend(page.entries);
        pages += 1;
        let Some(next) = page.next else {
            return (entries, pages);
        };
        let name = if first.contains("list-type=2") {
            "continuation-token"
        } else {
            "marker"
        };
        query = format!("{first}&{name}={}", encoded(next.as_bytes(), false));
    }
}

#[test]
fn a_listing_over_pages_has_each_release_once_in_order_with_what_head_says() {
    let store = Seaweed::start();
    let stage = stage(&store.endpoint());
    let raw = patients(0, 3);
    let keys: Vec<String> = (0..MANY)
        .map(|at| format!("many/patients-{at:04}"))
        .collect();
    let objects = keys
        .iter()
        .map(|stem| (format!("a/{stem}.csv"), raw.clone()));
    // Others' objects between them, which are no releases.
    let others = (0..50).map(|at| (format!("a/many/other-{at}.csv"), b"CANARY".to_vec()));
    store.put_all(objects.chain(others));
    let expected: Vec<String> = keys.iter().map(|stem| format!("{stem}.parquet")).collect();
    let mut wrong = Vec::new();
    for (query, pages) in [
        ("list-type=2", 2),
        ("list-type=2&prefix=many/", 2),
        ("prefix=many/patients", 2),
        ("list-type=2&max-keys=500&encoding-type=url", 3),
        ("max-keys=700&delimiter=/&prefix=many/", 2),
    ] {
        let (entries, found) = walked(&stage, "analytics", query);
        let keys: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        if keys != expected || found != pages {
            let (first, last) = (keys.first(), keys.last());
            wrong.push(format!(
                "{query}: {} in {found} pages, from {first:?} to {last:?}",
                keys.len()
            ));
        }
        for entry in entries.iter().step_by(397) {
            let head = stage.ask("HEAD", &format!("/analytics/{}", entry.key), &[]);
            let said = (head.header("etag"), head.header("content-length"));
            if said != (entry.etag.as_str(), entry.size.to_string().as_str()) {
                wrong.push(format!("{query}, {}: {said:?}, not {entry:?}", entry.key));
            }
        }
    }
    let got = stage.ask("GET", "/analytics?list-type=2&delimiter=/", &[]);
    let page = Page::of(&got.text());
    if page.prefixes != ["many/"] || !page.entries.is_empty() {
        wrong.push(format!("folders: {}", got.text()));
    }
    let expected = stage.converted(&raw, "patients/analytics", "csv");
    for at in ["0000", "0999", "1000", "1199"] {
        let target = format!("/analytics-csv/many/patients-{at}.csv");
        let got = stage.ask("GET", &target, &[]);
        if got.body != expected {
            wrong.push(format!("{target}: {} {}", got.status(), got.code()));
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
