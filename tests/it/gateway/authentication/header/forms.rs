//! What a header says: when, for where, in which form, and of which host.

use chrono::Duration;

use super::{MALFORMED, MISMATCH, ask, signed};
use crate::gateway::rows::Row;
use crate::gateway::stage::{Stage, reader};
use crate::support::sigv4::{Signer, UNSIGNED};

/// When it is signed, for where, and what is said of the body.
pub fn scopes(stage: &Stage) -> Vec<Row> {
    let by = |change: &dyn Fn(&mut Signer)| {
        let mut signer = reader();
        change(&mut signer);
        signer.header(ask(stage))
    };
    let at = |minutes: i64| by(&|signer| signer.at += Duration::minutes(minutes));
    let region = |name: &str| by(&|signer| name.clone_into(&mut signer.region));
    let service = |name: &str| by(&|signer| name.clone_into(&mut signer.service));
    let payload = |text: &str| by(&|signer| signer.payload = Some(text.to_owned()));
    let day = by(&|signer| signer.day = Some("20200229".to_owned()));
    let no_day = by(&|signer| signer.day = Some("yesterday".to_owned()));
    vec![
        ("14 minutes ago", at(-14), 200, ""),
        ("in 14 minutes", at(14), 200, ""),
        ("16 minutes ago", at(-16), 403, "RequestTimeTooSkewed"),
        ("in 16 minutes", at(16), 403, "RequestTimeTooSkewed"),
        ("a year ago", at(-525_600), 403, "RequestTimeTooSkewed"),
        ("another day in the credential", day, 403, MISMATCH),
        ("no day in the credential", no_day, 400, MALFORMED),
        ("another region", region("eu-central-1"), 200, ""),
        ("a region that is none", region("mars"), 200, ""),
        ("another service", service("ec2"), 400, MALFORMED),
        ("a service that signs alike", service("sts"), 400, MALFORMED),
        ("the service in capitals", service("S3"), 400, MALFORMED),
        ("a body that is not signed", payload(UNSIGNED), 200, ""),
        // Nobody reads a body, and nobody hashes it.
        (
            "the hash of another body",
            payload(&"0".repeat(64)),
            200,
            "",
        ),
        ("a hash that is none", payload("CANARYHASH"), 403, MISMATCH),
        (
            "chunks of no length",
            payload("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
            411,
            "MissingContentLength",
        ),
    ]
}

/// Texts of a header that is right, others in their place, and what it comes to.
const EDITS: [(&str, &str, &str, u16, &str); 9] = [
    ("without blanks", ", ", ",", 200, ""),
    (
        "another algorithm",
        "HMAC-SHA256",
        "HMAC-SHA512",
        400,
        "InvalidArgument",
    ),
    (
        "an asymmetric one",
        "HMAC-SHA256",
        "ECDSA-P256-SHA256",
        400,
        "InvalidArgument",
    ),
    (
        "in lower case",
        "AWS4-HMAC",
        "aws4-hmac",
        400,
        "InvalidArgument",
    ),
    ("no credential", "Credential=", "Cred=", 400, MALFORMED),
    ("a short credential", "/aws4_request", "", 400, MALFORMED),
    ("a long credential", "/s3/", "/s3/s3/", 400, MALFORMED),
    (
        "a credential of another kind",
        "aws4_request",
        "aws5_request",
        400,
        MALFORMED,
    ),
    (
        "no signed headers",
        "SignedHeaders=",
        "Signed=",
        400,
        MALFORMED,
    ),
];

/// Headers, and what they come to.
const VALUES: [(&str, &str, u16, &str); 6] = [
    ("empty", "", 400, "InvalidArgument"),
    ("a bearer's", "Bearer CANARYTOKEN", 400, "InvalidArgument"),
    ("a password", "Basic Q0FOQVJZ", 400, "InvalidArgument"),
    ("the algorithm alone", "AWS4-HMAC-SHA256 x", 400, MALFORMED),
    (
        "the second version",
        "AWS reader:Q0FOQVJZ",
        400,
        "InvalidRequest",
    ),
    (
        "the second version without a signature",
        "AWS reader",
        400,
        "InvalidRequest",
    ),
];

/// Forms of the header.
pub fn forms(stage: &Stage) -> Vec<Row> {
    let right = || {
        let request = signed(stage);
        let value = request.value("authorization").unwrap().to_owned();
        (request, value)
    };
    let mut rows: Vec<Row> = Vec::new();
    for (name, from, to, status, code) in EDITS {
        let (request, value) = right();
        assert!(value.contains(from), "{value} has no {from}");
        let request = request.replaced("authorization", &value.replace(from, to));
        rows.push((name, request, status, code));
    }
    for (name, value, status, code) in VALUES {
        let request = signed(stage).replaced("authorization", value);
        rows.push((name, request, status, code));
    }
    let (request, value) = right();
    let (begin, _) = value.split_once(", Signature").unwrap();
    let unsigned = request.replaced("authorization", begin);
    let (request, value) = right();
    let short = request.replaced("authorization", &value[..value.len() - 1]);
    let (request, value) = right();
    let twice = request.header("Authorization", &value);
    let no_date = signed(stage).replaced("x-amz-date", "yesterday");
    let no_hash = signed(stage).without("x-amz-content-sha256");
    rows.extend([
        ("no signature", unsigned, 400, MALFORMED),
        ("a short signature", short, 403, MISMATCH),
        ("twice", twice, 400, "InvalidArgument"),
        (
            "no date",
            signed(stage).without("x-amz-date"),
            403,
            "AccessDenied",
        ),
        ("a date that is none", no_date, 403, "AccessDenied"),
        ("no hash", no_hash, 400, "InvalidRequest"),
    ]);
    rows
}

/// Hosts, of which one is signed.
pub fn hosts(stage: &Stage) -> Vec<Row> {
    let host = stage.host();
    let unsigned = || reader().header(ask(stage).without("Host"));
    vec![
        (
            "no host",
            signed(stage).without("Host"),
            400,
            "InvalidRequest",
        ),
        (
            "no host, and none signed",
            unsigned(),
            400,
            "InvalidRequest",
        ),
        (
            "two hosts",
            signed(stage).header("Host", &host),
            400,
            "InvalidRequest",
        ),
        (
            "two hosts, of which nobody signs",
            ask(stage).header("Host", &host),
            400,
            "InvalidRequest",
        ),
        (
            "a host that is not signed",
            unsigned().header("Host", &host),
            403,
            "AccessDenied",
        ),
        (
            "a bucket as a host that is not signed",
            unsigned().header("Host", "analytics.s3.example.org"),
            403,
            "AccessDenied",
        ),
    ]
}
