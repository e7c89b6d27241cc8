//! An object that a door has opened: its version, and its bytes on their way.

use std::io::Read;
use std::sync::Arc;

use object_store::GetOptions;
use object_store::path::Path;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

use super::ObjectVersion;
use super::read::StreamReader;
use super::store::{self, Store};
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
        Ok(OwnStore(store))
    }
}

/// A bucket read with one's own rights.
#[derive(Clone)]
pub struct OwnStore(Store);

impl OwnStore {
    /// Opens the first of these keys that exists; none where none does.
    ///
    /// # Errors
    /// [`Kind::Denied`] where one of them may not be read; [`Kind::Source`] where the store does not answer.
    pub async fn first(&self, keys: &[String]) -> Result<Option<(String, Fetched)>> {
        for key in keys {
            // What the store's client takes for no key is none here.
            let Ok(path) = store::key(key) else { continue };
            match self.get(&path).await {
                Ok(fetched) => return Ok(Some((key.clone(), fetched))),
                Err(error) if error.kind() == Kind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    async fn get(&self, path: &Path) -> Result<Fetched> {
        let store = Arc::clone(&self.0);
        let answer = store.get_opts(path, GetOptions::new()).await;
        let answer = answer.map_err(|err| {
            if store::is_denied(&err) {
                let message = "the function's own role may not read the object behind this key";
                return Error::new(Kind::Denied, message).with_private(err);
            }
            store::explain(err, Kind::Source)
        })?;
        let version = ObjectVersion {
            etag: answer.meta.e_tag.clone(),
            length: Some(answer.meta.size),
            modified: Some(answer.meta.last_modified),
            version_id: answer.meta.version.clone().filter(|id| id != "null"),
        };
        let stream = store::pieces(answer);
        let reader = super::read::reader(&Handle::current(), stream, version.length);
        Ok(Fetched::new(version, reader))
    }
}
