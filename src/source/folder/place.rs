//! Where a key's file lies: below the folder, by names alone.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::failed;
use crate::error::Result;
use crate::source::entries::{file_facts, is_hidden};
use crate::source::store;

/// The file of a key, and its facts; none where no object has this key.
///
/// Each folder on the way must be one, and no link to one: those may lead out of the folder, and in a circle.
pub(super) fn find(root: &Path, key: &str) -> Result<Option<(PathBuf, Metadata)>> {
    if store::exact_key(key).is_none() {
        return Ok(None);
    }
    let (folders, name) = key.rsplit_once('/').unwrap_or(("", key));
    let Some(folder) = folder(root, folders)? else {
        return Ok(None);
    };
    if !is_plain(name) {
        return Ok(None);
    }
    let path = folder.join(name);
    let facts = file_facts(&path).or_else(|err| absent(&path, err))?;
    Ok(facts.map(|facts| (path, facts)))
}

/// Opens the file of a key, and looks what it is by then.
pub(super) fn open(root: &Path, key: &str) -> Result<Option<(File, Metadata)>> {
    let Some((path, _)) = find(root, key)? else {
        return Ok(None);
    };
    let opened = File::open(&path).and_then(|file| {
        let facts = file.metadata()?;
        Ok(facts.is_file().then_some((file, facts)))
    });
    opened.or_else(|err| absent(&path, err))
}

/// The folder with this key, without a slash at its end; none where there is none.
pub(super) fn folder(root: &Path, key: &str) -> Result<Option<PathBuf>> {
    let mut path = root.to_owned();
    for name in key.split('/').filter(|_| !key.is_empty()) {
        if !is_plain(name) {
            return Ok(None);
        }
        path.push(name);
        let facts = fs::symlink_metadata(&path).map(Some);
        let facts = facts.or_else(|err| absent(&path, err))?;
        if !facts.is_some_and(|facts| facts.is_dir()) {
            return Ok(None);
        }
    }
    Ok(Some(path))
}

/// Whether it is one name of one thing in a folder, and not hidden.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let first = parts.next();
    let normal = matches!(first, Some(Component::Normal(part)) if part == name);
    normal && parts.next().is_none() && !is_hidden(name)
}

/// Nothing, where that is what the error says: no such name, one that no file can have, or a link that leads nowhere.
fn absent<T>(path: &Path, err: io::Error) -> Result<Option<T>> {
    match err.kind() {
        ErrorKind::NotFound
        | ErrorKind::NotADirectory
        | ErrorKind::InvalidFilename
        | ErrorKind::InvalidInput => Ok(None),
        ErrorKind::PermissionDenied => Err(failed(err)),
        _ if path.is_symlink() => Ok(None),
        _ => Err(failed(err)),
    }
}
