//! GET and HEAD of an object.

use std::net::TcpStream;
use std::ops::Range;
use std::sync::Arc;
use std::thread;

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
            Some(object) => {
                if !head {
                    thread::sleep(object.late);
                }
                answer(&object, request)
            }
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
    let (status, range) = match range.map_or(Selected::All, |range| selected(range, length)) {
        Selected::All => (200, 0..length),
        Selected::Part(range) => (206, range),
        Selected::Nothing => {
            let reply = Reply::refused(416, "InvalidRange", "not satisfiable");
            return reply.header("Content-Range", format!("bytes */{length}"));
        }
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

/// What a range selects.
enum Selected {
    /// Everything: it is no range.
    All,
    /// These bytes.
    Part(Range<usize>),
    /// None that there are.
    Nothing,
}

fn selected(range: &str, length: usize) -> Selected {
    let numbers = range
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'));
    let number = |text: &str| text.parse::<usize>().ok();
    let range = numbers.and_then(|(first, last)| match (number(first), number(last)) {
        (Some(first), Some(last)) => Some(first..last.saturating_add(1).min(length)),
        (Some(first), None) if last.is_empty() => Some(first..length),
        (None, Some(count)) if first.is_empty() => Some(length.saturating_sub(count)..length),
        _ => None,
    });
    match range {
        None => Selected::All,
        Some(range) if range.is_empty() => Selected::Nothing,
        Some(range) => Selected::Part(range),
    }
}
