//! The `FunctionPayload` of an Object Lambda access point: which projection its consumer sees, and how.

use serde::Deserialize;

use super::{AsOf, Factor, Format};
use crate::error::{Error, Kind, Result};
use crate::key::KeyVersion;

/// What a payload looks like, for errors.
const EXAMPLE: &str =
    r#"{"projection": "patients/analytics", "format": "parquet", "as_of": "today"}"#;

/// The payload, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// The full name of the projection, as it was written.
    pub projection: String,
    /// The format where neither headers nor key name one.
    pub format: Format,
    /// The date that ages count from.
    pub as_of: AsOf,
    /// How long Parquet releases are made.
    pub length: Length,
    /// The version of the master key that it is pinned to; none: that of now.
    pub key_version: Option<KeyVersion>,
}

/// How long Parquet releases are made. CSV is always as long as it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// By the length law, with this factor, or the usual one of the object: HEAD and LIST know it without reading.
    Law(Option<Factor>),
    /// As long as they come: HEAD and LIST make them first, once.
    Exact,
}

/// The fields as they were written, in JSON or elsewhere. What is left out has a default; what is unknown is refused,
/// since a misspelt setting would otherwise be none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayloadFields {
    /// The full name of the projection.
    pub projection: String,
    /// `parquet` or `csv`.
    pub format: Option<String>,
    /// `today`, `object`, or a date.
    pub as_of: Option<String>,
    /// `law` or `exact`.
    pub length: Option<String>,
    /// The factor of the law.
    pub length_factor: Option<Factor>,
    /// The version of the master key.
    pub key_version: Option<KeyVersion>,
}

/// A field that cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongField {
    /// Its name.
    pub field: &'static str,
    /// What is wrong with it, behind its name. It does not quote what was written.
    pub what: &'static str,
}

impl Payload {
    /// Reads the opaque string that S3 hands over.
    ///
    /// # Errors
    /// [`Kind::Payload`], with what is wrong and what a payload looks like.
    pub fn parse(text: &str) -> Result<Self> {
        if text.trim().is_empty() {
            return Err(refused("is empty"));
        }
        let fields: PayloadFields = serde_json::from_str(text).map_err(|err| {
            let what = match err.classify() {
                serde_json::error::Category::Data => {
                    "has an unknown field, lacks \"projection\", or has a field of another kind"
                }
                _ => "is not JSON",
            };
            refused(what).with_private(err)
        })?;
        Self::of_fields(&fields).map_err(|wrong| {
            let each: Vec<String> = wrong
                .iter()
                .map(|WrongField { field, what }| format!("\"{field}\" {what}"))
                .collect();
            refused(&format!("is wrong: {}", each.join("; ")))
        })
    }

    /// What the fields say.
    ///
    /// # Errors
    /// All fields that are wrong, at least one.
    pub fn of_fields(fields: &PayloadFields) -> std::result::Result<Self, Vec<WrongField>> {
        let mut wrong = Vec::new();
        let mut refuse = |field, what| wrong.push(WrongField { field, what });
        let format = match fields.format.as_deref().map(str::parse) {
            None => Format::Parquet,
            Some(Ok(format)) => format,
            Some(Err(_)) => {
                refuse("format", "is neither parquet nor csv");
                Format::Parquet
            }
        };
        let as_of = match fields.as_of.as_deref().map(str::parse) {
            None => AsOf::Today,
            Some(Ok(as_of)) => as_of,
            Some(Err(_)) => {
                refuse(
                    "as_of",
                    "is neither today, object, nor a date as YYYY-MM-DD",
                );
                AsOf::Today
            }
        };
        let length = match (fields.length.as_deref(), fields.length_factor) {
            (None | Some("law"), factor) => Length::Law(factor),
            (Some("exact"), factor) => {
                if factor.is_some() {
                    let what =
                        r#"stands beside "length": "exact", which has none: leave one of them out"#;
                    refuse("length_factor", what);
                }
                Length::Exact
            }
            (Some(_), factor) => {
                refuse("length", "is neither law nor exact");
                Length::Law(factor)
            }
        };
        if wrong.is_empty() {
            Ok(Self {
                projection: fields.projection.clone(),
                format,
                as_of,
                length,
                key_version: fields.key_version,
            })
        } else {
            Err(wrong)
        }
    }
}

fn refused(what: &str) -> Error {
    let message = format!("the access point's FunctionPayload {what}; it looks like {EXAMPLE}");
    Error::new(Kind::Payload, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_has_a_default() {
        let payload = Payload::parse(r#"{"projection": "a/b"}"#).unwrap();
        let expected = Payload {
            projection: "a/b".into(),
            format: Format::Parquet,
            as_of: AsOf::Today,
            length: Length::Law(None),
            key_version: None,
        };
        assert_eq!(payload, expected);
        let pinned = Payload::parse(r#"{"projection": "a/b", "key_version": 2}"#).unwrap();
        assert_eq!(pinned.key_version, KeyVersion::new(2));
        let payload =
            Payload::parse(r#" {"as_of":"2026-01-31","format":"CSV","projection":"a/b"}"#).unwrap();
        assert_eq!(payload.format, Format::Csv);
        for (field, length) in [
            (r#""length": "law""#, Length::Law(None)),
            (r#""length_factor": 2.5"#, Length::Law("2.5".parse().ok())),
            (r#""length": "exact""#, Length::Exact),
        ] {
            let payload = Payload::parse(&format!(r#"{{"projection": "a/b", {field}}}"#)).unwrap();
            assert_eq!(payload.length, length, "{field}");
        }
        assert_eq!(payload.as_of, "2026-01-31".parse().unwrap());
    }

    #[test]
    fn every_field_that_is_wrong_is_said() {
        let text = r#"{"projection": "a/b", "format": "xml", "as_of": "1.1.", "length": "short"}"#;
        let error = Payload::parse(text).unwrap_err();
        for field in ["\"format\" is", "\"as_of\" is", "\"length\" is"] {
            assert!(error.message().contains(field), "{error}");
        }
    }

    #[test]
    fn whatever_is_no_payload_is_refused_without_being_quoted() {
        for (text, words) in [
            ("", "is empty"),
            (" ", "is empty"),
            ("CANARY", "is not JSON"),
            (r#"{"projection": "a/b""#, "is not JSON"),
            ("[]", "lacks \"projection\""),
            ("{}", "lacks \"projection\""),
            (r#"{"projection": 1}"#, "another kind"),
            (r#"{"projection": "a/b", "CANARY": 1}"#, "unknown field"),
            (r#"{"projection": "a/b", "format": "CANARY"}"#, "\"format\""),
            (r#"{"projection": "a/b", "as_of": "CANARY"}"#, "\"as_of\""),
            (r#"{"projection": "a/b", "length": "CANARY"}"#, "\"length\""),
            (
                r#"{"projection": "a/b", "length_factor": "CANARY"}"#,
                "another kind",
            ),
            (
                r#"{"projection": "a/b", "length_factor": 0}"#,
                "another kind",
            ),
            (r#"{"projection": "a/b", "key_version": 0}"#, "another kind"),
            (
                r#"{"projection": "a/b", "key_version": "CANARY"}"#,
                "another kind",
            ),
            (
                r#"{"projection": "a/b", "length": "exact", "length_factor": 1}"#,
                "beside",
            ),
        ] {
            let error = Payload::parse(text).unwrap_err();
            assert_eq!(error.kind(), Kind::Payload, "{text}");
            assert!(error.message().contains(words), "{text}: {error}");
            assert!(error.message().contains(EXAMPLE), "{text}: {error}");
            assert!(!error.to_string().contains("CANARY"), "{error}");
        }
    }
}
