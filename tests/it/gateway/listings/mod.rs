//! Listings of a folder's releases, against its content: sorted, folded and cut as S3 does it.

mod asked;

use super::listed::Page;
use super::stage::{Stage, leaks};
use crate::support::samples::patients;

/// What lies in the folder: objects of patients, and what is foreign.
const FILES: [&str; 24] = [
    "patients.csv",
    "patients-1.csv",
    "patients.2.csv",
    "patients2.csv.gz.csv",
    "secrets.csv",
    "a/patients.csv",
    "a/patients1.csv",
    "a/patients10.csv",
    "a/patients2.csv",
    "a/secrets.csv",
    "a-b/patients.csv",
    "a.b/patients.csv",
    "a b/patients.csv",
    "a+b/patients.csv",
    "ab/patients.csv",
    "b/c/d/patients.csv",
    "b/c/patients.csv",
    "b/c/patients1.csv",
    "b/patients.csv",
    "foreign/secrets.csv",
    "z/patients.csv",
    "\u{fc}/patients.csv",
    "\u{fc}/patients\u{fc}.csv",
    "\u{1f600}/patients.csv",
];

const BUCKET: &str = "analytics-csv";

fn staged() -> Stage {
    let stage = Stage::new();
    for file in FILES {
        let raw = if file.contains("patients") {
            patients(0, 3)
        } else {
            b"CANARYSECRET\n".to_vec()
        };
        stage.put(file, raw);
    }
    stage
}

/// The entries behind a place: keys, and common prefixes with a slash at their end. Written over again, and simply.
fn expected(prefix: &str, delimiter: bool, after: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for file in FILES.iter().filter(|file| file.starts_with(prefix)) {
        let folded = file[prefix.len()..].find('/').filter(|_| delimiter);
        match folded {
            Some(at) => entries.push(file[..=prefix.len() + at].to_owned()),
            None if file.contains("patients") => entries.push((*file).to_owned()),
            None => {}
        }
    }
    entries.sort();
    entries.dedup();
    // Whatever is below a common prefix lies behind it.
    entries.retain(|entry| entry.as_str() > after);
    entries
}

/// Keys and common prefixes of a page, in order.
fn entries(page: &Page) -> Vec<String> {
    let keys = page.keys().into_iter().map(str::to_owned);
    let mut all: Vec<String> = keys.chain(page.prefixes.iter().cloned()).collect();
    all.sort();
    all
}

/// Pages from the first to the last, each with at most so many entries.
fn walked(stage: &Stage, arguments: &[(&str, &str)], most: usize) -> Result<Vec<String>, String> {
    let second = arguments.contains(&("list-type", "2"));
    let most_text = most.to_string();
    let (mut all, mut next) = (Vec::new(), None::<String>);
    for _ in 0..100 {
        let mut asked = [arguments, &[("max-keys", most_text.as_str())]].concat();
        if let Some(next) = &next {
            let name = if second {
                "continuation-token"
            } else {
                "marker"
            };
            asked.retain(|(other, _)| *other != name);
            asked.push((name, next));
        }
        let page = Page::of(stage, BUCKET, &asked)?;
        let found = entries(&page);
        if found.len() > most
            || page.truncated != page.next.is_some()
            || page.truncated && found.len() != most
        {
            return Err(format!("a page of {most} at most: {page:?}"));
        }
        all.extend(found);
        next.clone_from(&page.next);
        if next.is_none() {
            return Ok(all);
        }
    }
    Err("does not end".to_owned())
}

#[test]
fn pages_of_every_size_are_the_folders_releases_in_order() {
    let stage = staged();
    let mut wrong = Vec::new();
    for prefix in [
        "",
        "a",
        "a/",
        "a/patients1",
        "a/patients1.csv",
        "b/",
        "b/c",
        "b/c/",
        "\u{fc}",
        "foreign/",
        "none",
        "patients.csv",
        "/",
    ] {
        for delimiter in [false, true] {
            for after in [
                "",
                "a/",
                "a/patients1.csv",
                "a/patients3",
                "b",
                "b/c/patients.csv",
                "\u{1f600}",
            ] {
                for second in [false, true] {
                    let mut arguments = vec![("prefix", prefix)];
                    if delimiter {
                        arguments.push(("delimiter", "/"));
                    }
                    if second {
                        arguments.push(("list-type", "2"));
                    }
                    if !after.is_empty() {
                        arguments.push((if second { "start-after" } else { "marker" }, after));
                    }
                    let expected = expected(prefix, delimiter, after);
                    for most in [1, 2, 3, 1000] {
                        let got = walked(&stage, &arguments, most);
                        if got.as_ref() != Ok(&expected) {
                            wrong.push(format!(
                                "{arguments:?} by {most}: {got:?}, not {expected:?}"
                            ));
                        }
                    }
                }
            }
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_token_is_the_release_that_was_shown_last_and_tells_nothing_else() {
    let stage = staged();
    let mut wrong = Vec::new();
    let (mut token, mut shown) = (None::<String>, String::new());
    loop {
        let mut asked = vec![("list-type", "2"), ("max-keys", "1")];
        if let Some(token) = &token {
            asked.push(("continuation-token", token));
            // A token counts before where the first page began.
            asked.push(("start-after", "z"));
        }
        let page = Page::of(&stage, BUCKET, &asked).unwrap();
        if let Some(token) = &token
            && page.field("ContinuationToken").as_deref() != Some(token)
        {
            wrong.push(format!(
                "gives {token} back as {:?}",
                page.field("ContinuationToken")
            ));
        }
        let Some(next) = page.next.clone() else { break };
        let key = page.keys()[0].to_owned();
        let decoded = data_encoding::BASE64URL_NOPAD
            .decode(next.as_bytes())
            .unwrap();
        if decoded[1..] != *key.as_bytes() || key <= shown {
            wrong.push(format!("behind {key} the token {next}"));
        }
        (token, shown) = (Some(next), key);
    }
    assert_eq!(shown, "\u{fc}/patients\u{fc}.csv");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_readers_probe_with_is_found_where_it_is() {
    let stage = staged();
    let mut wrong = Vec::new();
    // S3A and Hadoop: is it a file, and else a folder?
    for (key, head, below) in [
        ("a/patients.csv", 200, 0),
        ("a", 404, 2),
        ("a/", 404, 2),
        ("b/c", 404, 2),
        ("none", 404, 0),
        ("foreign", 404, 0),
        ("a/secrets.csv", 404, 0),
        ("a/patients", 404, 0),
    ] {
        let got = stage.ask("HEAD", &format!("/{BUCKET}/{key}"), &[]);
        if got.status() != head {
            wrong.push(format!("HEAD {key}: {}", got.status()));
        }
        wrong.extend(leaks(&got));
        let prefix = format!("{}/", key.trim_end_matches('/'));
        let asked = [
            ("list-type", "2"),
            ("prefix", prefix.as_str()),
            ("max-keys", "2"),
            ("delimiter", "/"),
        ];
        let found = Page::of(&stage, BUCKET, &asked).map(|page| entries(&page).len());
        if found != Ok(below) {
            wrong.push(format!("LIST {prefix}: {found:?}"));
        }
    }
    // A key is its own prefix, and what HEAD says of it is what LIST says.
    for (bucket, suffix) in [(BUCKET, "csv"), ("analytics", "parquet")] {
        let key = format!("a/patients1.{suffix}");
        let page = Page::of(
            &stage,
            bucket,
            &[("list-type", "2"), ("prefix", key.as_str())],
        )
        .unwrap();
        let got = stage.ask("HEAD", &format!("/{bucket}/{key}"), &[]);
        let listed = page.entries.iter().map(|entry| {
            (
                entry.key.as_str(),
                entry.size.to_string(),
                entry.etag.as_str(),
            )
        });
        let listed: Vec<_> = listed.collect();
        let head = [(
            key.as_str(),
            got.header("content-length").to_owned(),
            got.header("etag"),
        )];
        if listed != head {
            wrong.push(format!("{bucket}: lists {listed:?}, HEAD says {head:?}"));
        }
    }
    let root = Page::of(&stage, BUCKET, &[("delimiter", "/")]).unwrap();
    if root.keys().contains(&"secrets.csv") || !root.prefixes.contains(&"a/".to_owned()) {
        wrong.push(format!("the root: {root:?}"));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
