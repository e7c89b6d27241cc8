//! Settings of the Lambda function.

use super::{Aws, RUNTIME_API, Service, WARM, WARM_BUCKET, read, text};
use crate::error::{Error, Kind, Result};

/// What else the Lambda runtime must say; its library panics without.
const RUNTIME: [&str; 3] = [
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
];

/// Settings of the Lambda function. Without `Debug`: they hold secrets.
pub struct Function {
    /// What answers its requests.
    pub service: Service,
    /// Credentials, region and endpoint.
    pub aws: Aws,
    /// Access points whose releases are made beforehand, as JSON.
    pub warm: Option<String>,
    /// Where their objects are read, if not in the bucket that tells of them.
    pub warm_bucket: Option<String>,
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
        let aws = Aws::read()?;
        Ok(Self {
            service: Service::read(Some(aws.clone()))?,
            aws,
            warm: text(WARM)?,
            warm_bucket: text(WARM_BUCKET)?,
        })
    }
}
