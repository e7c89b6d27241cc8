//! `GetObject`: event → what may be answered → the object → its release → whoever asked.
//!
//! ```text
//! payload ─▶ projection ─▶ key owned? ─▶ presigned URL, or own rights ─▶ the access point's answer ─▶ caller
//!        └──────── refused: an error of ours, before anything is read ─┘                  └ broken: no end
//! ```

use std::time::Instant;

use tokio::time::timeout_at;

use super::event::Event;
use super::find::Finder;
use super::service::Service;
use crate::access_point::{Recipient, Record, Request, Wanted, too_slow};
use crate::door::s3::log::Line;
use crate::door::s3::sending::{Caller, Sending, Stop};
use crate::error::{Error, Kind, Result};
use crate::request::{Conditions, Selection, content_range};
use crate::source::ObjectVersion;

/// One GET on its way.
pub struct Get<'a, C> {
    /// What answers it.
    pub service: &'a Service,
    /// The event.
    pub event: &'a Event,
    /// Where the answer goes.
    pub to: &'a C,
    /// When the answer must be done.
    pub deadline: Instant,
}

/// What the caller asks of a release, by headers, or as it stood in the query.
///
/// # Errors
/// As [`Selection::parse`].
pub fn request(event: &Event, bytes: bool, deadline: Instant) -> Result<Request> {
    let value = |name: &str| {
        let header = event.header(name).map(str::to_owned);
        header.or_else(|| event.parameter(name))
    };
    let (range, part) = (value("range"), value("partnumber"));
    Ok(Request {
        bytes,
        selection: Selection::parse(range.as_deref(), part.as_deref())?,
        conditions: Conditions::of_headers(|name| event.header(name)),
        deadline,
    })
}

impl<C: Caller> Get<'_, C> {
    /// Answers with the release, or says why not. Its record is still to be kept.
    pub async fn answer(&self, line: &mut Line) -> std::result::Result<Option<Record>, Stop> {
        let finder = Finder::new(self.service, self.event)?;
        let request = request(self.event, true, self.deadline)?;
        let finding = async {
            let ask = self.service.ask(self.event).await?;
            line.of_ask(&ask);
            let asked = ask
                .point
                .asked(&finder.key, |name| self.event.header(name))?;
            line.of_asked(&asked);
            let name = |key: &str, version: &ObjectVersion| {
                ask.name(key, version, asked.format, &request.conditions)
            };
            let kept = async |key: &str, version: &ObjectVersion| match name(key, version) {
                Ok(named) => self.service.releases.known(&named).await.is_some(),
                Err(_) => false,
            };
            let found = finder.get(&asked, kept).await?;
            let named = name(&found.key, &found.version)?;
            Ok::<_, Stop>((ask, asked, found, named))
        };
        let found = timeout_at(self.deadline.into(), finding).await;
        let (ask, asked, found, named) = found.unwrap_or_else(|_| Err(silent().into()))?;
        line.object_key = Some(named.object_key.clone());
        let wanted = Wanted {
            ask: &ask,
            named: &named,
            opened: found.opened,
            opens: &finder,
            beside: 1,
        };
        let answer = self.service.releases.answer(wanted, &request);
        let answer = timeout_at(self.deadline.into(), answer).await;
        let answer = answer.unwrap_or_else(|_| Err(too_slow()))?;
        let sending = Sending {
            releases: &self.service.releases,
            named: &named,
            to: self.to,
            deadline: self.deadline,
            waits: true,
        };
        let Some((head, facts)) = sending.send(answer, line).await? else {
            return Ok(None);
        };
        let to = Recipient {
            request_id: &self.event.request_id,
            principal: &self.event.principal,
            key: &asked.key,
            source: &finder.source(),
            range: head
                .range
                .map(|(range, length)| content_range(&range, length)),
        };
        Ok(Some(ask.record(&named, &facts, &to)))
    }
}

/// S3, or what a request needs before there is an object, is silent.
pub fn silent() -> Error {
    let message = "S3, or what the key or the projections are kept in, did not answer in time";
    Error::new(Kind::Source, message)
}
