//! Files that change while they are read.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::*;
use crate::error::Kind;
use crate::source::classify;

/// More than is read ahead of a reader.
const LONG: usize = 8 * 1024 * 1024;

/// What is done to a file.
type Change = Box<dyn FnOnce(&Path)>;

/// What is read of a file at which this is done when its first byte has been read.
fn read_while(change: impl FnOnce(&Path)) -> crate::Result<Vec<u8>> {
    let (folder, source) = tree([]);
    let path = folder.path().join("long.csv");
    fs::write(&path, before()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let fetched = runtime.block_on(source.open("long.csv")).unwrap().unwrap();
    let (mut reader, _) = fetched.into_reader();
    let mut bytes = vec![0];
    reader.read_exact(&mut bytes).unwrap();
    change(&path);
    let read = reader.read_to_end(&mut bytes);
    read.map(|_| bytes).map_err(classify)
}

fn before() -> Vec<u8> {
    b"before\n\0".repeat(LONG / 8)
}

fn open(path: &Path) -> File {
    File::options().read(true).write(true).open(path).unwrap()
}

#[test]
fn a_file_that_stays_or_that_another_one_replaces_is_read_whole() {
    assert_eq!(read_while(|_| ()).unwrap(), before());
    let replaced = read_while(|path| {
        let other = path.with_extension("new");
        fs::write(&other, b"after").unwrap();
        fs::rename(&other, path).unwrap();
    });
    assert_eq!(replaced.unwrap(), before());
    assert_eq!(
        read_while(|path| fs::remove_file(path).unwrap()).unwrap(),
        before()
    );
}

#[test]
fn a_file_that_changes_in_its_place_has_no_end() {
    let later = || SystemTime::now() + Duration::from_secs(1);
    let long = u64::try_from(LONG).unwrap();
    let changes: [(&str, Change); 6] = [
        (
            "is written over by as many bytes",
            Box::new(move |path| {
                let mut file = open(path);
                file.write_all(&b"after!\n\0".repeat(LONG / 8)).unwrap();
                file.set_modified(later()).unwrap();
            }),
        ),
        (
            "is touched",
            Box::new(move |path| open(path).set_modified(later()).unwrap()),
        ),
        (
            "is cut",
            Box::new(move |path| open(path).set_len(long - 1).unwrap()),
        ),
        (
            "is emptied",
            Box::new(|path| open(path).set_len(0).unwrap()),
        ),
        (
            "grows",
            Box::new(move |path| open(path).set_len(long + 1).unwrap()),
        ),
        (
            "grows, and says it did not",
            Box::new(move |path| {
                let file = open(path);
                let at = file.metadata().unwrap().modified().unwrap();
                file.set_len(long * 2).unwrap();
                file.set_modified(at).unwrap();
            }),
        ),
    ];
    let mut wrong = Vec::new();
    for (name, change) in changes {
        match read_while(change) {
            Err(error)
                if error.kind() == Kind::Source
                    && error.message().contains("changed while it was read") => {}
            Err(error) => wrong.push(format!("{name}: {error}")),
            Ok(bytes) => wrong.push(format!("{name}: {} bytes", bytes.len())),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn reading_ends_from_elsewhere() {
    let (folder, source) = tree([]);
    fs::write(folder.path().join("long.csv"), before()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let fetched = runtime.block_on(source.open("long.csv")).unwrap().unwrap();
    let (mut reader, stopper) = fetched.into_reader();
    stopper.abort();
    let error = classify(reader.read_to_end(&mut Vec::new()).unwrap_err());
    assert_eq!(error.kind(), Kind::Source);
}
