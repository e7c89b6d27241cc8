//! Objects that cannot be had, or are wrong: an error before the first byte, a broken transfer behind it.

use super::stage::{Stage, leaks, unlike_refusal};
use crate::support::lambda::{Got, Source};
use crate::support::samples::{FILLER, patients, people, sample};

/// Rows whose release is far larger than what is held back, in more blocks than one.
const MANY: usize = 1_200_000;

/// An object with a last row that is none.
fn wrong_at_its_end(rows: usize) -> Vec<u8> {
    let mut raw = people(rows);
    raw.extend_from_slice(b"CANARYNAME,CANARYNOTE,CANARYCOST\n");
    raw
}

/// What is wrong with an answer that has begun as a release and must not end as one.
fn unlike_broken(got: &Got) -> Vec<String> {
    let mut wrong = leaks(got);
    let announced = got.header("content-length");
    let begun = got.status() == 200 && !got.body.is_empty();
    // What forwards it knows by the length that it is broken.
    let short = announced
        .parse()
        .is_ok_and(|length: usize| length > got.body.len());
    if !begun || got.whole || !short {
        let (status, length, whole) = (got.status(), got.body.len(), got.whole);
        wrong.push(format!(
            "answers {status} with {length} bytes of {announced}, whole: {whole}"
        ));
    }
    wrong
}

#[test]
fn an_object_that_fails_before_the_first_byte_is_a_clean_error() {
    let stage = Stage::new();
    let cut = sample().len() / 2;
    let mut wrong = Vec::new();
    for (name, source, status, code) in [
        (
            "S3's refusal",
            Source::Refused(403, "AccessDenied"),
            403,
            "AccessDenied",
        ),
        (
            "S3's own trouble",
            Source::Refused(503, "SlowDown"),
            503,
            "SlowDown",
        ),
        (
            "a line that is cut at once",
            Source::Closed,
            503,
            "SourceUnavailable",
        ),
        (
            "a line that is cut",
            Source::Cut(sample(), cut),
            503,
            "SourceUnavailable",
        ),
        ("a part", Source::Part(sample()), 503, "SourceUnavailable"),
        (
            "no length",
            Source::Endless(sample()),
            503,
            "SourceUnavailable",
        ),
        (
            "no CSV",
            Source::Object(b"\0CANARY".to_vec()),
            409,
            "NotCsv",
        ),
        (
            "no column",
            Source::Object(b"CANARY\n1\n".to_vec()),
            409,
            "ColumnMissing",
        ),
        ("nothing", Source::Object(Vec::new()), 409, "HeaderRefused"),
    ] {
        stage.put("patients.csv", source);
        let event = stage.event("patients.csv");
        for (format, event) in [("parquet", event.clone().parquet()), ("csv", event)] {
            let got = stage.ask("analytics", &event);
            let mut complaints = unlike_refusal(&got, status, code);
            let line = stage.line(&got);
            if line["outcome"] != "refused" || line["code"] != code {
                complaints.push(format!("is logged as {line}"));
            }
            wrong.extend(
                complaints
                    .iter()
                    .map(|what| format!("{name}, {format}: {what}")),
            );
        }
    }
    stage.put("people.csv", Source::Object(wrong_at_its_end(10)));
    let event = stage.event("people.csv");
    for event in [event.clone().parquet(), event] {
        wrong.extend(unlike_refusal(
            &stage.ask("costs", &event),
            409,
            "InvalidValue",
        ));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_object_that_fails_behind_the_first_byte_breaks_the_answer_off() {
    let stage = Stage::new();
    // Tokens do not compress: what is held back has left by far before the end is read.
    let raw = patients(0, MANY);
    let cut = raw.len() - 5;
    let short = [&raw[..], b"too,few\n"].concat();
    let mut wrong = Vec::new();
    for (name, source, code) in [
        ("is wrong", Source::Object(short), "FieldCount"),
        ("is cut", Source::Cut(raw.clone(), cut), "SourceUnavailable"),
    ] {
        stage.put("patients.csv", source);
        // Twice: nothing of the first may be there for the second.
        for _ in 0..2 {
            let got = stage.ask("billing", &stage.event("patients.csv").parquet());
            let mut complaints = unlike_broken(&got);
            let line = stage.line(&got);
            if line["outcome"] != "broken" || line["code"] != code || line["status"] != 200 {
                complaints.push(format!("is logged as {line}"));
            }
            // One whose length is known at its end is not begun before.
            let exact = stage.ask("research", &stage.event("patients.csv"));
            let status = if code == "FieldCount" { 409 } else { 503 };
            complaints.extend(unlike_refusal(&exact, status, code));
            wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
        }
    }
    // Put right, it is released as if nothing had been.
    stage.put("patients.csv", Source::Object(raw));
    let got = stage.ask("billing", &stage.event("patients.csv").parquet());
    if got.header("x-amz-fwd-status") != "200" || !got.whole {
        wrong.push(format!("put right: {:?}", got.head.headers));
    }
    assert_eq!(stage.lines("release", 1).len(), 1);
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_release_of_a_length_that_nobody_knows_is_not_begun() {
    // Without a key nothing is kept, and what is not held back as a whole has no length before its end.
    let stage = Stage::with(&[]);
    stage.put("people.csv", Source::Object(people(200_000)));
    let got = stage.ask("costs-csv", &stage.event("people.csv"));
    let mut wrong = unlike_refusal(&got, 500, "InvalidSettings");
    let line = stage.line(&got);
    if !line["message"]
        .as_str()
        .unwrap()
        .contains("VEILPOINT_CACHE_MAX_BYTES")
    {
        wrong.push(format!("logs {line}"));
    }
    // By its law it has one.
    let got = stage.ask("costs", &stage.event("people.csv").parquet());
    if got.header("x-amz-fwd-status") != "200" || !got.whole {
        wrong.push(format!("by law: {:?}", got.head.headers));
    }
    if stage.log().contains(FILLER) {
        wrong.push("the log tells of the data".to_owned());
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
