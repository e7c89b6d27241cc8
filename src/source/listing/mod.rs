//! A page of a raw listing: S3's `ListBucketResult`, of both versions, read.
//!
//! Memory: what a document of 8 MiB says of at most a thousand objects.

use std::str::FromStr;

use chrono::{DateTime, SubsecRound, Utc};
use percent_encoding::percent_decode_str;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

use super::ObjectVersion;
use crate::error::{Error, Kind, Result};
use crate::request::{Delimiter, ListVersion};

/// A page of objects, as their store lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawPage {
    /// The objects, in the store's order.
    pub objects: Vec<RawObject>,
    /// What keys beyond the delimiter are folded to, each ending with it.
    pub prefixes: Vec<String>,
    /// Whether more follows.
    pub truncated: bool,
    /// What the next page is asked for with, where more follows: a token, or for `ListObjects` a marker.
    pub next: Option<String>,
}

/// An object in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawObject {
    /// Its key.
    pub key: String,
    /// Its version, as far as listings tell: without a version id, and its date in whole seconds, as HEAD and GET have it.
    pub version: ObjectVersion,
    /// Such as `STANDARD` or `GLACIER`.
    pub storage_class: Option<String>,
}

/// A page that is asked for with our own rights.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawQuery {
    /// By which operation: with the tokens of the one or the markers of the other.
    pub version: ListVersion,
    /// What keys begin with; empty for all.
    pub prefix: String,
    /// What they are folded at.
    pub delimiter: Option<Delimiter>,
    /// The key behind which it starts.
    pub after: Option<String>,
    /// Where the page before ended.
    pub token: Option<String>,
    /// How many entries at most.
    pub max_keys: usize,
}

impl FromStr for RawPage {
    type Err = Error;

    /// Reads the document. Unknown elements are ignored.
    ///
    /// # Errors
    /// [`Kind::Source`] for what is no whole `ListBucketResult`.
    fn from_str(document: &str) -> Result<Self> {
        let mut reader = Reader::from_str(document);
        let mut page = Document::default();
        loop {
            match reader
                .read_event()
                .map_err(|err| broken().with_private(err))?
            {
                Event::Start(element) => page.start(element.local_name().as_ref()),
                Event::Empty(element) => {
                    page.start(element.local_name().as_ref());
                    page.end()?;
                }
                Event::End(_) => page.end()?,
                Event::Text(text) => page.text.push_str(&text.decode().map_err(|_| broken())?),
                Event::CData(text) => page.text.push_str(&text.decode().map_err(|_| broken())?),
                Event::GeneralRef(name) => {
                    let name = name.decode().map_err(|_| broken())?;
                    let reference = format!("&{name};");
                    page.text
                        .push_str(&unescape(&reference).map_err(|_| broken())?);
                }
                Event::Eof => return page.finish(),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
    }
}

/// What has been read of a document.
#[derive(Default)]
struct Document {
    /// The names of the elements that are open.
    open: Vec<String>,
    /// The text of the innermost.
    text: String,
    whole: bool,
    second: bool,
    url_encoded: bool,
    token: Option<String>,
    marker: Option<String>,
    page: RawPage,
    object: Listed,
}

/// What has been read of an object.
#[derive(Default)]
struct Listed {
    key: Option<String>,
    version: ObjectVersion,
    storage_class: Option<String>,
}

impl Document {
    fn start(&mut self, name: &[u8]) {
        self.open.push(String::from_utf8_lossy(name).into_owned());
        self.text.clear();
    }

    /// The end of the innermost element, whose text has been read.
    fn end(&mut self) -> Result<()> {
        let text = std::mem::take(&mut self.text);
        let path: Vec<&str> = self.open.iter().map(String::as_str).collect();
        let [root, path @ ..] = &path[..] else {
            return Err(broken());
        };
        if *root != "ListBucketResult" || self.whole {
            return Err(broken());
        }
        match path {
            [] => self.whole = true,
            ["EncodingType"] => self.url_encoded = text == "url",
            ["IsTruncated"] => self.page.truncated = text.trim() == "true",
            ["KeyCount"] => self.second = true,
            ["NextContinuationToken"] => self.token = Some(text),
            ["NextMarker"] => self.marker = Some(text),
            ["CommonPrefixes", "Prefix"] => self.page.prefixes.push(text),
            ["Contents", name] => self.object.field(name, text)?,
            ["Contents"] => self.page.objects.push(self.object.take()?),
            _ => {}
        }
        self.open.pop();
        Ok(())
    }

    fn finish(mut self) -> Result<RawPage> {
        if !self.whole {
            return Err(broken());
        }
        if self.url_encoded {
            let keys = self.page.objects.iter_mut().map(|object| &mut object.key);
            let texts = keys.chain(&mut self.page.prefixes).chain(&mut self.marker);
            for text in texts {
                *text = url_decoded(text)?;
            }
        }
        if self.page.truncated {
            let next = match self.token {
                None if !self.second => self.marker.or_else(|| self.page.last()),
                token => token,
            };
            self.page.next = Some(next.ok_or_else(broken)?);
        }
        Ok(self.page)
    }
}

impl Listed {
    fn field(&mut self, name: &str, text: String) -> Result<()> {
        match name {
            "Key" => self.key = Some(text),
            "ETag" => self.version.etag = Some(text),
            "Size" => self.version.length = Some(text.trim().parse().map_err(|_| broken())?),
            "LastModified" => {
                let at = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| broken())?;
                self.version.modified = Some(whole_seconds(at.to_utc()));
            }
            "StorageClass" => self.storage_class = Some(text),
            _ => {}
        }
        Ok(())
    }

    fn take(&mut self) -> Result<RawObject> {
        let listed = std::mem::take(self);
        if listed.version.length.is_none() {
            return Err(broken());
        }
        Ok(RawObject {
            key: listed.key.ok_or_else(broken)?,
            version: listed.version,
            storage_class: listed.storage_class,
        })
    }
}

impl RawPage {
    /// The last key or common prefix, from which a listing goes on that has no token.
    fn last(&self) -> Option<String> {
        let keys = self.objects.iter().map(|object| &object.key);
        keys.chain(&self.prefixes).max().cloned()
    }
}

/// Listings tell milliseconds, and HEAD and GET do not.
fn whole_seconds(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(0)
}

/// As in a form: a plus is a space.
fn url_decoded(text: &str) -> Result<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(String::from).map_err(|_| broken())
}

fn broken() -> Error {
    Error::new(Kind::Source, "S3's listing is not understood")
}

#[cfg(test)]
mod tests;
