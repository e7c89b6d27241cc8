//! The cache as its callers see it: folders are real, readers and writers are threads and tasks of their own.

mod damage;
mod files;
mod flights;
mod full_disk;
mod reading;
mod room;

use std::fs;
use std::future::poll_fn;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::entry::{CHUNK, Form};
use super::{Cache, EntryWriter, Facts, Found, Held, Name, Ticket};
use crate::error::{Error, Result};
use crate::release::Output;

/// More than any test needs.
const AMPLE: u64 = 1 << 30;

/// When nobody waits any more.
fn later() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

/// A folder of a test's own.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// A cache that remembers nothing, as another process would have it.
    fn open(&self, max_bytes: u64) -> Cache {
        Cache::open(&self.path(), max_bytes).unwrap()
    }

    fn file(&self, name: Name, form: Form) -> PathBuf {
        self.path().join(format!("{name}{}", form.suffix()))
    }

    fn files(&self) -> Vec<String> {
        files(&self.path())
    }
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// What a release is written as.
#[derive(Clone, Debug)]
enum Step {
    Bytes(Vec<u8>),
    Filler(u64),
}

/// So many bytes that are nowhere the same for long, and never zero.
fn noise(seed: u8, length: usize) -> Vec<u8> {
    let mut state = u64::from(seed) + 1;
    let next = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0] | 1
    });
    next.take(length).collect()
}

fn whole(steps: &[Step]) -> Vec<u8> {
    let bytes = steps.iter().map(|step| match step {
        Step::Bytes(bytes) => bytes.clone(),
        Step::Filler(length) => vec![0; usize::try_from(*length).unwrap()],
    });
    bytes.collect::<Vec<_>>().concat()
}

fn facts(bytes: &[u8]) -> Facts {
    Facts {
        length: bytes.len() as u64,
        sha256: HEXLOWER.encode(&Sha256::digest(bytes)),
        rows_in: 3,
        rows_out: 2,
        rows_dropped: 1,
        rows_suppressed: 4,
        unknown_columns: vec!["email".to_owned()],
    }
}

fn name(number: u8) -> Name {
    Name::from([number; 32])
}

async fn find(cache: &Cache, number: u8) -> Option<Held> {
    match cache.find(&name(number), later()).await.unwrap() {
        Found::Held(held) => Some(held),
        Found::Missing(_) => None,
    }
}

async fn ticket(cache: &Cache, number: u8) -> Ticket {
    match cache.find(&name(number), later()).await.unwrap() {
        Found::Missing(ticket) => ticket,
        Found::Held(_) => panic!("there already"),
    }
}

fn write(writer: &mut EntryWriter, steps: &[Step]) -> std::io::Result<()> {
    steps.iter().try_for_each(|step| match step {
        Step::Bytes(bytes) => writer.write_all(bytes),
        Step::Filler(length) => writer.filler(*length),
    })
}

/// As the core does it: a release that cannot be written fails.
fn finish(mut writer: EntryWriter, steps: &[Step]) -> Result<()> {
    match write(&mut writer, steps) {
        Ok(()) => writer.finish(facts(&whole(steps))),
        Err(_) => Err(writer.fail(&Error::new(crate::Kind::Output, "as the pipeline has it"))),
    }
}

/// Makes an entry of these bytes.
async fn make(cache: &Cache, number: u8, bytes: &[u8]) -> Result<()> {
    let (writer, _) = ticket(cache, number).await.begin();
    finish(writer, &[Step::Bytes(bytes.to_owned())])
}

/// The bytes of a release between two places, piece by piece.
async fn read(held: &Held, from: u64, to: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(piece) = held.piece(from + bytes.len() as u64, to).await? {
        assert!(!piece.is_empty() && piece.len() <= super::PIECE);
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

async fn read_all(held: &Held) -> Result<Vec<u8>> {
    read(held, 0, u64::MAX).await
}

/// Whether a future has nothing to say yet.
async fn is_pending<F: Future>(mut future: Pin<&mut F>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}
