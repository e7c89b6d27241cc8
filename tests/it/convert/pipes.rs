//! `-` on either side, and pipes with a name: data on standard output and nothing else, words on standard error.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};

use super::{failure, shape, unlike};
use crate::support::site::{Feed, Running, Site, opened, run, run_on, visits};

/// What gzip itself makes of a text.
fn gzip(text: &str) -> Vec<u8> {
    let mut command = Command::new("gzip");
    let answer = run_on(command.arg("-c"), text.as_bytes());
    assert_eq!(answer.code, Some(0));
    answer.stdout
}

#[test]
fn standard_input_becomes_the_same_release_as_a_file() {
    let site = Site::new();
    let text = visits(0..5_000);
    site.write("visits.csv", &text);
    for format in ["csv", "parquet"] {
        let more = ["--format", format, "--key", "key", "--as-of", "2026-11-01"];
        let file = format!("out.{format}");
        run(&mut site.convert("visits.csv", &file, "keyed", &more));
        let expected = site.read(&file).unwrap();
        let piped = run_on(&mut site.convert("-", "-", "keyed", &more), text.as_bytes());
        assert_eq!(failure(&piped), None);
        assert!(piped.stdout == expected, "{format}");
        assert_eq!(
            shape(&piped.stderr),
            "- → -: # rows, # KiB in, # KiB out, # s"
        );
        let to_pipe = run(&mut site.convert("visits.csv", "-", "keyed", &more));
        assert!(to_pipe.stdout == expected, "{format} to a pipe");
    }
}

#[test]
fn a_release_by_the_pipe_comes_while_the_input_still_flows() {
    let site = Site::new();
    let mut running = Running::start(&mut site.convert("-", "-", "open", &["--format", "csv"]));
    let feed = Feed::start(running.child().stdin.take().unwrap());
    let mut lines = BufReader::new(running.child().stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "Ward,Cost");
    assert_eq!(lines.next().unwrap().unwrap(), "ward 0,0");
    let rest = std::thread::spawn(move || lines.map(Result::unwrap).count());
    drop(feed.hush());
    let answer = running.end();
    assert_eq!(failure(&answer), None);
    let rows = rest.join().unwrap() + 1;
    assert_eq!(rows % 2_000, 0, "{rows}");
    assert!(
        answer.stderr.contains(&format!(": {rows} rows, ")),
        "{}",
        answer.stderr
    );
}

#[test]
fn compressed_text_by_the_pipe_is_read_where_the_contract_says_so() {
    let site = Site::new();
    let bytes = gzip(&visits(0..100));
    let mut command = site.convert("-", "-", "open", &["--format", "csv"]);
    let answer = run_on(&mut command, &bytes);
    // A pipe has no suffix, and nothing is guessed.
    assert_eq!(
        unlike(&answer, 1, &["standard input", "gzip", "[NotCsv]"]),
        [""; 0]
    );
    assert_eq!(answer.stdout, b"");
    site.options("'format.compression' 'gzip'");
    let answer = run_on(&mut command, &bytes);
    assert_eq!(failure(&answer), None);
    assert_eq!(answer.stdout, opened(0..100).as_bytes());
    let half = run_on(&mut command, &bytes[..bytes.len() / 2]);
    assert_eq!(unlike(&half, 1, &["[DamagedCompression]"]), [""; 0]);
}

#[test]
fn a_refusal_by_the_pipe_writes_nothing_where_nothing_has_passed_yet() {
    let site = Site::new();
    let mut wrong = Vec::new();
    for (name, input) in [
        ("nothing", String::new()),
        ("no record", visits(0..0)),
        (
            "a header that lacks a column",
            "Name,Born,Ward\na,,b\n".to_owned(),
        ),
        (
            "a bad first record",
            "Name,Born,Ward,Cost\na,,b,Canary\n".to_owned(),
        ),
        (
            "a bad last record of a few",
            visits(0..50) + "a,,b,Canary\n",
        ),
    ] {
        for format in ["csv", "parquet"] {
            let mut command = site.convert("-", "-", "open", &["--format", format]);
            let answer = run_on(&mut command, input.as_bytes());
            let complaints = unlike(&answer, 1, &["standard input: "]);
            wrong.extend(
                complaints
                    .iter()
                    .map(|what| format!("{name}, {format}: {what}")),
            );
            // Parquet's first four bytes, or a header, say nothing of anybody; a row would.
            let text = String::from_utf8_lossy(&answer.stdout).into_owned();
            if text.contains("ward")
                || text.contains("PAR1\0")
                || answer.stdout.ends_with(b"PAR1") && answer.stdout.len() > 4
            {
                wrong.push(format!("{name}, {format}: writes {text:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn whoever_leaves_early_ends_the_run_in_silence_and_well() {
    let site = Site::new();
    for (projection, format) in [("open", "csv"), ("open", "parquet"), ("keyed", "csv")] {
        let more = ["--format", format, "--key", "key"];
        let mut running = Running::start(&mut site.convert("-", "-", projection, &more));
        let feed = Feed::start(running.child().stdin.take().unwrap());
        let mut stdout = running.child().stdout.take().unwrap();
        let mut first = [0; 4];
        stdout.read_exact(&mut first).unwrap();
        drop(stdout);
        let answer = running.end();
        assert_eq!(failure(&answer), None, "{projection} {format}");
        assert_eq!(answer.stderr, "", "{projection} {format}");
        drop(feed.hush());
    }
}

#[test]
fn words_for_people_leave_early_too() {
    let site = Site::new();
    for args in [
        &["--help"][..],
        &["convert", "--help"],
        &["completions", "bash"],
    ] {
        let mut running = Running::start(&mut site.command(args));
        drop(running.child().stdout.take());
        let answer = running.end();
        assert_eq!(failure(&answer), None, "{args:?}");
        assert_eq!(answer.stderr, "", "{args:?}");
    }
}

#[test]
fn pipes_with_a_name_are_read_and_written_in_place() {
    let site = Site::new();
    for name in ["in.csv", "out.csv"] {
        let made = Command::new("mkfifo")
            .arg(site.path(name))
            .status()
            .unwrap();
        assert!(made.success());
    }
    let before = site.files("");
    let running = Running::start(&mut site.convert("in.csv", "out.csv", "open", &[]));
    let input = std::fs::File::options()
        .write(true)
        .open(site.path("in.csv"));
    let mut input = input.unwrap();
    let writer = std::thread::spawn(move || input.write_all(visits(0..1_000).as_bytes()));
    let mut text = String::new();
    let output = std::fs::File::open(site.path("out.csv"));
    output.unwrap().read_to_string(&mut text).unwrap();
    writer.join().unwrap().unwrap();
    assert_eq!(failure(&running.end()), None);
    assert_eq!(text, opened(0..1_000));
    assert_eq!(site.files(""), before);
}

#[test]
fn standard_output_may_be_a_file_of_the_shell_s() {
    let site = Site::new();
    site.write("visits.csv", visits(0..10));
    let file = std::fs::File::create(site.path("out.csv")).unwrap();
    let mut command = site.convert("visits.csv", "-", "open", &["--format", "csv"]);
    let answer = run(command.stdout(file).stderr(Stdio::piped()));
    assert_eq!(failure(&answer), None);
    assert_eq!(site.read("out.csv").unwrap(), opened(0..10).as_bytes());
}
