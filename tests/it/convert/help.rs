//! What the command says of itself: every option of every command, examples that run, completions that complete.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::failure;
use crate::support::site::{Answer, Site, run};

/// Every command, with its arguments and options.
const COMMANDS: [(&str, &[&str], &[&str]); 10] = [
    (
        "",
        &[
            "convert",
            "check",
            "preview",
            "risk",
            "init",
            "verify",
            "keygen",
            "serve",
            "completions",
        ],
        &["--help", "--version"],
    ),
    (
        "convert",
        &[
            "<INPUT>",
            "<OUTPUT>",
            "VEILPOINT_KEY_FILE",
            "VEILPOINT_KEY",
            ".veilpoint/master.key",
        ],
        &[
            "--projection",
            "--format",
            "--as-of",
            "--sql",
            "--key",
            "--threads",
            "--compression",
            "--memory-limit",
            "--csv-formulas",
            "--length-factor",
            "--help",
        ],
    ),
    (
        "check",
        &["[SQL]", "docs/check.schema.json", "Exit codes"],
        &["--format", "--output", "--help"],
    ),
    (
        "preview",
        &[
            "<INPUT>",
            "raw values",
            "VEILPOINT_KEY_FILE",
            ".veilpoint/master.key",
        ],
        &[
            "--projection",
            "--against",
            "--rows",
            "--as-of",
            "--sql",
            "--key",
            "--format",
            "--output",
            "--help",
        ],
    ),
    (
        "init",
        &["<INPUT>", "never insensitive", "Exit codes"],
        &["--sql", "--dataset", "--force", "--print", "--help"],
    ),
    (
        "risk",
        &["<FILE>", "docs/risk.md", "Exit codes"],
        &[
            "--quasi",
            "--sensitive",
            "--columns",
            "--population",
            "--threshold",
            "--recursive-c",
            "--fail-below",
            "--format",
            "--output",
            "--delimiter",
            "--encoding",
            "--memory-limit",
            "--help",
        ],
    ),
    (
        "verify",
        &[
            "<RECORD>",
            "VEILPOINT_KEY_FILE",
            "VEILPOINT_KEY",
            ".veilpoint/master.key",
        ],
        &["--object", "--sql", "--key", "--help"],
    ),
    ("keygen", &["<FILE>"], &["--help"]),
    (
        "serve",
        &[
            "VEILPOINT_WEBHOOK_TOKEN",
            "VEILPOINT_KEY_FILE",
            "VEILPOINT_CACHE_MAX_BYTES",
            "AWS_ACCESS_KEY_ID",
        ],
        &[
            "--config",
            "--listen",
            "--webhook",
            "--endpoint",
            "--access-point",
            "--sql",
            "--help",
        ],
    ),
    (
        "completions",
        &["<SHELL>", "bash", "zsh", "fish"],
        &["--help"],
    ),
];

/// The words that look like long options.
pub(super) fn options(text: &str) -> BTreeSet<String> {
    let word = |part: &str| -> String {
        let word = part
            .chars()
            .take_while(|c| c.is_ascii_lowercase() || *c == '-');
        word.collect()
    };
    text.match_indices("--")
        .filter(|(at, _)| !text[..*at].ends_with(|c: char| c == '-' || c.is_alphanumeric()))
        .map(|(at, _)| word(&text[at..]))
        .filter(|word| word[2..].starts_with(|c: char| c.is_ascii_lowercase()))
        .collect()
}

fn help(site: &Site, command: &str, flag: &str) -> String {
    let args = command.split_whitespace().chain([flag]);
    let answer = run(site.command(args).env("COLUMNS", "400"));
    assert_eq!(failure(&answer), None);
    assert_eq!(answer.stderr, "");
    String::from_utf8(answer.stdout).unwrap()
}

#[test]
fn the_help_of_every_command_names_every_option_and_no_other() {
    let site = Site::new();
    let mut wrong = Vec::new();
    for (command, words, expected) in COMMANDS {
        let long = help(&site, command, "--help");
        let missing = words.iter().filter(|word| !long.contains(**word));
        wrong.extend(missing.map(|word| format!("{command} --help: {word} is missing")));
        let mut expected: BTreeSet<String> =
            expected.iter().map(|&option| option.to_owned()).collect();
        let short = options(&help(&site, command, "-h"));
        if short != expected {
            wrong.push(format!("{command} -h: {short:?}"));
        }
        // The examples at the top use options of the commands below.
        let below: &[&str] = if command.is_empty() {
            &["--projection", "--key"]
        } else {
            &[]
        };
        expected.extend(below.iter().map(|&option| option.to_owned()));
        let found = options(&long);
        if found != expected {
            wrong.push(format!("{command} --help: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_version_is_the_crate_s() {
    let site = Site::new();
    let answer = run(&mut site.command(["--version"]));
    assert_eq!(failure(&answer), None);
    let version = format!("veilpoint {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8(answer.stdout).unwrap(), version);
}

/// A folder with the samples, the projections, and the objects that examples speak of.
pub(super) fn checkout() -> Site {
    let site = Site::new();
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sample = fs::read(home.join("samples/patients.csv")).unwrap();
    for name in [
        "samples/patients.csv",
        "raw/patients.csv",
        "raw.csv",
        "p.csv",
    ] {
        site.write(name, &sample);
    }
    for file in ["schema", "analytics", "billing", "research"] {
        let name = format!("sql/patients/{file}.sql");
        site.write(&name, fs::read(home.join(&name)).unwrap());
    }
    let zipped = Command::new("gzip").arg(site.path("p.csv")).status();
    assert!(zipped.unwrap().success());
    fs::create_dir_all(site.path(".local/share/bash-completion/completions")).unwrap();
    site
}

/// Runs a line as a user would, in a shell that knows where `veilpoint` is.
pub(super) fn in_shell(site: &Site, line: &str) -> Answer {
    let folder = Path::new(env!("CARGO_BIN_EXE_veilpoint")).parent().unwrap();
    // Neighbours in a pipe may die of its early end; whoever fails otherwise is the one to hear of.
    let script = format!(
        "PATH='{}':$PATH\n{line}\nfor code in \"${{PIPESTATUS[@]}}\"; do\n\
         [ $code = 0 ] || [ $code = 141 ] || exit $code\ndone\n",
        folder.display()
    );
    let mut shell = Command::new("bash");
    shell.args(["-c", &script]);
    shell.current_dir(site.path("")).env("HOME", site.path(""));
    for variable in ["VEILPOINT_KEY", "VEILPOINT_KEY_FILE"] {
        shell.env_remove(variable);
    }
    run(&mut shell)
}

#[test]
fn the_examples_run_as_they_stand() {
    let site = checkout();
    // `check` proves whole folders: what is there to be refused is not there for it.
    for file in ["named", "broken"] {
        fs::remove_file(site.path(&format!("sql/visits/{file}.sql"))).unwrap();
    }
    let mut wrong = Vec::new();
    let mut count = 0;
    // The first one makes the key that later ones need.
    for command in ["convert", "check", "preview", "init", ""] {
        let help = help(&site, command, "--help");
        let (_, examples) = help.split_once("Examples:\n").unwrap();
        let lines = examples.lines().map(str::trim);
        // The one between buckets runs where there are buckets.
        let old = site.read("sql/patients/analytics.sql").unwrap();
        site.write("old.sql", old);
        for line in lines.filter(|line| line.contains("veilpoint ") && !line.contains("s3://")) {
            // Those of `verify` run where there are records.
            if line.contains('`') || line.contains("veilpoint verify ") {
                continue;
            }
            count += 1;
            wrong.extend(failure(&in_shell(&site, line)).map(|what| format!("{line}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(count, 22);
    let made = [
        "out.csv",
        "out.parquet",
        "released/patients.parquet",
        "secrets/master.key",
    ];
    assert!(
        made.iter()
            .all(|name| site.read(name).is_some_and(|bytes| !bytes.is_empty()))
    );
}

#[test]
fn completions_name_every_option_in_every_shell() {
    let site = Site::new();
    let mut wrong = Vec::new();
    let wanted = COMMANDS.iter().flat_map(|(_, _, options)| *options);
    let wanted: BTreeSet<&str> = wanted.copied().collect();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let answer = run(&mut site.command(["completions", shell]));
        wrong.extend(failure(&answer));
        let script = String::from_utf8(answer.stdout).unwrap();
        for option in &wanted {
            let name = option.trim_start_matches('-');
            // fish leaves the dashes away.
            let forms = [(*option).to_owned(), format!("-l {name}")];
            if !forms.iter().any(|form| script.contains(form.as_str())) {
                wrong.push(format!("{shell}: {option} is missing"));
            }
        }
    }
    let unknown = run(&mut site.command(["completions", "cmd"]));
    if unknown.code != Some(2) {
        wrong.push(format!("cmd: {:?}", unknown.code));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn bash_takes_the_script_and_completes_by_it() {
    let site = checkout();
    let made = in_shell(
        &site,
        "veilpoint completions bash > v.bash && bash -n v.bash",
    );
    assert_eq!((failure(&made), made.stderr.as_str()), (None, ""));
    let mut wrong = Vec::new();
    for (words, expected) in [
        ("veilpoint con", "convert"),
        ("veilpoint convert --form", "--format"),
        ("veilpoint convert --csv", "--csv-formulas"),
        ("veilpoint convert --compression z", "zstd"),
        ("veilpoint convert --format c", "csv"),
        ("veilpoint completions zs", "zsh"),
    ] {
        let last = words.split(' ').count() - 1;
        let (before, word) = words.rsplit_once(' ').unwrap();
        let before = before.rsplit(' ').next().unwrap();
        let line = format!(
            "source v.bash; COMP_WORDS=({words}); COMP_CWORD={last}; _veilpoint veilpoint '{word}' '{before}'; \
             echo \"${{COMPREPLY[@]}}\""
        );
        let answer = in_shell(&site, &line);
        let reply = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
        if reply != expected {
            wrong.push(format!("{words}: {reply:?} {}", answer.stderr));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
