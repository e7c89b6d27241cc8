//! An object that a door has opened: its version, and its bytes on their way.

use std::io::Read;
use std::sync::Arc;

use object_store::aws::AmazonS3;
use object_store::{GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::pages::Pages;
use super::read::StreamReader;
use super::store::{self, Store};
use super::{ObjectVersion, RawPage, RawQuery, resumed};
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
    /// A bucket, by its name.
    Bucket(String),
}

impl Origin {
    /// What a record calls it: the access point's ARN where a host stands for one, else the bucket.
    pub fn name(&self) -> String {
        match self {
            Self::Host { arn, .. } => arn.clone(),
            Self::Path { bucket, .. } | Self::Bucket(bucket) => format!("s3://{bucket}"),
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
            Self::Bucket(bucket) => config::s3(bucket)?,
        };
        OwnStore::new(store)
    }
}

/// A bucket read with one's own rights.
#[derive(Clone)]
pub struct OwnStore {
    store: Arc<AmazonS3>,
    pages: Pages,
}

impl OwnStore {
    /// A bucket's.
    ///
    /// # Errors
    /// [`Kind::Internal`] where there is no client.
    pub(super) fn new(store: Arc<AmazonS3>) -> Result<Self> {
        let pages = Pages::new(Arc::clone(&store))?;
        Ok(Self { store, pages })
    }

    /// Opens an object; none where there is none of this key.
    ///
    /// # Errors
    /// [`Kind::Denied`] where it may not be read; [`Kind::Source`] where the store does not answer.
    pub async fn open(&self, key: &str) -> Result<Option<Fetched>> {
        self.open_version(key, None).await
    }

    /// The same, in the version with this id, where one is given: that takes the right `s3:GetObjectVersion`.
    ///
    /// # Errors
    /// As [`OwnStore::open`].
    pub async fn open_version(&self, key: &str, version: Option<&str>) -> Result<Option<Fetched>> {
        // What the store's client takes for no key is none here.
        let Some(path) = store::exact_key(key) else {
            return Ok(None);
        };
        let options = GetOptions::new().with_version(version);
        let answer = self.store.get_opts(&path, options).await;
        let Some(answer) = found(answer)? else {
            return Ok(None);
        };
        let id = version.map(str::to_owned);
        let version = version_of(&answer.meta);
        let store: Store = Arc::clone(&self.store) as _;
        let stream = resumed::pieces(store, answer, id);
        let reader = super::read::reader(&Handle::current(), stream, version.length);
        Ok(Some(Fetched::new(version, reader)))
    }

    /// The first of these keys that exists, and its version, without reading it.
    ///
    /// # Errors
    /// As [`OwnStore::open`].
    pub async fn head(&self, keys: &[String]) -> Result<Option<(String, ObjectVersion)>> {
        for key in keys {
            let Some(path) = store::exact_key(key) else {
                continue;
            };
            if let Some(meta) = found(self.store.head(&path).await)? {
                return Ok(Some((key.clone(), version_of(&meta))));
            }
        }
        Ok(None)
    }

    /// A page of the listing.
    ///
    /// # Errors
    /// [`Kind::Denied`] where the bucket may not be listed; [`Kind::Argument`] for a token or marker that is not the
    /// store's own; [`Kind::Source`] where it does not answer.
    pub async fn page(&self, query: &RawQuery) -> Result<RawPage> {
        self.pages.page(query).await
    }
}

/// What was found; none for what does not exist.
fn found<T>(answer: object_store::Result<T>) -> Result<Option<T>> {
    answer.map(Some).or_else(|err| {
        if store::is_denied(&err) {
            let message = "veilpoint's own rights do not reach the object behind this key";
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
