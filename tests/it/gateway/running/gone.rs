//! Clients that go away: before there is an answer, and while it is on its way.

use super::{LONG, begun, counted, open, settled, setup, signed, stage};
use crate::gateway::stage::{Place, RAW, Setup, Stage};
use crate::support::lambda::store::Fault;
use crate::support::samples::people;
use crate::support::site::wait_for;

#[test]
fn before_there_is_an_answer_it_is_a_line_in_the_log_and_nothing_is_left() {
    // A listing of exact lengths, and all that reads, wait for a store that is silent.
    let stage = Stage::with(&Setup {
        place: Place::Bucket,
        ..setup("")
    });
    stage.put("people.csv", people(10));
    let store = stage.s3.as_ref().unwrap().store();
    store.fail(RAW.0, Some(Fault::Silence));
    let mut wrong = Vec::new();
    for (at, (method, target, operation)) in [
        ("GET", "/costs-csv/people.csv", "GetObject"),
        ("HEAD", "/costs-csv/people.csv", "HeadObject"),
        ("GET", "/costs-csv?list-type=2", "ListObjectsV2"),
        ("GET", "/costs-csv", "ListObjects"),
    ]
    .into_iter()
    .enumerate()
    {
        let line = open(&stage, &signed(&stage, method, target).bytes());
        wait_for("its question to the store", || store.failures() > at);
        drop(line);
        let lines = stage.lines("request", at + 1);
        let line = &lines[at];
        let what = ["operation", "outcome", "status", "code", "principal"];
        let what = what.map(|name| line[name].to_string());
        let operation = format!("{operation:?}");
        let failed = ["\"failed\"", "500", "\"OutputFailed\"", "\"reader\""];
        if what[0] != operation || what[1..] != failed {
            wrong.push(format!("{method} {target} logs {line}"));
        }
    }
    // Who is gone before anybody could look is a line, too.
    drop(open(&stage, &signed(&stage, "GET", "/costs-csv").bytes()));
    let lines = stage.lines("request", 5);
    if lines[4]["outcome"] != "failed" {
        wrong.push(format!("at once: {}", lines[4]));
    }
    settled(&stage);
    let failed = counted(&stage, "veilpoint_requests_total", "outcome=\"failed\"");
    if (failed - 5.0).abs() > 0.1 {
        wrong.push(format!("{failed} are counted"));
    }
    store.fail(RAW.0, None);
    let got = stage.ask("GET", "/costs-csv/people.csv", &[]);
    if got.status() != 200 {
        wrong.push(format!("then: {} {}", got.status(), got.text()));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn in_the_middle_of_an_answer_nothing_is_left() {
    let stage = stage("");
    let mut wrong = Vec::new();
    for at in 0..20 {
        drop(begun(&stage, LONG));
        let lines = stage.lines("request", at + 1);
        if lines[at]["outcome"] != "broken" {
            wrong.push(format!("logs {}", lines[at]));
        }
    }
    settled(&stage);
    let got = stage.ask("GET", LONG, &[("Range", "bytes=-8")]);
    if got.status() != 206 || !got.body.ends_with(b"PAR1") {
        wrong.push(format!("then: {} {:?}", got.status(), got.body));
    }
    let made = counted(&stage, "veilpoint_releases_made_total", "");
    if (made - 1.0).abs() > 0.1 {
        wrong.push(format!("it was made {made} times"));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
