//! Settings of the Lambda function.

use super::{
    Aws, CacheSettings, Environment, KEY_SECRET, RECORDS, RUNTIME_API, SQL, SQL_FOLDER, WARM,
    WARM_BUCKET, read, text,
};
use crate::error::{Error, Kind, Result};
use crate::key::MasterKey;

/// What else the Lambda runtime must say; its library panics without.
const RUNTIME: [&str; 3] = [
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
];

/// Settings of the Lambda function. Without `Debug`: they hold secrets.
pub struct Function {
    /// Where contracts and projections lie.
    pub sql: String,
    /// Where records are written beside the log.
    pub records: Option<String>,
    /// Credentials, region and endpoint.
    pub aws: Aws,
    /// Where releases are kept.
    pub cache: CacheSettings,
    /// Access points whose releases are made beforehand, as JSON.
    pub warm: Option<String>,
    /// Where their objects are read, if not in the bucket that tells of them.
    pub warm_bucket: Option<String>,
    environment: Environment,
    key_secret: Option<String>,
}

impl Function {
    /// Reads the variables.
    ///
    /// # Errors
    /// [`Kind::Settings`] outside of a Lambda runtime, and for variables that are no text.
    pub fn read() -> Result<Self> {
        let missing = [RUNTIME_API].into_iter().chain(RUNTIME);
        if let Some(name) = missing.into_iter().find(|name| read(name).is_none()) {
            let message = format!(
                "{name} is not set: this command is for the Lambda runtime, or an emulator of it; see samples/events"
            );
            return Err(Error::new(Kind::Settings, message));
        }
        Ok(Self {
            sql: text(SQL)?.unwrap_or_else(|| SQL_FOLDER.to_owned()),
            records: text(RECORDS)?,
            aws: Aws::read()?,
            cache: CacheSettings::read()?,
            warm: text(WARM)?,
            warm_bucket: text(WARM_BUCKET)?,
            environment: Environment::read()?,
            key_secret: text(KEY_SECRET)?,
        })
    }

    /// Whether a master key is named.
    pub fn has_key(&self) -> bool {
        let here = &self.environment;
        here.key_file.is_some() || here.key.is_some() || self.key_secret.is_some()
    }

    /// The master key: of [`KEY_FILE`](super::KEY_FILE), else [`KEY`](super::KEY), else the secret that [`KEY_SECRET`] names.
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
        match &self.key_secret {
            Some(id) => self.aws.secret(id).await,
            None => Err(Error::new(
                Kind::Key,
                format!("there is no master key: name its secret in {KEY_SECRET}"),
            )),
        }
    }
}
