//! Answers as responses, and whether they were taken.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use s3s::{Body, S3Error, S3ErrorCode, S3Response, S3Result};
use tokio::sync::oneshot;

use super::trace::Trace;
use crate::access_point::Head;
use crate::door::s3::head::described;
use crate::door::s3::log::Outcome;
use crate::door::s3::refusal::Refusal;
use crate::door::s3::sending::{Caller, Stop};
use crate::door::s3::transfer::{BrokenOff, Transfer};
use crate::error::{Error, Kind};

/// What waits for the answer to a GET.
type Waiting = oneshot::Sender<S3Result<S3Response<Body>>>;

/// Where the answer to a GET goes.
pub struct Reply {
    to: Mutex<Option<Waiting>>,
    headers: HeaderMap,
}

impl Reply {
    /// To whoever waits.
    pub fn new(to: Waiting) -> Self {
        Self {
            to: Mutex::new(Some(to)),
            headers: HeaderMap::new(),
        }
    }

    /// With these headers in place of those of a release.
    pub fn with(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Sends an error.
    pub fn refuse(&self, refusal: &Refusal, trace: &Trace) {
        self.send(Err(refused(refusal, trace)));
    }

    /// Whether somebody waits for it.
    fn send(&self, response: S3Result<S3Response<Body>>) -> bool {
        let waiting = self
            .to
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        waiting.is_some_and(|waiting| waiting.send(response).is_ok())
    }
}

impl Caller for Reply {
    async fn not_modified(&self, head: &Head) -> Result<(), Stop> {
        if self.send(Ok(not_modified(head))) {
            return Ok(());
        }
        Err(Stop::Lost(Outcome::Failed, gone()))
    }

    async fn release(&self, head: &Head, body: Transfer) -> Result<(), Stop> {
        let (taken, end) = oneshot::channel();
        let body = Taken {
            body,
            _taken: taken,
        };
        let mut response = said(head, Body::http_body_unsync(body));
        response.headers.extend(self.headers.clone());
        if !self.send(Ok(response)) {
            return Err(Stop::Lost(Outcome::Failed, gone()));
        }
        // It is let go where its last byte was taken, and where the connection ended.
        let _ = end.await;
        Ok(())
    }
}

/// A body, and who is told when it is let go.
struct Taken {
    body: Transfer,
    _taken: oneshot::Sender<()>,
}

impl http_body::Body for Taken {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What is said of a release, with its bytes or without.
pub fn said(head: &Head, body: Body) -> S3Response<Body> {
    let status = StatusCode::from_u16(head.status()).unwrap_or_default();
    let mut response = S3Response::with_status(body, status);
    response.headers = headers(head);
    response
}

/// That the reader has it.
pub fn not_modified(head: &Head) -> S3Response<Body> {
    let mut response = S3Response::with_status(Body::empty(), StatusCode::NOT_MODIFIED);
    response.headers = headers(head);
    for name in [CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE] {
        response.headers.remove(name);
    }
    response
}

fn headers(head: &Head) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in described(head) {
        // They are made of what was checked.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    headers
}

/// An error as S3's client sees it.
pub fn refused(refusal: &Refusal, trace: &Trace) -> S3Error {
    trace.say(|line| line.refused(refusal));
    let code = refusal.code.as_deref().unwrap_or("InternalError");
    let code = S3ErrorCode::from_bytes(code.as_bytes()).unwrap_or(S3ErrorCode::InternalError);
    let mut error = S3Error::with_message(code, refusal.said());
    error.set_request_id(trace.request_id());
    if let Ok(status) = StatusCode::from_u16(refusal.status) {
        error.set_status_code(status);
    }
    error
}

/// The error of what ended without an answer.
pub fn failed(trace: &Trace) -> S3Error {
    let error = Error::new(Kind::Internal, "veilpoint failed");
    refused(&(&error).into(), trace)
}

fn gone() -> Error {
    Error::new(Kind::Output, "the client is gone")
}
