//! GET and HEAD of one release: conditions, range, length, and bytes on their way.
//!
//! ```text
//! Named ─▶ conditions ─▶ length: by law, or of the facts, or by making it ─▶ range ─▶ Answer
//!          └ 304, 412                                                         └ 416
//! ```
//! Nothing of the object is read for a HEAD whose length is known by law.

use std::ops::Range;
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::ask::Named;
use super::delivery::{Delivery, Extent};
use super::releases::{Opens, Releases, Wanted};
use crate::error::{Error, Kind, Result};
use crate::request::{Conditions, Format, Selection, Verdict};

/// What is asked of a release.
pub struct Request {
    /// Whether its bytes are wanted, or only what is said of them.
    pub bytes: bool,
    /// Which bytes.
    pub selection: Selection,
    /// On which conditions.
    pub conditions: Conditions,
    /// When the answer must be done.
    pub deadline: Instant,
}

/// What a release is announced with: an allow-list. Nothing of the object but its date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Parquet or CSV.
    pub format: Format,
    /// The release's own `ETag`, with quotes; none without a key.
    pub etag: Option<String>,
    /// When its object was last modified.
    pub modified: Option<DateTime<Utc>>,
    /// The length of what is sent, where it is known: it is for everything but large whole releases that are not kept.
    pub length: Option<u64>,
    /// Which bytes of how many, where not all were asked for.
    pub range: Option<(Range<u64>, u64)>,
}

/// An answer.
pub enum Answer {
    /// The reader has this release: 304.
    NotModified(Head),
    /// What is said of the release: 200, or 206 where the head has a range.
    Head(Head),
    /// The same with its bytes, of which enough is there to begin.
    Body(Head, Delivery),
}

impl Head {
    fn new(named: &Named) -> Self {
        Self {
            format: named.settings.format,
            etag: named.etag.clone(),
            modified: named.modified(),
            length: None,
            range: None,
        }
    }

    /// The status that goes with it.
    pub fn status(&self) -> u16 {
        if self.range.is_some() { 206 } else { 200 }
    }

    /// With what is sent of a release of this length.
    fn of(mut self, range: Option<Range<u64>>, length: u64) -> Self {
        self.length = Some(
            range
                .as_ref()
                .map_or(length, |range| range.end - range.start),
        );
        self.range = range.map(|range| (range, length));
        self
    }
}

impl Releases {
    /// The answer to a request for a release.
    ///
    /// # Errors
    /// [`Kind::Precondition`], [`Kind::Range`], [`Kind::Part`]; [`Kind::Key`] for whatever takes an `ETag` where there
    /// is no key; [`Kind::TimeLimit`]; what the object cannot be opened or the release made for.
    pub async fn answer<O: Opens>(
        &self,
        mut wanted: Wanted<'_, O>,
        request: &Request,
    ) -> Result<Answer> {
        let (named, whole) = (wanted.named, Selection::Whole);
        let conditional = request.conditions != Conditions::default();
        if request.bytes && request.selection == whole && !conditional {
            return self.all(&mut wanted, request.deadline).await;
        }
        let (etag, head) = (named.known()?, Head::new(named));
        match request.conditions.judge(etag, named.modified()) {
            Verdict::Proceed => {}
            Verdict::NotModified => return Ok(Answer::NotModified(head)),
            Verdict::Failed => return Err(failed()),
        }
        let holds = request.conditions.range_holds(etag);
        let selection = if holds { request.selection } else { whole };
        if request.bytes && selection == whole {
            return self.all(&mut wanted, request.deadline).await;
        }
        let length = match named.length {
            Some(length) => length,
            None => self.facts(&mut wanted, request.deadline).await?.length,
        };
        let range = selection.resolve(length)?;
        let head = head.of(range.clone(), length);
        let (true, Some(range)) = (request.bytes, range) else {
            return Ok(Answer::Head(head));
        };
        let extent = Extent::Range(range);
        let delivery = self
            .delivery(&mut wanted, request.deadline, &extent)
            .await?;
        Ok(Answer::Body(head, delivery))
    }

    /// All bytes.
    async fn all<O: Opens>(&self, wanted: &mut Wanted<'_, O>, deadline: Instant) -> Result<Answer> {
        let named = wanted.named;
        let length = match named.length {
            Some(length) => Some(length),
            None => self.known(named).await.map(|facts| facts.length),
        };
        let delivery = self
            .delivery(wanted, deadline, &Extent::All(length))
            .await?;
        let head = Head {
            length: delivery.length(),
            ..Head::new(named)
        };
        Ok(Answer::Body(head, delivery))
    }
}

fn failed() -> Error {
    let message = "the release is another than the condition names: list or ask for its head again";
    Error::new(Kind::Precondition, message)
}
