//! `veilpoint serve --webhook`: releases for MinIO, which sends the events of its object lambda over HTTP.
//!
//! ```text
//! point.rs   access points by name, as the command line gives them
//! event.rs   MinIO's event → S3's, and where its URL may lead
//! token.rs   who may send events
//! server.rs  connections, with their limits, until it is told to stop
//! request.rs one request: event → the middle of Object Lambda → its answer
//! reply.rs   the answer: a response that MinIO forwards
//! ```
//! MinIO sends an event for each GET of an object that names the function (`?lambdaArn=…`), and forwards what comes back;
//! HEAD and listings do not come this way. The middle is that of the Lambda function
//! ([`object_lambda`](super::object_lambda)), and so are access points, releases, errors, log and records. The form of
//! events: <https://min.io/docs/minio/linux/developers/transforms-with-object-lambda.html>.

mod event;
mod point;
mod reply;
mod request;
mod server;
mod token;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::thread::available_parallelism;
use std::time::Instant;

use tokio::net::TcpListener;
use tokio::time::timeout;

pub use self::event::Endpoint;
pub use self::point::Point;
use self::token::Token;
use super::object_lambda::{START, Service};
use crate::access_point::{AccessPoint, VERSION};
use crate::config;
use crate::error::{Error, Kind, Result};
use crate::request::Payload;

/// So many releases are made at once, at most: each may take half a gigabyte where its projection sorts.
const AT_MOST: usize = 4;

/// What answers events.
struct Webhook {
    service: Service,
    points: BTreeMap<String, Point>,
    endpoint: Endpoint,
    token: Option<Token>,
}

/// Takes events at the listener until `stop` comes; then answers what is under way.
///
/// # Errors
/// [`Kind::Settings`] for settings that cannot be right.
pub async fn run(
    settings: config::Webhook,
    endpoint: Endpoint,
    points: BTreeMap<String, Point>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let started = Instant::now();
    let mut service = Service::new(settings.service, endpoint.hosts())?;
    // Each of them takes all processors where it is alone; more at once would take memory, and give nothing.
    let processors = available_parallelism().map_or(1, usize::from);
    service.releases.at_most(processors.min(AT_MOST));
    let webhook = Webhook {
        service,
        points,
        endpoint,
        token: settings.token.as_deref().map(|token| Token::new(token)),
    };
    webhook.look().await;
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(event = "start", veilpoint = VERSION, milliseconds);
    let webhook = Rc::new(webhook);
    server::serve(Rc::clone(&webhook), listener, stop).await;
    // What is shared with other processes is to arrive there.
    webhook.service.releases.settle().await;
    tracing::info!(event = "stop");
    Ok(())
}

/// Whether events may be taken at this address: where others than this machine reach it, they must know the token.
///
/// # Errors
/// [`Kind::Settings`], with the remedy.
pub fn check_token(address: std::net::SocketAddr, settings: &config::Webhook) -> Result<()> {
    if settings.token.is_some() || address.ip().is_loopback() {
        return Ok(());
    }
    let token = config::WEBHOOK_TOKEN;
    let message = format!(
        "whoever reaches this address could send events: set {token}, and the same as auth_token in MinIO; or listen on \
         127.0.0.1"
    );
    Err(Error::new(Kind::Settings, message))
}

impl Webhook {
    /// Says in the log what no request could be answered for. An edit may put it right.
    async fn look(&self) {
        // A catalog that cannot be read has said so.
        let Ok(Ok(catalog)) = timeout(START, self.service.sql.current()).await else {
            return;
        };
        for (name, point) in &self.points {
            let payload = Payload::parse(&point.payload);
            let point = payload.and_then(|payload| AccessPoint::of_payload(&payload, &catalog));
            if let Err(error) = point {
                let message = error.to_string();
                tracing::error!(event = "access_point_refused", access_point = name, message);
            }
        }
    }
}
