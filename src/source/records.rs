//! A prefix of a bucket that records of releases are written to, one object each.

use chrono::{DateTime, Utc};
use object_store::{PutMode, PutOptions, PutPayload};

use super::Location;
use super::store::{self, Store};
use crate::config;
use crate::error::{Error, Kind, Result};

/// `s3://bucket/prefix/`.
pub struct RecordPrefix {
    store: Store,
    prefix: String,
}

impl RecordPrefix {
    /// Reads the setting.
    ///
    /// # Errors
    /// [`Kind::Settings`] for anything else than a prefix of a bucket.
    pub fn parse(text: &str) -> Result<Self> {
        match Location::parse(text) {
            Ok(Location::Prefix { bucket, prefix }) if store::key(&prefix).is_ok() => Ok(Self {
                store: config::s3(&bucket)?,
                prefix,
            }),
            _ => Err(Error::new(
                Kind::Settings,
                format!(
                    "{} is s3://bucket/prefix/, with a slash at its end",
                    config::RECORDS
                ),
            )),
        }
    }

    /// Writes a record as `YYYY/MM/DD/<request id>.json` below the prefix, where none is yet: records are not replaced.
    ///
    /// # Errors
    /// [`Kind::Output`].
    pub async fn keep(&self, at: DateTime<Utc>, request_id: &str, line: String) -> Result<()> {
        let path = store::key(&record_key(&self.prefix, at, request_id))?;
        let payload = PutPayload::from(line + "\n");
        let options = PutOptions::from(PutMode::Create);
        let written = self.store.put_opts(&path, payload, options).await;
        written
            .map(|_| ())
            .map_err(|err| store::explain(err, Kind::Output))
    }
}

/// The id comes from outside: only what ids are made of passes, and a request without one gets the time.
fn record_key(prefix: &str, at: DateTime<Utc>, request_id: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    let mut id: String = request_id.chars().filter(plain).take(64).collect();
    if id.is_empty() {
        id = at.format("%H%M%S%f").to_string();
    }
    format!("{prefix}{}/{id}.json", at.format("%Y/%m/%d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_lies_under_its_day() {
        let at = DateTime::from_timestamp(1_764_000_000, 7).unwrap();
        for (id, key) in [
            ("8e28-af", "r/2025/11/24/8e28-af.json"),
            ("../../x", "r/2025/11/24/x.json"),
            ("", "r/2025/11/24/160000000000007.json"),
        ] {
            assert_eq!(record_key("r/", at, id), key);
        }
    }

    #[test]
    fn only_a_prefix_is_taken() {
        for text in ["", "folder/", "s3://bucket/key", "-", "s3://bucket/a//b/"] {
            assert_eq!(
                RecordPrefix::parse(text).err().map(|e| e.kind()),
                Some(Kind::Settings)
            );
        }
    }
}
