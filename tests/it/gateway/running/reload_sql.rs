//! Contracts and projections, in a folder and in a bucket: taken over as they change there; a wrong one is not, nor what
//! is not to be had.

use std::fs;

use serde_json::Value;

use super::edited::{Edited, TARGET, replace};
use super::setup;
use crate::gateway::stage::{Setup, Stage};
use crate::support::bucket::{ACCOUNT, Server};
use crate::support::samples::{copy_sql, sample};
use crate::support::site::wait_for;

#[test]
fn a_projection_in_a_bucket_is_taken_over_as_it_changes_there() {
    let server = Server::start(&["contracts"]);
    let folder = tempfile::tempdir().unwrap();
    copy_sql(&folder.path().join("sql"));
    let put = |name: &str, text: &str| {
        server.put(&format!("contracts/sql/{name}"), text.as_bytes());
    };
    for dataset in ["patients", "people"] {
        for file in fs::read_dir(folder.path().join("sql").join(dataset)).unwrap() {
            let file = file.unwrap();
            let name = format!("{dataset}/{}", file.file_name().to_string_lossy());
            put(&name, &fs::read_to_string(file.path()).unwrap());
        }
    }
    let mut setup = setup("");
    setup.top = format!("sql = \"s3://contracts/sql\"\n{}", setup.top);
    let place = [("AWS_ENDPOINT_URL".to_owned(), server.endpoint())];
    let account = ACCOUNT.map(|(name, value)| (name.to_owned(), value.to_owned()));
    setup.variables.extend(account.into_iter().chain(place));
    let stage = Stage::with(&Setup { ..setup });
    stage.put("patients.csv", sample());
    let first = stage.ask("GET", TARGET, &[]).text();
    let mut wrong = Vec::new();
    if first.as_bytes() != stage.converted(&sample(), "patients/analytics", "csv") {
        wrong.push(format!("at first: {first}"));
    }
    put(
        "patients/analytics.sql",
        "-- order: kept\nSELECT \"Disease\" FROM patients",
    );
    stage.signal("HUP");
    wait_for("the projection", || {
        stage
            .ask("GET", TARGET, &[])
            .text()
            .starts_with("Disease\n")
    });
    // One that leaks is not taken, and named.
    put("patients/analytics.sql", "SELECT \"SSN\" FROM patients");
    stage.signal("HUP");
    wait_for("the refusal", || {
        let refused = stage.lines("sql_refused", 0);
        let is_it = |line: &Value| {
            let said = line["message"].to_string();
            line["projection"] == "patients/analytics" && said.contains("SSN")
        };
        refused.iter().any(is_it)
    });
    let got = stage.ask("GET", TARGET, &[]);
    if !got.text().starts_with("Disease\n") {
        wrong.push(format!("after a refusal: {}", got.text()));
    }
    // Nobody there: what was in force is so still, and the log says that it could not be looked.
    drop(server);
    stage.signal("HUP");
    stage.lines("sql_unavailable", 1);
    let got = stage.ask("GET", TARGET, &[]);
    if !got.text().starts_with("Disease\n") {
        wrong.push(format!("without the bucket: {}", got.text()));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A contract or projection edited, which takes a signal here: without one it is looked after half a minute.
#[test]
fn projections_and_contracts_are_taken_over_and_a_wrong_one_is_not() {
    let edited = Edited::new();
    let stage = &edited.stage;
    let mut wrong = Vec::new();
    let projection = "patients/analytics.sql";
    let contract = "patients/schema.sql";
    let texts = [projection, contract].map(|name| {
        let path = stage.path("sql").join(name);
        fs::read_to_string(path).unwrap()
    });
    let first = stage.ask("GET", TARGET, &[]).text();
    let only = "-- order: kept\nSELECT \"Disease\" FROM patients".to_owned();
    let leaking = "SELECT \"SSN\" FROM patients".to_owned();
    let broken = texts[1].replacen("CREATE EXTERNAL", "CREATE", 1);
    let lacking = texts[1].replacen("\"Disease\"", "\"Illness\"", 1);
    let mut loads = stage.lines("settings_loaded", 0).len();
    for (name, file, text, event, status, begin) in [
        (
            "another projection",
            projection,
            &only,
            "sql_loaded",
            200,
            "Disease\n",
        ),
        (
            "a leaking one",
            projection,
            &leaking,
            "sql_refused",
            200,
            "Disease\n",
        ),
        (
            "the first again",
            projection,
            &texts[0],
            "sql_loaded",
            200,
            first.as_str(),
        ),
        (
            "a broken contract",
            contract,
            &broken,
            "sql_refused",
            200,
            first.as_str(),
        ),
        (
            "the first again",
            contract,
            &texts[1],
            "sql_loaded",
            200,
            first.as_str(),
        ),
        (
            // The contract is right and holds: what was proven against another one is shown no more.
            "a column less",
            contract,
            &lacking,
            "sql_refused",
            403,
            "<?xml",
        ),
        (
            "the first again",
            contract,
            &texts[1],
            "sql_loaded",
            200,
            first.as_str(),
        ),
    ] {
        let before = stage.lines(event, 0).len();
        replace(&stage.path("sql").join(file), text, 0o644);
        loads += 1;
        stage.signal("HUP");
        stage.lines("settings_loaded", loads);
        stage.lines(event, before + 1);
        let got = stage.ask("GET", TARGET, &[]);
        if got.status() != status || !got.text().starts_with(begin) {
            wrong.push(format!("{name}: {} {}", got.status(), got.text()));
        }
    }
    // Its pattern owns no such key any more.
    let pattern = texts[1].replacen("patients*.csv", "visits*.csv", 1);
    replace(&stage.path("sql").join(contract), &pattern, 0o644);
    stage.signal("HUP");
    wait_for("the pattern", || {
        stage.ask("GET", TARGET, &[]).status() == 404
    });
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
