//! Settings of what answers requests: what the Lambda function and the webhook share.

use super::{
    Aws, CacheSettings, Environment, KEY_FILE, KEY_SECRET, RECORDS, SQL, SQL_FOLDER, text,
};
use crate::error::{Error, Kind, Result};
use crate::key::MasterKey;

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
    environment: Environment,
    key_secret: Option<String>,
}

impl Service {
    /// Reads the variables.
    ///
    /// # Errors
    /// [`Kind::Settings`] for variables that are no text.
    pub(super) fn read(aws: Option<Aws>) -> Result<Self> {
        Ok(Self {
            sql: text(SQL)?.unwrap_or_else(|| SQL_FOLDER.to_owned()),
            records: text(RECORDS)?,
            aws,
            cache: CacheSettings::read()?,
            environment: Environment::read()?,
            key_secret: text(KEY_SECRET)?,
        })
    }

    /// Whether a master key is named.
    pub fn has_key(&self) -> bool {
        let here = &self.environment;
        here.key_file.is_some() || here.key.is_some() || self.key_secret.is_some()
    }

    /// The master key: of [`KEY_FILE`], else [`KEY`](super::KEY), else the secret that [`KEY_SECRET`] names.
    ///
    /// # Errors
    /// [`Kind::Key`] where none is named, or the one that is cannot be had.
    pub async fn master_key(&self) -> Result<MasterKey> {
        let here = &self.environment;
        if let Some(file) = &here.key_file {
            return MasterKey::read_file(file);
        }
        if let Some(text) = &here.key {
            return MasterKey::parse_hex(text);
        }
        let refused = |message: String| Err(Error::new(Kind::Key, message));
        match (&self.key_secret, &self.aws) {
            (Some(id), Some(aws)) => aws.secret(id).await,
            (Some(_), None) => refused(format!(
                "the secret that {KEY_SECRET} names takes credentials to read: set AWS_ACCESS_KEY_ID"
            )),
            (None, _) => refused(format!(
                "there is no master key: name its secret in {KEY_SECRET}, or its file in {KEY_FILE}"
            )),
        }
    }
}
