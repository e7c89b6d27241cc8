//! The byte limit: what lies in the folder, and what goes when more must fit.
//!
//! A file counts in whole blocks of 4 KiB, as most disks keep it. The count is kept up as files are written here. It is
//! taken anew, from the folder itself, when the limit would be passed, and after every sixteenth of the limit that was
//! written: so what other processes write is overlooked for that long at most. Files that are being written count too,
//! and are never removed by others while their writers live.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::Name;
use super::entry::Form;

/// What files are called until they are whole.
pub(super) const PREFIX: &str = ".veilpoint-";

/// What a file takes of the disk is a multiple of this.
const BLOCK: u64 = 4096;

/// When the limit is reached, this share of it is freed beyond need, so that a full folder is not counted for each file.
const SLACK: u64 = 16;

/// An entry's time of use is written at most this often.
const TOUCH: Duration = Duration::from_mins(1);

/// The limit of one folder.
pub(super) struct Room {
    folder: PathBuf,
    max_bytes: u64,
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    /// Bytes of all files but those being written here.
    others: u64,
    /// Bytes of the files being written here: reserved, so that a count which comes before the write finds them.
    writing: HashMap<OsString, u64>,
    /// Bytes reserved since the folder was counted.
    since: u64,
}

impl Used {
    fn bytes(&self) -> u64 {
        self.others + self.writing.values().sum::<u64>()
    }
}

/// A file that may go.
struct Old {
    used: SystemTime,
    form: Form,
    path: PathBuf,
    bytes: u64,
}

impl Room {
    pub fn new(folder: &Path, max_bytes: u64) -> Self {
        Self {
            folder: folder.to_owned(),
            max_bytes,
            used: Mutex::default(),
        }
    }

    /// Lets a file that is being written grow to this length, by removing others if need be. False where that is not
    /// enough. What was reserved once stays so.
    pub fn reserve(&self, file: &OsStr, length: u64) -> bool {
        let mut used = self.used();
        let before = used.writing.get(file).copied().unwrap_or(0);
        let grown = length.next_multiple_of(BLOCK).max(before);
        // For what never fits nothing need go.
        if grown > self.max_bytes {
            return false;
        }
        used.writing.insert(file.to_owned(), grown);
        used.since += grown.saturating_sub(before);
        if used.bytes() > self.max_bytes || used.since > self.max_bytes / SLACK {
            self.count(&mut used);
        }
        let fits = used.bytes() <= self.max_bytes;
        if !fits {
            used.writing.insert(file.to_owned(), before);
        }
        fits
    }

    /// A file is whole, and has its own name now.
    pub fn settle(&self, file: &OsStr) {
        let mut used = self.used();
        let bytes = used.writing.remove(file).unwrap_or(0);
        used.others += bytes;
    }

    /// A file is gone before it was whole.
    pub fn release(&self, file: &OsStr) {
        self.used().writing.remove(file);
    }

    /// Removes dead writers' files, and what is over the limit.
    pub fn tidy(&self) {
        self.count(&mut self.used());
    }

    /// Removes so many bytes, or as many as there are, whatever the limit says. False where nothing is left to remove.
    pub fn free(&self, bytes: u64) -> bool {
        let mut used = self.used();
        let old = self.files(&mut used);
        let target = used.others.saturating_sub(bytes);
        evict(&old, &mut used, |used| used.others > target)
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, used: &mut Used) {
        let old = self.files(used);
        if used.bytes() <= self.max_bytes {
            return;
        }
        let target = self.max_bytes - self.max_bytes / SLACK;
        evict(&old, used, |used| used.bytes() > target);
    }

    /// Reads the folder: counts all, and returns what may go, least recently used first.
    fn files(&self, used: &mut Used) -> Vec<Old> {
        let mut old = Vec::new();
        // A folder that cannot be read cannot be written to either: the write says so.
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return old;
        };
        (used.others, used.since) = (0, 0);
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(text) = name.to_str() else { continue };
            let aside = text.starts_with(PREFIX);
            let form = form(text);
            if form.is_none() && !aside || aside && used.writing.contains_key(&name) {
                continue;
            }
            let path = entry.path();
            if aside && swept(&path) {
                continue;
            }
            // What is gone by now takes no room.
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            let bytes = metadata.len().next_multiple_of(BLOCK);
            used.others += bytes;
            if let (Some(form), Ok(used)) = (form, metadata.modified()) {
                old.push(Old {
                    used,
                    form,
                    path,
                    bytes,
                });
            }
        }
        old.sort_by(|a, b| (a.used, a.form, &a.path).cmp(&(b.used, b.form, &b.path)));
        old
    }
}

/// The form of an entry's file, by its name. None of a file that is not the cache's.
fn form(file: &str) -> Option<Form> {
    let named = |form: &Form| {
        let name = file.strip_suffix(form.suffix());
        name.is_some_and(|name| name.parse::<Name>().is_ok())
    };
    Form::ALL.into_iter().find(named)
}

/// Removes entries as long as they are too many. False where none could be.
fn evict(old: &[Old], used: &mut Used, too_many: impl Fn(&Used) -> bool) -> bool {
    let mut any = false;
    for old in old {
        if !too_many(used) {
            break;
        }
        // What another process has removed is gone as well.
        let failed = fs::remove_file(&old.path).err();
        if failed.is_none_or(|error| error.kind() == ErrorKind::NotFound) {
            used.others = used.others.saturating_sub(old.bytes);
            any = true;
        }
    }
    any
}

/// Removes a file whose writer is dead: the lock of a living one cannot be had.
fn swept(path: &Path) -> bool {
    let Ok(file) = File::open(path) else {
        return false;
    };
    file.try_lock().is_ok() && fs::remove_file(path).is_ok()
}

/// Notes that an entry is used.
pub(super) fn touch(file: &File) {
    let Ok(last) = file.metadata().and_then(|metadata| metadata.modified()) else {
        return;
    };
    let now = SystemTime::now();
    // One from the future would never go.
    if now.duration_since(last).map_or(true, |age| age >= TOUCH) {
        // At worst it goes early.
        let _ = file.set_modified(now);
    }
}
