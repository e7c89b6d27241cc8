//! How a release is named: the bucket in path or host, and keys as they are.

mod keys;

use super::listed::Page;
use super::rows::{Row, unlike};
use super::stage::{DOMAIN, Stage, reader};
use crate::support::samples::patients;
use crate::support::sigv4::Request;

const BUCKET: &str = "analytics-csv";

fn at(host: &str, target: &str) -> Request {
    reader().header(Request::of(host, "GET", target))
}

/// Headers that S3 knows, and that change nothing here.
const HEADERS: [(&str, &str); 4] = [
    ("x-amz-checksum-mode", "ENABLED"),
    ("x-amz-request-payer", "requester"),
    ("x-amz-expected-bucket-owner", "123456789012"),
    ("x-amz-security-token", "token"),
];

/// Targets at a host that is no bucket, and what they come to.
const TARGETS: [(&str, &str, u16, &str); 25] = [
    (
        "what SDKs say of the operation",
        "/analytics-csv/a/patients.csv?x-id=GetObject",
        200,
        "",
    ),
    (
        "a query without anything",
        "/analytics-csv/a/patients.csv?",
        200,
        "",
    ),
    (
        "an unknown argument",
        "/analytics-csv/a/patients.csv?a=b&a=c&=&d",
        200,
        "",
    ),
    (
        "an encoded slash",
        "/analytics-csv/a%2Fpatients.csv",
        200,
        "",
    ),
    (
        "an encoded bucket",
        "/%61nalytics%2Dcsv/a/patients.csv",
        200,
        "",
    ),
    (
        "letters encoded",
        "/analytics-csv/%61/%70atients.csv",
        200,
        "",
    ),
    (
        "encoded in lower case",
        "/analytics-csv/a%2fpatients%2ecsv",
        200,
        "",
    ),
    (
        "a slash before",
        "/analytics-csv//a/patients.csv",
        404,
        "NoSuchKey",
    ),
    (
        "two slashes",
        "/analytics-csv/a//patients.csv",
        404,
        "NoSuchKey",
    ),
    (
        "a slash behind",
        "/analytics-csv/a/patients.csv/",
        404,
        "NoSuchKey",
    ),
    ("a dot", "/analytics-csv/./a/patients.csv", 404, "NoSuchKey"),
    (
        "two dots",
        "/analytics-csv/b/../a/patients.csv",
        404,
        "NoSuchKey",
    ),
    (
        "two dots, encoded",
        "/analytics-csv/b/%2E%2E/a/patients.csv",
        404,
        "NoSuchKey",
    ),
    (
        "dots out of the bucket",
        "/costs-csv/../analytics-csv/a/patients.csv",
        404,
        "NoSuchKey",
    ),
    (
        "dots into another's",
        "/analytics-csv/../costs/a/people.csv",
        404,
        "NoSuchKey",
    ),
    (
        "dots out of the folder",
        "/analytics-csv/../../sql/patients.csv",
        404,
        "NoSuchKey",
    ),
    ("NUL", "/analytics-csv/a%00/patients.csv", 404, "NoSuchKey"),
    (
        "a line's end",
        "/analytics-csv/a%0D%0A/patients.csv",
        404,
        "NoSuchKey",
    ),
    ("a folder", "/analytics-csv/a/", 404, "NoSuchKey"),
    (
        "what is no text",
        "/analytics-csv/%FF/patients.csv",
        400,
        "InvalidURI",
    ),
    (
        "no bucket before a slash",
        "//a/patients.csv",
        400,
        "InvalidBucketName",
    ),
    (
        "a bucket in capitals",
        "/Analytics-CSV/a/patients.csv",
        400,
        "InvalidBucketName",
    ),
    ("health", "/-/health", 400, "InvalidBucketName"),
    (
        "a version that is none",
        "/analytics-csv/a/patients.csv?versionId=null",
        200,
        "",
    ),
    (
        "a version",
        "/analytics-csv/a/patients.csv?versionId=3",
        404,
        "NoSuchKey",
    ),
];

/// Hosts, below the domain where they end with a dot; targets, and what they come to.
const HOSTS: [(&str, &str, &str, u16, &str); 9] = [
    ("a name", "localhost", STYLED, 200, ""),
    ("the domain", "s3.example.org", STYLED, 200, ""),
    ("a bucket", "analytics-csv.", PATH, 200, ""),
    (
        "a bucket with dots, of another format",
        "analytics.exact.",
        "/a/none.csv",
        404,
        "NoSuchKey",
    ),
    ("another's", "costs.", "/a/people.csv", 403, "AccessDenied"),
    ("no bucket", "nothing.", PATH, 403, "AccessDenied"),
    ("a bucket twice", "analytics-csv.", STYLED, 404, "NoSuchKey"),
    // The first part of the path is the bucket there.
    (
        "below another domain",
        "analytics-csv.evils3.example.org",
        PATH,
        400,
        "InvalidBucketName",
    ),
    (
        "below a domain below ours",
        "analytics-csv.a.s3.example.org",
        PATH,
        403,
        "AccessDenied",
    ),
];

/// A release by its key, and with its bucket.
const PATH: &str = "/a/patients.csv";
const STYLED: &str = "/analytics-csv/a/patients.csv";

fn rows(stage: &Stage) -> Vec<Row> {
    let own = stage.host();
    let mut rows: Vec<Row> = Vec::new();
    for (name, target, status, code) in TARGETS {
        rows.push((name, at(&own, target), status, code));
    }
    for (name, value) in HEADERS {
        let request = stage.request("GET", STYLED).header(name, value);
        rows.push((name, reader().header(request), 200, ""));
    }
    for (name, host, target, status, code) in HOSTS {
        let below = host.ends_with('.');
        let host = format!("{host}{}", if below { DOMAIN } else { "" });
        let ported = format!("{host}:{}", stage.port);
        for host in [&host, &host.to_uppercase(), &ported] {
            rows.push((name, at(host, target), status, code));
        }
        let url = reader().url(Request::of(&host, "GET", target), "60");
        rows.push((name, url, status, code));
    }
    rows
}

#[test]
fn the_bucket_stands_in_the_path_or_in_the_host() {
    let stage = Stage::new();
    let raw = patients(0, 20);
    stage.put("a/patients.csv", &raw);
    let release = stage.converted(&raw, "patients/analytics", "csv");
    let hosted = format!("{BUCKET}.{DOMAIN}");
    let mut wrong = unlike(&stage, rows(&stage), &release);
    let got = stage.send(&at(&hosted, "/?list-type=2"));
    let keys = Page::read(&got).map(|page| page.keys().join(" "));
    if keys.as_deref() != Ok("a/patients.csv") {
        wrong.push(format!("a listing at a host: {keys:?}"));
    }
    let got = stage.send(&reader().header(Request::of(&hosted, "HEAD", "/")));
    if (got.status(), got.header("x-amz-bucket-region")) != (200, "us-east-1") {
        wrong.push(format!("HEAD of a host: {}", got.status()));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
