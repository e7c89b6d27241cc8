//! A store that is not there for a while: readers are told to come again, soon enough for their own patience.

use std::time::{Duration, Instant};

use super::{stage, told_of};
use crate::gateway::stage::unlike_refusal;
use crate::support::samples::patients;
use crate::support::seaweed::Seaweed;

/// How long S3's clients wait for the first byte of an answer before they give up.
const PATIENCE: Duration = Duration::from_mins(1);

const ASKED: [(&str, &str); 5] = [
    ("GET", "/analytics/patients.parquet"),
    ("GET", "/analytics-csv/patients.csv"),
    ("HEAD", "/analytics/patients.parquet"),
    ("GET", "/analytics?list-type=2"),
    ("GET", "/analytics-csv?prefix=p"),
];

#[test]
fn while_the_store_is_stopped_readers_are_told_to_come_again_and_then_are_served() {
    let mut store = Seaweed::start();
    store.put("a/patients.csv", patients(0, 20));
    let stage = stage(&store.endpoint());
    let mut wrong = Vec::new();
    let ask = |method, target| stage.ask(method, target, &[]);
    let before = ASKED.map(|(method, target)| ask(method, target));
    store.stop();
    std::thread::scope(|scope| {
        let asked = ASKED.map(|(method, target)| {
            scope.spawn(move || {
                let begun = Instant::now();
                (method, target, ask(method, target), begun.elapsed())
            })
        });
        for asked in asked {
            let (method, target, got, took) = asked.join().unwrap();
            let found = unlike_refusal(&got, method, 503, "SourceUnavailable");
            let found = found.into_iter().chain(told_of(&store, &got));
            wrong.extend(found.map(|what| format!("{method} {target}: {what}")));
            if took > PATIENCE {
                wrong.push(format!("{method} {target} takes {took:?}"));
            }
        }
    });
    store.start_again();
    for (before, (method, target)) in before.iter().zip(ASKED) {
        let after = ask(method, target);
        let same = after.body == before.body && after.header("etag") == before.header("etag");
        if (before.status(), after.status()) != (200, 200) || !same {
            let (one, other) = (before.status(), after.status());
            wrong.push(format!(
                "{method} {target}: {one}, then {other} {}",
                after.code()
            ));
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
