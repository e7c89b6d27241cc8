//! A folder with a small dataset, its key and its objects, in which the command runs as a process of its own.
//!
//! Processes get no variable of the tests' own environment: neither keys nor proxies nor accounts of whoever runs them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::folder::write_key;

/// Longer than anything here takes on a machine that is busy; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_mins(2);

/// The contract up to its OPTIONS.
const SCHEMA: &str = r#"CREATE EXTERNAL TABLE visits (
  "Name" VARCHAR NOT NULL COMMENT 'direct identifier',
  "Born" DATE             COMMENT 'quasi-identifier',
  "Ward" VARCHAR          COMMENT 'insensitive',
  "Cost" INT              COMMENT 'insensitive'
) STORED AS CSV LOCATION '**/visits*.csv'"#;

const PROJECTIONS: [(&str, &str); 6] = [
    (
        "open",
        "-- order: kept\nSELECT \"Ward\", \"Cost\" FROM visits",
    ),
    (
        "ages",
        "-- order: kept\nSELECT age(\"Born\") AS \"Age\", \"Ward\" FROM visits",
    ),
    (
        "keyed",
        "SELECT token(\"Name\") AS \"Who\", \"Ward\" FROM visits",
    ),
    (
        "sorted",
        "-- order: kept\nSELECT \"Ward\", \"Cost\" FROM visits ORDER BY \"Ward\" DESC, \"Cost\"",
    ),
    ("named", "-- order: kept\nSELECT \"Name\" FROM visits"),
    ("broken", "-- order: kept\nSELECT \"Ward\" FROM"),
];

/// The folder. It and everything in it go when it is dropped.
pub struct Site {
    folder: TempDir,
}

/// What a process came to.
pub struct Answer {
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Site {
    /// The dataset `visits` with its projections below `sql`, and a key in the file `key`.
    pub fn new() -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        site.write("sql/visits/schema.sql", SCHEMA);
        for (name, text) in PROJECTIONS {
            site.write(&format!("sql/visits/{name}.sql"), text);
        }
        write_key(&site.path("key"));
        site
    }

    /// Gives the contract these OPTIONS.
    pub fn options(&self, options: &str) {
        let schema = format!("{SCHEMA} OPTIONS ({options})");
        self.write("sql/visits/schema.sql", schema);
    }

    /// A path below the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// A file's bytes, if it is there.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.path(name)).ok()
    }

    /// Every file below a folder, by its path from there and in order; hidden ones too.
    pub fn files(&self, folder: &str) -> Vec<String> {
        fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                // What vanishes meanwhile is no folder.
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    walk(&entry.path(), &format!("{name}/"), found);
                } else {
                    found.push(name);
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.path(folder), "", &mut found);
        found.sort();
        found
    }

    /// The command with these arguments, in the folder.
    pub fn command<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veilpoint"));
        command
            .args(args)
            .env_clear()
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// `convert` of one place to another by a projection of the dataset, with further arguments behind.
    pub fn convert(&self, input: &str, output: &str, projection: &str, more: &[&str]) -> Command {
        let projection = format!("visits/{projection}");
        let mut command = self.command(["convert", input, output, "--projection", &projection]);
        command.args(more);
        command
    }
}

/// Runs to the end.
pub fn run(command: &mut Command) -> Answer {
    command.output().unwrap().into()
}

/// Runs to the end on this standard input, which a process may leave unread.
pub fn run_on(command: &mut Command, input: &[u8]) -> Answer {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let _ = std::io::Write::write_all(&mut stdin, input);
        });
        child.wait_with_output().unwrap().into()
    })
}

/// A process at work, which ends with its owner.
pub struct Running(Option<Child>);

impl Running {
    /// Starts it, with pipes on all three sides.
    pub fn start(command: &mut Command) -> Self {
        let command = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self(Some(command.spawn().unwrap()))
    }

    /// The process itself.
    pub fn child(&mut self) -> &mut Child {
        self.0.as_mut().unwrap()
    }

    /// Sends a signal by its name.
    pub fn signal(&mut self, name: &str) {
        let id = self.child().id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the end, without closing standard input where somebody else holds it.
    pub fn end(mut self) -> Answer {
        wait_for("the process's end", || {
            self.child().try_wait().unwrap().is_some()
        });
        let child = self.0.take().unwrap();
        child.wait_with_output().unwrap().into()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Looks until it is so.
pub fn wait_for(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Somebody who writes visits without end, until told to be silent: then the pipe stays open, and nothing comes.
pub struct Feed {
    silent: Arc<AtomicBool>,
    thread: JoinHandle<Box<dyn std::io::Write + Send>>,
}

impl Feed {
    /// Starts to write.
    pub fn start(pipe: ChildStdin) -> Self {
        Self::start_on(Box::new(pipe))
    }

    /// Starts to write to any pipe.
    pub fn start_on(mut pipe: Box<dyn std::io::Write + Send>) -> Self {
        let silent: Arc<AtomicBool> = Arc::default();
        let told = silent.clone();
        let thread = std::thread::spawn(move || {
            let piece = visits(0..2_000);
            let mut written = pipe.write_all(piece.as_bytes());
            let piece = &piece[HEADER.len()..];
            // Whoever stops reading ends it too.
            while written.is_ok() && !told.load(Ordering::Relaxed) {
                written = pipe.write_all(piece.as_bytes());
            }
            pipe
        });
        Self { silent, thread }
    }

    /// Ends the writing, and gives the pipe, still open.
    pub fn hush(self) -> Box<dyn std::io::Write + Send> {
        self.silent.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

/// The first line of the objects.
pub const HEADER: &str = "Name,Born,Ward,Cost\n";

/// An object with these visits. Names are all different, and stand nowhere else.
pub fn visits(rows: std::ops::Range<u32>) -> String {
    let mut text = String::from(HEADER);
    for row in rows {
        let (year, ward) = (row % 90 + 1910, row % 7);
        writeln!(text, "Canary{row},{year}-03-01,ward {ward},{row}").unwrap();
    }
    text
}

/// What `visits/open` leaves of them, as CSV.
pub fn opened(rows: std::ops::Range<u32>) -> String {
    let mut text = String::from("Ward,Cost\n");
    for row in rows {
        writeln!(text, "ward {},{row}", row % 7).unwrap();
    }
    text
}
