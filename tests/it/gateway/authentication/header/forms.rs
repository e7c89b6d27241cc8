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

/// Forms of the header: of one that is right, with texts of it in place of others.
pub fn forms(stage: &Stage) -> Vec<Row> {
    let with = |value: &str| signed(stage).replaced("Authorization", value);
    let edited = |from: &str, to: &str| {
        let request = signed(stage);
        let value = request.value("authorization").unwrap().to_owned();
        assert!(value.contains(from), "{value} has no {from}");
        request.replaced("authorization", &value.replace(from, to))
    };
    let cut = |at: &str| {
        let request = signed(stage);
        let value = request.value("authorization").unwrap().to_owned();
        let (begin, _) = value.split_once(at).unwrap();
        request.replaced("authorization", begin)
    };
    let unsupported = "InvalidArgument";
    vec![
        ("without blanks", edited(", ", ","), 200, ""),
        ("empty", with(""), 400, unsupported),
        ("a bearer's", with("Bearer CANARYTOKEN"), 400, unsupported),
        ("a password", with("Basic Q0FOQVJZ"), 400, unsupported),
        (
            "another algorithm",
            edited("HMAC-SHA256", "HMAC-SHA512"),
            400,
            unsupported,
        ),
        (
            "an asymmetric one",
            edited("HMAC-SHA256", "ECDSA-P256-SHA256"),
            400,
            unsupported,
        ),
        (
            "in lower case",
            edited("AWS4-HMAC", "aws4-hmac"),
            400,
            unsupported,
        ),
        (
            "the algorithm alone",
            with("AWS4-HMAC-SHA256 x"),
            400,
            MALFORMED,
        ),
        (
            "no credential",
            edited("Credential=", "Cred="),
            400,
            MALFORMED,
        ),
        (
            "a short credential",
            edited("/aws4_request", ""),
            400,
            MALFORMED,
        ),
        (
            "a long credential",
            edited("/s3/", "/s3/s3/"),
            400,
            MALFORMED,
        ),
        (
            "a credential of another kind",
            edited("aws4_request", "aws5_request"),
            400,
            MALFORMED,
        ),
        (
            "no signed headers",
            edited("SignedHeaders=", "Signed="),
            400,
            MALFORMED,
        ),
        ("no signature", cut(", Signature"), 400, MALFORMED),
        (
            "a short signature",
            {
                let request = signed(stage);
                let value = request.value("authorization").unwrap();
                let value = value[..value.len() - 1].to_owned();
                request.replaced("authorization", &value)
            },
            403,
            MISMATCH,
        ),
        (
            "twice",
            {
                let request = signed(stage);
                let value = request.value("authorization").unwrap().to_owned();
                request.header("Authorization", &value)
            },
            400,
            "InvalidArgument",
        ),
        (
            "the second version",
            with("AWS reader:Q0FOQVJZ"),
            400,
            "InvalidRequest",
        ),
        (
            "the second version without a signature",
            with("AWS reader"),
            400,
            "InvalidRequest",
        ),
        (
            "no date",
            signed(stage).without("x-amz-date"),
            403,
            "AccessDenied",
        ),
        (
            "a date that is none",
            signed(stage).replaced("x-amz-date", "yesterday"),
            403,
            "AccessDenied",
        ),
        (
            "no hash",
            signed(stage).without("x-amz-content-sha256"),
            400,
            "InvalidRequest",
        ),
    ]
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
