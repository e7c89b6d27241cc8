//! The folder: entries under their names, and files written aside until they are whole.
//!
//! A file that is being written is locked by its writer. Locks end with their process, however it ends, so a file
//! whose lock can be had is a dead writer's, and is removed.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempPath;

use super::entry::{self, CHUNK, Entry, Form};
use super::failure::Failure;
use super::room::{PREFIX, Room, touch};
use super::{Facts, Name};
use crate::error::{Error, Kind};

/// Where entries lie.
pub(super) struct Folder {
    path: PathBuf,
    room: Room,
}

impl Folder {
    pub fn open(path: &Path, max_bytes: u64) -> Result<Arc<Self>, Error> {
        private(path)?;
        fs::read_dir(path).map_err(|error| unusable(&error))?;
        let (path, room) = (path.to_owned(), Room::new(path, max_bytes));
        room.tidy();
        Ok(Arc::new(Self { path, room }))
    }

    /// Where an entry is, if it is there.
    pub fn file(&self, name: &Name, form: Form) -> PathBuf {
        self.path.join(form.file(name))
    }

    /// An entry, used from now on. None where there is none, where it was damaged (then it is removed), and where it
    /// cannot be opened: what is made in its place replaces it.
    pub fn entry(&self, name: &Name, form: Form) -> Option<Entry> {
        let file = match File::open(self.file(name, form)) {
            Ok(file) => file,
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    let (entry, reason) = (form.file(name), error.kind().to_string());
                    tracing::warn!(event = "cache_entry_unreadable", entry, reason);
                }
                return None;
            }
        };
        let entry = entry::read(file, name, form);
        match &entry {
            Some(entry) => touch(&entry.file),
            None => self.drop_damaged(name, form),
        }
        entry
    }

    /// Facts of either form.
    pub fn facts(&self, name: &Name) -> Option<Facts> {
        let entry = self.entry(name, Form::Facts);
        let entry = entry.or_else(|| self.entry(name, Form::Release));
        entry.map(|entry| entry.facts)
    }

    /// Removes an entry that failed a checksum, and says so.
    pub fn drop_damaged(&self, name: &Name, form: Form) {
        let entry = form.file(name);
        // What another process has removed is gone as well.
        let _ = fs::remove_file(self.path.join(&entry));
        tracing::warn!(event = "cache_entry_damaged", entry);
    }

    /// Writes an entry of facts alone.
    pub fn keep_facts(self: &Arc<Self>, name: &Name, facts: &Facts) -> Result<(), Failure> {
        let ending = entry::ending(name, Form::Facts, 0, &[], None, facts);
        let ending = ending.map_err(|error| Failure::unwritable(&error))?;
        let mut aside = self.aside()?;
        aside.append(&ending)?;
        aside.publish(name, Form::Facts)
    }

    /// A new file that nobody finds yet.
    pub fn aside(self: &Arc<Self>) -> Result<Aside, Failure> {
        let (file, path) = self.retried(|| self.locked())?;
        Ok(Aside {
            folder: self.clone(),
            file: Arc::new(file),
            path,
            length: 0,
        })
    }

    /// A new file that will have this length, if there is room for that.
    pub fn aside_for(self: &Arc<Self>, length: u64) -> Result<Aside, Failure> {
        let aside = self.aside()?;
        if self.room.reserve(aside.id(), length) {
            Ok(aside)
        } else {
            Err(Failure::no_room())
        }
    }

    /// Between its creation and its lock, a file looks like a dead writer's to others: then there is another one.
    fn locked(&self) -> io::Result<(File, TempPath)> {
        loop {
            let file = tempfile::Builder::new()
                .prefix(PREFIX)
                .tempfile_in(&self.path)?;
            let (file, path) = file.into_parts();
            // Where there are no locks, nobody can have one, and nothing is taken for a dead writer's.
            let lost = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
            if !lost && file.metadata()?.nlink() > 0 {
                return Ok((file, path));
            }
        }
    }

    /// Writes as often as room can be made on a disk that is full.
    fn retried<T>(&self, mut write: impl FnMut() -> io::Result<T>) -> Result<T, Failure> {
        loop {
            let error = match write() {
                Ok(written) => return Ok(written),
                Err(error) => error,
            };
            match error.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded
                    if self.room.free(CHUNK as u64) => {}
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                    return Err(Failure::no_room());
                }
                _ => return Err(Failure::unwritable(&error)),
            }
        }
    }
}

/// A file on its way: removed unless it is published.
pub(super) struct Aside {
    folder: Arc<Folder>,
    file: Arc<File>,
    path: TempPath,
    length: u64,
}

impl Aside {
    /// The file, to read what is written.
    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    pub fn append(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let length = self.length + bytes.len() as u64;
        if !self.folder.room.reserve(self.id(), length) {
            return Err(Failure::no_room());
        }
        let write = || self.file.write_all_at(bytes, self.length);
        self.folder.retried(write)?;
        self.length = length;
        Ok(())
    }

    /// Lets it appear under its name, in place of what was there.
    pub fn publish(mut self, name: &Name, form: Form) -> Result<(), Failure> {
        let target = self.folder.file(name, form);
        fs::rename(&self.path, target).map_err(|error| Failure::unwritable(&error))?;
        self.folder.room.settle(self.id());
        self.path.disable_cleanup(true);
        Ok(())
    }

    fn id(&self) -> &OsStr {
        self.path.file_name().unwrap_or_default()
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // Nothing to release where it has settled.
        self.folder.room.release(self.id());
    }
}

/// Makes a folder that nobody else may enter; leaves one that exists as it is, unless others may write there.
fn private(path: &Path) -> Result<(), Error> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| unusable(&error))?;
    let metadata = fs::symlink_metadata(path).map_err(|error| unusable(&error))?;
    // Whoever made it before us could put releases into it.
    let ours = tempfile::tempfile_in(path).and_then(|file| file.metadata());
    let ours = ours.map_err(|error| unusable(&error))?.uid();
    if metadata.is_symlink() || metadata.uid() != ours {
        let message = "the cache's folder is another user's, or a link: name another one";
        return Err(Error::new(Kind::Settings, message));
    }
    if metadata.permissions().mode() & 0o022 != 0 {
        let message = "others may write to the cache's folder: name another one, or chmod 700 it";
        return Err(Error::new(Kind::Settings, message));
    }
    Ok(())
}

fn unusable(error: &io::Error) -> Error {
    let message = format!(
        "the cache's folder cannot be used ({}): name a folder that can be made and read",
        error.kind()
    );
    Error::new(Kind::Settings, message)
}
