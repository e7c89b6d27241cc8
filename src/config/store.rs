//! Buckets and access points, through the object store's client.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::{ClientConfigKey, ObjectStore, RetryConfig};

use super::chain;
use crate::error::{Error, Kind, Result};

/// How long a connection waits for its next use: less than S3 keeps it, since a function that was frozen would otherwise
/// wake with a dead one.
const IDLE: &str = "3s";

/// Where nothing says which region it is, as in stores that have none: the one that S3's clients take.
const SOME_REGION: &str = "us-east-1";

/// How long a store may take to answer before the run fails: long enough for a failover, short enough to wait for.
const RETRY: Duration = Duration::from_mins(1);

/// A bucket, by AWS's own environment variables: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
/// `AWS_REGION`, `AWS_ENDPOINT_URL` (plain HTTP where it says so). Without a key there, by AWS's usual chain:
/// `AWS_PROFILE` or the default one of `~/.aws/config` and `~/.aws/credentials` (roles that it assumes, and its region),
/// web identities, containers, and the instance's own role.
///
/// A function has its key in the environment, and waits for nothing else.
///
/// # Errors
/// [`Kind::Settings`].
pub fn s3(bucket: &str) -> Result<Arc<AmazonS3>> {
    build(client(bucket))
}

/// What lies at a host that stands for a bucket or access point (`https://name-account.s3-accesspoint.…`), with the
/// credentials of [`s3`].
///
/// # Errors
/// [`Kind::Settings`].
pub fn s3_at_host(origin: &str) -> Result<Arc<AmazonS3>> {
    // The host says which bucket it is; the client wants a name, and does not send it.
    let builder = client("bucket")
        .with_virtual_hosted_style_request(true)
        .with_config(AmazonS3ConfigKey::S3Endpoint, origin);
    build(builder)
}

/// A bucket, or an access point's alias, at the head of the path, with the credentials of [`s3`].
///
/// # Errors
/// [`Kind::Settings`].
pub fn s3_at_path(origin: &str, bucket: &str) -> Result<Arc<AmazonS3>> {
    let builder = client(bucket)
        .with_virtual_hosted_style_request(false)
        .with_config(AmazonS3ConfigKey::S3Endpoint, origin);
    build(builder)
}

/// What lies behind an S3 access point, by its ARN and the same variables; the region is the ARN's. Behind
/// `AWS_ENDPOINT_URL`, where no host has a name of its own, the name that the host would begin with is the bucket's.
///
/// # Errors
/// [`Kind::Usage`] for what is no such ARN; [`Kind::Settings`].
pub fn s3_access_point(arn: &str) -> Result<Arc<dyn ObjectStore>> {
    let AccessPoint {
        label,
        region,
        host,
    } = AccessPoint::parse(arn)?;
    let builder = client(&label);
    if endpoint(&builder).is_some() {
        return Ok(build(builder.with_region(region))?);
    }
    let builder = builder
        .with_region(region)
        .with_endpoint(format!("https://{host}"))
        .with_virtual_hosted_style_request(true);
    Ok(build(builder)?)
}

fn client(bucket: &str) -> AmazonS3Builder {
    client_of(bucket, None, None)
}

/// A client's settings: the environment's, with the credentials of a profile, and a region, where they are named.
pub(super) fn client_of(
    bucket: &str,
    profile: Option<&str>,
    region: Option<&str>,
) -> AmazonS3Builder {
    let retry = RetryConfig {
        retry_timeout: RETRY,
        max_retries: 6,
        ..RetryConfig::default()
    };
    let builder = AmazonS3Builder::from_env()
        .with_config(
            AmazonS3ConfigKey::Client(ClientConfigKey::PoolIdleTimeout),
            IDLE,
        )
        .with_bucket_name(bucket)
        .with_retry(retry);
    let says = |key| builder.get_config_value(&key);
    let known = says(AmazonS3ConfigKey::Region);
    let account = [
        AmazonS3ConfigKey::AccessKeyId,
        AmazonS3ConfigKey::SecretAccessKey,
    ];
    if profile.is_none() && account.into_iter().any(|key| says(key).is_some()) {
        return match region {
            Some(region) => builder.with_region(region),
            None => builder,
        };
    }
    let region = match (region, known, profile) {
        (Some(region), _, _) => Some(region.to_owned()),
        // A profile that is named comes before the environment.
        (None, known, Some(_)) => chain::region(profile).or(known),
        (None, known, None) => known.or_else(|| chain::region(None)),
    };
    let region = region.unwrap_or_else(|| SOME_REGION.to_owned());
    builder
        .with_credentials(chain::credentials(profile, &region))
        .with_region(region)
}

/// Another S3 than Amazon's, where the environment names one.
pub(super) fn endpoint(builder: &AmazonS3Builder) -> Option<String> {
    [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint]
        .iter()
        .find_map(|key| builder.get_config_value(key))
}

pub(super) fn build(builder: AmazonS3Builder) -> Result<Arc<AmazonS3>> {
    let plain = endpoint(&builder).is_some_and(|url| url.starts_with("http://"));
    let builder = if plain {
        builder.with_allow_http(true)
    } else {
        builder
    };
    let store = builder.build().map_err(|err| {
        let message = "the AWS_ environment variables do not describe an S3 client: check them";
        Error::new(Kind::Settings, message).with_private(err)
    })?;
    Ok(Arc::new(store))
}

/// What the host of an S3 access point begins with, by its ARN: `name-account`.
///
/// # Errors
/// [`Kind::Usage`] for what is no such ARN.
pub fn access_point_label(arn: &str) -> Result<String> {
    AccessPoint::parse(arn).map(|point| point.label)
}

/// Where an S3 access point is reached.
#[derive(Debug, PartialEq, Eq)]
struct AccessPoint {
    /// What its host begins with: its name and the account.
    label: String,
    region: String,
    host: String,
}

impl AccessPoint {
    /// Reads `arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME`. Its parts become a host that signed requests are sent to:
    /// nothing passes that could make it another's.
    fn parse(arn: &str) -> Result<Self> {
        let parts: Vec<&str> = arn.split(':').collect();
        let plain = |part: &str| {
            let within = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            !part.is_empty() && part.chars().all(within)
        };
        let domain = |partition| match partition {
            "aws" | "aws-us-gov" => Some("amazonaws.com"),
            "aws-cn" => Some("amazonaws.com.cn"),
            _ => None,
        };
        let place = match parts[..] {
            ["arn", partition, "s3", region, account, resource] => domain(partition)
                .zip(resource.strip_prefix("accesspoint/"))
                .filter(|(_, name)| plain(name) && plain(region))
                .filter(|_| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()))
                .map(|(domain, name)| (format!("{name}-{account}"), region, domain)),
            _ => None,
        };
        let Some((label, region, domain)) = place else {
            let message = "an access point is named arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME, and this is none";
            return Err(Error::new(Kind::Usage, message));
        };
        Ok(Self {
            host: format!("{label}.s3-accesspoint.{region}.{domain}"),
            label,
            region: region.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_point_is_reached_at_the_host_of_its_arn_and_no_other() {
        for (arn, host) in [
            (
                "arn:aws:s3:eu-central-1:012345678912:accesspoint/raw",
                Some("raw-012345678912.s3-accesspoint.eu-central-1.amazonaws.com"),
            ),
            (
                "arn:aws-cn:s3:cn-north-1:012345678912:accesspoint/raw-1",
                Some("raw-1-012345678912.s3-accesspoint.cn-north-1.amazonaws.com.cn"),
            ),
            (
                "arn:aws-iso:s3:us-iso-east-1:012345678912:accesspoint/raw",
                None,
            ),
            (
                "arn:aws:s3-object-lambda:eu-central-1:012345678912:accesspoint/raw",
                None,
            ),
            (
                "arn:aws:s3:eu-central-1:012345678912:accesspoint/raw/object/a",
                None,
            ),
            ("arn:aws:s3:eu-central-1:012345678912:accesspoint/", None),
            ("arn:aws:s3:eu-central-1:01234567891:accesspoint/raw", None),
            (
                "arn:aws:s3:evil.example/:012345678912:accesspoint/raw",
                None,
            ),
            (
                "arn:aws:s3:eu-central-1:012345678912:accesspoint/evil.example/",
                None,
            ),
            (
                "arn:aws:s3:eu-central-1:012345678912:accesspoint/evil.example#",
                None,
            ),
            ("arn:aws:s3::012345678912:accesspoint/m.mrap", None),
            ("arn:aws:s3:::bucket", None),
            ("s3://bucket", None),
            ("", None),
        ] {
            let point = AccessPoint::parse(arn);
            assert_eq!(point.ok().map(|point| point.host).as_deref(), host, "{arn}");
        }
    }
}
