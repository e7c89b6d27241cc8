//! Clients that are unusual and right, and more of them than there is room for.

use std::io::Write as _;

use super::{LONG, admin_port, counted, open, rest, settled, signed, stage};
use crate::gateway::stage::{Stage, reader};
use crate::support::lambda::Got;
use crate::support::sigv4::{Request, answer};
use crate::support::site::wait_for;

/// A small part of the long release, from this byte.
fn part(stage: &Stage, from: usize) -> Request {
    let range = format!("bytes={from}-{}", from + 9);
    let request = stage.request("GET", LONG).header("Range", &range);
    reader().header(request)
}

#[test]
fn more_connections_than_there_are_places_wait_and_then_are_served() {
    let stage = stage("connections = 4\nhead_seconds = 300");
    let mut places: Vec<_> = (0..4).map(|_| open(&stage, b"")).collect();
    wait_for("four connections", || {
        counted(&stage, "veilpoint_connections", "") > 3.5
    });
    let request = signed(&stage, "HEAD", LONG).bytes();
    let waiting: Vec<_> = (0..3).map(|_| open(&stage, &request)).collect();
    // Each of them would have had its place by the time that the one after it asks.
    for _ in 0..50 {
        let open = counted(&stage, "veilpoint_connections", "");
        assert!((open - 4.0).abs() < 0.1, "{open} connections");
    }
    assert!(stage.lines("request", 0).is_empty(), "{}", stage.log());
    places.pop();
    // They keep their places, unless they go: one after the other has the one that is free.
    let mut wrong = Vec::new();
    for mut line in waiting {
        match answer(&mut line, "HEAD") {
            Some(got) if got.status() == 200 => {}
            other => wrong.push(format!("{:?}", other.map(|got| got.status()))),
        }
    }
    drop(places);
    settled(&stage);
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn requests_one_after_the_other_and_all_at_once_are_answered_in_order() {
    let stage = stage("");
    let whole = stage.ask("GET", LONG, &[]).body;
    let mut wrong = Vec::new();
    let mut line = open(&stage, b"");
    let mut check = |from: usize, got: Option<Got>| {
        let body = got.map(|got| got.body).unwrap_or_default();
        if body != whole[from..from + 10] {
            wrong.push(format!("byte {from}: {body:?}"));
        }
    };
    for from in 0..1000 {
        let request = part(&stage, from).bytes();
        line.get_mut().write_all(&request).unwrap();
        check(from, answer(&mut line, "GET"));
    }
    // All of them before the first answer is read.
    let requests: Vec<u8> = (0..100)
        .flat_map(|from| part(&stage, from).bytes())
        .collect();
    line.get_mut().write_all(&requests).unwrap();
    for from in 0..100 {
        check(from, answer(&mut line, "GET"));
    }
    let open = counted(&stage, "veilpoint_connections", "");
    drop(line);
    settled(&stage);
    // An answer is counted behind its last byte, which may be here before that.
    let served = counted(&stage, "veilpoint_requests_total", "status=\"206\"");
    if (open - 1.0).abs() > 0.1 || (served - 1100.0).abs() > 0.1 {
        wrong.push(format!("{open} connections, {served} answers"));
    }
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_http_allows_is_answered_and_what_it_does_not_is_refused() {
    let stage = stage("");
    let good = String::from_utf8(part(&stage, 0).bytes()).unwrap();
    let end = good.len() - 2;
    let with = |header: &str| format!("{}{header}\r\n\r\n", &good[..end]);
    let body = {
        let request = stage.request("GET", LONG).header("Range", "bytes=0-9");
        String::from_utf8(reader().header(request.body(b"a body")).bytes()).unwrap()
    };
    let mut wrong = Vec::new();
    for (name, sent, begin, kept) in [
        ("as usual", good.clone(), "HTTP/1.1 206 ", true),
        (
            "HTTP/1.0",
            good.replacen("HTTP/1.1", "HTTP/1.0", 1),
            "HTTP/1.0 206 ",
            false,
        ),
        ("a body", body, "HTTP/1.1 206 ", true),
        (
            "the last",
            with("Connection: close"),
            "HTTP/1.1 206 ",
            false,
        ),
        (
            "30 KiB of headers",
            with(&format!("X: {}", "x".repeat(30 << 10))),
            "HTTP/1.1 206 ",
            true,
        ),
        (
            "200 KiB of headers",
            with(&format!("X: {}", "x".repeat(200 << 10))),
            "HTTP/1.1 431 ",
            false,
        ),
        (
            "200 headers",
            with(&["X: x"; 200].join("\r\n")),
            "HTTP/1.1 431 ",
            false,
        ),
        (
            "no HTTP",
            "HELO example.org\r\n\r\n".to_owned(),
            "HTTP/1.1 400 ",
            false,
        ),
        (
            "HTTP/2",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
            "",
            false,
        ),
        (
            "two lengths",
            with("Content-Length: 1\r\nContent-Length: 2"),
            "HTTP/1.1 400 ",
            false,
        ),
        (
            "TLS",
            "\u{16}\u{3}\u{1}\0\u{5}hello".to_owned(),
            "HTTP/1.1 400 ",
            false,
        ),
    ] {
        let mut line = open(&stage, b"");
        // Whoever refuses it need not read it to its end.
        let _ = line.get_mut().write_all(sent.as_bytes());
        let got = answer(&mut line, "GET");
        let first = got.as_ref().map_or("", |got| got.head.line.as_str());
        if first.is_empty() != begin.is_empty() || !first.starts_with(begin) {
            wrong.push(format!("{name}: {first}"));
        }
        let right = got.is_none_or(|got| got.status() != 206 || got.body.starts_with(b"PAR1"));
        let _ = line.get_mut().write_all(good.as_bytes());
        let again = answer(&mut line, "GET").is_some_and(|got| got.status() == 206);
        if !right || again != kept {
            wrong.push(format!(
                "{name}: right: {right}, the next is answered: {again}"
            ));
        }
    }
    settled(&stage);
    wrong.extend(stage.told());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_admin_address_is_no_way_to_hold_anything_up() {
    let stage = stage("");
    // More than are served there at once, none of which asks.
    let silent: Vec<_> = (0..16)
        .map(|_| std::net::TcpStream::connect(("127.0.0.1", admin_port(&stage))).unwrap())
        .collect();
    let got = stage.ask("HEAD", LONG, &[]);
    assert_eq!(got.status(), 200);
    // They are let go by themselves.
    let health = Got::of(admin_port(&stage), "GET", "-/health", &[]);
    assert_eq!(health.status(), 200);
    for line in silent {
        assert!(rest(std::io::BufReader::new(line)).is_empty());
    }
}
