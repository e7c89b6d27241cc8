//! Releases once computed, in a folder with a byte limit.
//!
//! ```text
//! find ─ Held: whole, or still being made ──────────────────────► pieces, each checked when it is read
//!      └ Missing: one Ticket ─ begin ─ EntryWriter ─ finish ─┐             ▲
//!                                 │ 256 KiB at a time        │ renamed     │ a reader follows the writer
//!                                 ▼                          ▼             │
//!                             .veilpoint-x   ──────────►  <name>.release ──┘   bytes, checksums, facts
//!                                                         <name>.facts         facts alone
//! name.rs      what an entry is called            folder.rs   its files: written aside, renamed, swept
//! entry.rs     the form of an entry's file        room.rs     the byte limit: least recently used out
//! flights.rs   who makes what (single flight)     body.rs     one entry, as its writer and its readers share it
//! writer.rs    the making side                    held.rs     the reading side
//! failure.rs   what goes wrong, for each reader anew
//! bucket/      the second tier, if there is one: a prefix of a bucket that several processes share
//! ```
//! Bytes stand in the folder once: filler takes no room there, only its place is noted. An entry of facts outlives the
//! bytes, since it is small, and HEAD and LIST need no more.
//!
//! Nothing is synced to the disk. What a crash leaves behind fails its checksum, and is dropped and made again; so is
//! what was cut short, or flipped, or lies under another name than its own. Checksums find damage, not forgery: the
//! folder is its owner's alone.
//!
//! What goes wrong is one line of the log, with the entry's name and no path: `cache_entry_damaged`,
//! `cache_entry_unreadable` (both are missing then), `release_not_kept` (too large, or the folder cannot be written to:
//! whoever asked makes it without the cache).
//!
//! Several processes may share a folder. Each makes what it misses; a release is a pure function, so the second
//! rename replaces the first by the same bytes. Within one process, every release is made once.
//!
//! # Memory
//! A writer holds one chunk ([`PIECE`] bytes), a read another, and what is given out counts as the chunk it was cut
//! from. Each entry that is open, however many read it, holds 16 bytes a chunk: 64 KiB for 1 GiB. Files are read and
//! written on threads that may block.

mod body;
mod bucket;
mod entry;
mod failure;
mod flights;
mod folder;
mod held;
mod name;
mod room;
#[cfg(test)]
mod tests;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use crate::error::Result;
use bucket::{Bucket, Sought};
use entry::Form;
use failure::Failure;
use flights::{Claim, Flights};
use folder::Folder;

pub use failure::{is_damaged, is_no_room};
pub use flights::Ticket;
pub use held::{Held, PIECE};
pub use name::Name;
pub use writer::EntryWriter;

/// What is known of a release beside its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its length in bytes, filler included.
    pub length: u64,
    /// SHA-256 of these bytes, as 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Records of the object.
    pub rows_in: u64,
    /// Rows of the release.
    pub rows_out: u64,
    /// Records that could not be read.
    pub rows_dropped: u64,
    /// Rows, or groups, that too few subjects share for them to leave.
    #[serde(default)]
    pub rows_suppressed: u64,
    /// Columns of the object that the contract does not know.
    pub unknown_columns: Vec<String>,
}

/// A folder of releases, and maybe a bucket behind it. Clones share them.
#[derive(Clone)]
pub struct Cache {
    flights: Arc<Flights>,
    bucket: Option<Arc<Bucket>>,
}

/// What a cache has of a release.
pub enum Found {
    /// It is there, or somebody in this process makes it.
    Held(Held),
    /// It is not; whoever has the ticket makes it, and all others wait for them.
    Missing(Ticket),
}

impl Cache {
    /// Opens a folder, and makes it if need be, for its owner alone. Removes what dead writers have left, and what is
    /// over the limit. Blocks.
    ///
    /// # Errors
    /// [`crate::Kind::Settings`]: the folder cannot be made or read, or others may write to it.
    pub fn open(folder: &Path, max_bytes: u64) -> Result<Self> {
        let folder = Folder::open(folder, max_bytes)?;
        let flights = Arc::new(Flights::new(folder));
        Ok(Self {
            flights,
            bucket: None,
        })
    }

    /// Shares what is made here, and finds what others have shared, below `s3://bucket/prefix/`.
    ///
    /// # Errors
    /// [`crate::Kind::Settings`] for anything else than a prefix of a bucket.
    pub fn behind(self, place: &str, client: aws_sdk_s3::Client) -> Result<Self> {
        Ok(Self {
            bucket: Some(Bucket::new(place, client)?),
            ..self
        })
    }

    /// What is there under a name. Waits while somebody else holds its ticket and has not begun: of all who ask at
    /// once, one gets the ticket, and the next one should that be dropped. An entry that is damaged or cannot be opened
    /// is missing. Another process that makes it is waited for during half of the time until `deadline`.
    ///
    /// # Errors
    /// [`crate::Kind::Interrupted`]: the process is ending.
    pub async fn find(&self, name: &Name, deadline: Instant) -> Result<Found> {
        loop {
            match self.flights.claim(name) {
                Claim::Held(held) => return Ok(Found::Held(held)),
                // An error says that the ticket is gone: begun, or dropped.
                Claim::Taken(mut gone) => while gone.changed().await.is_ok() {},
                Claim::Ours(ticket) => {
                    let (folder, own) = (self.flights.folder().clone(), *name);
                    let entry = spawn_blocking(move || folder.entry(&own, Form::Release)).await;
                    let entry = entry.map_err(|_| Failure::interrupted().error())?;
                    return Ok(match entry {
                        Some(entry) => Found::Held(ticket.found(entry)),
                        None => Box::pin(self.seek(ticket, name, deadline)).await,
                    });
                }
            }
        }
    }

    /// What the bucket has, where there is one.
    async fn seek(&self, ticket: Ticket, name: &Name, deadline: Instant) -> Found {
        let Some(bucket) = &self.bucket else {
            return Found::Missing(ticket);
        };
        match bucket.seek(self.flights.folder(), name, deadline).await {
            Sought::Found(entry) => Found::Held(ticket.found(entry)),
            Sought::Missing(lease) => Found::Missing(ticket.with(lease)),
        }
    }

    /// What is known of a release, be its bytes still there or not. None also while it is being made.
    pub async fn facts(&self, name: &Name) -> Option<Facts> {
        if let Some(facts) = self.flights.facts(name) {
            return Some(facts);
        }
        let (folder, own) = (self.flights.folder(), *name);
        let here = folder.clone();
        let facts = spawn_blocking(move || here.facts(&own)).await;
        match (facts.unwrap_or_default(), &self.bucket) {
            (None, Some(bucket)) => bucket.facts(folder, name).await,
            (facts, _) => facts,
        }
    }

    /// Keeps the facts of a release whose bytes went elsewhere. A finished entry has kept its own.
    ///
    /// # Errors
    /// [`is_no_room`]: they cannot be written.
    pub async fn keep_facts(&self, name: &Name, facts: &Facts) -> Result<()> {
        let (folder, own, facts) = (self.flights.folder().clone(), *name, facts.clone());
        let kept = spawn_blocking(move || folder.keep_facts(&own, &facts)).await;
        let kept = kept.unwrap_or_else(|_| Err(Failure::interrupted()));
        kept.map_err(|failure| failure.error())?;
        if let Some(bucket) = &self.bucket {
            let folder = self.flights.folder();
            bucket.share(folder, name, &[Form::Facts]).await;
        }
        Ok(())
    }

    /// Whether whoever shares the bucket finds what is known of a release; without a bucket there is nobody else.
    pub async fn is_shared(&self, name: &Name) -> bool {
        match &self.bucket {
            Some(bucket) => bucket.facts(self.flights.folder(), name).await.is_some(),
            None => true,
        }
    }

    /// Waits a moment for what is still to be told the bucket: the process may be frozen after that.
    pub async fn settle(&self) {
        if let Some(bucket) = &self.bucket {
            bucket.settle().await;
        }
    }
}
