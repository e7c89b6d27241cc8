//! A plain S3 on loopback's side of the tests: buckets of objects in memory, and what was asked of each.
//!
//! ```text
//! mod.rs      buckets, objects, counts; PUT and DELETE
//! read.rs     GET and HEAD of an object: conditions, ranges
//! listing.rs  ListObjects and ListObjectsV2
//! uploads.rs  uploads in parts
//! faults.rs   buckets that answer nothing but failure
//! ```
//! Signatures are nobody's business here: `front` looks at those of presigned URLs.

mod faults;
mod listing;
mod read;
mod uploads;

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

pub use self::faults::Fault;
use self::uploads::Upload;
use super::reply::Reply;
use super::request::Request;

/// An object.
#[derive(Clone)]
pub struct Object {
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
    /// Its `ETag`, with quotes.
    pub etag: String,
    /// When it was written, in whole seconds.
    pub modified: DateTime<Utc>,
    /// Of its body only so many bytes are sent before the line is cut.
    pub cut: Option<usize>,
    /// Its body comes after so long.
    pub late: Duration,
}

/// What was asked of an object.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Counts {
    /// GETs, however they were answered.
    pub gets: usize,
    /// Those that were answered with the whole object.
    pub whole: usize,
    /// Those that were answered with a part of it.
    pub parts: usize,
    /// HEADs.
    pub heads: usize,
    /// Bytes of it that were sent.
    pub bytes: u64,
}

type Bucket = BTreeMap<String, Object>;

#[derive(Default)]
struct State {
    buckets: BTreeMap<String, Bucket>,
    counts: BTreeMap<String, Counts>,
    uploads: BTreeMap<String, Upload>,
    faults: BTreeMap<String, Fault>,
    failures: usize,
}

/// The buckets.
#[derive(Default)]
pub struct Store {
    state: Mutex<State>,
}

impl Store {
    /// Makes a bucket.
    pub fn make(&self, bucket: &str) {
        self.state().buckets.entry(bucket.to_owned()).or_default();
    }

    /// Makes or replaces an object.
    pub fn put(&self, bucket: &str, key: &str, bytes: impl Into<Vec<u8>>) {
        let object = Object::new(bytes.into());
        let mut state = self.state();
        let bucket = state.buckets.entry(bucket.to_owned()).or_default();
        bucket.insert(key.to_owned(), object);
    }

    /// Changes an object that is there.
    pub fn change(&self, bucket: &str, key: &str, change: impl FnOnce(&mut Object)) {
        let mut state = self.state();
        let bucket = state.buckets.get_mut(bucket).expect("a bucket");
        change(bucket.get_mut(key).expect("an object"));
    }

    /// Removes an object, if it is there.
    pub fn delete(&self, bucket: &str, key: &str) {
        if let Some(bucket) = self.state().buckets.get_mut(bucket) {
            bucket.remove(key);
        }
    }

    /// An object.
    pub fn object(&self, bucket: &str, key: &str) -> Option<Object> {
        self.state().buckets.get(bucket)?.get(key).cloned()
    }

    /// The keys of a bucket, in order.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let state = self.state();
        let bucket = state.buckets.get(bucket);
        bucket
            .into_iter()
            .flatten()
            .map(|(key, _)| key.clone())
            .collect()
    }

    /// What was asked of an object until now.
    pub fn counts(&self, bucket: &str, key: &str) -> Counts {
        let path = format!("{bucket}/{key}");
        self.state().counts.get(&path).copied().unwrap_or_default()
    }

    /// From now on nothing was asked yet.
    pub fn forget(&self) {
        self.state().counts.clear();
    }

    /// Answers a request whose body has come.
    pub fn answer(&self, stream: &TcpStream, request: &Request, body: &[u8]) {
        if self.met(stream, request) {
            return;
        }
        let known = self.state().buckets.contains_key(&request.bucket);
        let method = request.method.as_str();
        if !known {
            let reply = Reply::refused(404, "NoSuchBucket", "no such bucket");
            reply.send(stream, method);
            return;
        }
        let reply = match (method, request.key.is_empty()) {
            ("GET" | "HEAD", false) => return self.read(stream, request),
            ("GET", true) => self.list(request),
            ("HEAD", true) => Reply::empty(200).header("x-amz-bucket-region", "eu-central-1"),
            ("PUT", false) => self.write(request, body),
            ("POST", false) => self.post(request),
            ("DELETE", false) => self.remove(request),
            _ => Reply::refused(405, "MethodNotAllowed", "not here"),
        };
        reply.send(stream, method);
    }

    fn write(&self, request: &Request, body: &[u8]) -> Reply {
        if let Some(id) = request.value("uploadId") {
            return self.part(id, request, body);
        }
        let mut state = self.state();
        let bucket = state.buckets.get_mut(&request.bucket).expect("a bucket");
        if let Some(reply) = taken(bucket, request) {
            return reply;
        }
        let object = Object::new(body.to_vec());
        let etag = object.etag.clone();
        bucket.insert(request.key.clone(), object);
        Reply::empty(200).header("ETag", etag)
    }

    fn remove(&self, request: &Request) -> Reply {
        let mut state = self.state();
        if let Some(id) = request.value("uploadId") {
            state.uploads.remove(id);
        } else if let Some(bucket) = state.buckets.get_mut(&request.bucket) {
            if request.head.header("if-match").is_some()
                && let Some(reply) = taken(bucket, request)
            {
                return reply;
            }
            bucket.remove(&request.key);
        }
        Reply::empty(204)
    }

    fn count(&self, request: &Request, count: impl FnOnce(&mut Counts)) {
        let path = format!("{}/{}", request.bucket, request.key);
        count(self.state().counts.entry(path).or_default());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Object {
    fn new(bytes: Vec<u8>) -> Self {
        let digest = Sha256::digest(&bytes);
        Self {
            etag: format!("\"{}\"", HEXLOWER.encode(&digest[..16])),
            bytes: Arc::new(bytes),
            modified: Utc::now().trunc_subsecs(0),
            cut: None,
            late: Duration::ZERO,
        }
    }
}

/// The refusal of a write that is only to make an object, where there is one; or only to replace one, where that is not
/// there any more. It says what time it is here.
fn taken(bucket: &Bucket, request: &Request) -> Option<Reply> {
    let there = bucket.get(&request.key);
    let only_new = request.head.header("if-none-match") == Some("*");
    let replaced = request.head.header("if-match");
    let missed = |etag| there.is_none_or(|object| object.etag != etag);
    let refused = only_new && there.is_some() || replaced.is_some_and(missed);
    let now = Utc::now().format("%a, %d %b %Y %H:%M:%S GMT");
    refused.then(|| {
        let reply = Reply::refused(412, "PreconditionFailed", "another was first");
        reply.header("Date", now.to_string())
    })
}
