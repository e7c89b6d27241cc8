//! The `FunctionPayload` of an Object Lambda access point: which projection its consumer sees, and how.

use serde::Deserialize;

use super::{AsOf, Format};
use crate::error::{Error, Kind, Result};

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
}

/// The fields as JSON has them. What is left out has a default; what is unknown is refused, since a misspelt setting
/// would otherwise be none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    projection: String,
    format: Option<String>,
    as_of: Option<String>,
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
        let raw: Raw = serde_json::from_str(text).map_err(|err| {
            let what = match err.classify() {
                serde_json::error::Category::Data => {
                    "has an unknown field, lacks \"projection\", or has a field that is no text"
                }
                _ => "is not JSON",
            };
            refused(what).with_private(err)
        })?;
        let format = raw
            .format
            .as_deref()
            .map_or(Ok(Format::Parquet), str::parse);
        let as_of = raw.as_of.as_deref().map_or(Ok(AsOf::Today), str::parse);
        Ok(Self {
            projection: raw.projection,
            format: format
                .map_err(|_| refused("has a \"format\" that is neither parquet nor csv"))?,
            as_of: as_of.map_err(|_| {
                refused("has an \"as_of\" that is neither today, object, nor a date as YYYY-MM-DD")
            })?,
        })
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
        };
        assert_eq!(payload, expected);
        let payload =
            Payload::parse(r#" {"as_of":"2026-01-31","format":"CSV","projection":"a/b"}"#).unwrap();
        assert_eq!(payload.format, Format::Csv);
        assert_eq!(payload.as_of, "2026-01-31".parse().unwrap());
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
            (r#"{"projection": 1}"#, "no text"),
            (r#"{"projection": "a/b", "CANARY": 1}"#, "unknown field"),
            (r#"{"projection": "a/b", "format": "CANARY"}"#, "\"format\""),
            (r#"{"projection": "a/b", "as_of": "CANARY"}"#, "\"as_of\""),
        ] {
            let error = Payload::parse(text).unwrap_err();
            assert_eq!(error.kind(), Kind::Payload, "{text}");
            assert!(error.message().contains(words), "{text}: {error}");
            assert!(error.message().contains(EXAMPLE), "{text}: {error}");
            assert!(!error.to_string().contains("CANARY"), "{error}");
        }
    }
}
