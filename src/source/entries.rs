//! What of a folder counts as an object or as a folder of objects: one rule for whoever walks.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

/// A name in a folder.
pub(super) struct Entry {
    /// It is text.
    pub(super) name: String,
    /// Whether it is a folder itself; a link to one is not.
    pub(super) is_folder: bool,
}

/// The names in a folder, in no order. A name that is no UTF-8 is left out, since it is no key and no pattern of a
/// contract can own it; and so is a hidden one.
pub(super) fn entries(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<Entry>>> {
    let entry = |entry: fs::DirEntry| -> io::Result<Option<Entry>> {
        let name = entry.file_name().into_string();
        let Some(name) = name.ok().filter(|name| !is_hidden(name)) else {
            return Ok(None);
        };
        let is_folder = entry.file_type()?.is_dir();
        Ok(Some(Entry { name, is_folder }))
    };
    let found = fs::read_dir(folder)?;
    Ok(found.filter_map(move |found| found.and_then(entry).transpose()))
}

/// Whether it has a leading dot.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}

/// The facts of a file. Links to files are followed; links to folders are not, for they may lead in a circle; and a pipe
/// would keep whoever opens it.
pub(super) fn file_facts(path: &Path) -> io::Result<Option<Metadata>> {
    fs::metadata(path).map(|facts| Some(facts).filter(Metadata::is_file))
}
