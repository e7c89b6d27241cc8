//! In which format a key is answered, and with which headers: the release's own, and no other.

use serde_json::{Value, json};

use super::stage::{AS_OF, Stage, gzip, payload, sample};
use crate::support::lambda::Source;
use crate::support::python::run_script;

/// A name, the key, the payload's format, headers of the user's, and the format of the answer.
type Asked = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

const PARQUET: &str = "application/vnd.apache.parquet";

const ASKED: [Asked; 17] = [
    (
        "the payload alone",
        "patients.csv.gz",
        "parquet",
        &[],
        "parquet",
    ),
    ("the payload's CSV", "patients.csv.gz", "csv", &[], "csv"),
    (
        "a suffix before the payload",
        "patients.csv",
        "parquet",
        &[],
        "csv",
    ),
    ("its own suffix", "patients.csv", "csv", &[], "csv"),
    (
        "a folder before the key",
        "a/b/patients-2.csv",
        "parquet",
        &[],
        "csv",
    ),
    (
        "a header before the suffix",
        "patients.csv",
        "csv",
        &[("x-veilpoint-format", "parquet")],
        "parquet",
    ),
    (
        "a header before the payload",
        "patients.csv.gz",
        "parquet",
        &[("x-veilpoint-format", "csv")],
        "csv",
    ),
    (
        "a header in another case",
        "patients.csv",
        "csv",
        &[("X-Veilpoint-FORMAT", "parquet")],
        "parquet",
    ),
    (
        "Accept of Parquet",
        "patients.csv",
        "csv",
        &[("Accept", PARQUET)],
        "parquet",
    ),
    (
        "Accept of CSV",
        "patients.csv.gz",
        "parquet",
        &[("Accept", "text/csv")],
        "csv",
    ),
    (
        "accept in lower case",
        "patients.csv",
        "csv",
        &[("accept", PARQUET)],
        "parquet",
    ),
    (
        "ACCEPT in upper case",
        "patients.csv",
        "csv",
        &[("ACCEPT", PARQUET)],
        "parquet",
    ),
    (
        "Accept of anything",
        "patients.csv",
        "parquet",
        &[("Accept", "*/*")],
        "csv",
    ),
    (
        "Accept of several",
        "patients.csv",
        "parquet",
        &[("Accept", "application/vnd.apache.parquet, text/csv")],
        "csv",
    ),
    (
        "the header before Accept",
        "patients.csv.gz",
        "parquet",
        &[("Accept", PARQUET), ("x-veilpoint-format", "csv")],
        "csv",
    ),
    (
        "a key that names Parquet",
        "patients.parquet",
        "csv",
        &[],
        "parquet",
    ),
    (
        "a key that names Parquet, asked for as CSV",
        "patients.parquet",
        "parquet",
        &[("Accept", "text/csv")],
        "csv",
    ),
];

#[test]
fn the_format_is_the_header_s_then_the_key_s_then_the_payload_s() {
    let stage = Stage::new();
    for key in ["patients.csv", "a/b/patients-2.csv"] {
        stage.put(key, Source::Object(sample()));
    }
    stage.put("patients.csv.gz", Source::Object(gzip(&sample())));
    let converted = |format| stage.converted(&sample(), "patients/analytics", format, AS_OF);
    let (parquet, csv) = (converted("parquet"), converted("csv"));
    let mut wrong = Vec::new();
    for (name, key, fallback, headers, format) in ASKED {
        let mut event = stage.get(key, "patients/analytics");
        event = event.with(
            "/configuration/payload",
            json!(payload("patients/analytics", fallback)),
        );
        for (name, value) in headers {
            event = event.header(name, value);
        }
        let outcome = stage.ask(&event);
        let expected = if format == "csv" { &csv } else { &parquet };
        wrong.extend(
            outcome
                .unlike_release(expected)
                .map(|what| format!("{name}: {what}")),
        );
        let line = stage.line(&event);
        if line["format"] != format || line["outcome"] != "released" || line["key"] != key {
            wrong.push(format!("{name}: is logged as {line}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Headers that every request of AWS's client has, and what tells S3 whom it is for.
const OF_THE_CLIENT: [&str; 14] = [
    "host",
    "user-agent",
    "x-amz-user-agent",
    "accept",
    "accept-encoding",
    "authorization",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-request-route",
    "x-amz-request-token",
    "content-length",
];

#[test]
fn a_release_goes_with_its_own_headers_and_no_other() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    for (accept, media) in [("text/csv", "text/csv; charset=utf-8"), (PARQUET, PARQUET)] {
        let event = stage.get("patients.csv", "patients/analytics");
        let event = event.header("Accept", accept);
        let outcome = stage.ask(&event);
        let answer = outcome.answer();
        let header = |name| answer.head.header(name).unwrap_or_default();
        assert_eq!(
            header("x-amz-request-route"),
            event.text("/getObjectContext/outputRoute")
        );
        assert_eq!(
            header("x-amz-request-token"),
            event.text("/getObjectContext/outputToken")
        );
        assert!(header("host").starts_with(event.text("/getObjectContext/outputRoute")));
        assert!(header("authorization").contains("/us-east-1/s3-object-lambda/aws4_request"));
        assert_eq!(header("x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
        assert_eq!(header("content-length"), answer.body.len().to_string());
        assert_eq!(header("x-amz-fwd-status"), "200");
        assert_eq!(header("x-amz-fwd-header-content-type"), media);
        assert_eq!(
            header("x-amz-fwd-header-last-modified"),
            "Wed, 25 Nov 2026 10:00:00 GMT"
        );
        let etag = header("x-amz-fwd-header-etag");
        let hex = etag
            .strip_prefix('"')
            .and_then(|etag| etag.strip_suffix("-1\""));
        let hex = hex.unwrap_or_else(|| panic!("{etag}"));
        assert!(
            hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{etag}"
        );
        let ours = [
            "status",
            "header-accept-ranges",
            "header-content-type",
            "header-last-modified",
            "header-etag",
        ];
        let names = answer.head.headers.iter().map(|header| header.0.as_str());
        let unexpected: Vec<&str> = names
            .filter(|name| match name.strip_prefix("x-amz-fwd-") {
                Some(forwarded) => !ours.contains(&forwarded),
                // AWS's client says what its own body is.
                None if *name == "content-type" => header(name) != "application/octet-stream",
                None => !OF_THE_CLIENT.contains(name),
            })
            .collect();
        assert!(unexpected.is_empty(), "{unexpected:?}");
    }
}

#[test]
fn etags_tell_releases_apart_and_are_the_same_for_the_same() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    let etag = |projection: &str, format: &str, as_of: &str| {
        let event = stage
            .get("patients.csv", projection)
            .header("x-veilpoint-format", format);
        let payload = payload(projection, format).replace(AS_OF, as_of);
        let outcome = stage.ask(&event.with("/configuration/payload", json!(payload)));
        let etag = outcome.answer().head.header("x-amz-fwd-header-etag");
        etag.unwrap().to_owned()
    };
    let mut seen = Vec::new();
    for projection in ["patients/analytics", "patients/research"] {
        for format in ["parquet", "csv"] {
            for as_of in [AS_OF, "2030-02-28"] {
                let first = etag(projection, format, as_of);
                assert_eq!(first, etag(projection, format, as_of));
                seen.push(first);
            }
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 8, "{seen:?}");
}

#[test]
fn readers_see_in_a_release_what_they_see_in_a_converted_file() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    for format in ["parquet", "csv"] {
        let event = stage.get("patients.csv", "patients/research");
        let outcome = stage.ask(&event.header("x-veilpoint-format", format));
        let path = |name: &str| stage.path(&format!("{name}.{format}"));
        std::fs::write(path("answer"), &outcome.answer().body).unwrap();
        let file = stage.converted(&sample(), "patients/research", format, AS_OF);
        std::fs::write(path("file"), file).unwrap();
        for reader in ["pyarrow", "duckdb"] {
            let seen = |name: &str| -> Value {
                let path = path(name);
                let dump = run_script("dump.py", &[reader, path.to_str().unwrap()]);
                serde_json::from_str(&dump).unwrap()
            };
            let answer = seen("answer");
            assert_eq!(answer["rows"].as_array().unwrap().len(), 75, "{reader}");
            assert_eq!(answer, seen("file"), "{reader}");
        }
    }
}
