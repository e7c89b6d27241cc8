//! Pages, against all keys sorted, folded and cut.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use crate::request::{Delimiter, ListVersion};
use crate::source::{RawPage, RawQuery};

/// Names that extend each other by what stands before and behind a slash, and such as tools encode wrongly.
const NAMES: [&str; 16] = [
    "a",
    "a-b",
    "a.csv",
    "a b",
    "a+",
    "a!",
    "a0",
    "aa",
    "a%2Fb",
    "b",
    "B",
    "\u{fc}",
    "u\u{308}",
    "~",
    "*",
    "\u{1f600}",
];

/// What a page shows, in order, and from where the next one goes on.
pub(super) type Shown = (Vec<String>, Option<String>);

pub(super) fn shown(page: &RawPage) -> Shown {
    let keys = page.objects.iter().map(|object| object.key.clone());
    let mut all: Vec<String> = keys.chain(page.prefixes.iter().cloned()).collect();
    all.sort();
    assert_eq!(page.truncated, page.next.is_some(), "{page:?}");
    (all, page.next.clone())
}

/// The same by S3's own words: the keys with the prefix, behind the one where it starts, folded; of these so many.
fn oracle(keys: &BTreeSet<String>, query: &RawQuery) -> Shown {
    let from = query.token.as_ref().or(query.after.as_ref());
    let from = from.cloned().unwrap_or_default();
    let goes_on = query.version == ListVersion::V1 || query.token.is_some();
    let mut entries: Vec<String> = Vec::new();
    for key in keys {
        let Some(rest) = key.strip_prefix(&query.prefix) else {
            continue;
        };
        let folded = match (query.delimiter, rest.split_once('/')) {
            (Some(_), Some((part, _))) => format!("{}{part}/", query.prefix),
            _ => key.clone(),
        };
        let begun = *key > from && !(goes_on && folded == from);
        if begun && entries.last() != Some(&folded) {
            entries.push(folded);
        }
    }
    let more = query.max_keys > 0 && entries.len() > query.max_keys;
    entries.truncate(query.max_keys);
    let next = more.then(|| entries.last().cloned()).flatten();
    (entries, next)
}

/// Where a text is cut, so that it stays one.
fn cut(text: &str, at: Index) -> String {
    let ends: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    text[..*at.get(&ends)].to_owned()
}

/// Keys of which none is the folder of another one.
fn keys() -> impl Strategy<Value = BTreeSet<String>> {
    let key = prop::collection::vec(select(&NAMES[..]), 1..4).prop_map(|names| names.join("/"));
    prop::collection::btree_set(key, 0..24).prop_map(|keys| {
        let is_folder = |key: &String| {
            keys.iter()
                .any(|other| other.starts_with(&format!("{key}/")))
        };
        keys.iter().filter(|key| !is_folder(key)).cloned().collect()
    })
}

/// A text that has to do with the keys: cut from one of them, or a name beside them.
fn about(keys: &BTreeSet<String>, (which, at, name): (Index, Index, &str)) -> String {
    let keys: Vec<&String> = keys.iter().collect();
    match keys.len() {
        0 => name.to_owned(),
        count => {
            let key = keys[which.index(count + 1).min(count - 1)];
            let text = cut(key, at);
            // Now and then a name where the key has another one.
            if which.index(count + 1) == count {
                text + name
            } else {
                text
            }
        }
    }
}

fn anything() -> impl Strategy<Value = (Index, Index, &'static str)> {
    (any::<Index>(), any::<Index>(), select(&NAMES[..]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn pages_are_those_of_all_keys_sorted_folded_and_cut(
        keys in keys(),
        prefix in prop::option::of(anything()),
        after in prop::option::of(anything()),
        (first, folded, max_keys) in (any::<bool>(), any::<bool>(), 0_usize..6),
    ) {
        let (folder, source) = tree(keys.iter().map(String::as_str));
        // What holds no file is none of S3's.
        let below = keys.iter().next().and_then(|key| key.rsplit_once('/')).map_or("", |(below, _)| below);
        fs::create_dir_all(folder.path().join(below).join("empty/a/b")).unwrap();
        let mut query = RawQuery {
            version: if first { ListVersion::V1 } else { ListVersion::V2 },
            prefix: prefix.map(|text| about(&keys, text)).unwrap_or_default(),
            delimiter: folded.then_some(Delimiter::Slash),
            after: after.map(|text| about(&keys, text)),
            token: None,
            max_keys,
        };
        let (whole, _) = oracle(&keys, &RawQuery { max_keys: usize::MAX, ..query.clone() });
        let mut seen = Vec::new();
        loop {
            let page = shown(&block(source.page(&query)).unwrap());
            prop_assert_eq!(&page, &oracle(&keys, &query), "{:?}", query);
            seen.extend(page.0);
            match page.1 {
                None => break,
                next if first => query.after = next,
                next => query.token = next,
            }
        }
        if max_keys > 0 {
            prop_assert_eq!(seen, whole);
        }
    }
}

#[test]
fn what_starts_at_a_folder_is_told_from_what_goes_on_behind_it() {
    let (_folder, source) = tree(["a-b", "a.csv", "a/x", "a/y", "a0", "b/c/d"]);
    let mut wrong = Vec::new();
    for (name, version, after, token, expected) in [
        ("V2 starts", ListVersion::V2, Some("a/"), None, "a/ a0 b/"),
        (
            "V2 starts inside",
            ListVersion::V2,
            Some("a/x"),
            None,
            "a/ a0 b/",
        ),
        (
            "V2 starts at its end",
            ListVersion::V2,
            Some("a/y"),
            None,
            "a0 b/",
        ),
        ("V2 goes on", ListVersion::V2, None, Some("a/"), "a0 b/"),
        (
            "V2 goes on, wherever it started",
            ListVersion::V2,
            Some("a"),
            Some("a/"),
            "a0 b/",
        ),
        ("V1 goes on", ListVersion::V1, Some("a/"), None, "a0 b/"),
        ("V1 inside", ListVersion::V1, Some("a/x"), None, "a/ a0 b/"),
        (
            "V1 before",
            ListVersion::V1,
            Some("a."),
            None,
            "a.csv a/ a0 b/",
        ),
    ] {
        let query = RawQuery {
            version,
            delimiter: Some(Delimiter::Slash),
            after: after.map(str::to_owned),
            token: token.map(str::to_owned),
            max_keys: 1000,
            ..RawQuery::default()
        };
        let (shown, _) = shown(&block(source.page(&query)).unwrap());
        if shown.join(" ") != expected {
            wrong.push(format!("{name}: {shown:?}, and not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
