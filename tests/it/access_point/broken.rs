//! Transfers that break and processes that end in the middle: nothing of a half release is served as a whole one, or kept.

use std::fs;

use serde_json::json;

use super::stage::{RAW, Stage, leaks, payload};
use crate::support::lambda::Got;
use crate::support::samples::people;
use crate::support::site::wait_for;

/// Rows whose release is far larger than what is held back, in more blocks than one.
const MANY: usize = 500_000;

/// A name, the format, and what the payload says of the length.
const KINDS: [(&str, &str, &str); 3] = [
    ("law", "parquet", "law"),
    ("exact", "parquet", "exact"),
    ("csv", "csv", "exact"),
];

/// The object with its last row no row any more: what is wrong with it shows when all else has been read.
fn wrong_at_its_end() -> Vec<u8> {
    let mut raw = people(MANY);
    raw.extend_from_slice(b"CANARYNAME,CANARYNOTE,CANARYCOST\n");
    raw
}

/// What is wrong with an answer that can be no whole release, of an object that is refused with this code.
fn unlike(got: &Got, code: &str) -> Option<String> {
    let broken = [200, 206].contains(&got.status()) && !got.whole;
    let refused = got.status() >= 400 && got.code() == code && leaks(got).is_empty();
    (!broken && !refused).then(|| {
        let (status, length, whole) = (got.status(), got.body.len(), got.whole);
        format!(
            "is answered {status} {}, {length} bytes, whole: {whole}",
            got.code()
        )
    })
}

#[test]
fn an_object_that_breaks_off_or_is_wrong_at_its_end_is_no_whole_release_to_anybody() {
    let stage = Stage::new();
    let right = people(MANY);
    let mut wrong = Vec::new();
    for (kind, format, length) in KINDS {
        let bucket = stage.point(
            kind,
            &payload("people/costs", format, &json!({"length": length})),
        );
        // At its presigned URL: with the function's own role a transfer that breaks is taken up again.
        let target = format!("{bucket}/people.csv");
        let own = ("x-veilpoint-format", format);
        for (name, code) in [
            ("is cut", "SourceUnavailable"),
            ("is wrong", "InvalidValue"),
        ] {
            let mut complain = |what: Option<String>, asked: &str| {
                wrong.extend(
                    what.map(|what| format!("{kind} of an object that {name}, {asked}: {what}")),
                );
            };
            if code == "InvalidValue" {
                stage.put("people.csv", wrong_at_its_end(), 1);
            } else {
                stage.put("people.csv", right.clone(), 2);
                let most = right.len() - 5;
                stage
                    .front
                    .store()
                    .change(RAW, "people.csv", |object| object.cut = Some(most));
            }
            // Twice: nothing of the first may be there for the second.
            for _ in 0..2 {
                complain(unlike(&stage.ask("GET", &target, &[own]), code), "GET");
                let tail = stage.ask("GET", &target, &[own, ("Range", "bytes=-8")]);
                complain(unlike(&tail, code), "its end");
            }
            // Put right, it is released as if nothing had been.
            stage.put("people.csv", right.clone(), 3);
            let got = stage.ask("GET", &target, &[own]);
            let whole = got.status() == 200 && got.whole;
            complain(
                (!whole).then(|| format!("{} {}", got.status(), got.code())),
                "put right",
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_process_that_is_killed_over_a_release_leaves_nothing_that_is_served() {
    let stage = Stage::new();
    stage.put("people.csv", people(MANY), 1);
    let mut wrong = Vec::new();
    for (kind, format, length) in KINDS {
        let bucket = stage.point(
            kind,
            &payload("people/costs", format, &json!({"length": length})),
        );
        let target = format!("{bucket}/people.{format}");
        let before = files(&stage).len();
        let killed = std::thread::scope(|scope| {
            let asked = scope.spawn(|| stage.ask("GET", &target, &[]));
            // Something of the release is being written.
            wait_for("a file of the cache", || files(&stage).len() > before);
            stage.front.emulators()[0].kill();
            asked.join().unwrap()
        });
        // One that was quicker than the signal is whole, and right. The emulator tells of that death whoever asks next,
        // and S3's clients try a 500 again.
        let mut got = stage.ask("GET", &target, &[]);
        if killed.whole && got.code() == "LambdaResponseNotReceived" {
            got = stage.ask("GET", &target, &[]);
        }
        let ranged = stage.ask("GET", &target, &[("Range", "bytes=1000-")]);
        if got.status() != 200 || !got.whole {
            wrong.push(format!(
                "{kind}: the next is answered {} {}",
                got.status(),
                got.text()
            ));
        }
        if killed.status() == 200 && killed.whole && killed.body != got.body {
            wrong.push(format!("{kind}: what was killed is whole, and another"));
        }
        if got.body.get(1000..) != Some(&ranged.body[..]) {
            wrong.push(format!("{kind}: a range has other bytes"));
        }
        // What the dead process was writing is gone, too.
        let asides: Vec<String> = files(&stage)
            .into_iter()
            .filter(|name| name.starts_with('.'))
            .collect();
        if !asides.is_empty() {
            wrong.push(format!("{kind}: {asides:?} are left"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The names in the folder of the one process.
fn files(stage: &Stage) -> Vec<String> {
    let files = fs::read_dir(stage.front.cache(0))
        .into_iter()
        .flatten()
        .flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    // A lock or a mark of the folder's own is no release.
    names
        .filter(|name| name.starts_with(".veilpoint-") || name.ends_with(".release"))
        .collect()
}
