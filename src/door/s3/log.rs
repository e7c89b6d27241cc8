//! One line of log a request: who asked for what, and what came of it. Never a value, URL, token or header.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use chrono::Utc;
use tokio::time::timeout;

use super::refusal::Refusal;
use crate::access_point::{Ask, Asked, Record};
use crate::cache::Facts;
use crate::error::{Error, Kind};
use crate::request::Format;
use crate::source::RecordPrefix;

/// The status of what S3 has and is not served.
const NOT_IMPLEMENTED: u16 = 501;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The release was sent whole.
    Released,
    /// An error was sent.
    Refused,
    /// The transfer was broken off after its beginning.
    Broken,
    /// Nothing could be sent.
    Failed,
}

impl Outcome {
    /// Its word in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Refused => "refused",
            Self::Broken => "broken",
            Self::Failed => "failed",
        }
    }
}

/// What is known of a request so far.
pub struct Line {
    /// S3's number of the request.
    pub request_id: String,
    /// The operation.
    pub operation: &'static str,
    /// The Object Lambda access point.
    pub access_point: String,
    /// The projection, once it is known to exist.
    pub projection: Option<String>,
    /// Who asks.
    pub principal: String,
    /// From which address, where that is known.
    pub client: Option<String>,
    /// The key, once a dataset owns it or an object that it may be the release of: others may be anything.
    pub key: Option<String>,
    /// The object's key, once it is opened.
    pub object_key: Option<String>,
    /// The format.
    pub format: Option<Format>,
    /// How it ended.
    pub outcome: Outcome,
    /// The status that the caller gets, or got before the transfer broke.
    pub status: u16,
    /// The code of an error.
    pub code: Option<String>,
    /// Its message.
    pub message: Option<String>,
    /// Rows of the release, where one was answered.
    pub facts: Option<Facts>,
    /// Raw bytes read for it.
    pub bytes_in: u64,
    /// Bytes of it that were sent.
    pub bytes_out: u64,
    /// When the answer began to leave.
    pub first_byte: Option<Instant>,
    started: Instant,
    cold: bool,
}

impl Line {
    /// Of a request that begins now; `cold` where it is the process's first.
    pub fn new(started: Instant, cold: bool) -> Self {
        Self {
            request_id: String::new(),
            operation: "unknown",
            access_point: String::new(),
            projection: None,
            principal: String::new(),
            client: None,
            key: None,
            object_key: None,
            format: None,
            outcome: Outcome::Failed,
            status: 500,
            code: None,
            message: None,
            facts: None,
            bytes_in: 0,
            bytes_out: 0,
            first_byte: None,
            started,
            cold,
        }
    }

    /// The access point is known.
    pub fn of_ask(&mut self, ask: &Ask) {
        self.projection = Some(ask.point.served.projection.name.clone());
    }

    /// The key is one that its dataset owns, or an object that it may be the release of.
    pub fn of_asked(&mut self, asked: &Asked) {
        self.key = Some(asked.key.clone());
        self.format = Some(asked.format);
    }

    /// What was asked for was sent, with this status.
    pub fn answered(&mut self, status: u16) {
        self.outcome = Outcome::Released;
        self.status = status;
    }

    /// An error was, or is to be, sent.
    pub fn refused(&mut self, refusal: &Refusal) {
        self.outcome = Outcome::Refused;
        self.status = refusal.status;
        self.code.clone_from(&refusal.code);
        self.message = Some(refusal.message.clone());
    }

    /// No answer, or only the beginning of one, was sent.
    pub fn failed(&mut self, outcome: Outcome, error: &Error) {
        self.outcome = outcome;
        if outcome != Outcome::Broken {
            self.status = 500;
        }
        self.code = Some(error.kind().facts().code.to_owned());
        self.message = Some(error.to_string());
    }

    /// The time since the request began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Writes the line.
    pub fn write(&self) {
        let millis =
            |at: Instant| u64::try_from((at - self.started).as_millis()).unwrap_or(u64::MAX);
        let format = self.format.map(|format| format.to_string());
        let rows = |count: fn(&Facts) -> u64| self.facts.as_ref().map_or(0, count);
        // One macro for both levels would need a level that is known when this is compiled.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    event = "request",
                    request_id = self.request_id,
                    operation = self.operation,
                    access_point = self.access_point,
                    projection = self.projection,
                    principal = self.principal,
                    client = self.client,
                    key = self.key,
                    object_key = self.object_key,
                    format = format,
                    outcome = self.outcome.name(),
                    status = self.status,
                    code = self.code,
                    message = self.message,
                    rows_in = rows(|facts| facts.rows_in),
                    rows_out = rows(|facts| facts.rows_out),
                    rows_dropped = rows(|facts| facts.rows_dropped),
                    rows_suppressed = rows(|facts| facts.rows_suppressed),
                    bytes_in = self.bytes_in,
                    bytes_out = self.bytes_out,
                    milliseconds = millis(Instant::now()),
                    first_byte_milliseconds = self.first_byte.map(millis),
                    cold = self.cold,
                )
            };
        }
        let ours = matches!(self.outcome, Outcome::Broken | Outcome::Failed);
        // What is not served is no failure.
        if ours || (self.status >= 500 && self.status != NOT_IMPLEMENTED) {
            line!(error);
        } else {
            line!(info);
        }
    }
}

/// How long a record may take to arrive where records are kept.
const RESERVE: Duration = Duration::from_secs(2);

/// Writes the record of a release that was sent, in the log and under the prefix of records, where there is one.
pub async fn keep(prefix: Option<&RecordPrefix>, record: &Record) {
    self::record(record);
    let Some(prefix) = prefix else {
        return;
    };
    let kept = prefix.keep(Utc::now(), &record.request_id, record.line());
    let kept = timeout(RESERVE, kept).await;
    let late = || Error::new(Kind::Output, "the records' bucket does not answer in time");
    if let Err(error) = kept.unwrap_or_else(|_| Err(late())) {
        tracing::error!(
            event = "record_not_kept",
            request_id = record.request_id,
            message = error.to_string(),
        );
    }
}

/// The record of a release, as a line of its own: what reads records back finds it among the log's.
fn record(record: &Record) {
    let line = record.line() + "\n";
    // Where nobody takes the log, nobody can be told so either.
    let _ = io::stdout().lock().write_all(line.as_bytes());
}
