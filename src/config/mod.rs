//! Settings from outside, read once and checked: the only file that reads the environment.
//!
//! Some libraries read it by themselves: the S3 client, whose variables are AWS's own (see [`s3`]) and those of proxies,
//! the Lambda runtime, whose variables are Lambda's, the standard library for the temporary folder (`TMPDIR`), and clap,
//! which asks the terminal for its width (`COLUMNS`).

mod aws;

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::{ClientConfigKey, ObjectStore, RetryConfig};
use zeroize::Zeroizing;

pub use self::aws::Aws;
use crate::error::{Error, Kind, Result};
use crate::key::MasterKey;

/// The environment variable that holds the master key: 64 hexadecimal digits.
pub const KEY: &str = "VEILPOINT_KEY";

/// The environment variable that names the file of the master key.
pub const KEY_FILE: &str = "VEILPOINT_KEY_FILE";

/// The environment variable that names the secret of the master key in Secrets Manager, by name or ARN.
pub const KEY_SECRET: &str = "VEILPOINT_KEY_SECRET";

/// The environment variable that says where a function's contracts and projections lie: a folder, or
/// `s3://bucket/prefix/`.
pub const SQL: &str = "VEILPOINT_SQL";

/// The environment variable that says where a function writes the records of its releases, beside the log:
/// `s3://bucket/prefix/`.
pub const RECORDS: &str = "VEILPOINT_RECORDS";

/// Where contracts and projections lie unless a setting says otherwise.
const SQL_FOLDER: &str = "sql";

/// The variable by which a program knows that it is a Lambda function: the address of the runtime's API.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// What else the Lambda runtime must say; its library panics without.
const RUNTIME: [&str; 3] = [
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
];

/// The master key of a working directory, made on first use for the bundled samples.
pub const LOCAL_KEY: &str = ".veilpoint/master.key";

/// How long a connection waits for its next use: less than S3 keeps it, since a function that was frozen would otherwise
/// wake with a dead one.
const IDLE: &str = "3s";

/// How long a store may take to answer before the run fails: long enough for a failover, short enough to wait for.
const RETRY: Duration = Duration::from_mins(1);

/// What the environment says. Without `Debug`: it holds a secret.
#[derive(Default)]
pub struct Environment {
    key: Option<Zeroizing<String>>,
    key_file: Option<PathBuf>,
}

/// A master key, and where it was found.
pub struct FoundKey {
    /// The key.
    pub key: MasterKey,
    /// The file that was made to hold it, if this was its first use.
    pub made: Option<PathBuf>,
}

impl Environment {
    /// Reads the variables. Empty ones count as unset.
    ///
    /// # Errors
    /// [`Kind::Key`] for a key that is no text.
    pub fn read() -> Result<Self> {
        let key = match read(KEY) {
            None => None,
            Some(value) => {
                if let Ok(text) = value.into_string() {
                    Some(Zeroizing::new(text))
                } else {
                    let message = format!("{KEY} is not text: it holds 64 hexadecimal digits");
                    return Err(Error::new(Kind::Key, message));
                }
            }
        };
        let key_file = read(KEY_FILE).map(PathBuf::from);
        Ok(Self { key, key_file })
    }

    /// The master key: the file given, else [`KEY_FILE`], else [`KEY`], else [`LOCAL_KEY`] below `folder` if it exists;
    /// else, where `make`, a fresh one written there; else none.
    ///
    /// # Errors
    /// [`Kind::Key`] for a key that is named and cannot be used: no other takes its place.
    pub fn master_key(
        &self,
        given: Option<&Path>,
        folder: &Path,
        make: bool,
    ) -> Result<Option<FoundKey>> {
        let found = |key| Some(FoundKey { key, made: None });
        if let Some(file) = given.or(self.key_file.as_deref()) {
            return MasterKey::read_file(file).map(found);
        }
        if let Some(text) = &self.key {
            return MasterKey::parse_hex(text).map(found);
        }
        let local = folder.join(LOCAL_KEY);
        if local.exists() {
            return MasterKey::read_file(&local).map(found);
        }
        if make {
            make_key(local).map(Some)
        } else {
            Ok(None)
        }
    }
}

/// Whether the Lambda runtime has started this process: it gives its address, and no arguments.
pub fn is_bootstrap() -> bool {
    read(RUNTIME_API).is_some() && env::args_os().len() == 1
}

/// Settings of the Lambda function. Without `Debug`: they hold secrets.
pub struct Function {
    /// Where contracts and projections lie.
    pub sql: String,
    /// Where records are written beside the log.
    pub records: Option<String>,
    /// Credentials, region and endpoint.
    pub aws: Aws,
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
            environment: Environment::read()?,
            key_secret: text(KEY_SECRET)?,
        })
    }

    /// Whether a master key is named.
    pub fn has_key(&self) -> bool {
        let here = &self.environment;
        here.key_file.is_some() || here.key.is_some() || self.key_secret.is_some()
    }

    /// The master key: of [`KEY_FILE`], else [`KEY`], else the secret that [`KEY_SECRET`] names.
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

/// A variable that is text.
fn text(name: &str) -> Result<Option<String>> {
    let value = read(name).map(std::ffi::OsString::into_string).transpose();
    value.map_err(|_| Error::new(Kind::Settings, format!("{name} is not text in UTF-8")))
}

/// The one place that asks.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the file that reads the environment"
)]
fn read(name: &str) -> Option<std::ffi::OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn make_key(path: PathBuf) -> Result<FoundKey> {
    let key = MasterKey::generate()?;
    match key.write_new(&path) {
        Ok(()) => Ok(FoundKey {
            key,
            made: Some(path),
        }),
        // Another run made it in the meantime: there is one key, and it is that one.
        Err(_) if path.exists() => {
            MasterKey::read_file(&path).map(|key| FoundKey { key, made: None })
        }
        Err(err) => Err(err),
    }
}

/// A bucket, by AWS's own environment variables: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
/// `AWS_REGION`, `AWS_ENDPOINT_URL` (plain HTTP where it says so), and those of containers and web identities; without
/// any, the instance's own role. Profiles in files are not read.
///
/// # Errors
/// [`Kind::Settings`].
pub fn s3(bucket: &str) -> Result<Arc<dyn ObjectStore>> {
    build(client(bucket))
}

/// What lies at a host that stands for a bucket or access point (`https://name-account.s3-accesspoint.…`), with the
/// credentials of [`s3`].
///
/// # Errors
/// [`Kind::Settings`].
pub fn s3_at_host(origin: &str) -> Result<Arc<dyn ObjectStore>> {
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
pub fn s3_at_path(origin: &str, bucket: &str) -> Result<Arc<dyn ObjectStore>> {
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
        return build(builder.with_region(region));
    }
    let builder = builder
        .with_region(region)
        .with_endpoint(format!("https://{host}"))
        .with_virtual_hosted_style_request(true);
    build(builder)
}

fn client(bucket: &str) -> AmazonS3Builder {
    let retry = RetryConfig {
        retry_timeout: RETRY,
        max_retries: 6,
        ..RetryConfig::default()
    };
    AmazonS3Builder::from_env()
        .with_config(
            AmazonS3ConfigKey::Client(ClientConfigKey::PoolIdleTimeout),
            IDLE,
        )
        .with_bucket_name(bucket)
        .with_retry(retry)
}

/// Another S3 than Amazon's, where the environment names one.
fn endpoint(builder: &AmazonS3Builder) -> Option<String> {
    [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint]
        .iter()
        .find_map(|key| builder.get_config_value(key))
}

fn build(builder: AmazonS3Builder) -> Result<Arc<dyn ObjectStore>> {
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

    fn key_file(folder: &Path, name: &str) -> (PathBuf, String) {
        let (path, key) = (folder.join(name), MasterKey::generate().unwrap());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        key.write_new(&path).unwrap();
        (path, key.id())
    }

    #[test]
    fn the_key_is_taken_from_the_first_place_that_names_one() {
        let folder = tempfile::tempdir().unwrap();
        let (given, given_id) = key_file(folder.path(), "given.key");
        let (file, file_id) = key_file(folder.path(), "file.key");
        let (_, local_id) = key_file(folder.path(), LOCAL_KEY);
        let hex = "0123456789abcdef".repeat(4);
        let hex_id = MasterKey::parse_hex(&hex).unwrap().id();
        let id = |environment: &Environment, given: Option<&Path>| {
            let found = environment.master_key(given, folder.path(), true).unwrap();
            found.map(|found| (found.key.id(), found.made))
        };
        let mut environment = Environment {
            key: Some(Zeroizing::new(hex)),
            key_file: Some(file),
        };
        assert_eq!(id(&environment, Some(&given)), Some((given_id, None)));
        assert_eq!(id(&environment, None), Some((file_id, None)));
        environment.key_file = None;
        assert_eq!(id(&environment, None), Some((hex_id, None)));
        environment.key = None;
        assert_eq!(id(&environment, None), Some((local_id, None)));
    }

    #[test]
    fn a_key_is_made_only_where_asked_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::default();
        let ask = |make| environment.master_key(None, folder.path(), make).unwrap();
        assert!(ask(false).is_none());
        let first = ask(true).unwrap();
        assert_eq!(first.made, Some(folder.path().join(LOCAL_KEY)));
        let second = ask(true).unwrap();
        assert_eq!((second.made, second.key.id()), (None, first.key.id()));
    }

    #[test]
    fn a_key_that_is_named_and_cannot_be_used_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        key_file(folder.path(), LOCAL_KEY);
        let missing = folder.path().join("missing.key");
        let environment = Environment::default();
        let result = environment.master_key(Some(&missing), folder.path(), true);
        assert_eq!(result.err().map(|e| e.kind()), Some(Kind::Key));
        let environment = Environment {
            key: Some(Zeroizing::new("abc".into())),
            key_file: None,
        };
        let result = environment.master_key(None, folder.path(), true);
        assert_eq!(result.err().map(|e| e.kind()), Some(Kind::Key));
    }

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
