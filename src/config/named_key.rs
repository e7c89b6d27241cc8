//! The master key that the environment names, for servers: they make none.

use super::{Aws, Environment, KEY_FILE, KEY_SECRET, text};
use crate::error::{Error, Kind, Result};
use crate::key::MasterKey;

/// What the variables name. Without `Debug`: it holds a secret.
pub(super) struct NamedKey {
    environment: Environment,
    secret: Option<String>,
}

impl NamedKey {
    /// Reads the variables.
    ///
    /// # Errors
    /// [`Kind::Settings`] or [`Kind::Key`] for what is no text.
    pub fn read() -> Result<Self> {
        Ok(Self {
            environment: Environment::read()?,
            secret: text(KEY_SECRET)?,
        })
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        let here = &self.environment;
        here.key_file.is_some() || here.key.is_some() || self.secret.is_some()
    }

    /// The key of [`KEY_FILE`], else of [`KEY`](super::KEY), else of the secret that [`KEY_SECRET`] names.
    ///
    /// # Errors
    /// [`Kind::Key`] where none is named, or the one that is cannot be had.
    pub async fn get(&self, aws: Option<&Aws>) -> Result<MasterKey> {
        let here = &self.environment;
        if let Some(file) = &here.key_file {
            return MasterKey::read_file(file);
        }
        if let Some(text) = &here.key {
            return MasterKey::parse_hex(text);
        }
        let refused = |message: String| Err(Error::new(Kind::Key, message));
        match (&self.secret, aws) {
            (Some(id), Some(aws)) => MasterKey::parse_hex(&aws.secret(id).await?),
            (Some(_), None) => refused(format!(
                "the secret that {KEY_SECRET} names takes credentials to read: set AWS_ACCESS_KEY_ID"
            )),
            (None, _) => refused(format!(
                "there is no master key: name its secret in {KEY_SECRET}, or its file in {KEY_FILE}"
            )),
        }
    }
}
