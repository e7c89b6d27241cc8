//! Exit codes: what is refused is refused as `convert` refuses it.

use std::fs;
use std::path::Path;

use crate::support::site::{Site, run, visits};

#[test]
fn what_is_refused_or_mistaken_has_its_exit_code_and_shows_nothing() {
    let site = Site::new();
    site.write("visits.csv", visits(0..3));
    site.write("header.csv", "Name,Born,Ward,Cost\n");
    site.write("missing.csv", "Name,Born,Ward\nA,,w\n");
    site.write(
        "bad.csv",
        "Name,Born,Ward,Cost\nA,1990-01-01,w,CANARYCOST\n",
    );
    site.write("old.sql", "SELECT \"Name\" FROM visits");
    site.write("folder/visits.csv", visits(0..3));
    let mut wrong = Vec::new();
    for (args, code, says) in [
        ("none.csv -p visits/open", 1, "[NoSuchKey]"),
        ("header.csv -p visits/open", 1, "[NoRecords]"),
        ("missing.csv -p visits/open", 1, "[ColumnMissing]"),
        ("bad.csv -p visits/open", 1, "record 1, column \"Cost\""),
        ("visits.csv -p visits/named", 1, "[direct-identifier]"),
        (
            "visits.csv -p visits/opne",
            1,
            "did you mean \"visits/open\"?",
        ),
        (
            "visits.csv -p visits/open --against old.sql",
            1,
            "old.sql:1:8",
        ),
        (
            "visits.csv -p visits/open --against none.sql",
            2,
            "none.sql",
        ),
        ("folder -p visits/open", 2, "[InvalidRequest]"),
        ("- -p visits/sorted", 2, "standard input comes once"),
        (
            "- -p visits/open --against sql/visits/ages.sql",
            2,
            "standard input comes once",
        ),
        ("visits.csv -p visits/keyed", 2, "[KeyUnavailable]"),
        ("visits.csv -p visits/open --rows 0", 2, "1..=1000"),
        ("visits.csv -p visits/open --format json", 2, "text, html"),
        (
            "visits.csv -p visits/open --sql none",
            2,
            "[InvalidSettings]",
        ),
        (
            "visits.csv -p visits/open --output folder/",
            2,
            "[InvalidRequest]",
        ),
        ("visits.csv", 2, "--projection"),
    ] {
        let mut command = site.command(["preview"]);
        let answer = run(command.args(args.split(' ')));
        let said = answer.stderr.as_str();
        if answer.code != Some(code) || !said.contains(says) || said.contains("CANARY") {
            wrong.push(format!("{args}: {:?} {said}", answer.code));
        }
        if !answer.stdout.is_empty() {
            wrong.push(format!("{args}: it shows something"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_bundled_sample_needs_no_key_and_a_file_is_written_whole() {
    let site = Site::new();
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    site.write(
        "samples/patients.csv",
        fs::read(home.join("samples/patients.csv")).unwrap(),
    );
    for file in ["schema", "analytics"] {
        let name = format!("sql/patients/{file}.sql");
        site.write(&name, fs::read(home.join(&name)).unwrap());
    }
    let args = [
        "preview",
        "samples/patients.csv",
        "--projection",
        "patients/analytics",
        "--format",
        "html",
    ];
    let first = run(site.command(args).args(["--output", "pages/p.html"]));
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert!(
        first.stderr.contains("made a master key for the samples"),
        "{}",
        first.stderr
    );
    let second = run(&mut site.command(args));
    assert_eq!(second.stderr, "");
    assert_eq!(site.read("pages/p.html").unwrap(), second.stdout);
    assert_eq!(site.files("pages"), ["p.html"]);
}
