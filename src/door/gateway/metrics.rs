//! What is counted, for Prometheus. No value, key or reader is in it: labels are operations, access points and statuses.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::access_point::Counts;
use crate::door::s3::log::{Line, Outcome};
use crate::error::{Error, Kind, Result};

/// Upper bounds of durations, in seconds: from an answer of the cache to the longest release.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 60.0, 300.0,
];

/// What a request was.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    operation: String,
    access_point: String,
    status: u16,
    outcome: &'static str,
}

/// Where bytes went, or came from.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Place {
    access_point: String,
}

/// What is counted.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Request, Counter>,
    seconds: Family<Place, Histogram>,
    sent: Family<Place, Counter>,
    read: Family<Place, Counter>,
    reloads: Family<Reload, Counter>,
    connections: Gauge,
    made: Counter,
    kept: Counter,
    at_work: Gauge,
    stopping: Arc<AtomicBool>,
    open: Arc<AtomicI64>,
}

fn durations() -> Histogram {
    Histogram::new(SECONDS)
}

/// What became of an edit of the settings.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Reload {
    outcome: &'static str,
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("veilpoint");
        let requests = Family::default();
        let sent = Family::default();
        let read = Family::default();
        let reloads = Family::default();
        let seconds = Family::new_with_constructor(durations as fn() -> Histogram);
        let (made, kept) = (Counter::default(), Counter::default());
        let (connections, at_work) = (Gauge::default(), Gauge::default());
        registry.register(
            "requests",
            "Requests by operation, access point, status and outcome",
            Family::clone(&requests),
        );
        registry.register_with_unit(
            "request",
            "From a request's head to the last byte of its answer",
            Unit::Seconds,
            Family::clone(&seconds),
        );
        registry.register_with_unit(
            "sent",
            "Of releases, to readers",
            Unit::Bytes,
            Family::clone(&sent),
        );
        registry.register_with_unit(
            "read",
            "Of raw objects, for releases",
            Unit::Bytes,
            Family::clone(&read),
        );
        registry.register(
            "settings_reloads",
            "Edits of the settings, taken over or refused",
            Family::clone(&reloads),
        );
        registry.register("connections", "Open connections", connections.clone());
        registry.register("releases_made", "Releases that were begun", made.clone());
        registry.register(
            "releases_kept",
            "Requests that were answered from what is kept, or from what another one had begun",
            kept.clone(),
        );
        registry.register(
            "releases_at_work",
            "Releases that are being made",
            at_work.clone(),
        );
        Self {
            registry: Arc::new(registry),
            requests,
            seconds,
            sent,
            read,
            reloads,
            connections,
            made,
            kept,
            at_work,
            stopping: Arc::default(),
            open: Arc::default(),
        }
    }

    /// Counts a request at its end.
    pub fn count(&self, line: &Line) {
        let place = Place {
            access_point: line.access_point.clone(),
        };
        let request = Request {
            operation: line.operation.to_owned(),
            access_point: line.access_point.clone(),
            status: line.status,
            outcome: line.outcome.name(),
        };
        self.requests.get_or_create(&request).inc();
        let seconds = line.elapsed().as_secs_f64();
        self.seconds.get_or_create(&place).observe(seconds);
        if matches!(line.outcome, Outcome::Released | Outcome::Broken) {
            self.sent.get_or_create(&place).inc_by(line.bytes_out);
            self.read.get_or_create(&place).inc_by(line.bytes_in);
        }
    }

    /// Counts an edit of the settings.
    pub fn reloaded(&self, taken: bool) {
        let outcome = if taken { "taken" } else { "refused" };
        self.reloads.get_or_create(&Reload { outcome }).inc();
    }

    /// A connection is open, until this is dropped.
    pub fn connection(&self) -> Connection {
        self.open.fetch_add(1, Ordering::Relaxed);
        Connection(Arc::clone(&self.open))
    }

    /// From now on nobody is let in.
    pub fn stopping(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether it has been told to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// All of it, in the text format of `OpenMetrics`.
    ///
    /// # Errors
    /// [`Kind::Internal`].
    pub fn text(&self, counts: &Counts) -> Result<String> {
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.connections.set(self.open.load(Ordering::Relaxed));
        // They are counted where releases are made.
        self.made.inner().store(counts.made, Ordering::Relaxed);
        self.kept.inner().store(counts.kept, Ordering::Relaxed);
        self.at_work.set(whole(counts.at_work));
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(|err| {
            Error::new(Kind::Internal, "the metrics cannot be written").with_private(err)
        })?;
        Ok(text)
    }
}

/// An open connection.
pub struct Connection(Arc<AtomicI64>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
