//! The record that a release leaves: who got what of which object, and what it takes to make the same bytes again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Identity, Settings, text};
use crate::dataset::catalog::Hashes;
use crate::error::{Error, Kind, Result};
use crate::key::KeyVersion;
use crate::source::ObjectVersion;

/// What a log line of this kind says under `event`.
const EVENT: &str = "release";

/// How the event stands in a line, so that a line cut short is not taken for somebody else's.
const MARK: &str = "\"event\":\"release\"";

/// One release. Names, hashes and counts; never a value of the data, a URL or a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The request's id, as its door knows it.
    pub request_id: String,
    /// Who asked, as the door knows it.
    pub principal: String,
    /// The access point that was asked.
    pub access_point: String,
    /// The key that was asked for.
    pub key: String,
    /// Which bytes of the release were sent, as `Content-Range` has them, where not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
    /// Where the object lies: `s3://bucket`, or an access point's ARN.
    pub source: String,
    /// The object's key there.
    pub object_key: String,
    /// The object's version.
    #[serde(flatten)]
    pub object: ObjectVersion,
    /// The projection's full name.
    pub projection: String,
    /// SHA-256 of the contract's text.
    pub contract_sha256: String,
    /// SHA-256 of the projection's text.
    pub projection_sha256: String,
    /// SHA-256 of the files of the reference tables that the projection names, by the files' names (`icd10.csv`).
    #[serde(default, skip_serializing_if = "Hashes::is_empty")]
    pub references_sha256: Hashes,
    /// SHA-256 of the settings' text.
    pub settings_sha256: String,
    /// The settings.
    #[serde(flatten)]
    pub settings: Settings,
    /// The master key's id, where there was a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// Its version, where there was a key; records of before versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_version: Option<KeyVersion>,
    /// The date that ages counted from.
    #[serde(with = "text")]
    pub as_of: NaiveDate,
    /// Records of the object.
    pub rows_in: u64,
    /// Rows of the release.
    pub rows_out: u64,
    /// Records that could not be read.
    pub rows_dropped: u64,
    /// Rows, or groups, that too few subjects share for them to leave.
    pub rows_suppressed: u64,
    /// SHA-256 of the release.
    pub sha256: String,
    /// Its length in bytes.
    pub length: u64,
    /// Its `ETag`, where there was a key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The version of Veilpoint that made it.
    pub veilpoint: String,
}

/// A record as a log line.
#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    #[serde(flatten)]
    record: &'a Record,
}

impl Record {
    /// One line of JSON, without its end; `"event":"release"` stands first.
    pub fn line(&self) -> String {
        let line = Line {
            event: EVENT,
            record: self,
        };
        match serde_json::to_string(&line) {
            Ok(text) => text,
            Err(_) => unreachable!("texts and numbers under names are JSON"),
        }
    }

    /// The records among lines of JSON, as a log has them: each begins at its line's first brace, since tools put the
    /// time in front. Lines of other events, and of no JSON, are left out.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a record that is cut short, or lacks a field, or has one that is not understood: whoever
    /// asks about records is not to lose one silently.
    pub fn parse_lines(text: &str) -> Result<Vec<Self>> {
        let lines = text.lines().zip(1_u64..);
        let records = lines.filter_map(|(line, number)| Self::parse_line(line, number).transpose());
        records.collect()
    }

    fn parse_line(line: &str, number: u64) -> Result<Option<Self>> {
        let damaged = || {
            let message = format!(
                "line {number} is the record of a release and cannot be read: it is cut short, or lacks a field"
            );
            Error::new(Kind::Usage, message)
        };
        let json = line.find('{').and_then(|start| line.get(start..));
        let Some(Ok(value)) = json.map(serde_json::from_str::<Value>) else {
            return if line.contains(MARK) {
                Err(damaged())
            } else {
                Ok(None)
            };
        };
        if value.get("event").and_then(Value::as_str) != Some(EVENT) {
            return Ok(None);
        }
        serde_json::from_value(value)
            .map(Some)
            .map_err(|error| damaged().with_private(error))
    }

    /// What the release is a function of, as the record states it.
    pub fn identity(&self) -> Identity<'_> {
        Identity {
            object: &self.object,
            projection: &self.projection,
            contract_sha256: &self.contract_sha256,
            projection_sha256: &self.projection_sha256,
            references_sha256: &self.references_sha256,
            settings: &self.settings,
            key_id: self.key_id.as_deref(),
            as_of: self.as_of,
            veilpoint: &self.veilpoint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::{Codec, Formulas};
    use crate::request::Format;
    use chrono::DateTime;

    fn full() -> Record {
        Record {
            request_id: "8e288686".to_owned(),
            principal: "arn:aws:sts::012345678912:assumed-role/Analyst/ada".to_owned(),
            access_point:
                "arn:aws:s3-object-lambda:eu-central-1:012345678912:accesspoint/analytics"
                    .to_owned(),
            key: "a/patients \"1\".parquet".to_owned(),
            range: Some("bytes 0-99/5356".to_owned()),
            source: "arn:aws:s3:eu-central-1:012345678912:accesspoint/raw".to_owned(),
            object_key: "a/patients \"1\".csv.gz".to_owned(),
            object: ObjectVersion {
                etag: Some("\"0123abcd\"".to_owned()),
                version_id: Some("3sL4kqtJlcpXroDTDmJ".to_owned()),
                length: Some(u64::MAX),
                modified: DateTime::from_timestamp(1_764_000_000, 0),
            },
            projection: "patients/analytics".to_owned(),
            contract_sha256: "c".repeat(64),
            projection_sha256: "d".repeat(64),
            references_sha256: [("icd10.csv".to_owned(), "a".repeat(64))].into(),
            settings_sha256: "e".repeat(64),
            settings: Settings {
                format: Format::Csv,
                compression: Codec::Zstd,
                csv_formulas: Formulas::Escape,
                length_factor: Some("2.5".parse().unwrap()),
            },
            key_id: Some("acdbc6d9".to_owned()),
            key_version: KeyVersion::new(2),
            as_of: "2026-11-26".parse().unwrap(),
            rows_in: 75,
            rows_out: 70,
            rows_dropped: 4,
            rows_suppressed: 1,
            sha256: "f".repeat(64),
            length: 5_356,
            etag: Some("\"0123456789abcdef0123456789abcdef-1\"".to_owned()),
            veilpoint: "0.1.0".to_owned(),
        }
    }

    /// With nothing that may be missing.
    fn bare() -> Record {
        Record {
            object: ObjectVersion::default(),
            key_id: None,
            key_version: None,
            etag: None,
            range: None,
            references_sha256: Hashes::new(),
            ..full()
        }
    }

    #[test]
    fn a_record_has_these_names_and_this_form() {
        let line = full().line();
        assert!(line.starts_with(r#"{"event":"release","request_id":"8e288686","#));
        let value: Value = serde_json::from_str(&line).unwrap();
        let mut names: Vec<&str> = value
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut expected: Vec<&str> = "event request_id principal access_point key range source object_key object_etag \
             object_version object_length object_modified projection contract_sha256 projection_sha256 \
             references_sha256 settings_sha256 format compression csv_formulas length_factor key_id key_version as_of \
             rows_in rows_out rows_dropped \
             rows_suppressed sha256 length etag veilpoint"
            .split_whitespace()
            .collect();
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, expected);
        for (name, text) in [
            ("object_modified", "2025-11-24T16:00:00Z"),
            ("as_of", "2026-11-26"),
            ("format", "csv"),
            ("compression", "zstd"),
            ("csv_formulas", "escape"),
        ] {
            assert_eq!(value[name], text, "{name}");
        }
    }

    #[test]
    fn a_record_reads_back_from_its_line() {
        for record in [full(), bare()] {
            let line = record.line();
            assert_eq!(line.lines().count(), 1);
            assert_eq!(Record::parse_lines(&line).unwrap(), [record]);
        }
    }

    #[test]
    fn records_are_found_among_the_lines_of_a_log() {
        let (first, second) = (full(), bare());
        let more = second
            .line()
            .replacen('{', r#"{"level":"INFO","added":{"later":[1]},"#, 1);
        let log = [
            "START RequestId: 8e288686 Version: $LATEST",
            r#"{"event":"request","status":200,"message":"\"event\":\"release\" {"}"#,
            "",
            &format!("2026-11-26T17:46:16.000Z {}", first.line()),
            r#"{"event":"sql_loaded""#,
            r#"["event", "release"]"#,
            r#"{"event":7}"#,
            &more,
            "END RequestId: 8e288686",
        ];
        for end in ["\n", "\r\n"] {
            let records = Record::parse_lines(&log.join(end)).unwrap();
            assert_eq!(records, [first.clone(), second.clone()]);
        }
        assert_eq!(Record::parse_lines("\u{feff}").unwrap(), []);
    }

    #[test]
    fn a_damaged_record_is_an_error_that_quotes_nothing() {
        let line = full().line();
        let damaged = [
            ("cut short", line[..line.len() - 9].to_owned()),
            ("two in a line", format!("{line} {line}")),
            ("a field less", line.replace("\"length\":5356,", "")),
            ("a date that is none", line.replace("2026-11-26", "CANARY")),
            ("an unknown format", line.replace("\"csv\"", "\"CANARY\"")),
            ("a negative number", line.replace(":5356", ":-5356")),
            ("a time that is none", line.replace("2025-11-24T", "CANARY")),
        ];
        let mut wrong = Vec::new();
        for (name, line) in damaged {
            match Record::parse_lines(&format!("a log\n{line}\n")) {
                Ok(records) => wrong.push(format!("{name}: {} records", records.len())),
                Err(error) => {
                    let said = error.to_string();
                    if error.kind() != Kind::Usage
                        || !said.starts_with("line 2 ")
                        || said.contains("CANARY")
                    {
                        wrong.push(format!("{name}: {said}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
