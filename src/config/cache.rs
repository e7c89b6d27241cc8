//! Where a function keeps releases.

use std::path::PathBuf;

use super::{CACHE, CACHE_MAX_BYTES, temporary, text};
use crate::error::Result;

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
}

impl CacheSettings {
    /// Reads the variables.
    ///
    /// # Errors
    /// [`crate::Kind::Settings`] for what is no text.
    pub fn read() -> Result<Self> {
        let folder = match text(CACHE)?.as_deref() {
            Some("none") => None,
            Some(folder) => Some(PathBuf::from(folder)),
            None => Some(temporary().join(FOLDER)),
        };
        Ok(Self {
            folder,
            max_bytes: text(CACHE_MAX_BYTES)?.unwrap_or_else(|| MAX_BYTES.to_owned()),
        })
    }
}
