//! GET and HEAD of an object.

use std::net::TcpStream;
use std::ops::Range;
use std::sync::Arc;

use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

use super::{Object, Store};
use crate::support::lambda::reply::Reply;
use crate::support::lambda::request::Request;

impl Store {
    /// Answers GET or HEAD of an object, and counts what is sent.
    pub(super) fn read(&self, stream: &TcpStream, request: &Request) {
        let head = request.method == "HEAD";
        let reply = match self.object(&request.bucket, &request.key) {
            Some(object) => answer(&object, request),
            None => Reply::refused(404, "NoSuchKey", "no such key"),
        };
        // Counted before it is sent: whoever has the answer finds it here.
        self.count(request, |counts| {
            counts.heads += usize::from(head);
            counts.gets += usize::from(!head);
            counts.whole += usize::from(!head && reply.status == 200);
            counts.parts += usize::from(!head && reply.status == 206);
        });
        let sent = reply.send(stream, &request.method);
        if [200, 206].contains(&reply.status) {
            self.count(request, |counts| counts.bytes += sent);
        }
    }
}

fn answer(object: &Object, request: &Request) -> Reply {
    if let Some(reply) = unmet(object, request) {
        return reply;
    }
    let length = object.bytes.len();
    let range = request.head.header("range");
    let range = range.and_then(|range| selected(range, length));
    let (status, range) = match range {
        Some(None) => {
            let reply = Reply::refused(416, "InvalidRange", "not satisfiable");
            return reply.header("Content-Range", format!("bytes */{length}"));
        }
        Some(Some(range)) => (206, range),
        None => (200, 0..length),
    };
    let mut reply = described(status, object);
    if status == 200 && request.head.header("x-amz-checksum-mode").is_some() {
        let sum = BASE64.encode(&Sha256::digest(object.bytes.as_slice()));
        reply = reply.header("x-amz-checksum-sha256", sum);
    }
    if status == 206 {
        let (first, last) = (range.start, range.end - 1);
        reply = reply.header("Content-Range", format!("bytes {first}-{last}/{length}"));
    }
    reply.length = Some(range.len());
    let cut = object.cut.unwrap_or(usize::MAX);
    let shown = range.start..range.end.min(range.start.saturating_add(cut));
    if request.method != "HEAD" {
        // A copy, which is as long as what goes out.
        reply.body = Arc::clone(&object.bytes)[shown].to_vec();
    }
    reply
}

/// What is said of every object, of which the last ones may reach a consumer in no way.
fn described(status: u16, object: &Object) -> Reply {
    let modified = object.modified.format("%a, %d %b %Y %H:%M:%S GMT");
    Reply::empty(status)
        .header("ETag", object.etag.clone())
        .header("Last-Modified", modified.to_string())
        .header("Content-Type", "text/csv")
        .header("Accept-Ranges", "bytes")
        .header("x-amz-meta-owner", "CANARYMETA")
        .header("x-amz-version-id", "CANARYVERSION")
        .header("x-amz-storage-class", "CANARYCLASS")
        .header("Content-Disposition", "attachment; filename=\"CANARYNAME\"")
        .header("Content-Language", "CANARYLANGUAGE")
        .header("Cache-Control", "CANARYCONTROL")
}

/// The answer where a condition on the `ETag` does not hold.
fn unmet(object: &Object, request: &Request) -> Option<Reply> {
    let names = |tags: &str| {
        let mut tags = tags.split(',').map(str::trim);
        tags.any(|tag| tag == "*" || tag.trim_matches('"') == object.etag.trim_matches('"'))
    };
    let header = |name: &str| request.head.header(name);
    if header("if-match").is_some_and(|tags| !names(tags)) {
        return Some(Reply::refused(412, "PreconditionFailed", "it is another"));
    }
    header("if-none-match").is_some_and(names).then(|| Reply {
        body: Vec::new(),
        ..described(304, object)
    })
}

/// The bytes that a range names; none of them where there are none; nothing where it is no range.
fn selected(range: &str, length: usize) -> Option<Option<Range<usize>>> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    if first.is_empty() {
        let count = last.parse::<usize>().ok()?.min(length);
        return Some((count > 0).then(|| length - count..length));
    }
    let first = first.parse::<usize>().ok()?;
    let end = match last {
        "" => length,
        last => last.parse::<usize>().ok()?.saturating_add(1).min(length),
    };
    Some((first < end).then_some(first..end))
}
