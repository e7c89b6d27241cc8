//! The bytes of a release on their way to one reader.

use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::time::timeout;

use super::making::Making;
use super::once::{HELD, Once};
use crate::cache::{Facts, Held};
use crate::error::{Error, Kind, Result};

/// How often it is looked whether a release will be done in time: by then there is a rate to speak of.
const LOOK: Duration = Duration::from_secs(2);

/// All bytes of a release, or some of them, from where they are kept or made.
pub struct Delivery {
    from: From,
    making: Option<Arc<Making>>,
    /// The next byte, and the one behind the last, where that is known.
    next: u64,
    end: Option<u64>,
    /// What was read of it already.
    first: Option<Bytes>,
}

/// What of a release is delivered: until enough of it is there, it may begin again.
pub enum Extent {
    /// These bytes.
    Range(Range<u64>),
    /// All, with their length as soon as it is known: it is known already, or at the end for what is kept, or where the
    /// release fits into what is held back.
    All(Option<u64>),
}

/// Where they come from.
pub enum From {
    /// The cache, which may still be getting them.
    Kept(Held),
    /// Straight from the release's threads.
    Made(Box<Once>),
}

impl Delivery {
    /// Of a whole release.
    pub fn new(from: From, making: Option<Arc<Making>>) -> Self {
        Self {
            from,
            making,
            next: 0,
            end: None,
            first: None,
        }
    }

    /// Of this part alone, of which enough is there to begin.
    ///
    /// # Errors
    /// As [`Delivery::hold`] and [`Delivery::end_by`].
    pub async fn ready(&mut self, extent: &Extent, deadline: Instant) -> Result<()> {
        match extent {
            Extent::Range(range) => self.cut(range),
            Extent::All(Some(length)) => self.cut(&(0..*length)),
            Extent::All(None) if self.is_kept() => {
                let length = self.end_by(deadline).await?.length;
                self.cut(&(0..length));
            }
            Extent::All(None) => {}
        }
        self.hold(deadline).await
    }

    /// From now on of these bytes alone.
    pub fn cut(&mut self, range: &Range<u64>) {
        (self.next, self.end) = (range.start, Some(range.end));
    }

    /// Waits until all of it is there or 8 MiB of it are, and the rest can be done in time: until then whatever
    /// is wrong is a clean error.
    ///
    /// # Errors
    /// What the release failed with; [`Kind::TimeLimit`].
    pub async fn hold(&mut self, deadline: Instant) -> Result<()> {
        let done = match &mut self.from {
            From::Kept(held) => {
                let enough = self.next.saturating_add(HELD as u64);
                let enough = self.end.map_or(enough, |end| end.min(enough));
                // Less than wanted: it has ended before.
                !held.wait_for(enough).await? || self.end == Some(enough)
            }
            From::Made(once) => match once.hold().await? {
                Some(facts) => {
                    self.end.get_or_insert(facts.length);
                    true
                }
                None => false,
            },
        };
        match &self.making {
            Some(making) if !done => making.check_time(deadline)?,
            _ => {}
        }
        if self.is_kept() && self.first.is_none() {
            // What was damaged meanwhile shows here, while it can be begun anew.
            self.first = self.next().await?;
        }
        Ok(())
    }

    /// Its length, where the release's own is known: waits for nothing.
    pub fn length(&self) -> Option<u64> {
        let read = self.first.as_ref().map_or(0, |first| first.len() as u64);
        self.end.map(|end| (end + read).saturating_sub(self.next))
    }

    /// The next bytes; none after the last.
    ///
    /// # Errors
    /// What the release failed with, or [`Kind::Source`] where what was kept is damaged: the answer must not end cleanly.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        if self.end.is_some_and(|end| self.next >= end) {
            return Ok(None);
        }
        let piece = match &mut self.from {
            From::Kept(held) => held.piece(self.next, self.end.unwrap_or(u64::MAX)).await?,
            From::Made(once) => once.piece(self.next, self.end).await?,
        };
        match &piece {
            Some(piece) => self.next += piece.len() as u64,
            None if self.end.is_some() => return Err(short()),
            None => {}
        }
        Ok(piece)
    }

    /// The facts of the release, at its end, which may be after that of this delivery.
    ///
    /// # Errors
    /// As [`Delivery::next`].
    pub async fn facts(&mut self) -> Result<Facts> {
        match &mut self.from {
            From::Kept(held) => held.end().await,
            From::Made(once) => once.end().await,
        }
    }

    /// Copies the release to where other processes find it, if this one has made and kept it. Waits for its end.
    pub async fn share(&self) {
        if let From::Kept(held) = &self.from {
            held.share().await;
        }
    }

    /// Whether the release is kept, and so can be waited for.
    pub fn is_kept(&self) -> bool {
        matches!(self.from, From::Kept(_))
    }

    /// The facts of the release, if it can be done in time.
    ///
    /// # Errors
    /// As [`Delivery::next`]; [`Kind::TimeLimit`] as soon as that shows.
    pub async fn end_by(&mut self, deadline: Instant) -> Result<Facts> {
        let making = self.making.clone();
        let mut end = pin!(self.facts());
        loop {
            match timeout(LOOK, &mut end).await {
                Ok(end) => return end,
                Err(_) => {
                    if let Some(making) = &making {
                        making.check_time(deadline)?;
                    }
                }
            }
        }
    }

    /// Raw bytes that were read for it.
    pub fn bytes_in(&self) -> u64 {
        self.making.as_ref().map_or(0, |making| making.bytes_in())
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        // What is kept ends with its last reader; what is not has no other.
        if let (From::Made(_), Some(making)) = (&self.from, &self.making) {
            making.stop();
        }
    }
}

fn short() -> Error {
    Error::new(
        Kind::Internal,
        "the release is shorter than it was said to be",
    )
}
