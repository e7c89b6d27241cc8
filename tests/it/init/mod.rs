//! `veilpoint init`: drafts of ten files of ten makers, held against what a careful person says of each column.

mod columns;
mod command;

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use veilpoint::dataset::contract::{Class, Contract};

use crate::support::python::run_script;
use crate::support::site::{Answer, Site, run};

/// The ten files, made once a run.
fn files() -> PathBuf {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        run_script("drafts.py", &[folder.path().to_str().unwrap()]);
        folder
    });
    folder.path().to_owned()
}

/// A site with one of the files, drafted.
fn drafted(file: &str) -> (Site, String, Contract) {
    let site = Site::new();
    fs::copy(files().join(file), site.path(file)).unwrap();
    let answer = init(&site, &[file, "--sql", "drafts"]);
    assert_eq!(answer.code, Some(0), "{file}: {}", answer.stderr);
    let dataset = file.split('.').next().unwrap().to_owned();
    let text = site.read(&format!("drafts/{dataset}/schema.sql")).unwrap();
    let text = String::from_utf8(text).unwrap();
    let contract = Contract::parse(&dataset, "schema.sql", &text).unwrap();
    (site, dataset, contract)
}

fn init(site: &Site, args: &[&str]) -> Answer {
    run(&mut site.command(["init"].iter().chain(args)))
}

/// A class by its first letter.
fn class(letter: char) -> Class {
    match letter {
        'd' => Class::DirectIdentifier,
        'q' => Class::QuasiIdentifier,
        's' => Class::Sensitive,
        _ => Class::Insensitive,
    }
}
