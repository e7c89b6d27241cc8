//! A release that is not kept: what its threads write, as a stream for one reader.
//!
//! # Memory
//! One piece that fills, [`AHEAD`] that wait, and [`HELD`] bytes held back before the first of them leaves.

use std::io::{self, Write};

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use tokio::sync::{mpsc, oneshot};

use crate::cache::Facts;
use crate::error::{Error, Kind, Result};
use crate::release::Output;

/// Bytes of a piece: large enough for the network, small beside a block of rows.
const PIECE: usize = 256 * 1024;

/// Pieces that wait for the network.
const AHEAD: usize = 4;

/// Bytes held back: a release that fits has a length, and whatever is wrong with its object is a clean error. Most
/// objects of people's data fit, and a function of the least sensible memory has room for it.
pub const HELD: usize = 8 * 1024 * 1024;

/// The writing side, on the release's threads.
pub struct OnceWriter {
    buffer: BytesMut,
    pieces: mpsc::Sender<Bytes>,
}

/// The reading side.
pub struct Once {
    pieces: mpsc::Receiver<Bytes>,
    verdict: oneshot::Receiver<Result<Facts>>,
    held: VecDeque<Bytes>,
    /// Bytes that were given out.
    given: u64,
    end: Option<Facts>,
}

/// Both sides; what is sent on the third is the end of the second.
pub fn channel() -> (OnceWriter, Once, oneshot::Sender<Result<Facts>>) {
    let (sender, pieces) = mpsc::channel(AHEAD);
    let (sender_of_end, verdict) = oneshot::channel();
    let writer = OnceWriter {
        buffer: BytesMut::new(),
        pieces: sender,
    };
    let once = Once {
        pieces,
        verdict,
        held: VecDeque::new(),
        given: 0,
        end: None,
    };
    (writer, once, sender_of_end)
}

impl OnceWriter {
    /// Sends the rest.
    pub fn finish(mut self) -> io::Result<()> {
        self.send()
    }

    fn send(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let piece = self.buffer.split().freeze();
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.pieces.blocking_send(piece).map_err(gone)
    }
}

impl Output for OnceWriter {}

impl Write for OnceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.is_empty() {
            self.buffer.reserve(PIECE);
        }
        let count = bytes.len().min(PIECE - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..count]);
        if self.buffer.len() == PIECE {
            self.send()?;
        }
        Ok(count)
    }

    /// Pieces go when they are full, or at the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Once {
    /// Waits until the release has ended or [`HELD`] bytes of it are there. Its facts, if it has ended.
    ///
    /// # Errors
    /// What the release failed with.
    pub async fn hold(&mut self) -> Result<Option<&Facts>> {
        let mut bytes = 0;
        while bytes < HELD && self.end.is_none() {
            match self.pieces.recv().await {
                Some(piece) => {
                    bytes += piece.len();
                    self.held.push_back(piece);
                }
                None => self.end = Some(self.verdict().await?),
            }
        }
        Ok(self.end.as_ref())
    }

    /// The next bytes from `from` on, which is not before those that were given out, and before `to`. What lies between
    /// is dropped. None after the last.
    ///
    /// # Errors
    /// What the release failed with: the answer must not end cleanly then.
    pub async fn piece(&mut self, from: u64, to: Option<u64>) -> Result<Option<Bytes>> {
        while let Some(mut piece) = self.next().await? {
            let skipped = from.saturating_sub(self.given).min(piece.len() as u64);
            self.given += piece.len() as u64;
            let _ = piece.split_to(usize::try_from(skipped).unwrap_or(usize::MAX));
            if let Some(to) = to {
                let wanted = usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX);
                piece.truncate(wanted);
            }
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    async fn next(&mut self) -> Result<Option<Bytes>> {
        if let Some(piece) = self.held.pop_front() {
            return Ok(Some(piece));
        }
        if self.end.is_some() {
            return Ok(None);
        }
        let piece = self.pieces.recv().await;
        if piece.is_none() {
            self.end = Some(self.verdict().await?);
        }
        Ok(piece)
    }

    /// The facts of the release, at its end: whatever of it is still to come is dropped.
    ///
    /// # Errors
    /// As [`Once::piece`].
    pub async fn end(&mut self) -> Result<Facts> {
        loop {
            match &self.end {
                Some(facts) => return Ok(facts.clone()),
                None => drop(self.next().await?),
            }
        }
    }

    async fn verdict(&mut self) -> Result<Facts> {
        // The thread that owned the sender panicked; the panic's own line says where.
        let broken = |_| Err(Error::new(Kind::Internal, "the release broke down"));
        (&mut self.verdict).await.unwrap_or_else(broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(future)
    }

    fn facts() -> Facts {
        Facts {
            sha256: "hash".into(),
            ..Facts::default()
        }
    }

    #[test]
    fn a_small_release_is_held_whole() {
        let (mut writer, mut once, verdict) = channel();
        let thread = std::thread::spawn(move || {
            for _ in 0..3 {
                writer.write_all(b"abc").unwrap();
            }
            writer.finish().unwrap();
            verdict.send(Ok(facts())).unwrap();
        });
        assert_eq!(block(once.hold()).unwrap(), Some(&facts()));
        assert_eq!(block(once.piece(0, None)).unwrap().unwrap(), "abcabcabc");
        assert!(block(once.piece(9, None)).unwrap().is_none());
        assert_eq!(block(once.end()).unwrap(), facts());
        thread.join().unwrap();
    }

    #[test]
    fn a_large_release_is_held_to_its_bound_and_ends_with_its_verdict() {
        for fails in [false, true] {
            let (mut writer, mut once, verdict) = channel();
            let thread = std::thread::spawn(move || {
                writer.write_all(&vec![7; HELD + PIECE + 5]).unwrap();
                writer.finish().unwrap();
                let failed = Error::new(Kind::Value, "bad");
                let end = if fails { Err(failed) } else { Ok(facts()) };
                verdict.send(end).unwrap();
            });
            assert!(block(once.hold()).unwrap().is_none());
            assert_eq!(once.held.iter().map(Bytes::len).sum::<usize>(), HELD);
            let mut bytes = 0;
            let end = loop {
                match block(once.piece(bytes, None)) {
                    Ok(Some(piece)) => bytes += piece.len() as u64,
                    Ok(None) => break true,
                    Err(_) => break false,
                }
            };
            assert_eq!((bytes, end), ((HELD + PIECE + 5) as u64, !fails));
            thread.join().unwrap();
        }
    }

    #[test]
    fn some_bytes_are_given_and_the_others_dropped() {
        let (mut writer, mut once, verdict) = channel();
        let bytes: Vec<u8> = (0..=255).cycle().take(2 * PIECE + 100).collect();
        let (from, to) = (PIECE as u64 - 3, 2 * PIECE as u64 + 7);
        let wanted = bytes[PIECE - 3..2 * PIECE + 7].to_vec();
        let thread = std::thread::spawn(move || {
            writer.write_all(&bytes).unwrap();
            writer.finish().unwrap();
            verdict.send(Ok(facts())).unwrap();
        });
        let mut given: Vec<u8> = Vec::new();
        while (given.len() as u64) < to - from {
            let at = from + given.len() as u64;
            given.extend(block(once.piece(at, Some(to))).unwrap().unwrap());
        }
        assert!(given == wanted);
        assert_eq!(block(once.end()).unwrap(), facts());
        thread.join().unwrap();
    }

    #[test]
    fn whoever_writes_hears_that_nobody_reads() {
        let (mut writer, once, _verdict) = channel();
        drop(once);
        let written = writer.write_all(&vec![0; PIECE]);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_release_that_panics_does_not_end_cleanly() {
        let (writer, mut once, verdict) = channel();
        drop((writer, verdict));
        let end = block(once.hold()).err().map(|e| e.kind());
        assert_eq!(end, Some(Kind::Internal));
    }
}
