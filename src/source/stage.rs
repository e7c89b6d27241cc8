//! Releases on their way out: written aside, and all of them published at the end, or none.
//!
//! The stage, not the thread that writes, owns what lies aside. So it is removed even while a writer is blocked, and a
//! writer that comes after [`Stage::discard`] gets an error in place of a file.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempPath;
use tokio::runtime::Handle;

use super::synced::SyncedFile;
use super::target::{Target, output};
use super::upload::{Upload, UploadWriter};
use crate::error::{Error, Kind, Result};

/// What files written aside are called, in the folder where they will stay.
const PREFIX: &str = ".veilpoint-";

/// All releases of one run.
pub struct Stage {
    runtime: Handle,
    pipe_closed: Arc<AtomicBool>,
    /// None once it is over.
    held: Mutex<Option<Held>>,
}

/// What is undone if the run fails.
#[derive(Default)]
struct Held {
    files: Vec<(TempPath, PathBuf)>,
    uploads: Vec<Upload>,
    /// Folders made for this run, outer ones first.
    folders: Vec<PathBuf>,
}

impl Stage {
    /// An empty stage; uploads are driven by this runtime.
    pub fn new(runtime: Handle) -> Self {
        Self {
            runtime,
            pipe_closed: Arc::default(),
            held: Mutex::new(Some(Held::default())),
        }
    }

    /// Starts a release. Blocks where the target is a pipe without a reader.
    ///
    /// # Errors
    /// [`Kind::Output`] where the target cannot be written, [`Kind::Interrupted`] once the stage is over.
    pub fn open(&self, target: &Target) -> Result<Writer> {
        let sink = match target {
            Target::Stdout => Sink::Stdout(io::stdout()),
            Target::Device(path) => {
                let file = File::options().write(true).open(path);
                Sink::Device(file.map_err(|err| output(&err))?)
            }
            Target::File(path) => Sink::File(BufWriter::new(SyncedFile::new(self.aside(path)?))),
            Target::Store { store, key, .. } => {
                let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
                let held = held.as_mut().ok_or_else(over)?;
                let (upload, writer) = Upload::start(&self.runtime, store.clone(), key.clone());
                held.uploads.push(upload);
                Sink::Store(writer)
            }
        };
        Ok(Writer {
            sink,
            pipe_closed: self.pipe_closed.clone(),
            failure: None,
        })
    }

    fn aside(&self, path: &Path) -> Result<File> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = held.as_mut().ok_or_else(over)?;
        let folder = Target::folder(path);
        make_folder(folder, &mut held.folders).map_err(|err| output(&err))?;
        let (file, aside) = tempfile::Builder::new()
            .prefix(PREFIX)
            // As any new file has them: the umask takes away what the user does not grant.
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .map_err(|err| output(&err))?
            .into_parts();
        held.files.push((aside, path.to_owned()));
        Ok(file)
    }

    /// Whether whoever read standard output went away: no failure, but nothing left to do.
    pub fn pipe_closed(&self) -> bool {
        self.pipe_closed.load(Ordering::Relaxed)
    }

    /// Lets every finished release appear under its name.
    ///
    /// # Errors
    /// [`Kind::Output`]. Files that appeared before the failure are taken back, those included that had replaced older
    /// ones; objects that a store has completed stay.
    pub async fn publish(&self) -> Result<()> {
        let Some(held) = self.take() else {
            return Err(over());
        };
        let mut published = Vec::new();
        let mut result = held
            .files
            .into_iter()
            .try_for_each(|(aside, path)| rename(aside, path, &mut published));
        for upload in held.uploads {
            if result.is_ok() {
                result = upload.publish().await;
            } else {
                upload.discard().await;
            }
        }
        if result.is_err() {
            // Removing is all that is left to try; the error that is reported is the first one.
            for path in published {
                drop(fs::remove_file(path));
            }
            remove_folders(&held.folders);
        }
        result
    }

    /// Removes everything that lies aside. Later calls of [`Stage::open`] fail.
    pub async fn discard(&self) {
        if let Some(held) = self.take() {
            drop(held.files);
            remove_folders(&held.folders);
            for upload in held.uploads {
                upload.discard().await;
            }
        }
    }

    fn take(&self) -> Option<Held> {
        self.held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

fn over() -> Error {
    Error::new(Kind::Interrupted, "the run is being stopped")
}

fn rename(aside: TempPath, path: PathBuf, published: &mut Vec<PathBuf>) -> Result<()> {
    let named = |err: Error| err.in_object(&path.display().to_string());
    aside
        .persist(&path)
        .map_err(|err| named(output(&err.error)))?;
    // The name itself reaches the disk with its folder; file systems that cannot sync folders do so by themselves.
    if let Ok(folder) = File::open(Target::folder(&path)) {
        let _ = folder.sync_all();
    }
    published.push(path);
    Ok(())
}

fn make_folder(folder: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
        make_folder(parent, made)?;
    }
    fs::create_dir(folder)?;
    made.push(folder.to_owned());
    Ok(())
}

/// A folder that somebody else has put something into stays.
fn remove_folders(folders: &[PathBuf]) {
    for folder in folders.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}

/// The writing side of one release.
pub struct Writer {
    sink: Sink,
    pipe_closed: Arc<AtomicBool>,
    failure: Option<Error>,
}

enum Sink {
    Stdout(io::Stdout),
    Device(File),
    File(BufWriter<SyncedFile>),
    Store(UploadWriter),
}

impl Writer {
    /// Everything was written: it is on the disk, or with the store, when this returns.
    ///
    /// # Errors
    /// [`Kind::Output`].
    pub fn finish(self) -> Result<()> {
        let Self {
            sink, pipe_closed, ..
        } = self;
        match sink {
            Sink::Stdout(mut stdout) => stdout.flush().or_else(|err| {
                let closed = err.kind() == io::ErrorKind::BrokenPipe;
                pipe_closed.fetch_or(closed, Ordering::Relaxed);
                if closed { Ok(()) } else { Err(output(&err)) }
            }),
            Sink::Device(mut device) => device.flush().map_err(|err| output(&err)),
            Sink::File(file) => file
                .into_inner()
                .map_err(io::IntoInnerError::into_error)
                .and_then(SyncedFile::finish)
                .map_err(|err| output(&err)),
            Sink::Store(upload) => upload.finish(),
        }
    }

    /// Why the last write failed, more exactly than its `io::Error` could say.
    pub fn failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    fn note(&mut self, err: io::Error) -> io::Error {
        let kind = err.kind();
        if kind == io::ErrorKind::BrokenPipe && matches!(self.sink, Sink::Stdout(_)) {
            self.pipe_closed.store(true, Ordering::Relaxed);
        }
        if kind != io::ErrorKind::Interrupted {
            let failure = err.downcast::<Error>().unwrap_or_else(|err| output(&err));
            self.failure = Some(failure);
        }
        kind.into()
    }
}

impl Write for Writer {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let written = match &mut self.sink {
            Sink::Stdout(stdout) => stdout.write(buf),
            Sink::Device(device) => device.write(buf),
            Sink::File(file) => file.write(buf),
            Sink::Store(upload) => upload.write(buf),
        };
        written.map_err(|err| self.note(err))
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = match &mut self.sink {
            Sink::Stdout(stdout) => stdout.flush(),
            Sink::Device(device) => device.flush(),
            Sink::File(file) => file.flush(),
            Sink::Store(_) => Ok(()),
        };
        flushed.map_err(|err| self.note(err))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<_> = entries
            .map(|entry| name(entry).into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn with_stage(test: impl AsyncFnOnce(Stage, &Path)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::new(runtime.handle().clone());
        runtime.block_on(test(stage, folder.path()));
    }

    fn write(stage: &Stage, path: &Path) {
        let mut writer = stage.open(&Target::File(path.to_owned())).unwrap();
        writer.write_all(b"new").unwrap();
        writer.finish().unwrap();
    }

    #[test]
    fn nothing_appears_before_all_is_published() {
        with_stage(async |stage, folder| {
            let (a, b) = (folder.join("a.csv"), folder.join("x/y/b.csv"));
            fs::write(&a, "old").unwrap();
            write(&stage, &a);
            write(&stage, &b);
            assert_eq!(fs::read(&a).unwrap(), b"old");
            assert!(!b.exists());
            stage.publish().await.unwrap();
            assert_eq!(
                (fs::read(&a).unwrap(), fs::read(&b).unwrap()),
                (b"new".into(), b"new".into())
            );
            assert_eq!(names(folder), ["a.csv", "x"]);
        });
    }

    #[test]
    fn a_discarded_stage_leaves_nothing_and_opens_nothing() {
        with_stage(async |stage, folder| {
            write(&stage, &folder.join("a.csv"));
            let unfinished = stage.open(&Target::File(folder.join("x/y/b.csv"))).unwrap();
            stage.discard().await;
            assert_eq!(names(folder), [""; 0]);
            drop(unfinished);
            let late = stage.open(&Target::File(folder.join("c.csv")));
            assert_eq!(late.err().map(|e| e.kind()), Some(Kind::Interrupted));
            assert_eq!(names(folder), [""; 0]);
        });
    }

    #[test]
    fn a_failed_rename_takes_back_what_had_appeared() {
        with_stage(async |stage, folder| {
            write(&stage, &folder.join("a.csv"));
            write(&stage, &folder.join("b.csv"));
            fs::create_dir(folder.join("b.csv")).unwrap();
            let error = stage.publish().await.unwrap_err();
            assert_eq!(error.kind(), Kind::Output);
            assert_eq!(names(folder), ["b.csv"]);
        });
    }

    #[test]
    fn a_new_file_has_the_permissions_of_any_new_file() {
        with_stage(async |stage, folder| {
            write(&stage, &folder.join("a.csv"));
            stage.publish().await.unwrap();
            fs::write(folder.join("other"), "").unwrap();
            let mode = |name| {
                fs::metadata(folder.join(name))
                    .unwrap()
                    .permissions()
                    .mode()
            };
            assert_eq!(mode("a.csv"), mode("other"));
        });
    }
}
