//! The start: what it says, and what it is refused for before anybody is let in.

use std::net::TcpListener;

use super::stage::{Stage, point};
use crate::support::site::{Site, run};

#[test]
fn it_says_where_it_listens_and_for_whom() {
    let stage = Stage::new();
    let expected = format!(
        "listening on http://127.0.0.1:{}, access points: analytics, costs, costs-csv, missing, named, research\n",
        stage.port
    );
    assert_eq!(stage.said(), expected);
    let start = stage.lines("start", 1);
    assert_eq!(start[0]["veilpoint"], env!("CARGO_PKG_VERSION"));
    assert_eq!(stage.told(), [""; 0]);
}

#[test]
fn what_cannot_be_right_is_refused_before_anybody_is_let_in() {
    let site = Site::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let open = point("open", "visits/open", "csv");
    let (here, minio) = ("127.0.0.1:0", "http://127.0.0.1:9000");
    let token = |value: &'static str| Some(("VEILPOINT_WEBHOOK_TOKEN", value));
    let mut wrong = Vec::new();
    for (name, arguments, variable, words) in [
        (
            "no address",
            vec!["--endpoint", minio, "--access-point", &open],
            None,
            "--webhook",
        ),
        (
            "no endpoint",
            vec!["--webhook", here, "--access-point", &open],
            None,
            "--endpoint",
        ),
        (
            "no access point",
            vec!["--webhook", here, "--endpoint", minio],
            None,
            "--access-point",
        ),
        (
            "no token where others reach it",
            vec![
                "--webhook",
                "0.0.0.0:0",
                "--endpoint",
                minio,
                "--access-point",
                &open,
            ],
            None,
            "VEILPOINT_WEBHOOK_TOKEN",
        ),
        (
            "a short token",
            vec![
                "--webhook",
                here,
                "--endpoint",
                minio,
                "--access-point",
                &open,
            ],
            token("CANARY"),
            "shorter than 16",
        ),
        (
            "an address that is none",
            vec![
                "--webhook",
                "here",
                "--endpoint",
                minio,
                "--access-point",
                &open,
            ],
            None,
            "--webhook",
        ),
        (
            "an address that is taken",
            vec![
                "--webhook",
                &taken,
                "--endpoint",
                minio,
                "--access-point",
                &open,
            ],
            None,
            "cannot be listened on",
        ),
        (
            "an endpoint with a path",
            vec![
                "--webhook",
                here,
                "--endpoint",
                "http://x:1/raw",
                "--access-point",
                &open,
            ],
            None,
            "http://host:port",
        ),
        (
            "a name that is no path",
            vec![
                "--webhook",
                here,
                "--endpoint",
                minio,
                "--access-point",
                "A/b={}",
            ],
            None,
            "a-z, 0-9 and -",
        ),
        (
            "a payload that is none",
            vec![
                "--webhook",
                here,
                "--endpoint",
                minio,
                "--access-point",
                "open={}",
            ],
            None,
            "lacks \"projection\"",
        ),
        (
            "two of one name",
            vec![
                "--webhook",
                here,
                "--endpoint",
                minio,
                "--access-point",
                &open,
                "--access-point",
                &open,
            ],
            None,
            "two access points are called open",
        ),
        (
            "a size that is none",
            vec![
                "--webhook",
                here,
                "--endpoint",
                minio,
                "--access-point",
                &open,
            ],
            Some(("VEILPOINT_CACHE_MAX_BYTES", "CANARY")),
            "VEILPOINT_CACHE_MAX_BYTES",
        ),
        (
            "half an account",
            vec![
                "--webhook",
                here,
                "--endpoint",
                minio,
                "--access-point",
                &open,
            ],
            Some(("AWS_ACCESS_KEY_ID", "CANARY")),
            "AWS_SECRET_ACCESS_KEY",
        ),
    ] {
        let mut command = site.command(["serve"]);
        command
            .args(arguments)
            .env("TMPDIR", site.path(""))
            .envs(variable);
        let answer = run(&mut command);
        let right =
            answer.code == Some(2) && answer.stderr.contains(words) && answer.stdout.is_empty();
        if !right || answer.stderr.contains("CANARY") {
            wrong.push(format!("{name}: {:?} {}", answer.code, answer.stderr));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
