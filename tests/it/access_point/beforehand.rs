//! Releases that are made before anyone asks: what is asked then is answered without a look at the object.

use std::process::Command;

use serde_json::{Value, json};

use super::stage::{RAW, Stage, payload};
use crate::support::bucket::ACCOUNT;
use crate::support::lambda::Point;
use crate::support::samples::{gzip, patients};
use crate::support::site::run;

/// Objects of two kinds of names, of which one is compressed.
const OBJECTS: [(&str, bool); 3] = [
    ("a/patients 1+1.csv", false),
    ("a/patients-2.csv.gz", true),
    ("b/patients.csv", false),
];

fn fill(stage: &Stage) {
    for (day, (key, packed)) in (0..).zip(OBJECTS) {
        let raw = patients(0, 2_000);
        stage.put(key, if packed { gzip(&raw) } else { raw }, day);
    }
    stage.put("a/secrets.csv", "CANARYSECRET", 1);
}

/// Two access points of exact lengths, by name.
fn points() -> [(&'static str, Value); 2] {
    let exact = json!({"length": "exact"});
    [
        ("csv", payload("patients/analytics", "csv", &json!({}))),
        ("exact", payload("patients/research", "parquet", &exact)),
    ]
}

/// What is wrong with the answers of an access point, none of which may need an object.
fn unlike(stage: &Stage, name: &str, payload: &Value) -> Vec<String> {
    let bucket = stage.point(name, payload);
    stage.front.store().forget();
    let mut wrong = Vec::new();
    let entries = match stage.page(&bucket, "list-type=2") {
        Ok(page) => page.entries,
        Err(said) => return vec![format!("{name}: LIST is answered {said}")],
    };
    if entries.len() != OBJECTS.len() {
        wrong.push(format!("{name}: lists {entries:?}"));
    }
    for entry in entries {
        let key = entry.key.replace(' ', "%20").replace('+', "%2B");
        let target = format!("{bucket}/{key}");
        let head = stage.ask("HEAD", &target, &[]);
        let got = stage.ask("GET", &target, &[("Range", "bytes=100-")]);
        if (head.status(), got.status()) != (200, 206) || got.body.len() as u64 + 100 != entry.size
        {
            let (head, got) = (head.status(), got.status());
            wrong.push(format!("{name}, {key}: HEAD {head}, GET {got}"));
        }
    }
    let read = stage.read();
    if read != (0, 0) {
        wrong.push(format!("{name}: bytes, and whole objects, read: {read:?}"));
    }
    wrong
}

#[test]
fn what_a_notification_tells_of_is_released_before_anyone_asks() {
    let arn = |name: &str, payload: &Value| Point::new(name, RAW, payload).arn();
    let all = points().map(|(name, payload)| (arn(name, &payload), payload));
    let all: serde_json::Map<String, Value> = all.into_iter().collect();
    let all = Value::Object(all).to_string();
    let stage = Stage::of(1, &[("VEILPOINT_WARM", &all)]);
    fill(&stage);
    let record = |key: &str| {
        json!({
            "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
            "s3": {"bucket": {"name": RAW}, "object": {"key": key.replace('+', "%2B").replace(' ', "+")}},
        })
    };
    let mut wrong = Vec::new();
    let keys = OBJECTS.map(|(key, _)| key);
    for (key, made) in keys
        .into_iter()
        .map(|key| (key, 2))
        .chain([("a/secrets.csv", 0)])
    {
        let returned = stage.front.invoke(&json!({"Records": [record(key)]}));
        if returned != json!({"made": made}) {
            wrong.push(format!("{key}: {returned}"));
        }
    }
    // Told again, it has nothing to do.
    let again = stage.front.invoke(&json!({"Records": keys.map(record)}));
    if again != json!({"made": 0}) {
        wrong.push(format!("again: {again}"));
    }
    for (name, payload) in points() {
        wrong.extend(unlike(&stage, name, &payload));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_the_command_makes_is_what_the_function_answers() {
    let stage = Stage::new();
    fill(&stage);
    let mut wrong = Vec::new();
    for (name, payload) in points() {
        let point = Point::new(name, RAW, &payload);
        let mut command = Command::new(env!("CARGO_BIN_EXE_veilpoint"));
        command
            .current_dir(stage.path(""))
            .env_clear()
            .envs(ACCOUNT)
            .env("AWS_ENDPOINT_URL", stage.front.endpoint())
            .env("VEILPOINT_CACHE", stage.front.cache(0))
            .args([
                "warm",
                &format!("s3://{RAW}/"),
                "--key",
                "key",
                "--sql",
                "sql",
            ])
            .args([
                "--access-point",
                &format!("{}={}", point.arn(), point.payload),
            ]);
        let exit = run(&mut command);
        if exit.code != Some(0) {
            wrong.push(format!("{name}: {:?} {}", exit.code, exit.stderr));
        }
        wrong.extend(unlike(&stage, name, &payload));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
