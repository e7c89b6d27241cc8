//! The form of an entry's file.
//!
//! ```text
//! stored bytes │ a checksum per chunk of them │ notes: facts, place of the filler │ tail
//! tail: length of the stored bytes (8) │ length of the notes (8) │ checksum (16) │ form and its version (8)
//! ```
//! Numbers are big endian, notes are JSON. A checksum is SHA-256 over the entry's name, a number, and bytes, cut to 128
//! bits. A chunk's number is its place; the tail's checksum has a number that no chunk has, and covers all behind the
//! stored bytes. So no chunk passes for another one, and no entry for another one's.
//!
//! An entry of facts alone is of the same form, with nothing stored.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Facts, Name};

/// Bytes that have one checksum, and are read at once: enough for a request to be worth its thread, and little beside
/// the smallest page that an engine reads a hundred of.
pub(super) const CHUNK: usize = 256 * 1024;

/// Bytes of a checksum.
const SUM: usize = 16;

/// Bytes of the tail.
const TAIL: usize = 40;

/// Of the tail's checksum.
const NO_CHUNK: u64 = u64::MAX;

/// SHA-256, cut to 128 bits.
pub(super) type Sum = [u8; SUM];

/// What an entry is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// Bytes and facts. Of two entries as old as each other, the one with the bytes goes first.
    Release,
    /// Facts alone.
    Facts,
}

impl Form {
    pub const ALL: [Self; 2] = [Self::Release, Self::Facts];

    pub fn suffix(self) -> &'static str {
        match self {
            Self::Release => ".release",
            Self::Facts => ".facts",
        }
    }

    /// What an entry's file is called, in the folder as in the bucket.
    pub fn file(self, name: &Name) -> String {
        format!("{name}{}", self.suffix())
    }

    /// Its last byte is the version.
    fn magic(self) -> [u8; 8] {
        match self {
            Self::Release => *b"VEILREL\x01",
            Self::Facts => *b"VEILFCT\x01",
        }
    }
}

/// Filler, which is not stored: zeros before the stored byte at `offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Gap {
    pub offset: u64,
    pub length: u64,
}

#[derive(Serialize, Deserialize)]
struct Notes {
    facts: Facts,
    gap: Option<Gap>,
}

/// An entry whose tail has passed its checksum. Its chunks are checked when they are read.
pub(super) struct Entry {
    pub file: File,
    pub stored: u64,
    pub sums: Vec<Sum>,
    pub gap: Option<Gap>,
    pub facts: Facts,
}

impl Entry {
    /// Whether all its chunks pass their checksums, read one by one.
    pub fn is_whole(&self, name: &Name) -> bool {
        let mut rest = self.stored;
        (0..).zip(&self.sums).all(|(number, sum)| {
            let length = rest.min(CHUNK as u64);
            rest -= length;
            let length = usize::try_from(length).unwrap_or(CHUNK);
            chunk(&self.file, name, number, length, sum).is_some()
        })
    }
}

pub(super) fn sum(name: &Name, number: u64, parts: &[&[u8]]) -> Sum {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update(number.to_be_bytes());
    for part in parts {
        hash.update(part);
    }
    let mut sum = [0; SUM];
    sum.copy_from_slice(&hash.finalize()[..SUM]);
    sum
}

/// What stands behind the stored bytes.
pub(super) fn ending(
    name: &Name,
    form: Form,
    stored: u64,
    sums: &[Sum],
    gap: Option<Gap>,
    facts: &Facts,
) -> io::Result<Vec<u8>> {
    let facts = facts.clone();
    let notes = serde_json::to_vec(&Notes { facts, gap })?;
    let mut bytes = sums.concat();
    bytes.extend_from_slice(&notes);
    bytes.extend_from_slice(&stored.to_be_bytes());
    bytes.extend_from_slice(&(notes.len() as u64).to_be_bytes());
    let sum = sum(name, NO_CHUNK, &[&bytes, &form.magic()]);
    bytes.extend_from_slice(&sum);
    bytes.extend_from_slice(&form.magic());
    Ok(bytes)
}

/// Reads what stands behind the stored bytes. None of a file that is not this entry, whole and undamaged.
pub(super) fn read(file: File, name: &Name, form: Form) -> Option<Entry> {
    let length = file.metadata().ok()?.len();
    let mut tail = [0; TAIL];
    let before_tail = length.checked_sub(TAIL as u64)?;
    file.read_exact_at(&mut tail, before_tail).ok()?;
    let (lengths, rest) = tail.split_at(16);
    let (expected, magic) = rest.split_at(SUM);
    if magic != form.magic() {
        return None;
    }
    let stored = number(lengths, 0)?;
    let sums_length = chunks(stored).checked_mul(SUM as u64)?;
    let notes_length = number(lengths, 8)?;
    let ending_length = sums_length.checked_add(notes_length)?;
    if stored.checked_add(ending_length)? != before_tail {
        return None;
    }
    let mut ending = vec![0; usize::try_from(ending_length).ok()?];
    file.read_exact_at(&mut ending, stored).ok()?;
    if sum(name, NO_CHUNK, &[&ending, lengths, magic]) != expected {
        return None;
    }
    let (sums, notes) = ending.split_at(usize::try_from(sums_length).ok()?);
    let sums = sums.as_chunks().0.to_vec();
    let Notes { facts, gap } = serde_json::from_slice(notes).ok()?;
    Some(Entry {
        file,
        stored,
        sums,
        gap,
        facts,
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + 8)?.try_into().ok()?;
    Some(u64::from_be_bytes(bytes))
}

/// How many chunks so many bytes are.
pub(super) fn chunks(stored: u64) -> u64 {
    stored.div_ceil(CHUNK as u64)
}

/// Reads one chunk of this length. None unless it passes its checksum.
pub(super) fn chunk(
    file: &File,
    name: &Name,
    number: u64,
    length: usize,
    expected: &Sum,
) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    let offset = number.checked_mul(CHUNK as u64)?;
    file.read_exact_at(&mut bytes, offset).ok()?;
    (sum(name, number, &[&bytes]) == *expected).then_some(bytes)
}
