//! Settings of what answers requests: what the Lambda function and the webhook share.

use super::named_key::NamedKey;
use super::{Aws, CacheSettings, RECORDS, SQL, SQL_FOLDER, text};
use crate::error::Result;
use crate::key::KeyRing;

/// Settings of what answers requests. Without `Debug`: they hold secrets.
pub struct Service {
    /// Where contracts and projections lie.
    pub sql: String,
    /// Where records are written beside the log.
    pub records: Option<String>,
    /// Our own credentials, with region and endpoint, where there are any.
    pub aws: Option<Aws>,
    /// Where releases are kept.
    pub cache: CacheSettings,
    key: NamedKey,
}

impl Service {
    /// Reads the variables.
    ///
    /// # Errors
    /// [`Kind::Settings`](crate::Kind::Settings) for variables that are no text.
    pub(super) fn read(aws: Option<Aws>) -> Result<Self> {
        Ok(Self {
            sql: text(SQL)?.unwrap_or_else(|| SQL_FOLDER.to_owned()),
            records: text(RECORDS)?,
            aws,
            cache: CacheSettings::read()?,
            key: NamedKey::read()?,
        })
    }

    /// Whether a master key is named.
    pub fn has_key(&self) -> bool {
        self.key.is_there()
    }

    /// The master key, with those of other versions: of [`KEY_FILE`](super::KEY_FILE), else [`KEY`](super::KEY), else the secret that
    /// [`KEY_SECRET`](super::KEY_SECRET) names.
    ///
    /// # Errors
    /// [`Kind::Key`](crate::Kind::Key) where none is named, or one that is cannot be had.
    pub async fn keys(&self) -> Result<KeyRing> {
        super::key_ring(self.key.get(self.aws.as_ref()).await?).await
    }
}
