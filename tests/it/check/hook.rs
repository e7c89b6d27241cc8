//! The hook of pre-commit, run by pre-commit itself.

use std::path::Path;
use std::process::Command;

use super::{PEOPLE, PINS};
use crate::support::python::{environment_of, succeed};
use crate::support::site::{Answer, Site, run};

/// A command in a folder of the site, with nothing of the tests' own surroundings but where programs lie.
fn program(site: &Site, folder: &str, name: &str, args: &[&str]) -> Command {
    let ours = Path::new(env!("CARGO_BIN_EXE_veilpoint")).parent().unwrap();
    let tools = environment_of(PINS).join("bin");
    let path = format!(
        "{}:{}:/usr/local/bin:/usr/bin:/bin",
        ours.display(),
        tools.display()
    );
    let mut command = Command::new(name);
    command
        .args(args)
        .current_dir(site.path(folder))
        .env_clear()
        .env("PATH", path)
        .env("HOME", site.path(""))
        .env("PRE_COMMIT_HOME", site.path("hooks-home"))
        .env("GIT_CONFIG_NOSYSTEM", "1");
    for role in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{role}_NAME"), "Somebody")
            .env(format!("GIT_{role}_EMAIL"), "somebody@example.org");
    }
    command
}

fn git(site: &Site, folder: &str, args: &[&str]) -> String {
    let output = succeed(&mut program(site, folder, "git", args));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(site: &Site, folder: &str) -> String {
    git(site, folder, &["add", "--all"]);
    git(site, folder, &["commit", "--quiet", "--message", "all"]);
    git(site, folder, &["rev-parse", "HEAD"])
}

fn hooked(site: &Site) -> Answer {
    git(site, "work", &["add", "--all"]);
    run(&mut program(
        site,
        "work",
        "pre-commit",
        &["run", "--color", "never"],
    ))
}

#[test]
fn a_good_edit_passes_and_a_bad_one_does_not() {
    let site = Site::new();
    let hooks = include_str!("../../../.pre-commit-hooks.yaml");
    site.write("hooks/.pre-commit-hooks.yaml", hooks);
    git(&site, "hooks", &["init", "--quiet"]);
    let rev = commit(&site, "hooks");
    let config = format!(
        "repos:\n  - repo: {}\n    rev: {rev}\n    hooks:\n      - id: veilpoint-check\n",
        site.path("hooks").display()
    );
    site.write("work/.pre-commit-config.yaml", config);
    site.write("work/sql/people/schema.sql", PEOPLE);
    site.write("work/sql/people/costs.sql", "SELECT \"Cost\" FROM people");
    git(&site, "work", &["init", "--quiet"]);
    commit(&site, "work");
    let mut wrong = Vec::new();
    for (name, file, text, code, says) in [
        (
            "a good edit",
            "sql/people/costs.sql",
            "SELECT \"Cost\", \"Ill\" FROM people",
            0,
            "Passed",
        ),
        (
            "a bad edit",
            "sql/people/costs.sql",
            "SELECT \"SSN\" FROM people",
            1,
            "[direct-identifier]",
        ),
        (
            "the bad edit beside another file",
            "readme.txt",
            "anything",
            1,
            "[direct-identifier]",
        ),
        (
            "the edit taken back",
            "sql/people/costs.sql",
            "SELECT \"Ill\" FROM people",
            0,
            "Passed",
        ),
        (
            "another file alone",
            "other.txt",
            "anything",
            0,
            "no files to check",
        ),
    ] {
        site.write(&format!("work/{file}"), text);
        let answer = hooked(&site);
        let said = String::from_utf8_lossy(&answer.stdout).into_owned();
        if answer.code != Some(code) || !said.contains(says) {
            wrong.push(format!("{name}: {:?} {said}{}", answer.code, answer.stderr));
        }
        if code == 0 {
            commit(&site, "work");
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
