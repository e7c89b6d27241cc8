//! Pages as a client has them: what each costs, what it says, and what is answered where time is short.

use super::*;
use crate::access_point::shown::{place, shown};
use crate::request::{Conditions, Delimiter};

fn numbered(pattern: &str, count: usize) -> Vec<String> {
    let number = |at: usize| pattern.replace('#', &format!("{at:05}"));
    (0..count).map(number).collect()
}

fn all(sets: &[Vec<String>]) -> Vec<String> {
    sets.concat()
}

/// A listing, and what its first pages may cost.
struct Row {
    name: &'static str,
    location: &'static str,
    format: Format,
    keys: Vec<String>,
    query: ListQuery,
    /// LISTs and HEADs at most.
    costs: &'static [(usize, usize)],
}

fn row(name: &'static str, location: &'static str, max_keys: usize, keys: Vec<String>) -> Row {
    Row {
        name,
        location,
        format: Format::Parquet,
        keys,
        query: query(ListVersion::V2, max_keys),
        costs: &[],
    }
}

impl Row {
    fn costs(self, costs: &'static [(usize, usize)]) -> Self {
        Self { costs, ..self }
    }

    fn csv(self) -> Self {
        Self {
            format: Format::Csv,
            ..self
        }
    }

    fn first(mut self) -> Self {
        self.query.version = ListVersion::V1;
        self
    }

    fn below(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.query.prefix);
        self
    }

    fn folded(mut self) -> Self {
        self.query.delimiter = Some(Delimiter::Slash);
        self
    }
}

/// Keys as most are.
fn plain() -> Vec<Row> {
    let p = |count| numbered("p#.csv", count);
    let packed = || numbered("p#.csv.gz", 100);
    let two = all(&[numbered("d/#.csv", 100), numbered("e/#.csv", 100)]);
    let below = || numbered("d/#.csv", 100);
    let folders = all(&[numbered("#/a.csv", 300), numbered("#/b.csv", 300)]);
    vec![
        row("one page", "p*.csv", 1000, p(500)).costs(&[(1, 0)]),
        row("exactly one page", "p*.csv", 1000, p(1000)).costs(&[(1, 0)]),
        row("thousands", "p*.csv", 1000, p(2500)).costs(&[(2, 0), (2, 0), (1, 0)]),
        row("thousands of CSV", "p*.csv", 1000, p(2500))
            .csv()
            .first()
            .costs(&[(2, 0), (2, 0), (1, 0)]),
        row("short pages", "p*.csv", 40, p(100))
            .first()
            .costs(&[(1, 0), (1, 0), (1, 0)]),
        row("compressed", "p*.csv", 40, packed()).costs(&[(1, 0), (1, 0), (1, 0)]),
        row("compressed CSV", "p*.csv", 40, packed())
            .csv()
            .costs(&[(1, 0), (1, 0), (1, 0)]),
        row("a probe", "**/*.csv", 2, two)
            .below("d/")
            .costs(&[(1, 0)]),
        row("one release", "**/*.csv", 2, below())
            .below("d/00007.parquet")
            .costs(&[(1, 1)]),
        row("no release", "**/*.csv", 2, below())
            .below("d/x.parquet")
            .costs(&[(1, 4)]),
        row("folders", "**/*.csv", 200, folders)
            .folded()
            .costs(&[(1, 0), (1, 0)]),
    ]
}

/// Keys whose order is not that of their releases, and keys among which there are few.
fn odd() -> Vec<Row> {
    let dotted = numbered("p#.eu.csv", 100);
    let parts = numbered("p.part-#.txt", 3000);
    let dates = numbered("d/2026-11-26 #.csv", 100);
    let foreign = all(&[numbered("f#.log", 5000), numbered("p#.csv", 3)]);
    vec![
        row("a dot", "p*.csv", 40, dotted).costs(&[(1, 0), (1, 4), (1, 4)]),
        row("a dot behind the suffix's", "**", 40, parts).costs(&[(1, 12), (1, 16)]),
        row("dates", "**", 40, dates).costs(&[(1, 0), (1, 5), (1, 5)]),
        row("foreign keys", "p*.csv", 2, foreign).costs(&[(7, 0), (1, 0)]),
    ]
}

/// What the next page is asked for with.
fn next(ask: &Ask, query: &ListQuery, from: &Memory) -> Option<String> {
    if ask.point.format == Format::Parquet {
        let page = block(releases().list(ask, query, from, soon()));
        return page.unwrap().next;
    }
    // Their lengths would be made.
    let shown = block(shown(ask, query, from, soon())).unwrap();
    let last = shown.entries.last().filter(|_| shown.truncated);
    last.map(|(key, _)| place::next(query.version, key))
}

#[test]
fn a_page_costs_one_listing_and_a_few_heads() {
    let mut wrong = Vec::new();
    for mut row in plain().into_iter().chain(odd()) {
        let (ask, from) = (ask(row.location, row.format), Memory::of(&row.keys));
        for (at, &(lists, heads)) in row.costs.iter().enumerate() {
            let next = next(&ask, &row.query, &from);
            let cost = from.cost();
            if cost.0 > lists || cost.1 > heads {
                let name = row.name;
                wrong.push(format!(
                    "{name}, page {at}: {cost:?} and not {lists}, {heads}"
                ));
            }
            match row.query.version {
                ListVersion::V1 => row.query.after = next,
                ListVersion::V2 => row.query.token = next,
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

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
