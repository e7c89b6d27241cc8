//! A release at work: its threads, how far it is, and what ends it.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{AbortHandle, spawn_blocking};
use tokio::time::timeout;

use super::ask::{Ask, Named};
use super::digest::Digest;
use crate::cache::Facts;
use crate::csv::BLOCK;
use crate::dataset::catalog::Served;
use crate::dataset::contract::Compression;
use crate::error::{Error, Kind, Result};
use crate::functions::Context;
use crate::release::{self, Control, Found, Job, Options, Output};
use crate::source::{self, Fetched, Metered};

/// How long a release that is stopped may take to notice: it looks once a block.
const GRACE: Duration = Duration::from_secs(1);

/// How many releases are at work in the process, and how many may be.
#[derive(Clone, Debug)]
pub struct AtWork {
    count: watch::Sender<usize>,
    /// Places, where they are limited.
    places: Option<Arc<Semaphore>>,
}

impl Default for AtWork {
    fn default() -> Self {
        Self {
            count: watch::Sender::new(0),
            places: None,
        }
    }
}

impl AtWork {
    /// No more than so many at once.
    pub fn at_most(most: usize) -> Self {
        Self {
            places: Some(Arc::new(Semaphore::new(most))),
            ..Self::default()
        }
    }

    /// Waits a moment for the threads of releases that were given up: the process may be frozen after that.
    pub async fn settle(&self) {
        let mut count = self.count.subscribe();
        let _ = timeout(GRACE, count.wait_for(|count| *count == 0)).await;
    }

    /// How many there are.
    pub fn now(&self) -> u64 {
        *self.count.borrow() as u64
    }

    /// A place at work, once there is one: others wait in line.
    pub async fn begin(&self) -> Busy {
        let place = match &self.places {
            // It is never closed.
            Some(places) => Arc::clone(places).acquire_owned().await.ok(),
            None => None,
        };
        self.count.send_modify(|count| *count += 1);
        Busy {
            count: self.count.clone(),
            _place: place,
        }
    }
}

/// One release at work, until it is dropped.
pub struct Busy {
    count: watch::Sender<usize>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.count
            .send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// Everything that a release is made of, but its object's bytes.
pub struct Recipe {
    served: Arc<Served>,
    named: Named,
    context: Context,
    options: Options,
}

/// How far a release is, and what ends it.
pub struct Making {
    control: Arc<Control>,
    read: Arc<AtomicU64>,
    /// Raw bytes of the object.
    length: Option<u64>,
    stopper: AbortHandle,
    started: Instant,
}

impl Recipe {
    /// Of a release.
    pub fn new(ask: &Ask, named: &Named, options: &Options) -> Self {
        Self {
            served: Arc::clone(&ask.point.served),
            context: Context {
                as_of: named.as_of,
                keys: ask.keys.clone(),
            },
            named: named.clone(),
            options: Options {
                threads: threads(ask, named, options),
                parquet_compression: named.settings.compression,
                csv_formulas: named.settings.csv_formulas,
                ..options.clone()
            },
        }
    }

    /// Begins to make the release into an output, on threads of its own. At its end, `end` has the output and what the
    /// release came to.
    ///
    /// The first is one of the runtime's for what blocks: it stays for the next release, with what its heap has kept. So it
    /// is called within a runtime.
    pub fn start<W: Output + 'static>(
        self,
        object: Fetched,
        output: W,
        busy: Busy,
        end: impl FnOnce(W, Result<Facts>) + Send + 'static,
    ) -> Arc<Making> {
        let (input, stopper) = object.into_reader();
        let making = Arc::new(Making {
            control: Arc::default(),
            read: Arc::default(),
            length: self.named.object.length,
            stopper,
            started: Instant::now(),
        });
        let (control, read) = (Arc::clone(&making.control), Arc::clone(&making.read));
        let work = move || {
            let input = Box::new(Metered::new(input, read));
            let (output, made) = self.make(input, output, &control);
            end(output, made);
            drop(busy);
        };
        spawn_blocking(work);
        making
    }

    /// Makes the release. Blocks.
    fn make<W: Output>(
        &self,
        input: Box<dyn Read + Send>,
        output: W,
        control: &Control,
    ) -> (W, Result<Facts>) {
        let started = Instant::now();
        let (contract, key) = (&self.served.contract, &self.named.object_key);
        let job = Job {
            contract,
            projection: &self.served.projection,
            object: key,
            context: &self.context,
            format: self.named.settings.format,
            length: self.named.length,
            options: &self.options,
        };
        let mut output = Digest::new(output);
        let text = source::decode(input, key, &contract.dialect);
        let summary = release::run(&job, text, &mut output, control);
        let (output, sha256, length) = output.finish();
        if let Ok(summary) = &summary {
            found(key, &summary.found_identifiers);
        }
        let facts = summary.map(|summary| Facts {
            length,
            sha256,
            rows_in: summary.rows_in,
            rows_out: summary.rows_out,
            rows_dropped: summary.rows_dropped,
            rows_suppressed: summary.rows_suppressed,
            unknown_columns: summary.unknown_columns,
        });
        if let Ok(facts) = &facts {
            self.log(facts, started);
        }
        (output, facts)
    }

    /// One line for each release that is made: what is answered without one was kept.
    fn log(&self, facts: &Facts, started: Instant) {
        let named = &self.named;
        tracing::info!(
            event = "release_made",
            projection = self.served.projection.name,
            object_key = named.object_key,
            format = %named.settings.format,
            as_of = %named.as_of,
            etag = named.etag,
            rows_in = facts.rows_in,
            rows_out = facts.rows_out,
            rows_dropped = facts.rows_dropped,
            rows_suppressed = facts.rows_suppressed,
            bytes_out = facts.length,
            milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        );
        drift(&named.object_key, &facts.unknown_columns);
    }
}

/// One thread for an object of one block of text: its records are read and projected by one in any case, and another
/// would only help to encode. What is compressed may be longer than it looks.
fn threads(ask: &Ask, named: &Named, options: &Options) -> usize {
    let by_suffix = || Compression::of_key(&named.object_key);
    let dialect = &ask.point.served.contract.dialect;
    let packed = dialect.compression.unwrap_or_else(by_suffix) != Compression::None;
    match named.object.length {
        Some(length) if length <= BLOCK as u64 && !packed => 1,
        _ => options.threads,
    }
}

/// So many columns that nobody knows are named.
const MAX_NAMED: usize = 20;

/// Columns of the object that the contract does not know: named once a release, never read.
fn drift(key: &str, unknown: &[String]) {
    if !unknown.is_empty() {
        // A log line has an end.
        let columns = unknown[..unknown.len().min(MAX_NAMED)].join(", ");
        let count = unknown.len();
        tracing::warn!(event = "unknown_columns", object_key = key, count, columns);
    }
}

/// Identifiers in columns that the contract classes as naming nobody: once a release, and never a value.
fn found(key: &str, found: &[Found]) {
    for found in found.iter().take(MAX_NAMED) {
        tracing::warn!(
            event = "found_identifiers",
            object_key = key,
            column = found.column,
            identifier = %found.identifier,
            values = found.values,
            of = found.of,
        );
    }
}

impl Making {
    /// Raw bytes read so far.
    pub fn bytes_in(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Whether the rest can be done in time, by the rate so far.
    ///
    /// # Errors
    /// [`Kind::TimeLimit`].
    pub fn check_time(&self, deadline: Instant) -> Result<()> {
        let Some(length) = self.length else {
            return Ok(());
        };
        let now = Instant::now();
        let read = self.bytes_in().max(1);
        let rest = length.saturating_sub(read);
        let left = deadline.saturating_duration_since(now);
        let needed = (now - self.started).as_secs_f64() / precise(read) * precise(rest);
        if needed > left.as_secs_f64() {
            return Err(too_slow());
        }
        Ok(())
    }

    /// Ends the release, for whoever no longer wants it.
    pub fn stop(&self) {
        self.control.cancelled.store(true, Ordering::Relaxed);
        self.stopper.abort();
    }
}

/// The time that there is was not enough.
pub fn too_slow() -> Error {
    let message = "the release takes longer than a request may: give veilpoint more processors (a function has them with \
                   its memory) or the gateway a greater answer_seconds, or split the object";
    Error::new(Kind::TimeLimit, message)
}

/// Bytes for a rate: 2^53 of them are more than any object has.
#[expect(clippy::cast_precision_loss, reason = "a rate needs no last digit")]
fn precise(bytes: u64) -> f64 {
    bytes as f64
}
