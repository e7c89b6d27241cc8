//! What is known of a request on its way through the layers: its id, and its line in the log.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use data_encoding::HEXUPPER;

use crate::door::s3::log::Line;
use crate::error::{Error, Kind, Result};

/// The trace of one request, which its layers share.
#[derive(Clone)]
pub struct Trace(Arc<Inner>);

struct Inner {
    request_id: String,
    /// None once it was taken by who writes it.
    line: Mutex<Option<Line>>,
}

impl Trace {
    /// Of a request that begins now.
    ///
    /// # Errors
    /// [`Kind::Internal`] where the system gives no random bytes.
    pub fn new(client: String) -> Result<Self> {
        let mut id = [0; 8];
        getrandom::fill(&mut id).map_err(|err| {
            let message = "the operating system gives no random bytes";
            Error::new(Kind::Internal, message).with_private(err)
        })?;
        let request_id = HEXUPPER.encode(&id);
        let mut line = Line::new(Instant::now(), false);
        line.request_id.clone_from(&request_id);
        line.client = Some(client);
        Ok(Self(Arc::new(Inner {
            request_id,
            line: Mutex::new(Some(line)),
        })))
    }

    /// The id of the request, which its answer has too.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Says something in its line.
    pub fn say(&self, what: impl FnOnce(&mut Line)) {
        if let Some(line) = self.line().as_mut() {
            what(line);
        }
    }

    /// Its line, for whoever writes it; none where somebody has it already.
    pub fn take(&self) -> Option<Line> {
        self.line().take()
    }

    fn line(&self) -> MutexGuard<'_, Option<Line>> {
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
