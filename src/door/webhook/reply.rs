//! The answer to an event: the response to it, of which MinIO forwards the body and what `x-amz-fwd-…` says.
//!
//! A body that breaks is broken off: the connection ends before the length that was announced. MinIO hands that on where
//! it knows the length, and ends the reader's answer cleanly where it does not. So no release is sent without one.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{Either, Empty};
use hyper::Response;
use hyper::header::HeaderValue;
use hyper::http::response::Builder;

use super::server::Connection;
use crate::access_point::Head;
use crate::config;
use crate::door::object_lambda::GetObject;
use crate::door::s3::head;
use crate::door::s3::log::Outcome;
use crate::door::s3::refusal::Refusal;
use crate::door::s3::sending::{Caller, Stop};
use crate::door::s3::transfer::Transfer;
use crate::error::{Error, Kind};

/// The body of a response.
pub type Body = Either<Empty<Bytes>, Transfer>;

/// Where the answer to one request goes.
pub struct Reply {
    connection: Arc<Connection>,
    /// What MinIO knows its event by; none before it is read.
    to: Option<(HeaderValue, HeaderValue)>,
}

impl Reply {
    /// To whoever waits at this connection.
    pub fn new(connection: Arc<Connection>) -> Self {
        Self {
            connection,
            to: None,
        }
    }

    /// To this event.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a token that is none.
    pub fn to(&mut self, event: &GetObject) -> crate::Result<()> {
        let value = |text: &str| {
            let mut value = HeaderValue::from_str(text).ok()?;
            value.set_sensitive(true);
            Some(value)
        };
        self.to = Some(
            value(&event.route)
                .zip(value(&event.token))
                .ok_or_else(|| {
                    let message =
                        "the event's outputRoute or outputToken cannot be given back in a header";
                    Error::new(Kind::Usage, message)
                })?,
        );
        Ok(())
    }

    /// Sends an error.
    pub fn refuse(&self, refusal: &Refusal) {
        let mut response = self.response(refusal.status, refusal.status);
        if let Some(code) = &refusal.code {
            response = response
                .header("x-amz-fwd-error-code", code)
                .header("x-amz-fwd-error-message", refusal.said());
        }
        self.send(response, None);
    }

    /// A response to the event with this status, and with what MinIO is to answer.
    fn response(&self, status: u16, forwarded: u16) -> Builder {
        let mut response = Response::builder()
            .status(status)
            .header("x-amz-request-id", &self.connection.request_id)
            .header("x-amz-fwd-status", forwarded);
        if let Some((route, token)) = &self.to {
            response = response
                .header("x-amz-request-route", route)
                .header("x-amz-request-token", token);
        }
        response
    }

    /// Hands it over; whether somebody waits.
    fn send(&self, response: Builder, body: Option<Transfer>) -> bool {
        let body = body.map_or_else(|| Either::Left(Empty::new()), Either::Right);
        // Headers are made of what was checked; whatever is none after all breaks the connection off.
        response
            .body(body)
            .is_ok_and(|response| self.connection.reply(response))
    }
}

/// What is said of a release.
fn described(mut response: Builder, head: &Head) -> Builder {
    for (name, value) in head::described(head) {
        response = response.header(format!("x-amz-fwd-header-{name}"), value);
    }
    response
}

impl Caller for Reply {
    async fn not_modified(&self, head: &Head) -> Result<(), Stop> {
        let head = Head {
            length: None,
            range: None,
            ..head.clone()
        };
        let response = described(self.response(304, 304), &head);
        if self.send(response, None) {
            Ok(())
        } else {
            Err(gone(Outcome::Failed))
        }
    }

    async fn release(&self, head: &Head, body: Transfer) -> Result<(), Stop> {
        if head.length.is_none() {
            return Err(endless().into());
        }
        // The event is answered, whichever part of the release was asked for.
        let response = described(self.response(200, head.status()), head);
        let cut = self.connection.cut_unless_ended();
        if !self.send(response, Some(body)) {
            return Err(gone(Outcome::Failed));
        }
        let whole = self.connection.ended().await;
        drop(cut);
        if whole {
            Ok(())
        } else {
            Err(gone(Outcome::Broken))
        }
    }
}

/// Whoever asked is no longer there.
pub fn gone(outcome: Outcome) -> Stop {
    let message = "the connection ended before the answer did";
    Stop::Lost(outcome, Error::new(Kind::Output, message))
}

fn endless() -> Error {
    let message = format!(
        "the release is too large to be kept, so that its length is not known when it begins, and MinIO would end a broken \
         one cleanly: give the cache more room ({})",
        config::CACHE_MAX_BYTES
    );
    Error::new(Kind::Settings, message)
}
