//! Listings over a source in memory, against one that is worked out from all keys at once.

mod costs;
mod oracle;
mod pages;
mod paging;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::NaiveDate;

use super::Lists;
use crate::access_point::{
    AccessPoint, Answer, Ask, Delivery, Opens, Page, Releases, Request, Wanted,
};
use crate::dataset::catalog::{Catalog, Texts};
use crate::error::{Error, Kind, Result};
use crate::key::MasterKey;
use crate::release::Options;
use crate::request::{Format, ListQuery, ListVersion, Payload};
use crate::source::{Fetched, ObjectVersion, OwnStore, RawObject, RawPage, RawQuery};

/// A source that lists its keys as S3 says that it does, and counts.
pub struct Memory {
    keys: BTreeSet<String>,
    /// Whether a folder that the listing begins within is listed: stores differ.
    folds_again: bool,
    lists: AtomicUsize,
    heads: AtomicUsize,
    /// The most objects of a page, whatever is asked for.
    most: usize,
    /// After so many pages it answers no more.
    silent_after: usize,
    asked: Mutex<Vec<RawQuery>>,
}

impl Memory {
    fn of<S: AsRef<str>>(keys: impl IntoIterator<Item = S>) -> Self {
        let keys = keys.into_iter().map(|key| key.as_ref().to_owned());
        Self {
            keys: keys.collect(),
            folds_again: false,
            lists: AtomicUsize::new(0),
            heads: AtomicUsize::new(0),
            most: 1000,
            silent_after: usize::MAX,
            asked: Mutex::default(),
        }
    }

    /// LISTs and HEADs since this was asked before.
    fn cost(&self) -> (usize, usize) {
        let taken = |count: &AtomicUsize| count.swap(0, Ordering::Relaxed);
        (taken(&self.lists), taken(&self.heads))
    }

    fn listed(&self, query: &RawQuery) -> RawPage {
        let token = query.token.as_ref().map(|token| &token["token:".len()..]);
        let mut page = RawPage::default();
        let mut last: Option<&str> = None;
        for key in self
            .keys
            .iter()
            .filter(|key| key.starts_with(&query.prefix))
        {
            let folder = folder(key, query);
            let name = folder.unwrap_or(key);
            let passed = |after: &str| {
                let again = self.folds_again && folder.is_some() && key.as_str() > after;
                name <= after && !again
            };
            let before = query.after.as_deref().is_some_and(passed);
            if before || token.is_some_and(|token| name <= token) || last == Some(name) {
                continue;
            }
            if page.objects.len() + page.prefixes.len() == query.max_keys.min(self.most) {
                page.truncated = true;
                page.next = last.map(|last| format!("token:{last}"));
                break;
            }
            last = Some(name);
            if folder.is_none() {
                let (key, version) = (key.clone(), version(key));
                page.objects.push(RawObject {
                    key,
                    version,
                    storage_class: None,
                });
            } else {
                page.prefixes.push(name.to_owned());
            }
        }
        page
    }
}

/// What a key is folded to, if it is.
fn folder<'a>(key: &'a str, query: &RawQuery) -> Option<&'a str> {
    let rest = &key[query.prefix.len()..];
    let at = query
        .delimiter
        .and_then(|delimiter| rest.find(delimiter.as_str()))?;
    Some(&key[..=query.prefix.len() + at])
}

/// A version that no object of another key has.
fn version(key: &str) -> ObjectVersion {
    ObjectVersion {
        etag: Some(format!("\"of {key}\"")),
        length: Some(1000),
        ..ObjectVersion::default()
    }
}

impl Opens for Memory {
    async fn open(&self, _key: &str) -> Result<Fetched> {
        Err(Error::new(Kind::Source, "nothing is opened for a listing"))
    }
}

impl Lists for Memory {
    async fn head(&self, keys: &[String]) -> Result<Option<(String, ObjectVersion)>> {
        let exists = |key: &&String| {
            self.heads.fetch_add(1, Ordering::Relaxed);
            self.keys.contains(*key)
        };
        let found = keys.iter().find(exists);
        Ok(found.map(|key| (key.clone(), version(key))))
    }

    async fn page(&self, query: &RawQuery) -> Result<RawPage> {
        if self.lists.fetch_add(1, Ordering::Relaxed) >= self.silent_after {
            std::future::pending::<()>().await;
        }
        self.asked.lock().unwrap().push(query.clone());
        Ok(self.listed(query))
    }
}

/// Keys with a number in place of the hash.
fn numbered(pattern: &str, count: usize) -> Vec<String> {
    let number = |at: usize| pattern.replace('#', &format!("{at:05}"));
    (0..count).map(number).collect()
}

fn all(sets: &[Vec<String>]) -> Vec<String> {
    sets.concat()
}

/// An access point over a dataset of so named objects, of lengths by law where they are Parquet.
fn ask(location: &str, format: Format) -> Ask {
    let schema = format!(
        r#"CREATE EXTERNAL TABLE t ("A" VARCHAR COMMENT 'insensitive') STORED AS CSV LOCATION '{location}'"#
    );
    let texts: Texts = [
        ("t/schema.sql", schema.as_str()),
        ("t/all.sql", "-- order: kept\nSELECT \"A\" FROM t"),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), Ok(text.into())))
    .collect();
    let payload = format!(r#"{{"projection": "t/all", "format": "{format}"}}"#);
    let payload = Payload::parse(&payload).unwrap();
    let catalog = Catalog::prove(&texts, "sql", None, crate::csv::table::read);
    let point = AccessPoint::of_payload(&payload, &catalog).unwrap();
    let domain = point.served.projection.domain();
    Ask {
        place: String::new(),
        keys: Some(MasterKey::generate().unwrap().domain(&domain)),
        key_id: None,
        key_version: None,
        access_point: "point".to_owned(),
        today: NaiveDate::from_ymd_opt(2026, 11, 26).unwrap(),
        point,
    }
}

fn query(version: ListVersion, max_keys: usize) -> ListQuery {
    ListQuery {
        version,
        prefix: String::new(),
        delimiter: None,
        max_keys,
        after: None,
        token: None,
        url_encoded: false,
    }
}

fn releases() -> Releases {
    Releases::new(None, 0, Options::default())
}

fn soon() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

fn block<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

/// What a runtime of several threads asks of a future.
fn send<T: Send>(_: &T) {}

fn futures_of<L: Lists>(
    releases: &Arc<Releases>,
    (ask, from): (&Ask, &L),
    wanted: Wanted<'_, L>,
    (request, query): (&Request, &ListQuery),
    delivery: &mut Delivery,
) {
    send(&releases.list(ask, query, from, request.deadline));
    let (raw, made) = (RawPage::default(), (from, request.deadline));
    send(&releases.page(ask, query, raw, Vec::new(), made));
    send(&releases.answer(wanted, request));
    send(&delivery.next());
    send(&delivery.facts());
    send(&delivery.share());
    send(&releases.settle());
}

#[test]
fn what_is_answered_may_be_made_on_several_threads() {
    fn held<T: Send>() {}
    // That it compiles is the proof.
    let _ = (futures_of::<Memory>, futures_of::<OwnStore>);
    held::<(Answer, Page, Delivery)>();
}
