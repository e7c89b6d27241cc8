//! One release on its way into a bucket, as an upload in parts: the object appears when the upload is completed, and
//! never otherwise.
//!
//! # Memory
//! One part that fills, and [`FLYING`] on their way: 24 MiB a release.

use std::io::{self, Write};

use bytes::Bytes;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStoreExt};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use super::store::{Store, explain};
use crate::error::{Error, Kind, Result};

/// Bytes of a part. All but the last are equal, as some stores ask for; S3 takes 10,000, so a release has 78 GiB at most.
const PART: usize = 8 * 1024 * 1024;

/// Parts sent at once.
const FLYING: usize = 2;

/// What the writer hands over.
enum Part {
    /// A full part.
    Full(Bytes),
    /// The rest: nothing follows.
    Last(Bytes),
}

/// The owner's side: decides whether the object appears.
pub(super) struct Upload {
    verdict: oneshot::Sender<bool>,
    task: JoinHandle<Result<()>>,
}

/// The writing side, on a thread of its own.
pub(super) struct UploadWriter {
    buffer: Vec<u8>,
    parts: mpsc::Sender<Part>,
    sent: oneshot::Receiver<Result<()>>,
}

impl Upload {
    /// Starts an upload.
    pub(super) fn start(runtime: &Handle, store: Store, key: Path) -> (Self, UploadWriter) {
        let (verdict, decided) = oneshot::channel();
        let (parts, received) = mpsc::channel(1);
        let (report, sent) = oneshot::channel();
        let task = runtime.spawn(drive(store, key, received, report, decided));
        let writer = UploadWriter {
            buffer: Vec::new(),
            parts,
            sent,
        };
        (Self { verdict, task }, writer)
    }

    /// Lets the object appear.
    pub(super) async fn publish(self) -> Result<()> {
        self.conclude(true).await
    }

    /// Takes the upload back, parts and all.
    pub(super) async fn discard(self) {
        // The store removes parts of its own accord later if this fails, where the bucket's lifecycle says so.
        let _ = self.conclude(false).await;
    }

    async fn conclude(self, publish: bool) -> Result<()> {
        // The task may have ended already: then its result says why.
        let _ = self.verdict.send(publish);
        self.task.await.unwrap_or_else(|err| {
            Err(Error::new(Kind::Internal, "the upload's task stopped").with_private(err))
        })
    }
}

/// The whole life of an upload: parts, report, verdict.
async fn drive(
    store: Store,
    key: Path,
    mut parts: mpsc::Receiver<Part>,
    report: oneshot::Sender<Result<()>>,
    mut verdict: oneshot::Receiver<bool>,
) -> Result<()> {
    let mut upload = match store.put_multipart(&key).await {
        Ok(upload) => upload,
        Err(err) => {
            // The writer hears of it, and whoever asks for the object to appear too.
            let _ = report.send(Err(explain(err, Kind::Output)));
            return Err(failed());
        }
    };
    let decided = tokio::select! {
        sent = send(&mut *upload, &mut parts) => {
            let complete = sent.is_ok();
            let _ = report.send(sent);
            complete && verdict.await.unwrap_or(false)
        }
        _ = &mut verdict => false,
    };
    if decided {
        let completed = upload.complete().await;
        completed
            .map(drop)
            .map_err(|err| explain(err, Kind::Output))
    } else {
        let _ = upload.abort().await;
        Err(failed())
    }
}

fn failed() -> Error {
    Error::new(Kind::Output, "the upload was not completed: run again")
}

async fn send(upload: &mut dyn MultipartUpload, parts: &mut mpsc::Receiver<Part>) -> Result<()> {
    let mut flying = JoinSet::new();
    while let Some(part) = parts.recv().await {
        let (bytes, last) = match part {
            Part::Full(bytes) => (bytes, false),
            Part::Last(bytes) => (bytes, true),
        };
        if !bytes.is_empty() {
            flying.spawn(upload.put_part(bytes.into()));
        }
        while flying.len() >= FLYING || last {
            match flying.join_next().await {
                Some(Ok(sent)) => sent.map_err(|err| explain(err, Kind::Output))?,
                Some(Err(err)) => return Err(failed().with_private(err)),
                None => return Ok(()),
            }
        }
    }
    Err(failed())
}

impl UploadWriter {
    /// Sends the rest, and waits until the store has every part.
    pub(super) fn finish(mut self) -> Result<()> {
        let last = Bytes::from(std::mem::take(&mut self.buffer));
        // A task that is gone has reported why.
        let _ = self.parts.blocking_send(Part::Last(last));
        self.report()
    }

    fn report(self) -> Result<()> {
        let Self { sent, .. } = self;
        sent.blocking_recv().unwrap_or_else(|_| Err(failed()))
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let full = std::mem::replace(&mut self.buffer, Vec::with_capacity(PART));
        let part = Part::Full(Bytes::from(full));
        self.parts.blocking_send(part).map_err(|_| {
            let reported = self.sent.try_recv().ok().and_then(Result::err);
            io::Error::other(reported.unwrap_or_else(failed))
        })
    }
}

impl Write for UploadWriter {
    /// Blocks while parts fly; it is called outside the runtime's own threads.
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let count = buf.len().min(PART - self.buffer.len());
        self.buffer.extend_from_slice(&buf[..count]);
        if self.buffer.len() == PART {
            self.hand_over()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::memory::InMemory;

    use super::*;

    struct Bucket {
        runtime: tokio::runtime::Runtime,
        store: Store,
    }

    impl Bucket {
        fn new() -> Self {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .build()
                .unwrap();
            Self {
                runtime,
                store: Arc::new(InMemory::new()),
            }
        }

        fn start(&self) -> (Upload, UploadWriter) {
            Upload::start(self.runtime.handle(), self.store.clone(), Path::from("a/b"))
        }

        fn content(&self) -> Option<Bytes> {
            self.runtime.block_on(async {
                let answer = self.store.get(&Path::from("a/b")).await.ok()?;
                answer.bytes().await.ok()
            })
        }
    }

    #[test]
    fn an_object_of_several_parts_appears_when_it_is_published() {
        let bucket = Bucket::new();
        let (upload, mut writer) = bucket.start();
        let bytes: Vec<u8> = (0..3 * PART + 17)
            .map(|i| u8::try_from(i % 251).unwrap())
            .collect();
        for piece in bytes.chunks(1_000_003) {
            writer.write_all(piece).unwrap();
        }
        writer.finish().unwrap();
        assert_eq!(bucket.content(), None);
        bucket.runtime.block_on(upload.publish()).unwrap();
        assert!(bucket.content().unwrap() == bytes);
    }

    #[test]
    fn a_discarded_or_unfinished_upload_never_appears() {
        let bucket = Bucket::new();
        let (upload, mut writer) = bucket.start();
        writer.write_all(b"x").unwrap();
        writer.finish().unwrap();
        bucket.runtime.block_on(upload.discard());
        assert_eq!(bucket.content(), None);

        let (upload, writer) = bucket.start();
        drop(writer);
        assert!(bucket.runtime.block_on(upload.publish()).is_err());
        assert_eq!(bucket.content(), None);

        let (upload, _blocked) = bucket.start();
        bucket.runtime.block_on(upload.discard());
        assert_eq!(bucket.content(), None);
    }
}
