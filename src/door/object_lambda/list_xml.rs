//! A page of releases → S3's `ListBucketResult`, of `ListObjects` and `ListObjectsV2`.
//!
//! Memory: the document. A page of a thousand keys of 1,024 bytes, each byte URL-encoded, has 3.5 MiB of the 6 MB that
//! Lambda lets through.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::access_point::{Listed, Page};
use crate::request::{ListQuery, ListVersion};

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// What a store says of an object that has no other class.
const STANDARD: &str = "STANDARD";

/// All but RFC 3986's unreserved characters and the slash. S3 itself writes a space as a plus; `%20` is read the same by
/// clients that decode forms, and by those that decode URLs.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The document. `bucket` is the name that the consumer lists under.
///
/// XML 1.0 has no form for most control characters. Where a client does not ask for URL-encoded keys, they are written
/// as references to characters (`&#x1;`), as S3 does: strict parsers refuse the page, and lenient ones read the key.
pub fn document(bucket: &str, query: &ListQuery, page: &Page) -> String {
    let mut xml = Xml {
        text: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
        url_encoded: query.url_encoded,
    };
    let _ = write!(xml.text, "<ListBucketResult xmlns=\"{NAMESPACE}\">");
    xml.element("Name", bucket);
    xml.key("Prefix", &query.prefix);
    match query.version {
        ListVersion::V1 => xml.place_by_marker(query, page),
        ListVersion::V2 => xml.place_by_token(query, page),
    }
    xml.element("MaxKeys", &query.max_keys.to_string());
    if let Some(delimiter) = query.delimiter {
        xml.key("Delimiter", delimiter.as_str());
    }
    if query.url_encoded {
        xml.element("EncodingType", "url");
    }
    xml.element("IsTruncated", &page.truncated.to_string());
    for entry in &page.entries {
        xml.contents(entry);
    }
    for prefix in &page.prefixes {
        xml.text.push_str("<CommonPrefixes>");
        xml.key("Prefix", prefix);
        xml.text.push_str("</CommonPrefixes>");
    }
    xml.text.push_str("</ListBucketResult>");
    xml.text
}

struct Xml {
    text: String,
    url_encoded: bool,
}

impl Xml {
    fn place_by_marker(&mut self, query: &ListQuery, page: &Page) {
        self.key("Marker", query.after.as_deref().unwrap_or_default());
        if let Some(next) = &page.next {
            self.key("NextMarker", next);
        }
    }

    fn place_by_token(&mut self, query: &ListQuery, page: &Page) {
        if let Some(after) = &query.after {
            self.key("StartAfter", after);
        }
        if let Some(token) = &query.token {
            self.element("ContinuationToken", token);
        }
        if let Some(next) = &page.next {
            self.element("NextContinuationToken", next);
        }
        let count = page.entries.len() + page.prefixes.len();
        self.element("KeyCount", &count.to_string());
    }

    fn contents(&mut self, entry: &Listed) {
        self.text.push_str("<Contents>");
        self.key("Key", &entry.key);
        if let Some(modified) = entry.modified {
            self.element("LastModified", &instant(modified));
        }
        self.element("ETag", &entry.etag);
        self.element("Size", &entry.size.to_string());
        let class = entry.storage_class.as_deref().unwrap_or(STANDARD);
        self.element("StorageClass", class);
        self.text.push_str("</Contents>");
    }

    /// An element that is URL-encoded where that is asked for: a key, and what is like one.
    fn key(&mut self, name: &str, text: &str) {
        if self.url_encoded {
            let encoded = utf8_percent_encode(text, ENCODED).to_string();
            self.element(name, &encoded);
        } else {
            self.element(name, text);
        }
    }

    fn element(&mut self, name: &str, text: &str) {
        let _ = write!(self.text, "<{name}>");
        for c in text.chars() {
            self.character(c);
        }
        let _ = write!(self.text, "</{name}>");
    }

    fn character(&mut self, c: char) {
        match c {
            '&' => self.text.push_str("&amp;"),
            '<' => self.text.push_str("&lt;"),
            '>' => self.text.push_str("&gt;"),
            '"' => self.text.push_str("&quot;"),
            // A parser would make spaces of some of them, and others it could not see.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(self.text, "&#x{:x};", u32::from(c));
            }
            c => self.text.push(c),
        }
    }
}

/// In whole seconds, which HEAD and GET tell too, and in the form that listings have.
fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}
