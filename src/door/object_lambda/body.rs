//! The body of an answer: what the release's threads write, as a stream that ends only where the release did.
//!
//! # Memory
//! One piece that fills, [`AHEAD`] that wait, and [`HELD`] bytes held back before the first of them leaves; twice that
//! for a moment, where they are the whole release.

use std::io::{self, Write};

use bytes::{Bytes, BytesMut};
use tokio::sync::{mpsc, oneshot};

use crate::error::{Error, Kind, Result};
use crate::release::{Output, Summary};

/// Bytes of a piece: large enough for the network, small beside a block of rows.
const PIECE: usize = 256 * 1024;

/// Pieces that wait for the network.
const AHEAD: usize = 4;

/// Bytes held back: a release that fits has a length, and whatever is wrong with its object is a clean error. Most
/// objects of people's data fit, and a function of the least sensible memory has room for it.
pub const HELD: usize = 8 * 1024 * 1024;

/// A release as it came to its end.
#[derive(Clone, Debug)]
pub struct Made {
    /// Rows in and out, and bytes.
    pub summary: Summary,
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// The writing side, on the release's threads.
pub struct BodyWriter {
    buffer: BytesMut,
    pieces: mpsc::Sender<Bytes>,
}

/// The reading side.
pub struct Body {
    pieces: mpsc::Receiver<Bytes>,
    end: oneshot::Receiver<Result<Made>>,
}

/// What was held back.
pub enum Held {
    /// The whole release.
    Whole(Vec<Bytes>, Box<Made>),
    /// Its beginning; more follows.
    Beginning(Vec<Bytes>),
}

/// Both sides; what is sent on the third is the end of the second.
pub fn channel() -> (BodyWriter, Body, oneshot::Sender<Result<Made>>) {
    let (sender, pieces) = mpsc::channel(AHEAD);
    let (verdict, end) = oneshot::channel();
    let writer = BodyWriter {
        buffer: BytesMut::new(),
        pieces: sender,
    };
    (writer, Body { pieces, end }, verdict)
}

impl BodyWriter {
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

impl Output for BodyWriter {}

impl Write for BodyWriter {
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

impl Body {
    /// Waits until the release has ended or [`HELD`] bytes of it are there.
    ///
    /// # Errors
    /// What the release failed with.
    pub async fn hold(&mut self) -> Result<Held> {
        let (mut held, mut bytes) = (Vec::new(), 0);
        while bytes < HELD {
            match self.pieces.recv().await {
                Some(piece) => {
                    bytes += piece.len();
                    held.push(piece);
                }
                None => return Ok(Held::Whole(held, Box::new(self.end().await?))),
            }
        }
        Ok(Held::Beginning(held))
    }

    /// The next piece; none where no more will come, be the release done or not: [`Body::end`] says which.
    pub async fn next(&mut self) -> Option<Bytes> {
        self.pieces.recv().await
    }

    /// How the release ended, after its last piece.
    ///
    /// # Errors
    /// What the release failed with: the answer must not end cleanly then.
    pub async fn end(&mut self) -> Result<Made> {
        // The thread that owned the sender panicked; the panic's own line says where.
        let broken = |_| Err(Error::new(Kind::Internal, "the release broke down"));
        (&mut self.end).await.unwrap_or_else(broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block<T>(future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(future)
    }

    fn made() -> Made {
        Made {
            summary: Summary::default(),
            sha256: "hash".into(),
        }
    }

    #[test]
    fn a_small_release_is_held_whole() {
        let (mut writer, mut body, verdict) = channel();
        let thread = std::thread::spawn(move || {
            for _ in 0..3 {
                writer.write_all(b"abc").unwrap();
            }
            writer.finish().unwrap();
            verdict.send(Ok(made())).unwrap();
        });
        let Held::Whole(pieces, made) = block(body.hold()).unwrap() else {
            panic!("it fits");
        };
        assert_eq!(pieces.concat(), b"abcabcabc");
        assert_eq!(made.sha256, "hash");
        thread.join().unwrap();
    }

    #[test]
    fn a_large_release_is_held_to_its_bound_and_ends_with_its_verdict() {
        for fails in [false, true] {
            let (mut writer, mut body, verdict) = channel();
            let thread = std::thread::spawn(move || {
                writer.write_all(&vec![7; HELD + PIECE + 5]).unwrap();
                writer.finish().unwrap();
                let failed = Error::new(Kind::Value, "bad");
                let end = if fails { Err(failed) } else { Ok(made()) };
                verdict.send(end).unwrap();
            });
            let Held::Beginning(pieces) = block(body.hold()).unwrap() else {
                panic!("it does not fit");
            };
            assert_eq!(pieces.concat().len(), HELD);
            let mut rest = 0;
            while let Some(piece) = block(body.next()) {
                rest += piece.len();
            }
            assert_eq!(rest, PIECE + 5);
            assert_eq!(block(body.end()).is_err(), fails);
            thread.join().unwrap();
        }
    }

    #[test]
    fn whoever_writes_hears_that_nobody_reads() {
        let (mut writer, body, _verdict) = channel();
        drop(body);
        let written = writer.write_all(&vec![0; PIECE]);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_release_that_panics_does_not_end_cleanly() {
        let (writer, mut body, verdict) = channel();
        drop((writer, verdict));
        assert_eq!(
            block(body.hold()).err().map(|e| e.kind()),
            Some(Kind::Internal)
        );
    }
}
