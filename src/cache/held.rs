//! The reading side of an entry, whole or still being made.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::Facts;
use super::body::{Body, Place, Progress};
use super::entry::CHUNK;
use super::failure::Failure;
use crate::error::Result;

/// Bytes that a piece has at most.
pub const PIECE: usize = CHUNK;

/// All filler is this: made when there is some, and not a part of the program.
static ZEROS: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(vec![0; PIECE]));

/// An entry for reading. Clones are the same reader: work that makes an entry may be stopped when the last one goes.
/// What is evicted meanwhile can be read to its end.
#[derive(Clone)]
pub struct Held(Arc<Readers>);

/// Who reads a body.
pub(super) struct Readers {
    body: Arc<Body>,
}

impl Readers {
    pub fn new(body: Arc<Body>) -> Self {
        Self { body }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.body.flights.left(&self.body);
    }
}

impl Held {
    pub(super) fn of(readers: Arc<Readers>) -> Self {
        Self(readers)
    }

    fn body(&self) -> &Arc<Body> {
        &self.0.body
    }

    /// Waits for the end of the making.
    ///
    /// # Errors
    /// Why it failed. [`super::is_no_room`]: it was not kept, and can be made without this cache.
    pub async fn end(&self) -> Result<Facts> {
        let progress = &mut self.body().progress.subscribe();
        let progress = until(progress, |progress| progress.end.is_some()).await?;
        match &progress.end {
            Some(Ok(facts)) => Ok(facts.clone()),
            Some(Err(failure)) => Err(failure.error()),
            None => Err(Failure::interrupted().error()),
        }
    }

    /// Waits until all bytes before `offset` can be read: true; or until the release has ended before: false.
    ///
    /// # Errors
    /// As [`Held::end`].
    pub async fn wait_for(&self, offset: u64) -> Result<bool> {
        let progress = &mut self.body().progress.subscribe();
        let reached = |progress: &Progress| progress.written() >= offset || progress.end.is_some();
        let progress = until(progress, reached).await?;
        failed(&progress)?;
        Ok(progress.written() >= offset)
    }

    /// The bytes from `from` on: at least one, at most [`PIECE`], none at `to` or behind it. Waits for the writer. None
    /// where the release ends at `from` or before, or nothing is asked for.
    ///
    /// # Errors
    /// As [`Held::end`]; and [`super::is_damaged`]: the entry failed its checksum, and is gone.
    pub async fn piece(&self, from: u64, to: u64) -> Result<Option<Bytes>> {
        if from >= to {
            return Ok(None);
        }
        match self.place(from, to).await? {
            None => Ok(None),
            Some(Place::Zeros(length)) => {
                let length = usize::try_from(length).map_or(PIECE, |length| length.min(PIECE));
                Ok(Some(ZEROS.slice(..length)))
            }
            Some(Place::Stored(part)) => {
                let body = self.body().clone();
                let bytes = spawn_blocking(move || body.read(&part)).await;
                let bytes = bytes.unwrap_or_else(|_| Err(Failure::interrupted()));
                bytes.map(Some).map_err(|failure| failure.error())
            }
        }
    }

    async fn place(&self, from: u64, to: u64) -> Result<Option<Place>> {
        let progress = &mut self.body().progress.subscribe();
        let reached = |progress: &Progress| progress.written() > from || progress.end.is_some();
        let progress = until(progress, reached).await?;
        failed(&progress)?;
        Ok(progress.place(from, to))
    }

    /// Copies what this process has made into the bucket, if there is one, once it is whole; and gives the claim back. Of all
    /// its readers one does so. What fails is in the log, and no failure of the release.
    pub async fn share(&self) {
        if self.end().await.is_err() {
            return;
        }
        if let Some(lease) = self.body().take_lease() {
            lease.share(self.body().flights.folder()).await;
        }
    }

    /// Bytes that can be read without waiting.
    pub fn written(&self) -> u64 {
        self.body().progress.borrow().written()
    }

    /// What stops the work if the last reader goes before the end. Of several, the last one counts. Whoever asks for the
    /// entry after that begins anew.
    pub fn on_abandoned(&self, cancel: impl FnOnce() + Send + 'static) {
        self.body().set_cancel(Box::new(cancel));
    }
}

async fn until(
    progress: &mut watch::Receiver<Progress>,
    reached: impl FnMut(&Progress) -> bool,
) -> Result<watch::Ref<'_, Progress>> {
    let progress = progress.wait_for(reached).await;
    // The sending side is the reader's own.
    progress.map_err(|_| Failure::interrupted().error())
}

/// What was written of a failed release is none of it.
fn failed(progress: &Progress) -> Result<()> {
    match &progress.end {
        Some(Err(failure)) => Err(failure.error()),
        _ => Ok(()),
    }
}
