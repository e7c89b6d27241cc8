//! The end: answers under way come to theirs, and nobody else is let in.

use std::io::Read as _;
use std::net::TcpStream;

use super::stage::{Stage, TOKEN, open};
use crate::support::lambda::Source;
use crate::support::lambda::wire::Head;
use crate::support::samples::people;
use crate::support::site::wait_for;

/// Rows whose release is far larger than what waits in the buffers of a connection.
const MANY: usize = 1_500_000;

#[test]
fn an_answer_that_is_under_way_is_finished() {
    let mut wrong = Vec::new();
    for signal in ["TERM", "INT"] {
        let mut stage = Stage::new();
        stage.put("people.csv", Source::Object(people(MANY)));
        let token = format!("Bearer {TOKEN}");
        let headers = [("Authorization", token.as_str())];
        let event = stage.event("people.csv").parquet().text();
        let mut reader = open(stage.port, "POST", "costs", &headers, event.as_bytes());
        let head = Head::read(&mut reader).expect("a head");
        reader.read_exact(&mut [0; 1000]).unwrap();
        stage.signal(signal);
        wait_for("the door to be closed", || {
            TcpStream::connect(("127.0.0.1", stage.port)).is_err()
        });
        let mut rest = Vec::new();
        let read = reader.read_to_end(&mut rest);
        if read.is_err() || rest.len() + 1000 != head.length() {
            wrong.push(format!(
                "SIG{signal}: {} bytes of {}",
                rest.len(),
                head.length()
            ));
        }
        let end = stage.end();
        if end.code() != Some(0) {
            wrong.push(format!("SIG{signal}: {end}"));
        }
        // Its line and its record are there, and the last word.
        let counts = ["request", "release", "stop"].map(|event| stage.lines(event, 0).len());
        if counts != [1, 1, 1] {
            wrong.push(format!("SIG{signal}: {counts:?}"));
        }
        wrong.extend(stage.told());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn without_anything_under_way_it_ends_at_once() {
    for signal in ["TERM", "INT"] {
        let mut stage = Stage::new();
        // A connection that says nothing is nothing under way.
        let idle = TcpStream::connect(("127.0.0.1", stage.port)).unwrap();
        stage.lines("start", 1);
        stage.signal(signal);
        assert_eq!(stage.end().code(), Some(0), "SIG{signal}");
        assert_eq!(stage.lines("stop", 0).len(), 1);
        drop(idle);
    }
}
