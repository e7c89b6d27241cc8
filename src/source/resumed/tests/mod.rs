//! A bucket that fails in each way, and what is read of it with our own rights.

mod requests;
mod transfers;

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

/// A refusal of this status.
fn error(status: u16) -> String {
    let document = "<Error><Code>X</Code><Message>CANARY</Message></Error>";
    answer(status, "", document)
}
