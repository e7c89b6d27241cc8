//! What INPUT and OUTPUT of a command name.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};

/// A place of one object, or of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// `-`: standard input, or standard output.
    Stdio,
    /// A file, or a path where nothing is yet.
    File(PathBuf),
    /// A folder: it exists, or the path ends with a slash.
    Folder(PathBuf),
    /// `s3://bucket/key`.
    Object {
        /// The bucket.
        bucket: String,
        /// The key, not empty and without a slash at the end.
        key: String,
    },
    /// `s3://bucket/prefix/`: the slash at the end tells it from an object.
    Prefix {
        /// The bucket.
        bucket: String,
        /// The prefix: empty, or with a slash at the end.
        prefix: String,
    },
}

impl Location {
    /// Reads a location as a user writes it.
    ///
    /// # Errors
    /// [`Kind::Usage`] for an empty text, an `s3://` without a bucket, and schemes that are not served.
    pub fn parse(text: &str) -> Result<Self> {
        if text == "-" {
            return Ok(Self::Stdio);
        }
        if let Some(rest) = text.strip_prefix("s3://") {
            return s3(rest);
        }
        if text.is_empty() || text.contains("://") {
            let message = "a location is a file, a folder, s3://bucket/key, s3://bucket/prefix/, or - for a pipe";
            return Err(Error::new(Kind::Usage, message));
        }
        let path = PathBuf::from(text);
        if text.ends_with(std::path::is_separator) || path.is_dir() {
            Ok(Self::Folder(path))
        } else {
            Ok(Self::File(path))
        }
    }

    /// Whether it names many objects.
    pub fn is_many(&self) -> bool {
        matches!(self, Self::Folder(_) | Self::Prefix { .. })
    }

    /// The location of the object with this relative key, below a folder or prefix; others stay what they are.
    #[must_use]
    pub fn join(&self, key: &str) -> Self {
        match self {
            Self::Folder(path) => Self::File(
                key.split('/')
                    .fold(path.clone(), |path, part| path.join(part)),
            ),
            Self::Prefix { bucket, prefix } => Self::Object {
                bucket: bucket.clone(),
                key: format!("{prefix}{key}"),
            },
            other => other.clone(),
        }
    }

    /// The last name of a file's path or an object's key.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::File(path) => path.file_name().and_then(|name| name.to_str()),
            Self::Object { key, .. } => key.rsplit('/').next(),
            Self::Stdio | Self::Folder(_) | Self::Prefix { .. } => None,
        }
    }

    /// The path in the file system, where it has one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Folder(path) => Some(path),
            Self::Stdio | Self::Object { .. } | Self::Prefix { .. } => None,
        }
    }
}

fn s3(rest: &str) -> Result<Location> {
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        let message = "an s3 location is s3://bucket/key, or s3://bucket/prefix/";
        return Err(Error::new(Kind::Usage, message));
    }
    let bucket = bucket.to_owned();
    Ok(if key.is_empty() || key.ends_with('/') {
        Location::Prefix {
            bucket,
            prefix: key.to_owned(),
        }
    } else {
        Location::Object {
            bucket,
            key: key.to_owned(),
        }
    })
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdio => f.write_str("-"),
            Self::File(path) | Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Object { bucket, key } => write!(f, "s3://{bucket}/{key}"),
            Self::Prefix { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_names_its_place_and_shows_as_written() {
        let object = |key: &str| Location::Object {
            bucket: "b".into(),
            key: key.into(),
        };
        let prefix = |prefix: &str| Location::Prefix {
            bucket: "b".into(),
            prefix: prefix.into(),
        };
        for (text, location) in [
            ("-", Location::Stdio),
            ("a/b.csv", Location::File("a/b.csv".into())),
            ("a/none/", Location::Folder("a/none/".into())),
            ("/", Location::Folder("/".into())),
            ("s3://b/a/p.csv", object("a/p.csv")),
            ("s3://b/a/", prefix("a/")),
            ("s3://b/", prefix("")),
        ] {
            assert_eq!(Location::parse(text).unwrap(), location);
            assert_eq!(location.to_string(), text);
        }
        assert_eq!(Location::parse("s3://b").unwrap(), prefix(""));
    }

    #[test]
    fn what_names_no_place_is_refused() {
        for text in ["", "s3://", "s3:///key", "https://host/x.csv", "S3://b/k"] {
            assert!(Location::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn keys_join_below_folders_and_prefixes() {
        let folder = Location::parse("/tmp/").unwrap();
        assert_eq!(
            folder.join("a/b.csv"),
            Location::File("/tmp/a/b.csv".into())
        );
        let prefix = Location::parse("s3://b/in/").unwrap();
        assert_eq!(prefix.join("a/b.csv").to_string(), "s3://b/in/a/b.csv");
    }
}
