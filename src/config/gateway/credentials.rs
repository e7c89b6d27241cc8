//! Credentials: who reads which access points.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::keys;
use super::points::Written;
use super::secret::KeyPlace;
use super::table::Table;
use super::value::Value;
use crate::config::Variables;
use crate::dataset::nearest::hint;

/// How credentials are written.
const FORM: &str = "tables, one for each credential: [[credentials]]";

/// What a reader signs with, and what it may read. Without `Debug`: it holds a secret.
#[derive(Clone)]
pub struct Credential {
    /// What it is called, in requests, records and log lines.
    pub access_key_id: String,
    /// What it signs with.
    pub secret_access_key: Zeroizing<String>,
    /// The access points that it reads.
    pub access_points: Vec<String>,
}

/// A credential whose secret is not read yet.
pub(super) struct Unread {
    pub access_key_id: String,
    /// Where the secret lies, and where that is written.
    pub place: (usize, KeyPlace),
    pub access_points: Vec<String>,
}

/// `credentials`. Each access point that none of them reads is noted: it may be half of an edit, of a file that is read
/// as soon as it is written, and it lets nobody in.
pub(super) fn read(head: &Table, points: &BTreeMap<&str, Written>) -> Vec<Unread> {
    let list = head.value("credentials").and_then(|value| value.list(FORM));
    let mut lines = BTreeMap::new();
    let mut credentials = Vec::new();
    let mut read = Vec::new();
    for value in list.unwrap_or_default() {
        let Some(table) = value.table(keys::CREDENTIAL, FORM) else {
            continue;
        };
        let id = id(&table, &mut lines);
        let place = secret(&table);
        let names = access_points(&table, points);
        table.end();
        read.extend(names.iter().flatten().cloned());
        if let (Some(access_key_id), Some(place), Some(access_points)) = (id, place, names) {
            credentials.push(Unread {
                access_key_id,
                place,
                access_points,
            });
        }
    }
    for (name, point) in points {
        if !read.iter().any(|one| one == name) {
            let what = format!("no credential reads the access point {name}");
            head.file.note(point.at, what);
        }
    }
    credentials
}

/// It stands in log lines and in the scope of signatures: nothing else than its characters passes.
fn id(table: &Table, lines: &mut BTreeMap<String, usize>) -> Option<String> {
    let value = table.needed("access_key_id", "\"analytics\"")?;
    let within = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    let id = value.parsed("3 to 128 of A-Z, a-z, 0-9, _, . and -", |text| {
        let is_id = (3..=128).contains(&text.len()) && text.bytes().all(within);
        is_id.then(|| text.to_owned())
    })?;
    let line = value.file.line(value.at);
    if let Some(line) = lines.insert(id.clone(), line) {
        value.wrong(format_args!(
            "is that of line {line}, too: each credential has one of its own"
        ));
    }
    Some(id)
}

fn secret(table: &Table) -> Option<(usize, KeyPlace)> {
    let value = table.needed("secret_access_key", r#"{ env = "NAME" }"#)?;
    KeyPlace::read(&value).map(|place| (value.at, place))
}

fn access_points(table: &Table, points: &BTreeMap<&str, Written>) -> Option<Vec<String>> {
    let form = "a list of names in quotes: [\"analytics\"]";
    let list = table.needed("access_points", "[\"analytics\"]")?;
    let mut names: Vec<String> = Vec::new();
    for value in list.list(form)? {
        let Some(name) = value.text("a list of names in quotes: [\"analytics\"]") else {
            continue;
        };
        if !points.contains_key(name) {
            unknown(&value, name, points);
        } else if names.iter().any(|other| other == name) {
            value.wrong("names an access point twice: leave one of them out");
        }
        names.push(name.to_owned());
    }
    if names.is_empty() {
        list.note("is empty: this credential reads nothing");
    }
    Some(names)
}

fn unknown(value: &Value, name: &str, points: &BTreeMap<&str, Written>) {
    let near = hint(name, points.keys().copied());
    let remedy = if near.is_empty() {
        ": add [access_points.NAME], or leave it out"
    } else {
        &near
    };
    value.wrong(format_args!(
        "names an access point that there is not{remedy}"
    ));
}

impl Unread {
    /// With its secret.
    ///
    /// # Errors
    /// Where it is written, and why it cannot be had.
    pub async fn with_secret(
        self,
        variables: &Variables,
    ) -> std::result::Result<Credential, (usize, String)> {
        let (at, place) = self.place;
        let secret = place.secret(variables).await;
        let secret =
            secret.map_err(|err| (at, format!("\"secret_access_key\" {}", err.message())))?;
        Ok(Credential {
            access_key_id: self.access_key_id,
            secret_access_key: secret,
            access_points: self.access_points,
        })
    }
}
