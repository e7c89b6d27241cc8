//! One process, many requests of many consumers: each gets its own release, and nobody another's.

use std::collections::BTreeMap;

use super::event::Event;
use super::stage::{Stage, sample};
use crate::support::lambda::Source;

#[test]
fn fifty_requests_of_one_process_are_each_their_own() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    let mut expected = BTreeMap::new();
    let mut wrong = Vec::new();
    for round in 0..50 {
        let projection = [
            "patients/analytics",
            "patients/research",
            "patients/billing",
        ][round % 3];
        let format = ["csv", "parquet"][round / 3 % 2];
        let as_of = ["2026-11-25", "2030-02-28"][round / 6 % 2];
        let event = Event::get(
            &stage.s3,
            "patients.csv",
            &format!(r#"{{"projection": "{projection}", "as_of": "{as_of}"}}"#),
        );
        let outcome = stage.ask(&event.header("x-veilpoint-format", format));
        let release = expected
            .entry((projection, format, as_of))
            .or_insert_with(|| stage.converted(&sample(), projection, format, as_of));
        let complaint = outcome.unlike_release(release);
        wrong.extend(
            complaint.map(|what| format!("{round}, {projection}, {format}, {as_of}: {what}")),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let lines = stage.emulator.events("request", 50);
    let cold: Vec<bool> = lines.iter().map(|line| line["cold"] == true).collect();
    assert!(cold[0] && !cold[1..].contains(&true), "{cold:?}");
    // One process from the first to the last.
    assert_eq!(stage.emulator.events("start", 1).len(), 1);
}
