//! What fails leaves no object and no part of one, says what to do, and nothing of the account.

use super::{at, convert, failure, unlike};
use crate::support::bucket::{Gate, Pass, Server};
use crate::support::site::{Feed, Running, Site, run, visits, wait_for};

/// What is asked for, INPUT, OUTPUT, the exit code, and what is said.
type Missing = (
    &'static str,
    &'static str,
    &'static str,
    i32,
    &'static [&'static str],
);

const MISSING: [Missing; 11] = [
    (
        "no such key",
        "s3://raw/none.csv",
        "out.csv",
        1,
        &[
            "s3://raw/none.csv",
            "no such object or bucket",
            "[NoSuchKey]",
        ],
    ),
    (
        "a prefix without its slash",
        "s3://raw/other",
        "out.csv",
        1,
        &["a prefix ends with a slash", "[NoSuchKey]"],
    ),
    (
        "no such bucket",
        "s3://none/visits.csv",
        "out.csv",
        1,
        &["s3://none/visits.csv", "bucket", "[NoSuchKey]"],
    ),
    (
        "an empty prefix",
        "s3://raw/none/",
        "out/",
        1,
        &["s3://raw/none/", "'**/visits*.csv'", "[NoSuchKey]"],
    ),
    (
        "a prefix of others",
        "s3://raw/other/",
        "out/",
        1,
        &["[NoSuchKey]"],
    ),
    (
        "a prefix in no bucket",
        "s3://none/a/",
        "out/",
        1,
        &["s3://none/a/", "bucket", "[NoSuchKey]"],
    ),
    (
        "an output in no bucket",
        "visits.csv",
        "s3://none/out.csv",
        1,
        &["s3://none/out.csv", "bucket", "[NoSuchKey]"],
    ),
    (
        "a key that leads up",
        "s3://raw/../visits.csv",
        "out.csv",
        2,
        &["[InvalidRequest]"],
    ),
    (
        "an output that leads up",
        "visits.csv",
        "s3://released/a//out.csv",
        2,
        &["[InvalidRequest]"],
    ),
    (
        "the object in its own place",
        "s3://raw/visits.csv",
        "s3://raw/visits.csv",
        2,
        &["this is an INPUT", "[InvalidRequest]"],
    ),
    (
        "a prefix in its own place",
        "s3://raw/",
        "s3://raw/",
        2,
        &["this is an INPUT", "[InvalidRequest]"],
    ),
];

#[test]
fn what_is_not_there_is_said_in_our_own_words() {
    let server = Server::start(&["raw", "released"]);
    let endpoint = &server.endpoint();
    server.put("raw/visits.csv", visits(0..3).as_bytes());
    server.put("raw/other/people.csv", b"Canary");
    let site = Site::new();
    site.write("visits.csv", visits(0..3));
    let mut wrong = Vec::new();
    for (name, input, output, code, words) in MISSING {
        let answer = convert(&site, endpoint, input, output, &["--format", "csv"]);
        let mut complaints = unlike(&answer, endpoint, code, words);
        if site.read("out.csv").is_some() || site.path("out").exists() {
            complaints.push("leaves something".to_owned());
        }
        wrong.extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(server.keys("released"), [""; 0]);
    assert_eq!(server.keys("raw"), ["other/people.csv", "visits.csv"]);
}

#[test]
fn an_account_that_is_not_let_in_is_not_named() {
    let server = Server::start(&["raw", "released"]);
    let endpoint = &server.endpoint();
    server.put("raw/visits.csv", visits(0..3).as_bytes());
    server.deny_all();
    let site = Site::new();
    site.write("visits.csv", visits(0..3));
    let mut wrong = Vec::new();
    for (input, output) in [
        ("s3://raw/visits.csv", "out.csv"),
        ("s3://raw/", "out/"),
        ("visits.csv", "s3://released/out.csv"),
    ] {
        let answer = convert(&site, endpoint, input, output, &[]);
        let words = ["the store denies access", "AWS_"];
        let complaints = unlike(&answer, endpoint, 2, &words);
        wrong.extend(
            complaints
                .iter()
                .map(|what| format!("{input} → {output}: {what}")),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(site.read("out.csv").is_none() && !site.path("out").exists());
}

#[test]
fn a_store_that_is_not_there_is_a_failure_of_the_network() {
    let site = Site::new();
    // A port that nobody listens on: it was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let endpoint = &format!("http://127.0.0.1:{port}");
    let answer = convert(&site, endpoint, "s3://raw/visits.csv", "out.csv", &[]);
    let words = [
        "s3://raw/visits.csv",
        "AWS_ENDPOINT_URL",
        "[SourceUnavailable]",
    ];
    assert_eq!(unlike(&answer, endpoint, 2, &words), [""; 0]);
}

/// An object whose last record is bad, with so many good ones before it.
fn bad(rows: u32) -> String {
    visits(0..rows) + "Canary,1950-01-01,last,CanaryCost\n"
}

#[test]
fn a_refused_object_leaves_no_release_and_no_part_of_one() {
    let server = Server::start(&["raw", "released"]);
    let endpoint = &server.endpoint();
    let site = Site::new();
    server.put("released/out.csv", b"old");
    let mut wrong = Vec::new();
    // A few records: nothing was sent. Many: two parts of 8 MiB are with the store.
    for rows in [10, 1_600_000] {
        server.put("raw/visits.csv", bad(rows).as_bytes());
        for output in ["s3://released/out.csv", "s3://released/new.csv"] {
            let answer = convert(&site, endpoint, "s3://raw/visits.csv", output, &[]);
            let record = format!("s3://raw/visits.csv: record {}, column \"Cost\"", rows + 1);
            let mut complaints = unlike(&answer, endpoint, 1, &[&record, "[InvalidValue]"]);
            let left = (server.keys("released"), server.uploads("released"));
            if left != (vec!["out.csv".to_owned()], vec![]) {
                complaints.push(format!("leaves {left:?}"));
            }
            wrong.extend(
                complaints
                    .iter()
                    .map(|what| format!("{rows} → {output}: {what}")),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(server.get("released/out.csv").unwrap(), b"old");
}

#[test]
fn one_bad_object_of_a_prefix_leaves_none_of_them() {
    let server = Server::start(&["raw", "released"]);
    let endpoint = &server.endpoint();
    for key in ["a", "c"] {
        server.put(&format!("raw/{key}/visits.csv"), visits(0..100).as_bytes());
    }
    server.put("raw/b/visits.csv", bad(50_000).as_bytes());
    let site = Site::new();
    for threads in ["1", "8"] {
        let more = ["--threads", threads];
        let answer = convert(&site, endpoint, "s3://raw/", "s3://released/", &more);
        let words = ["s3://raw/b/visits.csv: record 50001"];
        assert_eq!(unlike(&answer, endpoint, 1, &words), [""; 0]);
        assert_eq!(server.keys("released"), [""; 0]);
        assert_eq!(server.uploads("released"), [""; 0]);
    }
}

#[test]
fn a_signal_takes_back_what_was_sent() {
    let server = Server::start(&["released"]);
    let endpoint = server.endpoint();
    let mut wrong = Vec::new();
    for signal in ["INT", "TERM"] {
        for silent in [false, true] {
            let site = Site::new();
            let mut command = site.convert("-", "s3://released/out.csv", "open", &[]);
            let mut running = Running::start(at(&mut command, &endpoint));
            let feed = Feed::start(running.child().stdin.take().unwrap());
            wait_for("an upload", || !server.uploads("released").is_empty());
            let (mut feed, mut pipe) = (Some(feed), None);
            if silent {
                pipe = feed.take().map(Feed::hush);
            }
            running.signal(signal);
            let answer = running.end();
            let mut complaints = unlike(
                &answer,
                &endpoint,
                2,
                &["stopped by a signal", "[Interrupted]"],
            );
            let left = (server.keys("released"), server.uploads("released"));
            if left != (vec![], vec![]) {
                complaints.push(format!("leaves {left:?}"));
            }
            drop((feed.map(Feed::hush), pipe));
            wrong.extend(
                complaints
                    .iter()
                    .map(|what| format!("SIG{signal}, silent {silent}: {what}")),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_line_that_is_cut_is_taken_up_or_the_run_fails_and_never_a_short_release() {
    let server = Server::start(&["raw"]);
    let text = visits(0..60_000);
    server.put("raw/visits.csv", text.as_bytes());
    let site = Site::new();
    site.write("visits.csv", &text);
    run(&mut site.convert("visits.csv", "expected.csv", "open", &[]));
    let mut wrong = Vec::new();
    for cuts in [1, 2, usize::MAX] {
        let mut left = cuts;
        let gate = Gate::open(
            &server,
            Box::new(move |request| {
                let cut = left > 0 && request.starts_with("GET /raw/visits.csv");
                left -= usize::from(cut);
                if cut { Pass::Cut(100_000) } else { Pass::Whole }
            }),
        );
        let endpoint = &gate.endpoint();
        let answer = convert(&site, endpoint, "s3://raw/visits.csv", "out.csv", &[]);
        let release = site.read("out.csv");
        let right = match &release {
            Some(bytes) => {
                Some(bytes) == site.read("expected.csv").as_ref()
                    && failure(&answer, endpoint).is_empty()
            }
            None => unlike(
                &answer,
                endpoint,
                2,
                &["s3://raw/visits.csv", "[SourceUnavailable]"],
            )
            .is_empty(),
        };
        if !right {
            wrong.push(format!("{cuts} cuts: {:?} {}", answer.code, answer.stderr));
        }
        // The next one starts without it.
        if release.is_some() {
            std::fs::remove_file(site.path("out.csv")).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
