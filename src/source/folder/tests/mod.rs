//! Folders of real files.

mod listing;
mod passed_over;
mod places;
mod reading;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::Folder;
use crate::source::testing::block;

/// A folder with these files below it, each of which holds its key.
fn tree<'a>(keys: impl IntoIterator<Item = &'a str>) -> (TempDir, Folder) {
    let folder = tempfile::tempdir().unwrap();
    for key in keys {
        write(folder.path(), key);
    }
    let at = block(Folder::at(folder.path().to_owned())).unwrap();
    (folder, at)
}

fn write(root: &Path, key: &str) {
    let path = root.join(key);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, key).unwrap();
}
