//! A page of a listing of releases.

use chrono::{DateTime, Utc};

/// A page, as a consumer sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The releases, in the order of their keys.
    pub entries: Vec<Listed>,
    /// What keys beyond the delimiter are folded to, each ending with it.
    pub prefixes: Vec<String>,
    /// Whether more follows.
    pub truncated: bool,
    /// What the next page is asked for with: the source's own token, or marker.
    pub next: Option<String>,
}

/// A release in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Its length in bytes.
    pub size: u64,
    /// When its object was last modified.
    pub modified: Option<DateTime<Utc>>,
    /// Its `ETag`, with the quotes.
    pub etag: String,
    /// Its object's storage class, where the listing tells it.
    pub storage_class: Option<String>,
}
