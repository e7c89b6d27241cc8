//! An asynchronous stream of an object's bytes → [`Read`] for the synchronous core.
//!
//! # Memory
//! At most [`AHEAD`] pieces wait, each as large as the store's client makes them (some 16 KiB to 1 MiB).

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::error::{Error, Kind, Result};

/// Pieces read ahead: enough to bridge the network's jitter, few enough to forget.
const AHEAD: usize = 16;

/// What the task sends: pieces, then the end or an error. A channel that closes without either is an error too.
enum Message {
    Piece(Bytes),
    End,
    Failed(Error),
}

/// The reading side. Dropping it stops the transfer.
pub(super) struct StreamReader {
    pieces: mpsc::Receiver<Message>,
    current: Bytes,
    ended: bool,
    task: AbortHandle,
}

/// Starts to read the stream. Where its length is known, fewer or more bytes are an error.
pub(super) fn reader(
    runtime: &Handle,
    stream: BoxStream<'static, Result<Bytes>>,
    length: Option<u64>,
) -> StreamReader {
    let (sender, pieces) = mpsc::channel(AHEAD);
    let task = runtime.spawn(feed(stream, length, sender)).abort_handle();
    StreamReader {
        pieces,
        current: Bytes::new(),
        ended: false,
        task,
    }
}

async fn feed(
    mut stream: BoxStream<'static, Result<Bytes>>,
    length: Option<u64>,
    sender: mpsc::Sender<Message>,
) {
    let mut total = 0;
    let end = loop {
        match stream.next().await {
            Some(Ok(piece)) => {
                total += piece.len() as u64;
                if sender.send(Message::Piece(piece)).await.is_err() {
                    return;
                }
            }
            Some(Err(error)) => break Message::Failed(error),
            None if length.is_none_or(|length| total == length) => break Message::End,
            None => break Message::Failed(cut_off()),
        }
    };
    // A reader that went away wants neither the end nor the error.
    let _ = sender.send(end).await;
}

fn cut_off() -> Error {
    Error::new(
        Kind::Source,
        "the transfer ended before or after the object's length: run again",
    )
}

impl StreamReader {
    /// Ends the transfer from elsewhere: whoever reads gets an error.
    pub(super) fn stopper(&self) -> AbortHandle {
        self.task.clone()
    }
}

impl Read for StreamReader {
    /// Blocks; it is called outside the runtime's own threads.
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !self.ended {
            match self.pieces.blocking_recv() {
                Some(Message::Piece(piece)) => self.current = piece,
                Some(Message::End) => self.ended = true,
                Some(Message::Failed(err)) => return Err(io::Error::other(err)),
                None => return Err(io::Error::other(cut_off())),
            }
        }
        let count = self.current.len().min(buf.len());
        self.current.copy_to_slice(&mut buf[..count]);
        Ok(count)
    }
}

impl Drop for StreamReader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;
    use crate::source::classify;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .build()
            .unwrap()
    }

    fn pieces(count: usize) -> Vec<Result<Bytes>> {
        (0..count).map(|_| Ok(Bytes::from_static(b"abc"))).collect()
    }

    #[test]
    fn a_stream_is_read_to_its_end() {
        let runtime = runtime();
        let mut out = Vec::new();
        reader(
            runtime.handle(),
            stream::iter(pieces(100)).boxed(),
            Some(300),
        )
        .read_to_end(&mut out)
        .unwrap();
        assert_eq!(out, b"abc".repeat(100));
    }

    #[test]
    fn a_stream_of_another_length_or_with_an_error_never_ends_cleanly() {
        let runtime = runtime();
        let failing = {
            let mut pieces = pieces(2);
            pieces.push(Err(Error::new(Kind::Source, "gone")));
            pieces
        };
        for (pieces, length) in [(pieces(2), 7), (pieces(2), 5), (failing, 6)] {
            let mut reader = reader(runtime.handle(), stream::iter(pieces).boxed(), Some(length));
            let err = classify(reader.read_to_end(&mut Vec::new()).unwrap_err());
            assert_eq!(err.kind(), Kind::Source);
        }
    }

    #[test]
    fn dropping_the_reader_stops_the_task() {
        let runtime = runtime();
        let (alive, gone) = std::sync::mpsc::channel::<()>();
        let endless = stream::repeat_with(move || {
            let _held = &alive;
            Ok(Bytes::from_static(b"x"))
        });
        drop(reader(runtime.handle(), endless.boxed(), Some(1)));
        let closed = gone.recv_timeout(std::time::Duration::from_secs(10));
        assert_eq!(closed, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
    }
}
