//! Settings of the gateway: `veilpoint.toml`.
//!
//! ```text
//! text ─▶ table, value (each key is taken once, as what it must be) ─▶ network, storage, limits, points, credentials
//!             └──▶ report (mistakes and notes, each at its line) ◀── secret (read last) ◀──┘           │
//!                                                                                                  Gateway
//! ```
//! The crate `toml` says what the text is and where; what it must be is read here: serde's errors quote values, and a
//! value may be a secret in the wrong place. All mistakes of a file are said together. `keys` lists every key.

mod credentials;
mod files;
mod keys;
mod limits;
mod network;
mod old_keys;
mod points;
mod read;
mod report;
mod restart;
mod secret;
mod storage;
mod table;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

pub use self::credentials::Credential;
use self::credentials::Unread;
pub use self::files::Files;
pub use self::limits::Limits;
pub use self::network::Tls;
pub use self::points::PointSettings;
pub use self::secret::KeyPlace;
use super::key_versions::KeyVersions;
use super::named_key::NamedKey;
use super::{Aws, CacheSettings, SQL_FOLDER, Variables, text};
use crate::error::Result;
use crate::key::{KeyRing, KeyVersion};

/// Where it listens unless a setting says otherwise: on this machine, for this machine.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9300);

/// The region that it says it is in, unless a setting says otherwise: the one that S3's clients take.
const REGION: &str = "us-east-1";

/// Settings of the gateway, checked. Without `Debug`: they hold secrets.
pub struct Gateway {
    /// The file that they are from.
    pub file: Option<PathBuf>,
    /// Where it listens; port 0 is a free one.
    pub listen: SocketAddr,
    /// Names below which buckets are hosts, in lower case and without port; none is below another.
    pub domains: Vec<String>,
    /// What `GetBucketLocation` answers.
    pub region: String,
    /// Where health and metrics are.
    pub admin: Option<SocketAddr>,
    /// TLS, of files that exist.
    pub tls: Option<Tls>,
    /// Where contracts and projections lie: a folder, or `s3://bucket/prefix/`.
    pub sql: String,
    /// Where the master key lies; else the environment says so.
    pub key: Option<KeyPlace>,
    /// Which version it has; else the environment says so.
    pub key_version: Option<KeyVersion>,
    /// Where the master keys of other versions lie, for the access points that are pinned to them.
    pub old_keys: BTreeMap<KeyVersion, KeyPlace>,
    /// Where releases are kept.
    pub cache: CacheSettings,
    /// Where records are written beside the log: `s3://bucket/prefix/`.
    pub records: Option<String>,
    /// What is taken on at once, and how long it may take.
    pub limits: Limits,
    /// Access points by name, at least one in a file.
    pub access_points: BTreeMap<String, PointSettings>,
    /// Credentials, whose access points exist and whose ids differ.
    pub credentials: Vec<Credential>,
    /// All files that they are from, as they were before they were read: an edit of one of them is an edit of the settings.
    pub files: Files,
    /// What is allowed and yet may not be meant, for the log: a line each, with its place.
    pub notes: Vec<String>,
}

impl Default for Gateway {
    /// What is left out, without access points.
    fn default() -> Self {
        Self {
            file: None,
            listen: LISTEN,
            domains: Vec::new(),
            region: REGION.to_owned(),
            admin: None,
            tls: None,
            sql: SQL_FOLDER.to_owned(),
            key: None,
            key_version: None,
            old_keys: BTreeMap::new(),
            cache: CacheSettings::usual(),
            records: None,
            limits: Limits::default(),
            access_points: BTreeMap::new(),
            credentials: Vec::new(),
            files: Files::default(),
            notes: Vec::new(),
        }
    }
}

impl Gateway {
    /// Reads a file, and the secrets that it names. Paths in it are relative to its folder. Sources and projections are
    /// not asked, but for folders, which must exist.
    ///
    /// # Errors
    /// [`Kind::Settings`](crate::Kind::Settings) with all that is wrong, a line each: `veilpoint.toml:12:3: …`, and what
    /// to do. No value is quoted, since each may be a secret in the wrong place.
    pub async fn load(path: &Path) -> Result<Self> {
        Self::load_in(path, &text).await
    }

    async fn load_in(path: &Path, variables: &Variables) -> Result<Self> {
        // Before they are read: an edit in between is seen as one that is still to be read.
        let file = Files::at([path.to_owned()]);
        let text = read::text(path)?;
        let (mut gateway, unread, mut report) = read::file(path, &text, variables);
        gateway.files = file.and(gateway.named_files(&unread));
        for credential in unread {
            match credential.with_secret(variables).await {
                Ok(credential) => gateway.credentials.push(credential),
                Err((at, what)) => report.wrong(at, what),
            }
        }
        gateway.notes = report.end(path, &text)?;
        Ok(gateway)
    }

    fn named_files(&self, unread: &[Unread]) -> Files {
        let secrets = unread.iter().map(|credential| &credential.place.1);
        let secrets = secrets.chain(&self.key).chain(self.old_keys.values());
        let secrets = secrets.filter_map(KeyPlace::file);
        let tls = self
            .tls
            .iter()
            .flat_map(|tls| [&*tls.certificate, &*tls.key]);
        Files::at(secrets.chain(tls).map(Path::to_owned))
    }

    /// The master key and those of other versions: of `key`, `key_version` and `old_keys`, else as the environment says
    /// ([`KEY_FILE`](super::KEY_FILE), [`KEY`](super::KEY), [`KEY_SECRET`](super::KEY_SECRET), in this order;
    /// [`KEY_VERSION`](super::KEY_VERSION), [`OLD_KEYS`](super::OLD_KEYS)); none where nothing names one.
    ///
    /// # Errors
    /// [`Kind::Key`](crate::Kind::Key) for one that is named and cannot be had: no other takes its place.
    pub async fn keys(&self) -> Result<Option<KeyRing>> {
        if let Some(place) = &self.key {
            let versions = KeyVersions::default().and(self.key_version, &self.old_keys);
            let key = place.master_key(&text).await?;
            return versions.ring(key, &text).await.map(Some);
        }
        let named = NamedKey::read()?;
        if !named.is_there() {
            return Ok(None);
        }
        let versions = KeyVersions::read()?.and(self.key_version, &self.old_keys);
        let key = named.get(Aws::find()?.as_ref()).await?;
        versions.ring(key, &text).await.map(Some)
    }
}
