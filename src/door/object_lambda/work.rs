//! A release at work: its thread, its time, and what it is known by.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use super::answer::Head;
use super::body::{self, Body, BodyWriter, Held, Made};
use super::event::Event;
use crate::access_point::{AccessPoint, Asked, Digest, Identity, Record, VERSION};
use crate::error::{Error, Kind, Result};
use crate::functions::Context;
use crate::key::DomainKeys;
use crate::release::{self, Control, Job, Options};
use crate::source::{self, Metered, ObjectVersion};

/// How long a release that is stopped may take to notice: it looks once a block.
const GRACE: Duration = Duration::from_secs(1);

/// An object, opened.
pub struct Opened {
    /// Its key.
    pub key: String,
    /// Where it lies, as records say it.
    pub source: String,
    /// Which version it is.
    pub version: ObjectVersion,
    /// Its raw bytes.
    pub input: Box<dyn Read + Send>,
    /// Ends their transfer.
    pub stopper: AbortHandle,
}

/// What decides the bytes, beside the object.
pub struct Plan {
    /// Projection, contract and as-of date.
    pub point: AccessPoint,
    /// Key and format.
    pub asked: Asked,
    /// The projection's keys, where it needs any.
    pub keys: Option<DomainKeys>,
    /// Which master key they are of.
    pub key_id: Option<String>,
    /// The day of the request, in UTC.
    pub today: NaiveDate,
}

/// A release on a thread of its own.
pub struct Work {
    /// The object's key, which errors call it by.
    pub object_key: String,
    job: Arc<Decided>,
    source: String,
    version: ObjectVersion,
    etag: Option<String>,
    control: Arc<Control>,
    read: Arc<AtomicU64>,
    stopper: AbortHandle,
    done: oneshot::Receiver<()>,
    started: Instant,
}

/// What the thread and its owner share.
struct Decided {
    plan: Plan,
    context: Context,
    options: Options,
}

impl Work {
    /// Begins to make the release, which comes as the body.
    ///
    /// # Errors
    /// [`Kind::Usage`] for an as-of date that the object lacks; [`Kind::Internal`] where there is no thread.
    pub fn start(plan: Plan, opened: Opened, options: Options) -> Result<(Self, Body)> {
        let modified = opened.version.modified;
        let context = Context {
            as_of: plan.point.as_of.resolve(plan.today, modified)?,
            keys: plan.keys.clone(),
        };
        let job = Arc::new(Decided {
            plan,
            context,
            options,
        });
        let (writer, body, verdict) = body::channel();
        let (finished, done) = oneshot::channel();
        let (control, read) = (Arc::<Control>::default(), Arc::<AtomicU64>::default());
        let input = Box::new(Metered::new(opened.input, Arc::clone(&read)));
        let thread = {
            let (job, control, key) = (Arc::clone(&job), Arc::clone(&control), opened.key.clone());
            move || {
                // Nobody listens where the answer was given up.
                let _ = verdict.send(job.make(&key, input, writer, &control));
                let _ = finished.send(());
            }
        };
        let named = thread::Builder::new().name("veilpoint-release".to_owned());
        named.spawn(thread).map_err(|err| {
            let message = "a thread for the release could not be started";
            Error::new(Kind::Internal, message).with_private(err)
        })?;
        let work = Self {
            etag: job.etag(&opened.version),
            job,
            object_key: opened.key,
            source: opened.source,
            version: opened.version,
            control,
            read,
            stopper: opened.stopper,
            done,
            started: Instant::now(),
        };
        Ok((work, body))
    }

    /// Raw bytes read so far.
    pub fn bytes_in(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// What was held, if the rest can be done in time, by the rate so far. What is already whole can.
    ///
    /// # Errors
    /// [`Kind::TimeLimit`].
    pub fn check_time(&self, held: Held, deadline: Instant) -> Result<Held> {
        let now = Instant::now();
        let (Held::Beginning(_), Some(length)) = (&held, self.version.length) else {
            return Ok(held);
        };
        let read = self.bytes_in().max(1);
        let rest = length.saturating_sub(read);
        let left = deadline.saturating_duration_since(now);
        let needed = (now - self.started).as_secs_f64() / precise(read) * precise(rest);
        if needed > left.as_secs_f64() {
            return Err(too_slow());
        }
        Ok(held)
    }

    /// What its answer is announced with.
    pub fn head(&self, length: Option<u64>) -> Head {
        Head {
            format: self.job.plan.asked.format,
            etag: self.etag.clone(),
            modified: self.version.modified.map(|at| at.timestamp()),
            length,
        }
    }

    /// Ends the release, whose body is gone, and waits a moment for its threads: the process may be frozen when the
    /// answer is given.
    pub async fn stop(self) {
        self.control.cancelled.store(true, Ordering::Relaxed);
        self.stopper.abort();
        let _ = timeout(GRACE, self.done).await;
        self.control.abandon();
    }

    /// The record of the release, made so for this event.
    pub fn record(&self, event: &Event, made: &Made) -> Record {
        let plan = &self.job.plan;
        let (served, settings) = (
            &plan.point.served,
            plan.point.settings(plan.asked.format, &self.object_key),
        );
        Record {
            request_id: event.request_id.clone(),
            principal: event.principal.clone(),
            access_point: event.access_point.clone(),
            key: plan.asked.key.clone(),
            source: self.source.clone(),
            object_key: self.object_key.clone(),
            object: self.version.clone(),
            projection: served.projection.name.clone(),
            contract_sha256: served.contract_sha256.clone(),
            projection_sha256: served.projection_sha256.clone(),
            settings_sha256: settings.sha256(),
            settings,
            key_id: plan.key_id.clone(),
            as_of: self.job.context.as_of,
            rows_in: made.summary.rows_in,
            rows_out: made.summary.rows_out,
            rows_dropped: made.summary.rows_dropped,
            rows_suppressed: 0,
            sha256: made.sha256.clone(),
            length: made.summary.bytes_out,
            etag: self.etag.clone(),
            veilpoint: VERSION.to_owned(),
        }
    }
}

impl Decided {
    /// Makes the release. Blocks.
    fn make(
        &self,
        key: &str,
        input: Box<Metered>,
        writer: BodyWriter,
        control: &Control,
    ) -> Result<Made> {
        let served = &self.plan.point.served;
        let job = Job {
            contract: &served.contract,
            projection: &served.projection,
            object: key,
            context: &self.context,
            format: self.plan.asked.format,
            length: None,
            options: &self.options,
        };
        let text = source::decode(input, key, &served.contract.dialect);
        let mut output = Digest::new(writer);
        let summary = release::run(&job, text, &mut output, control)?;
        let (writer, sha256, _) = output.finish();
        let unread = |_| Error::new(Kind::Output, "nobody takes the release any more");
        writer.finish().map_err(unread)?;
        Ok(Made { summary, sha256 })
    }

    fn etag(&self, object: &ObjectVersion) -> Option<String> {
        let (plan, settings) = (
            &self.plan,
            self.plan.point.settings(self.plan.asked.format, ""),
        );
        let served = &plan.point.served;
        let identity = Identity {
            object,
            projection: &served.projection.name,
            contract_sha256: &served.contract_sha256,
            projection_sha256: &served.projection_sha256,
            settings: &settings,
            key_id: plan.key_id.as_deref(),
            as_of: self.context.as_of,
            veilpoint: VERSION,
        };
        identity.etag(plan.keys.as_ref())
    }
}

/// The time that there is was not enough.
pub fn too_slow() -> Error {
    let message = "the release takes longer than the time that S3 Object Lambda allows: give the function more memory \
                   (and with it processors), or split the object";
    Error::new(Kind::TimeLimit, message)
}

/// Bytes for a rate: 2^53 of them are more than any object has.
#[expect(clippy::cast_precision_loss, reason = "a rate needs no last digit")]
fn precise(bytes: u64) -> f64 {
    bytes as f64
}
