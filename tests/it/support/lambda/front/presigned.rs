//! Presigned URLs: each opens one request, for a minute, with the headers that were signed.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use super::{Point, WAITS};
use crate::support::lambda::reply::Reply;
use crate::support::lambda::request::{Request, in_path, in_query};

/// The query of a presigned URL, up to the signed headers.
const QUERY: &str = "X-Amz-Security-Token=CANARYURLTOKEN&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261126T092728Z\
    &X-Amz-Expires=61&X-Amz-Credential=CANARYURLKEY%2F20261126%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-SignedHeaders=";

/// The only header that S3 signs beside the host, where the client sent it.
const SIGNED: &str = "x-amz-checksum-mode";

/// What a signature is good for.
struct Issued {
    method: &'static str,
    target: Target,
    signed: Option<String>,
    until: Instant,
}

/// Bucket, key and query.
type Target = (String, String, Vec<(String, String)>);

/// The URLs that were made.
#[derive(Default)]
pub struct Presigned {
    issued: Mutex<BTreeMap<String, Issued>>,
    denied: Mutex<Vec<String>>,
}

impl Presigned {
    /// A URL for what a request asks, at the bucket of the raw objects.
    pub fn url(&self, port: u16, point: &Point, request: &Request, operation: &str) -> String {
        let of_list = operation.starts_with("List");
        // Of an object its version alone: ranges and parts are never in it.
        let asked = request
            .asked()
            .filter(|(name, _)| of_list || name == "versionId");
        let asked: Vec<(String, String)> = asked.cloned().collect();
        let mut url = format!("http://127.0.0.1:{port}/{}", point.raw);
        if !of_list {
            url = format!("{url}/{}", in_path(&request.key));
        }
        url += "?";
        for (name, value) in &asked {
            url = format!("{url}{}={}&", in_query(name), in_query(value));
        }
        let signed = request.head.header(SIGNED).map(str::to_owned);
        let names = if signed.is_some() {
            "host%3Bx-amz-checksum-mode"
        } else {
            "host"
        };
        let key = if of_list {
            String::new()
        } else {
            request.key.clone()
        };
        let issued = Issued {
            method: if operation == "HeadObject" {
                "HEAD"
            } else {
                "GET"
            },
            target: (point.raw.clone(), key, asked),
            signed,
            until: Instant::now() + WAITS,
        };
        let mut all = self.issued.lock().unwrap();
        let signature = format!("CANARYSIGNATURE{:08}", all.len());
        all.insert(signature.clone(), issued);
        format!("{url}{QUERY}{names}&X-Amz-Signature={signature}")
    }

    /// Whoever asks by a presigned URL may not read what begins with this.
    pub fn deny(&self, prefix: &str) {
        self.denied.lock().unwrap().push(prefix.to_owned());
    }

    /// Whether a request to a bucket may be answered: by its signature in the URL, or by one in its headers, which is
    /// the function's own role and not looked at.
    pub fn check(&self, request: &Request) -> Result<(), Reply> {
        let Some(signature) = request.value("X-Amz-Signature") else {
            let signed = request.head.header("authorization").is_some();
            return if signed {
                Ok(())
            } else {
                Err(refused("AccessDenied", "who asks?"))
            };
        };
        let mismatch = |what: &str| Err(refused("SignatureDoesNotMatch", what));
        let all = self.issued.lock().unwrap();
        let Some(issued) = all.get(signature) else {
            return mismatch("signature");
        };
        let asked: Vec<(String, String)> = request.asked().cloned().collect();
        if issued.until < Instant::now() {
            return Err(refused("AccessDenied", "Request has expired"));
        }
        if issued.method != request.method {
            return mismatch("method");
        }
        if issued.target != (request.bucket.clone(), request.key.clone(), asked) {
            return mismatch("target");
        }
        if issued.signed.as_deref() != request.head.header(SIGNED) {
            return mismatch("signed header");
        }
        let mut names = request.head.headers.iter().map(|(name, _)| name);
        if names.any(|name| name.starts_with("x-amz-") && name != SIGNED) {
            return Err(refused(
                "AccessDenied",
                "There were headers present in the request which were not signed",
            ));
        }
        let denied = self.denied.lock().unwrap();
        if denied.iter().any(|prefix| request.key.starts_with(prefix)) {
            return Err(refused("AccessDenied", "not for this reader"));
        }
        Ok(())
    }
}

fn refused(code: &str, message: &str) -> Reply {
    Reply::refused(403, code, message)
}
