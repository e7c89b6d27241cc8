//! How a release is named: the bucket in path or host, and keys as they are.

use super::listed::Page;
use super::rows::{Row, unlike};
use super::stage::{DOMAIN, Stage, leaks, reader, unlike_refusal};
use crate::support::samples::patients;
use crate::support::sigv4::{Request, encoded};

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

/// Keys that some way of writing would change, and that files can have.
fn odd_keys() -> Vec<String> {
    let mut keys: Vec<String> = [
        "patients.csv",
        "a b/patients and more.csv",
        "a+b/patients+1.csv",
        "a%20b/patients%2F%.csv",
        "a%2Fb/patients%41.csv",
        "\u{fc}n\u{ef}/patients-\u{65e5}\u{672c}\u{1f600}.csv",
        "u\u{308}/patients.csv",
        "&amp;<a>\"'/patients&<>.csv",
        "]]>/patients]]>.csv",
        "a..b/patients...csv",
        "..a/patients.csv",
        "back\\slash/patients\\.csv",
        "?a=b&c#d/patients?#.csv",
        "~!$'()*,;:@=[]{}|^`/patients~!.csv",
        "\u{fffe}/patients\u{ffff}.csv",
        "a/b/c/d/e/f/patients.csv",
    ]
    .map(str::to_owned)
    .into();
    keys.retain(|key| !key.starts_with('.'));
    keys.push(long(1024));
    keys
}

/// A key of so many bytes.
fn long(length: usize) -> String {
    let mut key = "long/".to_owned();
    while key.len() + 200 < length {
        key += &format!("{}/", "\u{fc}".repeat(90));
    }
    let rest = length - key.len() - "patients.csv".len();
    format!("{key}patients{}.csv", "y".repeat(rest))
}

#[test]
fn odd_keys_are_listed_as_they_are_and_read_by_what_is_listed() {
    let stage = Stage::new();
    let raw = patients(0, 3);
    let release = stage.converted(&raw, "patients/analytics", "csv");
    let mut expected = odd_keys();
    for key in &expected {
        stage.put(key, &raw);
    }
    expected.sort();
    let mut wrong = Vec::new();
    let mut pages = Vec::new();
    for more in [&[][..], &[("encoding-type", "url")]] {
        for version in [&[][..], &[("list-type", "2")]] {
            let page = Page::of(&stage, BUCKET, &[version, more].concat());
            let keys = page.as_ref().map(Page::keys);
            if keys != Ok(expected.iter().map(String::as_str).collect()) {
                wrong.push(format!("{version:?} {more:?}: {keys:?}"));
            }
            pages.extend(page);
        }
    }
    let listed = pages
        .first()
        .map(|page| page.entries.clone())
        .unwrap_or_default();
    for entry in listed {
        let key = entry.key.as_bytes();
        // S3's way, and one that encodes whatever it can.
        let every: String = key.iter().map(|byte| format!("%{byte:02x}")).collect();
        for path in [encoded(key, true), encoded(key, false), every] {
            for method in ["GET", "HEAD"] {
                let got = stage.ask(method, &format!("/{BUCKET}/{path}"), &[]);
                let bytes = if method == "GET" { &release[..] } else { b"" };
                let said = (
                    got.status(),
                    got.header("etag"),
                    got.header("content-length"),
                );
                let size = entry.size.to_string();
                if said != (200, &entry.etag, &size) || got.body != bytes {
                    wrong.push(format!("{method} {:?} as {path}: {said:?}", entry.key));
                }
                wrong.extend(leaks(&got));
            }
        }
        for name in ["prefix", "start-after"] {
            let arguments = [("list-type", "2"), (name, entry.key.as_str())];
            let page = Page::of(&stage, BUCKET, &arguments);
            let own = page
                .as_ref()
                .map(|page| page.keys().contains(&entry.key.as_str()));
            if own != Ok(name == "prefix") {
                wrong.push(format!("{name} {:?}: {own:?}", entry.key));
            }
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_key_that_s3_cannot_have_is_refused_and_never_silently_another() {
    let stage = Stage::new();
    let raw = patients(0, 3);
    // A file may have it. Who lists it is told that it cannot be read: a listing without it would be silent.
    let over = long(1025);
    stage.put(&over, &raw);
    let mut wrong = Vec::new();
    let page = Page::of(&stage, BUCKET, &[("list-type", "2")]);
    let keys = page.as_ref().map(Page::keys);
    if keys != Ok(vec![over.as_str()]) {
        wrong.push(format!("lists {keys:?}"));
    }
    for key in [over.as_str(), &"x".repeat(1025)] {
        for method in ["GET", "HEAD"] {
            let target = format!("/{BUCKET}/{}", encoded(key.as_bytes(), true));
            let got = stage.ask(method, &target, &[]);
            wrong.extend(unlike_refusal(&got, method, 400, "KeyTooLongError"));
        }
    }
    let got = stage.ask("GET", &format!("/{BUCKET}/{}", "x".repeat(1024)), &[]);
    wrong.extend(unlike_refusal(&got, "GET", 404, "NoSuchKey"));
    // What no store's client can name is not there: neither listed nor read.
    for name in ["\u{1}", "\t", "\u{7f}"] {
        let key = format!("control{name}/patients.csv");
        stage.put(&key, &raw);
        let got = stage.ask(
            "GET",
            &format!("/{BUCKET}/{}", encoded(key.as_bytes(), true)),
            &[],
        );
        wrong.extend(unlike_refusal(&got, "GET", 404, "NoSuchKey"));
    }
    let page = Page::of(
        &stage,
        BUCKET,
        &[("prefix", "control"), ("encoding-type", "url")],
    );
    if page.as_ref().map(|page| page.keys().len()) != Ok(0) {
        wrong.push(format!("lists {page:?}"));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
