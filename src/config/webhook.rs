//! Settings of the webhook.

use zeroize::Zeroizing;

use super::{Aws, Service, WEBHOOK_TOKEN, text};
use crate::error::{Error, Kind, Result};

/// The token is sent with every event; a shorter one is guessed sooner than it is changed.
const MIN_TOKEN: usize = 16;

/// Settings of the webhook. Without `Debug`: they hold secrets.
pub struct Webhook {
    /// What answers its requests.
    pub service: Service,
    /// What whoever sends an event must know.
    pub token: Option<Zeroizing<String>>,
}

impl Webhook {
    /// Reads the variables. Credentials are optional: keys with another suffix take them, and buckets in other settings.
    ///
    /// # Errors
    /// [`Kind::Settings`] for variables that are no text, half an account, and a token that is short.
    pub fn read() -> Result<Self> {
        let token = text(WEBHOOK_TOKEN)?.map(Zeroizing::new);
        if token.as_ref().is_some_and(|token| token.len() < MIN_TOKEN) {
            let message = format!("{WEBHOOK_TOKEN} is shorter than {MIN_TOKEN} characters");
            return Err(Error::new(Kind::Settings, message));
        }
        Ok(Self {
            service: Service::read(Aws::find()?)?,
            token,
        })
    }
}
