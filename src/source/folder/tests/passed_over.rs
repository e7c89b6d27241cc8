//! What a listing passes over: links, hidden names, folders that cannot hold what is wanted.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use super::listing::shown;
use super::*;
use crate::error::Kind;
use crate::request::Delimiter;
use crate::source::RawQuery;

fn all() -> RawQuery {
    RawQuery {
        max_keys: 1000,
        ..RawQuery::default()
    }
}

#[test]
fn links_to_files_are_files_and_others_are_not_there() {
    let (outside, _) = tree(["secret.csv", "more/x.csv"]);
    let (folder, source) = tree(["in/a.csv", "in/b/c.csv"]);
    let root = folder.path();
    for (to, name) in [
        (root.join("in/a.csv"), "to-a-file"),
        (outside.path().join("secret.csv"), "to-a-file-outside"),
        (root.join("in"), "to-a-folder"),
        (outside.path().join("more"), "to-a-folder-outside"),
        (root.join("nowhere"), "dangling"),
        (root.join("circular"), "circular"),
        (root.to_owned(), "in/b/circle"),
    ] {
        symlink(to, root.join(name)).unwrap();
    }
    for hidden in [".hidden.csv", ".git/x.csv", "in/.x/y.csv"] {
        write(root, hidden);
    }
    let no_text = std::ffi::OsStr::from_bytes(b"\xff.csv");
    fs::write(root.join(no_text), "x").unwrap();
    write(root, "line\nbreak.csv");
    let (keys, _) = shown(&block(source.page(&all())).unwrap());
    assert_eq!(
        keys,
        ["in/a.csv", "in/b/c.csv", "to-a-file", "to-a-file-outside"]
    );
    for prefix in [
        "to-a-folder/",
        "to-a-folder-outside/x",
        "in/b/circle/in/",
        ".git/",
        "in/../",
        "../",
        "/",
        "in//",
    ] {
        let query = RawQuery {
            prefix: prefix.into(),
            ..all()
        };
        assert_eq!(
            shown(&block(source.page(&query)).unwrap()).0,
            [""; 0],
            "{prefix}"
        );
    }
}

#[test]
fn only_folders_that_can_hold_wanted_keys_are_read() {
    // As deep as no path may be, a folder is one that cannot be read: whoever goes there fails.
    let (folder, source) = tree(["a/x.csv", "m/x.csv", "z/x.csv"]);
    let mut deep = folder.path().join("m");
    for _ in 0..15 {
        deep = deep.join("d".repeat(250));
    }
    fs::create_dir_all(&deep).unwrap();
    let far = folder.path().join("far");
    fs::create_dir(&far).unwrap();
    fs::create_dir_all(far.join("d".repeat(250)).join("d".repeat(250))).unwrap();
    fs::rename(&far, deep.join("d")).unwrap();
    let ask = |query: RawQuery| block(source.page(&query)).map(|page| shown(&page).0);
    let error = ask(all()).unwrap_err();
    assert_eq!(error.kind(), Kind::Source, "{error}");
    assert!(error.to_string().starts_with("m/ddd"), "{error}");
    for (query, expected) in [
        (
            RawQuery {
                prefix: "a/".into(),
                ..all()
            },
            "a/x.csv",
        ),
        (
            RawQuery {
                prefix: "z".into(),
                ..all()
            },
            "z/x.csv",
        ),
        (
            RawQuery {
                after: Some("m/x".into()),
                ..all()
            },
            "m/x.csv z/x.csv",
        ),
        (
            RawQuery {
                after: Some("n".into()),
                ..all()
            },
            "z/x.csv",
        ),
        (
            RawQuery {
                token: Some("m/".into()),
                delimiter: Some(Delimiter::Slash),
                ..all()
            },
            "z/",
        ),
        (
            RawQuery {
                prefix: "m/x".into(),
                ..all()
            },
            "m/x.csv",
        ),
        (
            RawQuery {
                max_keys: 0,
                ..all()
            },
            "",
        ),
    ] {
        let shown = ask(query.clone()).map(|keys| keys.join(" "));
        assert_eq!(shown.unwrap(), expected, "{query:?}");
    }
}
