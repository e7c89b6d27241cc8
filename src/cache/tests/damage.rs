//! What is not exactly what was written is never served: it is dropped, and made again.

use std::io;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex};

use super::*;
use crate::cache::is_damaged;

/// Three chunks and a half, with filler inside the second one.
fn steps() -> [Step; 3] {
    let before = Step::Bytes(noise(1, CHUNK * 3 / 2));
    [before, Step::Filler(1000), Step::Bytes(noise(2, CHUNK * 2))]
}

/// Where things stand in the entry of these steps.
struct Map {
    file: Vec<u8>,
    stored: usize,
    notes: usize,
    tail: usize,
}

async fn made(site: &Site) -> Map {
    let (writer, _) = ticket(&site.open(AMPLE), 1).await.begin();
    finish(writer, &steps()).unwrap();
    let file = fs::read(site.file(name(1), Form::Release)).unwrap();
    let stored = CHUNK * 7 / 2;
    Map {
        stored,
        notes: stored + 4 * 16,
        tail: file.len() - 40,
        file,
    }
}

/// Puts this file in the entry's place, and asks for it: it must be found out, never answer another byte, and be gone.
async fn verdict(site: &Site, file: &[u8]) -> Option<String> {
    let path = site.file(name(1), Form::Release);
    fs::write(&path, file).unwrap();
    let cache = site.open(AMPLE);
    if let Some(held) = find(&cache, 1).await {
        let (mut at, expected) = (0, whole(&steps()));
        let error = loop {
            match held.piece(at as u64, u64::MAX).await {
                Ok(Some(piece)) if expected[at..].starts_with(&piece) => at += piece.len(),
                Ok(Some(_)) => return Some(format!("other bytes at {at}")),
                Ok(None) => return Some(format!("ends at {at}, as if it were whole")),
                Err(error) => break error,
            }
        };
        if !is_damaged(&error) {
            return Some(error.to_string());
        }
    }
    if path.exists() {
        return Some("the entry stays".to_owned());
    }
    let again = find(&cache, 1).await;
    again.map(|_| "found again".to_owned())
}

/// Read by hand, as the head of `entry.rs` has it.
#[tokio::test]
async fn the_form_is_the_one_that_is_written_down() {
    let site = Site::new();
    let map = made(&site).await;
    let hash = |number: u64, parts: &[&[u8]]| {
        let bytes = [&[1; 32][..], &number.to_be_bytes(), &parts.concat()].concat();
        Sha256::digest(bytes)[..16].to_vec()
    };
    let stored: Vec<_> = steps()
        .into_iter()
        .filter(|step| matches!(step, Step::Bytes(_)))
        .collect();
    let stored = whole(&stored);
    let chunks = stored.chunks(CHUNK).zip(0..);
    let sums = chunks
        .map(|(chunk, number)| hash(number, &[chunk]))
        .collect::<Vec<_>>()
        .concat();
    let notes = &map.file[map.notes..map.tail];
    let lengths = [stored.len() as u64, notes.len() as u64]
        .map(u64::to_be_bytes)
        .concat();
    let sum = hash(u64::MAX, &[&sums, notes, &lengths, b"VEILREL\x01"]);
    let parts = [&stored, &sums, notes, &lengths, &sum, &b"VEILREL\x01"[..]];
    assert!(map.file == parts.concat());
    let notes: serde_json::Value = serde_json::from_slice(notes).unwrap();
    let gap = serde_json::json!({"offset": CHUNK * 3 / 2, "length": 1000});
    assert_eq!(notes["gap"], gap);
    assert_eq!(notes["facts"]["length"], CHUNK * 7 / 2 + 1000);
}

#[tokio::test]
async fn one_flipped_bit_anywhere_is_found_out() {
    let site = Site::new();
    let map = made(&site).await;
    let rows = [
        ("the first byte", 0),
        ("the first chunk's last", CHUNK - 1),
        ("the second chunk's first", CHUNK),
        ("before the filler", CHUNK * 3 / 2 - 1),
        ("behind the filler", CHUNK * 3 / 2),
        ("a chunk in the middle", CHUNK * 5 / 2),
        ("the last chunk's first", CHUNK * 3),
        ("the last stored byte", map.stored - 1),
        ("the first checksum", map.stored),
        ("a checksum in the middle", map.stored + 24),
        ("the last checksum", map.notes - 1),
        ("the first note", map.notes),
        ("the facts", map.notes + 20),
        ("the place of the filler", map.tail - 12),
        ("the last note", map.tail - 1),
        ("the stored length, high", map.tail),
        ("the stored length, low", map.tail + 7),
        ("the notes' length, high", map.tail + 8),
        ("the notes' length, low", map.tail + 15),
        ("the tail's checksum", map.tail + 16),
        ("the end of the tail's checksum", map.tail + 31),
        ("the form", map.tail + 32),
        ("the version", map.tail + 39),
    ];
    let mut wrong = Vec::new();
    for (row, at) in rows {
        for bit in [1, 0x80] {
            let mut file = map.file.clone();
            file[at] ^= bit;
            if let Some(reason) = verdict(&site, &file).await {
                wrong.push(format!("{row}: {reason}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_file_of_another_length_is_found_out() {
    let site = Site::new();
    let map = made(&site).await;
    let length = map.file.len();
    let mut cuts: Vec<_> = (0..16).map(|part| length * part / 16).collect();
    cuts.extend([1, 39, 40, 41, map.stored, map.notes, map.tail, length - 1]);
    let mut wrong = Vec::new();
    for cut in cuts {
        if let Some(reason) = verdict(&site, &map.file[..cut]).await {
            wrong.push(format!("cut at {cut}: {reason}"));
        }
    }
    let rows = [
        ("a byte more at the end", [&map.file[..], &[0]].concat()),
        ("a byte more at the begin", [&[0], &map.file[..]].concat()),
        (
            "its tail twice",
            [&map.file[..], &map.file[map.tail..]].concat(),
        ),
        ("without its first chunk", map.file[CHUNK..].to_vec()),
        ("zeros, as a lost block", vec![0; length]),
        (
            "chunks exchanged",
            [
                &map.file[CHUNK..2 * CHUNK],
                &map.file[..CHUNK],
                &map.file[2 * CHUNK..],
            ]
            .concat(),
        ),
    ];
    for (row, file) in rows {
        if let Some(reason) = verdict(&site, &file).await {
            wrong.push(format!("{row}: {reason}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn every_byte_of_facts_is_checked() {
    let site = Site::new();
    let path = site.file(name(1), Form::Facts);
    let keep = site.open(AMPLE);
    keep.keep_facts(&name(1), &facts(b"a")).await.unwrap();
    let file = fs::read(&path).unwrap();
    let mut wrong = Vec::new();
    for at in 0..file.len() {
        let mut file = file.clone();
        file[at] ^= 1;
        fs::write(&path, file).unwrap();
        if keep.facts(&name(1)).await.is_some() || path.exists() {
            wrong.push(format!("flipped at {at}"));
        }
    }
    for cut in 0..file.len() {
        fs::write(&path, &file[..cut]).unwrap();
        if keep.facts(&name(1)).await.is_some() || path.exists() {
            wrong.push(format!("cut at {cut}"));
        }
    }
    fs::write(&path, &file).unwrap();
    assert_eq!(keep.facts(&name(1)).await, Some(facts(b"a")));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn damaged_facts_are_had_from_the_bytes_entry() {
    let site = Site::new();
    make(&site.open(AMPLE), 1, b"abc").await.unwrap();
    fs::write(site.file(name(1), Form::Facts), "{}").unwrap();
    assert_eq!(site.open(AMPLE).facts(&name(1)).await, Some(facts(b"abc")));
    fs::write(site.file(name(1), Form::Release), "abc").unwrap();
    assert_eq!(site.open(AMPLE).facts(&name(1)).await, None);
    assert_eq!(site.files(), [""; 0]);
}

#[tokio::test]
async fn an_entry_answers_to_no_other_name_or_form() {
    use Form::{Facts, Release};
    let rows = [
        ("another's bytes", (1, Release), (2, Release)),
        ("another's facts", (1, Facts), (2, Facts)),
        ("bytes as facts", (1, Release), (1, Facts)),
        ("facts as bytes", (1, Facts), (1, Release)),
    ];
    let mut wrong = Vec::new();
    for (row, from, to) in rows {
        let site = Site::new();
        let cache = site.open(AMPLE);
        make(&cache, 1, b"").await.unwrap();
        let file = |(number, form)| site.file(name(number), form);
        fs::rename(file(from), file(to)).unwrap();
        for form in Form::ALL {
            // What is left of the first is none of the question.
            if (1, form) != to && to.0 == 1 {
                let _ = fs::remove_file(file((1, form)));
            }
        }
        let found = find(&cache, to.0).await.is_some();
        if found || cache.facts(&name(to.0)).await.is_some() || file(to).exists() {
            wrong.push(row);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn who_meets_the_damage_late_does_not_drop_what_was_made_since() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let bytes = noise(1, 2 * CHUNK);
    make(&cache, 1, &bytes).await.unwrap();
    let held = find(&cache, 1).await.unwrap();
    let late = held.clone();
    let path = site.file(name(1), Form::Release);
    flip(&path, 5);
    assert!(is_damaged(&held.piece(0, 1).await.unwrap_err()));
    make(&cache, 1, &bytes).await.unwrap();
    assert!(is_damaged(&late.piece(0, 1).await.unwrap_err()));
    assert!(path.exists());
    let held = find(&cache, 1).await.unwrap();
    assert_eq!(read_all(&held).await.unwrap(), bytes);
}

fn flip(path: &Path, at: u64) {
    let file = fs::File::options()
        .read(true)
        .write(true)
        .open(path)
        .unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 1], at).unwrap();
}

#[tokio::test]
async fn what_is_damaged_before_it_is_whole_never_appears() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let bytes = noise(1, 2 * CHUNK);
    let (mut writer, held) = ticket(&cache, 1).await.begin();
    writer.write_all(&bytes).unwrap();
    let [aside] = &site.files()[..] else {
        panic!("one file aside");
    };
    flip(&site.path().join(aside), 7);
    // Another process was faster, and has nothing to do with it.
    make(&site.open(AMPLE), 1, &bytes).await.unwrap();
    let others = site.files();
    assert!(is_damaged(&held.piece(0, 10).await.unwrap_err()));
    assert_eq!(site.files(), others);
    fs::remove_file(site.file(name(1), Form::Release)).unwrap();
    let next = ticket(&cache, 1).await;
    assert!(is_damaged(&writer.finish(facts(&bytes)).unwrap_err()));
    assert!(is_damaged(&held.end().await.unwrap_err()));
    assert_eq!(site.files(), [format!("{}.facts", name(1))]);
    drop(next);
}

/// What a log takes.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn damage_is_one_line_of_the_log_with_the_entrys_name_and_no_path() {
    let site = Site::new();
    make(&site.open(AMPLE), 1, b"abc").await.unwrap();
    flip(&site.file(name(1), Form::Release), 4);
    let folder = crate::cache::Folder::open(&site.path(), AMPLE).unwrap();
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .finish();
    // With one subscriber alone, a thread of another test that has none would decide for all that nothing is logged.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    tracing::subscriber::with_default(log, || {
        for _ in 0..3 {
            assert!(folder.entry(&name(1), Form::Release).is_none());
        }
    });
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let expected = format!("{}.release", name(1));
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("WARN") && text.contains(&expected), "{text}");
    assert!(!text.contains(&*site.path().to_string_lossy()), "{text}");
}
