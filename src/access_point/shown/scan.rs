//! What of a source has been seen, and which entries follow from it for certain.
//!
//! An entry is settled once the listing has come as far as its key: what may still come before it is the release of a
//! few objects that are known by name, and asked for ([`Scan::look`]). No I/O.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::entries::{Candidate, Found, Look, Shown};
use super::keys::Keys;
use crate::access_point::Ask;
use crate::access_point::listing::rank;
use crate::error::{Error, Kind, Result};
use crate::request::{ListQuery, ListVersion, MAX_KEYS};
use crate::source::{ObjectVersion, RawObject, RawPage, RawQuery};

/// How many more objects are asked for than entries: objects that show no entry or one that is not settled are few.
const SPARE: usize = 16;

/// How many objects are asked for one by one before a page: where a key has more dots, it is listed from before them.
const ONE_BY_ONE: usize = 64;

/// S3's longest key, in bytes.
const LONGEST: usize = 1024;

/// A listing on its way.
pub struct Scan<'a> {
    keys: Keys<'a>,
    query: &'a ListQuery,
    /// Entries are behind this.
    after: Option<String>,
    /// Objects are listed from behind this, which is not behind `after`.
    begin: Option<String>,
    /// How far they were listed, and what goes on.
    at: Option<String>,
    token: Option<String>,
    pages: usize,
    ended: bool,
    found: BTreeMap<String, Found>,
    /// Objects that exist and that the dataset owns.
    seen: HashSet<String>,
    /// Before anything is settled, these are to be asked for.
    pending: Vec<Look>,
    /// Overdue releases that were looked for.
    looked: HashSet<String>,
}

impl<'a> Scan<'a> {
    /// Of the entries behind `after`.
    pub fn new(ask: &'a Ask, query: &'a ListQuery, after: Option<String>) -> Result<Self> {
        let mut scan = Self {
            keys: Keys::new(ask, query)?,
            query,
            begin: after.clone(),
            after,
            at: None,
            token: None,
            pages: 0,
            ended: false,
            found: BTreeMap::new(),
            seen: HashSet::new(),
            pending: Vec::new(),
            looked: HashSet::new(),
        };
        scan.pending = scan.before();
        let keys = || scan.pending.iter().flat_map(|look| &look.keys);
        if keys().count() > ONE_BY_ONE {
            let listed = keys().filter(|key| key.starts_with(&query.prefix));
            if let Some(mut first) = listed.min().cloned() {
                first.pop();
                scan.begin = Some(first).filter(|begin| !begin.is_empty());
                scan.pending = scan.before();
            }
        }
        Ok(scan)
    }

    /// Releases that belong here, and whose objects are listed elsewhere.
    fn before(&self) -> Vec<Look> {
        let passed = self.after.as_deref().map(|after| self.keys.passed(after));
        let releases = passed.into_iter().flatten().chain(self.keys.begun());
        let releases: BTreeSet<String> = releases.filter(|key| self.is_behind(key)).collect();
        let looks = releases.into_iter().map(|release| {
            let keys = self.keys.objects(&release);
            let keys = keys.filter(|key| !self.lists(key) && key.len() <= LONGEST);
            let keys = keys.collect();
            Look { release, keys }
        });
        looks.filter(|look| !look.keys.is_empty()).collect()
    }

    fn is_behind(&self, entry: &str) -> bool {
        self.after.as_deref().is_none_or(|after| entry > after)
    }

    /// Whether an object, if there is one, is listed.
    fn lists(&self, key: &str) -> bool {
        let behind = self.begin.as_deref().is_none_or(|begin| key > begin);
        behind && key.starts_with(&self.query.prefix)
    }

    /// What is to be listed next.
    pub fn query(&self) -> RawQuery {
        let few = self.query.max_keys + SPARE;
        RawQuery {
            version: ListVersion::V2,
            prefix: self.query.prefix.clone(),
            delimiter: self.query.delimiter,
            after: self.begin.clone().filter(|_| self.token.is_none()),
            token: self.token.clone(),
            // Where two were too few, what is listed is mostly foreign.
            max_keys: if self.pages < 2 {
                few.min(MAX_KEYS)
            } else {
                MAX_KEYS
            },
        }
    }

    /// What was listed.
    ///
    /// # Errors
    /// [`Kind::Source`] for a page that more follows without a word how.
    pub fn take(&mut self, page: RawPage) -> Result<()> {
        self.pages += 1;
        self.ended = !page.truncated;
        self.token = page.next.filter(|_| page.truncated);
        if self.token.is_none() && page.truncated {
            let message = "the source's listing does not say how it goes on";
            return Err(Error::new(Kind::Source, message));
        }
        for folder in page.prefixes {
            self.reach(&folder);
            if self.is_behind(&folder) && self.keys.shows_folder(&folder) {
                self.found.insert(folder, Found::Folder);
            }
        }
        for object in page.objects {
            self.reach(&object.key);
            self.see(object);
        }
        Ok(())
    }

    fn reach(&mut self, key: &str) {
        if self.at.as_deref().is_none_or(|at| at < key) {
            self.at = Some(key.to_owned());
        }
    }

    fn see(&mut self, object: RawObject) {
        if !self.keys.owns(&object.key) {
            return;
        }
        self.seen.insert(object.key.clone());
        let release = self.keys.release(&object.key);
        let Some(release) = release.filter(|release| self.is_behind(release)) else {
            return;
        };
        let rank = rank(&release, &object.key);
        if self.held(&release).is_some_and(|held| held <= rank) {
            return;
        }
        let rivals = self.keys.taken_before(&release, &object.key);
        let keys = rivals.iter().filter(|key| !self.lists(key)).cloned();
        let keys: Vec<String> = keys.collect();
        if !keys.is_empty() {
            let release = release.clone();
            self.pending.push(Look { release, keys });
        }
        let candidate = Candidate {
            rank,
            object,
            rivals,
        };
        self.found.insert(release, Found::Object(candidate));
    }

    /// How late GET comes to the object that stands for this release so far.
    fn held(&self, release: &str) -> Option<usize> {
        match self.found.get(release) {
            Some(Found::Object(candidate)) => Some(candidate.rank),
            _ => None,
        }
    }

    /// What is to be asked for next, before anything is listed.
    pub fn look(&self) -> Option<Look> {
        let overdue = || {
            let last = self.settled().take(self.query.max_keys).last();
            let last = last.map(|(entry, _)| entry.as_str());
            self.overdue()
                .find(|look| Some(look.release.as_str()) <= last)
        };
        let pending = self.pending.last().cloned();
        pending.or_else(|| self.is_done().then(overdue).flatten())
    }

    /// What was found of it.
    pub fn saw(&mut self, look: &Look, found: Option<(String, ObjectVersion)>) {
        match self.pending.iter().position(|pending| pending == look) {
            Some(at) => drop(self.pending.remove(at)),
            None => drop(self.looked.insert(look.release.clone())),
        }
        if let Some((key, version)) = found {
            self.see(RawObject {
                key,
                version,
                storage_class: None,
            });
        }
    }

    /// Releases before where the listing has come to, of which a likelier object than is known may be behind it.
    fn overdue(&self) -> impl Iterator<Item = Look> {
        let at = self.at.as_deref().filter(|_| !self.ended);
        let releases = at.map(|at| self.keys.overdue(at)).unwrap_or_default();
        let looks = releases.into_iter().map(move |release| {
            let held = self.held(&release).unwrap_or(usize::MAX);
            let keys = self.keys.objects(&release).filter(|key| {
                self.lists(key) && Some(key.as_str()) > at && rank(&release, key) < held
            });
            let keys = keys.collect();
            Look { release, keys }
        });
        looks.filter(|look| {
            let new = !self.looked.contains(&look.release);
            new && self.is_behind(&look.release) && !look.keys.is_empty()
        })
    }

    /// Entries that nothing which may still be listed can change, in order.
    fn settled(&self) -> impl Iterator<Item = (&String, &Found)> {
        let at = self.at.as_deref();
        let settled = move |entry: &str| self.ended || Some(entry) <= at;
        let found = self.found.iter();
        found.filter(move |(entry, found)| settled(entry) && self.is_read_as_itself(found))
    }

    fn is_read_as_itself(&self, found: &Found) -> bool {
        match found {
            Found::Folder => true,
            Found::Object(candidate) => !candidate.rivals.iter().any(|key| self.seen.contains(key)),
        }
    }

    /// Whether more entries are known than are to be shown. One that is not settled counts where nothing can hide it.
    fn has_more(&self) -> bool {
        let certain = |(entry, found): (&String, &Found)| match found {
            Found::Object(Candidate { rivals, .. }) => {
                rivals.is_empty() && !self.ended && Some(entry.as_str()) > self.at.as_deref()
            }
            Found::Folder => false,
        };
        let settled = self.settled().count();
        settled > self.query.max_keys
            || (settled == self.query.max_keys && self.found.iter().any(certain))
    }

    /// Whether enough was listed.
    pub fn is_done(&self) -> bool {
        self.ended || self.has_more()
    }

    /// The page: a whole one, or what there is of it.
    pub fn shown(&self, whole: bool) -> Shown {
        let open = self.pending.iter().cloned().chain(self.overdue());
        let open = open.map(|look| look.release).min();
        let settled = self.settled();
        let settled =
            settled.take_while(|(entry, _)| open.as_ref().is_none_or(|open| *entry < open));
        let shown = settled.take(self.query.max_keys);
        Shown {
            entries: shown
                .map(|(entry, found)| (entry.clone(), found.clone()))
                .collect(),
            truncated: !whole || self.has_more(),
        }
    }
}
