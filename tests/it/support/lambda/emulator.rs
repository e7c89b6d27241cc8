//! AWS's own emulator of Lambda's runtime, which comes in the wheel of its SAM tool, with the function in it.
//!
//! It listens on loopback, and ends with its owner, by its own process; the function in it ends with it.

use std::fs::{self, File};
use std::io::BufReader;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::wire::Head;
use crate::support::listening::listens;
use crate::support::python::environment_of;
use crate::support::site::wait_for;

/// The path at which it takes events.
const INVOCATIONS: &str = "/2015-03-31/functions/function/invocations";

/// What it writes about its own doings, beside what the function writes.
const ITS_OWN: [&str; 3] = ["START RequestId: ", "END RequestId: ", "REPORT RequestId: "];

/// The emulator.
pub struct Emulator {
    process: Child,
    port: u16,
    /// The function's folder, less its output, which lies beside.
    folder: TempDir,
}

impl Emulator {
    /// Starts it with this environment and no other, and a folder of contracts and projections as the function's `sql`.
    pub fn start<'a>(
        sql: &Path,
        environment: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let task = folder.path().join("task");
        fs::create_dir(&task).unwrap();
        symlink(
            env!("CARGO_BIN_EXE_veilpoint-function"),
            task.join("bootstrap"),
        )
        .unwrap();
        symlink(sql, task.join("sql")).unwrap();
        let environment: Vec<_> = environment.into_iter().collect();
        // A port that was free a moment ago may be another's now: then the emulator ends, with the first event at the
        // latest.
        for _ in 0..5 {
            let [port, inner] = free_ports();
            let mut process = spawn(&folder, [port, inner], &environment);
            let mut ended = false;
            wait_for("the emulator", || {
                ended = process.try_wait().unwrap().is_some();
                let id = process.id();
                ended || (listens(id, port) && listens(id, inner))
            });
            if !ended {
                return Self {
                    process,
                    port,
                    folder,
                };
            }
        }
        panic!("the emulator does not start: {}", said(&folder));
    }

    /// Gives the function an event, and gives back what the invocation came to.
    pub fn invoke(&self, event: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let length = event.len();
        let request = format!(
            "POST {INVOCATIONS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{event}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut reader = BufReader::new(stream);
        let head = Head::read(&mut reader)
            .unwrap_or_else(|| panic!("no answer of the emulator: {}", said(&self.folder)));
        let mut body = Vec::new();
        assert!(
            head.body(&mut reader, &mut body, usize::MAX),
            "{}",
            head.line
        );
        String::from_utf8(body).unwrap()
    }

    /// All lines that the function wrote until now, on either of its outputs.
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("out")).unwrap();
        // The last line may still be on its way.
        let end = log.rfind('\n').map_or(0, |end| end + 1);
        let lines = log[..end].lines();
        let ours = lines.filter(|line| !ITS_OWN.iter().any(|own| line.starts_with(own)));
        ours.flat_map(|line| [line, "\n"]).collect()
    }

    /// Whether every invocation has come to its end, which may be after that of its answer.
    pub fn is_idle(&self) -> bool {
        let log = fs::read_to_string(self.folder.path().join("out")).unwrap();
        let count = |start: &str| log.lines().filter(|line| line.starts_with(start)).count();
        count(ITS_OWN[0]) == count(ITS_OWN[2])
    }

    /// The lines of the log that are this event, once there are so many of them.
    pub fn events(&self, event: &str, least: usize) -> Vec<Value> {
        self.lines(event, least, |line| line["event"] == event)
    }

    /// The same, of one request.
    pub fn events_of(&self, event: &str, request: &str, least: usize) -> Vec<Value> {
        self.lines(event, least, |line| {
            line["event"] == event && line["request_id"] == request
        })
    }

    fn lines(&self, what: &str, least: usize, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        wait_for(what, || {
            let log = self.log();
            let lines = log.lines().map(serde_json::from_str);
            found = lines.flatten().filter(&wanted).collect();
            found.len() >= least
        });
        found
    }

    /// The function's highest resident memory until now, in MiB, as the system counts it.
    pub fn peak(&self) -> u64 {
        let status = format!("/proc/{}/status", self.function());
        let status = fs::read_to_string(status).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kib.unwrap().trim().parse::<u64>().unwrap() / 1024
    }

    /// Ends the function's process in whatever it does; the next event begins a new one.
    pub fn kill(&self) {
        let killed = Command::new("kill")
            .args(["-KILL", &self.function()])
            .status();
        assert!(killed.unwrap().success());
    }

    /// Tells it to end: it ends the function first.
    pub fn end(&self) {
        let id = self.process.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
    }

    /// The id of the function's process.
    fn function(&self) -> String {
        let tasks = format!("/proc/{}/task", self.process.id());
        let tasks = fs::read_dir(tasks).unwrap().flatten();
        let children =
            tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
        let children: String = children.collect();
        let mut children = children.split_whitespace();
        children.next().expect("the function's process").to_owned()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.end();
        let _ = self.process.wait();
    }
}

fn spawn(folder: &TempDir, [port, inner]: [u16; 2], environment: &[(&str, &str)]) -> Child {
    let file = |name: &str| File::create(folder.path().join(name)).unwrap();
    Command::new(program())
        .arg("--runtime-interface-emulator-address")
        .arg(format!("127.0.0.1:{port}"))
        .arg("--runtime-api-address")
        .arg(format!("127.0.0.1:{inner}"))
        .arg("./bootstrap")
        .env_clear()
        .envs(environment.iter().copied())
        .current_dir(folder.path().join("task"))
        .stdin(Stdio::null())
        .stdout(file("out"))
        .stderr(file("emulator"))
        .spawn()
        .unwrap()
}

/// What the emulator says about itself.
fn said(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("emulator")).unwrap_or_default()
}

/// One for events, one for the function. They are held together until both are known, so that they are not the same.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// The emulator in SAM's wheel.
pub fn program() -> PathBuf {
    let machine = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "x86_64"
    };
    let lib = environment_of("requirements-aws.txt").join("lib");
    let mut pythons = fs::read_dir(lib).unwrap().flatten();
    let python = pythons.next().expect("a folder of packages").path();
    python.join(format!(
        "site-packages/samcli/local/rapid/aws-lambda-rie-{machine}"
    ))
}
