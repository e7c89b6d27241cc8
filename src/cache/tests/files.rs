//! Files in the folder: whose they are, and what is left of those who died.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use super::*;
use crate::cache::is_no_room;
use crate::error::Kind;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Another process that holds a file's lock, as a writer does, until it is killed.
fn locker(path: &Path) -> Child {
    let mut child = Command::new("flock")
        .args(["--no-fork", "--exclusive"])
        .arg(path)
        .arg("cat")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // What comes back says that the lock is held.
    child.stdin.as_mut().unwrap().write_all(b"?\n").unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "?\n");
    child
}

#[tokio::test]
async fn a_dead_writers_file_is_swept_and_a_living_ones_kept() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let file = ".veilpoint-Ab3dEf";
    fs::write(site.path().join(file), noise(1, 5000)).unwrap();
    let mut other = locker(&site.path().join(file));
    drop(site.open(AMPLE));
    assert_eq!(site.files(), [file]);

    let (mut writer, held) = ticket(&cache, 1).await.begin();
    let bytes = noise(2, CHUNK + 1);
    writer.write_all(&bytes).unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
    drop(site.open(AMPLE));
    let [own] = &site.files()[..] else {
        panic!("the living one's alone: {:?}", site.files());
    };
    assert_ne!(own, file);
    // Nor can another process have its lock.
    let lock = Command::new("flock")
        .args(["--nonblock"])
        .arg(site.path().join(own))
        .arg("true")
        .status();
    assert_eq!(lock.unwrap().code(), Some(1));

    writer.finish(facts(&bytes)).unwrap();
    assert_eq!(read_all(&held).await.unwrap(), bytes);
}

#[tokio::test]
async fn files_of_others_are_left_alone_and_do_not_count() {
    let site = Site::new();
    drop(site.open(AMPLE));
    let names = [
        "notes.txt",
        "abc.release",
        ".hidden",
        &format!("{}.release.bak", name(1)),
    ];
    for name in names {
        fs::write(site.path().join(name), noise(1, 100_000)).unwrap();
    }
    let mut expected: Vec<_> = names.map(ToOwned::to_owned).to_vec();
    expected.sort();
    let cache = site.open(20_000);
    assert_eq!(site.files(), expected);
    make(&cache, 2, b"abc").await.unwrap();
    assert!(find(&cache, 2).await.is_some());
}

#[tokio::test]
async fn the_folder_and_its_files_are_their_owners_alone() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    assert_eq!(mode(&site.path()), 0o700);
    make(&cache, 1, b"abc").await.unwrap();
    for file in site.files() {
        assert_eq!(mode(&site.path().join(file)), 0o600);
    }
}

#[test]
fn a_folder_that_cannot_be_a_cache_is_refused_with_a_remedy() {
    let site = tempfile::tempdir().unwrap();
    let path = |name| site.path().join(name);
    fs::write(path("file"), "").unwrap();
    for (name, mode) in [
        ("group", 0o770),
        ("all", 0o777),
        ("sticky", 0o1777),
        ("read", 0o755),
    ] {
        fs::create_dir(path(name)).unwrap();
        fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    let rows = [
        ("file", Some("name a folder")),
        ("file/below", Some("name a folder")),
        ("group", Some("chmod 700")),
        ("all", Some("chmod 700")),
        ("sticky", Some("chmod 700")),
        ("read", None),
        ("new/and/below", None),
    ];
    let mut wrong = Vec::new();
    for (name, remedy) in rows {
        let opened = Cache::open(&path(name), AMPLE);
        let right = match (&opened, remedy) {
            (Ok(_), None) => true,
            (Err(error), Some(remedy)) => {
                error.kind() == Kind::Settings && error.message().contains(remedy)
            }
            _ => false,
        };
        if !right {
            wrong.push(format!("{name}: {:?}", opened.err()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_cannot_be_opened_is_missing_and_what_cannot_be_written_is_not_kept() {
    let site = Site::new();
    let cache = site.open(AMPLE);
    let path = site.file(name(1), Form::Release);
    std::os::unix::fs::symlink(&path, &path).unwrap();
    make(&cache, 1, b"abc").await.unwrap();
    let held = find(&site.open(AMPLE), 1).await.unwrap();
    assert_eq!(read_all(&held).await.unwrap(), b"abc");

    fs::create_dir(site.file(name(2), Form::Release)).unwrap();
    let files = site.files();
    let error = make(&cache, 2, b"abc").await.unwrap_err();
    assert!(is_no_room(&error), "{error}");
    assert_eq!(site.files(), files);

    fs::remove_dir_all(site.path()).unwrap();
    let made = make(&cache, 3, b"abc").await.unwrap_err();
    let kept = cache.keep_facts(&name(3), &facts(b"")).await.unwrap_err();
    assert!(is_no_room(&made) && is_no_room(&kept), "{made}, {kept}");
    fs::create_dir(site.path()).unwrap();
    make(&cache, 3, b"abc").await.unwrap();
}
