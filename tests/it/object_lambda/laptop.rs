//! README's "On a laptop": the script that plays S3's part, the events and the settings beside it, and the function.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use chrono::Utc;
use serde_json::Value;

use super::stage::{Stage, sample};
use crate::support::lambda::Emulator;
use crate::support::samples::is_release;

/// The port that the samples agree on. The test takes a free one in its place.
const PORT: &str = "9900";

fn home(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(home(path)).unwrap()
}

/// The script at work, until one answer has come.
struct Script(Child);

impl Script {
    /// Starts it, and gives its port.
    fn start(output: &Path) -> (Self, String) {
        let mut process = Command::new("python3")
            .arg("-B")
            .arg(home("samples/events/s3.py"))
            .args(["--port", "0", "--once"])
            .arg(output)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        // Owned before anything can fail: a panic here ends the process too.
        let mut script = Self(process);
        stdout.read_line(&mut first).unwrap();
        script.0.stdout = Some(stdout.into_inner());
        let (_, port) = first.trim().rsplit_once(':').expect("where it listens");
        (script, port.to_owned())
    }

    /// What it has shown since, where nothing is written to it that would end it.
    fn stop(mut self) -> String {
        self.0.kill().unwrap();
        self.end().0
    }

    /// What it shows from then on, and its exit code.
    fn end(mut self) -> (String, Option<i32>) {
        let mut shown = String::new();
        let stdout = self.0.stdout.take().unwrap();
        BufReader::new(stdout).read_to_string(&mut shown).unwrap();
        (shown, self.0.wait().unwrap().code())
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The settings of the samples, with another port.
fn settings(port: &str) -> Vec<(String, String)> {
    let text = read("samples/events/env").replace(PORT, port);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.map(|line| line.split_once('=').unwrap());
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn setting(name: &str) -> String {
    let mut settings = settings(PORT).into_iter();
    settings.find(|setting| setting.0 == name).unwrap().1
}

#[test]
fn each_event_is_answered_by_the_function_and_shown_by_the_script() {
    let stage = Stage::new();
    fs::write(stage.path("key"), setting("VEILPOINT_KEY")).unwrap();
    let mut wrong = Vec::new();
    for (event, format, status, words) in [
        (
            "get-csv",
            "csv",
            200,
            &["gets 200:", "text/csv", "76 lines", "| Patient,Born in,"][..],
        ),
        (
            "get-range",
            "csv",
            206,
            &["gets 206:", "content-range: bytes 0-99/", "100 bytes, "][..],
        ),
        (
            "get-parquet",
            "parquet",
            200,
            &["gets 200:", "vnd.apache.parquet", "Parquet, "][..],
        ),
        (
            "get-by-header",
            "parquet",
            200,
            &["gets 200:", "vnd.apache.parquet", "Parquet, "][..],
        ),
    ] {
        let output = stage.path("body");
        let (script, port) = Script::start(&output);
        let settings = settings(&port);
        let environment = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let emulator = Emulator::start(&home("sql"), environment);
        let text = read(&format!("samples/events/{event}.json"));
        let returned = emulator.invoke(&text.replace(PORT, &port));
        let (shown, code) = script.end();
        let today = Utc::now().date_naive().to_string();
        let parsed: Value = serde_json::from_str(&text).unwrap();
        let payload: Value =
            serde_json::from_str(parsed["configuration"]["payload"].as_str().unwrap()).unwrap();
        let projection = payload["projection"].as_str().unwrap();
        let mut expected = stage.converted(&sample(), projection, format, &today);
        if status == 206 {
            expected.truncate(100);
        }
        let body = fs::read(output).unwrap();
        let said = format!("{{\"statusCode\":{status}}}");
        if (&returned, code) != (&said, Some(0)) || !is_release(&body, &expected) {
            wrong.push(format!(
                "{event}: {returned}, {code:?}, {} bytes",
                body.len()
            ));
        }
        let missing = words.iter().filter(|word| !shown.contains(**word));
        wrong.extend(missing.map(|word| format!("{event}: {word} is not in {shown}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_head_and_a_listing_agree_and_no_byte_of_the_sample_is_read() {
    let mut wrong = Vec::new();
    let mut told = Vec::new();
    for event in ["head", "list"] {
        let folder = tempfile::tempdir().unwrap();
        let (script, port) = Script::start(&folder.path().join("body"));
        let settings = settings(&port);
        let environment = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let emulator = Emulator::start(&home("sql"), environment);
        let text = read(&format!("samples/events/{event}.json"));
        let returned = emulator.invoke(&text.replace(PORT, &port));
        drop(emulator);
        let shown = script.stop();
        let asked = format!("S3 is asked: {} patients", event.to_uppercase());
        if !shown.contains(&asked) || shown.contains("S3 is asked: GET") {
            wrong.push(format!("{event}: {shown}"));
        }
        told.push(serde_json::from_str::<Value>(&returned).unwrap());
    }
    let (head, list) = (&told[0]["headers"], &told[1]["listResultXml"]);
    let etag = head["ETag"].as_str().unwrap().trim_matches('"');
    let entry = [
        "<Key>patients.parquet</Key>".to_owned(),
        format!("<ETag>&quot;{etag}&quot;</ETag>"),
        format!("<Size>{}</Size>", head["Content-Length"]),
    ];
    let missing = entry.iter().filter(|part| {
        let list = list.as_str().unwrap();
        !list.contains(part.as_str())
    });
    wrong.extend(missing.map(|part| format!("{part} is not in {list}")));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_readme_names_is_there_and_agrees() {
    let readme = read("README.md");
    let (_, section) = readme.split_once("\n## On a laptop\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    assert!(section.lines().count() <= 20, "a laptop's lines are few");
    let words = section.split_whitespace();
    let paths: Vec<&str> = words.filter(|word| word.starts_with("samples/")).collect();
    assert_eq!(paths.len(), 6);
    for path in paths {
        assert!(home(path).is_file(), "{path}");
    }
    // One port and one key, wherever they stand.
    let (key, template) = (
        setting("VEILPOINT_KEY"),
        read("samples/events/template.yaml"),
    );
    assert!(template.contains(&format!("VEILPOINT_KEY: {key}\n")));
    assert!(template.contains(&format!("http://host.docker.internal:{PORT}\n")));
    assert!(read("samples/events/s3.py").contains(&format!("default={PORT}")));
    let bytes = data_encoding::HEXLOWER.decode(key.as_bytes()).unwrap();
    assert_eq!(bytes, b"This key is public: samples only");
    for event in fs::read_dir(home("samples/events")).unwrap().flatten() {
        if event.path().extension().is_some_and(|end| end == "json") {
            let text = fs::read_to_string(event.path()).unwrap();
            assert!(text.contains(&format!("http://127.0.0.1:{PORT}/samples/")));
        }
    }
}
