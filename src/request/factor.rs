//! How many times as long as its object a Parquet release is made.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::error::{Error, Kind, Result};

/// A number with at most three decimals, from 0.001 to 100: parsed from `1`, `2.5`, displayed likewise. It is kept in
/// thousandths, so that every machine multiplies alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Factor(u32);

/// The largest, in thousandths: no projection makes more of a text, and filler takes time, if no room.
const MAX: u32 = 100_000;

impl Factor {
    /// Once.
    pub const ONE: Self = Self(1_000);

    /// Three times.
    pub const THREE: Self = Self(3_000);

    /// So many times this length, rounded down; as many as fit.
    pub fn of(self, length: u64) -> u64 {
        let product = u128::from(length) * u128::from(self.0) / 1_000;
        u64::try_from(product).unwrap_or(u64::MAX)
    }
}

impl FromStr for Factor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let thousandths = (digits(whole) && digits(part) && part.len() <= 3)
            .then(|| format!("{whole}{part:0<3}").parse().ok())
            .flatten();
        thousandths
            .filter(|thousandths| (1..=MAX).contains(thousandths))
            .map(Self)
            .ok_or_else(|| {
                Error::new(
                    Kind::Usage,
                    "a length factor is a number from 0.001 to 100, with at most three decimals",
                )
            })
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:03}", self.0 / 1_000, self.0 % 1_000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl<'de> Deserialize<'de> for Factor {
    /// A JSON number, or its text.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Number(serde_json::Number),
            Text(String),
        }
        let text = match Raw::deserialize(deserializer)? {
            Raw::Number(number) => number.to_string(),
            Raw::Text(text) => text,
        };
        // JSON writes 2.0 for two.
        let text = text.strip_suffix(".0").unwrap_or(&text);
        text.parse()
            .map_err(|_| D::Error::custom("no length factor"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_reads_back_and_multiplies_in_whole_numbers() {
        for (text, shown, of_1001) in [
            ("1", "1", 1001),
            ("3.0", "3", 3003),
            ("2.5", "2.5", 2502),
            ("0.001", "0.001", 1),
            ("100", "100", 100_100),
        ] {
            let factor: Factor = text.parse().unwrap();
            assert_eq!(
                (factor.to_string().as_str(), factor.of(1001)),
                (shown, of_1001)
            );
            assert_eq!(shown.parse::<Factor>().unwrap(), factor);
        }
        assert_eq!("100".parse::<Factor>().unwrap().of(u64::MAX), u64::MAX);
        for text in [
            "",
            "0",
            "0.0001",
            "100.001",
            "-1",
            "1e3",
            "1.",
            ".5",
            "x",
            "99999999999",
        ] {
            assert!(text.parse::<Factor>().is_err(), "{text}");
        }
    }

    #[test]
    fn json_gives_it_as_a_number_or_a_text() {
        for (json, shown) in [
            ("2", "2"),
            ("2.0", "2"),
            ("0.25", "0.25"),
            ("\"1.5\"", "1.5"),
        ] {
            let factor: Factor = serde_json::from_str(json).unwrap();
            assert_eq!(factor.to_string(), shown);
        }
        for json in ["0", "-1", "1e-9", "true", "null", "[1]"] {
            assert!(serde_json::from_str::<Factor>(json).is_err(), "{json}");
        }
    }
}
