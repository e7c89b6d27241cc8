//! `veilpoint serve --config`, with its settings, its objects, and requests that are signed for it.
//!
//! Every secret says CANARY, and so does every value that is nobody's business.

mod judged;
mod setup;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub use self::judged::{leaks, unlike_refusal};
pub use self::setup::{Place, Setup};
use crate::support::lambda::{Got, Plain};
use crate::support::samples::{AS_OF, KEY, converted, folder};
use crate::support::sigv4::{Request, Signer};
use crate::support::site::wait_for;

/// Who reads all access points but `costs`.
pub const READER: (&str, &str) = ("reader", "CANARYREADERSECRET0123456789");

/// Who reads `costs` alone.
pub const OTHER: (&str, &str) = ("other", "CANARYOTHERSECRET/+9876543210");

/// The domain below which buckets are hosts.
pub const DOMAIN: &str = "s3.example.org";

/// The bucket of the raw objects, and what their keys begin with.
pub const RAW: (&str, &str) = ("raw-objects", "CANARYPREFIX/");

/// The command and what is around it.
pub struct Stage {
    /// Where it listens.
    pub port: u16,
    /// The S3 of the raw objects, where they lie in one.
    pub s3: Option<Plain>,
    process: Child,
    folder: TempDir,
}

impl Stage {
    /// The tests' access points over a folder.
    pub fn new() -> Self {
        Self::with(&Setup::default())
    }

    /// The tests' access points over a bucket.
    pub fn over_s3() -> Self {
        Self::with(&Setup {
            place: Place::Bucket,
            ..Setup::default()
        })
    }

    /// Set up like this.
    pub fn with(setup: &Setup) -> Self {
        let folder = folder();
        fs::create_dir(folder.path().join("objects")).unwrap();
        let s3 = (setup.place == Place::Bucket).then(Plain::start);
        let s3 = s3.inspect(|s3| s3.store().make(RAW.0));
        let endpoint = s3.as_ref().map(Plain::endpoint);
        let settings = setup.settings(endpoint.as_deref());
        fs::write(folder.path().join("veilpoint.toml"), settings).unwrap();
        let process = spawn(&folder, &setup.environment());
        // Owned before anything can fail: a panic here ends the process too.
        let mut stage = Self {
            port: 0,
            s3,
            process,
            folder,
        };
        wait_for("the address", || {
            stage.said().ends_with('\n') || stage.process.try_wait().unwrap().is_some()
        });
        let said = stage.said();
        let address = said.split_once("listening on ").map(|(_, rest)| rest);
        let port = address.and_then(|rest| rest.split_once("://127.0.0.1:"));
        let port = port.and_then(|(_, rest)| rest.split_once(", access points: "));
        stage.port = port.expect(&said).0.parse().expect(&said);
        stage
    }

    /// Puts a raw object at a key.
    pub fn put(&self, key: &str, bytes: impl AsRef<[u8]>) {
        if let Some(s3) = &self.s3 {
            let key = format!("{}{key}", RAW.1);
            s3.store().put(RAW.0, &key, bytes.as_ref());
            return;
        }
        let path = self.path("objects").join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Where it listens, as a `Host` says it.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A request that nobody has signed.
    pub fn request(&self, method: &str, target: &str) -> Request {
        Request::of(&self.host(), method, target)
    }

    /// Asks for a target, with these headers, as the reader.
    pub fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Got {
        let request = headers
            .iter()
            .fold(self.request(method, target), |request, (name, value)| {
                request.header(name, value)
            });
        self.send(&reader().header(request))
    }

    /// Sends a request, and reads the answer.
    pub fn send(&self, request: &Request) -> Got {
        request.send(self.port).expect("an answer")
    }

    /// What `convert` makes of an object of this projection's dataset.
    pub fn converted(&self, raw: &[u8], projection: &str, format: &str) -> Vec<u8> {
        converted(self.folder.path(), raw, projection, format, AS_OF)
    }

    /// All whole lines of the log until now.
    pub fn log(&self) -> String {
        let log = fs::read_to_string(self.path("log")).unwrap();
        let end = log.rfind('\n').map_or(0, |end| end + 1);
        log[..end].to_owned()
    }

    /// The lines of the log that are this event, once there are so many.
    pub fn lines(&self, event: &str, least: usize) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        wait_for(event, || {
            let log = self.log();
            let lines = log
                .lines()
                .map(serde_json::from_str::<Value>)
                .map(Result::unwrap);
            found = lines.filter(|line| line["event"] == event).collect();
            found.len() >= least
        });
        found
    }

    /// The line of the log about the request that was answered so.
    pub fn line(&self, got: &Got) -> Value {
        let id = got.header("x-amz-request-id").to_owned();
        let mut line = None;
        wait_for("the request's line", || {
            let mut lines = self.lines("request", 0).into_iter();
            line = lines.find(|line| line["request_id"] == id.as_str());
            line.is_some()
        });
        line.unwrap()
    }

    /// What it says of itself.
    pub fn said(&self) -> String {
        fs::read_to_string(self.path("said")).unwrap()
    }

    /// Whatever it says or logs that nobody may know, or that is no line of a log.
    pub fn told(&self) -> Vec<String> {
        let (log, said) = (self.log(), self.said());
        let lines = log
            .lines()
            .filter(|line| serde_json::from_str::<Value>(line).is_err());
        let mut wrong: Vec<String> = lines.map(|line| format!("logs {line}")).collect();
        // What its owner has set up is its owner's to read.
        let log = log.replace(&format!("s3://{}/{}", RAW.0, RAW.1), "");
        let log = log.replace("\"object_version\":\"CANARYVERSION\"", "");
        for (place, text) in [("log", &log), ("said", &said)] {
            for line in text.lines() {
                if line.to_ascii_uppercase().contains("CANARY") || line.contains(KEY) {
                    wrong.push(format!("the {place} tells what nobody may know: {line}"));
                }
            }
        }
        wrong
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(sent.unwrap().success());
    }

    /// How it ended, once it has.
    pub fn end(&mut self) -> ExitStatus {
        let mut end = None;
        wait_for("the command's end", || {
            end = self.process.try_wait().unwrap();
            end.is_some()
        });
        end.unwrap()
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// A path in the folder of its settings.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The command with these variables and no others, not started.
pub fn command(folder: &Path, variables: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veilpoint"));
    command
        .args(["serve", "--config", "veilpoint.toml"])
        .env_clear()
        .envs(variables.iter().cloned())
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

fn spawn(folder: &TempDir, variables: &[(String, String)]) -> Child {
    let file = |name: &str| File::create(folder.path().join(name)).unwrap();
    let mut command = command(folder.path(), variables);
    command.stdout(file("log")).stderr(file("said"));
    command.spawn().unwrap()
}

/// The reader of most access points, now.
pub fn reader() -> Signer {
    Signer::new(READER.0, READER.1)
}

/// The reader of another, now.
pub fn other() -> Signer {
    Signer::new(OTHER.0, OTHER.1)
}
