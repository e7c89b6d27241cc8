//! What is no read: writes are denied, what else S3 has is not implemented, and nothing of the source changes.

use std::fs;

use super::rows::{Row, unlike};
use super::stage::{RAW, Stage, other, reader};
use crate::support::samples::patients;
use crate::support::sigv4::Request;

const BUCKET: &str = "/analytics-csv";
const KEY: &str = "/analytics-csv/a/patients.csv";

/// What follows a key, by the method of what writes there.
const OF_KEYS: [(&str, &str); 17] = [
    ("PUT", ""),
    ("DELETE", ""),
    ("DELETE", "?versionId=null"),
    ("POST", "?uploads"),
    ("PUT", "?partNumber=1&uploadId=CANARY"),
    ("POST", "?uploadId=CANARY"),
    ("DELETE", "?uploadId=CANARY"),
    ("PUT", "?acl"),
    ("PUT", "?tagging"),
    ("DELETE", "?tagging"),
    ("PUT", "?retention"),
    ("PUT", "?legal-hold"),
    ("PUT", "?encryption"),
    ("PUT", "?renameObject"),
    ("POST", "?restore"),
    ("PUT", "?x-id=PutObject"),
    ("PUT", "?partNumber=1"),
];

/// The same of a bucket.
const OF_BUCKETS: [(&str, &str); 40] = [
    ("PUT", ""),
    ("DELETE", ""),
    ("POST", "?delete"),
    ("PUT", "?abac"),
    ("PUT", "?accelerate"),
    ("PUT", "?acl"),
    ("PUT", "?analytics&id=1"),
    ("PUT", "?cors"),
    ("PUT", "?encryption"),
    ("PUT", "?intelligent-tiering&id=1"),
    ("PUT", "?inventory&id=1"),
    ("PUT", "?lifecycle"),
    ("PUT", "?logging"),
    ("PUT", "?metadataTable"),
    ("PUT", "?metrics&id=1"),
    ("PUT", "?notification"),
    ("PUT", "?object-lock"),
    ("PUT", "?ownershipControls"),
    ("PUT", "?policy"),
    ("PUT", "?publicAccessBlock"),
    ("PUT", "?replication"),
    ("PUT", "?requestPayment"),
    ("PUT", "?tagging"),
    ("PUT", "?versioning"),
    ("PUT", "?website"),
    ("DELETE", "?analytics&id=1"),
    ("DELETE", "?cors"),
    ("DELETE", "?encryption"),
    ("DELETE", "?intelligent-tiering&id=1"),
    ("DELETE", "?inventory&id=1"),
    ("DELETE", "?lifecycle"),
    ("DELETE", "?metadataTable"),
    ("DELETE", "?metrics&id=1"),
    ("DELETE", "?ownershipControls"),
    ("DELETE", "?policy"),
    ("DELETE", "?publicAccessBlock"),
    ("DELETE", "?replication"),
    ("DELETE", "?tagging"),
    ("DELETE", "?website"),
    ("PUT", "?x-id=CreateBucket"),
];

/// A form that puts an object, whose sender is named in it.
const FORM: &str = "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na/patients.csv\r\n--b\r\n\
    Content-Disposition: form-data; name=\"file\"; filename=\"CANARY\"\r\n\r\nCANARY\r\n--b--\r\n";

fn writes(stage: &Stage) -> Vec<Row> {
    let ask = |method: &str, target: &str| stage.request(method, target).body(b"<CANARY/>");
    let denied = |name, request| (name, request, 403, "AccessDenied");
    let mut rows: Vec<Row> = Vec::new();
    for (place, asked) in [(KEY, &OF_KEYS[..]), (BUCKET, &OF_BUCKETS)] {
        for (method, query) in asked {
            let request = ask(method, &format!("{place}{query}"));
            rows.push(denied(*query, reader().header(request)));
        }
    }
    let put = || ask("PUT", KEY);
    let form = |kind: &str| {
        let form = stage.request("POST", BUCKET).header("Content-Type", kind);
        form.body(FORM.as_bytes())
    };
    let mut chunked = reader();
    chunked.payload = Some("STREAMING-AWS4-HMAC-SHA256-PAYLOAD".to_owned());
    let chunks = format!("6;chunk-signature={}\r\nCANARY\r\n", "0".repeat(64));
    let chunks = stage
        .request("PUT", KEY)
        .header("x-amz-decoded-content-length", "6")
        .header("Content-Encoding", "aws-chunked")
        .header("Content-Length", &chunks.len().to_string())
        .body(chunks.as_bytes());
    let copy = |from: &str| put().header("x-amz-copy-source", from);
    rows.extend([
        denied(
            "a copy",
            reader().header(copy("/analytics-csv/a/patients.csv")),
        ),
        denied(
            "a copy of another's",
            reader().header(copy("/costs/a/people.csv")),
        ),
        denied("a new bucket", reader().header(ask("PUT", "/a-new-bucket"))),
        denied("somebody else's", other().header(put())),
        denied("nobody's", put()),
        denied("by a URL", reader().url(put(), "60")),
        denied("in chunks", chunked.header(chunks)),
        denied(
            "a large one",
            reader().header(stage.request("PUT", KEY).body(&vec![b'x'; 3_000_000])),
        ),
        denied("a form", form("multipart/form-data; boundary=b")),
        denied(
            "a form in capitals",
            form("Multipart/Form-Data; boundary=b"),
        ),
        denied(
            "a signed form",
            reader().header(form("multipart/form-data; boundary=b")),
        ),
    ]);
    rows
}

/// What follows a key or bucket, for what S3 has and is not served.
const READS: [(&str, &str); 41] = [
    (KEY, "?acl"),
    (KEY, "?attributes"),
    (KEY, "?legal-hold"),
    (KEY, "?retention"),
    (KEY, "?select"),
    (KEY, "?tagging"),
    (KEY, "?tagging&versionId=null"),
    (KEY, "?torrent"),
    (KEY, "?uploadId=CANARY"),
    (BUCKET, "?abac"),
    (BUCKET, "?accelerate"),
    (BUCKET, "?acl"),
    (BUCKET, "?analytics"),
    (BUCKET, "?analytics&id=1"),
    (BUCKET, "?cors"),
    (BUCKET, "?encryption"),
    (BUCKET, "?intelligent-tiering"),
    (BUCKET, "?inventory"),
    (BUCKET, "?inventory&id=1"),
    (BUCKET, "?lifecycle"),
    (BUCKET, "?logging"),
    (BUCKET, "?metadataConfiguration"),
    (BUCKET, "?metadataTable"),
    (BUCKET, "?metrics"),
    (BUCKET, "?notification"),
    (BUCKET, "?object-lock"),
    (BUCKET, "?ownershipControls"),
    (BUCKET, "?policy"),
    (BUCKET, "?policyStatus"),
    (BUCKET, "?publicAccessBlock"),
    (BUCKET, "?replication"),
    (BUCKET, "?requestPayment"),
    (BUCKET, "?session"),
    (BUCKET, "?tagging"),
    (BUCKET, "?uploads"),
    (BUCKET, "?uploads&prefix=a"),
    (BUCKET, "?versioning"),
    (BUCKET, "?versions"),
    (BUCKET, "?versions&prefix=a"),
    (BUCKET, "?website"),
    ("/", "?x-id=ListDirectoryBuckets"),
];

fn not_served(stage: &Stage) -> Vec<Row> {
    let row = |name, request: Request| (name, reader().header(request), 501, "NotImplemented");
    let reads = READS
        .iter()
        .map(|(place, query)| row(*query, stage.request("GET", &format!("{place}{query}"))));
    let mut rows: Vec<Row> = reads.collect();
    let select = stage.request("POST", &format!("{KEY}?select&select-type=2"));
    rows.push(row("select", select.body(b"<SelectObjectContentRequest/>")));
    // RFC 9110, 9.1: an origin server answers 501 to a method that it implements for nothing. S3 itself answers some of
    // them 405; no client of its sends them. A browser's OPTIONS is answered without a word that would let it ask.
    for method in ["PATCH", "OPTIONS", "TRACE", "PROPFIND", "BREW"] {
        for place in [KEY, BUCKET, "/"] {
            rows.push(row(place, stage.request(method, place)));
        }
        rows.push((method, stage.request(method, KEY), 501, "NotImplemented"));
    }
    // Nor is a POST that says nothing of what it is, or anything but a list of buckets at the root.
    for (method, place) in [
        ("POST", KEY),
        ("POST", BUCKET),
        ("POST", "/"),
        ("PUT", "/"),
        ("DELETE", "/"),
        ("HEAD", "/"),
    ] {
        rows.push(row(place, stage.request(method, place)));
    }
    rows
}

#[test]
fn what_writes_is_denied_and_what_else_there_is_is_not_implemented() {
    let mut wrong = Vec::new();
    for (place, stage) in [("folder", Stage::new()), ("bucket", Stage::over_s3())] {
        stage.put("a/patients.csv", patients(0, 20));
        stage.put("a/people.csv", "Name,Note,Cost\nCANARYNAME,CANARYNOTE,7\n");
        let before = content(&stage);
        let rows = [writes(&stage), not_served(&stage)].concat();
        let found = unlike(&stage, rows, b"");
        wrong.extend(found.into_iter().map(|what| format!("{place}, {what}")));
        if content(&stage) != before {
            wrong.push(format!("{place}: the source has changed"));
        }
        wrong.extend(stage.told());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The source's objects, and whatever is told of them.
fn content(stage: &Stage) -> Vec<(String, String, Vec<u8>)> {
    if let Some(s3) = &stage.s3 {
        let keys = s3.store().keys(RAW.0);
        assert_eq!(s3.store().uploads(), 0);
        let objects = keys.into_iter().map(|key| {
            let object = s3.store().object(RAW.0, &key).unwrap();
            (key, object.etag.clone(), object.bytes.to_vec())
        });
        return objects.collect();
    }
    let files = fs::read_dir(stage.path("objects/a")).unwrap().flatten();
    let mut files: Vec<_> = files
        .map(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            let changed = file.metadata().unwrap().modified().unwrap();
            (name, format!("{changed:?}"), fs::read(file.path()).unwrap())
        })
        .collect();
    files.sort();
    assert_eq!(fs::read_dir(stage.path("objects")).unwrap().count(), 1);
    files
}

#[test]
fn the_answer_to_a_browser_lets_no_page_read_it() {
    let stage = Stage::new();
    stage.put("a/patients.csv", patients(0, 20));
    let origin = |method: &str| {
        let request = stage
            .request(method, KEY)
            .header("Origin", "https://example.org");
        request.header("Access-Control-Request-Method", "GET")
    };
    for request in [origin("OPTIONS"), reader().header(origin("GET"))] {
        let got = stage.send(&request);
        let names = got.head.headers.iter().map(|(name, _)| name.as_str());
        let allows: Vec<&str> = names
            .filter(|name| name.starts_with("access-control"))
            .collect();
        assert!(allows.is_empty(), "{allows:?}");
    }
}
