//! Large objects: streamed in bounded memory, and whole to the last byte.

use std::fmt::Write as _;

use super::event::Event;
use super::stage::{AS_OF, Stage, payload, people};
use crate::support::lambda::Source;

const HEADER: &str = "Fullname,SSN,Phone,Birthdate,Gender,Smoking,Weight,Height,Disease,Address\n";

/// About a mebibyte of valid rows.
fn block() -> String {
    let mut text = String::new();
    for row in 0..8_000 {
        let (year, day, weight) = (row % 90 + 1930, row % 28 + 1, row % 60 + 45);
        let gender = ["Female", "Male"][row % 2];
        writeln!(
            text,
            "Name {} Surname {},DE-{row:06},+49 30 555 {row:04},{year}-03-{day:02},{gender},FALSE,{weight},171,\
             Disease no. {},\"Street {row}, 10999 Berlin\"",
            row % 97,
            row % 89,
            row % 50
        )
        .unwrap();
    }
    text
}

#[test]
fn an_object_of_200_mb_takes_no_more_memory_than_a_function_has() {
    let stage = Stage::new();
    let block = block();
    let times = 200_000_000 / block.len() + 1;
    let rows = times * 8_000;
    stage.put(
        "patients.csv",
        Source::Repeated(HEADER.into(), block.into(), times),
    );
    for format in ["csv", "parquet"] {
        let event = Event::get(
            &stage.s3,
            "patients.csv",
            &payload("patients/analytics", format),
        );
        let event = event.header("x-veilpoint-format", format);
        let outcome = stage.ask(&event);
        let answer = outcome.answer();
        assert!(answer.whole, "{format}: {}", outcome.returned);
        assert_eq!(
            answer.head.header("x-amz-fwd-status"),
            Some("200"),
            "{format}"
        );
        // Known by law, or from the release that is kept by then.
        let length = answer.body.len().to_string();
        assert_eq!(
            answer.head.header("content-length"),
            Some(length.as_str()),
            "{format}"
        );
        let line = stage.line(&event);
        assert_eq!(line["rows_in"], rows, "{format}");
        assert_eq!(line["rows_out"], rows, "{format}");
        assert_eq!(line["bytes_out"], answer.body.len(), "{format}");
        if format == "csv" {
            let lines = answer.body.split(|byte| *byte == b'\n').count();
            // The last one is empty.
            assert_eq!(lines, rows + 2);
        } else {
            assert!(answer.body.starts_with(b"PAR1") && answer.body.ends_with(b"PAR1"));
        }
    }
    let peak = stage.emulator.peak();
    assert!(peak <= 128, "{peak} MiB");
}

#[test]
fn a_release_larger_than_what_is_held_back_is_that_of_convert() {
    let stage = Stage::new();
    let raw = people(400_000);
    stage.put("people.csv", Source::Object(raw.clone()));
    let event = stage
        .get("people.csv", "people/costs")
        .header("Accept", "text/csv");
    let expected = stage.converted(&raw, "people/costs", "csv", AS_OF);
    assert!(expected.len() > 32 << 20);
    let outcome = stage.ask(&event);
    assert_eq!(outcome.unlike_release(&expected), None);
}
