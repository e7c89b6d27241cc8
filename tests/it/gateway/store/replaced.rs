//! An object that is replaced while it is read, and a line that breaks: an old release or a new one, and never a mixture.

use std::sync::{Arc, Mutex};

use super::stage;
use crate::gateway::stage::Stage;
use crate::support::bucket::{Gate, Pass};
use crate::support::lambda::Got;
use crate::support::samples::{is_release, patients};
use crate::support::seaweed::Seaweed;

/// Rows of an object that is larger than what a cut lets through.
const ROWS: usize = 3_000;

/// So many bytes of an object pass before the line is cut.
const PASSED: usize = 100_000;

const TARGET: &str = "/analytics/patients.parquet";

/// What is wrong with an answer that should be the release of an object with these rows.
fn unlike(stage: &Stage, got: &Got, first: usize) -> Option<String> {
    let expected = stage.converted(&patients(first, ROWS), "patients/analytics", "parquet");
    let right = got.status() == 200 && got.whole && is_release(&got.body, &expected);
    (!right).then(|| {
        format!(
            "{} {} with {} bytes",
            got.status(),
            got.code(),
            got.body.len()
        )
    })
}

#[test]
fn an_object_that_is_replaced_between_requests_gives_its_new_release_and_meets_no_old_condition() {
    let store = Seaweed::start();
    let stage = stage(&store.endpoint());
    store.put("a/patients.csv", patients(0, ROWS));
    let old = stage.ask("HEAD", TARGET, &[]);
    let tag = old.header("etag").to_owned();
    store.put("a/patients.csv", patients(7, ROWS));
    let mut wrong = Vec::new();
    for (headers, status, code) in [
        (&[("If-Match", tag.as_str())][..], 412, "PreconditionFailed"),
        (
            &[("If-Match", tag.trim_matches('"')), ("Range", "bytes=0-9")],
            412,
            "PreconditionFailed",
        ),
        (&[("If-None-Match", tag.as_str())], 200, ""),
        (&[], 200, ""),
    ] {
        let got = stage.ask("GET", TARGET, headers);
        if (got.status(), got.code().as_str()) != (status, code) {
            wrong.push(format!("{headers:?}: {} {}", got.status(), got.code()));
        }
        if status == 200 {
            wrong.extend(unlike(&stage, &got, 7));
        }
        if got.status() == 200 && got.header("etag") == tag {
            wrong.push(format!("{headers:?}: the old ETag"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_line_that_breaks_is_taken_up_again_and_an_object_that_is_replaced_meanwhile_is_none() {
    let store = Arc::new(Mutex::new(Seaweed::start()));
    let port = store.lock().unwrap().port();
    // What is done to the next read of the object; whatever else comes passes.
    let next: Arc<Mutex<Option<Pass>>> = Arc::default();
    let told = Arc::clone(&next);
    let gate = Gate::before(
        port,
        Box::new(move |line| {
            let reads = line.starts_with("GET ") && line.contains("patients.csv");
            let next = reads.then(|| told.lock().unwrap().take()).flatten();
            next.unwrap_or(Pass::Whole)
        }),
    );
    let stage = stage(&gate.endpoint());
    let put = |first| {
        let store = store.lock().unwrap();
        store.put("a/patients.csv", patients(first, ROWS));
    };
    let mut wrong = Vec::new();
    put(0);
    *next.lock().unwrap() = Some(Pass::Cut(PASSED));
    let got = stage.ask("GET", TARGET, &[]);
    wrong.extend(unlike(&stage, &got, 0).map(|what| format!("cut: {what}")));
    put(1);
    let replaced = Arc::clone(&store);
    let replace = move || {
        let store = replaced.lock().unwrap();
        store.put("a/patients.csv", patients(2, ROWS));
    };
    *next.lock().unwrap() = Some(Pass::CutThen(PASSED, Box::new(replace)));
    let got = stage.ask("GET", TARGET, &[]);
    // Nothing has left yet, so that it can be said.
    if (got.status(), got.code().as_str()) != (503, "SourceUnavailable") {
        wrong.push(format!("replaced: {} {}", got.status(), got.code()));
    }
    let got = stage.ask("GET", TARGET, &[]);
    wrong.extend(unlike(&stage, &got, 2).map(|what| format!("after: {what}")));
    if next.lock().unwrap().is_some() {
        wrong.push("no read has met the gate".to_owned());
    }
    // Both were taken up where the line broke, and not read anew.
    let from = format!("range: bytes={PASSED}-");
    let heads = gate.heads();
    let again = heads.iter().filter(|head| head.contains(&from));
    if again.count() < 2 {
        wrong.push("the rest is not asked for by its range".to_owned());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
