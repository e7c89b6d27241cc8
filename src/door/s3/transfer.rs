//! A release on its way to whoever asked: what HTTP takes from, and what became of it.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::{Mutex, mpsc};

use crate::access_point::Delivery;
use crate::error::{Error, Result};

/// A delivery that the transfer takes from, and its sender asks after.
pub type Shared = Arc<Mutex<Delivery>>;

/// What became of a body: nothing as long as it is on its way.
#[derive(Clone, Debug, Default)]
pub struct Fate {
    end: Arc<OnceLock<Result<()>>>,
    bytes: Arc<AtomicU64>,
}

impl Fate {
    /// How the body ended, if it did.
    pub fn end(&self) -> Option<std::result::Result<(), Error>> {
        self.end
            .get()
            .map(|end| end.as_ref().copied().map_err(Error::public))
    }

    /// Bytes that the transfer has taken; the last few may not have left.
    pub fn handed_over(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Pieces on their way from a delivery into its transfer: while one leaves, the next is fetched.
const AHEAD: usize = 1;

/// What goes into a transfer. A body whose last word is missing has not ended.
enum Next {
    Piece(Bytes),
    End,
    Broken,
}

/// The body of a delivery. It ends where the delivery ended well, and with an error otherwise, so that no half release
/// looks like a whole one.
pub fn transfer(delivery: Shared, length: Option<u64>, fate: Fate) -> Transfer {
    let (sender, pieces) = mpsc::channel(AHEAD);
    let end = Arc::clone(&fate.end);
    tokio::spawn(async move {
        let mut delivery = delivery.lock().await;
        loop {
            // The transfer may go while nothing comes.
            let piece = tokio::select! {
                piece = delivery.next() => piece,
                () = sender.closed() => return,
            };
            let next = match piece {
                Ok(Some(piece)) => Next::Piece(piece),
                Ok(None) => {
                    let _ = end.set(Ok(()));
                    Next::End
                }
                Err(error) => {
                    let _ = end.set(Err(error));
                    Next::Broken
                }
            };
            let more = matches!(next, Next::Piece(_));
            // The transfer is gone where nobody takes it.
            if sender.send(next).await.is_err() || !more {
                return;
            }
        }
    });
    Transfer {
        pieces,
        length,
        over: false,
        fate,
    }
}

/// A body that says how long it is, where that is known: HTTP announces it then.
pub struct Transfer {
    pieces: mpsc::Receiver<Next>,
    length: Option<u64>,
    over: bool,
    fate: Fate,
}

impl http_body::Body for Transfer {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, BrokenOff>>> {
        // Whoever sends a body asks once more after its end.
        if self.over {
            return Poll::Ready(None);
        }
        let frame = match ready!(self.pieces.poll_recv(context)) {
            Some(Next::Piece(piece)) => {
                let count = piece.len() as u64;
                self.fate.bytes.fetch_add(count, Ordering::Relaxed);
                Some(Ok(Frame::data(piece)))
            }
            Some(Next::End) => None,
            Some(Next::Broken) | None => Some(Err(BrokenOff)),
        };
        self.over = !matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        self.length
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// What the transfer is told where the release failed: nothing of why.
#[derive(Debug)]
pub struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the release failed")
    }
}

impl std::error::Error for BrokenOff {}
