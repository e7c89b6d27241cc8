//! Counts what is read, before it is decompressed: for progress, rates and logs.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A reader that counts its bytes.
pub struct Metered {
    inner: Box<dyn Read + Send>,
    count: Arc<AtomicU64>,
}

impl Metered {
    /// Adds to `count` what is read of `inner`.
    pub fn new(inner: Box<dyn Read + Send>, count: Arc<AtomicU64>) -> Self {
        Self { inner, count }
    }
}

impl Read for Metered {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
