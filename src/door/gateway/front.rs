//! One request from the connection to its response: its id, what is refused before anybody is asked, its line in the log.

use std::convert::Infallible;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, S3Error, S3ErrorCode};

use super::Gateway;
use super::access::Access;
use super::buckets::Buckets;
use super::object::abandoned;
use super::route::{Hosts, Reads};
use super::signed;
use super::trace::Trace;
use crate::config;
use crate::door::s3::log::{Line, Outcome};
use crate::error::{Error, Kind};

/// The most that is read of a request: none has a body that is of use.
const MAX_BODY: usize = 64 * 1024;

/// What a form is sent as.
const FORM: &str = "multipart/form-data";

/// The most of an error's document that is looked at.
const MAX_ERROR: usize = 64 * 1024;

/// What takes requests.
pub struct Front {
    gateway: Arc<Gateway>,
    s3: S3Service,
}

impl Front {
    /// In front of a gateway, with the domains and the region of the settings.
    pub fn new(gateway: &Arc<Gateway>, settings: &config::Gateway) -> Self {
        let access = Access(Arc::clone(gateway));
        let hosts = Hosts(settings.domains.clone());
        let mut service = S3ServiceBuilder::new(Buckets {
            gateway: Arc::clone(gateway),
            region: settings.region.clone(),
        });
        let mut config = S3Config::default();
        config.xml_max_body_size = MAX_BODY;
        config.form_max_field_size = MAX_BODY;
        config.form_max_fields_size = MAX_BODY;
        config.post_object_max_file_size = 0;
        service.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        service.set_auth(access.clone());
        service.set_access(access.clone());
        service.set_host(hosts.clone());
        service.set_route(Reads::new(access, hosts));
        Self {
            gateway: Arc::clone(gateway),
            s3: service.build(),
        }
    }

    /// What answers.
    pub fn gateway(&self) -> &Arc<Gateway> {
        &self.gateway
    }

    /// Answers a request. Where the client goes away, the future is dropped where it waits, also before it has begun: the
    /// request is known from here on.
    pub fn take(
        self: Arc<Self>,
        request: Request<Incoming>,
        client: IpAddr,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + Send {
        let trace = Trace::new(client.to_string());
        let known = trace.map(|trace| Unanswered {
            gateway: Arc::clone(&self.gateway),
            trace,
        });
        async move {
            Ok(match known {
                Ok(known) => self.answer(request, &known.trace).await,
                Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
            })
        }
    }

    async fn answer(&self, mut request: Request<Incoming>, trace: &Trace) -> Response<Body> {
        let head = request.method() == Method::HEAD;
        let response = if let Some(refused) = early(&request) {
            refused
        } else {
            request.extensions_mut().insert(trace.clone());
            let answer = self.s3.call(request.map(Body::from));
            match AssertUnwindSafe(answer).catch_unwind().await {
                Ok(Ok(response)) => response,
                Ok(Err(_)) | Err(_) => panicked(trace),
            }
        };
        let mut response = described(response, trace, head).await;
        if let Ok(id) = HeaderValue::from_str(trace.request_id()) {
            response.headers_mut().insert("x-amz-request-id", id);
        }
        if let Some(mut line) = trace.take() {
            settle(&mut line, response.status());
            self.gateway.ended(&line);
        }
        response
    }
}

/// A request that has no answer yet. Dropped as such, it is a line in the log like all others.
struct Unanswered {
    gateway: Arc<Gateway>,
    trace: Trace,
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        if let Some(mut line) = self.trace.take() {
            line.failed(Outcome::Failed, &abandoned());
            self.gateway.ended(&line);
        }
    }
}

/// What is refused whoever asks: what is no signature of S3's, and forms, whose body would have to be read to know who
/// sends it.
fn early(request: &Request<Incoming>) -> Option<Response<Body>> {
    let form = request.headers().get(CONTENT_TYPE).is_some_and(|kind| {
        let begin = kind.as_bytes().get(..FORM.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(FORM.as_bytes()))
    });
    let refused = if form && request.method() == Method::POST {
        let message = "access points are read only";
        S3Error::with_message(S3ErrorCode::AccessDenied, message)
    } else {
        signed::check(request.uri(), request.headers()).err()?
    };
    Some(error(refused))
}

fn error(error: S3Error) -> Response<Body> {
    let response = error.to_http_response();
    response.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn panicked(trace: &Trace) -> Response<Body> {
    let error = Error::new(Kind::Internal, "veilpoint failed");
    trace.say(|line| line.failed(Outcome::Failed, &error));
    let message = "veilpoint failed";
    self::error(S3Error::with_message(S3ErrorCode::InternalError, message))
}

/// What S3 says with codes of which s3s says nothing more.
fn usual(code: Option<&str>) -> &'static str {
    match code {
        Some("SignatureDoesNotMatch") => {
            "The request signature we calculated does not match the signature you provided. Check your key and signing \
             method."
        }
        Some("InvalidBucketName") => "The specified bucket is not valid.",
        Some("InvalidURI") => "Couldn't parse the specified URI.",
        Some("KeyTooLongError") => "Your key is too long: it has 1,024 bytes at most.",
        _ => "the request is none that is answered",
    }
}

/// An error with its message, the id of its request, and its code in the log. HEAD has no document.
async fn described(response: Response<Body>, trace: &Trace, head: bool) -> Response<Body> {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let limited = http_body_util::Limited::new(body, MAX_ERROR);
    let text = match limited.collect().await {
        Ok(body) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        Err(_) => String::new(),
    };
    let code = between(&text, "<Code>", "</Code>").map(str::to_owned);
    trace.say(|line| {
        if line.code.is_none() {
            line.code.clone_from(&code);
        }
    });
    if head {
        parts.headers.remove(CONTENT_LENGTH);
        parts.headers.remove(CONTENT_TYPE);
        return Response::from_parts(parts, Body::empty());
    }
    let text = match text.split_once("</Code>") {
        Some((begun, rest)) if !text.contains("<Message>") => {
            let message = usual(code.as_deref());
            format!("{begun}</Code><Message>{message}</Message>{rest}")
        }
        _ => text,
    };
    let text = match text.strip_suffix("</Error>") {
        Some(begun) if !text.contains("<RequestId>") => {
            format!(
                "{begun}<RequestId>{}</RequestId></Error>",
                trace.request_id()
            )
        }
        _ => text,
    };
    parts
        .headers
        .insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    Response::from_parts(parts, Body::from(Bytes::from(text)))
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(from)?;
    rest.split_once(to).map(|(found, _)| found)
}

/// What is still to be said of a request whose line nobody has finished.
fn settle(line: &mut Line, status: StatusCode) {
    if line.outcome == Outcome::Failed && line.message.is_none() {
        if status.is_success() || status.is_redirection() {
            line.answered(status.as_u16());
        } else {
            line.outcome = Outcome::Refused;
            line.status = status.as_u16();
        }
    }
}
