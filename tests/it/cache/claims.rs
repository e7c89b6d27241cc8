//! Claims that lie in the bucket: of who makes a release just now, and of who died making one.

use std::sync::mpsc;
use std::thread::scope;
use std::time::{Duration, Instant};

use chrono::Utc;

use super::{
    ROWS, SHARED, count, empty, forget, is_claim, key, made, object, settle, shared, stage, unlike,
};
use crate::access_point::stage::Stage;
use crate::support::lambda::store::Object;
use crate::support::site::wait_for;

/// A request has so many seconds here, less the reserve; so it waits for half of them at most.
const TIMEOUT: (&str, &str) = ("AWS_LAMBDA_FUNCTION_TIMEOUT", "8");
const HALF: Duration = Duration::from_secs(3);

/// What lies in the bucket for a release.
struct Entry {
    claim: String,
    objects: Vec<(String, Object)>,
}

/// Has the release made, takes it out of bucket and folder, and leaves the claim of another, so many seconds old.
fn claimed(stage: &Stage, target: &str, age: i64) -> Entry {
    let store = stage.front.store();
    assert_eq!(stage.ask("GET", target, &[]).status(), 200);
    let claim = key(stage, ".release").replace(".release", ".claim");
    let keys = store.keys(SHARED).into_iter();
    let objects = keys.map(|key| {
        let object = store.object(SHARED, &key).unwrap();
        (key, object)
    });
    let objects = objects.collect();
    empty(stage);
    forget(stage, 0);
    store.put(SHARED, &claim, "of another process");
    store.change(SHARED, &claim, |object| {
        object.modified = Utc::now() - chrono::Duration::seconds(age);
    });
    Entry { claim, objects }
}

#[test]
fn a_dead_process_keeps_nobody_waiting() {
    let stage = stage(1, &[TIMEOUT]);
    let (target, release) = object(&stage, "a", 100, "csv");
    claimed(&stage, &target, 70);
    let asked = Instant::now();
    assert_eq!(unlike(&stage.ask("GET", &target, &[]), &release), None);
    assert!(asked.elapsed() < HALF, "{:?}", asked.elapsed());
    assert_eq!(made(&stage), 2);
    // It is shared, and the claim was ours in the end.
    settle(&stage);
    let objects = shared(&stage);
    let endings: Vec<_> = objects
        .iter()
        .filter_map(|name| name.split('.').nth(1))
        .collect();
    assert_eq!(endings, ["facts", "release"]);
}

#[test]
fn a_living_process_is_waited_for_and_its_release_answered() {
    let stage = stage(1, &[TIMEOUT]);
    let (target, release) = object(&stage, "a", 100, "csv");
    let entry = claimed(&stage, &target, 0);
    let store = stage.front.store();
    store.forget();
    scope(|scope| {
        let (answered, answer) = mpsc::channel();
        scope.spawn(|| {
            let answered = answered;
            answered.send(stage.ask("GET", &target, &[])).unwrap();
        });
        // It has looked at the claim, and waits.
        wait_for("a look at the claim", || {
            store.counts(SHARED, &entry.claim).gets > 0
        });
        assert!(answer.try_recv().is_err());
        for (key, object) in &entry.objects {
            store.put(SHARED, key, object.bytes.to_vec());
        }
        store.delete(SHARED, &entry.claim);
        assert_eq!(unlike(&answer.recv().unwrap(), &release), None);
    });
    assert_eq!(made(&stage), 1);
}

#[test]
fn a_living_process_that_gives_up_is_followed_by_who_waits() {
    let stage = stage(1, &[TIMEOUT]);
    let (target, release) = object(&stage, "a", 100, "csv");
    let entry = claimed(&stage, &target, 0);
    let store = stage.front.store();
    store.forget();
    scope(|scope| {
        let asked = scope.spawn(|| stage.ask("GET", &target, &[]));
        wait_for("a look at the claim", || {
            store.counts(SHARED, &entry.claim).gets > 0
        });
        store.delete(SHARED, &entry.claim);
        assert_eq!(unlike(&asked.join().unwrap(), &release), None);
    });
    assert_eq!(made(&stage), 2);
    assert!(!shared(&stage).iter().any(|name| is_claim(name)));
}

#[test]
fn nobody_waits_for_longer_than_half_of_the_time() {
    let stage = stage(1, &[TIMEOUT]);
    let (target, release) = object(&stage, "a", 100, "csv");
    let entry = claimed(&stage, &target, 0);
    let asked = Instant::now();
    assert_eq!(unlike(&stage.ask("GET", &target, &[]), &release), None);
    let took = asked.elapsed();
    assert!(took > HALF / 2 && took < 2 * HALF, "{took:?}");
    assert_eq!(made(&stage), 2);
    // The other's claim is its own, and so is what it will share.
    assert_eq!(stage.front.store().keys(SHARED), [entry.claim]);
    assert_eq!(count(&stage, 0, "cache_bucket"), 0);
}

#[test]
fn a_process_that_is_killed_leaves_a_claim_that_ends_nothing() {
    let stage = stage(2, &[]);
    let (target, release) = object(&stage, "a", 5 * ROWS, "csv");
    let store = stage.front.store();
    stage.front.use_only(Some(0));
    scope(|scope| {
        scope.spawn(|| stage.ask("GET", &target, &[]));
        wait_for("a claim", || {
            shared(&stage).iter().any(|name| is_claim(name))
        });
        stage.front.emulators()[0].kill();
    });
    let claim = store.keys(SHARED).into_iter().find(|key| is_claim(key));
    let claim = claim.expect("a claim");
    store.change(SHARED, &claim, |object| {
        object.modified -= chrono::Duration::seconds(70);
    });
    stage.front.use_only(Some(1));
    assert_eq!(unlike(&stage.ask("GET", &target, &[]), &release), None);
    wait_for("the claim's end", || store.object(SHARED, &claim).is_none());
}
