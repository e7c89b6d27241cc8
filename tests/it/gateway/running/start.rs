//! How it does not start: an exit code, the place of each mistake and what to do, and nobody listens.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::mistakes::{Change, MISTAKES, SECRET};
use crate::gateway::stage::{Setup, command};
use crate::support::samples::{KEY, copy_sql};
use crate::support::site::{Answer, run};

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

#[test]
fn what_cannot_be_right_is_said_with_its_place_and_nobody_listens() {
    let mut wrong = Vec::new();
    for (name, change, words) in MISTAKES {
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
        top: format!(
            "cache = {{ path = \"{}/releases\" }}\n",
            cache.path().display()
        ),
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
