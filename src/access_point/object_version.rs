//! Which version of an object a release is made of.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::text;

/// One version of one object, as far as its store tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectVersion {
    /// Its `ETag`, as the store says it.
    #[serde(
        rename = "object_etag",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub etag: Option<String>,
    /// Its version id, in a bucket that keeps versions.
    #[serde(
        rename = "object_version",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub version_id: Option<String>,
    /// Its length in bytes.
    #[serde(
        rename = "object_length",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub length: Option<u64>,
    /// When it was last modified.
    #[serde(
        rename = "object_modified",
        default,
        skip_serializing_if = "Option::is_none",
        with = "text::instant"
    )]
    pub modified: Option<DateTime<Utc>>,
}

impl ObjectVersion {
    /// The `ETag` without the quotes, which listings and tools leave away.
    pub fn tag(&self) -> Option<&str> {
        self.etag.as_deref().map(|etag| etag.trim_matches('"'))
    }
}
