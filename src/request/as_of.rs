//! The date that ages count from.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};

use crate::error::{Error, Kind, Result};

/// Where the as-of date of a release comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AsOf {
    /// The UTC date of the request.
    #[default]
    Today,
    /// The UTC date at which the object was last modified.
    Object,
    /// This date.
    On(NaiveDate),
}

impl AsOf {
    /// The date itself.
    ///
    /// # Errors
    /// [`Kind::Usage`] for [`AsOf::Object`] where the object has no modification date, as standard input has none.
    pub fn resolve(self, today: NaiveDate, modified: Option<DateTime<Utc>>) -> Result<NaiveDate> {
        match self {
            Self::Today => Ok(today),
            Self::On(date) => Ok(date),
            Self::Object => modified.map(|at| at.date_naive()).ok_or_else(|| {
                Error::new(
                    Kind::Usage,
                    "the input has no modification date: give the as-of date as YYYY-MM-DD",
                )
            }),
        }
    }
}

impl FromStr for AsOf {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "today" => Ok(Self::Today),
            "object" => Ok(Self::Object),
            _ => iso_date(text).map(Self::On).ok_or_else(|| {
                Error::new(
                    Kind::Usage,
                    "the as-of date is today, object, or a date as YYYY-MM-DD",
                )
            }),
        }
    }
}

/// Ten characters exactly: chrono by itself also takes `2024-1-2` and a sign.
fn iso_date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    shaped
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn each_source_resolves_to_its_date() {
        let today = date("2024-02-29");
        let modified = DateTime::from_timestamp(86_399, 0);
        for (text, expected) in [
            ("today", "2024-02-29"),
            ("object", "1970-01-01"),
            ("2020-12-31", "2020-12-31"),
        ] {
            let as_of: AsOf = text.parse().unwrap();
            assert_eq!(as_of.resolve(today, modified).unwrap(), date(expected));
        }
        assert!(AsOf::Object.resolve(today, None).is_err());
    }

    #[test]
    fn anything_but_an_iso_date_is_refused() {
        for text in [
            "",
            "Today",
            "2024-1-2",
            "24-01-02",
            "2024-02-30",
            "01.02.2024",
            "+024-01-02",
        ] {
            assert!(text.parse::<AsOf>().is_err(), "{text}");
        }
    }
}
