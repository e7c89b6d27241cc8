//! LIST over a source that is read with our own rights: exact pages, in the order of the releases' keys.
//!
//! ```text
//! token, marker ─▶ Place ─▶ HEADs of what stands before it ─▶ LISTs from it on ─▶ Scan ─▶ entries ─▶ lengths ─▶ Page
//! ```
//! A page has every release and common prefix behind its place, in the order of their bytes, as many as were asked for;
//! it is truncated exactly where another follows. That holds for both formats. A place is the entry that was shown last
//! (or whatever key the client begins behind), and a token is the same in another form: no object is named by either.
//! A common prefix is behind everything below it.
//!
//! What the dataset cannot own is neither shown nor named. A folder that may hold objects of the dataset is shown, as
//! elsewhere, whether or not it does. An object whose release's key GET takes for another object's is not shown: it
//! cannot be read under that key.
//!
//! **What it costs.** One LIST for a page that fits into it with some to spare; a second and short one for a page of a
//! thousand with more behind it. A page that goes on costs a few HEADs besides, where the dataset may own objects whose
//! keys are before the place and whose releases are behind it ([`keys`]).
//!
//! **What is foreign** is listed as well, and passed over a thousand keys at a time. Where that takes more than three
//! quarters of the time, what was found so far is a shorter page, which says that more follows, whether or not it does,
//! as S3 may; where nothing was found, the answer is [`Kind::SlowDown`], and a narrower prefix the remedy.
//!
//! Memory: the entries of the page and of one LIST.

mod entries;
mod keys;
mod place;
mod scan;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::time::Instant;

use tokio::time::timeout_at;

use self::entries::{Found, Shown};
use self::scan::Scan;
use super::ask::Ask;
use super::listing::{Entry, Page};
use super::releases::{Opens, Releases};
use crate::error::{Error, Kind, Result};
use crate::request::ListQuery;
use crate::source::{ObjectSource, ObjectVersion, OwnStore, RawPage, RawQuery};

/// Lists objects, with rights of its own.
pub trait Lists: Opens {
    /// The first of these keys that exists, and its version.
    fn head(
        &self,
        keys: &[String],
    ) -> impl Future<Output = Result<Option<(String, ObjectVersion)>>> + Send;

    /// A page of the listing, in the order of the keys' bytes.
    fn page(&self, query: &RawQuery) -> impl Future<Output = Result<RawPage>> + Send;
}

impl Lists for OwnStore {
    async fn head(&self, keys: &[String]) -> Result<Option<(String, ObjectVersion)>> {
        self.head(keys).await
    }

    async fn page(&self, query: &RawQuery) -> Result<RawPage> {
        self.page(query).await
    }
}

impl Lists for ObjectSource {
    async fn head(&self, keys: &[String]) -> Result<Option<(String, ObjectVersion)>> {
        self.head(keys).await
    }

    async fn page(&self, query: &RawQuery) -> Result<RawPage> {
        self.page(query).await
    }
}

impl Releases {
    /// A page of releases.
    ///
    /// # Errors
    /// [`Kind::Argument`] for a token that is none of ours; [`Kind::SlowDown`] where there is not time enough to find
    /// one release, or for lengths that must be made; [`Kind::Key`] without a key; what the source answers with, and
    /// what an object cannot be opened or its release made for.
    pub async fn list<L: Lists>(
        &self,
        ask: &Ask,
        query: &ListQuery,
        from: &L,
        deadline: Instant,
    ) -> Result<Page> {
        let shown = shown(ask, query, from, deadline).await?;
        let next = shown.entries.last().filter(|_| shown.truncated);
        let next = next.map(|(key, _)| place::next(query.version, key));
        let (mut entries, mut prefixes) = (Vec::new(), Vec::new());
        for (key, found) in shown.entries {
            match found {
                Found::Folder => prefixes.push(key),
                Found::Object(found) => entries.push(Entry::of(ask, key, found.object)?),
            }
        }
        Ok(Page {
            entries: self.sized(ask, entries, (from, deadline)).await?,
            prefixes,
            truncated: shown.truncated,
            next,
        })
    }
}

/// The entries of a page, of which no length is known yet.
async fn shown<L: Lists>(
    ask: &Ask,
    query: &ListQuery,
    from: &L,
    deadline: Instant,
) -> Result<Shown> {
    let after = place::of(query)?;
    if query.max_keys == 0 {
        return Ok(Shown::default());
    }
    let mut scan = Scan::new(ask, query, after)?;
    // Lengths may have to be made in what is left.
    let left = deadline.saturating_duration_since(Instant::now());
    let until = deadline.checked_sub(left / 4).unwrap_or(deadline);
    let looking = timeout_at(until.into(), look(from, &mut scan, until)).await;
    let shown = scan.shown(looking.unwrap_or(Ok(false))?);
    if shown.truncated && shown.entries.is_empty() {
        return Err(slow());
    }
    Ok(shown)
}

/// Looks until the page is whole, and says whether it is. What was seen until then stands, where it is given up.
async fn look<L: Lists>(from: &L, scan: &mut Scan<'_>, until: Instant) -> Result<bool> {
    while Instant::now() < until {
        if let Some(look) = scan.look() {
            let found = from.head(&look.keys).await?;
            scan.saw(&look, found);
        } else if scan.is_done() {
            return Ok(true);
        } else {
            let page = from.page(&scan.query()).await?;
            scan.take(page)?;
        }
    }
    Ok(false)
}

fn slow() -> Error {
    let message = "what the dataset's objects lie among takes longer to look through than one request may: ask for a \
                   narrower prefix";
    Error::new(Kind::SlowDown, message)
}
