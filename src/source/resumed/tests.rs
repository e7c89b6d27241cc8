//! A bucket that fails in each way, and what is read of it with our own rights.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::{BackoffConfig, RetryConfig};
use tokio::runtime::Runtime;

use crate::error::Kind;
use crate::source::testing::{Answering, answer};
use crate::source::{OwnStore, classify};

/// The object, and its first bytes.
const BODY: &str = "0123456789";
const ETAG: &str = "ETag: \"one\"\r\n";

/// A bucket behind this port. Its client tries an answer so many times again.
fn bucket(port: u16, retries: usize) -> OwnStore {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(1),
        max_backoff: Duration::from_millis(5),
        base: 2.0,
    };
    let store = AmazonS3Builder::new()
        .with_endpoint(format!("http://127.0.0.1:{port}"))
        .with_allow_http(true)
        .with_bucket_name("bucket")
        .with_region("eu-central-1")
        .with_access_key_id("account")
        .with_secret_access_key("CANARYSECRET")
        .with_retry(RetryConfig {
            backoff,
            max_retries: retries,
            retry_timeout: Duration::from_secs(20),
        });
    OwnStore::new(Arc::new(store.build().unwrap())).unwrap()
}

/// What a key reads as; none where there is no such object.
fn read(store: &OwnStore) -> crate::Result<Option<String>> {
    let runtime = Runtime::new().unwrap();
    let Some(fetched) = runtime.block_on(store.open("a.csv"))? else {
        return Ok(None);
    };
    let (mut reader, _) = fetched.into_reader();
    let mut text = String::new();
    let read = reader.read_to_string(&mut text);
    read.map(|_| Some(text)).map_err(classify)
}

/// An answer of the object whose line is cut behind so many bytes of its body.
fn cut(etag: &str, at: usize) -> String {
    let whole = answer(200, etag, BODY);
    whole[..whole.len() - BODY.len() + at].to_owned()
}

/// An answer with the object's bytes from here on, cut after so many.
fn rest(etag: &str, from: usize, count: usize) -> String {
    let range = format!("{etag}Content-Range: bytes {from}-9/10\r\n");
    let whole = answer(206, &range, &BODY[from..]);
    whole[..whole.len() - (BODY.len() - from - count)].to_owned()
}

/// What is asked beyond the object itself: its range, and the version it has to be.
fn asked(s3: &Answering) -> Vec<String> {
    let heads = s3.asked();
    let value = |head: &[String], name: &str| {
        let found = head.iter().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_default().to_owned()
    };
    let conditions = heads
        .iter()
        .map(|head| value(head, "range: ") + &value(head, "if-match: "));
    conditions.collect()
}

/// What happens: the answers, what is read or what kind of error and words there are, and what was asked.
type Row<'a> = (
    &'a str,
    Vec<String>,
    Result<Option<&'a str>, (Kind, &'a str)>,
    &'a [&'a str],
);

fn check(rows: Vec<Row<'_>>, retries: usize) {
    let mut wrong = Vec::new();
    for (name, answers, expected, conditions) in rows {
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        let s3 = Answering::with(&answers);
        let found = read(&bucket(s3.port, retries));
        let right = match (&found, expected) {
            (Ok(found), Ok(expected)) => found.as_deref() == expected,
            (Err(error), Err((kind, words))) => {
                error.kind() == kind && error.message().contains(words)
            }
            _ => false,
        };
        let told = found
            .as_ref()
            .err()
            .is_some_and(|error| error.to_string().contains("CANARY"));
        if !right || told || asked(&s3) != conditions {
            wrong.push(format!(
                "{name}: {found:?} after {:?}, and not {expected:?}",
                asked(&s3)
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

const CHANGED: (Kind, &str) = (Kind::Source, "changed while it was read");
const UNREACHED: (Kind, &str) = (Kind::Source, "cannot be reached");

#[test]
fn a_transfer_is_taken_up_again_as_the_same_version_or_fails() {
    let error = |status| {
        answer(
            status,
            "",
            "<Error><Code>X</Code><Message>CANARY</Message></Error>",
        )
    };
    let other = "ETag: \"two\"\r\n";
    let from_4 = "bytes=4-9\"one\"";
    let wrong_place = format!("{ETAG}Content-Range: bytes 0-5/10\r\n");
    check(
        vec![
            (
                "whole",
                vec![answer(200, ETAG, BODY)],
                Ok(Some(BODY)),
                &[""],
            ),
            ("empty", vec![answer(200, ETAG, "")], Ok(Some("")), &[""]),
            (
                "cut once",
                vec![cut(ETAG, 4), rest(ETAG, 4, 6)],
                Ok(Some(BODY)),
                &["", from_4],
            ),
            (
                "cut again and again",
                vec![
                    cut(ETAG, 1),
                    rest(ETAG, 1, 3),
                    rest(ETAG, 4, 0),
                    rest(ETAG, 4, 5),
                    rest(ETAG, 9, 1),
                ],
                Ok(Some(BODY)),
                &["", "bytes=1-9\"one\"", from_4, from_4, "bytes=9-9\"one\""],
            ),
            (
                "cut before each byte",
                vec![
                    cut(ETAG, 4),
                    rest(ETAG, 4, 0),
                    rest(ETAG, 4, 0),
                    rest(ETAG, 4, 0),
                ],
                Err(UNREACHED),
                &["", from_4, from_4, from_4],
            ),
            (
                "replaced",
                vec![cut(ETAG, 4), error(412)],
                Err(CHANGED),
                &["", from_4],
            ),
            (
                "replaced behind a store without conditions",
                vec![cut(ETAG, 4), rest(other, 4, 6)],
                Err(CHANGED),
                &["", from_4],
            ),
            (
                "replaced by one of another length",
                vec![
                    cut(ETAG, 4),
                    answer(
                        206,
                        &format!("{ETAG}Content-Range: bytes 4-9/11\r\n"),
                        "456789",
                    ),
                ],
                Err(CHANGED),
                &["", from_4],
            ),
            (
                "another place of the object",
                vec![cut(ETAG, 4), answer(206, &wrong_place, "012345")],
                Err(UNREACHED),
                &["", from_4],
            ),
            (
                "the whole again",
                vec![cut(ETAG, 4), answer(200, ETAG, BODY)],
                Err(UNREACHED),
                &["", from_4],
            ),
            (
                "deleted",
                vec![cut(ETAG, 4), error(404)],
                Err((Kind::NotFound, "no such object")),
                &["", from_4],
            ),
            (
                "denied meanwhile",
                vec![cut(ETAG, 4), error(403)],
                Err((Kind::Source, "denies")),
                &["", from_4],
            ),
            (
                "no version to go on with",
                vec![cut("", 4)],
                Err(UNREACHED),
                &[""],
            ),
        ],
        0,
    );
}

#[test]
fn what_the_client_takes_up_by_itself_is_no_mixture_either() {
    let error = |status| {
        answer(
            status,
            "",
            "<Error><Code>X</Code><Message>CANARY</Message></Error>",
        )
    };
    let other = "ETag: \"two\"\r\n";
    let (from_4, ours) = ("bytes=4-9", "bytes=4-9\"one\"");
    check(
        vec![
            (
                "cut once",
                vec![cut(ETAG, 4), rest(ETAG, 4, 6)],
                Ok(Some(BODY)),
                &["", from_4],
            ),
            (
                "cut twice, and slow",
                vec![cut(ETAG, 4), error(503), rest(ETAG, 4, 3), rest(ETAG, 7, 3)],
                Ok(Some(BODY)),
                &["", from_4, from_4, "bytes=7-9"],
            ),
            (
                "replaced",
                vec![cut(ETAG, 4), rest(other, 4, 6), error(412)],
                Err(CHANGED),
                &["", from_4, ours],
            ),
            (
                "replaced by a shorter one",
                vec![cut(ETAG, 4), error(416), error(412)],
                Err(CHANGED),
                &["", from_4, ours],
            ),
            (
                "the whole again",
                vec![cut(ETAG, 4), answer(200, ETAG, BODY)],
                Err((Kind::Source, "before or after the object's length")),
                &["", from_4],
            ),
        ],
        3,
    );
}

#[test]
fn what_is_not_answered_is_asked_again_and_what_is_refused_is_not() {
    let error = |status| {
        answer(
            status,
            "",
            "<Error><Code>X</Code><Message>CANARY</Message></Error>",
        )
    };
    let (whole, no_line) = (answer(200, ETAG, BODY), String::new());
    check(
        vec![
            (
                "failed",
                vec![error(500), whole.clone()],
                Ok(Some(BODY)),
                &["", ""],
            ),
            (
                "slow",
                vec![error(503), error(503), whole.clone()],
                Ok(Some(BODY)),
                &["", "", ""],
            ),
            (
                "no answer",
                vec![no_line, whole.clone()],
                Ok(Some(BODY)),
                &["", ""],
            ),
            (
                "always slow",
                vec![error(503), error(503), error(503), whole.clone()],
                Err(UNREACHED),
                &["", "", ""],
            ),
            (
                "denied",
                vec![error(403), whole.clone()],
                Err((Kind::Denied, "veilpoint's own rights")),
                &[""],
            ),
            (
                "archived",
                vec![error(400), whole.clone()],
                Err((Kind::Denied, "veilpoint's own rights")),
                &[""],
            ),
            ("not there", vec![error(404), whole], Ok(None), &[""]),
        ],
        2,
    );
    // A port that nobody listens on: it was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let error = read(&bucket(port, 2)).unwrap_err();
    assert_eq!(
        (error.kind(), error.message().contains("cannot be reached")),
        (Kind::Source, true),
        "{error}"
    );
}
