//! Contracts and projections below a prefix in a bucket: one LIST a look, and a GET for what is new.
//!
//! Memory: the texts, at most 1,000 of 64 KiB each, and while they are fetched 16 answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectMeta, ObjectStoreExt, path};

use super::{MAX_BYTES, MAX_FILES, NOT_UTF8, TOO_LARGE, too_many};
use crate::dataset::catalog::{Text, Texts};
use crate::dataset::name::ProjectionName;
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
            .map(|(path, meta)| async move { fetch(store, meta).await.map(|known| (path, known)) })
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

    /// The contracts and projections below the prefix, by path.
    async fn list(&self) -> Result<BTreeMap<String, ObjectMeta>> {
        let mut objects = self.store.list(Some(&self.start));
        let (mut found, mut count) = (BTreeMap::new(), 0);
        while let Some(meta) = objects.try_next().await.map_err(explain)? {
            count += 1;
            if count > MAX_LISTED {
                let message = "there are more than 10000 objects: give contracts and projections a prefix of their own";
                return Err(Error::new(Kind::Settings, message));
            }
            let path = meta.location.as_ref().strip_prefix(&self.prefix);
            if let Some(path) = path.filter(|path| ProjectionName::of_path(path).is_some()) {
                found.insert(path.to_owned(), meta);
            }
        }
        if found.len() > MAX_FILES {
            return Err(too_many());
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

/// The object as it is by now, which may be newer than the listing. None where it has been deleted since.
pub(super) async fn fetch(store: &Store, listed: ObjectMeta) -> Result<Option<Known>> {
    let known = |mark, text| Ok(Some(Known { mark, text }));
    let listed_mark = mark(&listed);
    if listed.size > MAX_BYTES {
        return known(listed_mark, Err(TOO_LARGE));
    }
    let answer = match store.get(&listed.location).await {
        Ok(answer) => answer,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        // Without a mark: permissions change, and the object does not.
        Err(err) if store::is_denied(&err) => return known(String::new(), Err(WITHHELD)),
        Err(err) => return Err(explain(err)),
    };
    let mark = answer.meta.e_tag.clone().unwrap_or(listed_mark);
    if answer.meta.size > MAX_BYTES {
        return known(mark, Err(TOO_LARGE));
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
