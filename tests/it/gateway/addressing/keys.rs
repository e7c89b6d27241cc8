//! Keys that some way of writing changes, and keys that nobody can have.

use super::BUCKET;
use crate::gateway::listed::Page;
use crate::gateway::stage::{Stage, leaks, unlike_refusal};
use crate::support::samples::patients;
use crate::support::sigv4::encoded;

/// Keys that some way of writing would change, and that files can have.
fn odd_keys() -> Vec<String> {
    let mut keys: Vec<String> = [
        "patients.csv",
        "a b/patients and more.csv",
        "a+b/patients+1.csv",
        "a%20b/patients%2F%.csv",
        "a%2Fb/patients%41.csv",
        "\u{fc}n\u{ef}/patients-\u{65e5}\u{672c}\u{1f600}.csv",
        "u\u{308}/patients.csv",
        "&amp;<a>\"'/patients&<>.csv",
        "]]>/patients]]>.csv",
        "a..b/patients...csv",
        "..a/patients.csv",
        "back\\slash/patients\\.csv",
        "?a=b&c#d/patients?#.csv",
        "~!$'()*,;:@=[]{}|^`/patients~!.csv",
        "\u{fffe}/patients\u{ffff}.csv",
        "a/b/c/d/e/f/patients.csv",
    ]
    .map(str::to_owned)
    .into();
    keys.retain(|key| !key.starts_with('.'));
    keys.push(long(1024));
    keys
}

/// A key of so many bytes.
fn long(length: usize) -> String {
    let mut key = "long/".to_owned();
    while key.len() + 200 < length {
        key += &("\u{fc}".repeat(90) + "/");
    }
    let rest = length - key.len() - "patients.csv".len();
    format!("{key}patients{}.csv", "y".repeat(rest))
}

#[test]
fn odd_keys_are_listed_as_they_are_and_read_by_what_is_listed() {
    let stage = Stage::new();
    let raw = patients(0, 3);
    let release = stage.converted(&raw, "patients/analytics", "csv");
    let mut expected = odd_keys();
    for key in &expected {
        stage.put(key, &raw);
    }
    expected.sort();
    let mut wrong = Vec::new();
    let mut pages = Vec::new();
    for more in [&[][..], &[("encoding-type", "url")]] {
        for version in [&[][..], &[("list-type", "2")]] {
            let page = Page::of(&stage, BUCKET, &[version, more].concat());
            let keys = page.as_ref().map(Page::keys);
            if keys != Ok(expected.iter().map(String::as_str).collect()) {
                wrong.push(format!("{version:?} {more:?}: {keys:?}"));
            }
            pages.extend(page);
        }
    }
    let listed = pages
        .first()
        .map(|page| page.entries.clone())
        .unwrap_or_default();
    for entry in listed {
        let key = entry.key.as_bytes();
        // S3's way, and one that encodes whatever it can.
        let every = key
            .iter()
            .fold(String::new(), |path, byte| format!("{path}%{byte:02x}"));
        for path in [encoded(key, true), encoded(key, false), every] {
            for method in ["GET", "HEAD"] {
                let got = stage.ask(method, &format!("/{BUCKET}/{path}"), &[]);
                let bytes = if method == "GET" { &release[..] } else { b"" };
                let said = (
                    got.status(),
                    got.header("etag"),
                    got.header("content-length"),
                );
                let size = entry.size.to_string();
                if said != (200, &entry.etag, &size) || got.body != bytes {
                    wrong.push(format!("{method} {:?} as {path}: {said:?}", entry.key));
                }
                wrong.extend(leaks(&got));
            }
        }
        for name in ["prefix", "start-after"] {
            let arguments = [("list-type", "2"), (name, entry.key.as_str())];
            let page = Page::of(&stage, BUCKET, &arguments);
            let own = page
                .as_ref()
                .map(|page| page.keys().contains(&entry.key.as_str()));
            if own != Ok(name == "prefix") {
                wrong.push(format!("{name} {:?}: {own:?}", entry.key));
            }
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_key_that_s3_cannot_have_is_refused_and_never_silently_another() {
    let stage = Stage::new();
    let raw = patients(0, 3);
    // A file may have it. Who lists it is told that it cannot be read: a listing without it would be silent.
    let over = long(1025);
    stage.put(&over, &raw);
    let mut wrong = Vec::new();
    let page = Page::of(&stage, BUCKET, &[("list-type", "2")]);
    let keys = page.as_ref().map(Page::keys);
    if keys != Ok(vec![over.as_str()]) {
        wrong.push(format!("lists {keys:?}"));
    }
    for key in [over.as_str(), &"x".repeat(1025)] {
        for method in ["GET", "HEAD"] {
            let target = format!("/{BUCKET}/{}", encoded(key.as_bytes(), true));
            let got = stage.ask(method, &target, &[]);
            wrong.extend(unlike_refusal(&got, method, 400, "KeyTooLongError"));
        }
    }
    let got = stage.ask("GET", &format!("/{BUCKET}/{}", "x".repeat(1024)), &[]);
    wrong.extend(unlike_refusal(&got, "GET", 404, "NoSuchKey"));
    // What no store's client can name is not there: neither listed nor read.
    for name in ["\u{1}", "\t", "\u{7f}"] {
        let key = format!("control{name}/patients.csv");
        stage.put(&key, &raw);
        let got = stage.ask(
            "GET",
            &format!("/{BUCKET}/{}", encoded(key.as_bytes(), true)),
            &[],
        );
        wrong.extend(unlike_refusal(&got, "GET", 404, "NoSuchKey"));
    }
    let page = Page::of(
        &stage,
        BUCKET,
        &[("prefix", "control"), ("encoding-type", "url")],
    );
    if page.as_ref().map(|page| page.keys().len()) != Ok(0) {
        wrong.push(format!("lists {page:?}"));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
