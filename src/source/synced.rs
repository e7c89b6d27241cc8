//! A file whose bytes go to the disk while more are written, so that the end need not wait for all of them.

use std::fs::File;
use std::io::{self, Write};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// Bytes between one sync and the next.
const EVERY: usize = 32 * 1024 * 1024;

/// Writes to a file; a thread of its own syncs it now and then.
pub(super) struct SyncedFile {
    file: File,
    written: usize,
    syncing: Option<Syncing>,
}

struct Syncing {
    wanted: SyncSender<()>,
    thread: JoinHandle<io::Result<()>>,
}

impl SyncedFile {
    /// Writes to `file` from where it stands.
    pub(super) fn new(file: File) -> Self {
        Self {
            file,
            written: 0,
            syncing: None,
        }
    }

    /// Everything is on the disk when this returns.
    ///
    /// # Errors
    /// Any that a sync met.
    pub(super) fn finish(self) -> io::Result<()> {
        if let Some(Syncing { wanted, thread }) = self.syncing {
            drop(wanted);
            let broken = |_| Err(io::Error::other("the thread that syncs broke down"));
            thread.join().unwrap_or_else(broken)?;
        }
        self.file.sync_all()
    }

    /// Asks for a sync. One that is under way already will do.
    fn sync(&mut self) -> io::Result<()> {
        let syncing = match self.syncing.take() {
            Some(syncing) => syncing,
            None => Syncing::start(self.file.try_clone()?),
        };
        // Where the thread has ended, its error comes with the end of the file.
        let _ = syncing.wanted.try_send(());
        self.syncing = Some(syncing);
        Ok(())
    }
}

impl Syncing {
    fn start(file: File) -> Self {
        let (wanted, asked) = sync_channel(1);
        let thread = thread::spawn(move || asked.iter().try_for_each(|()| file.sync_data()));
        Self { wanted, thread }
    }
}

impl Write for SyncedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.written += written;
        if self.written >= EVERY {
            self.written = 0;
            self.sync()?;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
