//! A bucket that fails is left alone for a while: no request waits for it, and the log says so once.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::objects::Trouble;

/// How long: a store that comes back is missed for that long, and one that does not costs no more than a call in it.
const REST: Duration = Duration::from_mins(1);

/// Since when, and how long.
#[derive(Default)]
pub(super) struct Rest(Mutex<Option<Instant>>);

impl Rest {
    fn until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is left alone now.
    pub fn is_on(&self) -> bool {
        self.until().is_some_and(|until| Instant::now() < until)
    }

    /// It has failed. Several calls may fail at once: one of them says so.
    pub fn begin(&self, trouble: Trouble) {
        let (now, mut until) = (Instant::now(), self.until());
        if until.is_some_and(|until| now < until) {
            return;
        }
        *until = Some(now + REST);
        drop(until);
        tracing::warn!(event = "cache_bucket", kind = trouble.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rests_from_a_failure_on() {
        let rest = Rest::default();
        assert!(!rest.is_on());
        rest.begin(Trouble::Silent);
        assert!(rest.is_on());
        let ago = Instant::now().checked_sub(Duration::from_millis(1));
        *rest.until() = ago;
        assert!(!rest.is_on());
    }
}
