//! Pages as a client has them: what they say, and what is answered where time is short.

use super::*;
use crate::request::{Conditions, Delimiter};

#[test]
fn entries_are_as_head_says() {
    let keys = [
        "p1.csv",
        "p1.csv.gz",
        "p2.csv.gz",
        "p2.tsv",
        "p3.eu.csv",
        "p3.csv",
        "d/p4.csv",
        "x",
    ];
    let (ask, from) = (ask("p*.?sv", Format::Parquet), Memory::of(keys));
    let query = ListQuery {
        delimiter: Some(Delimiter::Slash),
        ..query(ListVersion::V2, 3)
    };
    let page = block(releases().list(&ask, &query, &from, soon())).unwrap();
    let listed: Vec<_> = page
        .entries
        .iter()
        .map(|entry| (entry.key.as_str(), entry.size, entry.etag.as_str()))
        .collect();
    let named = ["p1.csv", "p2.csv.gz", "p3.eu.csv"].map(|key| {
        ask.name(key, &version(key), Format::Parquet, &Conditions::default())
            .unwrap()
    });
    let expected: Vec<_> = ["p1.parquet", "p2.parquet", "p3.eu.parquet"]
        .into_iter()
        .zip(&named)
        .map(|(key, named)| (key, named.length.unwrap(), named.etag.as_deref().unwrap()))
        .collect();
    assert_eq!(listed, expected);
    assert!(page.prefixes.is_empty() && page.truncated);
    let next = ListQuery {
        token: page.next,
        ..query
    };
    let page = block(releases().list(&ask, &next, &from, soon())).unwrap();
    let keys: Vec<_> = page
        .entries
        .iter()
        .map(|entry| entry.key.as_str())
        .collect();
    assert_eq!(
        (keys, page.truncated, page.next),
        (vec!["p3.parquet"], false, None)
    );
}

#[test]
fn no_place_names_an_object() {
    let foreign = numbered("p#.secret", 30);
    let keys = all(&[numbered("p#.csv", 30), foreign, numbered("q#/x.csv", 30)]);
    let (ask, releases) = (ask("{p*,?/*}.csv", Format::Parquet), releases());
    let from = Memory::of(keys);
    for version in [ListVersion::V1, ListVersion::V2] {
        let mut query = ListQuery {
            delimiter: Some(Delimiter::Slash),
            ..query(version, 4)
        };
        loop {
            let page = block(releases.list(&ask, &query, &from, soon())).unwrap();
            let entries = page.entries.iter().map(|entry| &entry.key);
            let last = entries.chain(&page.prefixes).max().cloned();
            let Some(next) = page.next else { break };
            let said = match version {
                ListVersion::V1 => next.clone(),
                ListVersion::V2 => {
                    let text = data_encoding::BASE64URL_NOPAD
                        .decode(next.as_bytes())
                        .unwrap();
                    String::from_utf8(text[1..].to_vec()).unwrap()
                }
            };
            assert_eq!(Some(said), last);
            match version {
                ListVersion::V1 => query.after = Some(next),
                ListVersion::V2 => query.token = Some(next),
            }
        }
    }
}

#[test]
fn a_page_of_nothing_costs_nothing() {
    let (ask, from) = (ask("**", Format::Parquet), Memory::of(["p.csv"]));
    let page = block(releases().list(&ask, &query(ListVersion::V2, 0), &from, soon())).unwrap();
    assert_eq!((page, from.cost()), (Page::default(), (0, 0)));
    let broken = ListQuery {
        token: Some("p.parquet".into()),
        ..query(ListVersion::V2, 0)
    };
    let error = block(releases().list(&ask, &broken, &from, soon())).unwrap_err();
    assert_eq!(error.kind(), Kind::Argument);
}

#[test]
fn a_key_of_many_dots_costs_a_listing_and_no_heads() {
    let name = "a.".repeat(300);
    let keys = [
        format!("{name}csv"),
        format!("{name}b.csv"),
        "a.csv".into(),
        "a.a".into(),
    ];
    let (ask, from) = (ask("**", Format::Parquet), Memory::of(keys));
    let after = ListQuery {
        after: Some(format!("{name}a.parquet")),
        ..query(ListVersion::V1, 1000)
    };
    let page = block(releases().list(&ask, &after, &from, soon())).unwrap();
    let keys: Vec<_> = page.entries.into_iter().map(|entry| entry.key).collect();
    let expected = [
        format!("{name}b.parquet"),
        format!("{name}parquet"),
        "a.a.parquet".into(),
        "a.parquet".into(),
    ];
    assert_eq!(keys, expected);
    assert_eq!(from.cost(), (1, 0));
}

#[test]
fn what_takes_too_long_is_a_shorter_page_or_to_be_asked_for_again() {
    let foreign = numbered("f#.log", 3000);
    let first = all(&[numbered("a#.csv", 7), foreign.clone()]);
    let then = all(&[foreign, numbered("p#.csv", 7)]);
    let mut wrong = Vec::new();
    for (name, keys, pages, expected) in [
        ("some found", &first, 2, Ok((7, true))),
        ("none found", &then, 2, Err(Kind::SlowDown)),
        ("no answer", &first, 0, Err(Kind::SlowDown)),
        ("in time", &first, usize::MAX, Ok((7, false))),
    ] {
        let from = Memory {
            silent_after: pages,
            ..Memory::of(keys)
        };
        let ask = ask("*.csv", Format::Parquet);
        let deadline = if pages == usize::MAX {
            soon()
        } else {
            Instant::now() + Duration::from_millis(400)
        };
        let page = block(releases().list(&ask, &query(ListVersion::V2, 1000), &from, deadline));
        let said = page
            .as_ref()
            .map(|page| (page.entries.len(), page.truncated));
        let said = said.map_err(Error::kind);
        if said != expected {
            wrong.push(format!("{name}: {said:?} and not {expected:?}"));
        }
        if let Ok(Page {
            truncated: true,
            next,
            ..
        }) = page
        {
            let next = ListQuery {
                token: next,
                ..query(ListVersion::V2, 1000)
            };
            let from = Memory::of(keys);
            let page = block(releases().list(&ask, &next, &from, soon())).unwrap();
            assert_eq!(page, Page::default());
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_source_is_asked_for_what_was_asked() {
    let from = Memory::of(numbered("d/p#.csv", 100));
    let query = ListQuery {
        prefix: "d/".into(),
        delimiter: Some(Delimiter::Slash),
        after: Some("d/p00010.parquet".into()),
        ..query(ListVersion::V1, 5)
    };
    let ask = ask("d/*.csv", Format::Parquet);
    block(releases().list(&ask, &query, &from, soon())).unwrap();
    let asked = from.asked.lock().unwrap().clone();
    let expected = RawQuery {
        version: ListVersion::V2,
        prefix: "d/".into(),
        delimiter: Some(Delimiter::Slash),
        after: Some("d/p00010.parquet".into()),
        token: None,
        max_keys: 21,
    };
    assert_eq!(asked, [expected]);
}
