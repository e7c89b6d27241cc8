//! The catalog of a folder that is edited while it is served.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::SqlSource;
use crate::csv::table;
use crate::dataset::catalog::{Catalog, Texts};
use crate::error::{Error, Kind, Result};

/// How old a look may be. An edit is to be live within 30 s, and a look takes at most [`PATIENCE`].
const CHECK: Duration = Duration::from_secs(25);

/// How long a look that failed is not repeated: a store in trouble is not asked with every request.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// How long a look may take where there is a catalog to go on with. What it has fetched by then, the next look has.
const PATIENCE: Duration = Duration::from_secs(4);

/// How long the first look may take: a third of what S3 gives the request that waits for it.
const FIRST_PATIENCE: Duration = Duration::from_secs(20);

/// The catalog of a folder, or of a prefix in a bucket, kept up to date by those who ask for it.
///
/// It is swapped in whole: a request that holds a [`Catalog`] sees one version of all files, whatever is edited
/// meanwhile, and the next request may see another. There is no thread behind it, since a function has none between
/// requests: the first request 25 s after the last look looks again, and waits for that; all others get the version in
/// force. A request that goes away in the middle of its look leaves it to the next.
///
/// What it logs: `sql_loaded` for each version, `sql_refused` for each refusal when it is new, `sql_unavailable` for each
/// look that failed.
pub struct LiveSql {
    origin: String,
    state: Mutex<State>,
    /// Held by who looks.
    pub(super) looker: tokio::sync::Mutex<Looker>,
}

/// What a look came to.
#[derive(Default)]
struct State {
    in_force: Option<Arc<Catalog>>,
    /// Why a look failed: the answer where nothing is in force.
    failure: Option<Error>,
    /// When the next look is due; at once where there was none yet.
    due: Option<Instant>,
}

pub(super) struct Looker {
    source: SqlSource,
    /// Texts that were read, and whose proof did not come to its end.
    pub(super) unproven: Option<Arc<Texts>>,
}

impl LiveSql {
    /// The folder or `s3://bucket/prefix/` at this location. Nothing is read yet.
    ///
    /// # Errors
    /// [`Kind::Settings`] for what is neither, and for AWS's variables that describe no client.
    pub fn new(location: &str) -> Result<Self> {
        SqlSource::new(location).map(Self::of)
    }

    pub(super) fn of(source: SqlSource) -> Self {
        Self {
            origin: source.origin(),
            state: Mutex::default(),
            looker: tokio::sync::Mutex::new(Looker {
                source,
                unproven: None,
            }),
        }
    }

    /// The catalog in force. It is read first where none is, and looked at again where the last look is older than 25 s.
    ///
    /// # Errors
    /// Why it cannot be read, where none is in force; the same error for 5 s.
    pub async fn current(&self) -> Result<Arc<Catalog>> {
        self.current_at(Instant::now()).await
    }

    /// The next who asks looks again, however short ago the last look was.
    pub fn look_soon(&self) {
        self.state().due = None;
    }

    pub(super) async fn current_at(&self, now: Instant) -> Result<Arc<Catalog>> {
        if let Some(answer) = self.state().answer(now) {
            return answer;
        }
        let in_force = self.state().in_force.clone();
        let (mut looker, patience) = match in_force {
            None => (self.looker.lock().await, FIRST_PATIENCE),
            Some(catalog) => match self.looker.try_lock() {
                Ok(looker) => (looker, PATIENCE),
                Err(_) => return Ok(catalog),
            },
        };
        // Somebody else's look may have ended since.
        if let Some(answer) = self.state().answer(now) {
            return answer;
        }
        self.look(&mut looker, now, patience).await
    }

    /// One look: what it finds comes into force, or its failure is kept.
    pub(super) async fn look(
        &self,
        looker: &mut Looker,
        now: Instant,
        patience: Duration,
    ) -> Result<Arc<Catalog>> {
        let before = self.state().in_force.clone();
        let began = Instant::now();
        let found = self.read(looker, before, patience).await;
        if let Err(error) = &found {
            tracing::error!(event = "sql_unavailable", message = %error);
        }
        let mut state = self.state();
        // After a failure from the end of the look, by its whole seconds: one that waited in vain is not followed by the
        // next at once.
        let delay = match &found {
            Ok(_) => CHECK,
            Err(_) => Duration::from_secs(began.elapsed().as_secs()) + AFTER_FAILURE,
        };
        state.due = Some(now + delay);
        match found {
            Ok(Some(catalog)) => state.in_force = Some(catalog),
            Ok(None) => {}
            Err(error) => state.failure = Some(error),
        }
        state.in_force()
    }

    /// The catalog of what lies there now. None where that is what is in force.
    async fn read(
        &self,
        looker: &mut Looker,
        before: Option<Arc<Catalog>>,
        patience: Duration,
    ) -> Result<Option<Arc<Catalog>>> {
        let texts = timeout(patience, looker.source.texts()).await;
        if let Some(texts) = texts.unwrap_or_else(|_| Err(self.late()))? {
            looker.unproven = Some(Arc::new(texts));
        }
        let Some(texts) = looker.unproven.clone() else {
            return Ok(None);
        };
        let (origin, previous) = (self.origin.clone(), before.clone());
        let proof = spawn_blocking(move || {
            Catalog::prove(&texts, &origin, previous.as_deref(), table::read)
        });
        let catalog = proof.await.map_err(|err| {
            let message = "the proof of the projections broke down";
            Error::new(Kind::Internal, message).with_private(err)
        })?;
        looker.unproven = None;
        tell(&catalog, before.as_deref());
        Ok(Some(Arc::new(catalog)))
    }

    fn late(&self) -> Error {
        let message = "contracts and projections could not be read in time: check the store, region and network";
        Error::new(Kind::Source, message).in_object(&self.origin)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The answer without a look. None where one is due.
    fn answer(&self, now: Instant) -> Option<Result<Arc<Catalog>>> {
        let due = self.due.is_none_or(|due| due <= now);
        (!due).then(|| self.in_force())
    }

    /// The catalog, or why there is none.
    fn in_force(&self) -> Result<Arc<Catalog>> {
        match (&self.in_force, &self.failure) {
            (Some(catalog), _) => Ok(Arc::clone(catalog)),
            (None, Some(error)) => Err(error.public()),
            (None, None) => {
                let message = "contracts and projections were not read";
                Err(Error::new(Kind::Internal, message))
            }
        }
    }
}

/// Logs a version that comes into force, and what is newly refused in it.
fn tell(catalog: &Catalog, before: Option<&Catalog>) {
    tracing::info!(
        event = "sql_loaded",
        projections = catalog.served().count(),
        refused = catalog.refusals().count()
    );
    for (projection, error) in catalog.new_refusals(before) {
        tracing::error!(event = "sql_refused", %projection, message = %error);
    }
}
