//! A run that is stopped in its middle: nothing of it stays, wherever it was, and the exit code says that it failed.
//!
//! The middle is a fact that can be seen from outside: bytes aside, bytes in the pipe, or what was spilled.

use std::fs;
use std::io::Read as _;
use std::process::Command;

use crate::support::site::{Feed, Running, Site, visits, wait_for};

const SIGNALS: [&str; 2] = ["INT", "TERM"];

/// Whether something is written aside in a folder, of at least so many bytes.
fn aside(site: &Site, folder: &str, bytes: u64) -> bool {
    site.files(folder).iter().any(|name| {
        let hidden = name.rsplit('/').next().unwrap().starts_with(".veilpoint-");
        let length = fs::metadata(site.path(folder).join(name)).map_or(0, |facts| facts.len());
        hidden && length >= bytes
    })
}

/// What is wrong with the end of a run that was signalled.
fn complaints(site: &Site, before: &[String], running: Running) -> Vec<String> {
    let answer = running.end();
    let mut wrong = Vec::new();
    if answer.code != Some(2) {
        wrong.push(format!("exits with {:?}", answer.code));
    }
    let said = "veilpoint: stopped by a signal: no output was kept [Interrupted]\n";
    if answer.stderr != said {
        wrong.push(format!("says {}", answer.stderr));
    }
    let left = site.files("");
    if left != before {
        wrong.push(format!("leaves {left:?}"));
    }
    wrong
}

/// Runs once for each signal, and reports all complaints.
fn for_each_signal(name: &str, mut one: impl FnMut(&str) -> Vec<String>) {
    let wrong: Vec<String> = SIGNALS
        .iter()
        .flat_map(|signal| {
            let complaints = one(signal);
            complaints
                .into_iter()
                .map(move |what| format!("{name}, SIG{signal}: {what}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn while_rows_flow_into_a_file() {
    for output in ["out.csv", "out.parquet", "new/folder/out.csv"] {
        for_each_signal(output, |signal| {
            let site = Site::new();
            site.write("out.csv", "old");
            let before = site.files("");
            let mut command = site.convert("-", output, "keyed", &["--key", "key"]);
            let mut running = Running::start(&mut command);
            let feed = Feed::start(running.child().stdin.take().unwrap());
            wait_for("bytes aside", || aside(&site, "", 1));
            running.signal(signal);
            let mut wrong = complaints(&site, &before, running);
            if site.read("out.csv").unwrap() != b"old" {
                wrong.push("replaces the old output".to_owned());
            }
            if site.path("new").exists() {
                wrong.push("leaves a folder".to_owned());
            }
            drop(feed.hush());
            wrong
        });
    }
}

#[test]
fn while_the_pipe_is_silent() {
    for fed in [false, true] {
        for_each_signal(
            if fed { "after rows" } else { "from the start" },
            |signal| {
                let site = Site::new();
                let before = site.files("");
                let mut running = Running::start(&mut site.convert("-", "out.csv", "open", &[]));
                let pipe = running.child().stdin.take().unwrap();
                let pipe: Box<dyn std::io::Write + Send> = if fed {
                    let feed = Feed::start(pipe);
                    wait_for("bytes aside", || aside(&site, "", 1));
                    feed.hush()
                } else {
                    wait_for("a file aside", || aside(&site, "", 0));
                    Box::new(pipe)
                };
                running.signal(signal);
                let wrong = complaints(&site, &before, running);
                drop(pipe);
                wrong
            },
        );
    }
}

#[test]
fn while_rows_flow_to_standard_output() {
    for_each_signal("-", |signal| {
        let site = Site::new();
        let before = site.files("");
        let mut running = Running::start(&mut site.convert("-", "-", "open", &["-f", "csv"]));
        let feed = Feed::start(running.child().stdin.take().unwrap());
        let mut stdout = running.child().stdout.take().unwrap();
        stdout.read_exact(&mut [0; 1024]).unwrap();
        // Somebody goes on reading: the run waits for the signal, not for a full pipe.
        let reader = std::thread::spawn(move || stdout.read_to_end(&mut Vec::new()).unwrap());
        running.signal(signal);
        let wrong = complaints(&site, &before, running);
        reader.join().unwrap();
        drop(feed.hush());
        wrong
    });
}

#[test]
fn while_nobody_reads_standard_output() {
    for_each_signal("a full pipe", |signal| {
        let site = Site::new();
        let before = site.files("");
        let mut running = Running::start(&mut site.convert("-", "-", "open", &["-f", "csv"]));
        let feed = Feed::start(running.child().stdin.take().unwrap());
        // Held, and never read on.
        let mut stdout = running.child().stdout.take().unwrap();
        stdout.read_exact(&mut [0; 1024]).unwrap();
        running.signal(signal);
        let wrong = complaints(&site, &before, running);
        drop(stdout);
        drop(feed.hush());
        wrong
    });
}

#[test]
fn while_a_sort_spills() {
    for silent in [false, true] {
        for_each_signal(if silent { "silent" } else { "fed" }, |signal| {
            let site = Site::new();
            fs::create_dir(site.path("tmp")).unwrap();
            let before = site.files("");
            let more = ["--memory-limit", "20MiB", "--threads", "1"];
            let mut command = site.convert("-", "out.csv", "sorted", &more);
            let mut running = Running::start(command.env("TMPDIR", site.path("tmp")));
            let feed = Feed::start(running.child().stdin.take().unwrap());
            wait_for("something spilled", || !site.files("tmp").is_empty());
            let (mut feed, mut pipe) = (Some(feed), None);
            if silent {
                pipe = feed.take().map(Feed::hush);
            }
            running.signal(signal);
            let mut wrong = complaints(&site, &before, running);
            if fs::read_dir(site.path("tmp")).unwrap().next().is_some() {
                wrong.push("leaves a folder of what was spilled".to_owned());
            }
            drop((feed.map(Feed::hush), pipe));
            wrong
        });
    }
}

#[test]
fn while_one_of_many_objects_is_read() {
    for_each_signal("a folder", |signal| {
        let site = Site::new();
        // The first is done long before the second, which is large.
        site.write("raw/visits-1.csv", visits(0..10));
        site.write("raw/visits-2.csv", visits(0..1_500_000));
        let before = site.files("");
        let more = ["--threads", "2", "--key", "key"];
        let mut running = Running::start(&mut site.convert("raw", "new", "keyed", &more));
        wait_for("two files aside", || site.files("new").len() == 2);
        running.signal(signal);
        let mut wrong = complaints(&site, &before, running);
        if site.path("new").exists() {
            wrong.push("leaves a folder".to_owned());
        }
        wrong
    });
}

#[test]
fn while_a_named_pipe_waits_for_its_other_end() {
    for_each_signal("a named pipe", |signal| {
        let site = Site::new();
        let made = Command::new("mkfifo").arg(site.path("in.csv")).status();
        assert!(made.unwrap().success());
        let before = site.files("");
        let mut running = Running::start(&mut site.convert("in.csv", "out.csv", "open", &[]));
        // Its threads are seen to be at work once one of them waits in the open.
        let tasks = format!("/proc/{}/task", running.child().id());
        wait_for("a thread for the object", || {
            let tasks = fs::read_dir(&tasks).unwrap().flatten();
            let mut names = tasks.map(|task| fs::read_to_string(task.path().join("comm")));
            names.any(|name| name.is_ok_and(|name| name.starts_with("veilpoint-objec")))
        });
        running.signal(signal);
        complaints(&site, &before, running)
    });
}
