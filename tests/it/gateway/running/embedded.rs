//! `veilpoint serve` in an empty folder: what it prints works when it is pasted.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::python::{environment_of, run_script_in};
use crate::support::site::wait_for;

/// It ends with its owner.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(folder: &Path) -> Serving {
    let file = |name: &str| File::create(folder.join(name)).unwrap();
    let serving = Command::new(env!("CARGO_BIN_EXE_veilpoint"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env_clear()
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(file("log"))
        .stderr(file("said"))
        .spawn();
    Serving(serving.unwrap())
}

/// All that it says at the start, and the commands to try, each without the space in front of it.
fn said(folder: &Path) -> (String, Vec<String>) {
    let mut text = String::new();
    wait_for("the commands", || {
        text = fs::read_to_string(folder.join("said")).unwrap();
        text.ends_with("}))\"\n\n")
    });
    let (_, commands) = text.split_once("\ntry:\n").expect(&text);
    let commands = commands.trim_end().split("\n\n");
    let commands = commands.map(|one| one.trim_start().to_owned()).collect();
    (text, commands)
}

/// What a shell makes of a command, with the readers at hand.
fn pasted(command: &str, home: &Path) -> String {
    let bin = environment_of("requirements-running.txt").join("bin");
    let output = Command::new("sh")
        .args(["-c", command])
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("HOME", home)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (out, err) = (output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command}: {err}");
    String::from_utf8(out).unwrap()
}

#[test]
fn the_commands_that_it_prints_read_the_samples() {
    let folder = tempfile::tempdir().unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut serving = serve(folder.path());
    let (text, commands) = said(folder.path());
    let [aws, duckdb, python] = &commands[..] else {
        panic!("three commands: {text}");
    };
    let mut wrong = Vec::new();
    let csv = pasted(aws, home.path());
    let lines = csv.lines().count();
    if !csv.starts_with("Fullname,Age,Gender,") || lines != 76 {
        wrong.push(format!("aws prints {csv}"));
    }
    let table = pasted(python, home.path());
    if !table.contains("Fullname") || !table.contains("[75 rows x 7 columns]") {
        wrong.push(format!("Python prints {table}"));
    }
    // DuckDB as its users have it is a program with an extension from DuckDB's own site; here it is Python's module,
    // with the extension from the registry.
    let sql = duckdb.split('"').nth(1).expect(duckdb);
    let rows = run_script_in(
        "requirements-scan.txt",
        "statements.py",
        &[],
        sql.as_bytes(),
    );
    if rows.lines().count() != 5 || !csv.contains(rows.split('\t').next().unwrap()) {
        wrong.push(format!("DuckDB prints {rows}"));
    }
    // Once more in the same folder: the same key, the same secret, the same bytes.
    let id = serving.0.id().to_string();
    let status = Command::new("kill").args(["-TERM", &id]).status();
    assert!(status.unwrap().success());
    wait_for("the end", || serving.0.try_wait().unwrap().is_some());
    let _again = serve(folder.path());
    let (text, commands) = said(folder.path());
    if pasted(&commands[0], home.path()) != csv || text.contains("made ") {
        wrong.push(format!("the second time: {text}"));
    }
    let secret = fs::read_to_string(folder.path().join(".veilpoint/reader.secret")).unwrap();
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    if log.contains(secret.trim()) || log.is_empty() {
        wrong.push(format!("the log is {log}"));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn help_tells_no_secret_of_the_environment() {
    let output = Command::new(env!("CARGO_BIN_EXE_veilpoint"))
        .args(["serve", "--help"])
        .env_clear()
        .envs([
            ("VEILPOINT_KEY", "CANARYKEY"),
            ("VEILPOINT_WEBHOOK_TOKEN", "CANARYTOKEN"),
            ("AWS_SECRET_ACCESS_KEY", "CANARYSECRET"),
        ])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && text.contains("--config"),
        "{text}"
    );
    assert!(!text.contains("CANARY"), "{text}");
}
