//! `GetObject`: event → what may be answered → the object → its release → S3.
//!
//! ```text
//! payload ─▶ projection ─▶ key owned? ─▶ presigned URL, or own rights ─▶ thread: release ─▶ body ─▶ S3
//!        └──────── refused: an error of ours, before anything is read ─┘                  └ broken: no end
//! ```

use std::time::Instant;

use chrono::Utc;
use tokio::time::timeout_at;

use super::Function;
use super::answer::{Fate, Refusal, streamed, whole};
use super::body::{Body, Held, Made};
use super::event::{Event, GetObject};
use super::log::{Line, Outcome, drift};
use super::work::{Opened, Plan, Work, too_slow};
use crate::access_point::{AccessPoint, Asked, Record};
use crate::error::{Error, Kind, Result};
use crate::key::MasterKey;
use crate::request::Payload;
use crate::source::{Answer, Fetched, Origin, PresignedUrl};

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

impl Get<'_> {
    /// Answers with the release, or says why not. Its record is still to be kept.
    pub async fn release(&self, line: &mut Line) -> std::result::Result<Record, Stop> {
        let url = PresignedUrl::parse(&self.to.input_url, &self.function.hosts)?;
        let (key, origin) = url.key(&self.event.url, self.event.supporting.as_deref())?;
        let opening = async {
            let plan = self.plan(&key, line).await?;
            let opened = self.open(&url, &key, &origin, &plan.asked, line).await?;
            Ok::<_, Stop>((plan, opened))
        };
        let opened = timeout_at(self.deadline.into(), opening).await;
        let (plan, opened) = opened.unwrap_or_else(|_| Err(silent().into()))?;
        let (work, body) = Work::start(plan, opened, self.function.options.clone())?;
        self.send(work, body, line).await
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
        // One that works without a key has its ETag from it, where there is one.
        let master = if projection.needs_key() || self.function.has_key() {
            Some(self.function.master_key().await?)
        } else {
            None
        };
        Ok(Plan {
            keys: master.map(|master| master.domain(&projection.domain())),
            key_id: master.map(MasterKey::id),
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
        origin: &Origin,
        asked: &Asked,
        line: &mut Line,
    ) -> std::result::Result<Opened, Stop> {
        let fetcher = self.function.fetcher()?;
        let header = |name: &str| self.event.header(name);
        if asked.itself {
            match fetcher.get(url, header, None).await? {
                Answer::Object(object) => return Ok(opened(key.to_owned(), origin, object, line)),
                // Nothing is known of it beforehand.
                Answer::Unchanged(_) => return Err(Stop::Refused(Refusal::of_s3(304, None))),
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
        let store = self.function.own_store(origin)?;
        let found = store.first(&asked.others).await?;
        let (key, object) = found.ok_or_else(no_object)?;
        Ok(opened(key, origin, object, line))
    }

    /// Sends what the work makes, as far as time allows.
    async fn send(
        &self,
        work: Work,
        mut body: Body,
        line: &mut Line,
    ) -> std::result::Result<Record, Stop> {
        let held = match timeout_at(self.deadline.into(), body.hold()).await {
            Ok(held) => held,
            Err(_) => Err(too_slow()),
        };
        let held = held.and_then(|held| work.check_time(held, self.deadline));
        let held = match held {
            Ok(held) => held,
            Err(error) => {
                line.bytes_in = work.bytes_in();
                drop(body);
                work.stop().await;
                return Err(error.into());
            }
        };
        line.first_byte = Some(Instant::now());
        let made = self.forward(held, body, &work, line).await;
        line.bytes_in = work.bytes_in();
        match made {
            Ok(made) => {
                line.released(&made.summary);
                drift(&line.request_id, &work.object_key, &made.summary);
                Ok(work.record(self.event, &made))
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
        body: Body,
        work: &Work,
        line: &mut Line,
    ) -> std::result::Result<Made, (Outcome, Error)> {
        let (answers, deadline) = (self.function.answers(), self.deadline.into());
        let (sent, made) = match held {
            Held::Whole(pieces, made) => {
                let length = Some(made.summary.bytes_out);
                line.summary.bytes_out = made.summary.bytes_out;
                let sent = answers.release(self.to, work.head(length), whole(&pieces));
                (timeout_at(deadline, sent).await, Some(Ok(*made)))
            }
            Held::Beginning(pieces) => {
                let fate = Fate::default();
                let body = streamed(pieces, body, fate.clone());
                let sent = answers.release(self.to, work.head(None), body);
                let sent = timeout_at(deadline, sent).await;
                // What has left is said, also where the rest has not.
                line.summary.bytes_out = fate.handed_over();
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

fn opened(key: String, origin: &Origin, object: Fetched, line: &mut Line) -> Opened {
    line.object_key = Some(key.clone());
    let version = object.version.clone();
    let (input, stopper) = object.into_reader();
    Opened {
        key,
        source: origin.name(),
        version,
        input,
        stopper,
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
