//! Of all who ask at once, one makes; and what becomes of the others when that one does not.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Barrier;

use super::*;
use crate::error::Kind;

/// Finds at the same time, makes what is missing, and reads; counts those who made.
async fn at_once(cache: &Cache, bytes: &[u8], made: &Arc<AtomicUsize>) -> Vec<Vec<u8>> {
    let barrier = Arc::new(Barrier::new(16));
    let task = |_| {
        let (cache, barrier, made) = (cache.clone(), barrier.clone(), made.clone());
        let bytes = bytes.to_owned();
        tokio::spawn(async move {
            barrier.wait().await;
            let held = match cache.find(&name(1), later()).await.unwrap() {
                Found::Held(held) => held,
                Found::Missing(ticket) => {
                    made.fetch_add(1, Ordering::SeqCst);
                    // The others ask while there is a ticket and no entry.
                    tokio::task::yield_now().await;
                    let (writer, held) = ticket.begin();
                    std::thread::spawn(move || finish(writer, &[Step::Bytes(bytes)]).unwrap());
                    held
                }
            };
            read_all(&held).await.unwrap()
        })
    };
    let tasks: Vec<_> = (0..16).map(task).collect();
    let mut read = Vec::new();
    for task in tasks {
        read.push(task.await.unwrap());
    }
    read
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_who_ask_at_once_make_it_once_and_read_the_same() {
    for round in 0..20 {
        let site = Site::new();
        let cache = site.open(AMPLE);
        let bytes = noise(round, 5 * CHUNK + 3);
        let made = Arc::default();
        // Twice missing or being made, then from the folder.
        for cache in [&cache, &cache, &site.open(AMPLE)] {
            let read = at_once(cache, &bytes, &made).await;
            assert!(read.iter().all(|read| *read == bytes));
        }
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn a_dropped_ticket_goes_to_who_waits() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let (a, b) = (name(1), name(2));
    let first = ticket(&cache, 1).await;
    let mut waits = pin!(cache.find(&a, later()));
    assert!(is_pending(waits.as_mut()).await);
    // Nobody else has to wait for it.
    assert!(matches!(
        cache.find(&b, later()).await.unwrap(),
        Found::Missing(_)
    ));
    drop(first);
    let Found::Missing(second) = waits.await.unwrap() else {
        panic!("nothing was made");
    };
    let mut waits = pin!(cache.find(&a, later()));
    assert!(is_pending(waits.as_mut()).await);
    let (_writer, _held) = second.begin();
    assert!(matches!(waits.await.unwrap(), Found::Held(_)));
}

#[tokio::test]
async fn who_gives_up_asking_takes_no_ticket_along() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let asked = name(1);
    let mut given_up = false;
    // A look that was answered at once, as on a busy machine, was not given up; its ticket goes with it.
    for _ in 0..100 {
        let mut asks = pin!(cache.find(&asked, later()));
        given_up = is_pending(asks.as_mut()).await;
        if given_up {
            break;
        }
    }
    assert!(given_up);
    drop(ticket(&cache, 1).await);
}

#[tokio::test]
async fn readers_of_a_failed_release_are_told_why_and_the_next_one_makes_it() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let bytes = noise(1, 2 * CHUNK);
    let value = Error::new(Kind::Value, "does not read as a date").at_record(17);
    let rows: [(&str, Option<&Error>, Kind); 2] = [
        ("failed", Some(&value), Kind::Value),
        ("dropped", None, Kind::Interrupted),
    ];
    let mut wrong = Vec::new();
    for (row, error, kind) in rows {
        let (mut writer, held) = ticket(&cache, 1).await.begin();
        writer.write_all(&bytes).unwrap();
        let other = find(&cache, 1).await.unwrap();
        assert_eq!(other.piece(0, 1).await.unwrap().unwrap(), bytes[..1]);
        let mut waits = pin!(held.piece(2 * CHUNK as u64, u64::MAX));
        assert!(is_pending(waits.as_mut()).await);
        match error {
            Some(error) => assert_eq!(writer.fail(error).to_string(), error.to_string()),
            None => drop(writer),
        }
        let answers = [
            waits.await.err(),
            other.piece(0, 1).await.err(),
            other.wait_for(1).await.err(),
            other.end().await.err(),
        ];
        for (at, answer) in answers.iter().enumerate() {
            let same = error.is_none_or(|error| {
                answer.as_ref().map(ToString::to_string) == Some(error.to_string())
            });
            if answer.as_ref().map(Error::kind) != Some(kind) || !same {
                wrong.push(format!("{row}, {at}: {answer:?}"));
            }
        }
        if !site.files().is_empty() || find(&cache, 1).await.is_some() {
            wrong.push(format!("{row}: something stays"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// How often the work was stopped.
fn counted(held: &Held) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    held.on_abandoned(move || {
        counter.fetch_add(1, Ordering::SeqCst);
    });
    count
}

#[tokio::test]
async fn work_for_nobody_is_stopped_and_begun_anew() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let (mut writer, held) = ticket(&cache, 1).await.begin();
    let stopped = counted(&held);
    let clone = held.clone();
    drop(held);
    let other = find(&cache, 1).await.unwrap();
    drop(clone);
    assert_eq!(stopped.load(Ordering::SeqCst), 0);
    drop(other);
    assert_eq!(stopped.load(Ordering::SeqCst), 1);

    // The one that was stopped may be slow to hear of it, or not hear of it at all.
    let (second, held) = ticket(&cache, 1).await.begin();
    writer.write_all(b"abc").unwrap();
    writer.finish(facts(b"abc")).unwrap();
    finish(second, &[Step::Bytes(b"abc".to_vec())]).unwrap();
    assert_eq!(read_all(&held).await.unwrap(), b"abc");
    assert_eq!(stopped.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn work_that_is_over_is_not_stopped() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let (writer, held) = ticket(&cache, 1).await.begin();
    let over = counted(&held);
    finish(writer, &[]).unwrap();
    drop(held);

    let (writer, held) = ticket(&cache, 2).await.begin();
    let failed = counted(&held);
    drop(writer);
    drop(held);

    let stopped = [over, failed].map(|count| count.load(Ordering::SeqCst));
    assert_eq!(stopped, [0, 0]);
}

#[tokio::test]
async fn two_processes_that_make_the_same_do_no_harm() {
    let site = Site::new();
    let (one, two) = (site.open(AMPLE), site.open(AMPLE));
    let steps = [Step::Bytes(noise(1, 2 * CHUNK)), Step::Filler(9)];
    let (mut first, a) = ticket(&one, 1).await.begin();
    write(&mut first, &steps).unwrap();
    let (second, b) = ticket(&two, 1).await.begin();
    finish(second, &steps).unwrap();
    first.finish(facts(&whole(&steps))).unwrap();
    let c = find(&site.open(AMPLE), 1).await.unwrap();
    for held in [a, b, c] {
        assert_eq!(read_all(&held).await.unwrap(), whole(&steps));
    }
}
