//! Versions of objects that were seen: whoever asks again asks S3 for what has changed since.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::source::{ObjectVersion, Origin};

/// So many are remembered: a few hundred bytes each. Beyond, all are forgotten, which costs a request each.
const MOST: usize = 4096;

/// The versions that were seen last.
#[derive(Default)]
pub struct Versions(Mutex<HashMap<(Origin, String), ObjectVersion>>);

impl Versions {
    /// An object was seen in this version.
    pub fn see(&self, origin: &Origin, key: &str, version: &ObjectVersion) {
        let mut seen = self.lock();
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert((origin.clone(), key.to_owned()), version.clone());
    }

    /// The version of an object that was seen last.
    pub fn seen(&self, origin: &Origin, key: &str) -> Option<ObjectVersion> {
        self.lock().get(&(origin.clone(), key.to_owned())).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(Origin, String), ObjectVersion>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
