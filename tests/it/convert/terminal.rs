//! On a terminal: a bar with bytes, rate and time left while it works, and one line when it is done.

use std::process::Command;

use super::{failure, shape};
use crate::support::python::{python, script};
use crate::support::site::{Answer, Running, Site, opened, visits, wait_for};

/// The command on a terminal that is so wide.
fn on_terminal(site: &Site, columns: u16, convert: &Command) -> Command {
    let mut command = Command::new(python());
    command
        .arg("-B")
        .arg(script("terminal.py"))
        .arg(columns.to_string())
        .arg(convert.get_program())
        .args(convert.get_args())
        .env_clear()
        // A bar is for terminals that can go back in a line.
        .env("TERM", "xterm-256color")
        .current_dir(site.path(""));
    command
}

/// What the terminal showed, frame by frame: the text less what moves the cursor or colours it.
fn frames(shown: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(shown);
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\u{1b}' => {
                // A bracket, parameters, and one letter.
                chars.by_ref().skip(1).find(char::is_ascii_alphabetic);
                plain.push('\n');
            }
            '\r' => plain.push('\n'),
            other => plain.push(other),
        }
    }
    let frames = plain.lines().map(str::trim).filter(|line| !line.is_empty());
    frames.map(str::to_owned).collect()
}

/// Bytes in a unit of two to this power, with two decimals.
fn binary(bytes: usize, power: u32, unit: &str) -> String {
    let hundredths = ((bytes * 100) + (1 << (power - 1))) >> power;
    format!("{}.{:02} {unit}", hundredths / 100, hundredths % 100)
}

fn end(running: Running) -> (Answer, Vec<String>) {
    let answer = running.end();
    let frames = frames(&answer.stdout);
    (answer, frames)
}

#[test]
fn a_file_has_a_bar_with_bytes_rate_and_time_left() {
    let site = Site::new();
    site.write("visits.csv", visits(0..1_000_000));
    let convert = site.convert(
        "visits.csv",
        "out.parquet",
        "keyed",
        &["--key", "key", "--threads", "1"],
    );
    let (answer, frames) = end(Running::start(&mut on_terminal(&site, 120, &convert)));
    assert_eq!(failure(&answer), None);
    let bars: Vec<&String> = frames
        .iter()
        .filter(|frame| frame.ends_with(" left"))
        .collect();
    let moving = bars.iter().filter(|bar| {
        let words = bar.trim_start_matches(|c: char| !c.is_ascii());
        shape(words).trim() == "# MiB of # MiB, # MiB/s, #s left"
    });
    assert!(moving.count() > 0, "{bars:?}");
    // The line stands behind the bar, and is the last thing on the screen.
    assert_eq!(
        shape(frames.last().unwrap()),
        "visits.csv → out.parquet: # rows, # MiB in, # MiB out, # s"
    );
    let total = format!("of {}", binary(visits(0..1_000_000).len(), 20, "MiB"));
    assert!(
        bars.iter().all(|bar| bar.contains(&total)),
        "{total}: {bars:?}"
    );
}

#[test]
fn a_bar_fits_into_a_narrow_terminal() {
    let site = Site::new();
    site.write("visits.csv", visits(0..1_000));
    let convert = site.convert("visits.csv", "out.csv", "open", &[]);
    let (answer, frames) = end(Running::start(&mut on_terminal(&site, 60, &convert)));
    assert_eq!(failure(&answer), None);
    let bars = frames.iter().filter(|frame| frame.contains("/s"));
    for bar in bars {
        assert!(bar.chars().count() <= 60, "{bar}");
    }
}

#[test]
fn a_pipe_has_bytes_rate_and_the_time_so_far() {
    let site = Site::new();
    let convert = site.convert("-", "out.csv", "open", &[]);
    let mut running = Running::start(&mut on_terminal(&site, 120, &convert));
    let mut stdin = running.child().stdin.take().unwrap();
    let text = visits(0..20_000);
    std::io::Write::write_all(&mut stdin, text.as_bytes()).unwrap();
    let mut stdout = running.child().stdout.take().unwrap();
    let kib = binary(text.len(), 10, "KiB");
    let mut shown = Vec::new();
    // The pipe stays open until the bar has said how much came through it.
    wait_for("the bytes in the bar", || {
        let mut piece = [0; 4096];
        let count = std::io::Read::read(&mut stdout, &mut piece).unwrap();
        shown.extend_from_slice(&piece[..count]);
        frames(&shown).iter().any(|frame| frame.contains(&kib))
    });
    drop(stdin);
    std::io::Read::read_to_end(&mut stdout, &mut shown).unwrap();
    assert_eq!(failure(&running.end()), None);
    let frames = frames(&shown);
    let like = |frame: &&String| {
        let words = frame.trim_start_matches(|c: char| !c.is_ascii());
        ["# KiB, # KiB/s, #s", "# KiB, # MiB/s, #s"].contains(&shape(words).trim())
    };
    assert!(frames.iter().any(|frame| like(&frame)), "{frames:?}");
    assert_eq!(site.read("out.csv").unwrap(), opened(0..20_000).as_bytes());
}

#[test]
fn csv_may_go_to_a_terminal_and_parquet_may_not() {
    let site = Site::new();
    site.write("visits.csv", visits(0..3));
    let convert = site.convert("visits.csv", "-", "open", &["--format", "csv"]);
    let (answer, frames) = end(Running::start(&mut on_terminal(&site, 120, &convert)));
    assert_eq!(failure(&answer), None);
    // A bar would stand in the way of the rows: they have the terminal for themselves.
    assert!(
        !frames.iter().any(|frame| frame.contains(" left")),
        "{frames:?}"
    );
    for line in opened(0..3).lines() {
        assert!(
            frames.iter().any(|frame| frame == line),
            "{line}: {frames:?}"
        );
    }
    let convert = site.convert("visits.csv", "-", "open", &["--format", "parquet"]);
    let (answer, frames) = end(Running::start(&mut on_terminal(&site, 120, &convert)));
    assert_eq!(answer.code, Some(2));
    let said = frames.concat();
    assert!(
        said.contains("Parquet is not for a terminal") && !said.contains("PAR1"),
        "{said}"
    );
}
