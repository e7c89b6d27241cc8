//! Where a function keeps releases.

use std::path::PathBuf;

use super::{Aws, CACHE, CACHE_BUCKET, CACHE_MAX_BYTES, temporary, text};
use crate::error::{Error, Kind, Result};

/// The folder's name below that of temporary files, unless a setting names another: in Lambda, its own disk.
const FOLDER: &str = "veilpoint-cache";

/// Bytes of it unless a setting says otherwise: three quarters of the least disk that Lambda gives; the rest is for what
/// projections spill.
const MAX_BYTES: &str = "384MiB";

/// Where releases are kept. Without `Debug`: the bucket's holds secrets.
pub struct CacheSettings {
    /// The folder; none where nothing is kept.
    pub folder: Option<PathBuf>,
    /// Bytes that it may take, as they are written.
    pub max_bytes: String,
    /// What is shared with other processes, if anything is.
    pub bucket: Option<CacheBucket>,
}

/// A prefix of a bucket, and who may use it.
pub struct CacheBucket {
    /// The prefix, as it was written.
    pub place: String,
    /// Credentials, region and endpoint.
    pub aws: Aws,
}

impl CacheSettings {
    /// Without any setting: a folder below the temporary one.
    pub(super) fn usual() -> Self {
        Self {
            folder: Some(temporary().join(FOLDER)),
            max_bytes: MAX_BYTES.to_owned(),
            bucket: None,
        }
    }

    /// Reads the variables.
    ///
    /// # Errors
    /// [`Kind::Settings`] for what is no text; and for a bucket without a folder, since what comes from it must lie
    /// somewhere to be checked and read, or without the variables of AWS that [`Aws`] has.
    pub fn read() -> Result<Self> {
        let usual = Self::usual();
        let folder = match text(CACHE)?.as_deref() {
            Some("none") => None,
            Some(folder) => Some(PathBuf::from(folder)),
            None => usual.folder,
        };
        let bucket = text(CACHE_BUCKET)?.map(|place| {
            let aws = Aws::read()?;
            Ok::<_, Error>(CacheBucket { place, aws })
        });
        let bucket = bucket.transpose()?;
        if folder.is_none() && bucket.is_some() {
            let message = format!(
                "{CACHE_BUCKET} needs a folder, and {CACHE} is none: name a folder, or leave the variable out"
            );
            return Err(Error::new(Kind::Settings, message));
        }
        Ok(Self {
            bucket,
            folder,
            max_bytes: text(CACHE_MAX_BYTES)?.unwrap_or(usual.max_bytes),
        })
    }
}
