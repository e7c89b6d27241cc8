//! A bucket that fails is no failure of a request.

use std::time::{Duration, Instant};

use super::{SHARED, count, forget, object, settle, shared, stage, unlike};
use crate::support::lambda::store::Fault;

/// How the bucket fails, and the kind of it in the log.
const FAULTS: [(&str, Fault, &str); 5] = [
    ("denied", Fault::Refuses(403, "AccessDenied"), "denied"),
    (
        "no such bucket",
        Fault::Refuses(404, "NoSuchBucket"),
        "refused",
    ),
    (
        "no conditions there",
        Fault::Refuses(501, "NotImplemented"),
        "refused",
    ),
    ("broken", Fault::Refuses(500, "InternalError"), "silent"),
    ("nothing said", Fault::Silence, "silent"),
];

/// What all requests that meet it may take, on a machine that has other work: one that waited for the bucket as long as
/// it may would take half a minute by itself.
const SOON: Duration = Duration::from_secs(45);

#[test]
fn a_bucket_that_fails_is_left_alone_and_told_of_once() {
    let mut wrong = Vec::new();
    for (name, fault, kind) in FAULTS {
        let stage = stage(1, &[]);
        let (target, release) = object(&stage, "a", 300, "csv");
        let other = target.replace("/a/", "/b/");
        object(&stage, "b", 300, "csv");
        stage.front.store().fail(SHARED, Some(fault));
        let asked = Instant::now();
        let head = stage.ask("HEAD", &target, &[]);
        let said = head.header("content-length");
        if said != release.len().to_string() {
            wrong.push(format!("{name}: HEAD says {said:?}, and {}", head.status()));
        }
        for target in [&target, &other, &target] {
            let got = stage.ask("GET", target, &[]);
            wrong.extend(unlike(&got, &release).map(|what| format!("{name}: {what}")));
        }
        if asked.elapsed() > SOON {
            wrong.push(format!("{name}: it took {:?}", asked.elapsed()));
        }
        let told = stage.front.emulators()[0].events("cache_bucket", 1);
        let kinds: Vec<_> = told.iter().map(|line| &line["kind"]).collect();
        if kinds != [kind] {
            wrong.push(format!("{name}: the log tells {told:?}"));
        }
        // The object's version is the record's business.
        let log = stage.front.emulators()[0].log();
        let log = log.replace("CANARYVERSION", "");
        for secret in ["CANARY", SHARED, "127.0.0.1"] {
            if log.contains(secret) {
                wrong.push(format!("{name}: the log tells {secret}"));
            }
        }
        // For a minute nobody asks it, though it would answer.
        stage.front.store().fail(SHARED, None);
        forget(&stage, 0);
        let got = stage.ask("GET", &target, &[]);
        wrong.extend(unlike(&got, &release).map(|what| format!("{name}, later: {what}")));
        settle(&stage);
        let objects = shared(&stage);
        if !objects.is_empty() || count(&stage, 0, "cache_bucket") != 1 {
            wrong.push(format!("{name}, later: the bucket holds {objects:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
