//! `GetObject`: event → what may be answered → the object → its release → whoever asked.
//!
//! ```text
//! payload ─▶ projection ─▶ key owned? ─▶ presigned URL, or own rights ─▶ the access point's answer ─▶ caller
//!        └──────── refused: an error of ours, before anything is read ─┘                  └ broken: no end
//! ```

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Mutex;
use tokio::time::timeout_at;

use super::event::Event;
use super::find::Finder;
use super::log::{Line, Outcome};
use super::refusal::Refusal;
use super::service::Service;
use super::transfer::{Fate, Shared, Transfer, transfer};
use crate::access_point::{
    Answer, Delivery, Head, Named, Recipient, Record, Request, Wanted, too_slow,
};
use crate::cache::Facts;
use crate::error::{Error, Kind, Result};
use crate::request::{Conditions, Selection, content_range};
use crate::source::ObjectVersion;

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

/// One GET on its way.
pub struct Get<'a, C> {
    /// What answers it.
    pub service: &'a Service,
    /// The event.
    pub event: &'a Event,
    /// Where the answer goes.
    pub to: &'a C,
    /// When the answer must be done.
    pub deadline: Instant,
}

/// What the caller asks of a release, by headers, or as it stood in the query.
///
/// # Errors
/// As [`Selection::parse`].
pub fn request(event: &Event, bytes: bool, deadline: Instant) -> Result<Request> {
    let value = |name: &str| {
        let header = event.header(name).map(str::to_owned);
        header.or_else(|| event.parameter(name))
    };
    let (range, part) = (value("range"), value("partnumber"));
    Ok(Request {
        bytes,
        selection: Selection::parse(range.as_deref(), part.as_deref())?,
        conditions: Conditions::of_headers(|name| event.header(name)),
        deadline,
    })
}

impl<C: Caller> Get<'_, C> {
    /// Answers with the release, or says why not. Its record is still to be kept.
    pub async fn answer(&self, line: &mut Line) -> std::result::Result<Option<Record>, Stop> {
        let finder = Finder::new(self.service, self.event)?;
        let request = request(self.event, true, self.deadline)?;
        let finding = async {
            let ask = self.service.ask(self.event).await?;
            line.of_ask(&ask);
            let asked = ask
                .point
                .asked(&finder.key, |name| self.event.header(name))?;
            line.of_asked(&asked);
            let name = |key: &str, version: &ObjectVersion| {
                ask.name(key, version, asked.format, &request.conditions)
            };
            let kept = async |key: &str, version: &ObjectVersion| match name(key, version) {
                Ok(named) => self.service.releases.known(&named).await.is_some(),
                Err(_) => false,
            };
            let found = finder.get(&asked, kept).await?;
            let named = name(&found.key, &found.version)?;
            Ok::<_, Stop>((ask, asked, found, named))
        };
        let found = timeout_at(self.deadline.into(), finding).await;
        let (ask, asked, found, named) = found.unwrap_or_else(|_| Err(silent().into()))?;
        line.object_key = Some(named.object_key.clone());
        let wanted = Wanted {
            ask: &ask,
            named: &named,
            opened: found.opened,
            opens: &finder,
            beside: 1,
        };
        let answer = self.service.releases.answer(wanted, &request);
        let answer = timeout_at(self.deadline.into(), answer).await;
        match answer.unwrap_or_else(|_| Err(too_slow()))? {
            Answer::NotModified(head) => self.not_modified(&head, line).await,
            // All bytes were asked for, and there are none.
            Answer::Head(_) => Err(nothing().into()),
            Answer::Body(head, delivery) => {
                let facts = self.send(&named, &head, delivery, line).await?;
                let to = Recipient {
                    request_id: &self.event.request_id,
                    principal: &self.event.principal,
                    key: &asked.key,
                    source: &finder.source(),
                    range: head
                        .range
                        .map(|(range, length)| content_range(&range, length)),
                };
                Ok(facts.map(|facts| ask.record(&named, &facts, &to)))
            }
        }
    }

    async fn not_modified(
        &self,
        head: &Head,
        line: &mut Line,
    ) -> std::result::Result<Option<Record>, Stop> {
        let sent = timeout_at(self.deadline.into(), self.to.not_modified(head)).await;
        sent.unwrap_or_else(|_| Err(Stop::Lost(Outcome::Failed, unanswered())))?;
        line.answered(304);
        Ok(None)
    }

    /// Sends what is delivered, and waits for the release's end: what of it is asked for next is kept then, and shared.
    /// Its facts, if it ended in time.
    async fn send(
        &self,
        named: &Named,
        head: &Head,
        delivery: Delivery,
        line: &mut Line,
    ) -> std::result::Result<Option<Facts>, Stop> {
        line.first_byte = Some(Instant::now());
        line.status = head.status();
        let delivery = Arc::new(Mutex::new(delivery));
        let sent = self.transfer(head, &delivery, line).await;
        let end = self.end(named, &delivery, sent.is_ok(), line);
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
    async fn end(
        &self,
        named: &Named,
        delivery: &Shared,
        sent: bool,
        line: &mut Line,
    ) -> Result<Facts> {
        let mut delivery = delivery.lock().await;
        line.bytes_in = delivery.bytes_in();
        if !sent && !delivery.is_kept() {
            return Err(unanswered());
        }
        let facts = delivery.facts().await?;
        line.bytes_in = delivery.bytes_in();
        self.service
            .releases
            .remember(named, &delivery, &facts)
            .await;
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

/// S3, or what a request needs before there is an object, is silent.
pub fn silent() -> Error {
    let message = "S3, or what the key or the projections are kept in, did not answer in time";
    Error::new(Kind::Source, message)
}

fn nothing() -> Error {
    Error::new(Kind::Internal, "the release has no bytes")
}

/// What an answer goes to is silent.
pub fn unanswered() -> Error {
    Error::new(Kind::Output, "S3 does not answer in time")
}
