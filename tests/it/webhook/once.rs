//! Many at once: one transformation, and for each its own answer.

use super::stage::{Stage, outcome};
use crate::support::lambda::{Got, Source};
use crate::support::samples::{is_release, patients};

/// How many ask.
const READERS: usize = 16;

#[test]
fn sixteen_at_once_are_one_transformation() {
    let stage = Stage::new();
    let mut wrong = Vec::new();
    for (at, (point, format)) in [("analytics", "parquet"), ("research", "csv")]
        .into_iter()
        .enumerate()
    {
        let raw = patients(at, 60_000);
        stage.put("patients.csv", Source::Object(raw.clone()));
        let event = stage
            .event("patients.csv")
            .header("X-Veilpoint-Format", &[format]);
        let answers: Vec<Got> = std::thread::scope(|scope| {
            let asking = || stage.ask(point, &event);
            let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(asking)).collect();
            readers
                .into_iter()
                .map(|reader| reader.join().unwrap())
                .collect()
        });
        let expected = stage.converted(&raw, &format!("patients/{point}"), format);
        let ids: std::collections::BTreeSet<&str> = answers
            .iter()
            .map(|got| got.header("x-amz-request-id"))
            .collect();
        if ids.len() != READERS {
            wrong.push(format!("{point}: {} ids", ids.len()));
        }
        for got in &answers {
            if outcome(got) != ("200", "") || !got.whole || !is_release(&got.body, &expected) {
                wrong.push(format!(
                    "{point}: {:?}, {} bytes",
                    outcome(got),
                    got.body.len()
                ));
            }
        }
        let made = stage.lines("release_made", at + 1).len();
        if made != at + 1 {
            wrong.push(format!("{point}: made {made} times"));
        }
    }
    // Each has a line and a record.
    assert_eq!(stage.lines("request", 2 * READERS).len(), 2 * READERS);
    assert_eq!(stage.lines("release", 2 * READERS).len(), 2 * READERS);
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn more_releases_than_processors_wait_in_line_and_are_all_right() {
    let stage = Stage::new();
    let raw: Vec<Vec<u8>> = (0..8).map(|at| patients(at, 20_000)).collect();
    for (at, raw) in raw.iter().enumerate() {
        stage.put(&format!("{at}/patients.csv"), Source::Object(raw.clone()));
    }
    let ask = |at: usize| stage.ask("research", &stage.event(&format!("{at}/patients.csv")));
    let answers: Vec<Got> = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..raw.len())
            .map(|at| scope.spawn(move || ask(at)))
            .collect();
        readers
            .into_iter()
            .map(|reader| reader.join().unwrap())
            .collect()
    });
    let mut wrong = Vec::new();
    for (raw, got) in raw.iter().zip(&answers) {
        let expected = stage.converted(raw, "patients/research", "csv");
        if outcome(got) != ("200", "") || got.body != expected {
            wrong.push(format!("{:?}, {} bytes", outcome(got), got.body.len()));
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
