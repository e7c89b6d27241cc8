//! Releases: whole ones and ranges, byte by byte, and what is said of them.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::stage::{Event, Stage, forwarded, leaks, outcome, unlike_refusal};
use crate::support::bucket::ACCOUNT;
use crate::support::lambda::{Got, Source};
use crate::support::samples::{KEY, gzip, is_release, sample};

/// What is wrong with an answer as this release, whole.
fn unlike_release(got: &Got, expected: &[u8], media_type: &str) -> Vec<String> {
    let mut wrong = leaks(got);
    let length = got.body.len().to_string();
    for (what, is, wanted) in [
        ("status", got.head.word(1), "200"),
        ("status to forward", outcome(got).0, "200"),
        ("code", outcome(got).1, ""),
        ("length", got.header("content-length"), length.as_str()),
        (
            "length to forward",
            forwarded(got, "content-length"),
            length.as_str(),
        ),
        ("type", forwarded(got, "content-type"), media_type),
        ("range", forwarded(got, "content-range"), ""),
        ("unit of ranges", forwarded(got, "accept-ranges"), "bytes"),
        (
            "date",
            forwarded(got, "last-modified"),
            "Wed, 25 Nov 2026 10:00:00 GMT",
        ),
        (
            "route",
            got.header("x-amz-request-route"),
            "vDpJc7mVMUwCgB3Ynn8Xbq",
        ),
        (
            "token",
            got.header("x-amz-request-token"),
            "CANARYOUTPUTTOKEN",
        ),
    ] {
        if is != wanted {
            wrong.push(format!("its {what} is {is:?}, not {wanted:?}"));
        }
    }
    let etag = forwarded(got, "etag");
    if etag.len() != 36 || !etag.ends_with("-1\"") {
        wrong.push(format!("its ETag is {etag}"));
    }
    if !got.whole || !is_release(&got.body, expected) {
        wrong.push(format!("has other bytes: {length}, not {}", expected.len()));
    }
    wrong
}

const PARQUET: &str = "application/vnd.apache.parquet";
const CSV: &str = "text/csv; charset=utf-8";

#[test]
fn a_whole_release_is_what_convert_makes() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    stage.put("a/patients-%C3%BC%20b.csv", Source::Object(sample()));
    stage.put("patients.csv.gz", Source::Object(gzip(&sample())));
    let event = |key: &str| stage.event(key);
    let csv = ["csv"];
    let mut wrong = Vec::new();
    for (name, point, event, format) in [
        (
            "by the suffix of the key",
            "analytics",
            event("patients.csv"),
            "csv",
        ),
        (
            "of a key that is escaped",
            "research",
            event("a/patients-%C3%BC%20b.csv"),
            "csv",
        ),
        (
            "the point's, of a compressed object",
            "analytics",
            event("patients.csv.gz"),
            "parquet",
        ),
        (
            "by a header",
            "analytics",
            event("patients.csv").header("X-Veilpoint-Format", &csv),
            "csv",
        ),
        (
            "by Accept",
            "research",
            event("patients.csv").header("Accept", &[PARQUET]),
            "parquet",
        ),
        (
            "at a path with a slash behind",
            "research/",
            event("patients.csv"),
            "csv",
        ),
    ] {
        let got = stage.ask(point, &event);
        let projection = format!("patients/{}", point.trim_end_matches('/'));
        let expected = stage.converted(&sample(), &projection, format);
        let media_type = if format == "csv" { CSV } else { PARQUET };
        let mut complaints = unlike_release(&got, &expected, media_type);
        let line = stage.line(&got);
        let about = [&line["access_point"], &line["principal"], &line["outcome"]];
        if about != [point.trim_end_matches('/'), "reader", "released"] {
            complaints.push(format!("is logged as {line}"));
        }
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_release_leaves_a_record_of_the_bytes_that_were_sent() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    let got = stage.ask("research", &stage.event("patients.csv"));
    let records = stage.lines("release", 1);
    let [record] = &records[..] else {
        panic!("{} records", records.len());
    };
    let sha256 = HEXLOWER.encode(&Sha256::digest(&got.body));
    assert_eq!(record["sha256"], sha256.as_str());
    assert_eq!(record["length"], got.body.len());
    assert_eq!(record["request_id"], got.header("x-amz-request-id"));
    assert_eq!(record["access_point"], "research");
    assert_eq!(record["source"], "s3://raw");
    assert_eq!(stage.told(), [""; 0]);
}

#[test]
fn a_range_is_cut_from_the_same_bytes() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    let whole = stage.ask("analytics", &stage.event("patients.csv").parquet());
    let (bytes, length) = (&whole.body, whole.body.len());
    let behind = format!("bytes={length}-");
    let last = format!("bytes={}-", length - 1);
    let range = |name: &'static str, values: &[&str]| {
        stage.event("patients.csv").parquet().header(name, values)
    };
    let mut wrong = Vec::new();
    for (name, event, first, end) in [
        ("the first ten", range("Range", &["bytes=0-9"]), 0, 10),
        ("one", range("Range", &["bytes=0-0"]), 0, 1),
        ("in lower case", range("range", &["bytes=2-5"]), 2, 6),
        ("from one on", range("Range", &["bytes=100-"]), 100, length),
        (
            "the last eight",
            range("Range", &["bytes=-8"]),
            length - 8,
            length,
        ),
        ("the last one", range("Range", &[&last]), length - 1, length),
        (
            "more than there are",
            range("Range", &["bytes=-999999999"]),
            0,
            length,
        ),
        (
            "up to behind the end",
            range("Range", &["bytes=5-999999999"]),
            5,
            length,
        ),
        (
            "in the query",
            stage
                .event("patients.csv")
                .parquet()
                .asking("Range=bytes%3D3-7"),
            3,
            8,
        ),
    ] {
        let got = stage.ask("analytics", &event);
        let content = format!("bytes {first}-{}/{length}", end - 1);
        let mut complaints = leaks(&got);
        if (got.status(), outcome(&got)) != (200, ("206", "")) {
            complaints.push(format!(
                "is answered {} as {:?}",
                got.status(),
                outcome(&got)
            ));
        }
        if forwarded(&got, "content-range") != content {
            complaints.push(format!("is of {}", forwarded(&got, "content-range")));
        }
        if forwarded(&got, "etag") != forwarded(&whole, "etag") {
            complaints.push("is of another release".to_owned());
        }
        if !got.whole || got.body != bytes[first..end] {
            complaints.push("has other bytes".to_owned());
        }
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    for (name, event) in [
        ("that ends before it begins", range("Range", &["bytes=9-5"])),
        ("in other units", range("Range", &["lines=0-9"])),
        ("of which there are two", range("Range", &["bytes=0-1,4-5"])),
        (
            "of which there are two, in a list",
            range("Range", &["bytes=0-1", "bytes=4-5"]),
        ),
        ("of no kind", range("Range", &["CANARY"])),
        ("that is empty", range("Range", &[])),
    ] {
        let got = stage.ask("analytics", &event);
        if outcome(&got) != ("200", "") || got.body != *bytes {
            wrong.push(format!("a range {name}: {:?}", outcome(&got)));
        }
    }
    let got = stage.ask("analytics", &range("Range", &[&behind]));
    wrong.extend(unlike_refusal(&got, 416, "InvalidRange"));
    // MinIO asks for the raw object's part then.
    let part = stage
        .event("patients.csv")
        .asking("partNumber=1")
        .signing("partNumber=1");
    wrong.extend(unlike_refusal(
        &stage.ask("analytics", &part),
        400,
        "InvalidArgument",
    ));
    // All of it was made once.
    assert_eq!(stage.lines("release_made", 1).len(), 1);
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_key_with_another_suffix_takes_rights_of_our_own() {
    let key = [("VEILPOINT_KEY", KEY)];
    let event = |stage: &Stage| -> Event { stage.event("patients.parquet") };
    let without = Stage::with(&key);
    without.put("patients.csv", Source::Object(sample()));
    let got = without.ask("analytics", &event(&without));
    let mut wrong = unlike_refusal(&got, 403, "AccessDenied");
    let message = got.header("x-amz-fwd-error-message");
    if !message.contains("AWS_ACCESS_KEY_ID") {
        wrong.push(format!("says {message}"));
    }
    wrong.extend(without.told());
    let variables = [&key[..], &ACCOUNT[..]].concat();
    let with = Stage::with(&variables);
    with.put("patients.csv", Source::Object(sample()));
    let got = with.ask("analytics", &event(&with));
    let expected = with.converted(&sample(), "patients/analytics", "parquet");
    wrong.extend(unlike_release(&got, &expected, PARQUET));
    wrong.extend(with.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
