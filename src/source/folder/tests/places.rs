//! Which keys name a file, and which version it is.

use std::fs::{self, File};
use std::io::{Error as IoError, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

use super::super::failed;
use super::*;
use crate::error::Kind;
use crate::request::Delimiter;
use crate::source::RawQuery;

/// What a key reads as, by GET; and by HEAD of it alone.
fn read(source: &Folder, key: &str) -> Option<String> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let fetched = runtime.block_on(source.open(key)).unwrap();
    let head = runtime.block_on(source.head(&[key.to_owned()])).unwrap();
    let version = fetched.as_ref().map(|fetched| fetched.version.clone());
    assert_eq!(
        head,
        version.map(|version| (key.to_owned(), version)),
        "{key}"
    );
    let (mut reader, _) = fetched?.into_reader();
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    Some(text)
}

#[test]
fn a_key_reads_its_own_file_and_nothing_outside() {
    let (outside, _) = tree(["out/secret.csv"]);
    let out = outside.path().join("out");
    let odd = [
        "a",
        "b/c d.csv",
        "b/c+d%2F.csv",
        "\u{fc}/u\u{308}.csv",
        "e\\f.csv",
        "x/y/z.csv",
    ];
    let (folder, source) = tree(odd);
    let root = folder.path();
    for hidden in [".h.csv", "x/.git/config"] {
        write(root, hidden);
    }
    for (to, name) in [
        (out.clone(), "way"),
        (out.join("secret.csv"), "file"),
        (root.join("x"), "inner"),
        (root.join("none"), "dangling"),
        (root.join("circular"), "circular"),
    ] {
        symlink(to, root.join(name)).unwrap();
    }
    let absolute = out.join("secret.csv").display().to_string();
    let up = format!(
        "../{}/out/secret.csv",
        outside.path().file_name().unwrap().to_string_lossy()
    );
    let (long, deep) = ("n".repeat(300), "d/".repeat(3000) + "x");
    let nothing = [
        "",
        "/",
        ".",
        "..",
        "/a",
        "a/",
        "a/b",
        "x",
        "x/y",
        "b//c d.csv",
        "./a",
        "b/./c d.csv",
        "x/../a",
        "b/c d.csv/..",
        "way/secret.csv",
        "way/../out/secret.csv",
        "inner/y/z.csv",
        "dangling",
        "circular",
        ".h.csv",
        "x/.git/config",
        "a\0",
        "a\n",
        "A/",
        "none",
        &absolute,
        &up,
        &long,
        &deep,
    ];
    let expected = odd.map(|key| (key, Some(key.to_owned()))).into_iter();
    let expected = expected.chain([("file", Some("out/secret.csv".to_owned()))]);
    let expected = expected.chain(nothing.map(|key| (key, None)));
    let mut wrong = Vec::new();
    for (key, expected) in expected {
        let found = read(&source, key);
        if found != expected {
            wrong.push(format!("{key:?}: {found:?}, and not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_first_key_that_exists_is_found() {
    let (_folder, source) = tree(["b.csv", "c.csv"]);
    let keys = ["../b.csv", "a.csv", "c.csv", "b.csv"].map(str::to_owned);
    let (key, version) = block(source.head(&keys)).unwrap().unwrap();
    assert_eq!((key.as_str(), version.length), ("c.csv", Some(5)));
    assert_eq!(block(source.head(&keys[..2])).unwrap(), None);
}

#[test]
fn a_version_is_one_in_listing_head_and_get_and_another_after_each_change() {
    let (folder, source) = tree(["a/b.csv"]);
    let path = folder.path().join("a/b.csv");
    let now = || {
        let key = ["a/b.csv".to_owned()];
        let (_, head) = block(source.head(&key)).unwrap().unwrap();
        let query = RawQuery {
            prefix: "a/".into(),
            delimiter: Some(Delimiter::Slash),
            max_keys: 1,
            ..RawQuery::default()
        };
        let page = block(source.page(&query)).unwrap();
        assert_eq!(page.objects[0].version, head);
        assert_eq!(head.modified.unwrap().timestamp_subsec_nanos(), 0);
        head
    };
    let day = SystemTime::UNIX_EPOCH + Duration::from_hours(24);
    let dated = |path: &Path, at: SystemTime| {
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(at).unwrap();
    };
    dated(&path, day);
    let mut versions = vec![now()];
    assert_eq!(
        versions[0].modified.unwrap().to_rfc3339(),
        "1970-01-02T00:00:00+00:00"
    );
    dated(&path, day + Duration::from_nanos(1));
    versions.push(now());
    // Another file of the same length and date in its place.
    let other = folder.path().join("other");
    fs::write(&other, "A/B.CSV").unwrap();
    dated(&other, day + Duration::from_nanos(1));
    fs::rename(&other, &path).unwrap();
    versions.push(now());
    File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .write_all(b"x")
        .unwrap();
    dated(&path, day + Duration::from_nanos(1));
    versions.push(now());
    // Other bytes in the same file, with its length and date put back.
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .write_all(b"y")
        .unwrap();
    dated(&path, day + Duration::from_nanos(1));
    versions.push(now());
    // Before 1970.
    dated(&path, SystemTime::UNIX_EPOCH - Duration::from_millis(1_500));
    versions.push(now());
    for (at, version) in versions.iter().enumerate() {
        let same = versions.iter().filter(|other| other.etag == version.etag);
        assert_eq!(same.count(), 1, "{at}: {versions:?}");
    }
}

#[test]
fn a_folder_that_is_none_is_a_wrong_setting() {
    let (folder, _) = tree(["a.csv"]);
    for (path, words) in [("none", "no such folder"), ("a.csv", "not a folder")] {
        let path = folder.path().join(path);
        let error = block(Folder::at(path.clone())).err().unwrap();
        assert_eq!(error.kind(), Kind::Settings, "{error}");
        let said = error.to_string();
        assert!(
            said.contains(words) && said.contains(&path.display().to_string()),
            "{said}"
        );
    }
    // Whoever may read everything can have no folder that may not be read.
    let error = failed(IoError::from(ErrorKind::PermissionDenied));
    assert_eq!(error.kind(), Kind::Denied);
}
