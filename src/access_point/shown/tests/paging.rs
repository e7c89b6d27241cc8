//! Whatever the keys: pages that follow each other are the whole listing, nothing lost and nothing twice.

use std::sync::LazyLock;

use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::oracle::{self, Entries};
use super::*;
use crate::access_point::shown::entries::Found;
use crate::access_point::shown::{place, shown};
use crate::request::Delimiter;

/// What collides.
const PARTS: [&str; 19] = [
    "a", "b", ".", "/", " ", "-", ".csv", ".csv.gz", ".csv.zst", ".gz", ".tsv", ".txt", ".parquet",
    ".par", ".eu", ".q", "a/", "a.csv", "\u{fc}",
];

/// Everything, what has the suffix, and what lies in some folders.
const LOCATIONS: [&str; 6] = ["**", "**/*.csv", "*.csv", "**/*.gz", "a/**", "{a,b}*/*"];

static ASKS: LazyLock<Vec<Ask>> = LazyLock::new(|| {
    let locations = LOCATIONS.iter();
    let formats = [Format::Parquet, Format::Csv];
    locations
        .flat_map(|location| formats.map(|format| ask(location, format)))
        .collect()
});

fn text(most: usize) -> impl Strategy<Value = String> {
    vec(select(&PARTS[..]), 1..most).prop_map(|parts| parts.concat())
}

/// How a client goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Client {
    /// By what the page says: a token, or a marker.
    Next,
    /// By the last entry that it has read, as a marker or as `start-after`.
    Last,
}

/// The entries of a page, and whether more follows.
fn page(ask: &Ask, from: &Memory, query: &ListQuery) -> Result<(Entries, bool)> {
    let shown = block(shown(ask, query, from, soon()))?;
    let entries = shown.entries.into_iter().map(|(entry, found)| match found {
        Found::Folder => (entry, None),
        Found::Object(found) => (entry, Some(found.object.key)),
    });
    Ok((entries.collect(), shown.truncated))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn pages_are_the_whole_listing_whatever_the_keys(
        keys in btree_set(text(6), 0..24),
        prefix in option::of(text(4)),
        start in option::of(text(6)),
        folded in any::<bool>(),
        max_keys in select(&[1_usize, 2, 3, 7, 1000][..]),
        version in select(&[ListVersion::V1, ListVersion::V2][..]),
        client in select(&[Client::Next, Client::Last][..]),
        ask in 0..2 * LOCATIONS.len(),
        (most, folds_again) in (select(&[1_usize, 2, 5, 1000][..]), any::<bool>()),
    ) {
        let ask = &ASKS[ask];
        let from = Memory { folds_again, most, ..Memory::of(&keys) };
        let mut query = ListQuery {
            prefix: prefix.unwrap_or_default(),
            delimiter: folded.then_some(Delimiter::Slash),
            after: start.clone(),
            ..query(version, max_keys)
        };
        let mut expected = oracle::all(ask, &keys, &query);
        expected.retain(|(entry, _)| start.as_ref().is_none_or(|start| entry > start));
        let mut left = expected.as_slice();
        loop {
            let (entries, truncated) = page(ask, &from, &query).unwrap();
            let (here, rest) = left.split_at(left.len().min(max_keys));
            prop_assert_eq!(&entries[..], here);
            prop_assert_eq!(truncated, !rest.is_empty());
            left = rest;
            let Some((last, _)) = entries.last().filter(|_| truncated) else { break };
            let next = place::next(version, last);
            match (client, version) {
                (Client::Next, ListVersion::V2) => query.token = Some(next),
                (Client::Next, ListVersion::V1) => query.after = Some(next),
                (Client::Last, _) => query.after = Some(last.clone()),
            }
        }
    }
}
