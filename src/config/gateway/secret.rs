//! Where a secret lies, and how it is read from there.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use zeroize::Zeroizing;

use super::keys;
use super::table::Table;
use super::value::Value;
use crate::config::{Aws, Variables};
use crate::error::{Error, Kind, Result};
use crate::key::{MasterKey, Unread, read_private};

/// How a place is written.
const FORMS: &str = r#"{ file = "path" }, { env = "NAME" } or { secretsmanager = "name or ARN" }"#;

/// No secret is longer; what is, is another file.
const MAX_FILE_BYTES: usize = 4096;

/// Less can be guessed, offline, from one signed request.
const MIN_CHARACTERS: usize = 16;

/// Where a secret lies: the master key, or what a reader signs with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPlace {
    /// A file that its owner alone may read.
    File(PathBuf),
    /// The environment variable of this name.
    Env(String),
    /// The secret of this name or ARN in Secrets Manager, as text.
    SecretsManager(String),
}

impl KeyPlace {
    /// Its file, where it lies in one.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Env(_) | Self::SecretsManager(_) => None,
        }
    }

    /// Reads `{ file = … }`, `{ env = … }` or `{ secretsmanager = … }`.
    pub(super) fn read(value: &Value) -> Option<Self> {
        if !value.is_table() {
            value.wrong(format_args!(
                "must say where the secret lies, and never be the secret itself: {FORMS}; change a secret that was written down here"
            ));
            return None;
        }
        let table = value.table(keys::SECRET, FORMS)?;
        let place = Self::of_table(value, &table);
        table.end();
        place
    }

    /// Reads the place of a table that may say more.
    pub(super) fn of_table(value: &Value, table: &Table) -> Option<Self> {
        let (file, env) = (table.value("file"), table.value("env"));
        let secret = table.value("secretsmanager");
        let count = [&file, &env, &secret].into_iter().flatten().count();
        if count != 1 {
            value.wrong(format_args!("must have one place and no other: {FORMS}"));
        }
        let file = file.and_then(|file| {
            let path = file.text("a path, relative to this file's folder")?;
            Some(Self::File(file.file.path(path)))
        });
        let env = env.and_then(|env| env.text("the name of an environment variable"));
        let secret = secret.and_then(|id| id.text("the name or ARN of a secret"));
        file.or(env.map(|name| Self::Env(name.to_owned())))
            .or(secret.map(|id| Self::SecretsManager(id.to_owned())))
            .filter(|_| count == 1)
    }

    /// The secret of a credential.
    ///
    /// # Errors
    /// [`Kind::Key`], to be said behind the key; it holds neither the secret nor what may be one in the wrong place.
    pub(super) async fn secret(&self, variables: &Variables) -> Result<Zeroizing<String>> {
        let secret = match self {
            Self::File(path) => of_file(path)?,
            Self::Env(name) => of_variable(name, variables)?,
            Self::SecretsManager(id) => of_manager(id, variables).await?,
        };
        if secret.chars().count() < MIN_CHARACTERS {
            return Err(refused(format!(
                "is shorter than {MIN_CHARACTERS} characters: who sees one signed request could try all such secrets; make a longer one"
            )));
        }
        if secret.chars().any(char::is_control) {
            return Err(refused(
                "holds a line end or another control character: it must be one line of text",
            ));
        }
        Ok(secret)
    }

    /// The master key.
    ///
    /// # Errors
    /// [`Kind::Key`].
    pub(in crate::config) async fn master_key(&self, variables: &Variables) -> Result<MasterKey> {
        let behind_key = |err: Error| refused(format!("\"key\" {}", err.message()));
        let text = match self {
            Self::File(path) => return MasterKey::read_file(path),
            Self::Env(name) => of_variable(name, variables),
            Self::SecretsManager(id) => of_manager(id, variables).await,
        };
        MasterKey::parse_hex(&text.map_err(behind_key)?)
    }

    /// What keeps the master key from being had, as far as this machine can tell.
    ///
    /// # Errors
    /// [`Kind::Key`], to be said behind the key.
    pub(super) fn check_master_key(&self, variables: &Variables) -> Result<()> {
        let checked = match self {
            // A path that leads nowhere may be the key itself.
            Self::File(path) if !path.exists() => return Err(refused(UNREADABLE)),
            Self::File(path) => MasterKey::read_file(path),
            Self::Env(name) => MasterKey::parse_hex(&of_variable(name, variables)?),
            Self::SecretsManager(_) => return account(variables).map(drop),
        };
        checked
            .map(drop)
            .map_err(|err| refused(format!("cannot be used: {}", err.message())))
    }
}

const UNREADABLE: &str =
    "names a file that cannot be read: create it; paths are relative to this file's folder";

fn refused(what: impl Into<String>) -> Error {
    Error::new(Kind::Key, what)
}

fn of_file(path: &Path) -> Result<Zeroizing<String>> {
    let content = read_private(path, MAX_FILE_BYTES).map_err(|why| {
        refused(match why {
            Unread::Unreadable => UNREADABLE.to_owned(),
            Unread::NoFile => "names what is no file".to_owned(),
            Unread::OpenToOthers => {
                let path = path.display();
                format!("names a file that is open to others: run `chmod 600 {path}`")
            }
            Unread::TooLong => {
                format!("names a file of more than {MAX_FILE_BYTES} bytes, which is no secret")
            }
        })
    })?;
    let text =
        str::from_utf8(&content).map_err(|_| refused("names a file that is not text in UTF-8"))?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    Ok(Zeroizing::new(line.to_owned()))
}

fn of_variable(name: &str, variables: &Variables) -> Result<Zeroizing<String>> {
    let whose = if may_be_shown(name) {
        format!("the variable {name}")
    } else {
        // So it stays unsaid what was written, should that be the secret.
        "a variable (a name in capitals would be said here)".to_owned()
    };
    variables(name)
        .map_err(|_| refused(format!("names {whose}, which is not text in UTF-8")))?
        .map(Zeroizing::new)
        .ok_or_else(|| refused(format!("names {whose}, which is not set: set it")))
}

/// Whether it can only be a name: capitals, digits and `_`, with no word as long as a secret.
fn may_be_shown(name: &str) -> bool {
    let within = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let short = |word: &str| word.len() < MIN_CHARACTERS;
    name.chars().all(within) && name.split('_').all(short)
}

async fn of_manager(id: &str, variables: &Variables) -> Result<Zeroizing<String>> {
    let secret = account(variables)?.secret(id).await;
    secret.map_err(|err| refused(format!("cannot be had: {}", err.message())))
}

/// The account, for what takes one; an error is to be said behind the key.
pub(super) fn account(variables: &Variables) -> Result<Aws> {
    let found = Aws::find_in(variables);
    let found = found.map_err(|err| refused(format!("takes credentials: {}", err.message())))?;
    found.ok_or_else(|| {
        refused("takes credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    })
}
