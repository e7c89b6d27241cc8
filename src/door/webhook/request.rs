//! One request: who may send it, the event in it, and its answer.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::FutureExt;
use http_body_util::{BodyExt, Limited};
use hyper::Method;
use hyper::Request;
use hyper::body::Incoming;
use hyper::header::AUTHORIZATION;
use tokio::time::timeout;

use super::Webhook;
use super::event::event;
use super::point::Point;
use super::reply::{Reply, gone};
use super::server::Connection;
use crate::access_point::Record;
use crate::door::object_lambda::{Event, Get, GetObject, RESERVE};
use crate::door::s3::log::{Line, Outcome};
use crate::door::s3::sending::Stop;
use crate::error::{Error, Kind, Result};

/// The time that an answer has: that of S3 Object Lambda, so that what is answered here is answered there. Whoever does
/// not take what is sent is cut off then.
const TIME: Duration = Duration::from_mins(1).saturating_sub(RESERVE);

/// How long an event may take to come: it is a few kilobytes from a neighbour.
const EVENT: Duration = Duration::from_secs(10);

/// Bytes of an event. Headers and URL of a request to S3 have 8 KiB each; what is larger by two digits is none.
const MAX_EVENT: usize = 1024 * 1024;

/// Answers the request of a connection, and writes its line.
pub async fn answer(webhook: Rc<Webhook>, request: Request<Incoming>, connection: Arc<Connection>) {
    let started = Instant::now();
    let mut line = Line::new(started, false);
    line.request_id.clone_from(&connection.request_id);
    let mut reply = Reply::new(Arc::clone(&connection));
    let answer = webhook.answer(request, started + TIME, &mut reply, &mut line);
    // A panic's own text may hold anything; the hook has said where it was.
    let answer = AssertUnwindSafe(answer).catch_unwind();
    let answer = tokio::select! {
        answer = answer => answer.unwrap_or_else(|_| Err(panicked(&connection))),
        () = connection.abandoned() => Err(gone(Outcome::Failed)),
    };
    let record = answer.unwrap_or_else(|stop| {
        match stop {
            Stop::Refused(refusal) => {
                line.refused(&refusal);
                reply.refuse(&refusal);
            }
            Stop::Lost(outcome, error) => {
                line.failed(outcome, &error);
                connection.cut();
            }
        }
        None
    });
    line.write();
    if let Some(record) = record {
        webhook.service.keep(&record).await;
    }
}

impl Webhook {
    async fn answer(
        &self,
        request: Request<Incoming>,
        deadline: Instant,
        reply: &mut Reply,
        line: &mut Line,
    ) -> std::result::Result<Option<Record>, Stop> {
        let (event, to) = self.event(request, &line.request_id).await?;
        event.tell(line);
        reply.to(&to)?;
        let get = Get {
            service: &self.service,
            event: &event,
            to: &*reply,
            deadline,
        };
        get.answer(line).await
    }

    /// The event of a request that may send one.
    async fn event(
        &self,
        request: Request<Incoming>,
        request_id: &str,
    ) -> Result<(Event, GetObject)> {
        self.check_token(&request)?;
        let point = self.point(request.uri().path())?;
        if request.method() != Method::POST {
            let message = "an event comes by POST";
            return Err(Error::new(Kind::Method, message));
        }
        let body = body(request.into_body()).await?;
        event(&body, point, &self.endpoint, request_id)
    }

    fn check_token(&self, request: &Request<Incoming>) -> Result<()> {
        let header = request.headers().get(AUTHORIZATION);
        let header = header.and_then(|header| header.to_str().ok());
        match &self.token {
            Some(token) if !token.admits(header.unwrap_or_default()) => {
                let message = "the token in Authorization is not the one of this webhook: set it as auth_token in MinIO";
                Err(Error::new(Kind::Denied, message))
            }
            _ => Ok(()),
        }
    }

    fn point(&self, path: &str) -> Result<&Point> {
        let name = path.strip_prefix('/').unwrap_or(path);
        let name = name.strip_suffix('/').unwrap_or(name);
        self.points.get(name).ok_or_else(|| {
            let message = "there is no access point at this path";
            Error::new(Kind::NotFound, message)
        })
    }
}

/// Our own failure: an error, where the answer has not begun.
fn panicked(connection: &Connection) -> Stop {
    let error = Error::new(Kind::Internal, "veilpoint failed");
    if connection.is_replied() {
        Stop::Lost(Outcome::Broken, error)
    } else {
        error.into()
    }
}

/// The whole body of an event.
async fn body(body: Incoming) -> Result<Bytes> {
    let body = timeout(EVENT, Limited::new(body, MAX_EVENT).collect()).await;
    let refused = |message: &str| Error::new(Kind::Usage, message);
    let body = body.map_err(|_| refused("the event does not come within 10 s"))?;
    let body = body
        .map_err(|err| refused("the event is larger than 1 MiB, or broke off").with_private(err))?;
    Ok(body.to_bytes())
}

/// Whether it only asks if anybody is there. Of what is there it is told nothing, and so may ask without a token.
pub fn is_probe(request: &Request<Incoming>) -> bool {
    matches!(*request.method(), Method::HEAD | Method::GET)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_the_time_that_object_lambda_gives() {
        assert_eq!(TIME, Duration::from_secs(58));
    }
}
