//! The byte limit: never passed, and the least recently used goes first.

use std::time::{Duration, SystemTime};

use super::*;
use crate::cache::is_no_room;
use crate::error::Kind;

const BLOCK: u64 = 4096;

/// What the folder takes, counted by the test.
fn taken(site: &Site) -> u64 {
    let entries = fs::read_dir(site.path()).unwrap();
    // A file may go while it is counted.
    let lengths = entries.filter_map(|entry| Some(entry.unwrap().metadata().ok()?.len()));
    lengths.map(|length| length.next_multiple_of(BLOCK)).sum()
}

fn set_age(path: &Path, seconds: u64) {
    set_used(path, SystemTime::now() - Duration::from_secs(seconds));
}

fn set_used(path: &Path, at: SystemTime) {
    fs::File::open(path).unwrap().set_modified(at).unwrap();
}

fn age(path: &Path) -> u64 {
    let used = fs::metadata(path).unwrap().modified().unwrap();
    used.elapsed().unwrap_or_default().as_secs()
}

/// Entries 1 to 8, each a block with its bytes and a block with its facts, the first one the oldest. Both forms were
/// used at the same time: then the bytes go first.
async fn eight(site: &Site) {
    let cache = site.open(AMPLE);
    for number in 1..=8 {
        make(&cache, number, &noise(number, 100)).await.unwrap();
    }
    let now = SystemTime::now();
    for number in 1..=8 {
        let used = now - Duration::from_secs(10_000 - u64::from(number) * 100);
        for form in Form::ALL {
            set_used(&site.file(name(number), form), used);
        }
    }
}

/// The numbers of the entries whose bytes, and whose facts, are there.
fn there(site: &Site) -> [Vec<u8>; 2] {
    Form::ALL.map(|form| {
        (0..=20)
            .filter(|number| site.file(name(*number), form).exists())
            .collect()
    })
}

#[tokio::test]
async fn the_least_recently_used_goes_first() {
    /// What is done with entry 1 before room is needed.
    #[derive(Clone, Copy)]
    enum Use {
        Nothing,
        Read,
        Facts,
    }
    // With 16 blocks there, a limit of 16 leaves room down to 15 when a 17th comes: two go for it. Entry 9 needs two.
    let rows = [
        (
            "nothing used",
            Use::Nothing,
            [vec![2, 3, 4, 5, 6, 7, 8, 9], vec![2, 3, 4, 5, 6, 7, 8, 9]],
        ),
        (
            "read",
            Use::Read,
            [vec![1, 3, 4, 5, 6, 7, 8, 9], vec![2, 3, 4, 5, 6, 7, 8, 9]],
        ),
        (
            "its facts asked",
            Use::Facts,
            [vec![3, 4, 5, 6, 7, 8, 9], vec![1, 2, 3, 4, 5, 6, 7, 8, 9]],
        ),
    ];
    let mut wrong = Vec::new();
    for (row, used, expected) in rows {
        let site = Site::new();
        eight(&site).await;
        let cache = site.open(AMPLE);
        match used {
            Use::Nothing => {}
            Use::Read => drop(read_all(&find(&cache, 1).await.unwrap()).await.unwrap()),
            Use::Facts => drop(cache.facts(&name(1)).await.unwrap()),
        }
        // As another process, later: the order is in the folder.
        make(&site.open(16 * BLOCK), 9, b"abc").await.unwrap();
        if there(&site) != expected {
            wrong.push(format!("{row}: {:?}", there(&site)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_folder_over_the_limit_is_cut_when_it_is_opened() {
    let site = Site::new();
    eight(&site).await;
    drop(site.open(16 * BLOCK));
    assert_eq!(
        there(&site),
        [(1..=8).collect::<Vec<_>>(), (1..=8).collect()]
    );
    drop(site.open(8 * BLOCK));
    // Half a block is left free beside the limit, so eight blocks are seven.
    assert_eq!(there(&site), [vec![6, 7, 8], vec![5, 6, 7, 8]]);
    drop(site.open(0));
    assert_eq!(site.files(), [""; 0]);
}

#[tokio::test]
async fn use_is_noted_at_most_once_a_minute() {
    let rows = [
        ("30 s ago", 30, false),
        ("90 s ago", 90, true),
        ("a day ago", 86_400, true),
    ];
    let mut wrong = Vec::new();
    for (row, seconds, noted) in rows {
        let site = Site::new();
        make(&site.open(AMPLE), 1, b"abc").await.unwrap();
        let cache = site.open(AMPLE);
        let held = find(&cache, 1).await.unwrap();
        for (form, path) in Form::ALL.map(|form| (form, site.file(name(1), form))) {
            set_age(&path, seconds);
            match form {
                // Open for long, it is used by every read.
                Form::Release => drop(read_all(&held).await.unwrap()),
                Form::Facts => drop(site.open(AMPLE).facts(&name(1)).await.unwrap()),
            }
            if (age(&path) < 20) != noted {
                wrong.push(format!("{row}, {form:?}: {} s", age(&path)));
            }
        }
    }
    // The clock was wrong once.
    let site = Site::new();
    make(&site.open(AMPLE), 1, b"abc").await.unwrap();
    let path = site.file(name(1), Form::Release);
    let future = SystemTime::now() + Duration::from_hours(24);
    set_used(&path, future);
    drop(find(&site.open(AMPLE), 1).await.unwrap());
    if fs::metadata(&path).unwrap().modified().unwrap() > SystemTime::now() {
        wrong.push("from the future".to_owned());
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_being_written_counts() {
    let site = Site::new();
    let limit = 6 * CHUNK as u64;
    let cache = site.open(limit);
    for number in 1..=4 {
        make(&cache, number, &noise(number, CHUNK - 500))
            .await
            .unwrap();
        set_age(
            &site.file(name(number), Form::Release),
            1000 - u64::from(number),
        );
    }
    let mut writers = Vec::new();
    for number in 5..=6 {
        writers.push(ticket(&cache, number).await.begin());
    }
    // Four chunks beside what is there: the old ones go for them.
    for step in 0..2 {
        for (writer, _) in &mut writers {
            writer.write_all(&noise(step, CHUNK)).unwrap();
            assert!(taken(&site) <= limit, "{} of {limit}", taken(&site));
        }
    }
    // What nobody writes went before what somebody does.
    assert_eq!(there(&site)[0], [4]);
    let fifth = |(writer, _): &mut (EntryWriter, Held)| writer.write_all(&noise(3, 2 * CHUNK));
    let outcomes: Vec<_> = writers
        .iter_mut()
        .map(|writer| fifth(writer).is_ok())
        .collect();
    assert_eq!((outcomes, taken(&site) <= limit), (vec![true, false], true));
    drop(writers);
    assert_eq!(there(&site)[0], [0; 0]);
    make(&cache, 7, &noise(7, 5 * CHUNK)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_limit_holds_while_many_write_at_once() {
    let site = Site::new();
    let limit = 20 * CHUNK as u64;
    let cache = site.open(limit);
    let work = |number| {
        let cache = cache.clone();
        tokio::spawn(async move {
            let (writer, _) = ticket(&cache, number).await.begin();
            let steps = (0..3).map(|_| Step::Bytes(noise(number, CHUNK / 2 + 77)));
            let steps: Vec<_> = steps.collect();
            std::thread::spawn(move || finish(writer, &steps))
                .join()
                .unwrap()
        })
    };
    let tasks: Vec<_> = (1..=60).map(work).collect();
    let mut most = 0;
    while !tasks.iter().all(tokio::task::JoinHandle::is_finished) {
        most = most.max(taken(&site));
        tokio::task::yield_now().await;
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert!(most <= limit && taken(&site) <= limit, "{most} of {limit}");
    assert!(taken(&site) > limit / 2, "{} of {limit}", taken(&site));
}

#[tokio::test]
async fn small_files_count_as_what_they_take() {
    let site = Site::new();
    let limit = 64 * BLOCK;
    let cache = site.open(limit);
    let mut over = Vec::new();
    for number in 0..200 {
        let name = Name::from([number; 32]);
        cache.keep_facts(&name, &facts(b"abc")).await.unwrap();
        if taken(&site) > limit {
            over.push((number, taken(&site)));
        }
    }
    assert!(over.is_empty(), "{over:?}");
    assert!(taken(&site) >= limit / 2);
}

#[tokio::test]
async fn what_alone_is_more_than_the_limit_fails_and_leaves_nothing() {
    let site = Site::new();
    let limit = 2 * CHUNK as u64;
    let cache = site.open(limit);
    let (mut writer, held) = ticket(&cache, 1).await.begin();
    // Filler takes no room.
    writer.filler(1 << 40).unwrap();
    let error = finish(writer, &[Step::Bytes(noise(1, 3 * CHUNK))]).unwrap_err();
    for error in [
        error,
        held.end().await.unwrap_err(),
        held.piece(0, 1).await.unwrap_err(),
    ] {
        assert!(
            is_no_room(&error) && error.kind() == Kind::Output,
            "{error}"
        );
        assert!(error.message().contains("max_bytes"), "{error}");
    }
    assert_eq!(site.files(), [""; 0]);
    make(&cache, 1, b"abc").await.unwrap();
    // Other failures are not of this kind.
    let (writer, held) = ticket(&cache, 2).await.begin();
    drop(writer);
    assert!(!is_no_room(&held.end().await.unwrap_err()));
}

#[tokio::test]
async fn where_there_is_no_room_at_all_nothing_is_kept() {
    let site = Site::new();
    let cache = site.open(0);
    let kept = cache.keep_facts(&name(1), &facts(b"")).await.unwrap_err();
    let made = make(&cache, 1, b"").await.unwrap_err();
    assert!(is_no_room(&kept) && is_no_room(&made));
    assert_eq!(site.files(), [""; 0]);
}

#[tokio::test]
async fn what_other_processes_write_counts_and_may_go() {
    let site = Site::new();
    let limit = 40 * BLOCK;
    let cache = site.open(limit);
    make(&cache, 1, &noise(1, 100)).await.unwrap();
    let other = site.open(AMPLE);
    for number in 2..=19 {
        make(&other, number, &noise(number, 100)).await.unwrap();
    }
    // The limit is 20 entries: 19 are there, and this one opens the folder's eyes.
    for number in 0..=1 {
        let path = site.file(name(number), Form::Release);
        let _ = fs::remove_file(path);
    }
    make(&cache, 0, &noise(0, 60_000)).await.unwrap();
    assert!(taken(&site) <= limit, "{} of {limit}", taken(&site));
    assert!(find(&cache, 0).await.is_some());
    // What another process has removed meanwhile is no error.
    for file in site.files() {
        fs::remove_file(site.path().join(file)).unwrap();
    }
    make(&cache, 20, &noise(3, 100_000)).await.unwrap();
    assert!(find(&cache, 20).await.is_some());
}
