//! A reference table that is edited while it is served: other bytes under another `ETag`, and a wrong edit is not taken.

use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::edited::{Edited, TARGET, replace};
use crate::support::site::wait_for;

const TABLE: &str = "CREATE EXTERNAL TABLE illnesses (illness VARCHAR PRIMARY KEY COMMENT 'insensitive', kind VARCHAR COMMENT \
                     'insensitive') STORED AS CSV LOCATION 'illnesses.csv'";

const JOINED: &str = "-- order: kept\nSELECT i.kind, \"Disease\" FROM patients LEFT JOIN illnesses AS i ON i.illness = \"Disease\"";

const FIRST: &str = "illness,kind\nAsthma,lungs\nMigraine,head\n";
const SECOND: &str = "illness,kind\nAsthma,breath\nMigraine,head\n";

fn sha256(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text))
}

#[test]
fn a_table_is_taken_over_as_it_changes_and_a_wrong_one_is_not() {
    let edited = Edited::new();
    let stage = &edited.stage;
    let sql = stage.path("sql");
    std::fs::create_dir_all(sql.join("reference")).unwrap();
    let table = |name: &str, text: &str| replace(&sql.join("reference").join(name), text, 0o644);
    let etag = || {
        let head = stage.ask("HEAD", TARGET, &[]);
        head.header("etag").to_owned()
    };
    let mut wrong = Vec::new();
    table("illnesses.sql", TABLE);
    table("illnesses.csv", FIRST);
    replace(&sql.join("patients/analytics.sql"), JOINED, 0o644);
    stage.signal("HUP");
    let begins = |with: &str| stage.ask("GET", TARGET, &[]).text().starts_with(with);
    wait_for("the join", || begins("kind,Disease\nlungs,Asthma\n"));
    let first = etag();

    // The same projection, another table.
    table("illnesses.csv", SECOND);
    stage.signal("HUP");
    wait_for("the table", || begins("kind,Disease\nbreath,Asthma\n"));
    let second = etag();
    if first == second || first.is_empty() {
        wrong.push(format!("two tables have one ETag: {first}"));
    }

    // A wrong one: the table before holds, and the log says why.
    for (name, text, says) in [
        (
            "illnesses.csv",
            "illness,kind\nAsthma,CANARYONE\nAsthma,CANARYTWO\n",
            "record 2, column \\\"illness\\\"",
        ),
        (
            "illnesses.csv",
            "illness\nAsthma\n",
            "reference/illnesses.csv",
        ),
        ("illnesses.sql", "no SQL", "reference/illnesses.sql"),
    ] {
        table(name, text);
        stage.signal("HUP");
        wait_for("the refusal", || {
            let refused = stage.lines("sql_refused", 0);
            refused
                .iter()
                .any(|line: &Value| line["message"].to_string().contains(says))
        });
        if !begins("kind,Disease\nbreath,Asthma\n") || etag() != second {
            wrong.push(format!("{says}: is taken over"));
        }
        table("illnesses.csv", SECOND);
        table("illnesses.sql", TABLE);
    }

    // The first again: its bytes, and its ETag.
    table("illnesses.csv", FIRST);
    stage.signal("HUP");
    wait_for("the first", || begins("kind,Disease\nlungs,Asthma\n"));
    if etag() != first {
        wrong.push("the first table has another ETag than before".to_owned());
    }
    let records = stage.lines("release", 1);
    let hashes = |text: &str| {
        let of = |record: &&Value| record["references_sha256"]["illnesses.csv"] == sha256(text);
        let found = records.iter().find(of);
        found.map(|record| record["references_sha256"]["illnesses.sql"] == sha256(TABLE))
    };
    if (hashes(FIRST), hashes(SECOND)) != (Some(true), Some(true)) {
        wrong.push("records do not name the tables".to_owned());
    }
    wrong.extend(stage.told());
    if stage.log().contains("CANARYONE") || stage.log().contains("CANARYTWO") {
        wrong.push("the log tells a value".to_owned());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
