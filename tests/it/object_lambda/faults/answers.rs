//! Answers that S3 does not take.

use super::super::stage::{Stage, people};
use super::Expected::{Released, Untaken};
use super::{MANY, get, told, unlike};
use crate::support::lambda::{Source, Taken};

#[test]
fn an_answer_that_s3_does_not_take_is_not_tried_again_and_fails_the_invocation() {
    let stage = Stage::new();
    let mut wrong = Vec::new();
    for (size, rows) in [("small", 1_000), ("large", MANY)] {
        for (name, taken) in [
            ("400", Taken::Refused(400)),
            ("403", Taken::Refused(403)),
            ("500", Taken::Refused(500)),
            ("503", Taken::Refused(503)),
            ("a cut in the middle", Taken::Cut(20_000)),
        ] {
            stage.put("people.csv", Source::Object(people(rows)));
            stage.s3.take(taken);
            let event = get(&stage, "people.csv").header("x-veilpoint-format", "csv");
            let mut complaints = unlike(&stage.ask(&event), Untaken);
            let line = stage.line(&event);
            let outcome = line["outcome"].as_str().unwrap_or_default();
            if line["level"] != "ERROR" || !["failed", "broken"].contains(&outcome) {
                complaints.push(format!("is logged as {line}"));
            }
            // The next one is answered as if nothing had been.
            stage.s3.take(Taken::Whole);
            complaints.extend(unlike(&stage.ask(&get(&stage, "people.csv")), Released));
            wrong.extend(
                complaints
                    .iter()
                    .map(|what| format!("{size}, {name}: {what}")),
            );
        }
    }
    wrong.extend(told(&stage.emulator.log()));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_error_that_s3_does_not_take_fails_the_invocation() {
    let stage = Stage::new();
    stage.s3.take(Taken::Refused(400));
    let outcome = stage.ask(&get(&stage, "people.csv"));
    assert_eq!(unlike(&outcome, Untaken), [""; 0]);
    assert_eq!(told(&stage.emulator.log()), [""; 0]);
}
