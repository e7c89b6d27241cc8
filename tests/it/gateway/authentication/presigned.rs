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

/// Forms of it.
fn forms(stage: &Stage) -> Vec<Row> {
    let right = || url(stage, &reader(), "60");
    let renamed = |name: &str| right().retargeted(name, "X-Amz-Other");
    let by = |change: &dyn Fn(&mut Signer)| {
        let mut signer = reader();
        change(&mut signer);
        url(stage, &signer, "60")
    };
    let service = |name: &str| by(&|signer| name.clone_into(&mut signer.service));
    let last = right().target.pop().unwrap();
    let mut short = right();
    short.target.pop();
    let mut twice = right();
    twice.target = format!("{}&X-Amz-Expires=60", twice.target);
    let mut no_hex = short.clone();
    no_hex.target.push('g');
    assert!(last.is_ascii_hexdigit());
    vec![
        ("no algorithm", renamed("X-Amz-Algorithm"), 400, PARAMETERS),
        (
            "no credential",
            renamed("X-Amz-Credential"),
            400,
            PARAMETERS,
        ),
        ("no date", renamed("X-Amz-Date"), 400, PARAMETERS),
        ("no expiry", renamed("X-Amz-Expires"), 400, PARAMETERS),
        (
            "no signed headers",
            renamed("X-Amz-SignedHeaders"),
            400,
            PARAMETERS,
        ),
        ("no signature", renamed("X-Amz-Signature"), 400, PARAMETERS),
        ("an expiry twice", twice, 400, PARAMETERS),
        (
            "another algorithm",
            right().retargeted("HMAC-SHA256", "HMAC-SHA512"),
            400,
            PARAMETERS,
        ),
        ("another service", service("ec2"), 400, PARAMETERS),
        (
            "a service that signs alike",
            service("sts"),
            400,
            PARAMETERS,
        ),
        (
            "another region",
            by(&|signer| signer.region = "eu-central-1".to_owned()),
            200,
            "",
        ),
        (
            "another day",
            by(&|signer| signer.day = Some("20200229".to_owned())),
            403,
            MISMATCH,
        ),
        (
            "a credential that is none",
            right().retargeted("%2Faws4_request", ""),
            400,
            PARAMETERS,
        ),
        (
            "a date that is none",
            right().retargeted("X-Amz-Date=2", "X-Amz-Date=x"),
            400,
            PARAMETERS,
        ),
        ("a short signature", short, 403, MISMATCH),
        ("a signature that is no number", no_hex, 403, MISMATCH),
        (
            "no host signed",
            right().retargeted("SignedHeaders=host", "SignedHeaders=range"),
            403,
            "AccessDenied",
        ),
        (
            "beside a header",
            {
                let signed = reader().header(stage.request("GET", TARGET));
                right().header("Authorization", signed.value("authorization").unwrap())
            },
            400,
            "InvalidArgument",
        ),
        (
            "the second version",
            stage.request(
                "GET",
                &format!("{TARGET}?AWSAccessKeyId=reader&Expires=9999999999&Signature=CANARY"),
            ),
            400,
            "InvalidRequest",
        ),
        (
            "the second version without a key",
            stage.request("GET", &format!("{TARGET}?Signature=CANARY")),
            400,
            "InvalidRequest",
        ),
        (
            "HEAD",
            reader().url(stage.request("HEAD", TARGET), "60"),
            200,
            "",
        ),
        (
            "beside a query",
            reader().url(
                stage.request("GET", &format!("{TARGET}?x-id=GetObject&versionId=null")),
                "60",
            ),
            200,
            "",
        ),
    ]
}

#[test]
fn a_url_is_answered_where_and_while_it_is_signed_rightly() {
    let (stage, release) = staged();
    let rows = [times(&stage), changed(&stage), forms(&stage)];
    let mut wrong = unlike(&stage, rows.concat(), &release);
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
