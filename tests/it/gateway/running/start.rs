//! How it does not start: an exit code, the place of each mistake and what to do, and nobody listens.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::gateway::stage::{Setup, command};
use crate::support::samples::{KEY, copy_sql};
use crate::support::site::{Answer, run};

/// A change to settings that are right, or to what they name.
type Change = fn(&Path, String) -> String;

/// What must not be said.
const SECRET: &str = "CANARYREADERSECRET0123456789";

fn write(folder: &Path, name: &str, text: &str, mode: u32) {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A folder as a gateway needs it, but for its settings.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_sql(&folder.path().join("sql"));
    fs::create_dir(folder.path().join("objects")).unwrap();
    folder
}

/// What the command comes to in a folder that is right but for this.
fn started(change: Change) -> Answer {
    let folder = folder();
    let setup = Setup::default();
    let settings = change(folder.path(), setup.settings(None));
    fs::write(folder.path().join("veilpoint.toml"), settings).unwrap();
    run(&mut command(folder.path(), &variables()))
}

fn variables() -> Vec<(String, String)> {
    [
        ("SECRET_OF_reader", SECRET),
        ("SECRET_OF_other", SECRET),
        ("VEILPOINT_KEY", KEY),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Another's address, for as long as the tests run.
fn taken() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::mem::forget(listener);
    address
}

#[test]
fn what_cannot_be_right_is_said_with_its_place_and_nobody_listens() {
    let rows: [(&str, Change, &[&str]); 22] = [
        (
            "no TOML",
            |_, _| "listen = \n".into(),
            &["veilpoint.toml:1:"],
        ),
        (
            "an unknown key",
            |_, text| format!("lisen = \"127.0.0.1:0\"\n{text}"),
            &["veilpoint.toml:1:1: ", "\"lisen\"", "\"listen\""],
        ),
        (
            "a port in use",
            |_, text| text.replacen("127.0.0.1:0", &taken(), 1),
            &["listen: 127.0.0.1:", "in use"],
        ),
        (
            "the admin's port in use",
            |_, text| format!("admin = \"{}\"\n{text}", taken()),
            &["admin: 127.0.0.1:", "in use"],
        ),
        (
            "an address of another machine",
            |_, text| text.replacen("127.0.0.1:0", "192.0.2.1:9300", 1),
            &["listen: 192.0.2.1:9300"],
        ),
        (
            "an address that is none",
            |_, text| text.replacen("127.0.0.1:0", "localhost", 1),
            &["veilpoint.toml:1:10: ", "\"listen\""],
        ),
        (
            "a source that is not there",
            |_, text| text.replacen("source = \"objects\"", "source = \"none\"", 1),
            &["access_points.analytics: ", "no such folder"],
        ),
        (
            "a source that is a file",
            |folder, text| {
                write(folder, "file", "", 0o600);
                text.replacen("source = \"objects\"", "source = \"file\"", 1)
            },
            &["access_points.analytics: ", "file"],
        ),
        (
            "no sql",
            |folder, text| {
                fs::remove_dir_all(folder.join("sql")).unwrap();
                text
            },
            &["\"sql\"", "no folder"],
        ),
        (
            "a projection that no name is",
            |_, text| text.replacen("people/named", "named", 1),
            &["veilpoint.toml:", "\"projection\""],
        ),
        (
            "a format that is none",
            |_, text| text.replacen("\"csv\"", "\"xlsx\"", 1),
            &["veilpoint.toml:", "\"format\""],
        ),
        (
            "a bucket that is none",
            |_, text| text.replacen("access_points.\"named\"", "access_points.\"Na_med\"", 1),
            &["veilpoint.toml:"],
        ),
        (
            "a secret in clear",
            |_, text| {
                text.replacen(
                    "{ env = \"SECRET_OF_reader\" }",
                    &format!("\"{SECRET}\""),
                    1,
                )
            },
            &["veilpoint.toml:", "\"secret_access_key\"", "env"],
        ),
        (
            "a secret as a key",
            |_, text| {
                text.replacen(
                    "{ env = \"SECRET_OF_reader\" }",
                    &format!("{{ {SECRET} = 1 }}"),
                    1,
                )
            },
            &["veilpoint.toml:"],
        ),
        (
            "a secret that is not set",
            |_, text| text.replacen("SECRET_OF_reader", "SECRET_OF_NOBODY", 1),
            &["veilpoint.toml:", "SECRET_OF_NOBODY", "not set"],
        ),
        (
            "a secret open to others",
            |folder, text| {
                write(folder, "open", SECRET, 0o644);
                text.replacen("env = \"SECRET_OF_reader\"", "file = \"open\"", 1)
            },
            &["veilpoint.toml:", "chmod 600 "],
        ),
        (
            "a secret that is too short",
            |folder, text| {
                write(folder, "short", "CANARY", 0o600);
                text.replacen("env = \"SECRET_OF_reader\"", "file = \"short\"", 1)
            },
            &["veilpoint.toml:", "16"],
        ),
        (
            "a key that is not there",
            |_, text| format!("key = {{ file = \"none.key\" }}\n{text}"),
            &["veilpoint.toml:1:", "\"key\""],
        ),
        (
            "a key that is none",
            |folder, text| {
                write(folder, "bad.key", "CANARYKEY", 0o600);
                format!("key = {{ file = \"bad.key\" }}\n{text}")
            },
            &["veilpoint.toml:1:", "\"key\""],
        ),
        (
            "an access point that nobody has",
            |_, text| text.replacen("[\"costs\"]", "[\"cots\"]", 1),
            &["veilpoint.toml:", "\"costs\""],
        ),
        (
            "a cache in a file",
            |folder, text| {
                write(folder, "cache", "", 0o600);
                text
            },
            &["veilpoint.toml:", "\"path\""],
        ),
        (
            "limits beyond theirs",
            |_, text| format!("{text}[limits]\nconnections = 0\nhead_seconds = 0\n"),
            &["connections", "head_seconds"],
        ),
    ];
    let mut wrong = Vec::new();
    for (name, change, words) in rows {
        let answer = started(change);
        let said = &answer.stderr;
        if answer.code != Some(2) || !answer.stdout.is_empty() {
            let log = String::from_utf8_lossy(&answer.stdout).into_owned();
            wrong.push(format!("{name}: exits with {:?}: {said}{log}", answer.code));
        }
        let missing = words.iter().filter(|word| !said.contains(**word));
        wrong.extend(missing.map(|word| format!("{name}: does not say {word}: {said}")));
        let secrets = ["CANARY", KEY, "listening on"];
        let told = secrets.iter().filter(|word| said.contains(**word));
        wrong.extend(told.map(|word| format!("{name}: says {word}: {said}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn all_mistakes_of_a_file_are_said_at_once() {
    let answer = started(|_, text| {
        let text = text.replacen("projection", "projektion", 1);
        let text = text.replacen("\"csv\"", "\"xlsx\"", 1);
        format!("regoin = \"here\"\n{text}")
    });
    let lines = answer.stderr.lines();
    let places = lines
        .filter(|line| line.contains("veilpoint.toml:"))
        .count();
    assert_eq!((answer.code, places), (Some(2), 4), "{}", answer.stderr);
}

#[test]
fn a_folder_that_may_not_be_read_is_said_before_anybody_listens() {
    let folder = folder();
    let settings = Setup::default().settings(None);
    fs::write(folder.path().join("veilpoint.toml"), settings).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let objects = folder.path().join("objects");
    fs::set_permissions(&objects, fs::Permissions::from_mode(0o000)).unwrap();
    let cache = tempfile::tempdir().unwrap();
    let inner = command(folder.path(), &variables());
    // Whoever may do everything runs it as somebody who may not.
    let mut command = if fs::read_dir(&objects).is_ok() {
        fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(inner.get_program())
            .args(inner.get_args())
            .current_dir(folder.path())
            .env_clear()
            .envs(variables());
        command
    } else {
        inner
    };
    let settings = Setup {
        top: format!("cache = {{ path = {:?} }}\n", cache.path().join("releases")),
        ..Setup::default()
    };
    fs::write(
        folder.path().join("veilpoint.toml"),
        settings.settings(None),
    )
    .unwrap();
    let answer = run(&mut command);
    fs::set_permissions(&objects, fs::Permissions::from_mode(0o700)).unwrap();
    let said = &answer.stderr;
    assert_eq!(answer.code, Some(2), "{said}");
    assert!(said.contains("access_points.analytics: "), "{said}");
    assert!(!said.contains("listening on"), "{said}");
}

#[test]
fn settings_that_are_not_there_are_usage() {
    let folder = tempfile::tempdir().unwrap();
    let answer = run(&mut command(folder.path(), &[]));
    let said = &answer.stderr;
    assert_eq!(answer.code, Some(2), "{said}");
    assert!(said.contains("veilpoint.toml"), "{said}");
    assert!(!said.contains("listening on"), "{said}");
}
