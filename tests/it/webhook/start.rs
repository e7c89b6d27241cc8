//! The start: what it says, and what it is refused for before anybody is let in.

use std::net::TcpListener;

use super::stage::{Stage, point};
use crate::support::site::{Site, run};

#[test]
fn it_says_where_it_listens_and_for_whom() {
    let stage = Stage::new();
    let expected = format!(
        "listening on http://127.0.0.1:{}, access points: analytics, billing, costs, costs-csv, missing, named, research\n",
        stage.port
    );
    assert_eq!(stage.said(), expected);
    let start = stage.lines("start", 1);
    assert_eq!(start[0]["veilpoint"], env!("CARGO_PKG_VERSION"));
    assert_eq!(stage.told(), [""; 0]);
}

/// A start that is refused: its arguments, a variable, and what is said.
type Row = (
    &'static str,
    &'static str,
    Option<(&'static str, &'static str)>,
    &'static str,
);

/// What is right about a start.
const RIGHT: &str = "--webhook 127.0.0.1:0 --endpoint http://127.0.0.1:9000 --access-point OPEN";

const ROWS: [Row; 14] = [
    (
        "no address",
        "--endpoint http://x:1 --access-point OPEN",
        None,
        "--webhook",
    ),
    (
        "no endpoint",
        "--webhook 127.0.0.1:0 --access-point OPEN",
        None,
        "--endpoint",
    ),
    (
        "no access point",
        "--webhook 127.0.0.1:0 --endpoint http://x:1",
        None,
        "--access-point",
    ),
    (
        "a name for an address",
        "--webhook here --endpoint http://x:1 --access-point OPEN",
        None,
        "--webhook",
    ),
    (
        "an address that is taken",
        "--webhook TAKEN --endpoint http://x:1 --access-point OPEN",
        None,
        "cannot be listened on",
    ),
    (
        "no token where others reach it",
        "--webhook 0.0.0.0:0 --endpoint http://x:1 --access-point OPEN",
        None,
        "VEILPOINT_WEBHOOK_TOKEN",
    ),
    (
        "a short token",
        "RIGHT",
        Some(("VEILPOINT_WEBHOOK_TOKEN", "CANARY")),
        "shorter than 16",
    ),
    (
        "an endpoint with a path",
        "--webhook 127.0.0.1:0 --endpoint http://x:1/raw --access-point OPEN",
        None,
        "http://host:port",
    ),
    (
        "a name that is no path",
        "RIGHT --access-point A/b={}",
        None,
        "a-z, 0-9 and -",
    ),
    (
        "a payload that is none",
        "RIGHT --access-point b={}",
        None,
        "lacks \"projection\"",
    ),
    (
        "two of one name",
        "RIGHT --access-point OPEN",
        None,
        "two access points are called open",
    ),
    (
        "a size that is none",
        "RIGHT",
        Some(("VEILPOINT_CACHE_MAX_BYTES", "CANARY")),
        "VEILPOINT_CACHE_MAX_BYTES",
    ),
    (
        "half an account",
        "RIGHT",
        Some(("AWS_ACCESS_KEY_ID", "CANARY")),
        "AWS_SECRET_ACCESS_KEY",
    ),
    (
        "records that lie nowhere",
        "RIGHT",
        Some(("VEILPOINT_RECORDS", "CANARY")),
        "VEILPOINT_RECORDS",
    ),
];

#[test]
fn what_cannot_be_right_is_refused_before_anybody_is_let_in() {
    let site = Site::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let open = point("open", "visits/open", "csv");
    let mut wrong = Vec::new();
    for (name, arguments, variable, words) in ROWS {
        let arguments = arguments.replace("RIGHT", RIGHT).replace("TAKEN", &address);
        let arguments = arguments.replace("OPEN", &open);
        let mut command = site.command(["serve"]);
        command
            .args(arguments.split(' '))
            .env("TMPDIR", site.path(""))
            .envs(variable);
        let answer = run(&mut command);
        let silent = answer.stdout.is_empty() && !answer.stderr.contains("CANARY");
        if answer.code != Some(2) || !silent || !answer.stderr.contains(words) {
            wrong.push(format!("{name}: {:?} {}", answer.code, answer.stderr));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
