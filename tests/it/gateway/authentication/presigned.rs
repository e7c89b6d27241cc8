//! Signatures in the URL.

use chrono::Duration;

use super::{TARGET, staged};
use crate::gateway::rows::{Row, unlike};
use crate::gateway::stage::{READER, Stage, other, reader};
use crate::support::sigv4::{Request, Signer};

const MISMATCH: &str = "SignatureDoesNotMatch";
const PARAMETERS: &str = "AuthorizationQueryParametersError";

/// A URL that holds for so long, signed by somebody.
fn url(stage: &Stage, signer: &Signer, expires: &str) -> Request {
    signer.url(stage.request("GET", TARGET), expires)
}

/// How long it holds, and since when.
fn times(stage: &Stage) -> Vec<Row> {
    let at = |minutes: i64, expires| {
        let mut signer = reader();
        signer.at += Duration::minutes(minutes);
        url(stage, &signer, expires)
    };
    let for_ = |expires| at(0, expires);
    vec![
        ("a minute", for_("60"), 200, ""),
        ("since an hour, for two", at(-60, "7200"), 200, ""),
        (
            "since an hour, for half of one",
            at(-60, "1800"),
            403,
            "AccessDenied",
        ),
        ("since six days, for a week", at(-8640, "604800"), 200, ""),
        (
            "since eight days, for a week",
            at(-11_520, "604800"),
            403,
            "AccessDenied",
        ),
        ("in 14 minutes", at(14, "60"), 200, ""),
        (
            "in 16 minutes",
            at(16, "604800"),
            403,
            "RequestTimeTooSkewed",
        ),
        ("for no time", at(-1, "0"), 403, "AccessDenied"),
        ("a week", for_("604800"), 200, ""),
        ("a week and a second", for_("604801"), 400, PARAMETERS),
        ("no number", for_("CANARY"), 400, PARAMETERS),
        ("nothing", for_(""), 400, PARAMETERS),
        ("less than nothing", for_("-1"), 400, PARAMETERS),
        ("a part of a second", for_("60.5"), 400, PARAMETERS),
        (
            "a number that is too large",
            for_("4294967296"),
            400,
            PARAMETERS,
        ),
    ]
}

/// What is changed after it was signed.
fn changed(stage: &Stage) -> Vec<Row> {
    let right = || url(stage, &reader(), "60");
    let ranged = || {
        reader().url(
            stage.request("GET", TARGET).header("Range", "bytes=0-"),
            "60",
        )
    };
    let method = |name: &str| {
        let mut request = right();
        name.clone_into(&mut request.method);
        request
    };
    vec![
        ("the path", right().retargeted("a/", "b/"), 403, MISMATCH),
        (
            "how long",
            right().retargeted("Expires=60", "Expires=600"),
            403,
            MISMATCH,
        ),
        (
            "the region",
            right().retargeted("us-east-1", "us-east-2"),
            403,
            MISMATCH,
        ),
        (
            "who",
            right().retargeted("reader%2F", "other%2F"),
            403,
            MISMATCH,
        ),
        (
            "nobody that is known",
            right().retargeted("reader%2F", "nobody%2F"),
            403,
            "InvalidAccessKeyId",
        ),
        (
            "more in the query",
            right().retargeted("?", "?partNumber=1&"),
            403,
            MISMATCH,
        ),
        (
            "more behind the signature",
            {
                let mut request = right();
                request.target += "&partNumber=1";
                request
            },
            403,
            MISMATCH,
        ),
        (
            "a signed header less",
            ranged().without("Range"),
            403,
            MISMATCH,
        ),
        (
            "a signed header",
            ranged().replaced("Range", "bytes=1-"),
            403,
            MISMATCH,
        ),
        ("PUT by the URL of a GET", method("PUT"), 403, MISMATCH),
        ("HEAD by the URL of a GET", method("HEAD"), 403, MISMATCH),
        (
            "the host",
            right().replaced("Host", "localhost"),
            403,
            MISMATCH,
        ),
        (
            "another's secret",
            url(stage, &Signer::new(READER.0, &other().secret), "60"),
            403,
            MISMATCH,
        ),
        (
            "who reads another",
            url(stage, &other(), "60"),
            403,
            "AccessDenied",
        ),
        (
            "a header that is not signed",
            right().header("X-Trace", "1"),
            200,
            "",
        ),
    ]
}

/// What a URL must have.
const NEEDED: [&str; 6] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
];

/// Texts of a URL that is right, others in their place, and what it comes to.
const EDITS: [(&str, &str, &str, u16, &str); 5] = [
    (
        "another algorithm",
        "HMAC-SHA256",
        "HMAC-SHA512",
        400,
        PARAMETERS,
    ),
    (
        "a credential that is none",
        "%2Faws4_request",
        "",
        400,
        PARAMETERS,
    ),
    (
        "a date that is none",
        "X-Amz-Date=2",
        "X-Amz-Date=x",
        400,
        PARAMETERS,
    ),
    (
        "no host signed",
        "SignedHeaders=host",
        "SignedHeaders=range",
        403,
        "AccessDenied",
    ),
    (
        "an expiry twice",
        "X-Amz-Expires=60",
        "X-Amz-Expires=60&X-Amz-Expires=60",
        400,
        PARAMETERS,
    ),
];

/// Queries of the second version.
const OLD: [&str; 2] = [
    "?AWSAccessKeyId=reader&Expires=9999999999&Signature=CANARY",
    "?Signature=CANARY",
];

/// Forms of it.
fn forms(stage: &Stage) -> Vec<Row> {
    let right = || url(stage, &reader(), "60");
    let needed = NEEDED.map(|name| {
        let request = right().retargeted(name, "X-Amz-Other");
        (name, request, 400, PARAMETERS)
    });
    let edits = EDITS
        .map(|(name, from, to, status, code)| (name, right().retargeted(from, to), status, code));
    let old = OLD.map(|query| {
        let request = stage.request("GET", &format!("{TARGET}{query}"));
        (query, request, 400, "InvalidRequest")
    });
    needed.into_iter().chain(edits).chain(old).collect()
}

/// Who signs for what, and beside what.
fn others(stage: &Stage) -> Vec<Row> {
    let right = || url(stage, &reader(), "60");
    let by = |change: &dyn Fn(&mut Signer)| {
        let mut signer = reader();
        change(&mut signer);
        url(stage, &signer, "60")
    };
    let service = |name: &str| by(&|signer| name.clone_into(&mut signer.service));
    let region = by(&|signer| "eu-central-1".clone_into(&mut signer.region));
    let day = by(&|signer| signer.day = Some("20200229".to_owned()));
    let mut short = right();
    short.target.pop();
    let mut no_number = short.clone();
    no_number.target.push('g');
    let signed = reader().header(stage.request("GET", TARGET));
    let both = right().header("Authorization", signed.value("authorization").unwrap());
    let head = reader().url(stage.request("HEAD", TARGET), "60");
    let query = stage.request("GET", &format!("{TARGET}?x-id=GetObject&versionId=null"));
    vec![
        ("another service", service("ec2"), 400, PARAMETERS),
        (
            "a service that signs alike",
            service("sts"),
            400,
            PARAMETERS,
        ),
        ("another region", region, 200, ""),
        ("another day", day, 403, MISMATCH),
        ("a short signature", short, 403, MISMATCH),
        ("a signature that is no number", no_number, 403, MISMATCH),
        ("beside a header", both, 400, "InvalidArgument"),
        ("HEAD", head, 200, ""),
        ("beside a query", reader().url(query, "60"), 200, ""),
    ]
}

#[test]
fn a_url_is_answered_where_and_while_it_is_signed_rightly() {
    let (stage, release) = staged();
    let rows = [
        times(&stage),
        changed(&stage),
        forms(&stage),
        others(&stage),
    ];
    let mut wrong = unlike(&stage, rows.concat(), &release);
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
