//! `veilpoint serve`: an S3 endpoint whose buckets are access points, read only.
//!
//! ```text
//! server.rs   connections, with their limits and TLS, until it is told to stop
//! front.rs    one request: its id, what is refused before anybody is asked, its line in the log
//! signed.rs   the form of a signature, as S3 reads it
//!   │         s3s: addressing, signatures, names of operations, XML of errors
//! access.rs   whose signature it is, and what they may do
//! route.rs    GET, HEAD and LIST of releases, as S3 reads them from headers and query
//! buckets.rs  what is asked of buckets themselves
//! object.rs   key → raw object → the access point's answer
//! reply.rs    the answer → response, and whether it was taken
//! list.rs     a page of releases
//!
//! in_force.rs settings, access points, credentials, projections: what holds at one moment, swapped whole
//! reload.rs   an edit → what holds from now on, or why it does not
//! admin.rs    health and metrics, at an address of their own
//! ```
//! Reads are taken in a route of our own, behind s3s' check of signatures: S3 passes over ranges and conditions that are
//! malformed where s3s' typed operations refuse them, and the access point reads both as S3 does, for all doors alike.
//!
//! # Memory
//! Connections (`limits.connections`) × (64 KiB and two pieces of a release, or 8 MiB where it is not kept); releases that are made
//! (`limits.transformations`), each as [`release`](crate::release) says, and `limits.memory` where one sorts; and the page
//! of a listing that is on its way.

mod access;
mod admin;
mod buckets;
mod front;
mod in_force;
mod list;
mod metrics;
mod object;
mod reload;
mod reply;
mod route;
mod server;
mod signed;
mod stalling;
mod tasks;
mod tls;
mod trace;

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use tokio::net::TcpListener;
use tokio::time::timeout;

use self::front::Front;
use self::in_force::InForce;
use self::metrics::Metrics;
use self::tasks::Tasks;
use self::tls::Tls;
use crate::access_point::{Record, Releases, VERSION};
use crate::config;
use crate::door::s3::log::{self, Line};
use crate::error::{Error, Kind, Result};
use crate::release::Options;
use crate::source::RecordPrefix;

/// How long the start waits for the projections: what needs them waits by itself after that.
const START: Duration = Duration::from_secs(20);

/// What answers requests.
struct Gateway {
    in_force: RwLock<Arc<InForce>>,
    releases: Releases,
    records: Option<RecordPrefix>,
    metrics: Metrics,
    tasks: Tasks,
    started: SystemTime,
}

/// Where it listens.
pub struct Listeners {
    /// For S3's clients.
    pub s3: TcpListener,
    /// For health and metrics, where they are wanted.
    pub admin: Option<TcpListener>,
}

impl Listeners {
    /// Binds an address for S3's clients, and one for health and metrics if they are wanted.
    ///
    /// # Errors
    /// [`Kind::Settings`], with the setting's name.
    pub async fn bind(listen: SocketAddr, admin: Option<SocketAddr>) -> Result<Self> {
        let admin = match admin {
            Some(address) => Some(bind(address, "admin").await?),
            None => None,
        };
        let s3 = bind(listen, "listen").await?;
        Ok(Self { s3, admin })
    }

    /// Where S3's clients are listened to, with the port that was free where none was named.
    ///
    /// # Errors
    /// [`Kind::Internal`].
    pub fn address(&self) -> Result<SocketAddr> {
        let address = self.s3.local_addr();
        address.map_err(|err| {
            Error::new(Kind::Internal, "the socket has no address").with_private(err)
        })
    }

    /// Where health and metrics are, if they are anywhere.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref()?.local_addr().ok()
    }
}

async fn bind(address: SocketAddr, name: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|err| {
        let message =
            format!("{name}: {address} cannot be listened on: it is another's, or in use");
        Error::new(Kind::Settings, message).with_private(err)
    })
}

/// What comes to a running gateway from outside.
pub struct Signals<S, R> {
    /// Ends it.
    pub stop: S,
    /// Reads settings and projections anew, each time that it yields.
    pub reload: R,
}

/// A gateway whose settings are right and whose sources are open. Nobody is let in yet.
pub struct Opened {
    gateway: Arc<Gateway>,
    tls: Tls,
}

impl Opened {
    /// Opens what the settings name.
    ///
    /// # Errors
    /// [`Kind::Settings`] for settings that cannot be right, and sources that cannot be opened; [`Kind::Key`].
    pub async fn open(settings: config::Gateway) -> Result<Self> {
        Ok(Self {
            tls: Tls::of(settings.tls.as_ref())?,
            gateway: Arc::new(Gateway::new(settings).await?),
        })
    }

    /// Answers requests until it is told to stop; then what is under way.
    pub async fn run(
        self,
        listeners: Listeners,
        signals: Signals<impl Future<Output = ()> + Send + 'static, impl AsyncFnMut()>,
    ) {
        let Self { gateway, tls } = self;
        let (began, in_force) = (Instant::now(), gateway.in_force());
        for note in &in_force.settings.notes {
            tracing::warn!(event = "settings_note", message = note);
        }
        // What is wrong here is said in the log, and to each request: an edit may put it right.
        let _ = timeout(START, in_force.look()).await;
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(event = "start", veilpoint = VERSION, milliseconds);
        let front = Arc::new(Front::new(&gateway, &in_force.settings));
        let Signals { stop, reload } = signals;
        {
            // On its own: what reads an edit may wait for a disk, and nobody else is to.
            let connections = in_force.settings.limits.connections;
            let serving = server::serve(front, listeners.s3, tls.clone(), connections, stop);
            let serving = tokio::spawn(serving);
            let reloading = reload::reload(&gateway, &tls, reload);
            let admin = admin::serve(&gateway, listeners.admin);
            tokio::pin!(serving, reloading, admin);
            tokio::select! {
                _ = &mut serving => {}
                () = async { tokio::join!(reloading, admin); } => {}
            }
        }
        // What is shared with other processes is to arrive there.
        gateway.releases.settle().await;
        tracing::info!(event = "stop");
    }
}

impl Gateway {
    async fn new(settings: config::Gateway) -> Result<Self> {
        let options = Options {
            memory_limit: usize::try_from(settings.limits.memory).unwrap_or(usize::MAX),
            ..Options::default()
        };
        let mut releases = Releases::open(&settings.cache, options)?;
        releases.at_most(settings.limits.transformations);
        releases.outlive_requests();
        let records = settings.records.as_deref();
        let records = records.map(RecordPrefix::parse).transpose()?;
        Ok(Self {
            in_force: RwLock::new(Arc::new(InForce::of(settings, None).await?)),
            releases,
            records,
            metrics: Metrics::new(),
            tasks: Tasks::default(),
            started: SystemTime::now(),
        })
    }

    /// What holds at this moment.
    fn in_force(&self) -> Arc<InForce> {
        Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on this holds. Requests under way end with what held before.
    fn swap(&self, next: InForce) {
        *self
            .in_force
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
    }

    /// The end of a request.
    fn ended(&self, line: &Line) {
        self.metrics.count(line);
        line.write();
    }

    /// Writes the record of a release that was sent.
    async fn keep(&self, record: &Record) {
        log::keep(self.records.as_ref(), record).await;
    }
}
