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

use super::store;
use crate::error::{Error, Kind};

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

/// Starts to read the stream, which has `length` bytes: fewer or more are an error.
pub(super) fn reader(
    runtime: &Handle,
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    length: u64,
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
    mut stream: BoxStream<'static, object_store::Result<Bytes>>,
    length: u64,
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
            Some(Err(err)) => break Message::Failed(store::explain(err, Kind::Source)),
            None if total == length => break Message::End,
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

    fn pieces(count: usize) -> Vec<object_store::Result<Bytes>> {
        (0..count).map(|_| Ok(Bytes::from_static(b"abc"))).collect()
    }

    #[test]
    fn a_stream_is_read_to_its_end() {
        let runtime = runtime();
        let mut out = Vec::new();
        reader(runtime.handle(), stream::iter(pieces(100)).boxed(), 300)
            .read_to_end(&mut out)
            .unwrap();
        assert_eq!(out, b"abc".repeat(100));
    }

    #[test]
    fn a_stream_of_another_length_or_with_an_error_never_ends_cleanly() {
        let runtime = runtime();
        let failing = {
            let mut pieces = pieces(2);
            pieces.push(Err(object_store::Error::NotModified {
                path: "CANARY".into(),
                source: "CANARY".into(),
            }));
            pieces
        };
        for (pieces, length) in [(pieces(2), 7), (pieces(2), 5), (failing, 6)] {
            let mut reader = reader(runtime.handle(), stream::iter(pieces).boxed(), length);
            let err = classify(reader.read_to_end(&mut Vec::new()).unwrap_err());
            assert_eq!(err.kind(), Kind::Source);
            assert!(!err.to_string().contains("CANARY"));
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
        drop(reader(runtime.handle(), endless.boxed(), 1));
        let closed = gone.recv_timeout(std::time::Duration::from_secs(10));
        assert_eq!(closed, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
    }
}
