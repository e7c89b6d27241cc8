//! Settings from outside, read once and checked: the only file that reads the environment.
//!
//! Some libraries read it by themselves: the S3 client and AWS's chain of credentials, whose variables are AWS's own (see
//! [`s3`]) and those of proxies,
//! the Lambda runtime, whose variables are Lambda's, the standard library for the temporary folder (`TMPDIR`), and clap,
//! which asks the terminal for its width (`COLUMNS`).

mod aws;
mod cache;
mod chain;
mod function;
mod gateway;
mod key_versions;
mod named_key;
mod place;
mod placed;
mod service;
mod store;
mod webhook;

use std::env;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

pub use self::aws::Aws;
pub use self::cache::{CacheBucket, CacheSettings};
pub use self::function::Function;
pub use self::gateway::{Credential, Files, Gateway, KeyPlace, Limits, PointSettings, Tls};
use self::key_versions::KeyVersions;
pub use self::place::{S3Place, SourcePlace};
pub use self::placed::s3_place;
pub use self::service::Service;
pub use self::store::{access_point_label, s3, s3_access_point, s3_at_host, s3_at_path};
pub use self::webhook::Webhook;
use crate::error::{Error, Kind, Result};
use crate::key::{KeyRing, MasterKey};

/// The environment variable that holds the master key: 64 hexadecimal digits.
pub const KEY: &str = "VEILPOINT_KEY";

/// The environment variable that names the file of the master key.
pub const KEY_FILE: &str = "VEILPOINT_KEY_FILE";

/// The environment variable that names the secret of the master key in Secrets Manager, by name or ARN.
pub const KEY_SECRET: &str = "VEILPOINT_KEY_SECRET";

/// The environment variable that says which version the master key has; 1 where it is unset.
pub const KEY_VERSION: &str = "VEILPOINT_KEY_VERSION";

/// The environment variable that says where master keys of other versions lie, for what is pinned to them: a JSON object
/// of versions and places, `{"1": {"secretsmanager": "…"}, "2": {"file": "…"}}`.
pub const OLD_KEYS: &str = "VEILPOINT_OLD_KEYS";

/// The environment variable that says where a function's contracts and projections lie: a folder, or
/// `s3://bucket/prefix/`.
pub const SQL: &str = "VEILPOINT_SQL";

/// The environment variable that says where a function writes the records of its releases, beside the log:
/// `s3://bucket/prefix/`.
pub const RECORDS: &str = "VEILPOINT_RECORDS";

/// The environment variable that names the folder in which a function keeps releases; `none` for none.
pub const CACHE: &str = "VEILPOINT_CACHE";

/// The environment variable that says how many bytes that folder may take.
pub const CACHE_MAX_BYTES: &str = "VEILPOINT_CACHE_MAX_BYTES";

/// The environment variable that names a prefix of a bucket, `s3://bucket/prefix/`, in which all instances of a function
/// share what they keep.
pub const CACHE_BUCKET: &str = "VEILPOINT_CACHE_BUCKET";

/// The environment variable that holds the token which whoever sends an event to the webhook must know.
pub const WEBHOOK_TOKEN: &str = "VEILPOINT_WEBHOOK_TOKEN";

/// The environment variable that names the access points whose releases are made when an object is created: a JSON
/// object of their ARNs and payloads.
pub const WARM: &str = "VEILPOINT_WARM";

/// The environment variable that names the bucket, or access point's alias, through which new objects are read, where
/// that is not the bucket that tells of them.
pub const WARM_BUCKET: &str = "VEILPOINT_WARM_BUCKET";

/// Where contracts and projections lie unless a setting says otherwise.
const SQL_FOLDER: &str = "sql";

/// The variable by which a program knows that it is a Lambda function: the address of the runtime's API.
const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// The master key of a working directory, made on first use for the bundled samples.
pub const LOCAL_KEY: &str = ".veilpoint/master.key";

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
        let key = text(KEY).map_err(|_| {
            let message = format!("{KEY} is not text: it holds 64 hexadecimal digits");
            Error::new(Kind::Key, message)
        });
        Ok(Self {
            key: key?.map(Zeroizing::new),
            key_file: read(KEY_FILE).map(PathBuf::from),
        })
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

/// The ring of a key that was found, with the keys of other versions that the environment names.
///
/// # Errors
/// [`Kind::Settings`] for variables that are not understood; [`Kind::Key`] for a key that cannot be had.
pub async fn key_ring(key: MasterKey) -> Result<KeyRing> {
    KeyVersions::read()?.ring(key, &text).await
}

/// Whether the Lambda runtime has started this process: it gives its address, and no arguments.
pub fn is_bootstrap() -> bool {
    read(RUNTIME_API).is_some() && env::args_os().len() == 1
}

/// What says which text a variable holds: none where it is unset or empty. In tests it is not the environment.
type Variables = dyn Fn(&str) -> Result<Option<String>> + Send + Sync;

/// A variable that is text.
fn text(name: &str) -> Result<Option<String>> {
    let value = read(name).map(std::ffi::OsString::into_string).transpose();
    value.map_err(|_| Error::new(Kind::Settings, format!("{name} is not text in UTF-8")))
}

/// The folder of temporary files.
fn temporary() -> PathBuf {
    env::temp_dir()
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
}
