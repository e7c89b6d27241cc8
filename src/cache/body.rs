//! One entry, as its writer and its readers share it: how far it is, and where its bytes are.

use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

use super::bucket::Lease;
use super::entry::{self, CHUNK, Entry, Form, Gap, Sum};
use super::failure::Failure;
use super::flights::Flights;
use super::room::touch;
use super::{Facts, Name};

/// Stops the work that makes an entry.
pub(super) type Cancel = Box<dyn FnOnce() + Send>;

pub(super) struct Body {
    pub name: Name,
    pub flights: Arc<Flights>,
    /// Set before the first byte counts as written.
    pub file: OnceLock<Arc<File>>,
    pub progress: watch::Sender<Progress>,
    cancel: Mutex<Option<Cancel>>,
    /// Whoever makes it for a bucket has its claim.
    lease: Mutex<Option<Lease>>,
    damaged: AtomicBool,
}

/// How far an entry is.
#[derive(Default)]
pub(super) struct Progress {
    /// Bytes in the file that have their checksums: whole chunks, until the end.
    pub stored: u64,
    pub sums: Vec<Sum>,
    pub gap: Option<Gap>,
    pub end: Option<Result<Facts, Failure>>,
}

/// Where the next bytes of a release are.
pub(super) enum Place {
    /// So many zeros.
    Zeros(u64),
    Stored(Part),
}

/// A part of one chunk.
pub(super) struct Part {
    chunk: u64,
    length: usize,
    sum: Sum,
    from: usize,
    to: usize,
}

impl Progress {
    fn of(entry: Entry) -> (File, Self) {
        let progress = Self {
            stored: entry.stored,
            sums: entry.sums,
            gap: entry.gap,
            end: Some(Ok(entry.facts)),
        };
        (entry.file, progress)
    }

    /// Bytes of the release that can be read.
    pub fn written(&self) -> u64 {
        // Filler counts from when all before it does.
        let gap = self.gap.filter(|gap| gap.offset <= self.stored);
        self.stored + gap.map_or(0, |gap| gap.length)
    }

    /// Where the bytes from `from` on are, up to `to` at most. None behind what is written.
    pub fn place(&self, from: u64, to: u64) -> Option<Place> {
        let to = to.min(self.written());
        if from >= to {
            return None;
        }
        let (gap, filler) = self
            .gap
            .map_or((u64::MAX, 0), |gap| (gap.offset, gap.length));
        if from < gap {
            self.part(from, to.min(gap)).map(Place::Stored)
        } else if from < gap + filler {
            Some(Place::Zeros(to.min(gap + filler) - from))
        } else {
            self.part(from - filler, to - filler).map(Place::Stored)
        }
    }

    /// Of stored bytes, what lies in the first one's chunk.
    fn part(&self, from: u64, to: u64) -> Option<Part> {
        let size = CHUNK as u64;
        let chunk = from / size;
        let start = chunk * size;
        let length = size.min(self.stored - start);
        Some(Part {
            chunk,
            sum: *self.sums.get(usize::try_from(chunk).ok()?)?,
            length: usize::try_from(length).ok()?,
            from: usize::try_from(from - start).ok()?,
            to: usize::try_from(length.min(to - start)).ok()?,
        })
    }
}

impl Body {
    /// An entry that is yet to be made.
    pub fn new(name: Name, flights: Arc<Flights>) -> Self {
        Self::at(name, flights, OnceLock::new(), Progress::default())
    }

    /// An entry that is there.
    pub fn whole(name: Name, flights: Arc<Flights>, entry: Entry) -> Self {
        let (file, progress) = Progress::of(entry);
        Self::at(name, flights, Arc::new(file).into(), progress)
    }

    fn at(
        name: Name,
        flights: Arc<Flights>,
        file: OnceLock<Arc<File>>,
        progress: Progress,
    ) -> Self {
        Self {
            name,
            flights,
            file,
            progress: watch::Sender::new(progress),
            cancel: Mutex::default(),
            lease: Mutex::default(),
            damaged: AtomicBool::new(false),
        }
    }

    pub fn is_over(&self) -> bool {
        self.progress.borrow().end.is_some()
    }

    /// The entry fails: whoever asks for it from now on, here or elsewhere, makes it anew, and its readers are told.
    pub fn fail(&self, failure: Failure) {
        drop(self.take_lease());
        self.flights.forget(self);
        self.progress.send_modify(|progress| {
            progress.end = Some(Err(failure));
        });
    }

    /// Reads a part of a chunk: the whole chunk, which must pass its checksum. Blocks.
    pub fn read(&self, part: &Part) -> Result<Bytes, Failure> {
        let file = self.file.get().ok_or_else(Failure::damaged)?;
        touch(file);
        let bytes = entry::chunk(file, &self.name, part.chunk, part.length, &part.sum);
        let Some(bytes) = bytes else {
            self.damage();
            return Err(Failure::damaged());
        };
        Ok(Bytes::from(bytes).slice(part.from..part.to))
    }

    /// The first reader that meets the damage drops the entry: the next ones must not drop what was made since.
    fn damage(&self) {
        if self.damaged.swap(true, Ordering::SeqCst) {
            return;
        }
        self.flights.forget(self);
        // What is still being made has no name yet: its writer throws it away.
        if self.is_over() {
            self.flights
                .folder()
                .drop_damaged(&self.name, Form::Release);
        }
    }

    pub fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::SeqCst)
    }

    pub fn set_lease(&self, lease: Option<Lease>) {
        *self.lease.lock().unwrap_or_else(PoisonError::into_inner) = lease;
    }

    pub fn take_lease(&self) -> Option<Lease> {
        let lease = self.lease.lock();
        lease.unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What is called once nobody reads any more and the end is not reached.
    pub fn set_cancel(&self, cancel: Cancel) {
        *self.cancel.lock().unwrap_or_else(PoisonError::into_inner) = Some(cancel);
    }

    pub fn take_cancel(&self) -> Option<Cancel> {
        let cancel = self.cancel.lock();
        cancel.unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.flights.forget(self);
    }
}
