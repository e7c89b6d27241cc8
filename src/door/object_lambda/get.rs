//! `GetObject`: event → what may be answered → the object → its release → S3.
//!
//! ```text
//! payload ─▶ projection ─▶ key owned? ─▶ presigned URL, or own rights ─▶ thread: release ─▶ body ─▶ S3
//!        └──────── refused: an error of ours, before anything is read ─┘                  └ broken: no end
//! ```

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{NaiveDate, Utc};
use tokio::task::AbortHandle;
use tokio::time::{timeout, timeout_at};

use super::Function;
use super::answer::{Fate, Head, Refusal, streamed, whole};
use super::body::{self, Body, Held, Made};
use super::event::{Event, GetObject};
use super::log::{Line, Outcome, drift};
use crate::access_point::{AccessPoint, Asked, Identity, Record, VERSION};
use crate::dataset::contract::Compression;
use crate::error::{Error, Kind, Result};
use crate::functions::Context;
use crate::key::DomainKeys;
use crate::release::{self, Control, Job};
use crate::request::Payload;
use crate::source::{self, Answer, Fetched, Metered, ObjectVersion, Place, PresignedUrl};

/// How long a release that is stopped may take to notice: it looks once a block.
const GRACE: Duration = Duration::from_secs(1);

/// A release is begun only where the rate seen so far would have it done in this many times what is left: the rate of
/// the first megabytes is a guess, and a wrong refusal is worse than a rare transfer that is broken off.
const CONFIDENCE: f64 = 1.5;

/// Why there was no release.
pub enum Stop {
    /// An error is to be sent.
    Refused(Refusal),
    /// The answer had begun, or could not be sent: nothing more can be said to the caller.
    Lost(Outcome, Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Refused(Refusal::from(&error))
    }
}

/// One GET on its way.
pub struct Get<'a> {
    /// The function.
    pub function: &'a Function,
    /// The event.
    pub event: &'a Event,
    /// Where the answer goes.
    pub to: &'a GetObject,
    /// When the answer must be done.
    pub deadline: Instant,
}

/// An object, opened.
struct Opened {
    key: String,
    source: String,
    version: ObjectVersion,
    input: Box<dyn Read + Send>,
    stopper: AbortHandle,
}

/// What decides the bytes, beside the object.
struct Plan {
    point: AccessPoint,
    asked: Asked,
    keys: Option<DomainKeys>,
    key_id: Option<String>,
    today: NaiveDate,
}

impl Get<'_> {
    /// Answers with the release, or says why not.
    pub async fn release(&self, line: &mut Line) -> std::result::Result<(), Stop> {
        let url = PresignedUrl::parse(&self.to.input_url, &self.function.hosts)?;
        let (key, place) = url.key(&self.event.url)?;
        let opening = async {
            let plan = self.plan(&key, line).await?;
            let opened = self.open(&url, &key, place, &plan.asked).await?;
            Ok::<_, Stop>((plan, opened))
        };
        let opened = timeout_at(self.deadline.into(), opening).await;
        let (plan, opened) = opened.unwrap_or_else(|_| Err(silent().into()))?;
        let work = Work::start(self, plan, opened)?;
        self.send(work, line).await
    }

    /// Everything that can be refused before anything is read.
    async fn plan(&self, key: &str, line: &mut Line) -> Result<Plan> {
        let payload = Payload::parse(&self.event.payload)?;
        let catalog = self.function.sql.current().await?;
        let point = AccessPoint::of_payload(&payload, &catalog)?;
        line.projection = Some(point.served.projection.name.clone());
        let asked = point.asked(key, |name| self.event.header(name))?;
        line.key = Some(key.to_owned());
        line.format = Some(asked.format);
        let projection = &point.served.projection;
        let master = if projection.needs_key() {
            Some(self.function.master_key().await?)
        } else {
            None
        };
        Ok(Plan {
            keys: master.map(|master| master.domain(&projection.domain())),
            key_id: master.map(crate::key::MasterKey::id),
            today: Utc::now().date_naive(),
            asked,
            point,
        })
    }

    /// The object itself, where its key is asked for; or that of which the key names a release.
    async fn open(
        &self,
        url: &PresignedUrl,
        key: &str,
        place: Place,
        asked: &Asked,
    ) -> std::result::Result<Opened, Stop> {
        let fetcher = self.function.fetcher()?;
        let header = |name: &str| self.event.header(name);
        if asked.itself {
            match fetcher.get(url, header).await? {
                Answer::Object(object) => return Ok(self.opened(key.to_owned(), &place, object)),
                Answer::Refused { status: 404, .. } if !asked.others.is_empty() => {}
                Answer::Refused { status, code } => {
                    return Err(Stop::Refused(Refusal::of_s3(status, code)));
                }
            }
        } else if let Err((status, code)) = fetcher.may_read(url, header).await? {
            return Err(Stop::Refused(Refusal::of_s3(status, code)));
        }
        if url.names_version() {
            // The version is one of the key that was asked for, and the object has another.
            return Err(no_object().into());
        }
        let store = self.function.own_store(&place)?;
        let found = store.first(&asked.others).await?;
        let (key, object) = found.ok_or_else(no_object)?;
        Ok(self.opened(key, &place, object))
    }

    fn opened(&self, key: String, place: &Place, fetched: Fetched) -> Opened {
        let version = fetched.version.clone();
        let (input, stopper) = fetched.into_reader();
        Opened {
            key,
            source: place.name(self.event.supporting.as_deref()),
            version,
            input,
            stopper,
        }
    }

    /// Sends what the work makes, as far as time allows.
    async fn send(&self, mut work: Work, line: &mut Line) -> std::result::Result<(), Stop> {
        let deadline = self.deadline.into();
        let held = match timeout_at(deadline, work.body.hold()).await {
            Ok(held) => held,
            Err(_) => Err(too_slow()),
        };
        let held = held.and_then(|held| work.check_time(held, self.deadline));
        let held = match held {
            Ok(held) => held,
            Err(error) => {
                line.bytes_in = work.bytes_in();
                work.stop().await;
                return Err(error.into());
            }
        };
        line.first_byte = Some(Instant::now());
        let made = self.forward(held, &mut work, deadline).await;
        line.bytes_in = work.bytes_in();
        match made {
            Ok(made) => {
                line.released(&made.summary);
                drift(&line.request_id, &work.label, &made.summary);
                self.function.keep(&work.record(self, &made)).await;
                Ok(())
            }
            Err((outcome, error)) => {
                work.stop().await;
                Err(Stop::Lost(outcome, error))
            }
        }
    }

    async fn forward(
        &self,
        held: Held,
        work: &mut Work,
        deadline: tokio::time::Instant,
    ) -> std::result::Result<Made, (Outcome, Error)> {
        let answers = self.function.answers();
        let (sent, made) = match held {
            Held::Whole(pieces, made) => {
                let length = Some(made.summary.bytes_out);
                let sent = answers.release(self.to, work.head(length), whole(&pieces));
                (timeout_at(deadline, sent).await, Some(Ok(*made)))
            }
            Held::Beginning(pieces) => {
                let fate = Fate::default();
                let body = std::mem::replace(&mut work.body, body::ended());
                let body = streamed(pieces, body, fate.clone());
                let sent = answers.release(self.to, work.head(None), body);
                let sent = timeout_at(deadline, sent).await;
                (sent, fate.take())
            }
        };
        match (sent, made) {
            (Ok(Ok(())), Some(Ok(made))) => Ok(made),
            // The release's own failure is the cause of the transfer's.
            (_, Some(Err(error))) => Err((Outcome::Broken, error)),
            (Ok(Err(error)), _) => Err((Outcome::Failed, error)),
            (Ok(Ok(())), None) => {
                let message = "S3 took the answer before its end";
                Err((Outcome::Broken, Error::new(Kind::Output, message)))
            }
            (Err(_), _) => Err((Outcome::Broken, too_slow())),
        }
    }
}

fn no_object() -> Error {
    let message = "there is no object of which this could be the release";
    Error::new(Kind::NotFound, message)
}

fn silent() -> Error {
    let message = "S3, or what the key or the projections are kept in, did not answer in time";
    Error::new(Kind::Source, message)
}

fn too_slow() -> Error {
    let message = "the release takes longer than the time that S3 Object Lambda allows: give the function more memory \
                   (and with it processors), or split the object";
    Error::new(Kind::TimeLimit, message)
}

/// A release at work on a thread of its own.
struct Work {
    body: Body,
    plan: Arc<Plan>,
    context: Arc<Context>,
    control: Arc<Control>,
    read: Arc<AtomicU64>,
    stopper: AbortHandle,
    done: tokio::sync::oneshot::Receiver<()>,
    version: ObjectVersion,
    source: String,
    object_key: String,
    label: String,
    started: Instant,
}

impl Work {
    fn start(get: &Get<'_>, plan: Plan, opened: Opened) -> Result<Self> {
        let as_of = plan
            .point
            .as_of
            .resolve(plan.today, opened.version.modified)?;
        let context = Arc::new(Context {
            as_of,
            keys: plan.keys.clone(),
        });
        let (mut writer, body, verdict) = body::channel();
        let (finished, done) = tokio::sync::oneshot::channel();
        let work = Self {
            body,
            plan: Arc::new(plan),
            context,
            control: Arc::default(),
            read: Arc::default(),
            stopper: opened.stopper,
            done,
            version: opened.version,
            source: opened.source,
            label: opened.key.clone(),
            object_key: opened.key,
            started: Instant::now(),
        };
        let (plan, context) = (Arc::clone(&work.plan), Arc::clone(&work.context));
        let (control, label) = (Arc::clone(&work.control), work.label.clone());
        let options = get.function.options.clone();
        let input = Metered::new(opened.input, Arc::clone(&work.read));
        let run = move || {
            let served = &plan.point.served;
            let dialect = &served.contract.dialect;
            let compression = dialect
                .compression
                .unwrap_or_else(|| Compression::of_key(&label));
            let input = source::decode(Box::new(input), compression, dialect.encoding);
            let job = Job {
                contract: &served.contract,
                projection: &served.projection,
                object: &label,
                context: &context,
                format: plan.asked.format,
                options: &options,
            };
            let summary = release::run(&job, input, &mut writer, &control);
            let made = summary.and_then(|summary| {
                let sha256 = writer.finish().map_err(|_| unread())?;
                Ok(Made { summary, sha256 })
            });
            // Nobody listens where the answer was given up.
            let _ = verdict.send(made);
            let _ = finished.send(());
        };
        let named = thread::Builder::new().name("veilpoint-release".to_owned());
        named.spawn(run).map_err(|err| {
            let message = "a thread for the release could not be started";
            Error::new(Kind::Internal, message).with_private(err)
        })?;
        Ok(work)
    }

    fn bytes_in(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Whether the rest can be done in time, by the rate so far. What is already whole can.
    fn check_time(&self, held: Held, deadline: Instant) -> Result<Held> {
        let now = Instant::now();
        let (Held::Beginning(_), Some(length)) = (&held, self.version.length) else {
            return Ok(held);
        };
        let read = self.bytes_in().max(1);
        let rest = length.saturating_sub(read);
        let left = deadline.saturating_duration_since(now);
        let needed = (now - self.started).as_secs_f64() / precise(read) * precise(rest);
        if needed > left.as_secs_f64() * CONFIDENCE {
            return Err(too_slow());
        }
        Ok(held)
    }

    fn head(&self, length: Option<u64>) -> Head {
        Head {
            format: self.plan.asked.format,
            etag: self.etag(),
            modified: self.version.modified.map(|at| at.timestamp()),
            length,
        }
    }

    fn etag(&self) -> Option<String> {
        let (plan, settings) = (&self.plan, AccessPoint::settings(&self.plan.asked));
        let served = &plan.point.served;
        let identity = Identity {
            object: &self.version,
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

    /// Ends the release, and waits a moment for its threads: the process may be frozen when the answer is given.
    async fn stop(self) {
        self.control.cancelled.store(true, Ordering::Relaxed);
        self.stopper.abort();
        drop(self.body);
        let _ = timeout(GRACE, self.done).await;
        self.control.abandon();
    }

    fn record(&self, get: &Get<'_>, made: &Made) -> Record {
        let (plan, event) = (&self.plan, get.event);
        let served = &plan.point.served;
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
            settings_sha256: AccessPoint::settings(&plan.asked).sha256(),
            settings: AccessPoint::settings(&plan.asked),
            key_id: plan.key_id.clone(),
            as_of: self.context.as_of,
            rows_in: made.summary.rows_in,
            rows_out: made.summary.rows_out,
            rows_dropped: made.summary.rows_dropped,
            rows_suppressed: 0,
            sha256: made.sha256.clone(),
            length: made.summary.bytes_out,
            etag: self.etag(),
            veilpoint: VERSION.to_owned(),
        }
    }
}

fn unread() -> Error {
    Error::new(Kind::Output, "nobody takes the release any more")
}

/// Bytes for a rate: 2^53 of them are more than any object has.
#[expect(clippy::cast_precision_loss, reason = "a rate needs no last digit")]
fn precise(bytes: u64) -> f64 {
    bytes as f64
}
