//! The making side of an entry, on the thread that makes the release.

use std::io::{self, Write};
use std::sync::Arc;

use super::Facts;
use super::body::Body;
use super::entry::{self, CHUNK, Form, Gap};
use super::failure::Failure;
use super::folder::Aside;
use crate::error::Error;
use crate::release::Output;

/// Writes one entry. Every chunk that is full can be read at once; the rest at the end. Dropped before that, it fails.
pub struct EntryWriter {
    body: Arc<Body>,
    /// None until something is stored.
    aside: Option<Aside>,
    /// Less than a chunk.
    buffer: Vec<u8>,
    /// Bytes of the release, and of those the stored ones, the buffer's included.
    written: u64,
    stored: u64,
    failure: Option<Failure>,
    over: bool,
}

impl EntryWriter {
    pub(super) fn new(body: Arc<Body>) -> Self {
        Self {
            body,
            aside: None,
            buffer: Vec::new(),
            written: 0,
            stored: 0,
            failure: None,
            over: false,
        }
    }

    /// The release is whole: it appears under its name, with its facts, and its readers reach its end.
    ///
    /// # Errors
    /// [`super::is_no_room`]: it cannot be kept; [`super::is_damaged`]: the disk has lost something of it meanwhile;
    /// [`crate::Kind::Internal`]: the facts are not this release's. Its readers get the same.
    pub fn finish(mut self, facts: Facts) -> Result<(), Error> {
        match self.complete(&facts) {
            Ok(()) => {
                self.over = true;
                // The entry has them too: these only last longer.
                let folder = self.body.flights.folder();
                let _ = folder.keep_facts(&self.body.name, &facts);
                let end = Some(Ok(facts));
                self.body
                    .progress
                    .send_modify(|progress| progress.end = end);
                Ok(())
            }
            Err(failure) => {
                let error = failure.error();
                self.end(failure);
                Err(error)
            }
        }
    }

    /// The release has failed. Returns what its readers get: this error, or, where a write failed before it, that write's.
    pub fn fail(mut self, error: &Error) -> Error {
        let failure = self.failure.take().unwrap_or_else(|| error.into());
        let error = failure.error();
        self.end(failure);
        error
    }

    /// Nothing of it stays.
    fn end(&mut self, failure: Failure) {
        self.over = true;
        self.aside = None;
        if failure.is_no_room() {
            let (entry, reason) = (self.body.name.to_string(), failure.message());
            tracing::warn!(event = "release_not_kept", entry, reason);
        }
        self.body.fail(failure);
    }

    fn complete(&mut self, facts: &Facts) -> Result<(), Failure> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if facts.length != self.written {
            return Err(Failure::internal("the facts are another release's"));
        }
        self.commit()?;
        let (name, form) = (self.body.name, Form::Release);
        let ending = {
            let progress = self.body.progress.borrow();
            let (stored, sums, gap) = (progress.stored, &progress.sums, progress.gap);
            entry::ending(&name, form, stored, sums, gap, facts)
        };
        let ending = ending.map_err(|error| Failure::unwritable(&error))?;
        let mut aside = self.aside.take().map_or_else(|| self.begin(), Ok)?;
        aside.append(&ending)?;
        if self.body.is_damaged() {
            return Err(Failure::damaged());
        }
        aside.publish(&name, form)
    }

    fn begin(&self) -> Result<Aside, Failure> {
        let aside = self.body.flights.folder().aside()?;
        self.body.file.get_or_init(|| aside.file().clone());
        Ok(aside)
    }

    /// Stores what is in the buffer as a chunk.
    fn commit(&mut self) -> Result<(), Failure> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let aside = match self.aside.take() {
            Some(aside) => aside,
            None => self.begin()?,
        };
        let aside = self.aside.insert(aside);
        let number = self.body.progress.borrow().sums.len() as u64;
        let sum = entry::sum(&self.body.name, number, &[&self.buffer]);
        aside.append(&self.buffer)?;
        let length = self.buffer.len() as u64;
        self.body.progress.send_modify(|progress| {
            progress.sums.push(sum);
            progress.stored += length;
        });
        self.buffer.clear();
        Ok(())
    }

    /// The first failure stays: a release with a hole in it is never finished.
    fn check(&self) -> io::Result<()> {
        match &self.failure {
            Some(failure) => Err(failure.to_io()),
            None => Ok(()),
        }
    }
}

impl Write for EntryWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.check()?;
        let taken = bytes.len().min(CHUNK - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..taken]);
        self.written += taken as u64;
        self.stored += taken as u64;
        if self.buffer.len() == CHUNK {
            self.failure = self.commit().err();
            self.check()?;
        }
        Ok(taken)
    }

    /// What is no whole chunk yet stays in memory: only the end gives it a checksum.
    fn flush(&mut self) -> io::Result<()> {
        self.check()
    }
}

impl Output for EntryWriter {
    /// Takes no room, at one place of a release; zeros at a second one are stored.
    fn filler(&mut self, length: u64) -> io::Result<()> {
        self.check()?;
        let (offset, gap) = (self.stored, self.body.progress.borrow().gap);
        if gap.is_some_and(|gap| gap.offset != offset) {
            return io::copy(&mut io::Read::take(io::repeat(0), length), self).map(drop);
        }
        if length > 0 {
            let length = length + gap.map_or(0, |gap| gap.length);
            let gap = Some(Gap { offset, length });
            self.body
                .progress
                .send_modify(|progress| progress.gap = gap);
        }
        self.written += length;
        Ok(())
    }
}

impl Drop for EntryWriter {
    fn drop(&mut self) {
        if !self.over {
            let failure = self.failure.take();
            self.end(failure.unwrap_or_else(Failure::interrupted));
        }
    }
}
