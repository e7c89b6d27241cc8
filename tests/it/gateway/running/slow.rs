//! Clients that are slow, and clients that are not heard of again: each is let go in its time, and costs little until then.

use std::io::Write as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{LONG, begun, open, peak, rest, settled, signed, stage};
use crate::support::site::wait_for;

/// The memory that a gateway may take with answers of 200 MB on their way, all of which wait.
const BOUND: u64 = 300 << 20;

#[test]
fn a_head_that_does_not_come_in_time_is_not_waited_for() {
    let stage = stage("head_seconds = 1");
    let request = signed(&stage, "GET", LONG).bytes();
    let mut wrong = Vec::new();
    for (name, begin) in [
        ("nothing", &b""[..]),
        ("a method", &b"GE"[..]),
        ("all but its last line", &request[..request.len() - 2]),
    ] {
        let began = Instant::now();
        let line = open(&stage, begin);
        let answer = rest(line);
        if !answer.is_empty() || began.elapsed() < Duration::from_millis(900) {
            let text = String::from_utf8_lossy(&answer);
            wrong.push(format!("{name}: {text} after {:?}", began.elapsed()));
        }
    }
    // A byte now and then is no reason to wait longer.
    let mut line = open(&stage, b"");
    let began = Instant::now();
    for byte in &request {
        if line.get_mut().write_all(&[*byte]).is_err() {
            break;
        }
        sleep(Duration::from_millis(50));
    }
    if began.elapsed() > Duration::from_secs(8) || !rest(line).is_empty() {
        wrong.push(format!("byte by byte: {:?}", began.elapsed()));
    }
    settled(&stage);
    if !stage.lines("request", 0).is_empty() {
        wrong.push("there is a line for what was no request".to_owned());
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn who_takes_nothing_is_cut_off_and_others_are_served() {
    let stage = stage("stall_seconds = 1");
    let mut wrong = Vec::new();
    let stuck: Vec<_> = (0..8).map(|_| begun(&stage, LONG)).collect();
    let lines = stage.lines("request", 8);
    for line in &lines {
        let what = ["outcome", "status", "code"].map(|name| line[name].to_string());
        if what != ["\"broken\"", "200", "\"OutputFailed\""] {
            wrong.push(format!("logs {line}"));
        }
    }
    settled(&stage);
    for (mut line, head) in stuck {
        if head.body(&mut line, &mut Vec::new(), usize::MAX) {
            wrong.push("it came whole to who took nothing".to_owned());
        }
    }
    let before = peak(&stage);
    let whole = stage.ask("GET", LONG, &[]);
    if (whole.status(), whole.whole) != (200, true) {
        wrong.push(format!("then: {}", whole.status()));
    }
    if peak(&stage) > BOUND {
        wrong.push(format!("takes {} bytes, {before} before", peak(&stage)));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn who_takes_little_and_often_is_waited_for() {
    let stage = stage("stall_seconds = 1\nhead_seconds = 1");
    let (mut slow, head) = begun(&stage, LONG);
    let began = Instant::now();
    let mut taken = 0;
    // Twice as long as anybody is waited for who takes nothing: each pause is shorter than that.
    let whole = head.pieces(&mut slow, &mut |piece| {
        let before = taken / 20_000_000;
        taken += piece.len();
        if taken / 20_000_000 > before && began.elapsed() < Duration::from_secs(3) {
            sleep(Duration::from_millis(400));
        }
        true
    });
    assert!(whole, "{taken} bytes came");
    assert!(began.elapsed() > Duration::from_secs(2));
    wait_for("its line", || {
        stage
            .lines("request", 1)
            .iter()
            .all(|line| line["outcome"] == "released")
    });
}
