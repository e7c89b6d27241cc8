//! Entries of a listing, of which no length is known yet.

use crate::source::RawObject;

/// What an entry stands for.
#[derive(Clone, Debug)]
pub enum Found {
    /// A common prefix.
    Folder,
    /// An object.
    Object(Candidate),
}

/// An object, the likeliest so far for its release.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// How late GET comes to it.
    pub rank: usize,
    /// The object.
    pub object: RawObject,
    /// Objects of other releases that GET takes before it.
    pub rivals: Vec<String>,
}

/// Objects of which the first that exists is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The release that it is about.
    pub release: String,
    /// Their keys.
    pub keys: Vec<String>,
}

/// The entries of a page.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// In order.
    pub entries: Vec<(String, Found)>,
    /// Whether more follows.
    pub truncated: bool,
}
