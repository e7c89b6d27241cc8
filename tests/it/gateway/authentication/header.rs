//! Signatures in the header.

use chrono::{Duration, Utc};

use super::{TARGET, staged};
use crate::gateway::rows::{Row, unlike};
use crate::gateway::stage::{READER, Stage, other, reader};
use crate::support::sigv4::{Request, Signer, UNSIGNED};

const MISMATCH: &str = "SignatureDoesNotMatch";
const MALFORMED: &str = "AuthorizationHeaderMalformed";

fn ask(stage: &Stage) -> Request {
    stage.request("GET", TARGET)
}

fn signed(stage: &Stage) -> Request {
    reader().header(ask(stage))
}

/// Who signs.
fn signers(stage: &Stage) -> Vec<Row> {
    let by = |signer: Signer| signer.header(ask(stage));
    let named = |id: &str, secret: &str| by(Signer::new(id, secret));
    vec![
        ("nobody", ask(stage), 403, "AccessDenied"),
        ("the reader", by(reader()), 200, ""),
        (
            "an unknown key",
            named("nobody", READER.1),
            403,
            "InvalidAccessKeyId",
        ),
        ("no key", named("", READER.1), 403, "InvalidAccessKeyId"),
        (
            "the reader in capitals",
            named("READER", READER.1),
            403,
            "InvalidAccessKeyId",
        ),
        (
            "another's secret",
            named(READER.0, &other().secret),
            403,
            MISMATCH,
        ),
        ("an empty secret", named(READER.0, ""), 403, MISMATCH),
        ("who reads another", by(other()), 403, "AccessDenied"),
    ]
}

/// What is changed after it was signed.
fn changed(stage: &Stage) -> Vec<Row> {
    let ranged = || reader().header(ask(stage).header("Range", "bytes=0-9"));
    let asked = || reader().header(stage.request("GET", &format!("{TARGET}?partNumber=1")));
    let row = |name, request| (name, request, 403, MISMATCH);
    vec![
        row("the path", signed(stage).retargeted("a/", "b/")),
        row(
            "the bucket",
            signed(stage).retargeted("analytics-csv", "analytics"),
        ),
        row(
            "more in the query",
            signed(stage).retargeted(".csv", ".csv?partNumber=1"),
        ),
        row("less in the query", asked().retargeted("?partNumber=1", "")),
        row("the query", asked().retargeted("=1", "=2")),
        row("a signed header", ranged().replaced("Range", "bytes=0-8")),
        row("a signed header less", ranged().without("Range")),
        row(
            "a signed header twice",
            ranged().header("Range", "bytes=0-9"),
        ),
        row("the date", {
            let later = Utc::now() + Duration::seconds(5);
            signed(stage).replaced("x-amz-date", &later.format("%Y%m%dT%H%M%SZ").to_string())
        }),
        row(
            "the hash",
            signed(stage).replaced("x-amz-content-sha256", UNSIGNED),
        ),
        row("the host", signed(stage).replaced("Host", "localhost")),
        row("the method", {
            let mut request = signed(stage);
            request.method = "PUT".to_owned();
            request
        }),
        (
            "a header that is not signed",
            signed(stage).header("X-Trace", "1"),
            200,
            "",
        ),
        (
            "the case of a header's name",
            {
                let mut request = signed(stage);
                request.headers[1].0 = "X-AMZ-DATE".to_owned();
                request
            },
            200,
            "",
        ),
        (
            "blanks around a value",
            {
                let request = reader().header(ask(stage).header("x-amz-meta-a", "b c"));
                request.replaced("x-amz-meta-a", "  b   c ")
            },
            200,
            "",
        ),
    ]
}

/// When it is signed, for where, and what is said of the body.
fn scopes(stage: &Stage) -> Vec<Row> {
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
fn forms(stage: &Stage) -> Vec<Row> {
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
fn hosts(stage: &Stage) -> Vec<Row> {
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

#[test]
fn a_request_is_answered_where_its_header_is_signed_rightly_and_else_refused_as_s3_does() {
    let (stage, release) = staged();
    let rows = [
        signers(&stage),
        changed(&stage),
        scopes(&stage),
        forms(&stage),
        hosts(&stage),
    ];
    let mut wrong = unlike(&stage, rows.concat(), &release);
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_refusal_of_a_head_has_no_body() {
    let (stage, release) = staged();
    let head = |target: &str| stage.request("HEAD", target);
    let mut late = reader();
    late.at -= Duration::minutes(16);
    let mut foreign = reader();
    foreign.service = "ec2".to_owned();
    let rows = vec![
        ("nobody", head(TARGET), 403, ""),
        ("right", reader().header(head(TARGET)), 200, ""),
        (
            "an unknown key",
            Signer::new("nobody", "x").header(head(TARGET)),
            403,
            "",
        ),
        (
            "a wrong secret",
            Signer::new("reader", "x").header(head(TARGET)),
            403,
            "",
        ),
        ("late", late.header(head(TARGET)), 403, ""),
        ("another service", foreign.header(head(TARGET)), 400, ""),
        ("another's bucket", reader().header(head("/costs")), 403, ""),
        ("no bucket", reader().header(head("/nothing")), 403, ""),
        (
            "no key",
            reader().header(head("/analytics-csv/b/patients.csv")),
            404,
            "",
        ),
        (
            "a name that no bucket has",
            reader().header(head("/No_bucket/a")),
            400,
            "",
        ),
        (
            "an operation that is not served",
            reader().header(head(&format!("{TARGET}?acl"))),
            501,
            "",
        ),
        (
            "another part",
            reader().header(head(&format!("{TARGET}?partNumber=2"))),
            416,
            "",
        ),
        (
            "a condition",
            reader().header(head(TARGET).header("If-Match", "\"x\"")),
            412,
            "",
        ),
        (
            "a range behind the end",
            reader().header(head(TARGET).header("Range", "bytes=99999-")),
            416,
            "",
        ),
    ];
    let wrong = unlike(&stage, rows, &release);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
