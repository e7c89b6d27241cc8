//! What a process keeps between requests that come with a presigned URL, whichever way they come in.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::event::Event;
use super::versions::Versions;
use crate::access_point::{AccessPoint, Ask, Record, Releases};
use crate::config;
use crate::door::s3::log;
use crate::error::{Error, Kind, Result};
use crate::key::KeyRing;
use crate::release::Options;
use crate::request::Payload;
use crate::source::{Fetcher, Hosts, LiveSql, Origin, OwnStore, RecordPrefix};

/// What is kept of the time for saying that it was not enough; a quarter of it, if it is short.
pub const RESERVE: Duration = Duration::from_secs(2);

/// How long the start waits for the projections. Lambda gives it 10 s, and begins again after that.
pub const START: Duration = Duration::from_secs(5);

/// Bytes that a projection which is not row by row may use before it spills: the least function that is deployed has
/// 1,769 MB, of which everything else takes some hundred.
const MEMORY_LIMIT: usize = 512 * 1024 * 1024;

/// Projections, clients, key and releases: what answers requests. Projections are proven with the start; clients and key
/// come with the first request that needs them.
pub struct Service {
    /// Contracts and projections.
    pub sql: LiveSql,
    /// Releases, made or kept.
    pub releases: Releases,
    /// Where presigned URLs may lead.
    pub hosts: Hosts,
    /// Versions of objects that were seen.
    pub versions: Versions,
    settings: config::Service,
    records: Option<RecordPrefix>,
    keys: OnceCell<KeyRing>,
    fetcher: OnceLock<Fetcher>,
    stores: Mutex<HashMap<Origin, OwnStore>>,
}

impl Service {
    /// By these settings; presigned URLs may lead to these hosts.
    ///
    /// # Errors
    /// [`Kind::Settings`] for settings that cannot be right.
    pub fn new(settings: config::Service, hosts: Hosts) -> Result<Self> {
        let records = settings.records.as_deref();
        let options = Options {
            memory_limit: MEMORY_LIMIT,
            ..Options::default()
        };
        Ok(Self {
            sql: LiveSql::new(&settings.sql)?,
            releases: Releases::open(&settings.cache, options)?,
            hosts,
            versions: Versions::default(),
            records: records.map(RecordPrefix::parse).transpose()?,
            keys: OnceCell::new(),
            fetcher: OnceLock::new(),
            stores: Mutex::default(),
            settings,
        })
    }

    /// Everything about a request that can be refused before it is looked for: who asks through which projection.
    ///
    /// # Errors
    /// What the payload or its projection is refused for; [`Kind::Key`].
    pub async fn ask(&self, event: &Event) -> Result<Ask> {
        let payload = Payload::parse(&event.payload)?;
        self.ask_of(&event.access_point, &payload).await
    }

    /// The same, for an access point whose payload is read.
    ///
    /// # Errors
    /// As [`Service::ask`].
    pub async fn ask_of(&self, access_point: &str, payload: &Payload) -> Result<Ask> {
        let catalog = self.sql.current().await?;
        let point = AccessPoint::of_payload(payload, &catalog)?;
        // One that works without a key has its ETag from it, where there is one.
        let keys = if point.served.projection.needs_key() || self.settings.has_key() {
            Some(self.keys().await?)
        } else {
            None
        };
        Ask::new(access_point, point, keys)
    }

    async fn keys(&self) -> Result<&KeyRing> {
        self.keys.get_or_try_init(|| self.settings.keys()).await
    }

    /// What reads presigned URLs.
    ///
    /// # Errors
    /// As [`Fetcher::new`].
    pub fn fetcher(&self) -> Result<&Fetcher> {
        if let Some(fetcher) = self.fetcher.get() {
            return Ok(fetcher);
        }
        let fetcher = Fetcher::new()?;
        Ok(self.fetcher.get_or_init(|| fetcher))
    }

    /// Whether we have rights of our own.
    pub fn has_rights(&self) -> bool {
        self.settings.aws.is_some()
    }

    /// A bucket, with our own rights.
    ///
    /// # Errors
    /// [`Kind::Denied`] where there are none.
    pub fn own_store(&self, origin: &Origin) -> Result<OwnStore> {
        if !self.has_rights() {
            let message = "an object's own key is the only one that is read here: for its release under another suffix, \
                           veilpoint needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of its own";
            return Err(Error::new(Kind::Denied, message));
        }
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = stores.get(origin) {
            return Ok(store.clone());
        }
        let store = origin.open()?;
        stores.insert(origin.clone(), store.clone());
        Ok(store)
    }

    /// Writes the record of a release that was sent.
    pub async fn keep(&self, record: &Record) {
        log::keep(self.records.as_ref(), record).await;
    }
}
