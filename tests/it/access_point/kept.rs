//! What is kept of a release is checked whenever it is read: what was meddled with is made anew, and never served.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::stage::{Stage, payload};
use crate::support::samples::patients;
use crate::support::site::wait_for;

/// What happens to an entry's file.
type Meddle = fn(&Path);

const MEDDLED: [(&str, Meddle); 7] = [
    ("its first byte flipped", |path| flip(path, |_| 0)),
    ("a byte in the middle flipped", |path| {
        flip(path, |length| length / 2)
    }),
    ("its last byte flipped", |path| {
        flip(path, |length| length - 1)
    }),
    ("a byte near its end flipped", |path| {
        flip(path, |length| length - 60)
    }),
    ("cut to a half", |path| cut(path, |length| length / 2)),
    ("cut by a byte", |path| cut(path, |length| length - 1)),
    ("cut to nothing", |path| cut(path, |_| 0)),
];

fn flip(path: &Path, at: fn(usize) -> usize) {
    let mut bytes = fs::read(path).unwrap();
    let at = at(bytes.len());
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn cut(path: &Path, to: fn(usize) -> usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes.truncate(to(bytes.len()));
    fs::write(path, bytes).unwrap();
}

/// The files of this kind in the folder of the one process.
fn entries(stage: &Stage, kind: &str) -> Vec<PathBuf> {
    // It makes the folder when it first needs it.
    let files = fs::read_dir(stage.front.cache(0)).into_iter();
    let files = files.flatten().flatten();
    let paths = files.map(|file| file.path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == kind))
        .collect()
}

#[test]
fn an_entry_that_was_meddled_with_is_made_anew() {
    let stage = Stage::new();
    let mut wrong = Vec::new();
    for format in ["parquet", "csv"] {
        for (at, (name, meddle)) in (0..).zip(MEDDLED) {
            // Each has an object of its own, and its files are the only ones that are meddled with.
            for old in entries(&stage, "release")
                .into_iter()
                .chain(entries(&stage, "facts"))
            {
                fs::remove_file(old).unwrap();
            }
            let folder = format!("{format}-{at}");
            let raw = patients(at, 3_000);
            stage.put(&format!("{folder}/patients.csv"), raw, 1);
            let bucket = stage.point(format, &payload("patients/research", format, &json!({})));
            let target = format!("{bucket}/{folder}/patients.{format}");
            let before = stage.ask("GET", &target, &[("Range", "bytes=100-")]);
            // Whoever has the last byte may be ahead of the entry's last touch.
            wait_for("the entry", || !entries(&stage, "release").is_empty());
            let kept = entries(&stage, "release");
            if before.status() != 206 || kept.len() != 1 {
                wrong.push(format!(
                    "{format}: {} {}, and {} entries",
                    before.status(),
                    before.code(),
                    kept.len()
                ));
                continue;
            }
            for path in kept.iter().chain(&entries(&stage, "facts")) {
                meddle(path);
            }
            for (header, from) in [("bytes=100-", 0), ("bytes=2000-", 1900)] {
                let after = stage.ask("GET", &target, &[("Range", header)]);
                let same = after.whole && before.body.get(from..) == Some(&after.body[..]);
                if after.status() != 206 || !same || after.header("etag") != before.header("etag") {
                    wrong.push(format!(
                        "{format}, {name}, {header}: {} {}",
                        after.status(),
                        after.code()
                    ));
                }
            }
            let length = (before.body.len() + 100).to_string();
            let head = stage.ask("HEAD", &target, &[]);
            if head.header("content-length") != length {
                wrong.push(format!(
                    "{format}, {name}: HEAD says {:?}",
                    head.header("content-length")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
