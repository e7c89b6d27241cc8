//! SIGTERM and Ctrl-C: what is under way ends whole, nothing new begins, and nobody who is silent holds the end up.

use std::net::TcpStream;

use super::{LONG, begun, open, rest, signed, stage};
use crate::gateway::stage::Stage;
use crate::support::sigv4::answer;
use crate::support::site::wait_for;

/// Whoever waits for a client here, waits longer than the tests do.
const PATIENT: &str = "head_seconds = 300\nstall_seconds = 3600\n";

fn refused(stage: &Stage) {
    wait_for("new connections to be refused", || {
        TcpStream::connect(("127.0.0.1", stage.port)).is_err()
    });
}

#[test]
fn an_answer_under_way_ends_whole_whoever_is_idle_beside_it() {
    let mut wrong = Vec::new();
    for signal in ["TERM", "INT"] {
        let mut stage = stage(&format!("{PATIENT}stop_seconds = 3600"));
        let expected = stage.ask("GET", LONG, &[]);
        let mut idle = open(&stage, &signed(&stage, "HEAD", LONG).bytes());
        let served = answer(&mut idle, "HEAD").expect("an answer");
        let silent = open(&stage, b"");
        let (mut slow, head) = begun(&stage, LONG);
        stage.signal(signal);
        refused(&stage);
        let mut body = Vec::new();
        let whole = head.body(&mut slow, &mut body, usize::MAX);
        let code = stage.end().code();
        if (served.status(), whole, code) != (200, true, Some(0)) {
            wrong.push(format!(
                "{signal}: {}, whole: {whole}, exit code {code:?}",
                served.status()
            ));
        }
        if body != expected.body || body.len() < 199_000_000 {
            wrong.push(format!("{signal}: other bytes, {}", body.len()));
        }
        for line in [idle, silent] {
            if !rest(line).is_empty() {
                wrong.push(format!("{signal}: an idle connection is told something"));
            }
        }
        let log = stage.log();
        let last = log.lines().last().unwrap_or_default();
        if !last.contains("\"event\":\"stop\"") {
            wrong.push(format!("{signal}: the log ends with {last}"));
        }
        if stage
            .lines("request", 3)
            .iter()
            .any(|line| line["outcome"] != "released")
        {
            wrong.push(format!("{signal}: {log}"));
        }
        wrong.extend(stage.told());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_never_ends_is_cut_after_its_time_and_says_so() {
    let mut wrong = Vec::new();
    for (signal, seconds) in [("TERM", 1), ("INT", 0)] {
        let mut stage = stage(&format!("{PATIENT}stop_seconds = {seconds}"));
        // It takes nothing more.
        let (mut stuck, head) = begun(&stage, LONG);
        stage.signal(signal);
        let code = stage.end().code();
        if code != Some(0) {
            wrong.push(format!("{signal}: exit code {code:?}"));
        }
        if head.body(&mut stuck, &mut Vec::new(), usize::MAX) {
            wrong.push(format!("{signal}: it came whole"));
        }
        let lines = stage.lines("request", 0);
        let outcomes: Vec<_> = lines.iter().map(|line| &line["outcome"]).collect();
        if outcomes != ["broken"] {
            wrong.push(format!("{signal}: {lines:?}"));
        }
        wrong.extend(stage.told());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
