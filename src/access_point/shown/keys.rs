//! Which entry an object stands for, and which objects stand elsewhere in a listing than their releases do.
//!
//! The key of a release is a stem and the format's suffix; that of its object the stem and one of sixteen endings, which
//! are nothing or begin with a dot. So two objects and their releases are in the same order, but where one stem begins
//! the other:
//!
//! ```text
//! objects     a.csv  <  a.eu.csv         a  <  a-b         a.q.csv  <  a.tsv
//! releases    a.parquet > a.eu.parquet   a.parquet > a-b.parquet   a.q.parquet > a.parquet
//! ```
//! Both questions that a page has are thus about the stems that begin one key, and about a few objects of each: which
//! releases behind a place are of objects that are not ([`Keys::passed`]), and which releases before a place are of
//! objects that are behind it ([`Keys::overdue`]).

use crate::access_point::Ask;
use crate::dataset::contract::KeyMatcher;
use crate::error::Result;
use crate::request::{Format, ListQuery};

/// The keys of one listing.
pub struct Keys<'a> {
    format: Format,
    owner: &'a KeyMatcher,
    query: &'a ListQuery,
}

impl<'a> Keys<'a> {
    /// Of an access point, as a query asks for them.
    pub fn new(ask: &'a Ask, query: &'a ListQuery) -> Result<Self> {
        Ok(Self {
            format: ask.point.format,
            owner: ask.point.served.owner()?,
            query,
        })
    }

    /// Whether the dataset owns an object.
    pub fn owns(&self, object: &str) -> bool {
        self.owner.owns(object)
    }

    /// Whether a folder is an entry: the dataset may own what is below it.
    pub fn shows_folder(&self, folder: &str) -> bool {
        folder.starts_with(&self.query.prefix) && self.owner.may_own_below(folder)
    }

    /// The entry of an object that the dataset owns; none where it does not begin with the prefix, or is folded.
    pub fn release(&self, object: &str) -> Option<String> {
        Some(self.format.release_key(object)).filter(|release| self.shows(release))
    }

    fn shows(&self, release: &str) -> bool {
        let folds = |rest: &str| {
            let delimiter = self.query.delimiter;
            delimiter.is_some_and(|delimiter| rest.contains(delimiter.as_str()))
        };
        let rest = release.strip_prefix(&self.query.prefix);
        rest.is_some_and(|rest| !folds(rest))
    }

    /// The keys of all objects of which this is the release, in the order in which GET tries them.
    pub fn objects(&self, release: &str) -> impl Iterator<Item = String> {
        let keys = Format::object_keys(release).into_iter();
        keys.filter(move |key| self.format.release_key(key) == release && self.owns(key))
    }

    /// The objects of other releases that GET takes for this one before it comes to its object.
    pub fn taken_before(&self, release: &str, object: &str) -> Vec<String> {
        let tried = std::iter::once(release.to_owned()).chain(Format::object_keys(release));
        let before = tried.take_while(|key| key != object);
        before
            .filter(|key| self.format.release_key(key) != release && self.owns(key))
            .collect()
    }

    /// The release that the prefix itself begins, if it ends within the suffix: its object may not begin with it.
    pub fn begun(&self) -> Option<String> {
        self.format.begun(&self.query.prefix)
    }

    /// Releases behind a place of which objects may be before it or at it.
    pub fn passed(&self, place: &str) -> Vec<String> {
        let suffix = format!(".{}", self.format.suffix());
        let stems = place.char_indices().skip(1).map(|(at, _)| at);
        let cut = stems.chain([place.len()]).map(|at| place.split_at(at));
        let passed = cut.filter(|(_, rest)| *rest < suffix.as_str());
        let releases = passed.map(|(stem, _)| format!("{stem}{suffix}"));
        releases.filter(|release| self.shows(release)).collect()
    }

    /// Releases before a place or at it of which objects may be behind it.
    pub fn overdue(&self, place: &str) -> Vec<String> {
        let stems = place.match_indices('.').map(|(at, _)| &place[..at]);
        let releases = stems.map(|stem| format!("{stem}.{}", self.format.suffix()));
        let overdue = releases.filter(|release| release.as_str() <= place && self.shows(release));
        overdue.collect()
    }
}
