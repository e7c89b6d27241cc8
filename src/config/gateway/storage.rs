//! Where contracts, releases and records lie.

use super::keys;
use super::limits::size;
use super::secret::account;
use super::table::{File, Table};
use super::value::Value;
use crate::config::{CacheBucket, CacheSettings, S3Place, SQL_FOLDER};

/// A cache that holds less holds no release.
const MIN_CACHE: u64 = 1 << 20;

/// How a prefix is written.
const PREFIX: &str = "a prefix of a bucket, as \"s3://bucket/prefix/\"";

/// `sql`: a folder that exists, or a prefix.
pub(super) fn sql(value: &Value) -> Option<String> {
    let text = value.text("a folder, or \"s3://bucket/prefix/\"")?;
    if text.contains("://") {
        return prefix(value);
    }
    folder(value.file, text)
        .map_err(|what| value.wrong(format_args!("names {what}")))
        .ok()
}

/// The folder where none is named.
pub(super) fn usual_sql(head: &Table) -> Option<String> {
    let wrong = |what| {
        let what = format!("\"sql\" is left out, and \"{SQL_FOLDER}\" is {what}");
        head.file.wrong(0, what);
    };
    folder(head.file, SQL_FOLDER).map_err(wrong).ok()
}

/// A folder that exists, as text.
fn folder(file: &File, text: &str) -> std::result::Result<String, &'static str> {
    let folder = file.path(text);
    if !folder.is_dir() {
        return Err("no folder: paths are relative to this file's folder");
    }
    let text = folder.into_os_string().into_string();
    text.map_err(|_| "a folder whose path is not text in UTF-8: move it")
}

/// A prefix of a bucket, with a slash at its end.
pub(super) fn prefix(value: &Value) -> Option<String> {
    value.parsed(PREFIX, |text| Some(S3Place::parse(text)?.url()))
}

/// `cache`.
pub(super) fn cache(value: &Value) -> CacheSettings {
    let mut cache = CacheSettings::usual();
    if value.as_text() == Some("none") {
        cache.folder = None;
        return cache;
    }
    let form = r#""none" or a table: { path = "/var/cache/veilpoint", max_bytes = "10 GiB" }"#;
    let Some(table) = value.table(keys::CACHE, form) else {
        return cache;
    };
    if let Some(value) = table.value("path")
        && let Some(path) = value.text("the path of a folder")
    {
        let path = value.file.path(path);
        if path.exists() && !path.is_dir() {
            value.wrong("names what is no folder");
        }
        cache.folder = Some(path);
    }
    if let Some(bytes) = table
        .value("max_bytes")
        .and_then(|value| size(&value, MIN_CACHE))
    {
        cache.max_bytes = bytes.to_string();
    }
    if let Some(value) = table.value("bucket")
        && let Some(place) = prefix(&value)
    {
        match account(value.file.variables) {
            Ok(aws) => cache.bucket = Some(CacheBucket { place, aws }),
            Err(err) => value.wrong(err.message()),
        }
    }
    table.end();
    cache
}
