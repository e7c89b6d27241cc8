//! An S3 with access points, the function behind it, and what a listing says.

use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, TimeZone as _, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::bucket::ACCOUNT;
use crate::support::lambda::{Front, Got, Point};
use crate::support::samples::{AS_OF, KEY, converted, folder};

/// The bucket of the raw objects.
pub const RAW: &str = "raw-a1b2-s3alias";

/// The headers that a release may come with; of HTTP, of its own, and of the object its date alone.
const ALLOWED: [&str; 8] = [
    "accept-ranges",
    "connection",
    "content-length",
    "content-range",
    "content-type",
    "etag",
    "last-modified",
    "transfer-encoding",
];

/// A dataset whose keys begin alike.
const VISITS: &str = r#"CREATE EXTERNAL TABLE visits ("Ward" VARCHAR COMMENT 'insensitive')
  STORED AS CSV LOCATION 'visits/20??/*.csv'"#;

/// The function and what is around it.
pub struct Stage {
    /// S3 with its access points.
    pub front: Front,
    folder: TempDir,
}

/// An entry of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Its length.
    pub size: u64,
    /// Its `ETag`, with quotes.
    pub etag: String,
    /// When it was last modified.
    pub modified: DateTime<Utc>,
}

/// A page of a listing.
#[derive(Default)]
pub struct Page {
    /// Its entries.
    pub entries: Vec<Listed>,
    /// What several keys begin with.
    pub prefixes: Vec<String>,
    /// How the next page is asked for, where there is one.
    pub next: Option<String>,
}

impl Stage {
    /// With one process of the function.
    pub fn new() -> Self {
        Self::of(1, &[])
    }

    /// With so many, and these variables.
    pub fn of(processes: usize, variables: &[(&str, &str)]) -> Self {
        let folder = folder();
        let visits = folder.path().join("sql/visits");
        fs::create_dir(&visits).unwrap();
        fs::write(visits.join("schema.sql"), VISITS).unwrap();
        fs::write(visits.join("wards.sql"), "SELECT \"Ward\" FROM visits").unwrap();
        let key = [("VEILPOINT_KEY", KEY)];
        let environment = ACCOUNT.iter().chain(&key).chain(variables).copied();
        let environment: Vec<_> = environment.collect();
        let front = Front::start(&folder.path().join("sql"), processes, &environment);
        front.store().make(RAW);
        Self { front, folder }
    }

    /// An access point with this payload; what stands for its bucket.
    pub fn point(&self, name: &str, payload: &Value) -> String {
        self.front.point(Point::new(name, RAW, payload))
    }

    /// Puts a raw object, modified at a time of its own: at noon, so many days into 2026.
    pub fn put(&self, key: &str, bytes: impl Into<Vec<u8>>, day: u32) -> DateTime<Utc> {
        let modified = noon(day);
        self.front.store().put(RAW, key, bytes);
        let store = self.front.store();
        store.change(RAW, key, |object| object.modified = modified);
        modified
    }

    /// Asks for a bucket's key, or for whatever else follows it.
    pub fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Got {
        Got::of(self.front.port(), method, target, headers)
    }

    /// A page of a listing, by its query.
    pub fn page(&self, bucket: &str, query: &str) -> Result<Page, String> {
        let got = self.ask("GET", &format!("{bucket}?{query}"), &[]);
        if got.status() != 200 {
            return Err(format!("{} {}", got.status(), got.code()));
        }
        Ok(Page::of(&got.text()))
    }

    /// What `convert` makes of an object of patients.
    pub fn converted(&self, raw: &[u8], projection: &str, format: &str) -> Vec<u8> {
        converted(self.folder.path(), raw, projection, format, AS_OF)
    }

    /// A path in the stage's own folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// How many bytes of raw objects were sent, and how often one was sent whole.
    pub fn read(&self) -> (u64, usize) {
        let store = self.front.store();
        let keys = store.keys(RAW);
        let counts = keys.iter().map(|key| store.counts(RAW, key));
        counts.fold((0, 0), |(bytes, whole), counts| {
            (bytes + counts.bytes, whole + counts.whole)
        })
    }
}

impl Page {
    /// Reads S3's document. Texts are as they stand there, less XML's own escapes.
    pub fn of(document: &str) -> Self {
        let entries = elements(document, "Contents").into_iter().map(|entry| {
            let field = |name| text(entry, name).unwrap_or_default();
            Listed {
                key: field("Key"),
                size: field("Size").parse().expect("a size"),
                etag: field("ETag"),
                modified: field("LastModified").parse().expect("a date"),
            }
        });
        let prefixes = elements(document, "CommonPrefixes").into_iter();
        let entries: Vec<Listed> = entries.collect();
        let truncated = text(document, "IsTruncated").as_deref() == Some("true");
        let next = text(document, "NextContinuationToken").or_else(|| text(document, "NextMarker"));
        // Without a delimiter the first version does not say it: it is the last key.
        let next = next.or_else(|| Some(entries.last()?.key.clone()));
        Self {
            prefixes: prefixes.filter_map(|entry| text(entry, "Prefix")).collect(),
            next: next.filter(|_| truncated),
            entries,
        }
    }
}

/// At noon, so many days into 2026.
pub fn noon(day: u32) -> DateTime<Utc> {
    let first = Utc.with_ymd_and_hms(2026, 1, 1, 12, 0, 0).unwrap();
    first + chrono::Duration::days(i64::from(day))
}

/// As HTTP writes it.
pub fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// A payload with a fixed as-of date, and these fields over it.
pub fn payload(projection: &str, format: &str, more: &Value) -> Value {
    let mut payload = json!({"projection": projection, "format": format, "as_of": AS_OF});
    for (field, value) in more.as_object().into_iter().flatten() {
        payload[field] = value.clone();
    }
    payload
}

/// Whatever of an answer may not reach a consumer.
pub fn leaks(got: &Got) -> Vec<String> {
    let headers = got.head.headers.iter();
    let foreign = headers
        .filter(|(name, value)| !ALLOWED.contains(&name.as_str()) || value.contains("CANARY"));
    let mut wrong: Vec<String> = foreign
        .map(|(name, _)| format!("has the header {name}"))
        .collect();
    // The front's own refusals have a number of the request.
    if got.text().replace("CANARYREQUEST", "").contains("CANARY") {
        wrong.push("tells what nobody may know".to_owned());
    }
    wrong
}

/// The contents of the elements of a name, which are not within one another.
fn elements<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = document.split(open.as_str()).skip(1);
    parts
        .filter_map(|part| Some(part.split_once(close.as_str())?.0))
        .collect()
}

/// The text of the first element of a name.
fn text(document: &str, name: &str) -> Option<String> {
    let text = *elements(document, name).first()?;
    let text = text.replace("&quot;", "\"").replace("&lt;", "<");
    Some(text.replace("&gt;", ">").replace("&amp;", "&"))
}
