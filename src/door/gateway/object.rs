//! GET and HEAD: a key → the raw object that it is the release of → the access point's answer.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures::FutureExt;
use hyper::HeaderMap;
use hyper::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, EXPIRES,
    HeaderName, HeaderValue,
};
use s3s::{Body, S3Response, S3Result};
use tokio::sync::oneshot;
use tokio::time::timeout_at;

use super::in_force::{InForce, Point};
use super::reply::{Reply, failed, not_modified, refused, said};
use super::route::Call;
use crate::access_point::{
    Answer, Ask, Asked, Named, Recipient, Record, Request, Wanted, too_slow,
};
use crate::door::s3::log::{Line, Outcome};
use crate::door::s3::sending::{Sending, Stop};
use crate::error::{Error, Kind, Result};
use crate::request::{Conditions, Selection, content_range};

/// How long an answer that is taken piece by piece may take: whoever takes nothing is cut off long before.
const TAKEN: Duration = Duration::from_hours(24);

/// Arguments of signed requests that say which headers their answer has.
const OVERRIDES: [(&str, HeaderName); 6] = [
    ("response-cache-control", CACHE_CONTROL),
    ("response-content-disposition", CONTENT_DISPOSITION),
    ("response-content-encoding", CONTENT_ENCODING),
    ("response-content-language", CONTENT_LANGUAGE),
    ("response-content-type", CONTENT_TYPE),
    ("response-expires", EXPIRES),
];

/// What a request found.
struct Found {
    ask: Ask,
    asked: Asked,
    named: Named,
    request: Request,
}

/// Answers a HEAD.
pub async fn head(call: Call) -> S3Result<S3Response<Body>> {
    let in_force = call.gateway.in_force();
    let answer = async {
        let point = point(&call, &in_force)?;
        let (found, deadline) = found(&call, &in_force, point, false).await?;
        let Found {
            ask,
            named,
            request,
            ..
        } = &found;
        let wanted = wanted(ask, named, point);
        let answer = call.gateway.releases.answer(wanted, request);
        timeout_at(deadline.into(), answer)
            .await
            .unwrap_or_else(|_| Err(too_slow()))
    };
    match answer.await {
        Ok(Answer::NotModified(head)) => {
            call.trace.say(|line| line.answered(304));
            Ok(not_modified(&head))
        }
        Ok(Answer::Head(head) | Answer::Body(head, _)) => {
            call.trace.say(|line| line.answered(head.status()));
            let mut response = said(&head, Body::empty());
            response.headers.extend(overrides(&call));
            Ok(response)
        }
        Err(error) => Err(refused(&(&error).into(), &call.trace)),
    }
}

/// Answers a GET: with the response, once there is one. What sends the rest goes on beside.
pub async fn get(call: Call) -> S3Result<S3Response<Body>> {
    let (sender, response) = oneshot::channel();
    // Where the client goes away before there is a response, nobody goes on.
    let (waiting, gone) = oneshot::channel::<()>();
    let trace = call.trace.clone();
    let tasks = call.gateway.tasks.clone();
    tasks.spawn(answered(call, Reply::new(sender), gone));
    let response = response.await;
    let _ = waiting.send(());
    response.unwrap_or_else(|_| Err(failed(&trace)))
}

/// The whole of a GET, to its record. What is refused has its line in the log from who hands the refusal over; what is
/// sent, when its last byte has gone.
async fn answered(call: Call, reply: Reply, gone: oneshot::Receiver<()>) {
    let reply = reply.with(overrides(&call));
    let mut sent = None;
    let answer = AssertUnwindSafe(answer(&call, &reply, &mut sent)).catch_unwind();
    let answer = tokio::select! {
        // A panic's own text may hold anything; the hook has said where it was.
        answer = answer => answer.unwrap_or_else(|_| Err(panicked())),
        true = async { gone.await.is_err() } => Err(Stop::Lost(Outcome::Failed, abandoned())),
    };
    let record = match answer {
        Ok(record) => record,
        Err(Stop::Refused(refusal)) if sent.is_none() => {
            return reply.refuse(&refusal, &call.trace);
        }
        Err(stop) => {
            let mut line = sent.take().or_else(|| call.trace.take());
            if let Some(line) = &mut line {
                match stop {
                    Stop::Refused(refusal) => line.refused(&refusal),
                    Stop::Lost(outcome, error) => line.failed(outcome, &error),
                }
            }
            sent = line;
            None
        }
    };
    if let Some(line) = &sent {
        call.gateway.ended(line);
    }
    if let Some(record) = record {
        call.gateway.keep(&record).await;
    }
}

/// Answers with the release, or says why not. Its record is still to be kept, and so is the line of what is `sent`.
async fn answer(
    call: &Call,
    reply: &Reply,
    sent: &mut Option<Line>,
) -> std::result::Result<Option<Record>, Stop> {
    let in_force = call.gateway.in_force();
    let point = point(call, &in_force)?;
    let (found, deadline) = found(call, &in_force, point, true).await?;
    let Found {
        ask,
        asked,
        named,
        request,
    } = &found;
    let answer = call
        .gateway
        .releases
        .answer(wanted(ask, named, point), request);
    let answer = timeout_at(deadline.into(), answer).await;
    let answer = answer.unwrap_or_else(|_| Err(too_slow()))?;
    let Some(line) = call.trace.take() else {
        return Ok(None);
    };
    let sending = Sending {
        releases: &call.gateway.releases,
        named,
        to: reply,
        deadline: Instant::now() + TAKEN,
        waits: false,
    };
    let Some((head, facts)) = sending.send(answer, sent.insert(line)).await? else {
        return Ok(None);
    };
    let range = head
        .range
        .map(|(range, length)| content_range(&range, length));
    let to = Recipient {
        request_id: call.trace.request_id(),
        principal: &call.reader,
        key: &asked.key,
        source: &point.source.name(),
        range,
    };
    Ok(Some(ask.record(named, &facts, &to)))
}

/// The object of which the key names a release, by our own rights, and when the answer is due.
async fn found(
    call: &Call,
    in_force: &InForce,
    point: &Point,
    bytes: bool,
) -> Result<(Found, Instant)> {
    let time = Duration::from_secs(in_force.settings.limits.answer_seconds);
    let deadline = Instant::now() + time;
    let request = request(call, bytes, deadline)?;
    let finding = async {
        let ask = in_force.ask(point).await?;
        let asked = ask.point.asked(&call.key, |name| call.header(name))?;
        call.trace.say(|line| {
            line.of_ask(&ask);
            line.of_asked(&asked);
        });
        let itself = asked.itself.then(|| asked.key.clone());
        let keys: Vec<String> = itself.into_iter().chain(asked.others.clone()).collect();
        let found = point.source.head(&keys).await?;
        let (key, version) = found.ok_or_else(no_object)?;
        let named = ask.name(&key, &version, asked.format, &request.conditions)?;
        call.trace.say(|line| line.object_key = Some(key));
        Ok((ask, asked, named))
    };
    let found = timeout_at(deadline.into(), finding).await;
    let (ask, asked, named) = found.unwrap_or_else(|_| Err(silent()))?;
    let found = Found {
        ask,
        asked,
        named,
        request,
    };
    Ok((found, deadline))
}

fn request(call: &Call, bytes: bool, deadline: Instant) -> Result<Request> {
    if call.argument("versionId").is_some_and(|id| id != "null") {
        return Err(Error::new(Kind::NotFound, "releases have no versions"));
    }
    let part = call.argument("partNumber");
    Ok(Request {
        bytes,
        selection: Selection::parse(call.header("range"), part)?,
        conditions: Conditions::of_headers(|name| call.header(name)),
        deadline,
    })
}

fn wanted<'a>(
    ask: &'a Ask,
    named: &'a Named,
    point: &'a Point,
) -> Wanted<'a, crate::source::ObjectSource> {
    Wanted {
        ask,
        named,
        opened: None,
        opens: &point.source,
        beside: 1,
    }
}

fn point<'a>(call: &Call, in_force: &'a InForce) -> Result<&'a Point> {
    let point = in_force.point(&call.reader, &call.bucket);
    point.ok_or_else(denied)
}

/// The headers that the query asks for; what can be none is passed over.
fn overrides(call: &Call) -> HeaderMap {
    let asked = OVERRIDES.into_iter().filter_map(|(argument, name)| {
        let value = HeaderValue::from_str(call.argument(argument)?).ok()?;
        Some((name, value))
    });
    asked.collect()
}

/// An edit has taken the access point away while it was asked.
pub fn denied() -> Error {
    Error::new(
        Kind::Denied,
        "this credential does not read this access point",
    )
}

/// What a request needs before there is an object is silent.
pub fn silent() -> Error {
    let message = "the objects' store, or what the projections are kept in, did not answer in time";
    Error::new(Kind::Source, message)
}

fn no_object() -> Error {
    let message = "there is no object of which this could be the release";
    Error::new(Kind::NotFound, message)
}

/// Nobody waits for the answer.
pub fn abandoned() -> Error {
    Error::new(
        Kind::Output,
        "the client went away before there was an answer",
    )
}

fn panicked() -> Stop {
    Error::new(Kind::Internal, "veilpoint failed").into()
}
