//! A file's bytes, all of one version: files change in place, and no system says so to whoever reads.

use std::fs::{File, Metadata};
use std::io::Read;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{BoxStream, try_unfold};

use super::{Changed, blocking, failed};
use crate::error::{Error, Kind, Result};
use crate::source::store;

/// Bytes that are read at once: one call of the system for each, and one wait for a thread.
const PIECE: u64 = 256 * 1024;

struct Reading {
    file: File,
    changed: Changed,
    length: u64,
    at: u64,
}

/// The bytes of a file that was just opened, whose facts these are.
///
/// A file whose length or time of change differs at the end is an error in place of its last bytes. A write within the
/// same tick of the system's clock as the one before it (some milliseconds) leaves no trace but its length.
pub(super) fn pieces(file: File, facts: &Metadata) -> BoxStream<'static, Result<Bytes>> {
    let reading = Reading {
        file,
        changed: Changed::of(facts),
        length: facts.len(),
        at: 0,
    };
    try_unfold(reading, |reading| blocking(move || reading.next())).boxed()
}

impl Reading {
    fn next(mut self) -> Result<Option<(Bytes, Self)>> {
        let left = self.length.saturating_sub(self.at);
        let mut piece = Vec::with_capacity(usize::try_from(left.min(PIECE)).unwrap_or_default());
        let read = (&self.file).take(left.min(PIECE)).read_to_end(&mut piece);
        self.at += read.map_err(failed)? as u64;
        if self.at == self.length || piece.is_empty() {
            self.check()?;
        }
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), self)))
    }

    /// At its end it is still the file that was opened.
    fn check(&self) -> Result<()> {
        let facts = self.file.metadata().map_err(failed)?;
        if self.at == self.length && facts.len() == self.length && self.changed.is(&facts) {
            return Ok(());
        }
        Err(Error::new(Kind::Source, store::CHANGED))
    }
}
