//! One file in, one out: written aside and renamed, so that a name stands for a whole release or for what it was.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};

use super::{failure, shape, unlike};
use crate::support::site::{Site, opened, run, visits};

/// As many rows as make several blocks, so that something is on the disk before the last one is read.
const MANY: u32 = 300_000;

#[test]
fn a_release_appears_with_one_line_on_standard_error_and_none_on_standard_output() {
    let site = Site::new();
    site.write("visits.csv", visits(0..3));
    let answer = run(&mut site.convert("visits.csv", "out.csv", "open", &[]));
    assert_eq!(failure(&answer), None);
    assert_eq!(site.read("out.csv").unwrap(), opened(0..3).as_bytes());
    assert_eq!(answer.stdout, b"");
    assert_eq!(
        shape(&answer.stderr),
        "visits.csv → out.csv: # rows, # B in, # B out, # s"
    );
    assert!(answer.stderr.ends_with(" s\n"), "{}", answer.stderr);
    let numbers = format!(
        ": 3 rows, {} B in, {} B out, ",
        visits(0..3).len(),
        opened(0..3).len()
    );
    assert!(answer.stderr.contains(&numbers), "{}", answer.stderr);
}

#[test]
fn nothing_but_the_release_is_new_and_it_is_as_open_as_any_new_file() {
    let site = Site::new();
    site.write("visits.csv", visits(0..3));
    site.write("like.csv", "");
    let mut expected = site.files("");
    run(&mut site.convert("visits.csv", "out.csv", "open", &[]));
    expected.push("out.csv".to_owned());
    expected.sort();
    assert_eq!(site.files(""), expected);
    let mode = |name: &str| fs::metadata(site.path(name)).unwrap().mode();
    assert_eq!(mode("out.csv"), mode("like.csv"));
}

#[test]
fn an_output_that_exists_is_replaced_as_a_whole() {
    let site = Site::new();
    site.write("visits.csv", visits(0..3));
    site.write("out.csv", "old, and longer than what comes ".repeat(100));
    // Whoever reads the old one goes on reading it.
    let old = fs::File::open(site.path("out.csv")).unwrap();
    let inode = old.metadata().unwrap().ino();
    let answer = run(&mut site.convert("visits.csv", "out.csv", "open", &[]));
    assert_eq!(failure(&answer), None);
    assert_eq!(site.read("out.csv").unwrap(), opened(0..3).as_bytes());
    assert_eq!(old.metadata().unwrap().len(), 3200);
    assert_ne!(fs::metadata(site.path("out.csv")).unwrap().ino(), inode);
}

#[test]
fn a_link_stays_a_link_and_its_file_is_replaced() {
    let site = Site::new();
    site.write("visits.csv", visits(0..3));
    site.write("real/out.csv", "old");
    symlink("real/out.csv", site.path("out.csv")).unwrap();
    let answer = run(&mut site.convert("visits.csv", "out.csv", "open", &[]));
    assert_eq!(failure(&answer), None);
    let link = fs::symlink_metadata(site.path("out.csv")).unwrap();
    assert!(link.file_type().is_symlink());
    assert_eq!(site.read("real/out.csv").unwrap(), opened(0..3).as_bytes());
}

#[test]
fn folders_above_an_output_are_made_and_a_failed_run_takes_them_away() {
    let site = Site::new();
    site.write("good.csv", visits(0..3));
    site.write("bad.csv", "Name,Born,Ward,Cost\na,b,c,d\n");
    let before = site.files("");
    let answer = run(&mut site.convert("bad.csv", "new/folder/out.csv", "open", &[]));
    assert_eq!(unlike(&answer, 1, &["bad.csv"]), [""; 0]);
    assert_eq!(site.files(""), before);
    assert!(!site.path("new").exists());
    let answer = run(&mut site.convert("good.csv", "new/folder/out.csv", "open", &[]));
    assert_eq!(failure(&answer), None);
    assert_eq!(site.files("new"), ["folder/out.csv"]);
}

#[test]
fn a_run_that_fails_at_the_last_record_keeps_the_old_output_and_leaves_nothing() {
    let site = Site::new();
    let bad = format!("{}Canary,1950-01-01,last,CanaryCost\n", visits(0..MANY));
    site.write("visits.csv", bad);
    let mut wrong = Vec::new();
    for projection in ["open", "ages", "keyed", "sorted"] {
        for name in ["out.csv", "out.parquet"] {
            site.write(name, "old");
            let before = site.files("");
            let answer = run(&mut site.convert("visits.csv", name, projection, &["--key", "key"]));
            let mut complaints = match projection {
                // This one does not read Cost, and an object is checked for what is read.
                "ages" | "keyed" => failure(&answer).into_iter().collect(),
                _ => unlike(&answer, 1, &["record 300001", "\"Cost\"", "[InvalidValue]"]),
            };
            let kept = site.read(name).unwrap() == b"old";
            if kept == matches!(projection, "ages" | "keyed") {
                complaints.push(format!("{name} was kept: {kept}"));
            }
            if site.files("") != before {
                complaints.push(format!("leaves {:?}", site.files("")));
            }
            if answer.stderr.contains("Canary") {
                complaints.push(format!("tells a value: {}", answer.stderr));
            }
            wrong.extend(
                complaints
                    .iter()
                    .map(|what| format!("{projection} → {name}: {what}")),
            );
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_full_device_is_a_failure_of_the_system() {
    let site = Site::new();
    site.write("visits.csv", visits(0..MANY));
    let answer = run(&mut site.convert("visits.csv", "/dev/full", "open", &["--format", "csv"]));
    let words = ["/dev/full", "no space left", "[OutputFailed]"];
    assert_eq!(unlike(&answer, 2, &words), [""; 0]);
    // The same as standard output.
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = site.convert("visits.csv", "-", "open", &["--format", "csv"]);
    let answer = run(command.stdout(full).stderr(std::process::Stdio::piped()));
    assert_eq!(
        unlike(&answer, 2, &["no space left", "[OutputFailed]"]),
        [""; 0]
    );
}
