//! Those who are slow, or go away: they are cut off in time, and keep nobody else waiting.

use std::io::{BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use super::stage::{Stage, TOKEN, open, outcome};
use crate::support::lambda::wire::Head;
use crate::support::lambda::{Got, Source};
use crate::support::samples::{people, sample};
use crate::support::site::wait_for;

/// Rows whose release is far larger than what waits in the buffers of a connection.
const MANY: usize = 1_500_000;

/// Asks for a release, and reads its head and a little more.
fn begin(stage: &Stage, point: &str) -> (Head, BufReader<TcpStream>) {
    let token = format!("Bearer {TOKEN}");
    let headers = [("Authorization", token.as_str())];
    let event = stage.event("people.csv").parquet().text();
    let mut reader = open(stage.port, "POST", point, &headers, event.as_bytes());
    let head = Head::read(&mut reader).expect("a head");
    reader.read_exact(&mut [0; 1000]).unwrap();
    (head, reader)
}

fn line_of(stage: &Stage, head: Head) -> serde_json::Value {
    stage.line(&Got {
        head,
        body: Vec::new(),
        whole: false,
    })
}

#[test]
fn who_does_not_take_the_answer_is_cut_off_and_keeps_nobody_waiting() {
    let stage = Stage::new();
    stage.put("people.csv", Source::Object(people(MANY)));
    stage.put("patients.csv", Source::Object(sample()));
    let begun = Instant::now();
    // More of them than processors, of releases that are made once each.
    let stalled: Vec<_> = (0..4).map(|_| begin(&stage, "costs")).collect();
    let got = stage.ask("research", &stage.event("patients.csv"));
    assert_eq!(outcome(&got), ("200", ""));
    assert!(begun.elapsed().as_secs() < 50, "somebody waited");
    let mut wrong = Vec::new();
    for (head, mut reader) in stalled {
        let length = head.length();
        let line = line_of(&stage, head);
        let seconds = line["milliseconds"].as_u64().unwrap() / 1000;
        if line["outcome"] != "broken"
            || line["code"] != "TimeLimit"
            || !(57..=65).contains(&seconds)
        {
            wrong.push(format!("is logged as {line}"));
        }
        // What stood in the buffers is still to be read, and then it breaks off.
        let mut rest = Vec::new();
        let _ = reader.read_to_end(&mut rest);
        if rest.len() + 1000 >= length {
            wrong.push(format!("{} bytes of {length} came", rest.len()));
        }
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn who_goes_away_is_noticed_at_once() {
    let stage = Stage::new();
    stage.put("people.csv", Source::Object(people(MANY)));
    let (head, reader) = begin(&stage, "costs");
    drop(reader);
    let line = line_of(&stage, head);
    let outcome_of = [&line["outcome"], &line["code"]];
    assert_eq!(outcome_of, ["broken", "OutputFailed"], "{line}");
    assert!(line["milliseconds"].as_u64().unwrap() < 50_000, "{line}");
    // The next one gets it whole.
    let got = stage.ask("costs", &stage.event("people.csv").parquet());
    assert_eq!((outcome(&got), got.whole), (("200", ""), true));
    assert_eq!(stage.told(), [""; 0]);
}

#[test]
fn who_goes_away_before_the_answer_stops_what_is_made_for_it() {
    let stage = Stage::new();
    let raw = people(MANY);
    // The object comes half, and then its line is silent.
    stage.put("people.csv", Source::Stalled(raw.clone(), raw.len() / 2));
    let token = format!("Bearer {TOKEN}");
    let event = stage.event("people.csv").text();
    let headers = [("Authorization", token.as_str())];
    let reader = open(stage.port, "POST", "costs-csv", &headers, event.as_bytes());
    wait_for("the beginning of a release", || is_kept(&stage));
    drop(reader);
    let line = stage.lines("request", 1).remove(0);
    let outcome_of = [&line["outcome"], &line["code"]];
    assert_eq!(outcome_of, ["failed", "OutputFailed"], "{line}");
    assert_eq!(stage.told(), [""; 0]);
}

/// Whether something of a release is being written.
fn is_kept(stage: &Stage) -> bool {
    let files = std::fs::read_dir(stage.path("cache"))
        .into_iter()
        .flatten()
        .flatten();
    files
        .filter_map(|file| file.metadata().ok())
        .any(|facts| facts.is_file() && facts.len() > 0)
}

#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    let stage = Stage::new();
    stage.put("patients.csv", Source::Object(sample()));
    let mut slow: Vec<TcpStream> = Vec::new();
    for begun in ["", "P", "POST /research HTTP/1.1\r\nHost: x\r\n"] {
        let mut stream = TcpStream::connect(("127.0.0.1", stage.port)).unwrap();
        stream.write_all(begun.as_bytes()).unwrap();
        slow.push(stream);
    }
    // Nobody waits for them meanwhile.
    let got = stage.ask("research", &stage.event("patients.csv"));
    assert_eq!(outcome(&got), ("200", ""));
    for mut stream in slow {
        // The line ends, with a word or without.
        let _ = stream.read_to_end(&mut Vec::new());
    }
    assert_eq!(stage.told(), [""; 0]);
}
