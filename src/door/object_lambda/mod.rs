//! `veilpoint lambda`: the function behind S3 Object Lambda access points.
//!
//! ```text
//! service.rs  what is kept between requests: projections, clients, key, releases
//! event.rs    an event, read leniently
//! find.rs     the raw object or listing: at its presigned URL, or with the function's own role
//! get.rs      `GetObject`: what is asked → the release → the caller
//!
//! answer.rs   the caller: WriteGetObjectResponse
//! head.rs     `HeadObject`: what is said of it
//! created.rs  a notification of new objects: their releases are made beforehand
//! list.rs     `ListObjects`, both versions: a page of releases
//! ```
//! What stands above the gap serves MinIO's form of the same ([`webhook`](super::webhook)) too. The function starts with
//! what every request needs, its projections, proven; clients and key come with the first that needs them. Facts about S3
//! Object Lambda: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-writing-lambda.html>.

mod answer;
mod created;
mod event;
mod find;
mod get;
mod head;
mod list;
mod service;
mod versions;

use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use futures::FutureExt;
use lambda_runtime::{Diagnostic, LambdaEvent, Runtime, service_fn};
use serde_json::{Value, json};
use tokio::time::timeout;

use self::answer::Answers;
pub(super) use self::event::{Event, GetObject, Operation};
pub(super) use self::get::Get;
pub(super) use self::service::{RESERVE, START, Service};
use crate::access_point::{Record, VERSION};
use crate::config;
use crate::door::s3::log::{Line, Outcome};
use crate::door::s3::sending::{Stop, unanswered};
use crate::error::{Error, Kind, Result};
use crate::request::NamedPayload;
use crate::source::Hosts;

/// How long S3 waits for an answer, whatever time the function has.
const S3_WAITS: Duration = Duration::from_mins(1);

/// The function, and what it keeps between requests.
pub struct Function {
    service: Service,
    aws: config::Aws,
    answers: OnceLock<Answers>,
    /// The access points whose releases are made when an object is created.
    warmed: Vec<NamedPayload>,
    /// Where their objects are read, if not in the bucket that tells of them.
    warm_bucket: Option<String>,
    used: AtomicBool,
}

/// Runs until the environment ends the process.
///
/// # Errors
/// [`Kind::Settings`] outside of a Lambda runtime, or for settings that cannot be right.
pub async fn run(settings: config::Function, started: Instant) -> Result<()> {
    let function = Function::new(settings)?;
    // What is wrong here is said to each request, too: an edit may put it right.
    let _ = timeout(START, function.service.sql.current()).await;
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
        let config::Function {
            service,
            aws,
            warm,
            warm_bucket,
        } = settings;
        let hosts = match aws.endpoint_host() {
            Some(host) => Hosts::AwsOr(host.to_owned()),
            None => Hosts::Aws,
        };
        Ok(Self {
            service: Service::new(service, hosts)?,
            aws,
            warmed: warmed(warm.as_deref())?,
            warm_bucket,
            answers: OnceLock::new(),
            used: AtomicBool::new(false),
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
        // Between invocations the process may be frozen.
        self.service.releases.settle().await;
        if let Ok((_, Some(record))) = &answer {
            self.service.keep(record).await;
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
        event.tell(line);
        match &event.operation {
            Operation::GetObject(to) => Box::pin(self.get(&event, to, deadline, line)).await,
            Operation::HeadObject => {
                let answer = Box::pin(head::answer(&self.service, &event, deadline, line)).await;
                returned(answer, line)
            }
            Operation::ListObjects | Operation::ListObjectsV2 => {
                let answer = Box::pin(list::answer(&self.service, &event, deadline, line)).await;
                returned(answer, line)
            }
        }
    }

    async fn notified(
        &self,
        objects: &[(String, String)],
        deadline: Instant,
        line: &mut Line,
    ) -> Result<(Value, Option<Record>)> {
        line.operation = "ObjectCreated";
        let made = self.created(objects, deadline).await;
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
        let to = self.answers().to(to);
        let get = Get {
            service: &self.service,
            event,
            to: &to,
            deadline,
        };
        let record = match get.answer(line).await {
            Ok(record) => record,
            Err(Stop::Refused(refusal)) => {
                line.refused(&refusal);
                let sent = timeout(RESERVE, to.refuse(&refusal)).await;
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

    fn answers(&self) -> &Answers {
        self.answers.get_or_init(|| Answers::new(self.aws.s3()))
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

/// The time that an answer has from now on: as much as whoever waits gives, or the function's if that is less, without
/// the reserve. A deadline that has passed is none: Lambda gives no event after it, and cargo-lambda's is a day of 1970.
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
