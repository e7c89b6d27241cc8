//! Clients of AWS's own crate, for what the object store cannot do: answering S3 Object Lambda, and reading a secret.

use std::net::IpAddr;
use std::time::Duration;

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use reqwest::Url;
use zeroize::Zeroizing;

use super::{Variables, text};
use crate::error::{Error, Kind, Result};

/// How long a connection waits for its next use: less than AWS keeps it, since a function that was frozen would
/// otherwise wake with a dead one, and an answer that streams cannot be sent twice.
const IDLE: Duration = Duration::from_secs(3);

/// How long a call waits before it is tried again, about: somebody waits for it.
const BACKOFF: Duration = Duration::from_millis(100);

/// The variable without which there is no account.
const ACCOUNT: &str = "AWS_ACCESS_KEY_ID";

/// The variable of the region.
const REGION: &str = "AWS_REGION";

/// Where nothing says which region it is, as in stores that have none: the one that S3's clients take.
const SOME_REGION: &str = "us-east-1";

/// Account, region and endpoint, as Lambda sets them. Without `Debug`: they are secrets.
#[derive(Clone)]
pub struct Aws {
    credentials: Credentials,
    region: Region,
    endpoint: Option<Url>,
}

impl Aws {
    /// Reads `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION` and `AWS_ENDPOINT_URL`.
    pub(super) fn read() -> Result<Self> {
        Self::of(needed(&text, REGION)?, &text)
    }

    /// The same, where there is an account. Without a region it is [`SOME_REGION`].
    pub(super) fn find() -> Result<Option<Self>> {
        Self::find_in(&text)
    }

    /// The same, of these variables.
    pub(super) fn find_in(variables: &Variables) -> Result<Option<Self>> {
        if variables(ACCOUNT)?.is_none() {
            return Ok(None);
        }
        let region = variables(REGION)?.unwrap_or_else(|| SOME_REGION.to_owned());
        Self::of(region, variables).map(Some)
    }

    fn of(region: String, variables: &Variables) -> Result<Self> {
        let endpoint = variables("AWS_ENDPOINT_URL")?.map(|text| {
            let url = Url::parse(&text).ok().filter(Url::has_host);
            url.ok_or_else(|| {
                let message = "AWS_ENDPOINT_URL is no URL: it is http://host:port, or https://host";
                Error::new(Kind::Settings, message)
            })
        });
        let credentials = Credentials::new(
            needed(variables, ACCOUNT)?,
            needed(variables, "AWS_SECRET_ACCESS_KEY")?,
            variables("AWS_SESSION_TOKEN")?,
            None,
            "environment",
        );
        Ok(Self {
            credentials,
            region: Region::new(region),
            endpoint: endpoint.transpose()?,
        })
    }

    /// The host that stands in for AWS, if any.
    pub fn endpoint_host(&self) -> Option<&str> {
        self.endpoint.as_ref().and_then(Url::host_str)
    }

    /// S3, for one thing: `WriteGetObjectResponse`. A token is good for one call and a body streams, so nothing is tried
    /// twice; and a slow release is no stalled one.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = self.s3_config().retry_config(RetryConfig::disabled());
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// S3, for objects of a bucket that stream from and to files. Their checksums are our own: the client's would make a
    /// body another one, in a form that not every store reads.
    pub fn s3_objects(&self) -> aws_sdk_s3::Client {
        let config = self
            .s3_config()
            .retry_config(RetryConfig::standard().with_initial_backoff(BACKOFF))
            .force_path_style(self.endpoint.is_some())
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    fn s3_config(&self) -> aws_sdk_s3::config::Builder {
        let mut config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .credentials_provider(self.credentials.clone())
            .region(self.region.clone())
            .http_client(self.http_client())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_endpoint_url(self.endpoint.as_ref().map(Url::to_string));
        config
    }

    /// What a secret holds as text, by its name or ARN.
    ///
    /// # Errors
    /// [`Kind::Key`], without the name.
    pub(super) async fn secret(&self, id: &str) -> Result<Zeroizing<String>> {
        let mut config = aws_sdk_secretsmanager::Config::builder()
            .behavior_version(aws_sdk_secretsmanager::config::BehaviorVersion::v2026_01_12())
            .credentials_provider(self.credentials.clone())
            .region(self.region.clone())
            .http_client(self.http_client());
        config.set_endpoint_url(self.endpoint.as_ref().map(Url::to_string));
        let client = aws_sdk_secretsmanager::Client::from_conf(config.build());
        let answer = client.get_secret_value().secret_id(id).send().await;
        let answer = answer.map_err(|err| {
            let message = "the secret cannot be read from Secrets Manager: check its name, and that veilpoint's own rights (of a function, its role) reach it";
            Error::new(Kind::Key, message).with_private(err)
        })?;
        answer.secret_string.map(Zeroizing::new).ok_or_else(|| {
            let message = "the secret in Secrets Manager holds bytes: it must hold text";
            Error::new(Kind::Key, message)
        })
    }

    fn http_client(&self) -> SharedHttpClient {
        http_client(self.endpoint_host())
    }
}

/// The client of all that is AWS's, or of the host that stands in for it.
pub(super) fn http_client(endpoint_host: Option<&str>) -> SharedHttpClient {
    let builder = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .pool_idle_timeout(IDLE);
    match endpoint_host {
        None => builder.build_https(),
        Some(host) => builder.build_with_resolver(Below(host.to_owned())),
    }
}

fn needed(variables: &Variables, name: &str) -> Result<String> {
    variables(name)?.ok_or_else(|| Error::new(Kind::Settings, format!("{name} is not set")))
}

/// Names below this host are this host: the client puts the route of an answer in front of any endpoint, and no resolver
/// knows `route.127.0.0.1`.
#[derive(Clone, Debug)]
struct Below(String);

impl Below {
    fn real<'a>(&'a self, name: &'a str) -> &'a str {
        let below = name
            .strip_suffix(self.0.as_str())
            .is_some_and(|rest| rest.ends_with('.'));
        if below { &self.0 } else { name }
    }
}

impl ResolveDns for Below {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        let real = self.real(name);
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((real, 0)).await;
            let found = found.map_err(ResolveDnsError::new)?;
            Ok(found.map(|address| address.ip()).collect::<Vec<IpAddr>>())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_below_the_endpoint_are_the_endpoint() {
        let below = Below("127.0.0.1".into());
        for (name, real) in [
            ("io-cell001.127.0.0.1", "127.0.0.1"),
            ("127.0.0.1", "127.0.0.1"),
            ("9127.0.0.1", "9127.0.0.1"),
            ("s3.amazonaws.com", "s3.amazonaws.com"),
        ] {
            assert_eq!(below.real(name), real);
        }
    }
}
