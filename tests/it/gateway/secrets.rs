//! What no consumer may see, and no log may tell: raw headers, raw `ETag`s, raw keys, values, secrets, addresses.

use super::listed::Page;
use super::stage::{OTHER, RAW, READER, Stage, leaks, reader, unlike_refusal};
use crate::support::lambda::Got;
use crate::support::lambda::plain::{ID, SECRET};
use crate::support::lambda::store::Fault;
use crate::support::samples::{gzip, patients, people};

/// Whatever of an answer tells of the raw object.
fn raw(got: &Got, etags: &[String]) -> Vec<String> {
    let mut wrong = leaks(got);
    let headers = got.head.headers.iter().map(|(_, value)| value.clone());
    let all: Vec<String> = headers.chain([got.text()]).collect();
    for secret in etags.iter().map(String::as_str).chain([
        ID,
        SECRET,
        RAW.0,
        RAW.1,
        READER.1,
        OTHER.1,
        "127.0.0.1",
    ]) {
        if all.iter().any(|text| text.contains(secret)) {
            wrong.push(format!("tells {secret}"));
        }
    }
    wrong
}

fn staged() -> (Stage, Vec<String>) {
    let stage = Stage::over_s3();
    stage.put("a/patients.csv", patients(0, 20));
    stage.put("a/patients1.csv.gz", gzip(&patients(20, 20)));
    stage.put("a/people.csv", people(50));
    stage.put("a/CANARYKEY.csv", "CANARYVALUE\n");
    stage.put("a/patientsZ.xlsx", "CANARYVALUE\n");
    stage.put(
        "b/people.csv",
        "Name,Note,Cost\nCANARYNAME,CANARYNOTE,CANARYCOST\n",
    );
    let store = stage.s3.as_ref().unwrap().store();
    let keys = store.keys(RAW.0);
    let etags = keys
        .iter()
        .map(|key| store.object(RAW.0, key).unwrap().etag);
    let etags = etags.map(|etag| etag.trim_matches('"').to_owned());
    let etags = etags.collect();
    (stage, etags)
}

/// Methods, targets and statuses.
const ASKED: [(&str, &str, u16); 27] = [
    ("GET", "/analytics/a/patients.parquet", 200),
    ("HEAD", "/analytics/a/patients.parquet", 200),
    ("GET", "/analytics/a/patients.csv", 200),
    ("GET", "/analytics/a/patients1.parquet", 200),
    ("GET", "/analytics-csv/a/patients1.csv", 200),
    ("GET", "/analytics-csv/a/patients1.csv.gz", 200),
    ("GET", "/analytics-csv/a/patients1.csv.zst", 404),
    (
        "GET",
        "/analytics.exact/a/patients.parquet?partNumber=1",
        206,
    ),
    ("HEAD", "/analytics.exact/a/patients1.parquet", 200),
    ("GET", "/costs-csv/a/people.csv", 200),
    ("GET", "/costs-csv/b/people.csv", 409),
    ("HEAD", "/costs-csv/b/people.csv", 409),
    ("GET", "/costs-csv/a/people.parquet", 200),
    ("GET", "/named/a/people.csv", 403),
    ("HEAD", "/named/a/people.csv", 403),
    ("GET", "/named?list-type=2", 403),
    ("GET", "/costs/a/people.csv", 403),
    ("GET", "/analytics/a/CANARYKEY.csv", 404),
    ("GET", "/analytics/CANARYPREFIX/a/secrets.csv", 404),
    (
        "GET",
        "/analytics/a/patients.csv?versionId=CANARYVERSION",
        404,
    ),
    (
        "GET",
        "/analytics/a/patients.csv?CANARY=CANARY&response-x=CANARY",
        200,
    ),
    ("GET", "/analytics?list-type=2", 200),
    ("GET", "/analytics-csv", 200),
    ("GET", "/analytics-csv?delimiter=%2F&prefix=a%2F", 200),
    ("GET", "/analytics-csv?max-keys=CANARY", 400),
    ("GET", "/analytics-csv?location", 200),
    ("GET", "/", 200),
];

#[test]
fn no_answer_tells_of_the_raw_object_and_no_line_of_the_log_a_value() {
    let (stage, etags) = staged();
    let mut wrong = Vec::new();
    for (method, target, status) in ASKED {
        for headers in [
            &[][..],
            &[("Range", "bytes=0-3")],
            &[("If-None-Match", "*")],
            &[
                ("x-amz-checksum-mode", "ENABLED"),
                ("x-amz-meta-a", "CANARY"),
                ("User-Agent", "CANARY"),
            ],
            &[
                ("Referer", "http://CANARY/?X-Amz-Signature=CANARY"),
                ("Cookie", "CANARY"),
            ],
        ] {
            let got = stage.ask(method, target, headers);
            let plain =
                headers.is_empty() || headers[0].0.starts_with('x') || headers[0].0 == "Referer";
            if plain && got.status() != status {
                wrong.push(format!(
                    "{method} {target}: {} {}",
                    got.status(),
                    got.text()
                ));
            }
            let found = raw(&got, &etags);
            wrong.extend(
                found
                    .into_iter()
                    .map(|what| format!("{method} {target} {headers:?}: {what}")),
            );
        }
    }
    // In whatever form it is asked for, a listing goes on from a release.
    for bucket in ["analytics", "analytics-csv"] {
        for version in [
            &[("max-keys", "1")][..],
            &[("max-keys", "1"), ("list-type", "2")],
        ] {
            let next = Page::of(&stage, bucket, version).unwrap().next.unwrap();
            let decoded = data_encoding::BASE64URL_NOPAD
                .decode(next.as_bytes())
                .unwrap_or_default();
            let plain = String::from_utf8_lossy(&decoded).into_owned() + &next;
            if plain.contains("CANARY") || plain.contains(".gz") {
                wrong.push(format!("{bucket} goes on from {plain}"));
            }
        }
    }
    wrong.extend(stage.told());
    for line in stage
        .log()
        .lines()
        .filter(|line| !line.contains("\"event\":\"release\""))
    {
        if etags.iter().any(|etag| line.contains(etag.as_str())) {
            wrong.push(format!("logs {line}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_the_source_answers_is_told_in_words_of_our_own() {
    let mut wrong = Vec::new();
    let settings = (500, "InvalidSettings");
    let (denied, away) = ((403, "AccessDenied"), (503, "SourceUnavailable"));
    // What an object's HEAD is answered has no code, by which one that is missing differs from a bucket that is.
    let missing = (404, "NoSuchKey");
    for (name, fault, listed, read) in [
        ("denied", (403, "AccessDenied"), denied, denied),
        ("no bucket", (404, "NoSuchBucket"), settings, missing),
        ("broken", (500, "InternalError"), away, away),
    ] {
        let (stage, etags) = staged();
        let store = stage.s3.as_ref().unwrap().store();
        store.fail(RAW.0, Some(Fault::Refuses(fault.0, fault.1)));
        for (method, target, (status, code)) in [
            ("GET", "/analytics?list-type=2", listed),
            ("GET", "/analytics/a/patients.parquet", read),
            ("HEAD", "/analytics/a/patients.parquet", read),
        ] {
            let got = stage.ask(method, target, &[]);
            let mut found = unlike_refusal(&got, method, status, code);
            found.extend(raw(&got, &etags));
            wrong.extend(
                found
                    .into_iter()
                    .map(|what| format!("{name}, {method} {target}: {what}")),
            );
        }
        store.fail(RAW.0, None);
        let got = stage.ask("GET", "/analytics/a/patients.parquet", &[]);
        if got.status() != 200 {
            wrong.push(format!(
                "{name}: afterwards {} {}",
                got.status(),
                got.text()
            ));
        }
        wrong.extend(stage.told());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_request_that_is_refused_leaves_none_of_its_secrets_in_the_log() {
    let (stage, _) = staged();
    let target = "/analytics/a/patients.parquet";
    let url = reader().url(stage.request("GET", target), "60");
    let signature = url.target.rsplit_once('=').unwrap().1.to_owned();
    let signed = reader().header(
        stage
            .request("GET", target)
            .header("x-amz-security-token", "CANARYTOKEN"),
    );
    let authorization = signed.value("authorization").unwrap();
    let own = authorization.rsplit_once('=').unwrap().1.to_owned();
    let requests = [
        url.clone(),
        url.retargeted("a/patients", "CANARYPATH"),
        signed.clone(),
        signed
            .clone()
            .replaced("x-amz-security-token", "CANARYOTHER"),
        signed.clone().header("Host", "CANARYHOST"),
        signed.replaced("Host", "canaryhost.s3.example.org"),
        stage.request("CANARYMETHOD", "/CANARYBUCKET/CANARYKEY?CANARY=CANARY"),
        stage.request("GET", "/canary-bucket/CANARYKEY"),
        reader().header(stage.request("GET", "/canary-bucket/CANARYKEY")),
        stage
            .request("GET", target)
            .header("Authorization", "Bearer CANARYBEARER"),
        stage
            .request("GET", target)
            .header("Authorization", "Basic CANARYBASIC"),
        crate::support::sigv4::Signer::new("CANARYID", "CANARYSECRET")
            .header(stage.request("GET", target)),
    ];
    for request in &requests {
        stage.send(request);
    }
    let mut wrong = stage.told();
    let log = stage.log();
    for secret in [&signature, &own] {
        if log.contains(secret.as_str()) {
            wrong.push(format!("logs the signature {secret}"));
        }
    }
    let lines = stage.lines("request", requests.len());
    assert_eq!(lines.len(), requests.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
