//! `/-/health` and `/-/metrics`, at an address of their own: whoever reaches it needs no credential.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::Gateway;
use crate::error::{Error, Kind};

/// Connections at once: a scraper and a prober.
const CONNECTIONS: usize = 16;

/// How long a request may take, from its connection to its answer.
const TIME: Duration = Duration::from_secs(10);

/// How long the projections are waited for: a prober has little patience.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long nothing is accepted after the system could not.
const PAUSE: Duration = Duration::from_millis(100);

/// Prometheus' text format. <https://prometheus.io/docs/instrumenting/exposition_formats/>
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers there as long as it is polled; forever, where there is no such address.
pub async fn serve(gateway: &Arc<Gateway>, listener: Option<TcpListener>) {
    let Some(listener) = listener else {
        return std::future::pending().await;
    };
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // It is never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let gateway = Arc::clone(gateway);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&gateway, request));
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service);
            let _ = timeout(TIME, served).await;
            drop(place);
        });
    }
}

async fn answer(
    gateway: &Gateway,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, kind, text) = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/-/health") => health(gateway).await,
        (&Method::GET | &Method::HEAD, "/-/metrics") => {
            let text = gateway.metrics.text(&gateway.releases.counts());
            match text {
                Ok(text) => (StatusCode::OK, OPEN_METRICS, text),
                Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, error.message()),
            }
        }
        _ => plain(StatusCode::NOT_FOUND, "there are /-/health and /-/metrics"),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}

/// Whether requests can be answered: not without projections, and not while it stops.
async fn health(gateway: &Gateway) -> (StatusCode, &'static str, String) {
    let in_force = gateway.in_force();
    let late = || Error::new(Kind::Source, "the projections cannot be read in time");
    let catalog = timeout(PATIENCE, in_force.sql.current()).await;
    let (status, said) = match catalog.unwrap_or_else(|_| Err(late())) {
        _ if gateway.metrics.is_stopping() => (
            StatusCode::SERVICE_UNAVAILABLE,
            json!({"status": "stopping"}),
        ),
        Ok(catalog) => {
            let served = catalog.served().count();
            let refused = catalog.refusals().count();
            (
                StatusCode::OK,
                json!({"status": "ok", "projections": served, "refused": refused}),
            )
        }
        Err(error) => {
            let said = json!({"status": "no projections", "code": error.kind().facts().code});
            (StatusCode::SERVICE_UNAVAILABLE, said)
        }
    };
    (status, "application/json", said.to_string())
}

fn plain(status: StatusCode, text: &str) -> (StatusCode, &'static str, String) {
    (status, "text/plain; charset=utf-8", text.to_owned())
}
