//! Contracts and projections below a prefix in a bucket, edited while the function answers.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::stage::{AS_OF, KEY, Outcome, Stage};
use crate::support::bucket::Server;
use crate::support::lambda::Source;

/// What an edit may take to be live.
const LIVE: Duration = Duration::from_secs(30);

/// How often somebody reads meanwhile.
const PACE: Duration = Duration::from_millis(250);

const SCHEMA: &str = r#"CREATE EXTERNAL TABLE people ("Name" VARCHAR NOT NULL COMMENT 'direct identifier',
    "Ward" VARCHAR COMMENT 'insensitive', "Cost" INT COMMENT 'insensitive') STORED AS CSV LOCATION '**/people*.csv'"#;

const OBJECT: &str = "Name,Ward,Cost\nCANARYNAME,w1,7\nCANARYNAME,w2,8\n";

const WARDS: &str = "-- order: kept\nSELECT \"Ward\" FROM people";
const COSTS: &str = "-- order: kept\nSELECT \"Cost\" FROM people";

fn stage(server: &Server, prefix: &str) -> Stage {
    let sql = format!("s3://{prefix}");
    let variables = [("VEILPOINT_KEY", KEY), ("VEILPOINT_SQL", sql.as_str())];
    let stage = Stage::before(Some(server.port()), &variables);
    stage.put("people.csv", Source::Object(OBJECT.into()));
    stage
}

fn read(stage: &Stage, projection: &str) -> Outcome {
    let event = stage.get("people.csv", projection);
    stage.ask(&event.header("x-veilpoint-format", "csv"))
}

/// The release as text, or the code of the refusal.
fn seen(stage: &Stage, projection: &str) -> String {
    let outcome = read(stage, projection);
    let answer = outcome.answer();
    match answer.head.header("x-amz-fwd-error-code") {
        Some(code) => code.to_owned(),
        None => String::from_utf8(answer.body.clone()).unwrap(),
    }
}

/// Reads until it is so, and says how long that took. Whatever is seen before is what was there before.
fn until(stage: &Stage, projection: &str, before: &str, after: &str) -> Duration {
    let begun = Instant::now();
    loop {
        let seen = seen(stage, projection);
        let took = begun.elapsed();
        if seen == after {
            return took;
        }
        assert_eq!(seen, before, "{projection}");
        assert!(took < LIVE, "{projection} is not live after {took:?}");
        std::thread::sleep(PACE);
    }
}

fn projections_of(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| event["projection"].as_str())
        .collect()
}

#[test]
fn an_edit_is_live_without_a_restart_and_a_refused_one_leaves_the_old_in_force() {
    let server = Server::start(&["sql"]);
    for (name, text) in [
        ("schema", SCHEMA),
        ("edited", WARDS),
        ("refused", WARDS),
        ("deleted", WARDS),
    ] {
        server.put(&format!("sql/v/people/{name}.sql"), text.as_bytes());
    }
    let stage = stage(&server, "sql/v/");
    let (wards, costs) = ("Ward\nw1\nw2\n", "Cost\n7\n8\n");
    for name in ["edited", "refused", "deleted"] {
        assert_eq!(seen(&stage, &format!("people/{name}")), wards, "{name}");
    }
    assert_eq!(seen(&stage, "people/added"), "InvalidFunctionPayload");
    assert_eq!(stage.emulator.events("sql_loaded", 1)[0]["projections"], 3);

    server.put("sql/v/people/edited.sql", COSTS.as_bytes());
    server.put("sql/v/people/added.sql", COSTS.as_bytes());
    server.put(
        "sql/v/people/refused.sql",
        b"-- CANARYHEAD\nSELECT \"Name\" FROM people",
    );
    server.delete("sql/v/people/deleted.sql");
    until(&stage, "people/edited", wards, costs);
    // All of it came at once.
    assert_eq!(seen(&stage, "people/added"), costs);
    assert_eq!(seen(&stage, "people/refused"), wards);
    assert_eq!(seen(&stage, "people/deleted"), "InvalidFunctionPayload");
    let refused = stage.emulator.events("sql_refused", 1);
    assert_eq!(projections_of(&refused), ["people/refused"]);
    assert_eq!(refused[0]["level"], "ERROR");
    assert!(
        refused[0]["message"].as_str().unwrap().contains("\"Name\""),
        "{}",
        refused[0]
    );

    // A bucket that says no any more leaves in force what is.
    server.deny_all();
    let begun = Instant::now();
    while stage.emulator.events("sql_unavailable", 0).is_empty() {
        assert_eq!(seen(&stage, "people/edited"), costs);
        assert!(begun.elapsed() < LIVE, "nobody looks at the bucket");
        std::thread::sleep(PACE);
    }
    assert_eq!(seen(&stage, "people/edited"), costs);
    assert_eq!(
        stage.emulator.events("sql_unavailable", 1)[0]["level"],
        "ERROR"
    );
    let log = stage.emulator.log();
    assert!(!log.contains("CANARY") && !log.contains("0707"), "{log}");
    assert_eq!(stage.emulator.events("start", 1).len(), 1);
}

#[test]
fn a_prefix_that_cannot_be_read_refuses_every_request_and_says_so() {
    let server = Server::start(&["sql"]);
    let denied = Server::start(&["sql"]);
    denied.deny_all();
    let mut wrong = Vec::new();
    for (name, server, prefix, code, unavailable) in [
        ("no such bucket", &server, "none/v/", "InvalidSettings", 1),
        (
            "nothing there",
            &server,
            "sql/none/",
            "InvalidFunctionPayload",
            0,
        ),
        ("no access", &denied, "sql/v/", "SourceUnavailable", 1),
    ] {
        let stage = stage(server, prefix);
        let seen = seen(&stage, "people/costs");
        if seen != code {
            wrong.push(format!("{name}: {seen}"));
        }
        let said = stage.emulator.events("sql_unavailable", unavailable);
        if said.len() != unavailable {
            wrong.push(format!("{name}: {said:?}"));
        }
        let log = stage.emulator.log();
        if log.contains("CANARY") {
            wrong.push(format!("{name}: the log tells: {log}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn records_are_kept_below_their_prefix_and_a_release_does_not_wait_on_a_bucket_that_is_gone() {
    let server = Server::start(&["records"]);
    for (bucket, kept) in [("records", 1), ("none", 0)] {
        let prefix = format!("s3://{bucket}/of/");
        let stage = Stage::before(Some(server.port()), &[("VEILPOINT_RECORDS", &prefix)]);
        stage.put("people.csv", Source::Object(super::stage::people(3)));
        let event = stage.get("people.csv", "people/costs");
        let event = event.header("x-veilpoint-format", "csv");
        let expected = stage.converted(&super::stage::people(3), "people/costs", "csv", AS_OF);
        assert_eq!(
            stage.ask(&event).unlike_release(&expected),
            None,
            "{bucket}"
        );
        let records = stage.emulator.events_of("release", event.id(), 1);
        let keys = server.keys("records");
        if kept == 0 {
            assert_eq!(stage.emulator.events("record_not_kept", 1).len(), 1);
            continue;
        }
        assert_eq!(keys.len(), 1);
        // of/YYYY/MM/DD/<request id>.json
        let name = keys[0].strip_prefix("of/2").unwrap();
        assert_eq!(
            name.len(),
            "026/11/26/".len() + event.id().len() + ".json".len(),
            "{name}"
        );
        assert!(name.ends_with(&format!("/{}.json", event.id())), "{name}");
        let record = server.get(&format!("records/{}", keys[0])).unwrap();
        let record: Value = serde_json::from_slice(&record).unwrap();
        assert_eq!(record["sha256"], records[0]["sha256"]);
    }
}
