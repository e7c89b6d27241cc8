//! Contracts, projections and reference tables below a prefix in a bucket: one LIST a look, and a GET for what is new.
//!
//! Memory: the texts, at most 1,000 of 64 KiB each and 16 MiB of reference tables, and while they are fetched 16 answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectMeta, ObjectStoreExt, path};

use super::NOT_UTF8;
use super::limits::{Total, of_file};
use crate::dataset::catalog::{Text, Texts};
use crate::dataset::name::is_file;
use crate::error::{Error, Kind, Result};
use crate::source::store::{self, Store};

/// Objects of any name that a look passes over, ten pages of a listing: a bucket of raw data is no folder of SQL, and to
/// list it would take minutes.
pub(super) const MAX_LISTED: usize = 10_000;

/// Objects fetched at once: a first look at hundreds takes a second or two, and not one round trip for each.
const AT_ONCE: usize = 16;

/// Why an object that the store lists and does not give has no text.
const WITHHELD: &str =
    "the store denies this object: check its permissions, storage class and encryption";

pub(super) struct Bucket {
    store: Store,
    prefix: String,
    start: path::Path,
    /// What was fetched, by path below the prefix.
    pub(super) known: BTreeMap<String, Known>,
}

/// An object's text, in one version.
pub(super) struct Known {
    pub(super) mark: String,
    pub(super) text: Text,
}

impl Bucket {
    /// `prefix` is empty or ends with a slash.
    pub(super) fn new(store: Store, prefix: &str) -> Result<Self> {
        let start = store::key(prefix)
            .map_err(|err| Error::new(Kind::Settings, err.message().to_owned()))?;
        // A slash in front is dropped silently there, and no key would be found.
        if prefix.starts_with('/') {
            let message = "a prefix does not begin with a slash: leave it out";
            return Err(Error::new(Kind::Settings, message));
        }
        Ok(Self {
            store,
            prefix: prefix.to_owned(),
            start,
            known: BTreeMap::new(),
        })
    }

    /// The files as they are now. What one call fetched, the next need not, be it that the call came to its end or not.
    pub(super) async fn texts(&mut self) -> Result<Texts> {
        let listed = self.list().await?;
        self.known.retain(|path, _| listed.contains_key(path));
        let fresh = listed.into_iter().filter(|(path, meta)| {
            let known = self.known.get(path);
            known.is_none_or(|known| known.mark != mark(meta))
        });
        // Collected, since what is known changes while they come in.
        let fresh: Vec<(String, ObjectMeta)> = fresh.collect();
        let store = &self.store;
        let mut fetched = stream::iter(fresh)
            .map(|(path, meta)| async move {
                fetch(store, &path, meta).await.map(|known| (path, known))
            })
            .buffer_unordered(AT_ONCE);
        while let Some((path, known)) = fetched.try_next().await? {
            match known {
                Some(known) => self.known.insert(path, known),
                None => self.known.remove(&path),
            };
        }
        let known = self.known.iter();
        Ok(known
            .map(|(path, known)| (path.clone(), known.text.clone()))
            .collect())
    }

    /// The files below the prefix, by path.
    async fn list(&self) -> Result<BTreeMap<String, ObjectMeta>> {
        let mut objects = self.store.list(Some(&self.start));
        let (mut found, mut count, mut total) = (BTreeMap::new(), 0, Total::default());
        while let Some(meta) = objects.try_next().await.map_err(explain)? {
            count += 1;
            if count > MAX_LISTED {
                let message = "there are more than 10000 objects: give contracts and projections a prefix of their own";
                return Err(Error::new(Kind::Settings, message));
            }
            let path = meta.location.as_ref().strip_prefix(&self.prefix);
            if let Some(path) = path.filter(|path| is_file(path)) {
                total.add(path, meta.size)?;
                found.insert(path.to_owned(), meta);
            }
        }
        Ok(found)
    }
}

/// What tells one version of an object from another.
fn mark(meta: &ObjectMeta) -> String {
    match &meta.e_tag {
        Some(tag) => tag.clone(),
        None => format!("{} {}", meta.last_modified.timestamp_micros(), meta.size),
    }
}

/// The object as it is by now, which may be newer than the listing. None where it has been deleted since. `path` is the one
/// below the prefix.
pub(super) async fn fetch(store: &Store, path: &str, listed: ObjectMeta) -> Result<Option<Known>> {
    let (most, too_large) = of_file(path);
    let known = |mark, text| Ok(Some(Known { mark, text }));
    let listed_mark = mark(&listed);
    if listed.size > most {
        return known(listed_mark, Err(too_large));
    }
    let answer = match store.get(&listed.location).await {
        Ok(answer) => answer,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        // Without a mark: permissions change, and the object does not.
        Err(err) if store::is_denied(&err) => return known(String::new(), Err(WITHHELD)),
        Err(err) => return Err(explain(err)),
    };
    let mark = answer.meta.e_tag.clone().unwrap_or(listed_mark);
    if answer.meta.size > most {
        return known(mark, Err(too_large));
    }
    let bytes = answer.bytes().await.map_err(explain)?;
    let text = std::str::from_utf8(&bytes)
        .map(Arc::from)
        .map_err(|_| NOT_UTF8);
    known(mark, text)
}

/// A store that is not there is a wrong setting, and no missing object: nobody asked for one.
fn explain(err: object_store::Error) -> Error {
    let error = store::explain(err, Kind::Source);
    if error.kind() == Kind::NotFound {
        let message = "there is no such bucket: check the name";
        return Error::new(Kind::Settings, message);
    }
    error
}
