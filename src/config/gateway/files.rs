//! The files that settings are from, each in the state in which it was read.

use std::path::{Path, PathBuf};

/// Files, and what told the state of each from others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(Vec<(PathBuf, Option<Stamp>)>);

/// Inode, length, and when file or rights were last changed, in seconds and nanoseconds: a file that was open to others
/// and is no more has not changed otherwise.
type Stamp = (u64, u64, i64, i64);

impl Files {
    /// These files, as they are now.
    pub fn at(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let stamped = paths.into_iter().map(|path| {
            let stamp = stamp(&path);
            (path, stamp)
        });
        Self(stamped.collect())
    }

    /// These and others.
    pub(super) fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The same files, as they are now.
    #[must_use]
    pub fn again(&self) -> Self {
        Self::at(self.0.iter().map(|(path, _)| path.clone()))
    }
}

#[cfg(unix)]
fn stamp(file: &Path) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    let facts = std::fs::metadata(file).ok()?;
    Some((facts.ino(), facts.len(), facts.ctime(), facts.ctime_nsec()))
}

#[cfg(not(unix))]
fn stamp(file: &Path) -> Option<Stamp> {
    let facts = std::fs::metadata(file).ok()?;
    let modified = facts.modified().ok()?;
    let since = modified.duration_since(std::time::UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(since.as_secs()).ok()?;
    Some((0, facts.len(), seconds, i64::from(since.subsec_nanos())))
}
