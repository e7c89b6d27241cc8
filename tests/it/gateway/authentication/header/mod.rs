//! Signatures in the header.

mod forms;

use chrono::{Duration, Utc};

use self::forms::{forms, hosts, scopes};
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
            "PUT".clone_into(&mut request.method);
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
                "X-AMZ-DATE".clone_into(&mut request.headers[1].0);
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
