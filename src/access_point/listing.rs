//! LIST: a page of objects → a page of their releases, where a door has it from elsewhere (`shown` lists by itself).
//!
//! Every object that the dataset owns stands there once, under the key of its release in the access point's format, with
//! the `ETag` and the length that HEAD and GET have: by law from its metadata alone; exact lengths from the cache, and
//! what that lacks is made, several at once, within the request's time. Where that is not enough, the request is to be
//! made again: what was made is kept.
//!
//! Of two objects with one release's key the one is shown that GET takes, be the other on another page.
//!
//! Within a page keys are in order; from page to page they follow the source's. The two differ where one object's name
//! is another's up to a dot (`a.csv`, `a.eu.csv`).

use std::collections::HashMap;
use std::time::Instant;

use chrono::{DateTime, Utc};
use futures::{FutureExt, StreamExt, stream};
use tokio::time::timeout_at;

use super::ask::{Ask, Named};
use super::releases::{Opens, Releases, Wanted};
use crate::error::{Error, Kind, Result};
use crate::request::{Conditions, Format, ListQuery, ListVersion};
use crate::source::{RawObject, RawPage};

/// A page of releases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The releases, by key.
    pub entries: Vec<Listed>,
    /// What keys beyond the delimiter are folded to.
    pub prefixes: Vec<String>,
    /// Whether more follows.
    pub truncated: bool,
    /// What the next page is asked for with, where more follows: the source's own, or the last entry's.
    pub next: Option<String>,
}

/// A release in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Its length in bytes.
    pub size: u64,
    /// When its object was last modified.
    pub modified: Option<DateTime<Utc>>,
    /// Its `ETag`, with quotes.
    pub etag: String,
    /// How its object is stored, where its store says so: some engines leave out what is archived.
    pub storage_class: Option<String>,
}

/// A release that is to be listed.
pub(super) struct Entry {
    key: String,
    named: Named,
    storage_class: Option<String>,
}

impl Releases {
    /// The page of releases that a page of objects gives. `beside` are objects that belong to it and whose keys do not
    /// begin with the query's prefix, while their releases' do.
    ///
    /// # Errors
    /// [`Kind::SlowDown`] where there is not time enough for what must be made; [`Kind::Key`] without a key; what an
    /// object cannot be opened or its release made for.
    pub async fn page<O: Opens>(
        &self,
        ask: &Ask,
        query: &ListQuery,
        raw: RawPage,
        beside: Vec<RawObject>,
        made: (&O, Instant),
    ) -> Result<Page> {
        let keys = ask.point.served.owner()?;
        let below =
            |folder: &String| folder.starts_with(&query.prefix) && keys.may_own_below(folder);
        let prefixes = raw.prefixes.into_iter().filter(below).collect();
        let prefixes: Vec<String> = prefixes;
        let owned = |object: &RawObject| keys.owns(&object.key);
        let shown = raw.objects.iter().filter(|object| owned(object));
        let shown = shown.map(|object| &object.key).chain(&prefixes).max();
        let next = match (query.version, shown) {
            // A marker is a key: it goes on behind what was shown, and names nothing else.
            (ListVersion::V1, Some(shown)) if raw.truncated => Some(shown.clone()),
            _ => raw.next,
        };
        let objects = raw.objects.into_iter().chain(beside);
        let entries = entries(ask, query, objects.filter(owned))?;
        Ok(Page {
            entries: self.sized(ask, entries, made).await?,
            prefixes,
            truncated: raw.truncated,
            next,
        })
    }

    /// With the lengths, as far as they are not by law: those that are known, then those that must be made.
    pub(super) async fn sized<O: Opens>(
        &self,
        ask: &Ask,
        entries: Vec<Entry>,
        (opens, deadline): (&O, Instant),
    ) -> Result<Vec<Listed>> {
        let known = entries.iter().map(|entry| self.known_length(&entry.named));
        let known = stream::iter(known.collect::<Vec<_>>()).buffered(LOOKED_UP);
        let mut lengths: Vec<Option<u64>> = known.collect().await;
        let missing: Vec<usize> = (0..entries.len())
            .filter(|&at| lengths[at].is_none())
            .collect();
        let beside = self.at_once(missing.len());
        let made = missing.into_iter().map(|at| {
            let length = self.length(ask, &entries[at].named, beside, (opens, deadline));
            length.map(move |length| (at, length))
        });
        // Futures, and not a closure that makes them: else the compiler does not see that they may change threads.
        let made = stream::iter(made.collect::<Vec<_>>()).buffer_unordered(beside);
        let made = made.collect::<Vec<_>>();
        let made = timeout_at(deadline.into(), made).await;
        for (at, length) in made.map_err(|_| slow())? {
            // What one of several has no time for may have it alone; and what is too long for any request keeps the
            // others from nothing.
            let length = match length {
                Err(error) if error.kind() == Kind::TimeLimit => {
                    let alone = self.length(ask, &entries[at].named, 1, (opens, deadline));
                    let alone = timeout_at(deadline.into(), alone).await;
                    alone.unwrap_or_else(|_| Err(slow()))
                }
                length => length,
            };
            lengths[at] = Some(length.map_err(slowed)?);
        }
        let listed = entries.into_iter().zip(lengths);
        listed.map(|(entry, length)| entry.listed(length)).collect()
    }
}

impl Releases {
    /// The length of a release, as far as it is known by law or from its facts.
    async fn known_length(&self, named: &Named) -> Option<u64> {
        match named.length {
            Some(length) => Some(length),
            None => self.known(named).await.map(|facts| facts.length),
        }
    }

    /// The length of a release, which is made beside so many others.
    async fn length<O: Opens>(
        &self,
        ask: &Ask,
        named: &Named,
        beside: usize,
        (opens, deadline): (&O, Instant),
    ) -> Result<u64> {
        let mut wanted = Wanted {
            ask,
            named,
            opened: None,
            opens,
            beside,
        };
        let facts = self.facts(&mut wanted, deadline).await?;
        Ok(facts.length)
    }
}

/// How many facts are asked for at once: most are in a folder, some in a bucket.
const LOOKED_UP: usize = 32;

/// The releases of some objects, by key, each key once: of two objects with one release's key, the one that GET takes.
fn entries(
    ask: &Ask,
    query: &ListQuery,
    objects: impl Iterator<Item = RawObject>,
) -> Result<Vec<Entry>> {
    let format = ask.point.format;
    let mut found: HashMap<String, (usize, RawObject)> = HashMap::new();
    for object in objects {
        let key = format.release_key(&object.key);
        // What the source lists is behind it in the source's order; the release that it names was listed before.
        let listed = query.after.as_ref() == Some(&key);
        if listed || !key.starts_with(&query.prefix) {
            continue;
        }
        let rank = rank(&key, &object.key);
        match found.get(&key) {
            Some((other, _)) if *other <= rank => {}
            _ => drop(found.insert(key, (rank, object))),
        }
    }
    let found = found.into_iter();
    let entries = found.map(|(key, (_, object))| Entry::of(ask, key, object));
    let mut entries = entries.collect::<Result<Vec<_>>>()?;
    entries.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    Ok(entries)
}

/// The objects of a page that may not be the ones that GET takes for their releases, with the keys that it tries before
/// theirs: those of which the page cannot say whether they exist, since they stand before or behind it.
pub fn doubtful(
    ask: &Ask,
    query: &ListQuery,
    page: &RawPage,
) -> Result<Vec<(String, Vec<String>)>> {
    let owner = ask.point.served.owner()?;
    let keys = || page.objects.iter().map(|object| object.key.as_str());
    let (Some(first), Some(last)) = (keys().min(), keys().max()) else {
        return Ok(Vec::new());
    };
    let begins = query.token.is_none() && query.after.is_none();
    if begins && !page.truncated {
        // There is no other page.
        return Ok(Vec::new());
    }
    let outside = |key: &str| (key < first && !begins) || (key > last && page.truncated);
    let mut doubtful = Vec::new();
    for key in keys().filter(|key| owner.owns(key)) {
        let release = ask.point.format.release_key(key);
        if release == key {
            continue;
        }
        let mut tried = vec![release.clone()];
        tried.extend(
            Format::object_keys(&release)
                .into_iter()
                .take_while(|other| other != key),
        );
        tried.retain(|other| owner.owns(other) && outside(other));
        if !tried.is_empty() {
            doubtful.push((key.to_owned(), tried));
        }
    }
    Ok(doubtful)
}

/// How late a key is tried for a release: the release's own first, as GET does.
pub(super) fn rank(release: &str, object: &str) -> usize {
    if release == object {
        return 0;
    }
    let keys = Format::object_keys(release);
    let at = keys.iter().position(|key| key == object);
    at.map_or(usize::MAX, |at| at + 1)
}

impl Entry {
    /// Of an object, in the access point's format.
    pub(super) fn of(ask: &Ask, key: String, object: RawObject) -> Result<Self> {
        let (format, any) = (ask.point.format, Conditions::default());
        Ok(Self {
            key,
            named: ask.name(&object.key, &object.version, format, &any)?,
            storage_class: object.storage_class,
        })
    }

    fn listed(self, length: Option<u64>) -> Result<Listed> {
        Ok(Listed {
            etag: self.named.known()?.to_owned(),
            size: length.ok_or_else(slow)?,
            modified: self.named.modified(),
            key: self.key,
            storage_class: self.storage_class,
        })
    }
}

fn slow() -> Error {
    let message = "the lengths of these releases are not known yet, and making them takes longer than one request may: \
                   what was made is kept, so ask again, or make them beforehand with veilpoint warm";
    Error::new(Kind::SlowDown, message)
}

/// A listing that has no time for a release is asked for again: then it has made the others.
fn slowed(error: Error) -> Error {
    if error.kind() == Kind::TimeLimit {
        slow()
    } else {
        error
    }
}
