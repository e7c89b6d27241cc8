//! The format of a release, and the keys that follow from it.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Kind, Result};

/// The suffixes of compressed objects: a release never carries them.
const COMPRESSED: [&str; 3] = ["gz", "zst", "bz2"];

/// The suffixes of raw text that a release replaces by its own.
const TEXT: [&str; 3] = ["csv", "tsv", "txt"];

/// The request header that names a format.
const HEADER: &str = "x-veilpoint-format";

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

    /// The media type of its bodies (RFC 4180 for CSV; the IANA registry for Parquet).
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// The format that a request's headers ask for: `x-veilpoint-format`, or an `Accept` that names exactly one of the
    /// two media types. `header` gives a header's value by its lower-case name.
    ///
    /// # Errors
    /// [`Kind::Usage`] for an `x-veilpoint-format` that is neither parquet nor csv: it was meant for us. An `Accept`
    /// that names something else is every client's habit, and means nothing.
    pub fn of_headers<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Result<Option<Self>> {
        if let Some(text) = header(HEADER) {
            return text.trim().parse().map(Some).map_err(|_| {
                Error::new(
                    Kind::Usage,
                    "the header x-veilpoint-format is parquet or csv",
                )
            });
        }
        Ok(header("accept").and_then(|accept| match accept.trim() {
            "application/vnd.apache.parquet" => Some(Self::Parquet),
            "text/csv" => Some(Self::Csv),
            _ => None,
        }))
    }

    /// The format that a key's suffix names, in any case.
    pub fn of_key(key: &str) -> Option<Self> {
        split_suffix(key).and_then(|(_, suffix)| suffix.parse().ok())
    }

    /// The key of the release of an object: `a/patients.csv.gz` becomes `a/patients.parquet`.
    ///
    /// A suffix that names neither a compression nor raw text stays in front of the new one, so that `a.x` and `a.y`
    /// keep two keys; so does one in capitals.
    pub fn release_key(self, object: &str) -> String {
        let plain = strip_suffix(object, &COMPRESSED);
        format!("{}.{}", strip_suffix(plain, &TEXT), self.suffix())
    }

    /// The release's key that a prefix of a listing begins, if the prefix ends within the suffix: `a/p.par` begins
    /// `a/p.parquet`. Its object's key may not begin with that prefix.
    pub fn begun(self, prefix: &str) -> Option<String> {
        let (stem, begun) = split_suffix(prefix)?;
        let begins = self.suffix().starts_with(begun);
        begins.then(|| format!("{stem}.{}", self.suffix()))
    }

    /// The keys of objects whose release may be asked for under this key, the likeliest first: the inverse of
    /// [`Format::release_key`]. None where the key names no format.
    pub fn object_keys(release: &str) -> Vec<String> {
        let Some((stem, _)) = split_suffix(release).filter(|_| Self::of_key(release).is_some())
        else {
            return Vec::new();
        };
        let texts = TEXT.iter().map(|text| format!("{stem}.{text}"));
        let plain = texts.chain([stem.to_owned()]);
        plain
            .flat_map(|key| {
                let packed = COMPRESSED.map(|suffix| format!("{key}.{suffix}"));
                [key].into_iter().chain(packed)
            })
            .collect()
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
        Some((stem, suffix)) if suffixes.contains(&suffix) => stem,
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
    fn every_object_is_among_those_that_its_release_may_be_of() {
        for object in [
            "a/p.csv",
            "a/p.csv.gz",
            "p.csv.zst",
            "p.tsv.bz2",
            "p.txt",
            "p",
            "p.gz",
            "p.v2",
            "p.CSV",
            "p.csv.GZ",
        ] {
            for format in [Format::Parquet, Format::Csv] {
                let keys = Format::object_keys(&format.release_key(object));
                assert!(keys.contains(&object.to_owned()), "{object}: {keys:?}");
            }
        }
        assert_eq!(
            Format::object_keys("a/p.parquet")[..2],
            ["a/p.csv", "a/p.csv.gz"]
        );
        assert!(Format::object_keys("a/p.csv.gz").is_empty());
    }

    #[test]
    fn a_prefix_that_ends_within_the_suffix_begins_one_release() {
        for (prefix, release) in [
            ("a/p.par", Some("a/p.parquet")),
            ("a/p.parquet", Some("a/p.parquet")),
            ("p.x.p", Some("p.x.parquet")),
            ("a/p.", Some("a/p.parquet")),
            ("a/p", None),
            ("a/p.csv", None),
            ("a.p/p", None),
            ("a/.par", None),
            (".p", None),
            ("", None),
        ] {
            let begun = Format::Parquet.begun(prefix);
            assert_eq!(begun.as_deref(), release, "{prefix}");
        }
        assert_eq!(Format::Csv.begun("a/p.cs").as_deref(), Some("a/p.csv"));
    }

    #[test]
    fn headers_name_a_format_exactly_or_not_at_all() {
        for (name, value, format) in [
            ("x-veilpoint-format", "Parquet", Some(Format::Parquet)),
            ("x-veilpoint-format", " csv ", Some(Format::Csv)),
            ("accept", "text/csv", Some(Format::Csv)),
            (
                "accept",
                "application/vnd.apache.parquet",
                Some(Format::Parquet),
            ),
            ("accept", "text/csv, */*", None),
            ("accept", "*/*", None),
            ("content-type", "text/csv", None),
        ] {
            let asked = Format::of_headers(|asked| (asked == name).then_some(value));
            assert_eq!(asked.unwrap(), format, "{name}: {value}");
        }
        let both = |name: &str| {
            Some(if name == "accept" {
                "text/csv"
            } else {
                "parquet"
            })
        };
        assert_eq!(Format::of_headers(both).unwrap(), Some(Format::Parquet));
        assert!(Format::of_headers(|name| (name == HEADER).then_some("xml")).is_err());
    }

    #[test]
    fn a_release_replaces_the_suffixes_of_raw_text() {
        for (object, release) in [
            ("a/patients.csv", "a/patients.parquet"),
            ("a/patients.csv.gz", "a/patients.parquet"),
            ("patients.CSV.ZST", "patients.CSV.ZST.parquet"),
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
