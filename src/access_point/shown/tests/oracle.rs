//! The whole listing, worked out from all keys at once: no pages, no order of objects.

use std::collections::{BTreeMap, BTreeSet};

use crate::access_point::Ask;
use crate::request::{Format, ListQuery};

/// An entry: a common prefix, or the release of an object, whose key stands beside it.
pub type Entries = Vec<(String, Option<String>)>;

/// Every entry of the prefix and the delimiter, in order.
pub fn all(ask: &Ask, keys: &BTreeSet<String>, query: &ListQuery) -> Entries {
    let dataset = ask.point.served.contract.keys().unwrap();
    let owned: BTreeSet<&String> = keys.iter().filter(|key| dataset.owns(key)).collect();
    let fold = |key: &str| {
        let rest = &key[query.prefix.len()..];
        let at = query.delimiter.and_then(|_| rest.find('/'))?;
        Some(key[..=query.prefix.len() + at].to_owned())
    };
    let mut entries = BTreeMap::new();
    for folder in keys.iter().filter(|key| key.starts_with(&query.prefix)) {
        if let Some(folder) = fold(folder).filter(|folder| dataset.may_own_below(folder)) {
            entries.insert(folder, None);
        }
    }
    for object in &owned {
        let release = ask.point.format.release_key(object);
        if !release.starts_with(&query.prefix) || fold(&release).is_some() {
            continue;
        }
        // What GET answers for the release's key: itself, or the first that it may be the release of.
        let tried = [vec![release.clone()], Format::object_keys(&release)].concat();
        let taken = tried.iter().find(|key| owned.contains(key)).unwrap();
        if ask.point.format.release_key(taken) == release {
            entries.insert(release, Some(taken.clone()));
        }
    }
    entries.into_iter().collect()
}
