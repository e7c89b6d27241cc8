//! Releases, each made once: from the cache, from whoever is making it, or made now.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tokio::time::timeout_at;

use super::ask::{Ask, Named};
use super::delivery::{Delivery, Extent, From};
use super::making::{AtWork, Busy, Recipe};
use super::once::{self, OnceWriter};
use crate::cache::{Cache, EntryWriter, Facts, Found, Ticket, is_damaged, is_no_room};
use crate::config::{self, CacheSettings};
use crate::error::{Error, Kind, Result};
use crate::release::Options;
use crate::request::{Format, Size};
use crate::source::{Fetched, ObjectSource, OwnStore};

/// How often a release is begun again, where what was kept of it is damaged, or somebody else gave it up.
const TRIES: usize = 3;

/// Opens an object from its beginning.
pub trait Opens: Sync {
    /// Opens the object with this key, in the version of now.
    fn open(&self, key: &str) -> impl Future<Output = Result<Fetched>> + Send;
}

impl Opens for OwnStore {
    async fn open(&self, key: &str) -> Result<Fetched> {
        self.open(key).await?.ok_or_else(gone)
    }
}

impl Opens for ObjectSource {
    async fn open(&self, key: &str) -> Result<Fetched> {
        self.open(key).await?.ok_or_else(gone)
    }
}

fn gone() -> Error {
    Error::new(Kind::Source, "the object is no longer there: ask again")
}

/// What makes and keeps releases, for all access points of a process.
pub struct Releases {
    cache: Option<Cache>,
    /// Bytes that the cache has room for.
    room: u64,
    options: Options,
    made: AtomicU64,
    kept: AtomicU64,
    outlives: bool,
    /// What is at work.
    pub at_work: AtWork,
}

/// What became of the releases that were wanted since the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Those that were begun.
    pub made: u64,
    /// Those that were kept, or had been begun for somebody else.
    pub kept: u64,
    /// Those that are being made.
    pub at_work: u64,
}

/// A release that is wanted.
pub struct Wanted<'a, O> {
    /// Who asks, and where.
    pub ask: &'a Ask,
    /// Which release.
    pub named: &'a Named,
    /// Its object, where it is open already.
    pub opened: Option<Fetched>,
    /// What opens it.
    pub opens: &'a O,
    /// How many are made beside each other, this one counted: each has its share of threads and memory.
    pub beside: usize,
}

impl Releases {
    /// With the cache that the settings name.
    ///
    /// # Errors
    /// [`Kind::Settings`].
    pub fn open(settings: &CacheSettings, options: Options) -> Result<Self> {
        let Size(room) = settings.max_bytes.parse().map_err(|_| {
            let name = config::CACHE_MAX_BYTES;
            let message =
                format!("{name} is no size: it is a whole number and a unit, such as 2GiB");
            Error::new(Kind::Settings, message)
        })?;
        let cache = settings.folder.as_deref().map(|folder| {
            let cache = Cache::open(folder, room)?;
            match &settings.bucket {
                Some(bucket) => cache.behind(&bucket.place, bucket.aws.s3_objects()),
                None => Ok(cache),
            }
        });
        Ok(Self::new(cache.transpose()?, room, options))
    }

    /// With a cache of so many bytes, if there is one.
    pub fn new(cache: Option<Cache>, room: u64, options: Options) -> Self {
        Self {
            cache,
            room,
            options,
            outlives: false,
            made: AtomicU64::new(0),
            kept: AtomicU64::new(0),
            at_work: AtWork::default(),
        }
    }

    /// What became of the releases that were wanted so far.
    pub fn counts(&self) -> Counts {
        Counts {
            made: self.made.load(Ordering::Relaxed),
            kept: self.kept.load(Ordering::Relaxed),
            at_work: self.at_work.now(),
        }
    }

    /// Makes no more than so many at once; others wait in line.
    pub fn at_most(&mut self, releases: usize) {
        self.at_work = AtWork::at_most(releases);
    }

    /// What is kept is made to its end, also where nobody waits for it any more: the next who asks gets further. For
    /// processes that go on between requests.
    pub fn outlive_requests(&mut self) {
        self.outlives = true;
    }

    /// Waits a moment for what was given up and for what was left to be told: the process may be frozen after that.
    pub async fn settle(&self) {
        let told = async {
            if let Some(cache) = &self.cache {
                cache.settle().await;
            }
        };
        tokio::join!(self.at_work.settle(), told);
    }

    /// The facts of a release that was made before, as far as they are kept.
    pub async fn known(&self, named: &Named) -> Option<Facts> {
        let (cache, name) = self.cache.as_ref().zip(named.name.as_ref())?;
        cache.facts(name).await
    }

    /// Whether what was made is known to whoever asks next, in this process or another that shares the cache.
    pub async fn is_shared(&self, named: &Named) -> bool {
        match self.cache.as_ref().zip(named.name.as_ref()) {
            Some((cache, name)) => cache.is_shared(name).await && cache.facts(name).await.is_some(),
            None => false,
        }
    }

    /// The facts of a release, which is made if nobody has them.
    ///
    /// # Errors
    /// What the object cannot be opened or the release made for.
    pub async fn facts<O: Opens>(
        &self,
        wanted: &mut Wanted<'_, O>,
        deadline: Instant,
    ) -> Result<Facts> {
        if let Some(facts) = self.known(wanted.named).await {
            return Ok(facts);
        }
        let mut tries = 0;
        loop {
            let mut delivery = self.begin(wanted, deadline, tries).await?;
            match delivery.end_by(deadline).await {
                Err(error) if tries + 1 < TRIES => tries = next_try(tries, error)?,
                end => {
                    let facts = end?;
                    // Whoever waits for the answer has some time left for it.
                    let left = deadline.saturating_duration_since(Instant::now());
                    let until = Instant::now() + left / 2;
                    let kept = async {
                        self.remember(wanted.named, &delivery, &facts).await;
                        delivery.share().await;
                    };
                    let _ = timeout_at(until.into(), kept).await;
                    return Ok(facts);
                }
            }
        }
    }

    /// Keeps the facts of a release whose bytes are too many to be kept.
    pub async fn remember(&self, named: &Named, delivery: &Delivery, facts: &Facts) {
        let place = self.cache.as_ref().zip(named.name.as_ref());
        if let (false, Some((cache, name))) = (delivery.is_kept(), place)
            && cache.keep_facts(name, facts).await.is_err()
        {
            tracing::warn!(event = "facts_not_kept", object_key = named.object_key);
        }
    }

    /// The bytes of a part of a release, of which enough is there to begin. What fails before that may begin again.
    ///
    /// # Errors
    /// As [`Releases::facts`], and [`Kind::TimeLimit`] where it cannot be done in time.
    pub async fn delivery<O: Opens>(
        &self,
        wanted: &mut Wanted<'_, O>,
        deadline: Instant,
        extent: &Extent,
    ) -> Result<Delivery> {
        let mut tries = 0;
        loop {
            let mut delivery = self.begin(wanted, deadline, tries).await?;
            match delivery.ready(extent, deadline).await {
                Ok(()) => return Ok(delivery),
                Err(error) if tries + 1 < TRIES => tries = next_try(tries, error)?,
                Err(error) => return Err(error),
            }
        }
    }

    /// How many releases are made at once, where so many are wanted.
    pub fn at_once(&self, wanted: usize) -> usize {
        wanted.clamp(1, self.options.threads.max(1))
    }

    /// From the cache, or from whoever makes it; else it begins. The last try goes without the cache.
    async fn begin<O: Opens>(
        &self,
        wanted: &mut Wanted<'_, O>,
        deadline: Instant,
        tries: usize,
    ) -> Result<Delivery> {
        let named = wanted.named;
        let kept = self.cache.as_ref().zip(named.name.as_ref());
        let kept = kept.filter(|_| tries + 1 < TRIES && self.may_keep(named));
        let Some((cache, name)) = kept else {
            let busy = self.at_work.begin().await;
            let object = wanted.object().await?;
            return Ok(self.once(wanted, object, busy));
        };
        match cache.find(name, deadline).await? {
            Found::Held(held) => {
                self.kept.fetch_add(1, Ordering::Relaxed);
                Ok(Delivery::new(From::Kept(held), None))
            }
            Found::Missing(ticket) => {
                let busy = self.at_work.begin().await;
                let object = wanted.object().await?;
                Ok(self.keep(wanted, object, ticket, busy))
            }
        }
    }

    fn keep<O: Opens>(
        &self,
        wanted: &Wanted<'_, O>,
        object: Fetched,
        ticket: Ticket,
        busy: Busy,
    ) -> Delivery {
        self.made.fetch_add(1, Ordering::Relaxed);
        let (writer, held) = ticket.begin();
        let recipe = self.recipe(wanted);
        let end = |writer: EntryWriter, made: Result<Facts>| match made {
            // The reader hears of a failure by the entry.
            Ok(facts) => drop(writer.finish(facts)),
            Err(error) => drop(writer.fail(&error)),
        };
        let making = recipe.start(object, writer, busy, end);
        if !self.outlives {
            let stop = Arc::clone(&making);
            held.on_abandoned(move || stop.stop());
        }
        Delivery::new(From::Kept(held), Some(making))
    }

    fn once<O: Opens>(&self, wanted: &Wanted<'_, O>, object: Fetched, busy: Busy) -> Delivery {
        self.made.fetch_add(1, Ordering::Relaxed);
        let (writer, once, verdict) = once::channel();
        let end = move |writer: OnceWriter, made: Result<Facts>| {
            let made = made.and_then(|facts| {
                let unread = |_| Error::new(Kind::Output, "nobody takes the release any more");
                writer.finish().map_err(unread)?;
                Ok(facts)
            });
            // Nobody listens where the answer was given up.
            let _ = verdict.send(made);
        };
        let recipe = self.recipe(wanted);
        let making = recipe.start(object, writer, busy, end);
        Delivery::new(From::Made(Box::new(once)), Some(making))
    }

    /// Whether it is worth trying to keep it. CSV takes about its object's length; Parquet a small part of that, and its
    /// filler nothing. What does not fit after all is made once more, and not kept.
    fn may_keep(&self, named: &Named) -> bool {
        named.settings.format == Format::Parquet || named.object.length.unwrap_or(0) <= self.room
    }

    fn recipe<O: Opens>(&self, wanted: &Wanted<'_, O>) -> Recipe {
        let options = Options {
            threads: (self.options.threads / wanted.beside).max(1),
            memory_limit: self.options.memory_limit / wanted.beside,
            ..self.options.clone()
        };
        Recipe::new(wanted.ask, wanted.named, &options)
    }
}

impl<O: Opens> Wanted<'_, O> {
    /// The object, opened, in the version that the release is named by.
    async fn object(&mut self) -> Result<Fetched> {
        let object = match self.opened.take() {
            Some(object) => object,
            None => self.opens.open(&self.named.object_key).await?,
        };
        if self.named.object.is(&object.version) {
            Ok(object)
        } else {
            let message = "the object changed while it was asked for: ask again";
            Err(Error::new(Kind::Source, message))
        }
    }
}

/// Which try comes after a failed one. What was kept may be damaged, or who made it gave it up: it is begun anew. What
/// has no room is not tried to be kept again.
///
/// # Errors
/// Whatever else it failed with.
fn next_try(tries: usize, error: Error) -> Result<usize> {
    if is_no_room(&error) {
        return Ok(TRIES - 1);
    }
    if is_damaged(&error) || error.kind() == Kind::Interrupted {
        return Ok(tries + 1);
    }
    Err(error)
}
