//! Records of releases: whose they are, and that `veilpoint verify` makes each of them again.

use std::fs;
use std::process::Command;

use super::setup;
use crate::gateway::stage::{OTHER, Place, READER, Setup, Stage, other};
use crate::support::lambda::plain::{ID, SECRET};
use crate::support::samples::{KEY, gzip, people, sample};
use crate::support::site::{Answer, run};

/// `verify` of all records in the log.
fn verified(stage: &Stage) -> Answer {
    fs::write(stage.path("records"), stage.log()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_veilpoint"));
    command
        .args(["verify", "records", "--sql"])
        .arg(stage.path("sql"))
        .args(["--key", "key"])
        .env_clear()
        .current_dir(stage.path(""));
    if let Some(s3) = &stage.s3 {
        let account = [("AWS_ACCESS_KEY_ID", ID), ("AWS_SECRET_ACCESS_KEY", SECRET)];
        command
            .envs(account)
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ENDPOINT_URL", s3.endpoint());
    }
    run(&mut command)
}

#[test]
fn each_release_has_a_record_of_who_had_it_and_is_made_again_from_it() {
    let mut wrong = Vec::new();
    for place in [Place::Folder, Place::Bucket] {
        let name = if place == Place::Folder {
            "folder"
        } else {
            "bucket"
        };
        let stage = Stage::with(&Setup { place, ..setup("") });
        stage.put("a b/patients.csv", sample());
        stage.put("people.csv.gz", gzip(&people(100)));
        for (target, range) in [
            ("/analytics/a%20b/patients.parquet", ""),
            ("/analytics-csv/a%20b/patients.csv", ""),
            ("/analytics.exact/a%20b/patients.parquet", "bytes=4-9"),
            ("/costs-csv/people.csv", ""),
        ] {
            let headers = [("Range", range)];
            let headers = if range.is_empty() {
                &[][..]
            } else {
                &headers[..]
            };
            let got = stage.ask("GET", target, headers);
            if !(200..300).contains(&got.status()) {
                wrong.push(format!("{name}, {target}: {} {}", got.status(), got.text()));
            }
        }
        let got = stage.send(&other().header(stage.request("GET", "/costs/people.parquet")));
        if got.status() != 200 {
            wrong.push(format!("{name}, the other: {}", got.text()));
        }
        let records = stage.lines("release", 5);
        // In no order: a record is written behind the last byte, when the next request may be on its way already.
        let of = |reader: &str| {
            let of = records.iter().map(|record| &record["principal"]);
            of.filter(|principal| *principal == reader).count()
        };
        if (of(READER.0), of(OTHER.0)) != (4, 1) {
            let whose: Vec<_> = records.iter().map(|record| &record["principal"]).collect();
            wrong.push(format!("{name}: of {whose:?}"));
        }
        let answer = verified(&stage);
        let said = String::from_utf8_lossy(&answer.stdout).into_owned();
        if answer.code != Some(0) || !said.ends_with("5 verified, 0 not verified\n") {
            wrong.push(format!("{name}: {:?} {said}{}", answer.code, answer.stderr));
        }
        for secret in ["CANARYNAME", "CANARYNOTE", SECRET, KEY, READER.1] {
            if said.contains(secret) || answer.stderr.contains(secret) {
                wrong.push(format!("{name}: verify tells {secret}"));
            }
        }
        // One that is another by now is not.
        stage.put("people.csv.gz", gzip(&people(101)));
        let answer = verified(&stage);
        let said = String::from_utf8_lossy(&answer.stdout).into_owned();
        if answer.code != Some(1) || !said.ends_with("3 verified, 2 not verified\n") {
            wrong.push(format!(
                "{name}, changed: {:?} {said}{}",
                answer.code, answer.stderr
            ));
        }
        wrong.extend(stage.told());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
