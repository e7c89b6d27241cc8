//! The bucket in which processes of the function share what they keep: one makes, all answer, and a bucket that is
//! slow, damaged or gone keeps nobody from a release.

mod claims;
mod damaged;
mod failing;
mod settings;
mod shared;

use std::fs;

use serde_json::json;

use crate::access_point::stage::{Stage, payload};
use crate::support::lambda::{Emulator, Got};
use crate::support::samples::patients;
use crate::support::site::wait_for;

/// The bucket that is shared, and the prefix in it.
const SHARED: &str = "shared";
const PREFIX: &str = "releases/v1/";

/// Rows of an object: enough for two who ask at once to meet while one makes it.
const ROWS: usize = 10_000;

/// So many processes over one bucket, with these variables.
fn stage(processes: usize, variables: &[(&str, &str)]) -> Stage {
    let place = format!("s3://{SHARED}/{PREFIX}");
    let own = [("VEILPOINT_CACHE_BUCKET", place.as_str())];
    let stage = Stage::of(processes, &[&own, variables].concat());
    stage.front.store().make(SHARED);
    stage
}

/// Puts an object, and says how its release in a format is asked for, and what it is as `convert` makes it.
fn object(stage: &Stage, folder: &str, rows: usize, format: &str) -> (String, Vec<u8>) {
    let raw = patients(0, rows);
    let release = stage.converted(&raw, "patients/research", format);
    stage.put(&format!("{folder}/patients.csv"), raw, 1);
    let fields = json!({"length": "exact"});
    let bucket = stage.point(format, &payload("patients/research", format, &fields));
    (format!("{bucket}/{folder}/patients.{format}"), release)
}

/// What lies in the bucket now, without the prefix.
fn shared(stage: &Stage) -> Vec<String> {
    let keys = stage.front.store().keys(SHARED).into_iter();
    keys.map(|key| key.strip_prefix(PREFIX).expect("the prefix").to_owned())
        .collect()
}

/// Waits until nothing is under way: what is shared is so after the answer to whoever asked.
fn settle(stage: &Stage) {
    wait_for("the end of all invocations", || {
        stage.front.emulators().iter().all(Emulator::is_idle)
    });
}

/// The one name in the bucket that has this ending, in full.
fn key(stage: &Stage, ending: &str) -> String {
    settle(stage);
    let keys = stage.front.store().keys(SHARED);
    let mut keys = keys.into_iter().filter(|key| key.ends_with(ending));
    let key = keys.next().expect("an object of this kind");
    assert_eq!(keys.next(), None, "there are several");
    key
}

/// A process forgets what it kept: its next request finds what the bucket has.
fn forget(stage: &Stage, process: usize) {
    settle(stage);
    for file in fs::read_dir(stage.front.cache(process)).unwrap().flatten() {
        fs::remove_file(file.path()).unwrap();
    }
}

/// Whether a key is that of a claim.
fn is_claim(key: &str) -> bool {
    key.strip_suffix(".claim").is_some()
}

/// Empties the bucket.
fn empty(stage: &Stage) {
    settle(stage);
    let store = stage.front.store();
    for key in store.keys(SHARED) {
        store.delete(SHARED, &key);
    }
}

/// How often a process says that something came to pass.
fn count(stage: &Stage, process: usize, event: &str) -> usize {
    let log = stage.front.emulators()[process].log();
    log.matches(&format!("\"event\":\"{event}\"")).count()
}

/// How many releases all processes say that they made.
fn made(stage: &Stage) -> usize {
    settle(stage);
    let processes = 0..stage.front.emulators().len();
    processes
        .map(|process| count(stage, process, "release_made"))
        .sum()
}

/// What is wrong with an answer that should be this release.
fn unlike(got: &Got, release: &[u8]) -> Option<String> {
    let right = got.status() == 200 && got.whole && got.body == release;
    (!right).then(|| {
        let (status, code, length) = (got.status(), got.code(), got.body.len());
        format!("{status} {code}, {length} bytes, not {}", release.len())
    })
}
