//! Numbers of bytes, as people write and read them.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Kind, Result};

/// The units, largest first. The two forms of a unit are 1024 and 1000 based, as IEC 80000-13 has it.
const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
    ("B", 1),
];

/// A number of bytes: parsed from `512MiB`, `10 GiB` or `4096`, displayed as `9.1 KiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

impl FromStr for Size {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let factor = match unit.trim_start() {
            "" => Some(1),
            unit => UNITS
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(unit))
                .map(|&(_, factor)| factor),
        };
        let bytes = number.parse::<u64>().ok().zip(factor);
        bytes
            .and_then(|(number, factor)| number.checked_mul(factor))
            .map(Self)
            .ok_or_else(|| {
                Error::new(
                    Kind::Usage,
                    "a size is a whole number and a unit, such as 512MiB",
                )
            })
    }
}

impl fmt::Display for Size {
    /// One decimal, in 1024-based units; whole bytes below 1 KiB.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = UNITS
            .iter()
            .filter(|(name, _)| name.ends_with("iB"))
            .find(|&&(_, factor)| self.0 >= factor);
        match unit {
            None => write!(f, "{} B", self.0),
            Some(&(name, factor)) => {
                let tenths = u128::from(self.0) * 10 / u128::from(factor);
                write!(f, "{}.{} {name}", tenths / 10, tenths % 10)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_and_without_units() {
        for (text, bytes) in [
            ("0", 0),
            ("4096", 4096),
            ("512MiB", 536_870_912),
            ("10 GiB", 10_737_418_240),
            ("1gb", 1_000_000_000),
            ("7 B", 7),
        ] {
            assert_eq!(text.parse::<Size>().unwrap(), Size(bytes), "{text}");
        }
        for text in ["", "MiB", "-1", "1.5GiB", "1 M", "99999999TiB", "1 MiB "] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_shown_with_one_decimal() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (9_318, "9.0 KiB"),
            (1_572_864, "1.5 MiB"),
            (u64::MAX, "16777215.9 TiB"),
        ] {
            assert_eq!(Size(bytes).to_string(), text);
        }
    }
}
