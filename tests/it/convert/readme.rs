//! `README.md` is true: its commands run, its SQL is taken, and what it names is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use veilpoint::{config, csv};

use super::failure;
use super::help::{checkout, in_shell, options};
use crate::support::site::{Site, run};

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The fenced blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("\n```{language}\n");
    let blocks = text.split(&fence).skip(1);
    blocks
        .map(|rest| rest.split("\n```").next().unwrap().to_owned())
        .collect()
}

/// The rows of the table whose head begins with this cell, by their first cells.
fn table(text: &str, head: &str) -> Vec<String> {
    let begin = format!("\n| {head} |");
    let (_, rest) = text.split_once(&begin).unwrap();
    let rows = rest
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    // A bar inside a cell is escaped.
    let first = rows.map(|row| {
        row.replace("\\|", "¦")[1..]
            .split('|')
            .next()
            .unwrap()
            .trim()
            .to_owned()
    });
    first.collect()
}

/// What stands between backticks.
fn code(text: &str) -> Vec<String> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn its_commands_run() {
    let site = checkout();
    let text = readme();
    let mut wrong = Vec::new();
    let mut ours = 0;
    for block in blocks(&text, "sh") {
        for line in block.lines() {
            match line.strip_prefix("cargo run --release -- ") {
                Some(rest) => {
                    ours += 1;
                    let answer = in_shell(&site, &format!("veilpoint {rest}"));
                    wrong.extend(failure(&answer).map(|what| format!("{line}: {what}")));
                    if rest.contains(" - ") && answer.stdout.is_empty() {
                        wrong.push(format!("{line}: shows nothing"));
                    }
                }
                None if line == "cargo test" => {}
                None => wrong.push(format!("{line}: is neither ours nor the tests'")),
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(ours, 3);
    assert!(site.read("out.parquet").unwrap().starts_with(b"PAR1"));
}

#[test]
fn its_contract_and_its_projection_are_taken() {
    let site = checkout();
    let text = readme();
    let sql = blocks(&text, "sql");
    let [contract, projection] = &sql[..] else {
        panic!("{} blocks of SQL", sql.len());
    };
    site.write("readme/patients/schema.sql", contract);
    site.write("readme/patients/ages.sql", projection);
    let mut command = site.command([
        "convert",
        "raw/patients.csv",
        "out.csv",
        "--sql",
        "readme",
        "--projection",
        "patients/ages",
        "--key",
        "key",
    ]);
    assert_eq!(failure(&run(&mut command)), None);
    let release = String::from_utf8(site.read("out.csv").unwrap()).unwrap();
    assert!(
        release.starts_with("Fullname,Age,Gender,Disease\n"),
        "{release}"
    );
}

#[test]
fn its_options_of_contracts_are_those_that_are_taken() {
    let values: BTreeMap<&str, &str> = [
        ("format.delimiter", ";"),
        ("format.quote", ""),
        ("format.escape", "\\"),
        ("format.comment", "#"),
        ("format.terminator", "\r"),
        ("format.has_header", "false"),
        ("format.null_value", "NULL"),
        ("format.date_format", "%d.%m.%Y"),
        ("format.timestamp_format", "%d.%m.%Y %H:%M:%S"),
        ("format.timestamp_tz_format", "%d.%m.%Y %H:%M:%S %z"),
        ("format.compression", "gzip"),
        ("veilpoint.encoding", "utf-16le"),
        ("veilpoint.decimal", ","),
        ("veilpoint.skip_lines", "2"),
        ("veilpoint.bad_rows", "drop"),
        ("veilpoint.unknown_columns", "refuse"),
        ("veilpoint.no_records", "allow"),
        ("veilpoint.found_identifiers", "refuse"),
        ("veilpoint.found_identifiers_share", "0.05"),
        ("veilpoint.found_identifiers_count", "100"),
        ("veilpoint.min_step.<column>", "2"),
        ("veilpoint.subject", "\"Name\""),
    ]
    .into();
    let rows = table(&readme(), "option");
    let mut named = BTreeSet::new();
    for cell in &rows {
        let mut prefix = String::new();
        for name in code(cell) {
            let full = if name.starts_with('.') {
                format!("{prefix}{name}")
            } else {
                name
            };
            prefix = full.split_once('.').unwrap().0.to_owned();
            named.insert(full);
        }
    }
    let known: BTreeSet<String> = values.keys().map(|&name| name.to_owned()).collect();
    assert_eq!(named, known);
    let mut wrong = Vec::new();
    for (name, value) in values {
        let site = Site::new();
        let name = name.replace("<column>", "Cost");
        site.options(&format!("'{name}' '{value}'"));
        let answer = run(&mut site.convert("none.csv", "out.csv", "open", &[]));
        // The contract is read before the object is missed.
        if !answer.stderr.contains("[NoSuchKey]") {
            wrong.push(format!("{name}: {}", answer.stderr));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn its_functions_are_those_that_run() {
    let calls: BTreeMap<&str, &str> = [
        ("redact", "redact(\"Name\", 'text')"),
        ("redact_text", "redact_text(\"Ward\", \"Name\")"),
        ("pseudonym", "pseudonym(\"Name\")"),
        ("token", "token(\"Name\")"),
        ("age", "age(\"Born\")"),
        ("age_band", "age_band(\"Born\", 5)"),
        ("generalize", "generalize(\"Cost\", 5)"),
        ("generalize_date", "generalize_date(\"Born\", 'quarter')"),
        ("keep_prefix", "keep_prefix(\"Ward\", 2)"),
        ("as_of", "as_of()"),
    ]
    .into();
    let mut named = BTreeSet::new();
    for cell in table(&readme(), "function") {
        let calls = code(&cell).into_iter();
        named.extend(calls.map(|call| call.split('(').next().unwrap().to_owned()));
    }
    let known: BTreeSet<String> = calls.keys().map(|&name| name.to_owned()).collect();
    assert_eq!(named, known);
    let site = Site::new();
    site.write("visits.csv", crate::support::site::visits(0..3));
    let mut wrong = Vec::new();
    for (name, call) in calls {
        site.write(
            "sql/visits/call.sql",
            format!("SELECT {call} AS c FROM visits"),
        );
        let answer = run(&mut site.convert("visits.csv", "out.csv", "call", &["--key", "key"]));
        wrong.extend(failure(&answer).map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Options of Cargo, cargo-lambda and SAM.
const OF_OTHERS: [&str; 6] = [
    "--release",
    "--guided",
    "--env-file",
    "--data-file",
    "--template",
    "--event",
];

#[test]
fn what_it_names_is_there() {
    let text = readme();
    let site = Site::new();
    let help = |command| run(&mut site.command([command, "--help"])).stdout;
    let help = ["convert", "check", "preview", "verify", "warm", "serve"]
        .map(help)
        .concat();
    let known = options(&String::from_utf8(help).unwrap());
    let named: BTreeSet<String> = options(&text)
        .into_iter()
        .filter(|name| !OF_OTHERS.contains(&name.as_str()))
        .collect();
    let mut missing: Vec<String> = named.difference(&known).cloned().collect();
    for fact in [
        config::KEY.to_owned(),
        config::KEY_FILE.to_owned(),
        format!("`{}`, `{}`", config::CACHE, config::CACHE_MAX_BYTES),
        format!("`{}`", config::WARM),
        format!("`{}`", config::WARM_BUCKET),
        config::LOCAL_KEY.to_owned(),
        format!("Rust {}", env!("CARGO_PKG_RUST_VERSION")),
        format!("{} MiB", csv::MAX_RECORD >> 20),
        format!(
            "{},{:03} columns",
            csv::MAX_COLUMNS / 1000,
            csv::MAX_COLUMNS % 1000
        ),
        "`--memory-limit` (512 MiB)".to_owned(),
    ] {
        let line = text.replace('\n', " ");
        if !line.contains(&fact) {
            missing.push(fact);
        }
    }
    // Files and folders of the checkout.
    for path in code(&text).iter().filter(|code| code.starts_with("src/")) {
        if !Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists() {
            missing.push(path.clone());
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
