//! A folder as a bucket: each file below it is an object, and its path the key.
//!
//! ```text
//! place.rs    key → path, and never one outside of the folder
//! page.rs     S3's listing over the tree of folders, as far as it is wanted
//! reading.rs  a file's bytes, all of one version
//! ```
//! Files are read where they lie, on threads that may wait for a disk or a network.

mod page;
mod place;
mod reading;
#[cfg(test)]
mod tests;

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::DateTime;
use tokio::runtime::Handle;

use super::damaged::explain;
use super::{Fetched, ObjectVersion, RawPage, RawQuery, read};
use crate::error::{Error, Kind, Result};

/// A folder whose files are objects. Hidden names (a leading dot), names that are not UTF-8, and links to folders are not
/// there; links to files are read.
#[derive(Clone)]
pub struct Folder {
    root: Arc<Path>,
}

impl Folder {
    /// The folder at this path.
    ///
    /// # Errors
    /// [`Kind::Settings`] where it is none, or cannot be read.
    pub async fn at(root: PathBuf) -> Result<Self> {
        let root: Arc<Path> = root.into();
        let tried = Arc::clone(&root);
        let listed = blocking(move || Ok(std::fs::read_dir(&tried).map(drop))).await?;
        listed.map_err(|err| {
            let message = match err.kind() {
                std::io::ErrorKind::NotFound => "there is no such folder: check the path",
                kind => explain(kind),
            };
            let error = Error::new(Kind::Settings, message).with_private(err);
            error.in_object(&root.display().to_string())
        })?;
        Ok(Self { root })
    }

    /// Opens an object; none where there is none of this key.
    ///
    /// # Errors
    /// [`Kind::Denied`] where it may not be read; [`Kind::Source`] where the system fails. Whoever reads gets an error
    /// where the file is not that version to its end.
    pub async fn open(&self, key: &str) -> Result<Option<Fetched>> {
        let (root, key) = (Arc::clone(&self.root), key.to_owned());
        let opened = blocking(move || place::open(&root, &key)).await?;
        Ok(opened.map(|(file, facts)| {
            let stream = reading::pieces(file, &facts);
            let reader = read::reader(&Handle::current(), stream, Some(facts.len()));
            Fetched::new(version(&facts), reader)
        }))
    }

    /// The first of these keys that exists, and its version.
    ///
    /// # Errors
    /// As [`Folder::open`].
    pub async fn head(&self, keys: &[String]) -> Result<Option<(String, ObjectVersion)>> {
        let (root, keys) = (Arc::clone(&self.root), keys.to_vec());
        blocking(move || {
            for key in keys {
                if let Some((_, facts)) = place::find(&root, &key)? {
                    return Ok(Some((key, version(&facts))));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Where an object lies; none where there is none of this key.
    ///
    /// # Errors
    /// As [`Folder::open`].
    pub async fn path(&self, key: &str) -> Result<Option<PathBuf>> {
        let (root, key) = (Arc::clone(&self.root), key.to_owned());
        let found = blocking(move || place::find(&root, &key)).await?;
        Ok(found.map(|(path, _)| path))
    }

    /// A page of the listing, in the byte order of whole keys. A folder without files below it is no common prefix.
    ///
    /// Its token, and its marker, is the last key or common prefix that it shows.
    ///
    /// # Errors
    /// [`Kind::Denied`] where a folder may not be read, [`Kind::Source`] where the system fails, with its key.
    pub async fn page(&self, query: &RawQuery) -> Result<RawPage> {
        let (root, query) = (Arc::clone(&self.root), query.clone());
        blocking(move || page::page(&root, &query)).await
    }

    /// What records call it: its path, also for whoever reads them elsewhere.
    pub fn name(&self) -> String {
        let path = std::path::absolute(&self.root);
        let path = path.as_deref().unwrap_or(&self.root);
        path.display().to_string()
    }
}

/// Runs what waits for a disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|err| {
        Err(Error::new(Kind::Internal, "reading the folder broke down").with_private(err))
    })
}

/// An error of the file system.
fn failed(err: std::io::Error) -> Error {
    let kind = match err.kind() {
        std::io::ErrorKind::PermissionDenied => Kind::Denied,
        _ => Kind::Source,
    };
    Error::new(kind, explain(err.kind())).with_private(err)
}

/// The version of a file: its `ETag` is made of inode, times of the last change of its bytes and of anything about it,
/// both in nanoseconds, and length. The second time is the system's own: tools that copy set the first back, and file
/// systems give a removed file's inode to the next. The date is in whole seconds, as S3's.
fn version(facts: &Metadata) -> ObjectVersion {
    let Changed {
        inode,
        seconds,
        nanos,
        anything,
    } = Changed::of(facts);
    let length = facts.len();
    let nanoseconds = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    ObjectVersion {
        etag: Some(format!("{inode:x}-{nanoseconds:x}-{anything:x}-{length:x}")),
        version_id: None,
        length: Some(length),
        modified: DateTime::from_timestamp(seconds, 0),
    }
}

/// What tells a file from the one before it.
#[derive(PartialEq, Eq)]
struct Changed {
    inode: u64,
    seconds: i64,
    nanos: i64,
    /// When anything about it changed, in nanoseconds.
    anything: i128,
}

impl Changed {
    /// Whether an open file is still as it was, as its facts are now. One that another file has taken the place of has
    /// changed in that alone.
    fn is(&self, facts: &Metadata) -> bool {
        let mut now = Self::of(facts);
        if is_unlinked(facts) {
            now.anything = self.anything;
        }
        now == *self
    }

    #[cfg(unix)]
    fn of(facts: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            inode: facts.ino(),
            seconds: facts.mtime(),
            nanos: facts.mtime_nsec(),
            anything: i128::from(facts.ctime()) * 1_000_000_000 + i128::from(facts.ctime_nsec()),
        }
    }

    #[cfg(not(unix))]
    fn of(facts: &Metadata) -> Self {
        let since = |at: std::time::SystemTime| at.duration_since(std::time::UNIX_EPOCH).ok();
        let since = facts.modified().ok().and_then(since).unwrap_or_default();
        Self {
            inode: 0,
            seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            nanos: i64::from(since.subsec_nanos()),
            anything: 0,
        }
    }
}

/// Whether no name leads to a file any more.
#[cfg(unix)]
fn is_unlinked(facts: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(facts) == 0
}

#[cfg(not(unix))]
fn is_unlinked(_: &Metadata) -> bool {
    false
}
