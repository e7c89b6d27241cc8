//! Where one release goes, resolved and checked before any work.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use object_store::path;

use super::Location;
use super::damaged::explain;
use super::object::{Input, Object};
use super::store::{self, Store};
use crate::config;
use crate::error::{Error, Kind, Result};

/// Where one release goes.
#[derive(Clone)]
pub enum Target {
    /// Standard output, as it is made.
    Stdout,
    /// A pipe or device with a path, as it is made.
    Device(PathBuf),
    /// A file, written aside and renamed.
    File(PathBuf),
    /// An object in a bucket, which appears when its upload is completed.
    Store {
        /// The bucket.
        store: Store,
        /// The key.
        key: path::Path,
        /// What errors and reports call it.
        label: String,
    },
}

impl Target {
    /// Resolves a location of one object.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a folder or prefix, [`Kind::Output`] for a path that cannot be replaced by a file.
    pub fn resolve(location: &Location) -> Result<Self> {
        let target = match location {
            Location::Stdio => Ok(Self::Stdout),
            Location::File(path) => Self::of_path(path),
            Location::Object { bucket, key } => store::key(key).and_then(|key| {
                let (store, label) = (config::s3(bucket)?, location.to_string());
                Ok(Self::Store { store, key, label })
            }),
            Location::Folder(_) | Location::Prefix { .. } => {
                let message = "this is a folder: name the file to write";
                Err(Error::new(Kind::Usage, message))
            }
        };
        target.map_err(|err| err.in_object(&location.to_string()))
    }

    /// Links are followed here, so that the rename replaces what they point to and not the link.
    fn of_path(path: &Path) -> Result<Self> {
        match fs::metadata(path) {
            Ok(facts) if facts.is_dir() => {
                let message = "this is a folder, and no file takes its place: name another output";
                Err(Error::new(Kind::Output, message))
            }
            Ok(facts) if !facts.is_file() => Ok(Self::Device(path.to_owned())),
            Ok(_) => {
                let real = fs::canonicalize(path);
                real.map(Self::File).map_err(|err| output(&err))
            }
            Err(err) if err.kind() == ErrorKind::NotFound => Ok(Self::File(path.to_owned())),
            Err(err) => Err(output(&err)),
        }
    }

    /// Whether writing here would replace this object.
    pub fn replaces(&self, object: &Object) -> bool {
        match (self, &object.input) {
            (Self::File(to), Input::File(from)) => {
                let real = |path: &Path| fs::canonicalize(path).ok();
                real(to).is_some_and(|to| real(from) == Some(to))
            }
            (Self::Store { label, .. }, Input::Store { .. }) => *label == object.label,
            _ => false,
        }
    }

    /// The folder that a file's release is written aside in.
    pub(super) fn folder(path: &Path) -> &Path {
        match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }
}

/// A failure of writing, in our own words.
pub(super) fn output(err: &std::io::Error) -> Error {
    let message = match err.kind() {
        ErrorKind::NotFound => "the output's folder does not exist: create it",
        other => explain(other),
    };
    Error::new(Kind::Output, message)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn target(path: &Path) -> Result<Target> {
        Target::resolve(&Location::File(path.to_owned()))
    }

    #[test]
    fn a_link_is_followed_and_a_folder_or_device_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real.csv");
        fs::write(&real, "x").unwrap();
        let link = folder.path().join("link.csv");
        symlink(&real, &link).unwrap();
        let expected = fs::canonicalize(&real).unwrap();
        assert!(matches!(target(&link).unwrap(), Target::File(path) if path == expected));
        assert!(matches!(
            target(Path::new("/dev/null")).unwrap(),
            Target::Device(_)
        ));
        assert_eq!(
            target(folder.path()).err().map(|e| e.kind()),
            Some(Kind::Output)
        );
    }

    #[test]
    fn the_input_is_recognised_under_another_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "x").unwrap();
        let object = Object {
            label: String::new(),
            key: String::new(),
            size: None,
            modified: None,
            input: Input::File(folder.path().join(".").join("a.csv")),
        };
        assert!(target(&path).unwrap().replaces(&object));
        assert!(
            !target(&folder.path().join("b.csv"))
                .unwrap()
                .replaces(&object)
        );
    }
}
