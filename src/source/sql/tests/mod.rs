//! Folders and buckets that are edited between looks. The bucket is the object store's own, in memory.

mod bucket;
mod folder;
mod live;
mod references;

use std::sync::Arc;

use object_store::memory::InMemory;
use object_store::{ObjectStoreExt, PutPayload};

use super::limits::{MAX_FILES, TABLE_TOO_LARGE, TOO_LARGE};
use super::*;
use crate::dataset::catalog::Text;

/// Runs a future to its end on a runtime of its own, which has one thread for all that blocks.
fn block<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

/// The files of a look, as they are told: `path` or `path: why it has no text`.
fn told(texts: &Texts) -> Vec<String> {
    let texts = texts.iter();
    texts
        .map(|(path, text)| match text {
            Ok(_) => path.clone(),
            Err(reason) => format!("{path}: {reason}"),
        })
        .collect()
}

/// A bucket, and the place below a prefix of it.
fn bucket(prefix: &str) -> (Arc<InMemory>, Bucket) {
    let store = Arc::new(InMemory::new());
    let bucket = Bucket::new(store.clone(), prefix).unwrap();
    (store, bucket)
}

async fn put(store: &InMemory, key: &str, bytes: impl Into<PutPayload>) {
    store.put(&key.into(), bytes.into()).await.unwrap();
}

/// A source over that place.
fn source(prefix: &str) -> (Arc<InMemory>, SqlSource) {
    let (store, bucket) = bucket(prefix);
    let location = Location::Prefix {
        bucket: "bucket".to_owned(),
        prefix: prefix.to_owned(),
    };
    let source = SqlSource {
        location,
        place: Place::Bucket(bucket),
        last: None,
    };
    (store, source)
}

#[test]
fn a_location_is_a_folder_or_a_prefix() {
    let mut wrong = Vec::new();
    for (text, expected) in [
        ("sql", Some("sql")),
        ("/opt/", Some("/opt/")),
        ("none/at/all", Some("none/at/all")),
        ("s3://bucket", Some("s3://bucket/")),
        ("s3://bucket/a", Some("s3://bucket/a/")),
        ("s3://bucket/a/", Some("s3://bucket/a/")),
        ("s3://bucket/a//b/", None),
        ("s3://bucket//a/", None),
        ("s3://bucket//", None),
        ("s3://", None),
        ("https://host/sql", None),
        ("-", None),
        ("", None),
    ] {
        let found = SqlSource::new(text);
        let (origin, kind) = match &found {
            Ok(source) => (Some(source.origin()), Kind::Settings),
            Err(error) => (None, error.kind()),
        };
        if (origin.as_deref(), kind) != (expected, Kind::Settings) {
            wrong.push(format!("{text}: {origin:?} {kind:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
