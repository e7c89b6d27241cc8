//! An object that a door has opened: its version, and its bytes on their way.

use std::io::Read;
use std::sync::Arc;

use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::path::DELIMITER;
use object_store::{GetOptions, ObjectMeta, ObjectStoreExt};
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::listing::whole_seconds;
use super::read::StreamReader;
use super::store::{self, Store};
use super::{ObjectVersion, RawObject, RawPage, RawQuery};
use crate::config;
use crate::error::{Error, Kind, Result};

/// An object whose bytes are on their way.
pub struct Fetched {
    /// Which version it is.
    pub version: ObjectVersion,
    reader: StreamReader,
}

impl Fetched {
    pub(super) fn new(version: ObjectVersion, reader: StreamReader) -> Self {
        Self { version, reader }
    }

    /// The raw bytes, to be read on a thread of its own; and what ends their transfer from elsewhere.
    pub fn into_reader(self) -> (Box<dyn Read + Send>, AbortHandle) {
        let stopper = self.reader.stopper();
        (Box::new(self.reader), stopper)
    }
}

/// What stands before the key in a presigned URL: where its keys are read under another name, one's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A host that stands for an access point.
    Host {
        /// Scheme and host.
        url: String,
        /// The access point.
        arn: String,
    },
    /// A bucket, or an access point's alias, at the head of the path.
    Path {
        /// Scheme, host and port.
        url: String,
        /// The first part of the path; empty where there is none.
        bucket: String,
    },
}

impl Origin {
    /// What a record calls it: the access point's ARN where a host stands for one, else the bucket.
    pub fn name(&self) -> String {
        match self {
            Self::Host { arn, .. } => arn.clone(),
            Self::Path { bucket, .. } => format!("s3://{bucket}"),
        }
    }

    /// A client for it.
    ///
    /// # Errors
    /// [`Kind::Settings`].
    pub fn open(&self) -> Result<OwnStore> {
        let store = match self {
            Self::Host { url, .. } => config::s3_at_host(url)?,
            Self::Path { url, bucket } => config::s3_at_path(url, bucket)?,
        };
        Ok(OwnStore {
            pages: Arc::clone(&store) as _,
            store,
        })
    }
}

/// A bucket read with one's own rights.
#[derive(Clone)]
pub struct OwnStore {
    store: Store,
    /// The same, for pages of its listing.
    pages: Arc<dyn PaginatedListStore>,
}

impl OwnStore {
    /// Opens the first of these keys that exists; none where none does.
    ///
    /// # Errors
    /// [`Kind::Denied`] where one of them may not be read; [`Kind::Source`] where the store does not answer.
    pub async fn first(&self, keys: &[String]) -> Result<Option<(String, Fetched)>> {
        for key in keys {
            if let Some(fetched) = self.open(key).await? {
                return Ok(Some((key.clone(), fetched)));
            }
        }
        Ok(None)
    }

    /// Opens an object; none where there is none of this key.
    ///
    /// # Errors
    /// As [`OwnStore::first`].
    pub async fn open(&self, key: &str) -> Result<Option<Fetched>> {
        // What the store's client takes for no key is none here.
        let Ok(path) = store::key(key) else {
            return Ok(None);
        };
        let answer = self.store.get_opts(&path, GetOptions::new()).await;
        let Some(answer) = found(answer)? else {
            return Ok(None);
        };
        let version = version_of(&answer.meta);
        let stream = store::pieces(answer);
        let reader = super::read::reader(&Handle::current(), stream, version.length);
        Ok(Some(Fetched::new(version, reader)))
    }

    /// The first of these keys that exists, and its version, without reading it.
    ///
    /// # Errors
    /// As [`OwnStore::first`].
    pub async fn head(&self, keys: &[String]) -> Result<Option<(String, ObjectVersion)>> {
        for key in keys {
            let Ok(path) = store::key(key) else { continue };
            if let Some(meta) = found(self.store.head(&path).await)? {
                return Ok(Some((key.clone(), version_of(&meta))));
            }
        }
        Ok(None)
    }

    /// A page of the listing, in the order of `ListObjectsV2`. It has no storage classes.
    ///
    /// The store's client has no words for some keys, and its listing fails as a whole where one of them is on the page:
    /// empty parts (`a//b`), dots for parts, control characters. A slash at either end of a key it leaves away: what is
    /// then outside of the prefix is left out.
    ///
    /// # Errors
    /// [`Kind::Denied`] where the listing may not be read; [`Kind::Source`] where the store does not answer, or for such a
    /// key.
    pub async fn page(&self, query: &RawQuery) -> Result<RawPage> {
        let options = PaginatedListOptions {
            offset: query.after.clone(),
            delimiter: query.delimiter.map(|delimiter| delimiter.as_str().into()),
            max_keys: Some(query.max_keys),
            page_token: query.token.clone(),
            ..PaginatedListOptions::default()
        };
        let prefix = Some(query.prefix.as_str()).filter(|prefix| !prefix.is_empty());
        let page = self.pages.list_paginated(prefix, options).await;
        let page = page.map_err(|err| {
            if store::is_denied(&err) {
                let message = "the function's own role may not list the objects";
                return Error::new(Kind::Denied, message).with_private(err);
            }
            store::explain(err, Kind::Source)
        })?;
        let objects = page.result.objects.into_iter().map(raw_object);
        let prefixes = page.result.common_prefixes.into_iter();
        Ok(RawPage {
            objects: objects
                .filter(|object| object.key.starts_with(&query.prefix))
                .collect(),
            prefixes: prefixes
                .map(|prefix| format!("{prefix}{DELIMITER}"))
                .collect(),
            truncated: page.page_token.is_some(),
            next: page.page_token,
        })
    }
}

/// What was found; none for what does not exist.
fn found<T>(answer: object_store::Result<T>) -> Result<Option<T>> {
    answer.map(Some).or_else(|err| {
        if store::is_denied(&err) {
            let message = "the function's own role may not read the object behind this key";
            return Err(Error::new(Kind::Denied, message).with_private(err));
        }
        let error = store::explain(err, Kind::Source);
        if error.kind() == Kind::NotFound {
            return Ok(None);
        }
        Err(error)
    })
}

fn version_of(meta: &ObjectMeta) -> ObjectVersion {
    ObjectVersion {
        etag: meta.e_tag.clone(),
        length: Some(meta.size),
        modified: Some(meta.last_modified),
        version_id: meta.version.clone().filter(|id| id != "null"),
    }
}

fn raw_object(meta: ObjectMeta) -> RawObject {
    let mut version = version_of(&meta);
    version.modified = version.modified.map(whole_seconds);
    RawObject {
        key: meta.location.into(),
        version,
        storage_class: None,
    }
}
