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

#[test]
fn the_bucket_stands_in_the_path_or_in_the_host() {
    let stage = Stage::new();
    let raw = patients(0, 20);
    stage.put("a/patients.csv", &raw);
    let release = stage.converted(&raw, "patients/analytics", "csv");
    let (port, own) = (stage.port, stage.host());
    let below = |name: &str| format!("{name}.{DOMAIN}");
    let (hosted, ported) = (below(BUCKET), format!("{}:{port}", below(BUCKET)));
    let (path, styled) = ("/a/patients.csv", "/analytics-csv/a/patients.csv");
    let ours = |request: Request| reader().header(request);
    let asked = |name: &str, value: &str| ours(stage.request("GET", styled).header(name, value));
    let rows: Vec<Row> = vec![
        ("path", at(&own, styled), 200, ""),
        (
            "path at a name",
            at(&format!("localhost:{port}"), styled),
            200,
            "",
        ),
        ("path at the domain", at(DOMAIN, styled), 200, ""),
        ("host", at(&hosted, path), 200, ""),
        ("host with a port", at(&ported, path), 200, ""),
        (
            "host in capitals",
            at(&hosted.to_uppercase(), path),
            200,
            "",
        ),
        (
            "host and a URL",
            reader().url(Request::of(&hosted, "GET", path), "60"),
            200,
            "",
        ),
        (
            "a host with dots, of another format",
            at(&below("analytics.exact"), "/a/none.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "another's host",
            at(&below("costs"), "/a/people.csv"),
            403,
            "AccessDenied",
        ),
        (
            "a host that is no bucket",
            at(&below("nothing"), path),
            403,
            "AccessDenied",
        ),
        (
            "below another domain",
            at(&format!("{BUCKET}.evil{DOMAIN}"), path),
            400,
            "InvalidBucketName",
        ),
        ("the bucket twice", at(&hosted, styled), 404, "NoSuchKey"),
        (
            "what SDKs say of the operation",
            at(&own, &format!("{styled}?x-id=GetObject")),
            200,
            "",
        ),
        (
            "a query without anything",
            at(&own, &format!("{styled}?")),
            200,
            "",
        ),
        (
            "an unknown argument",
            at(&own, &format!("{styled}?a=b&a=c&=&d")),
            200,
            "",
        ),
        (
            "a checksum that is asked for",
            asked("x-amz-checksum-mode", "ENABLED"),
            200,
            "",
        ),
        (
            "a payer",
            asked("x-amz-request-payer", "requester"),
            200,
            "",
        ),
        (
            "an expected owner",
            asked("x-amz-expected-bucket-owner", "123456789012"),
            200,
            "",
        ),
        (
            "a session's token",
            asked("x-amz-security-token", "token"),
            200,
            "",
        ),
        (
            "an encoded slash",
            at(&own, "/analytics-csv/a%2Fpatients.csv"),
            200,
            "",
        ),
        (
            "an encoded bucket",
            at(&own, "/%61nalytics%2Dcsv/a/patients.csv"),
            200,
            "",
        ),
        (
            "letters encoded",
            at(&own, "/analytics-csv/%61/%70atients.csv"),
            200,
            "",
        ),
        (
            "encoded in lower case",
            at(&own, "/analytics-csv/a%2fpatients%2ecsv"),
            200,
            "",
        ),
        (
            "a slash before",
            at(&own, "/analytics-csv//a/patients.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "two slashes",
            at(&own, "/analytics-csv/a//patients.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "a slash behind",
            at(&own, "/analytics-csv/a/patients.csv/"),
            404,
            "NoSuchKey",
        ),
        (
            "a dot",
            at(&own, "/analytics-csv/./a/patients.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "two dots",
            at(&own, "/analytics-csv/b/../a/patients.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "two dots, encoded",
            at(&own, "/analytics-csv/b/%2E%2E/a/patients.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "dots out of the bucket",
            at(&own, "/costs-csv/../analytics-csv/a/patients.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "dots into another's",
            at(&own, "/analytics-csv/../costs/a/people.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "dots out of the folder",
            at(&own, "/analytics-csv/../../sql/patients.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "NUL",
            at(&own, "/analytics-csv/a%00/patients.csv"),
            404,
            "NoSuchKey",
        ),
        (
            "a line's end",
            at(&own, "/analytics-csv/a%0D%0A/patients.csv"),
            404,
            "NoSuchKey",
        ),
        ("a folder", at(&own, "/analytics-csv/a/"), 404, "NoSuchKey"),
        (
            "what is no text",
            at(&own, "/analytics-csv/%FF/patients.csv"),
            400,
            "InvalidURI",
        ),
        (
            "no bucket before a slash",
            at(&own, "//a/patients.csv"),
            400,
            "InvalidBucketName",
        ),
        (
            "a bucket in capitals",
            at(&own, "/Analytics-CSV/a/patients.csv"),
            400,
            "InvalidBucketName",
        ),
        ("health", at(&own, "/-/health"), 400, "InvalidBucketName"),
        (
            "a version that is none",
            at(&own, &format!("{styled}?versionId=null")),
            200,
            "",
        ),
        (
            "a version",
            at(&own, &format!("{styled}?versionId=3")),
            404,
            "NoSuchKey",
        ),
    ];
    let mut wrong = unlike(&stage, rows, &release);
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
