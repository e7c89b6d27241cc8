//! The raw objects behind an access point, read with our own rights.

use super::{Fetched, Folder, ObjectVersion, OwnStore, Prefixed, RawPage, RawQuery};
use crate::config::{self, SourcePlace};
use crate::error::Result;

/// A folder, or what lies below a prefix of a bucket. Keys are relative to it.
#[derive(Clone)]
pub enum ObjectSource {
    /// Files.
    Folder(Folder),
    /// Objects in a bucket.
    Bucket(Prefixed),
}

impl ObjectSource {
    /// Opens the place. A folder is looked at; of a bucket nothing is asked yet.
    ///
    /// # Errors
    /// [`Kind::Settings`](crate::Kind::Settings) with the remedy.
    pub async fn open_place(place: &SourcePlace) -> Result<Self> {
        match place {
            SourcePlace::Folder(path) => Folder::at(path.clone()).await.map(Self::Folder),
            SourcePlace::Bucket(place) => {
                let store = OwnStore::new(config::s3_place(place)?)?;
                Prefixed::new(store, &place.bucket, &place.prefix).map(Self::Bucket)
            }
        }
    }

    /// Opens an object; none where there is none of this key.
    ///
    /// # Errors
    /// [`Kind::Denied`](crate::Kind::Denied) where it may not be read; [`Kind::Source`](crate::Kind::Source).
    pub async fn open(&self, key: &str) -> Result<Option<Fetched>> {
        match self {
            Self::Folder(folder) => folder.open(key).await,
            Self::Bucket(bucket) => bucket.open(key).await,
        }
    }

    /// The first of these keys that exists, and its version, without reading it.
    ///
    /// # Errors
    /// As [`ObjectSource::open`].
    pub async fn head(&self, keys: &[String]) -> Result<Option<(String, ObjectVersion)>> {
        match self {
            Self::Folder(folder) => folder.head(keys).await,
            Self::Bucket(bucket) => bucket.head(keys).await,
        }
    }

    /// A page of the listing, in the byte order of the keys.
    ///
    /// # Errors
    /// [`Kind::Denied`](crate::Kind::Denied) where it may not be listed; [`Kind::Argument`](crate::Kind::Argument) for
    /// a token or marker that is not its own; [`Kind::Source`](crate::Kind::Source).
    pub async fn page(&self, query: &RawQuery) -> Result<RawPage> {
        match self {
            Self::Folder(folder) => folder.page(query).await,
            Self::Bucket(bucket) => bucket.page(query).await,
        }
    }

    /// What records call it: `s3://bucket/prefix/`, or the folder's path.
    pub fn name(&self) -> String {
        match self {
            Self::Folder(folder) => folder.name(),
            Self::Bucket(bucket) => bucket.name().to_owned(),
        }
    }
}
