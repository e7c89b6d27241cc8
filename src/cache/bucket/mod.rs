//! The second tier: a prefix of a bucket, which all instances of a function share.
//!
//! ```text
//! seek ─ <name>.release is there ─ received aside, every checksum checked, published ───────► entry
//!      └ not there ─ PUT <name>.claim, where there is none ─ made: look once more ──────────► missing, and ours to make
//!             ▲                                            └ taken: wait, 200 ms growing to 1 s ─┐
//!             └──────────────────────────────────────────────────────────────────────────────────┘
//! objects.rs  the calls: GET, PUT where nothing is, DELETE     lease.rs  a claim that is held, or another's that is dead
//! receive.rs  an object into the folder, checked               rest.rs   a bucket that fails is left alone
//! ```
//! What lies there is, byte for byte, what the folder keeps: released bytes, their checksums and facts, never raw ones;
//! and for as long as a release is made, a claim of 16 random bytes. Keys are hashes, and nothing is in the metadata.
//! Nothing is removed there but what is damaged: how long releases stay is for a lifecycle rule of the bucket.
//!
//! **Once across processes.** Whoever makes a release has its claim; all others wait until it is there. A claim that is
//! gone without one, or older than a minute by the store's own clock (its maker is dead), goes to whoever asks next.
//! Nobody waits for more than half of the time that its request has: then it makes the release by itself, which does no
//! harm, since it is the same bytes. Claims are for small objects as for large ones: one rule is easier to be sure of than the
//! three short requests are dear.
//!
//! **A bucket that fails is no failure of a request.** Every call but those that move a release ends after
//! [`objects::PATIENCE`]; after one that failed the folder goes on alone for a minute, and one line of the log says so.
//!
//! **Who may write there may forge releases**: checksums find damage, and are no secret. The prefix is the function's
//! alone, as its folder is. S3 says 403 for a missing object to a role that may not list the bucket, so a GET that is denied
//! counts as missing here; a role that may do nothing is told by its first claim.
//!
//! # Memory
//! A chunk and a piece of the network for each object on its way here, 64 KiB for each on its way there.

mod lease;
mod objects;
mod receive;
mod rest;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::entry::{Entry, Form};
use super::folder::Folder;
use super::{Facts, Name};
use crate::error::Result;
use lease::nonce;
use objects::{Objects, Trouble};
use receive::{Received, receive};
use rest::Rest;

pub(super) use lease::Lease;

/// How long it waits before it looks again, at first and at last: a small release takes about as long, and for a large one
/// it is a hundredth more.
const POLL: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// How long the end of an invocation waits for claims that are on their way back.
const GRACE: Duration = Duration::from_secs(1);

/// A prefix of a bucket.
pub(super) struct Bucket {
    objects: Objects,
    rest: Rest,
    /// Claims that are on their way back.
    leaving: watch::Sender<usize>,
}

/// What a bucket has of a release.
pub(super) enum Sought {
    /// It is in the folder now.
    Found(Entry),
    /// It is not there; with its claim, unless that could not be had.
    Missing(Option<Lease>),
}

impl Bucket {
    /// Reads where it is.
    ///
    /// # Errors
    /// [`crate::Kind::Settings`] for anything else than a prefix of a bucket.
    pub fn new(place: &str, client: aws_sdk_s3::Client) -> Result<Arc<Self>> {
        Ok(Arc::new(Self {
            objects: Objects::new(place, client)?,
            rest: Rest::default(),
            leaving: watch::Sender::new(0),
        }))
    }

    /// Looks for a release, and waits while another process makes it.
    pub async fn seek(
        self: &Arc<Self>,
        folder: &Arc<Folder>,
        name: &Name,
        deadline: Instant,
    ) -> Sought {
        let patience = deadline.saturating_duration_since(Instant::now()) / 2;
        if self.rest.is_on() {
            return Sought::Missing(None);
        }
        match timeout(patience, self.look(folder, name)).await {
            Ok(Ok(sought)) => sought,
            Ok(Err(trouble)) => {
                self.rest.begin(trouble);
                Sought::Missing(None)
            }
            Err(_) => Sought::Missing(None),
        }
    }

    async fn look(
        self: &Arc<Self>,
        folder: &Arc<Folder>,
        name: &Name,
    ) -> std::result::Result<Sought, Trouble> {
        let (nonce, [mut pause, longest]) = (nonce(), POLL);
        let mut lease = None;
        loop {
            match self.fetch(folder, name, Form::Release).await? {
                Received::Entry(entry) => return Ok(Sought::Found(entry)),
                Received::NoRoom => return Ok(Sought::Missing(None)),
                Received::Nothing => {}
            }
            // Looked once more since it was claimed: another may have ended between the first look and the claim.
            if lease.is_some() {
                return Ok(Sought::Missing(lease));
            }
            lease = Lease::claim(self, name, nonce).await?;
            if lease.is_none() {
                sleep(pause).await;
                pause = longest.min(pause * 2);
            }
        }
    }

    /// Facts of a release. None also where the bucket does not say.
    pub async fn facts(&self, folder: &Arc<Folder>, name: &Name) -> Option<Facts> {
        if self.rest.is_on() {
            return None;
        }
        match self.fetch(folder, name, Form::Facts).await {
            Ok(Received::Entry(entry)) => Some(entry.facts),
            Ok(_) => None,
            Err(trouble) => {
                self.rest.begin(trouble);
                None
            }
        }
    }

    /// An entry's object, in the folder from now on. One that is damaged, or another's, is removed.
    async fn fetch(
        &self,
        folder: &Arc<Folder>,
        name: &Name,
        form: Form,
    ) -> std::result::Result<Received, Trouble> {
        let file = form.file(name);
        let Some(object) = self.objects.get(&file).await? else {
            return Ok(Received::Nothing);
        };
        let etag = object.etag.clone();
        let received = receive(folder, name, form, object).await?;
        if matches!(received, Received::Nothing) {
            tracing::warn!(
                event = "cache_entry_damaged",
                place = "bucket",
                entry = file
            );
            // Where it may not be, it is received and refused again.
            let _ = self.objects.delete(&file, etag.as_deref()).await;
        }
        Ok(received)
    }

    /// Copies what the folder has of a release: its bytes first, since whoever has the facts expects them.
    pub async fn share(&self, folder: &Folder, name: &Name, forms: &[Form]) {
        for form in forms {
            if self.rest.is_on() {
                return;
            }
            let (file, path) = (form.file(name), folder.file(name, *form));
            if let Err(trouble) = self.objects.put_file(&file, &path).await {
                self.rest.begin(trouble);
            }
        }
    }

    /// Waits a moment for claims that are on their way back: the process may be frozen after that.
    pub async fn settle(&self) {
        let mut leaving = self.leaving.subscribe();
        let _ = timeout(GRACE, leaving.wait_for(|leaving| *leaving == 0)).await;
    }
}
