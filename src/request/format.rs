//! The format of a release, and the keys that follow from it.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Kind, Result};

/// The suffixes of compressed objects: a release never carries them.
const COMPRESSED: [&str; 3] = ["gz", "zst", "bz2"];

/// The suffixes of raw text that a release replaces by its own.
const TEXT: [&str; 3] = ["csv", "tsv", "txt"];

/// What a release is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Apache Parquet.
    Parquet,
    /// CSV as in RFC 4180, with a header.
    Csv,
}

impl Format {
    /// The suffix of its keys, without the dot.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }

    /// The format that a key's suffix names, in any case.
    pub fn of_key(key: &str) -> Option<Self> {
        split_suffix(key).and_then(|(_, suffix)| suffix.parse().ok())
    }

    /// The key of the release of an object: `a/patients.csv.gz` becomes `a/patients.parquet`.
    ///
    /// A suffix that names neither a compression nor raw text stays in front of the new one, so that `a.x` and `a.y`
    /// keep two keys.
    pub fn release_key(self, object: &str) -> String {
        let plain = strip_suffix(object, &COMPRESSED);
        format!("{}.{}", strip_suffix(plain, &TEXT), self.suffix())
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.suffix())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Parquet, Self::Csv]
            .into_iter()
            .find(|format| text.eq_ignore_ascii_case(format.suffix()))
            .ok_or_else(|| Error::new(Kind::Usage, "the format is parquet or csv"))
    }
}

/// The last name of the key, cut at its last dot; a leading dot starts a hidden name, not a suffix.
fn split_suffix(key: &str) -> Option<(&str, &str)> {
    let (stem, suffix) = key.rsplit_once('.')?;
    let named = !stem.is_empty() && !stem.ends_with('/') && !suffix.contains('/');
    named.then_some((stem, suffix))
}

fn strip_suffix<'a>(key: &'a str, suffixes: &[&str]) -> &'a str {
    match split_suffix(key) {
        Some((stem, suffix)) if suffixes.iter().any(|s| suffix.eq_ignore_ascii_case(s)) => stem,
        _ => key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_format_by_its_suffix() {
        for (key, format) in [
            ("a/b.parquet", Some(Format::Parquet)),
            ("b.CSV", Some(Format::Csv)),
            ("b.csv.gz", None),
            ("a.csv/b", None),
            (".csv", None),
            ("a/.csv", None),
            ("csv", None),
        ] {
            assert_eq!(Format::of_key(key), format, "{key}");
        }
    }

    #[test]
    fn a_release_replaces_the_suffixes_of_raw_text() {
        for (object, release) in [
            ("a/patients.csv", "a/patients.parquet"),
            ("a/patients.csv.gz", "a/patients.parquet"),
            ("patients.CSV.ZST", "patients.parquet"),
            ("patients.tsv", "patients.parquet"),
            ("patients", "patients.parquet"),
            ("patients.v2", "patients.v2.parquet"),
            ("a.csv/patients", "a.csv/patients.parquet"),
            ("patients.gz", "patients.parquet"),
        ] {
            assert_eq!(Format::Parquet.release_key(object), release, "{object}");
        }
    }
}
