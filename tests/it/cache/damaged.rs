//! What lies in the bucket is checked before anything of it is answered, and made anew where it is not what was put there.

use super::{SHARED, count, forget, key, object, settle, stage, unlike};
use crate::access_point::stage::Stage;

/// What happens to an object.
type Meddle = fn(&mut Vec<u8>);

const MEDDLED: [(&str, Meddle); 9] = [
    ("its first byte flipped", |bytes| bytes[0] ^= 1),
    ("a byte in the middle flipped", |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    }),
    ("its last byte flipped", |bytes| {
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
    }),
    ("a byte near its end flipped", |bytes| {
        let near = bytes.len() - 60;
        bytes[near] ^= 1;
    }),
    ("cut to a half", |bytes| bytes.truncate(bytes.len() / 2)),
    ("cut by a byte", |bytes| bytes.truncate(bytes.len() - 1)),
    ("cut to nothing", Vec::clear),
    ("a byte too long", |bytes| bytes.push(0)),
    ("another file", |bytes| {
        *bytes = b"Fullname,SSN\nCANARY,CANARY\n".to_vec();
    }),
];

/// Puts other bytes in an object's place.
fn meddle(stage: &Stage, key: &str, meddle: Meddle) -> Vec<u8> {
    let store = stage.front.store();
    let whole = store.object(SHARED, key).unwrap().bytes.to_vec();
    let mut bytes = whole.clone();
    meddle(&mut bytes);
    store.put(SHARED, key, bytes);
    whole
}

#[test]
fn an_entry_that_was_meddled_with_is_made_anew_here_and_there() {
    let stage = stage(1, &[]);
    // More than one chunk of an entry.
    let (target, release) = object(&stage, "a", 6_000, "csv");
    assert_eq!(unlike(&stage.ask("GET", &target, &[]), &release), None);
    let keys = [key(&stage, ".release"), key(&stage, ".facts")];
    let mut wrong = Vec::new();
    for (name, change) in MEDDLED {
        forget(&stage, 0);
        let before = count(&stage, 0, "cache_entry_damaged");
        let whole = keys.each_ref().map(|key| meddle(&stage, key, change));
        let head = stage.ask("HEAD", &target, &[]);
        if head.header("content-length") != release.len().to_string() {
            let said = head.header("content-length");
            wrong.push(format!("{name}: HEAD says {said:?}, and {}", head.status()));
        }
        let got = stage.ask("GET", &target, &[]);
        wrong.extend(unlike(&got, &release).map(|what| format!("{name}: {what}")));
        for (key, whole) in keys.iter().zip(whole) {
            let now = stage.front.store().object(SHARED, key);
            if now.is_none_or(|object| *object.bytes != whole) {
                wrong.push(format!("{name}: {key} is not what it was"));
            }
        }
        let told = count(&stage, 0, "cache_entry_damaged") - before;
        if told != 2 {
            wrong.push(format!("{name}: the log tells of {told} damaged entries"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_entry_of_another_release_is_not_answered() {
    let stage = stage(1, &[]);
    let (_, other) = object(&stage, "b", 300, "csv");
    let (target, release) = object(&stage, "a", 200, "csv");
    assert_eq!(unlike(&stage.ask("GET", &target, &[]), &release), None);
    let own = [key(&stage, ".release"), key(&stage, ".facts")];
    let theirs = target.replace("/a/", "/b/");
    assert_eq!(unlike(&stage.ask("GET", &theirs, &[]), &other), None);
    settle(&stage);
    let store = stage.front.store();
    for own in own {
        let ending = own.rsplit('.').next().unwrap();
        let mut others = store.keys(SHARED).into_iter();
        let their = others.find(|key| key.ends_with(ending) && *key != own);
        let their = store.object(SHARED, &their.unwrap()).unwrap();
        store.put(SHARED, &own, their.bytes.to_vec());
    }
    forget(&stage, 0);
    let head = stage.ask("HEAD", &target, &[]);
    assert_eq!(head.header("content-length"), release.len().to_string());
    assert_eq!(unlike(&stage.ask("GET", &target, &[]), &release), None);
}

#[test]
fn a_transfer_from_the_bucket_that_breaks_off_is_made_up_for() {
    let stage = stage(1, &[]);
    let (target, release) = object(&stage, "a", 6_000, "csv");
    assert_eq!(unlike(&stage.ask("GET", &target, &[]), &release), None);
    forget(&stage, 0);
    let release_key = key(&stage, ".release");
    stage
        .front
        .store()
        .change(SHARED, &release_key, |object| object.cut = Some(1_000));
    assert_eq!(unlike(&stage.ask("GET", &target, &[]), &release), None);
    assert_eq!(count(&stage, 0, "cache_bucket"), 1);
    assert_eq!(count(&stage, 0, "cache_entry_damaged"), 0);
}
