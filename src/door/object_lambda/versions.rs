//! Versions of objects that were seen: whoever asks again asks S3 for what has changed since.
//!
//! A key may be another object's in another bucket. Then S3 says that what is known is not what is there.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::source::ObjectVersion;

/// So many are remembered: a few hundred bytes each. Beyond, all are forgotten, which costs a request each.
const MOST: usize = 4096;

/// The versions that were seen last.
#[derive(Default)]
pub struct Versions(Mutex<HashMap<String, ObjectVersion>>);

impl Versions {
    /// An object was seen in this version.
    pub fn see(&self, key: &str, version: &ObjectVersion) {
        let mut seen = self.lock();
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert(key.to_owned(), version.clone());
    }

    /// The version of an object that was seen last.
    pub fn seen(&self, key: &str) -> Option<ObjectVersion> {
        self.lock().get(key).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, ObjectVersion>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
