//! Little room, little time, other surroundings: the answers stay the same, or say to come again.

use std::thread;
use std::time::Duration;

use serde_json::json;

use super::stage::{RAW, Stage, payload};
use crate::support::samples::{patients, people};

#[test]
fn a_cache_without_room_for_a_release_keeps_nobody_from_it() {
    let small = Stage::of(1, &[("VEILPOINT_CACHE_MAX_BYTES", "8192")]);
    let large = Stage::new();
    let mut wrong = Vec::new();
    for (format, length) in [("parquet", "law"), ("parquet", "exact"), ("csv", "exact")] {
        let seen = [&small, &large].map(|stage| {
            stage.put("patients.csv", patients(0, 5_000), 1);
            let fields = json!({"length": length});
            let bucket = stage.point("one", &payload("patients/research", format, &fields));
            let target = format!("{bucket}/patients.{format}");
            let asked = [
                ("HEAD", &[][..]),
                ("GET", &[]),
                ("GET", &[("Range", "bytes=9000-20000")]),
                ("GET", &[("Range", "bytes=-8")]),
            ];
            asked.map(|(method, headers)| {
                let got = stage.ask(method, &target, headers);
                let length = got.header("content-length").to_owned();
                (
                    got.status(),
                    length,
                    got.header("etag").to_owned(),
                    got.body,
                )
            })
        });
        for (at, (small, large)) in seen[0].iter().zip(&seen[1]).enumerate() {
            if small != large || ![200, 206].contains(&small.0) {
                let (said, expected) =
                    ((small.0, &small.1, &small.2), (large.0, &large.1, &large.2));
                wrong.push(format!(
                    "{format} {length}, {at}: {said:?}, not {expected:?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn two_processes_in_other_places_and_languages_answer_the_same_bytes() {
    let places = [
        &[
            ("TZ", "Asia/Tokyo"),
            ("LANG", "de_DE.UTF-8"),
            ("LC_ALL", "de_DE.UTF-8"),
        ][..],
        &[("TZ", "America/Los_Angeles"), ("LANG", "C")],
        &[],
    ];
    let seen: Vec<_> = places
        .iter()
        .map(|variables| {
            let stage = Stage::of(1, variables);
            stage.put("patients.csv", patients(0, 5_000), 1);
            let answers = ["parquet", "csv"].map(|format| {
                let bucket = stage.point("one", &payload("patients/research", format, &json!({})));
                let got = stage.ask("GET", &format!("{bucket}/patients.{format}"), &[]);
                assert_eq!(got.status(), 200, "{}", got.text());
                (
                    got.header("etag").to_owned(),
                    got.header("last-modified").to_owned(),
                    got.body,
                )
            });
            answers
        })
        .collect();
    let unlike = (1..seen.len()).filter(|at| seen[*at] != seen[0]);
    let unlike: Vec<usize> = unlike.collect();
    assert!(unlike.is_empty(), "{unlike:?}");
}

/// When the body of each object comes.
const LATE: Duration = Duration::from_millis(300);

/// Objects that take longer than one request has, together but by far not alone: as many are made at once as there are
/// processors.
fn objects() -> usize {
    12 * thread::available_parallelism().map_or(1, usize::from)
}

#[test]
fn a_listing_of_exact_lengths_that_takes_too_long_gets_further_each_time() {
    let stage = Stage::of(1, &[("AWS_LAMBDA_FUNCTION_TIMEOUT", "3")]);
    let raw = people(100);
    let store = stage.front.store();
    for number in 0..objects() {
        let key = format!("{number:03}/people.csv");
        stage.put(&key, raw.clone(), 1);
        store.change(RAW, &key, |object| object.late = LATE);
    }
    let bucket = stage.point("csv", &payload("people/costs", "csv", &json!({})));
    let objects = objects();
    let mut said = Vec::new();
    // Each time at least one more of them is done.
    while said.len() <= objects && said.last().is_none_or(|said| said != "whole") {
        said.push(match stage.page(&bucket, "list-type=2") {
            Ok(page) if page.entries.len() == objects => "whole".to_owned(),
            Ok(page) => format!("{} entries", page.entries.len()),
            Err(error) => error,
        });
    }
    let (last, before) = said.split_last().unwrap();
    assert_eq!(last, "whole", "{said:?}");
    assert!(!before.is_empty(), "it takes no longer than a request has");
    assert!(before.iter().all(|said| said == "503 SlowDown"), "{said:?}");
    let often = store
        .keys(RAW)
        .into_iter()
        .filter(|key| store.counts(RAW, key).whole > said.len());
    assert_eq!(often.count(), 0, "what was done is done again");
    // Now nothing is left to be done.
    let read = stage.read();
    assert!(stage.page(&bucket, "list-type=2").is_ok());
    assert_eq!(stage.read(), read);
}
