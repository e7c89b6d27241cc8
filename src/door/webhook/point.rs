//! Access points, as the command line gives them: a name, and the payload that Object Lambda would hand over.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::error::{Error, Kind, Result};
use crate::request::{NamedPayload, Payload};

/// The longest name, as that of an access point in S3.
const MAX_NAME: usize = 50;

/// One access point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its name, which is the path of its URL.
    pub name: String,
    /// Its payload, which can be read.
    pub payload: String,
}

impl FromStr for Point {
    type Err = Error;

    /// `NAME=JSON`.
    fn from_str(text: &str) -> Result<Self> {
        let (name, payload) = NamedPayload::split(text)?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.len() > MAX_NAME || !name.bytes().all(plain) {
            let message = "the name of an access point has 1 to 50 of a-z, 0-9 and -";
            return Err(Error::new(Kind::Usage, message));
        }
        Payload::parse(payload)?;
        Ok(Self {
            name: name.to_owned(),
            payload: payload.to_owned(),
        })
    }
}

impl Point {
    /// Access points by their names.
    ///
    /// # Errors
    /// [`Kind::Usage`] for two of one name.
    pub fn by_name(points: Vec<Self>) -> Result<BTreeMap<String, Self>> {
        let mut named = BTreeMap::new();
        for point in points {
            if let Some(point) = named.insert(point.name.clone(), point) {
                let message = format!("two access points are called {}", point.name);
                return Err(Error::new(Kind::Usage, message));
            }
        }
        Ok(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_a_name_and_a_payload_that_can_be_read() {
        let payload = r#"{"projection": "a/b", "format": "csv"}"#;
        let mut wrong = Vec::new();
        for (name, right) in [
            ("analytics", true),
            ("a-1", true),
            ("", false),
            ("A", false),
            ("a/b", false),
            ("a b", false),
            ("..", false),
            (&*"a".repeat(50), true),
            (&*"a".repeat(51), false),
        ] {
            let point: Result<Point> = format!("{name}={payload}").parse();
            let read = point.is_ok_and(|point| point.name == name && point.payload == payload);
            if read != right {
                wrong.push(name.to_owned());
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
        for text in [
            "analytics",
            "a=",
            "a={}",
            "a=CANARY",
            "={\"projection\": \"a/b\"}",
        ] {
            let error = text.parse::<Point>().expect_err(text);
            assert!(!error.to_string().contains("CANARY"), "{error}");
        }
    }

    #[test]
    fn two_of_one_name_are_refused() {
        let point = |name: &str| {
            format!("{name}={{\"projection\": \"a/b\"}}")
                .parse()
                .unwrap()
        };
        assert_eq!(
            Point::by_name(vec![point("a"), point("b")]).unwrap().len(),
            2
        );
        assert!(Point::by_name(vec![point("a"), point("b"), point("a")]).is_err());
    }
}
