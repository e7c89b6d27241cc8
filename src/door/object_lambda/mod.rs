//! `veilpoint lambda`: the function behind S3 Object Lambda access points.
//!
//! ```text
//! event.rs    an event, read leniently
//! find.rs     the raw object or listing: at its presigned URL, or with the function's own role
//! get.rs      `GetObject`: what is asked → the release → S3
//! head.rs     `HeadObject`: what is said of it
//! created.rs  a notification of new objects: their releases are made beforehand
//! list.rs     `ListObjects`, both versions: a page of releases
//! list_xml.rs a page of releases → S3's `ListBucketResult`
//! answer.rs   WriteGetObjectResponse
//! log.rs      one line a request
//! ```
//! It starts with what every request needs, its projections, proven; clients and key come with the first that needs
//! them. Facts about S3 Object Lambda: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-writing-lambda.html>.

mod answer;
mod created;
mod event;
mod find;
mod get;
mod head;
mod list;
pub mod list_xml;
mod log;
mod versions;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use chrono::Utc;
use futures::FutureExt;
use lambda_runtime::{Diagnostic, LambdaEvent, Runtime, service_fn};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use self::answer::Answers;
use self::event::{Event, GetObject, Operation};
use self::get::{Get, Stop};
use self::log::{Line, Outcome};
use self::versions::Versions;
use crate::access_point::{AccessPoint, Ask, Record, Releases, VERSION};
use crate::config;
use crate::error::{Error, Kind, Result};
use crate::key::MasterKey;
use crate::release::Options;
use crate::request::{NamedPayload, Payload};
use crate::source::{Fetcher, Hosts, LiveSql, Origin, OwnStore, RecordPrefix};

/// How long S3 waits for an answer, whatever time the function has.
const S3_WAITS: Duration = Duration::from_mins(1);

/// What is kept of the time for saying that it was not enough; a quarter of it, if it is short.
const RESERVE: Duration = Duration::from_secs(2);

/// How long the start waits for the projections. Lambda gives it 10 s, and begins again after that.
const START: Duration = Duration::from_secs(5);

/// Bytes that a projection which is not row by row may use before it spills: the least function that is deployed has
/// 1,769 MB, of which everything else takes some hundred.
const MEMORY_LIMIT: usize = 512 * 1024 * 1024;

/// The function, and what it keeps between requests.
pub struct Function {
    settings: config::Function,
    hosts: Hosts,
    sql: LiveSql,
    records: Option<RecordPrefix>,
    master_key: OnceCell<MasterKey>,
    fetcher: OnceLock<Fetcher>,
    answers: OnceLock<Answers>,
    releases: Releases,
    versions: Versions,
    /// The access points whose releases are made when an object is created.
    warmed: Vec<NamedPayload>,
    stores: Mutex<HashMap<Origin, OwnStore>>,
    used: AtomicBool,
}

/// Runs until the environment ends the process.
///
/// # Errors
/// [`Kind::Settings`] outside of a Lambda runtime, or for settings that cannot be right.
pub async fn run(settings: config::Function, started: Instant) -> Result<()> {
    let function = Function::new(settings)?;
    // What is wrong here is said to each request, too: an edit may put it right.
    let _ = timeout(START, function.sql.current()).await;
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(event = "start", veilpoint = VERSION, milliseconds);
    let function = &function;
    let handler = service_fn(|event: LambdaEvent<Value>| function.invoke(event));
    Box::pin(Runtime::new(handler).run()).await.map_err(|err| {
        Error::new(Kind::Internal, "the Lambda runtime does not answer").with_private(err)
    })
}

impl Function {
    fn new(settings: config::Function) -> Result<Self> {
        let hosts = match settings.aws.endpoint_host() {
            Some(host) => Hosts::AwsOr(host.to_owned()),
            None => Hosts::Aws,
        };
        Ok(Self {
            hosts,
            sql: LiveSql::new(&settings.sql)?,
            records: settings
                .records
                .as_deref()
                .map(RecordPrefix::parse)
                .transpose()?,
            releases: Releases::open(
                &settings.cache,
                Options {
                    memory_limit: MEMORY_LIMIT,
                    ..Options::default()
                },
            )?,
            versions: Versions::default(),
            warmed: warmed(settings.warm.as_deref())?,
            master_key: OnceCell::new(),
            fetcher: OnceLock::new(),
            answers: OnceLock::new(),
            stores: Mutex::default(),
            used: AtomicBool::new(false),
            settings,
        })
    }

    /// Answers one event. What cannot be answered ends the invocation as failed, which Lambda counts.
    async fn invoke(&self, invoked: LambdaEvent<Value>) -> std::result::Result<Value, Diagnostic> {
        let started = Instant::now();
        let cold = !self.used.swap(true, Ordering::Relaxed);
        let mut line = Line::new(started, cold);
        let (until, now) = (invoked.context.deadline(), SystemTime::now());
        let objects = created::objects(&invoked.payload);
        let answer = async {
            if let Some(objects) = &objects {
                let deadline = started + time_for(until, now, Duration::MAX);
                return self.notified(objects, deadline, &mut line).await;
            }
            let deadline = started + time_for(until, now, S3_WAITS);
            self.answer(&invoked.payload, deadline, &mut line).await
        };
        // A panic's own text may hold anything; the hook has said where it was.
        let answer = AssertUnwindSafe(answer).catch_unwind().await;
        let answer = answer.unwrap_or_else(|_| {
            let error = Error::new(Kind::Internal, "veilpoint failed");
            line.failed(Outcome::Failed, &error);
            Err(error)
        });
        line.write();
        if let Ok((_, Some(record))) = &answer {
            self.keep(record).await;
        }
        answer.map(|(value, _)| value).map_err(|error| Diagnostic {
            error_type: error.kind().facts().code.to_owned(),
            error_message: error.to_string(),
        })
    }

    /// What the invocation returns, and the record of the release, if there was one.
    async fn answer(
        &self,
        event: &Value,
        deadline: Instant,
        line: &mut Line,
    ) -> Result<(Value, Option<Record>)> {
        let event = Event::parse(event).inspect_err(|error| line.failed(Outcome::Failed, error))?;
        line.of(&event);
        let answer = match &event.operation {
            Operation::GetObject(to) => self.get(&event, to, deadline, line).await,
            Operation::HeadObject => {
                let answer = head::answer(self, &event, deadline, line).await;
                returned(answer, line)
            }
            Operation::ListObjects | Operation::ListObjectsV2 => {
                let answer = list::answer(self, &event, deadline, line).await;
                returned(answer, line)
            }
        };
        self.releases.at_work.settle().await;
        answer
    }

    async fn notified(
        &self,
        objects: &[(String, String)],
        deadline: Instant,
        line: &mut Line,
    ) -> Result<(Value, Option<Record>)> {
        line.operation = "ObjectCreated";
        let made = self.created(objects, deadline).await;
        self.releases.at_work.settle().await;
        let made = made.inspect_err(|error| line.failed(Outcome::Failed, error))?;
        line.answered(200);
        Ok((made, None))
    }

    async fn get(
        &self,
        event: &Event,
        to: &GetObject,
        deadline: Instant,
        line: &mut Line,
    ) -> Result<(Value, Option<Record>)> {
        let get = Get {
            function: self,
            event,
            to,
            deadline,
        };
        let record = match get.answer(line).await {
            Ok(record) => record,
            Err(Stop::Refused(refusal)) => {
                line.refused(&refusal);
                let sent = timeout(RESERVE, self.answers().refuse(to, &refusal)).await;
                let sent = sent.unwrap_or_else(|_| Err(unanswered()));
                sent.inspect_err(|error| line.failed(Outcome::Failed, error))?;
                None
            }
            Err(Stop::Lost(outcome, error)) => {
                line.failed(outcome, &error);
                return Err(error);
            }
        };
        Ok((json!({"statusCode": line.status}), record))
    }

    /// Everything about a request that can be refused before it is looked for: who asks through which projection.
    async fn ask(&self, event: &Event) -> Result<Ask> {
        let payload = Payload::parse(&event.payload)?;
        self.ask_of(&event.access_point, &payload).await
    }

    async fn ask_of(&self, access_point: &str, payload: &Payload) -> Result<Ask> {
        let catalog = self.sql.current().await?;
        let point = AccessPoint::of_payload(payload, &catalog)?;
        let projection = &point.served.projection;
        // One that works without a key has its ETag from it, where there is one.
        let master = if projection.needs_key() || self.settings.has_key() {
            Some(self.master_key().await?)
        } else {
            None
        };
        Ok(Ask {
            access_point: access_point.to_owned(),
            keys: master.map(|master| master.domain(&projection.domain())),
            key_id: master.map(MasterKey::id),
            today: Utc::now().date_naive(),
            point,
        })
    }

    async fn master_key(&self) -> Result<&MasterKey> {
        self.master_key
            .get_or_try_init(|| self.settings.master_key())
            .await
    }

    fn fetcher(&self) -> Result<&Fetcher> {
        if let Some(fetcher) = self.fetcher.get() {
            return Ok(fetcher);
        }
        let fetcher = Fetcher::new()?;
        Ok(self.fetcher.get_or_init(|| fetcher))
    }

    fn answers(&self) -> &Answers {
        self.answers
            .get_or_init(|| Answers::new(self.settings.aws.s3()))
    }

    fn own_store(&self, origin: &Origin) -> Result<OwnStore> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = stores.get(origin) {
            return Ok(store.clone());
        }
        let store = origin.open()?;
        stores.insert(origin.clone(), store.clone());
        Ok(store)
    }

    /// Writes the record of a release that was sent.
    async fn keep(&self, record: &Record) {
        log::record(record);
        if let Some(prefix) = &self.records {
            let kept = prefix.keep(Utc::now(), &record.request_id, record.line());
            let kept = timeout(RESERVE, kept).await;
            if let Err(error) = kept.unwrap_or_else(|_| Err(unanswered())) {
                tracing::error!(
                    event = "record_not_kept",
                    request_id = record.request_id,
                    message = error.to_string(),
                );
            }
        }
    }
}

/// What an invocation that answers by its value returns.
fn returned(
    answer: std::result::Result<Value, Stop>,
    line: &mut Line,
) -> Result<(Value, Option<Record>)> {
    match answer {
        Ok(value) => Ok((value, None)),
        Err(Stop::Refused(refusal)) => {
            line.refused(&refusal);
            let value = json!({
                "statusCode": refusal.status,
                "errorCode": refusal.code,
                "errorMessage": refusal.said(),
            });
            Ok((value, None))
        }
        Err(Stop::Lost(outcome, error)) => {
            line.failed(outcome, &error);
            Err(error)
        }
    }
}

/// The access points that the setting names.
fn warmed(setting: Option<&str>) -> Result<Vec<NamedPayload>> {
    let warmed = setting.map_or_else(|| Ok(Vec::new()), NamedPayload::parse_all);
    warmed.map_err(|error| {
        let message = format!("{}: {}", config::WARM, error.message());
        Error::new(Kind::Settings, message)
    })
}

fn unanswered() -> Error {
    Error::new(Kind::Output, "S3 does not answer in time")
}

/// The time that an answer has from now on: as much as whoever waits gives, or the function's if that is less, without
/// the reserve. A deadline
/// that has passed is none: Lambda gives no event after it, and cargo-lambda's is a day of 1970.
fn time_for(deadline: SystemTime, now: SystemTime, most: Duration) -> Duration {
    let left = deadline.duration_since(now).unwrap_or(S3_WAITS);
    let time = left.min(most);
    time.saturating_sub(RESERVE.min(time / 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_the_lesser_time_less_a_reserve() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        for (deadline, seconds) in [
            (now + Duration::from_mins(15), 58),
            (now + Duration::from_mins(1), 58),
            (now + Duration::from_secs(10), 8),
            (now + Duration::from_secs(4), 3),
            (SystemTime::UNIX_EPOCH + Duration::from_mins(10), 58),
        ] {
            assert_eq!(time_for(deadline, now, S3_WAITS).as_secs(), seconds);
        }
    }
}
