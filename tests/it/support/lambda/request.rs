//! A request as S3's clients make it in path style, taken apart.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::wire::Head;

/// What S3 leaves as it is in a path.
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// What it leaves as it is in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A request.
pub struct Request {
    /// Its head.
    pub head: Head,
    /// GET, HEAD, …
    pub method: String,
    /// The first part of the path, decoded.
    pub bucket: String,
    /// What follows it, decoded.
    pub key: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
}

impl Request {
    /// Takes its head apart.
    pub fn of(head: Head) -> Self {
        let target = head.word(1);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = decoded(path.trim_start_matches('/'));
        let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let query = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(&value.replace('+', " ")))
        });
        Self {
            method: head.word(0).to_owned(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            query: query.collect(),
            head,
        }
    }

    /// A value of the query.
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The query less what says who asks.
    pub fn asked(&self) -> impl Iterator<Item = &(String, String)> {
        let pairs = self.query.iter();
        pairs.filter(|(name, _)| !name.to_ascii_lowercase().starts_with("x-amz-"))
    }
}

/// A text as a part of a path.
pub fn in_path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// A text as a part of a query.
pub fn in_query(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
