//! End to end: an AWS on this machine with Object Lambda access points, read by boto3 and by the aws command through
//! their aliases. The master key is a secret there, and the records of the releases are objects.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use data_encoding::BASE64;
use serde_json::Value;

use super::stage::{AS_OF, Stage, copy_sql, sample};
use crate::support::python::{environment_of, script};
use crate::support::samples::is_release;

/// The projection and format of what comes, or the code of the refusal.
type Read = Result<(&'static str, &'static str), &'static str>;

/// Who reads which key, and what comes.
const READS: [(&str, Read); 8] = [
    ("analytics patients.csv", Ok(("patients/analytics", "csv"))),
    (
        "analytics patients.parquet",
        Ok(("patients/analytics", "parquet")),
    ),
    (
        "analytics patients.csv as Parquet",
        Ok(("patients/analytics", "parquet")),
    ),
    ("research patients.csv", Ok(("patients/research", "csv"))),
    (
        "research a/patients.csv.gz",
        Ok(("patients/research", "csv")),
    ),
    (
        "analytics a/patients.csv.gz",
        Ok(("patients/analytics", "parquet")),
    ),
    ("analytics none/patients.csv", Err("NoSuchKey")),
    ("analytics secrets.txt", Err("NoSuchKey")),
];

/// A consumer, its projection and format, and the stems of what its listing shows.
const LISTED: [(&str, &str, &str, [&str; 2]); 2] = [
    (
        "analytics",
        "patients/analytics",
        "parquet",
        ["a/patients", "patients"],
    ),
    (
        "research",
        "patients/research",
        "csv",
        ["a/patients", "patients"],
    ),
];

/// What the script saw, of the function in this folder.
fn seen(folder: &Path) -> Value {
    let output = Command::new(environment_of("requirements-ministack.txt").join("bin/python"))
        .arg("-B")
        .arg(script("ministack.py"))
        .arg(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The function's files in a folder, the program without what only a debugger needs.
fn package(folder: &Path) {
    copy_sql(&folder.join("sql"));
    let stripped = Command::new("strip")
        .arg("-o")
        .arg(folder.join("bootstrap"))
        .arg(env!("CARGO_BIN_EXE_veilpoint"))
        .status();
    assert!(stripped.unwrap().success());
}

#[test]
fn consumers_read_their_own_releases_through_their_aliases() {
    let stage = Stage::new();
    let folder = stage.path("function");
    fs::create_dir(&folder).unwrap();
    package(&folder);
    let seen = seen(&folder);
    let mut wrong = Vec::new();
    let mut released = 0;
    for (read, expected) in READS {
        let clients = ["boto3", "aws"].map(|client| format!("{client} {read}"));
        // The aws command has no option for Accept.
        let asked = clients
            .iter()
            .filter(|name| !name.starts_with("aws ") || !name.ends_with(" as Parquet"));
        for name in asked {
            let answer = &seen["answers"][name];
            let complaint = match expected {
                Ok((projection, format)) => {
                    released += 1;
                    let release = stage.converted(&sample(), projection, format, AS_OF);
                    unlike(answer, &release, format)
                }
                Err(code) => (answer["code"] != code).then(|| format!("is answered {answer}")),
            };
            wrong.extend(complaint.map(|what| format!("{name}: {what}")));
        }
    }
    for (consumer, projection, format, objects) in LISTED {
        let release = stage.converted(&sample(), projection, format, AS_OF);
        let listed = seen["listed"][consumer].as_object().unwrap();
        let expected = objects.map(|stem| format!("{stem}.{format}"));
        if !listed.keys().eq(&expected) {
            wrong.push(format!("{consumer}: lists {:?}", listed.keys()));
        }
        // In two ranges, and by `aws s3 cp`.
        released += 3 * listed.len();
        for (key, entry) in listed {
            let complaints = unlisted(entry, &release);
            wrong.extend(
                complaints
                    .iter()
                    .map(|what| format!("{consumer} {key}: {what}")),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let records = seen["records"].as_object().unwrap();
    assert_eq!(records.len(), released, "{:?}", records.keys());
    for (key, text) in records {
        let record: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
        let name = format!("/{}.json", record["request_id"].as_str().unwrap());
        assert!(
            key.starts_with("records/2") && key.ends_with(&name),
            "{key}"
        );
        assert_eq!(record["as_of"], AS_OF);
    }
    let log = seen["log"].as_str().unwrap();
    assert_eq!(
        log.matches("\"event\":\"release\"").count(),
        released,
        "{log}"
    );
    for secret in ["CANARY", "X-Amz-Signature", "0707070707", "Virtanen"] {
        assert!(!log.contains(secret), "the log tells {secret}");
    }
}

/// What is wrong with an answer that should be this release.
fn unlike(answer: &Value, release: &[u8], format: &str) -> Option<String> {
    let body = answer["body"]
        .as_str()
        .map(|body| BASE64.decode(body.as_bytes()).unwrap());
    let Some(body) = body else {
        return Some(format!("is answered {answer}"));
    };
    let media = match format {
        "csv" => "text/csv; charset=utf-8",
        _ => "application/vnd.apache.parquet",
    };
    let etag = answer["etag"].as_str().unwrap_or_default();
    let right = is_release(&body, release)
        && answer["type"] == media
        && etag.ends_with("-1\"")
        && answer["metadata"]
            .as_object()
            .is_some_and(serde_json::Map::is_empty);
    (!right).then(|| {
        let (length, wanted) = (body.len(), release.len());
        format!(
            "{length} bytes, not {wanted}, as {}, {etag}, {}",
            answer["type"], answer["metadata"]
        )
    })
}

/// What is wrong with what is said of a listed release, and with its bytes.
fn unlisted(entry: &Value, release: &[u8]) -> Vec<String> {
    let mut wrong = Vec::new();
    let (second, first, head) = (&entry["second"], &entry["first"], &entry["head"]);
    if second != first || second != head {
        wrong.push(format!("LIST {second} and {first}, HEAD {head}"));
    }
    for way in ["ranges", "copied"] {
        let text = entry[way].as_str().unwrap();
        let bytes = BASE64.decode(text.as_bytes()).unwrap_or_default();
        if !is_release(&bytes, release) || second[0] != bytes.len() {
            wrong.push(format!(
                "{way}: {} bytes of {}, {text:.200}",
                bytes.len(),
                second[0]
            ));
        }
    }
    wrong
}
