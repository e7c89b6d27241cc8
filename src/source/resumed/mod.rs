//! The bytes of an object in a bucket, taken up again where a connection breaks.
//!
//! The store's client does so, too, but only within the time that it has for one request and all its retries, from the
//! request on: a transfer that takes longer would end with its first broken connection, and each connection ends after
//! half a minute. Here the object goes on as long as bytes come, always of the version that it began with.

use std::time::Duration;

use bytes::Bytes;
use futures::stream::{BoxStream, try_unfold};
use futures::{StreamExt, TryStreamExt};
use object_store::{GetOptions, GetResult, ObjectMeta};
use tokio::time::sleep;

use super::store::{self, Store};
use crate::error::{Error, Kind, Result};

/// How often in a row it is taken up again without a byte. Each time the client tries more than once to be answered.
const TRIES: u32 = 3;

/// How long it is waited before it is taken up without a byte in between; each time twice as long.
const WAIT: Duration = Duration::from_millis(100);

/// A transfer.
struct Transfer {
    store: Store,
    meta: ObjectMeta,
    /// The version that is asked for by its id.
    version: Option<String>,
    stream: BoxStream<'static, object_store::Result<Bytes>>,
    /// How many bytes have come.
    at: u64,
    /// How often it broke since the last of them.
    broken: u32,
}

/// An answer's bytes to the object's end, with errors in our own words. Without an `ETag` nothing is taken up again:
/// nobody could say whether it is the same object.
pub(super) fn pieces(
    store: Store,
    answer: GetResult,
    version: Option<String>,
) -> BoxStream<'static, Result<Bytes>> {
    let transfer = Transfer {
        store,
        meta: answer.meta.clone(),
        version,
        at: answer.range.start,
        stream: answer.into_stream(),
        broken: 0,
    };
    try_unfold(transfer, Transfer::next).boxed()
}

impl Transfer {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>> {
        loop {
            match self.stream.try_next().await {
                Ok(Some(piece)) => {
                    self.at += piece.len() as u64;
                    self.broken = 0;
                    return Ok(Some((piece, self)));
                }
                Ok(None) => return Ok(None),
                // Broken behind the last byte.
                Err(_) if self.at == self.meta.size => return Ok(None),
                Err(err) => self.take_up(err).await?,
            }
        }
    }

    /// Asks for what is missing of the same version.
    async fn take_up(&mut self, err: object_store::Error) -> Result<()> {
        let etag = self.meta.e_tag.clone();
        if etag.is_none() || self.broken == TRIES || !store::is_broken(&err) {
            return Err(store::explain(err, Kind::Source));
        }
        if self.broken > 0 {
            sleep(WAIT * 2_u32.pow(self.broken)).await;
        }
        self.broken += 1;
        let options = GetOptions::new()
            .with_range(Some(self.at..self.meta.size))
            .with_if_match(etag)
            .with_version(self.version.clone());
        let answer = self.store.get_opts(&self.meta.location, options).await;
        let answer = answer.map_err(|err| store::explain(err, Kind::Source))?;
        // A store that knows no conditions answers with whatever there is.
        if answer.meta.e_tag != self.meta.e_tag || answer.meta.size != self.meta.size {
            return Err(Error::new(Kind::Source, store::CHANGED));
        }
        self.stream = answer.into_stream();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
