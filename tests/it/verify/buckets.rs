//! The object in a bucket: in its version of then, or not at all.

use std::net::TcpListener;
use std::process::Command;

use serde_json::{Value, json};

use super::{record, site, unlike, unlike_one, verify};
use crate::support::bucket::{ACCOUNT, Server};
use crate::support::site::{Answer, Site, run, visits};

const KEY: [&str; 2] = ["--key", "key"];

fn at<'a>(command: &'a mut Command, endpoint: &str) -> &'a mut Command {
    command.envs(ACCOUNT).env("AWS_ENDPOINT_URL", endpoint)
}

/// The record of the object `raw/a/visits.csv`, put there now, with what the server says of it.
fn stored(server: &Server, site: &Site, bucket: &str) -> Value {
    let path = format!("{bucket}/a/visits.csv");
    server.put(&path, &site.read("visits.csv").unwrap());
    let mut record = record(site, "visits.csv", "all", "csv");
    record["source"] = json!(format!("s3://{bucket}"));
    record["object_key"] = json!("a/visits.csv");
    // The key of its release as Parquet.
    record["key"] = json!("a/visits.parquet");
    record["object_etag"] = json!(server.header(&path, "etag").unwrap());
    if let Some(version) = server.header(&path, "x-amz-version-id") {
        record["object_version"] = json!(version);
    }
    record
}

/// What is wrong with an answer, the account and the place in it included.
fn complaints(answer: &Answer, endpoint: &str, part: Option<&str>) -> Vec<String> {
    let mut wrong = unlike_one(answer, part);
    let said = String::from_utf8_lossy(&answer.stdout).into_owned() + &answer.stderr;
    let place = endpoint.trim_start_matches("http://");
    let secrets = ACCOUNT[..3].iter().map(|(_, value)| *value);
    for word in secrets.chain([place, "Signature", "amazonaws"]) {
        if said.contains(word) {
            wrong.push(format!("tells {word}: {said}"));
        }
    }
    wrong
}

#[test]
fn an_object_is_read_where_the_record_says_as_long_as_it_is_the_same() {
    let server = Server::start(&["raw"]);
    let endpoint = &server.endpoint();
    let site = site();
    let record = stored(&server, &site, "raw");
    assert_eq!(record["object_version"], Value::Null);
    let other = {
        let mut etag = record.clone();
        etag["object_etag"] = json!("\"00000000000000000000000000000000\"");
        etag
    };
    let unquoted = {
        let mut etag = record.clone();
        let text = etag["object_etag"].as_str().unwrap().replace('"', "");
        etag["object_etag"] = json!(text);
        etag
    };
    let replaced = || {
        // As long as the other, and of other people.
        let text = visits(0..200).replacen("Canary17,", "Canary71,", 1);
        server.put("raw/a/visits.csv", text.as_bytes());
    };
    let by_name = ["--object", "s3://raw/a/visits.csv", "--key", "key"];
    let elsewhere = ["--object", "s3://raw/b/visits.csv", "--key", "key"];
    let nothing: &dyn Fn() = &|| {};
    let mut wrong = Vec::new();
    let changed = Some("it changed since (its ETag)");
    let gone = Some(": object: s3://raw/");
    for (name, before, record, more, part) in [
        ("as it was", nothing, &record, &KEY[..], None),
        ("without quotes", nothing, &unquoted, &KEY, None),
        ("by its name", nothing, &record, &by_name, None),
        ("another ETag", nothing, &other, &KEY, changed),
        ("another key", nothing, &record, &elsewhere, gone),
        ("replaced", &replaced, &record, &KEY, changed),
        ("replaced, by its name", nothing, &record, &by_name, changed),
        (
            "deleted",
            &|| server.delete("raw/a/visits.csv"),
            &record,
            &KEY,
            gone,
        ),
    ] {
        before();
        let answer = run(at(&mut verify(&site, &[record], more), endpoint));
        let complaints = complaints(&answer, endpoint, part);
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_version_is_read_whatever_came_after_it() {
    let server = Server::start(&["raw"]);
    server.keep_versions("raw");
    let endpoint = &server.endpoint();
    let site = site();
    let old = stored(&server, &site, "raw");
    site.write("visits.csv", visits(300..500));
    let new = stored(&server, &site, "raw");
    assert_ne!(old["object_version"], new["object_version"]);
    let version = old["object_version"].as_str().unwrap().to_owned();
    let unnamed = {
        let mut record = old.clone();
        record["object_version"] = Value::Null;
        record
    };
    let mixed = {
        let mut record = old.clone();
        record["object_version"] = new["object_version"].clone();
        record
    };
    let by_name = ["--object", "s3://raw/a/visits.csv", "--key", "key"];
    let changed = Some("it changed since");
    let gone = Some(": object: its version of then is not there any more");
    let nothing: &dyn Fn() = &|| {};
    let mut wrong = Vec::new();
    for (name, before, record, more, part) in [
        ("the newest", nothing, &new, &KEY[..], None),
        ("an older one", nothing, &old, &KEY, None),
        ("an older one, by its name", nothing, &old, &by_name, None),
        ("without the id", nothing, &unnamed, &KEY, changed),
        ("another's id", nothing, &mixed, &KEY, changed),
        (
            "the newest is marked as deleted",
            &|| server.delete("raw/a/visits.csv"),
            &new,
            &KEY,
            None,
        ),
        (
            "removed",
            &|| server.delete(&format!("raw/a/visits.csv?versionId={version}")),
            &old,
            &KEY,
            gone,
        ),
    ] {
        before();
        let answer = run(at(&mut verify(&site, &[record], more), endpoint));
        let complaints = complaints(&answer, endpoint, part);
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_access_point_is_a_source_and_nothing_else_that_looks_like_one() {
    // Behind an endpoint the first name of the access point's host stands for the bucket.
    let server = Server::start(&["raw-012345678912"]);
    let endpoint = &server.endpoint();
    let site = site();
    let record = stored(&server, &site, "raw-012345678912");
    let mut wrong = Vec::new();
    for (source, part) in [
        ("arn:aws:s3:eu-central-1:012345678912:accesspoint/raw", None),
        (
            "arn:aws:s3:eu-central-1:012345678912:accesspoint/none",
            Some(": object: arn:aws:s3:eu-central-1:012345678912:accesspoint/none/a/visits.csv"),
        ),
        (
            "arn:aws:s3:evil.example/:012345678912:accesspoint/raw",
            Some(": object: "),
        ),
        ("https://evil.example/raw", Some(": object: ")),
        ("s3://", Some(": object: ")),
        ("s3://raw-012345678912/a", Some(": object: ")),
        ("", Some(": object: ")),
    ] {
        let mut record = record.clone();
        record["source"] = json!(source);
        let answer = run(at(&mut verify(&site, &[&record], &KEY), endpoint));
        let complaints = complaints(&answer, endpoint, part);
        wrong.extend(complaints.iter().map(|what| format!("{source}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_store_that_cannot_be_asked_says_nothing_of_the_bytes() {
    let server = Server::start(&["raw"]);
    let site = site();
    let record = stored(&server, &site, "raw");
    server.deny_all();
    // A port that nobody listens on: it was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut wrong = Vec::new();
    for endpoint in [server.endpoint(), format!("http://127.0.0.1:{port}")] {
        let answer = run(at(&mut verify(&site, &[&record], &KEY), &endpoint));
        let mut complaints = unlike(&answer, 2, &[]);
        let place = endpoint.trim_start_matches("http://");
        if !answer.stderr.contains("[SourceUnavailable]") || answer.stderr.contains(place) {
            complaints.push(answer.stderr);
        }
        wrong.extend(complaints.iter().map(|what| format!("{endpoint}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
