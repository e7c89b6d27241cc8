//! Bytes come back as they were written: whole, in any part, and while the rest is still being written.

use std::pin::pin;

use proptest::prelude::*;

use super::*;

/// Writes the steps, and reads them back from the writer's side and from a cache of its own.
async fn both(steps: &[Step]) -> (Site, Vec<Vec<u8>>) {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let (writer, held) = ticket(&cache, 1).await.begin();
    finish(writer, steps).unwrap();
    let again = find(&site.open(AMPLE), 1).await.unwrap();
    let mut read = Vec::new();
    for held in [held, again] {
        read.push(read_all(&held).await.unwrap());
        assert_eq!(held.end().await.unwrap(), facts(&whole(steps)));
    }
    (site, read)
}

#[tokio::test]
async fn filler_stands_where_it_was_written_and_takes_no_room() {
    use Step::{Bytes, Filler};
    let (part, chunk) = (noise(1, 1000), noise(2, CHUNK));
    let long = 3 * CHUNK as u64 + 5;
    // What is stored beside the first place of filler: bytes, and filler elsewhere.
    let rows: [(&str, Vec<Step>, usize); 12] = [
        ("nothing at all", vec![], 0),
        ("no filler", vec![Bytes(part.clone())], 1000),
        (
            "filler of no length",
            vec![Filler(0), Bytes(part.clone()), Filler(0)],
            1000,
        ),
        ("filler alone", vec![Filler(long)], 0),
        (
            "at the begin",
            vec![Filler(long), Bytes(part.clone())],
            1000,
        ),
        ("at the end", vec![Bytes(part.clone()), Filler(long)], 1000),
        (
            "inside a chunk",
            vec![Bytes(part.clone()), Filler(long), Bytes(chunk.clone())],
            1000 + CHUNK,
        ),
        (
            "between chunks",
            vec![Bytes(chunk.clone()), Filler(long), Bytes(chunk.clone())],
            2 * CHUNK,
        ),
        (
            "behind a whole chunk",
            vec![Bytes(chunk.clone()), Filler(1)],
            CHUNK,
        ),
        (
            "in two pieces",
            vec![
                Bytes(part.clone()),
                Filler(7),
                Filler(0),
                Filler(long),
                Bytes(part.clone()),
            ],
            2000,
        ),
        (
            "at two places",
            vec![
                Bytes(part.clone()),
                Filler(long),
                Bytes(part.clone()),
                Filler(50_000),
            ],
            52_000,
        ),
        (
            "at two places, one of no length",
            vec![Filler(long), Bytes(part.clone()), Filler(0)],
            1000,
        ),
    ];
    let mut wrong = Vec::new();
    for (row, steps, stored) in rows {
        let (site, read) = both(&steps).await;
        if read.iter().any(|read| *read != whole(&steps)) {
            wrong.push(format!("{row}: other bytes"));
        }
        let length = fs::metadata(site.file(name(1), Form::Release))
            .unwrap()
            .len();
        let ending = length.checked_sub(stored as u64);
        if ending.is_none_or(|ending| ending > 500) {
            wrong.push(format!("{row}: {length} bytes for {stored}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_chunk_is_read_as_soon_as_it_is_full_and_the_rest_at_the_end() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let bytes = noise(1, 2 * CHUNK + 10);
    let chunk = CHUNK as u64;
    let (mut writer, held) = ticket(&cache, 1).await.begin();

    writer.write_all(&bytes[..CHUNK - 1]).unwrap();
    assert_eq!(held.written(), 0);
    let mut first = pin!(held.piece(0, 10));
    assert!(is_pending(first.as_mut()).await);
    writer.write_all(&bytes[CHUNK - 1..CHUNK + 5]).unwrap();
    assert_eq!(first.await.unwrap().unwrap(), bytes[..10]);
    assert_eq!(held.written(), chunk);
    assert!(held.wait_for(chunk).await.unwrap());

    let mut second = pin!(held.piece(chunk, u64::MAX));
    let mut behind = pin!(held.wait_for(2 * chunk + 11));
    let mut end = pin!(held.end());
    assert!(is_pending(second.as_mut()).await);
    writer.write_all(&bytes[CHUNK + 5..]).unwrap();
    assert_eq!(second.await.unwrap().unwrap(), bytes[CHUNK..2 * CHUNK]);
    assert!(is_pending(behind.as_mut()).await);
    assert!(is_pending(end.as_mut()).await);
    // What is not whole is nobody's yet, and not in the folder.
    assert_eq!(cache.facts(&name(1)).await, None);
    assert!(site.open(AMPLE).facts(&name(1)).await.is_none());

    writer.finish(facts(&bytes)).unwrap();
    assert!(!behind.await.unwrap());
    assert_eq!(end.await.unwrap(), facts(&bytes));
    assert!(held.wait_for(2 * chunk + 10).await.unwrap());
    assert_eq!(read_all(&held).await.unwrap(), bytes);
    assert_eq!(held.piece(2 * chunk + 10, u64::MAX).await.unwrap(), None);
    assert_eq!(held.piece(5, 5).await.unwrap(), None);
}

#[tokio::test]
async fn filler_is_read_before_anything_follows_it() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let (mut writer, held) = ticket(&cache, 1).await.begin();
    let steps = [Step::Bytes(noise(1, CHUNK)), Step::Filler(70)];
    write(&mut writer, &steps).unwrap();
    assert_eq!(held.written(), CHUNK as u64 + 70);
    let read = read(&held, 0, held.written()).await.unwrap();
    assert_eq!(read, whole(&steps));
}

#[tokio::test]
async fn what_is_removed_while_it_is_read_can_be_read_to_its_end() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let bytes = noise(1, 3 * CHUNK);
    make(&cache, 1, &bytes).await.unwrap();
    let held = find(&cache, 1).await.unwrap();
    fs::remove_file(site.file(name(1), Form::Release)).unwrap();
    assert_eq!(read_all(&held).await.unwrap(), bytes);
    drop(held);
    assert!(find(&cache, 1).await.is_none());
}

#[tokio::test]
async fn facts_outlive_the_bytes_and_are_had_from_either() {
    let bytes = noise(1, 10);
    let rows = [
        ("both", vec![], true),
        ("no bytes", vec![Form::Release], true),
        ("no facts", vec![Form::Facts], true),
        ("neither", vec![Form::Release, Form::Facts], false),
    ];
    let mut wrong = Vec::new();
    for (row, gone, there) in rows {
        let site = Site::new();
        make(&site.open(AMPLE), 1, &bytes).await.unwrap();
        for form in gone {
            fs::remove_file(site.file(name(1), form)).unwrap();
        }
        let found = site.open(AMPLE).facts(&name(1)).await;
        if found != there.then(|| facts(&bytes)) {
            wrong.push(row);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn facts_are_kept_without_bytes() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    cache.keep_facts(&name(1), &facts(b"a")).await.unwrap();
    cache.keep_facts(&name(1), &facts(b"bc")).await.unwrap();
    assert_eq!(cache.facts(&name(1)).await, Some(facts(b"bc")));
    assert_eq!(cache.facts(&name(2)).await, None);
    assert!(find(&cache, 1).await.is_none());
}

#[tokio::test]
async fn facts_of_another_length_are_refused() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let (mut writer, held) = ticket(&cache, 1).await.begin();
    writer.write_all(b"abc").unwrap();
    writer.filler(2).unwrap();
    let error = writer.finish(facts(b"abc")).unwrap_err();
    assert_eq!(error.kind(), crate::Kind::Internal);
    assert_eq!(held.end().await.unwrap_err().kind(), crate::Kind::Internal);
    assert_eq!(site.files(), [""; 0]);
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let bytes =
        (any::<u8>(), 0..CHUNK * 3 / 2).prop_map(|(seed, length)| Step::Bytes(noise(seed, length)));
    let filler = (0..CHUNK as u64 * 2).prop_map(Step::Filler);
    prop::collection::vec(prop_oneof![3 => bytes, 1 => filler], 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    /// Any parts, in any order: while they are written, and from another process's time.
    #[test]
    fn any_part_is_that_part(
        steps in steps(),
        parts in prop::collection::vec((0..1100usize, 0..1100usize), 1..20),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let wrong = runtime.block_on(async {
            let site = Site::new();
            let (writer, held) = ticket(&site.open(AMPLE), 1).await.begin();
            let expected = whole(&steps);
            let early = tokio::spawn(wrong_parts(held, expected.clone(), parts.clone()));
            let making = tokio::task::spawn_blocking(move || finish(writer, &steps));
            let early = early.await.unwrap();
            making.await.unwrap().unwrap();
            let held = find(&site.open(AMPLE), 1).await.unwrap();
            [early, wrong_parts(held, expected, parts).await].concat()
        });
        prop_assert!(wrong.is_empty(), "{wrong:?}");
    }
}

/// Which parts come back as something else. They are told in thousandths of the release, up to a tenth behind its end.
async fn wrong_parts(
    held: Held,
    expected: Vec<u8>,
    parts: Vec<(usize, usize)>,
) -> Vec<(usize, usize)> {
    let mut wrong = Vec::new();
    for part in parts {
        let (from, to) = (
            expected.len() * part.0 / 1000,
            expected.len() * part.1 / 1000,
        );
        let slice = expected
            .get(from..to.min(expected.len()))
            .unwrap_or_default();
        if read(&held, from as u64, to as u64).await.unwrap() != slice {
            wrong.push((from, to));
        }
    }
    wrong
}
