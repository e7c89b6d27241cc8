//! Where a function keeps releases.

use std::env;
use std::path::PathBuf;

use super::{CACHE, CACHE_BUCKET, CACHE_MAX_BYTES, text};
use crate::error::{Error, Kind, Result};

/// The folder's name below that of temporary files, unless a setting names another: in Lambda, its own disk.
const FOLDER: &str = "veilpoint-cache";

/// Bytes of it unless a setting says otherwise: three quarters of the least disk that Lambda gives; the rest is for what
/// projections spill.
const MAX_BYTES: &str = "384MiB";

/// Where releases are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheSettings {
    /// The folder; none where nothing is kept.
    pub folder: Option<PathBuf>,
    /// Bytes that it may take, as they are written.
    pub max_bytes: String,
    /// The prefix of a bucket that is shared with other processes, as it was written.
    pub bucket: Option<String>,
}

impl CacheSettings {
    /// Reads the variables.
    ///
    /// # Errors
    /// [`Kind::Settings`] for a bucket without a folder: what comes from it must lie somewhere to be checked and read.
    pub(super) fn read() -> Result<Self> {
        let folder = match text(CACHE)?.as_deref() {
            Some("none") => None,
            Some(folder) => Some(PathBuf::from(folder)),
            None => Some(env::temp_dir().join(FOLDER)),
        };
        let bucket = text(CACHE_BUCKET)?;
        if folder.is_none() && bucket.is_some() {
            let message = format!(
                "{CACHE_BUCKET} needs a folder, and {CACHE} is none: name a folder, or leave the variable out"
            );
            return Err(Error::new(Kind::Settings, message));
        }
        Ok(Self {
            bucket,
            folder,
            max_bytes: text(CACHE_MAX_BYTES)?.unwrap_or_else(|| MAX_BYTES.to_owned()),
        })
    }
}
