//! What a listing says.

use super::stage::Stage;
use crate::support::lambda::Got;
use crate::support::sigv4::encoded;

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Its length.
    pub size: usize,
    /// Its `ETag`, with quotes.
    pub etag: String,
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its entries.
    pub entries: Vec<Entry>,
    /// What several keys begin with.
    pub prefixes: Vec<String>,
    /// Whether more follows.
    pub truncated: bool,
    /// How the next page is asked for.
    pub next: Option<String>,
    /// The document without its entries.
    pub around: String,
}

impl Page {
    /// Asks for it, by its arguments.
    pub fn of(stage: &Stage, bucket: &str, arguments: &[(&str, &str)]) -> Result<Self, String> {
        let got = stage.ask("GET", &format!("/{bucket}{}", query(arguments)), &[]);
        Self::read(&got)
    }

    /// Reads the answer.
    pub fn read(got: &Got) -> Result<Self, String> {
        if (got.status(), got.header("content-type")) != (200, "application/xml") {
            return Err(format!("{} {}", got.status(), got.code()));
        }
        let document = got.text();
        let (begin, contents) = document.split_once("<IsTruncated>").ok_or("no page")?;
        let coded = document.contains("<EncodingType>url</EncodingType>");
        let key = |text: String| if coded { decoded(&text) } else { text };
        let entries = elements(contents, "Contents")
            .into_iter()
            .map(|entry| Entry {
                key: key(text(entry, "Key").unwrap_or_default()),
                size: text(entry, "Size")
                    .unwrap_or_default()
                    .parse()
                    .expect("a size"),
                etag: text(entry, "ETag").unwrap_or_default(),
            });
        let prefixes = elements(contents, "CommonPrefixes").into_iter();
        let next = text(begin, "NextContinuationToken");
        Ok(Self {
            entries: entries.collect(),
            prefixes: prefixes
                .filter_map(|entry| text(entry, "Prefix"))
                .map(key)
                .collect(),
            truncated: contents.starts_with("true<"),
            next: next.or_else(|| text(begin, "NextMarker").map(key)),
            around: begin.to_owned(),
        })
    }

    /// The keys of its entries.
    pub fn keys(&self) -> Vec<&str> {
        self.entries
            .iter()
            .map(|entry| entry.key.as_str())
            .collect()
    }

    /// The text of an element around the entries.
    pub fn field(&self, name: &str) -> Option<String> {
        text(&self.around, name)
    }
}

/// Arguments as a query.
pub fn query(arguments: &[(&str, &str)]) -> String {
    let pairs = arguments.iter().map(|(name, value)| {
        let value = encoded(value.as_bytes(), false);
        format!("{name}={value}")
    });
    let pairs: Vec<String> = pairs.collect();
    format!("?{}", pairs.join("&"))
}

/// The contents of the elements of a name, which are not within one another.
fn elements<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = document.split(open.as_str()).skip(1);
    let parts = parts.filter_map(|part| Some(part.split_once(close.as_str())?.0));
    parts.collect()
}

/// The text of the first element of a name.
fn text(document: &str, name: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = *elements(document, name).first()?;
    while let Some((before, reference)) = rest.split_once('&') {
        let (name, after) = reference.split_once(';').expect("a reference");
        text.push_str(before);
        text.push(character(name));
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// What a reference stands for.
fn character(name: &str) -> char {
    match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix("#x").expect("a number");
            char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap()
        }
    }
}

/// Read as forms are: S3 writes a space as a plus.
fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&text).decode_utf8();
    decoded.expect("text").into_owned()
}
