//! Access points that are named outside of S3: `NAME={"projection": …}`.

use std::str::FromStr;

use serde_json::{Map, Value};

use super::Payload;
use crate::error::{Error, Kind, Result};

/// An access point's name, and its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPayload {
    /// The name: of an Object Lambda access point its ARN, as events have it.
    pub access_point: String,
    /// What its consumer sees.
    pub payload: Payload,
}

impl FromStr for NamedPayload {
    type Err = Error;

    /// Of `NAME=JSON`.
    ///
    /// # Errors
    /// [`Kind::Usage`], or [`Kind::Payload`] as [`Payload::parse`].
    fn from_str(text: &str) -> Result<Self> {
        let (name, payload) = Self::split(text)?;
        Ok(Self {
            access_point: name.to_owned(),
            payload: Payload::parse(payload)?,
        })
    }
}

impl NamedPayload {
    /// The two sides of `NAME=JSON`.
    ///
    /// # Errors
    /// [`Kind::Usage`] where there is no name.
    pub fn split(text: &str) -> Result<(&str, &str)> {
        text.split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| {
                let message = r#"an access point is given as NAME=JSON: analytics={"projection": "patients/analytics"}"#;
                Error::new(Kind::Usage, message)
            })
    }

    /// All of a JSON object, whose names are the access points' and whose values their payloads.
    ///
    /// # Errors
    /// [`Kind::Settings`] for anything else; [`Kind::Payload`].
    pub fn parse_all(text: &str) -> Result<Vec<Self>> {
        let all: Map<String, Value> = serde_json::from_str(text).map_err(|err| {
            let message =
                r#"this is no JSON object as {"NAME": {"projection": "patients/analytics"}}"#;
            Error::new(Kind::Settings, message).with_private(err)
        })?;
        all.into_iter()
            .map(|(access_point, payload)| {
                Ok(Self {
                    access_point,
                    payload: Payload::parse(&payload.to_string())?,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_a_payload_are_parted_by_the_first_sign_of_equality() {
        let named: NamedPayload = r#"a/b={"projection": "c/d", "format": "csv"}"#.parse().unwrap();
        assert_eq!(named.access_point, "a/b");
        assert_eq!(named.payload.projection, "c/d");
        for (text, kind) in [
            ("", Kind::Usage),
            ("a", Kind::Usage),
            (r#"={"projection": "c/d"}"#, Kind::Usage),
            ("a=", Kind::Payload),
            ("a={}", Kind::Payload),
        ] {
            assert_eq!(
                text.parse::<NamedPayload>().unwrap_err().kind(),
                kind,
                "{text}"
            );
        }
    }

    #[test]
    fn several_stand_in_one_object() {
        let text = r#"{"arn:a": {"projection": "c/d"}, "arn:b": {"projection": "c/e", "length": "exact"}}"#;
        let all = NamedPayload::parse_all(text).unwrap();
        let names: Vec<_> = all
            .iter()
            .map(|named| named.access_point.as_str())
            .collect();
        assert_eq!(names, ["arn:a", "arn:b"]);
        for (text, kind) in [
            ("", Kind::Settings),
            ("[]", Kind::Settings),
            (r#"{"a": "c/d"}"#, Kind::Payload),
            (r#"{"a": {"projection": 1}}"#, Kind::Payload),
        ] {
            assert_eq!(
                NamedPayload::parse_all(text).unwrap_err().kind(),
                kind,
                "{text}"
            );
        }
    }
}
