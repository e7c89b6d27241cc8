//! An answer to a GET on its way to whoever asked, up to the end of the release that it is a part of.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Mutex;
use tokio::time::timeout_at;

use super::log::{Line, Outcome};
use super::refusal::Refusal;
use super::transfer::{Fate, Shared, Transfer, transfer};
use crate::access_point::{Answer, Delivery, Head, Named, Releases, too_slow};
use crate::cache::Facts;
use crate::error::{Error, Kind, Result};

/// Why there was no release.
pub enum Stop {
    /// An error is to be sent.
    Refused(Refusal),
    /// The answer had begun, or could not be sent: nothing more can be said to the caller.
    Lost(Outcome, Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Refused(Refusal::from(&error))
    }
}

/// Where the answer to a GET goes.
pub trait Caller {
    /// Says that the reader has the release.
    ///
    /// # Errors
    /// [`Stop::Lost`] where it is not taken.
    fn not_modified(
        &self,
        head: &Head,
    ) -> impl Future<Output = std::result::Result<(), Stop>> + Send;

    /// Sends a release, or a range of it, up to its last byte. Where the body fails, the transfer breaks off without an
    /// end; so it does where this future is dropped before.
    ///
    /// # Errors
    /// [`Stop::Lost`] where it is not taken, or the body failed.
    fn release(
        &self,
        head: &Head,
        body: Transfer,
    ) -> impl Future<Output = std::result::Result<(), Stop>> + Send;
}

/// What sends an answer.
pub struct Sending<'a, C> {
    /// What made it.
    pub releases: &'a Releases,
    /// The release.
    pub named: &'a Named,
    /// Where it goes.
    pub to: &'a C,
    /// When it must be there.
    pub deadline: Instant,
    /// Whether the end of a kept release is waited for where its reader is gone: it must be in a process that is frozen
    /// once it has answered.
    pub waits: bool,
}

impl<C: Caller> Sending<'_, C> {
    /// Sends an answer to its end. With the facts of the release, where some of its bytes were sent and it ended in time;
    /// and with what was said of it.
    ///
    /// # Errors
    /// Where it could not be sent whole.
    pub async fn send(
        &self,
        answer: Answer,
        line: &mut Line,
    ) -> std::result::Result<Option<(Head, Facts)>, Stop> {
        match answer {
            Answer::NotModified(head) => {
                let sent = timeout_at(self.deadline.into(), self.to.not_modified(&head)).await;
                sent.unwrap_or_else(|_| Err(Stop::Lost(Outcome::Failed, unanswered())))?;
                line.answered(304);
                Ok(None)
            }
            // All bytes were asked for, and there are none.
            Answer::Head(_) => Err(nothing().into()),
            Answer::Body(head, delivery) => {
                let facts = self.body(&head, delivery, line).await?;
                Ok(facts.map(|facts| (head, facts)))
            }
        }
    }

    /// Sends what is delivered, and waits for the release's end: what of it is asked for next is kept then, and shared.
    async fn body(
        &self,
        head: &Head,
        delivery: Delivery,
        line: &mut Line,
    ) -> std::result::Result<Option<Facts>, Stop> {
        line.first_byte = Some(Instant::now());
        line.status = head.status();
        let delivery = Arc::new(Mutex::new(delivery));
        let sent = self.transfer(head, &delivery, line).await;
        let sent = match sent {
            Err(stop) if !self.waits => {
                line.bytes_in = delivery.lock().await.bytes_in();
                return Err(stop);
            }
            sent => sent,
        };
        let end = self.end(&delivery, sent.is_ok(), line);
        let facts = timeout_at(self.deadline.into(), end).await;
        sent?;
        line.answered(head.status());
        match facts.unwrap_or_else(|_| Err(too_slow())) {
            Ok(facts) => {
                line.facts = Some(facts.clone());
                Ok(Some(facts))
            }
            Err(error) => {
                // What was sent is right; what it is a part of is not known whole.
                let (request_id, message) = (&line.request_id, error.to_string());
                tracing::error!(event = "record_not_kept", request_id, message);
                Ok(None)
            }
        }
    }

    /// The end of what was delivered. What nobody took and nobody keeps is not made any further.
    async fn end(&self, delivery: &Shared, sent: bool, line: &mut Line) -> Result<Facts> {
        let mut delivery = delivery.lock().await;
        line.bytes_in = delivery.bytes_in();
        if !sent && !delivery.is_kept() {
            return Err(unanswered());
        }
        let facts = delivery.facts().await?;
        line.bytes_in = delivery.bytes_in();
        self.releases.remember(self.named, &delivery, &facts).await;
        delivery.share().await;
        Ok(facts)
    }

    async fn transfer(
        &self,
        head: &Head,
        delivery: &Shared,
        line: &mut Line,
    ) -> std::result::Result<(), Stop> {
        let fate = Fate::default();
        let body = transfer(Arc::clone(delivery), head.length, fate.clone());
        let sent = self.to.release(head, body);
        let sent = timeout_at(self.deadline.into(), sent).await;
        // What has left is said, also where the rest has not.
        line.bytes_out = fate.handed_over();
        // Whoever counts bytes need not ask for the end behind the last.
        let whole = head.length == Some(line.bytes_out);
        let broken = |error| Err(Stop::Lost(Outcome::Broken, error));
        match (sent, fate.end()) {
            // The release's own failure is the cause of the transfer's.
            (_, Some(Err(error))) => broken(error),
            (Ok(Ok(())), Some(Ok(()))) => Ok(()),
            (Ok(Ok(())), None) if whole => Ok(()),
            (Ok(Ok(())), None) => {
                let message = "the answer was taken before its end";
                broken(Error::new(Kind::Output, message))
            }
            (Ok(Err(stop)), _) => Err(stop),
            (Err(_), _) => broken(too_slow()),
        }
    }
}

fn nothing() -> Error {
    Error::new(Kind::Internal, "the release has no bytes")
}

/// What an answer goes to is silent.
pub fn unanswered() -> Error {
    Error::new(Kind::Output, "the answer is not taken in time")
}
