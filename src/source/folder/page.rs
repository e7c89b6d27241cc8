//! S3's listing over a tree of folders.
//!
//! Memory: the page, and the wanted names of the folders that lie on the way to the key at hand, one folder a level.

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::vec;

use super::{failed, place, version};
use crate::error::Result;
use crate::request::ListVersion;
use crate::source::entries::{entries, file_facts};
use crate::source::{RawObject, RawPage, RawQuery, store};

/// A page: keys and common prefixes as S3 counts, folds and cuts them.
pub(super) fn page(root: &Path, query: &RawQuery) -> Result<RawPage> {
    let mut page = RawPage::default();
    let mut last = None;
    // S3 says of no keys that no more follow.
    let mut walk = if query.max_keys == 0 {
        Walk::nowhere()
    } else {
        Walk::begin(root, query)?
    };
    while let Some((key, facts)) = walk.next()? {
        if page.objects.len() + page.prefixes.len() == query.max_keys {
            page.truncated = true;
            page.next = last;
            break;
        }
        let shown = if let Some(prefix) = common_prefix(query, &key) {
            walk.leave(&prefix);
            page.prefixes.push(prefix.clone());
            prefix
        } else {
            page.objects.push(RawObject {
                key: key.clone(),
                version: version(&facts),
                storage_class: None,
            });
            key
        };
        last = Some(shown);
    }
    Ok(page)
}

/// What a key is folded to: up to the first delimiter behind the prefix.
fn common_prefix(query: &RawQuery, key: &str) -> Option<String> {
    let delimiter = query.delimiter?.as_str();
    let rest = key.strip_prefix(query.prefix.as_str())?;
    let end = rest.find(delimiter)? + delimiter.len();
    Some(key[..query.prefix.len() + end].to_owned())
}

/// Which keys are wanted.
#[derive(Default)]
struct Wanted {
    /// They begin with it.
    prefix: String,
    /// They lie behind it.
    after: String,
    /// They do not begin with it: a common prefix that has been shown.
    shown: Option<String>,
}

impl Wanted {
    fn of(query: &RawQuery) -> Self {
        let after = query.token.as_ref().or(query.after.as_ref());
        let after = after.cloned().unwrap_or_default();
        // Where V2 starts is a key; a marker or token may be what was folded.
        let goes_on = query.version == ListVersion::V1 || query.token.is_some();
        let shown = common_prefix(query, &after).filter(|prefix| goes_on && *prefix == after);
        Self {
            prefix: query.prefix.clone(),
            after,
            shown,
        }
    }

    fn key(&self, key: &str) -> bool {
        key.starts_with(&self.prefix) && key > self.after.as_str()
    }

    /// Whether a folder may hold such keys; its own ends with a slash.
    fn folder(&self, key: &str) -> bool {
        let begun = key.starts_with(&self.prefix) || self.prefix.starts_with(key);
        let behind = key > self.after.as_str() || self.after.starts_with(key);
        let shown = self.shown.as_ref();
        begun && behind && !shown.is_some_and(|shown| key.starts_with(shown))
    }
}

/// The files of a tree, in the order of their keys.
#[derive(Default)]
struct Walk {
    wanted: Wanted,
    /// The folders that are open, each inside the one before it.
    levels: Vec<Level>,
}

/// What is left of a folder.
struct Level {
    /// Empty, or with a slash at its end.
    key: String,
    path: PathBuf,
    /// In the order of the keys: a folder's name has a slash at its end.
    names: vec::IntoIter<String>,
}

impl Walk {
    fn nowhere() -> Self {
        Self::default()
    }

    /// Begins in the folder that the prefix names.
    fn begin(root: &Path, query: &RawQuery) -> Result<Self> {
        let mut walk = Self {
            wanted: Wanted::of(query),
            levels: Vec::new(),
        };
        let folder = query.prefix.rsplit_once('/').map(|(folder, _)| folder);
        match folder {
            None => walk.enter(String::new(), root.to_owned())?,
            // A slash in front names no folder of ours.
            Some("") => {}
            Some(folder) => {
                if let Some(path) =
                    place::folder(root, folder).map_err(|err| err.in_object(folder))?
                {
                    walk.enter(format!("{folder}/"), path)?;
                }
            }
        }
        Ok(walk)
    }

    /// The next file that is wanted.
    fn next(&mut self) -> Result<Option<(String, Metadata)>> {
        while let Some(level) = self.levels.last_mut() {
            let Some(name) = level.names.next() else {
                self.levels.pop();
                continue;
            };
            let (key, path) = (
                format!("{}{name}", level.key),
                level.path.join(name.trim_end_matches('/')),
            );
            if name.ends_with('/') {
                self.enter(key, path)?;
            // What leads nowhere, and what was deleted meanwhile, is no object.
            } else if let Ok(Some(facts)) = file_facts(&path) {
                return Ok(Some((key, facts)));
            }
        }
        Ok(None)
    }

    /// Goes on behind the last key that begins with this, which is a folder's.
    fn leave(&mut self, folder: &str) {
        while self
            .levels
            .last()
            .is_some_and(|level| level.key.starts_with(folder))
        {
            self.levels.pop();
        }
    }

    /// Goes on in a folder. One that was deleted meanwhile is empty.
    fn enter(&mut self, key: String, path: PathBuf) -> Result<()> {
        let mut names = match names(&self.wanted, &key, &path) {
            Ok(names) => names,
            Err(err) if is_gone(&err) && !key.is_empty() => return Ok(()),
            Err(err) if key.is_empty() => return Err(failed(err)),
            Err(err) => return Err(failed(err).in_object(&key)),
        };
        names.sort_unstable();
        let names = names.into_iter();
        self.levels.push(Level { key, path, names });
        Ok(())
    }
}

/// The names in a folder that are wanted; a folder's has a slash at its end.
fn names(wanted: &Wanted, folder: &str, path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in entries(path)? {
        let entry = match entry {
            Err(err) if is_gone(&err) => continue,
            entry => entry?,
        };
        let key = format!("{folder}{}", entry.name);
        if store::exact_key(&key).is_none() {
            continue;
        }
        if entry.is_folder && wanted.folder(&format!("{key}/")) {
            names.push(entry.name + "/");
        } else if !entry.is_folder && wanted.key(&key) {
            names.push(entry.name);
        }
    }
    Ok(names)
}

fn is_gone(err: &io::Error) -> bool {
    matches!(err.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
