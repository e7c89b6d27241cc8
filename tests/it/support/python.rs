//! Python and the readers that results are compared with (`tests/python/requirements.txt`), and tools that need an
//! environment of their own (other files of pins beside it).
//!
//! An environment lies outside the checkout, in `$VEILPOINT_TEST_CACHE` or `~/.cache/veilpoint-tests`, and is made once
//! for each set of pins. A reader that cannot be had fails the tests: a comparison that did not happen proves nothing.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Where the scripts and the pins lie.
fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python")
}

/// A script of `tests/python`, for tests that talk with it while it runs.
pub fn script(name: &str) -> PathBuf {
    scripts().join(name)
}

/// The pins of the readers.
const READERS: &str = "requirements.txt";

/// A Python that has the pinned readers.
pub fn python() -> PathBuf {
    environment_of(READERS).join("bin/python")
}

/// The environment that has what a file of `tests/python` pins; its programs are in `bin`.
pub fn environment_of(pins: &str) -> PathBuf {
    static MADE: Mutex<BTreeMap<String, Arc<OnceLock<PathBuf>>>> = Mutex::new(BTreeMap::new());
    // The map is held for a moment only: who waits for one environment does not keep others from theirs.
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let one = Arc::clone(made.entry(pins.to_owned()).or_default());
    drop(made);
    one.get_or_init(|| environment(&scripts().join(pins)))
        .clone()
}

/// What a script of `tests/python` prints.
pub fn run_script(script: &str, args: &[&str]) -> String {
    run_script_on(script, args, b"")
}

/// What a script of `tests/python` prints when it is given `input` on its standard input.
pub fn run_script_on(script: &str, args: &[&str], input: &[u8]) -> String {
    run_script_in(READERS, script, args, input)
}

/// The same in the environment of another file of pins.
pub fn run_script_in(pins: &str, script: &str, args: &[&str], input: &[u8]) -> String {
    // A file rather than a pipe: nobody has to write while somebody reads.
    let mut stdin = tempfile::tempfile().expect("a temporary file");
    stdin.write_all(input).expect("room for the input");
    stdin.rewind().expect("a file that seeks");
    let mut command = Command::new(environment_of(pins).join("bin/python"));
    command
        .arg("-B")
        .arg(scripts().join(script))
        .args(args)
        .stdin(stdin);
    String::from_utf8(succeed(&mut command).stdout).expect("scripts print UTF-8")
}

/// Makes the environment of today's pins, unless it is there.
fn environment(pins: &Path) -> PathBuf {
    let name = format!("python-{:016x}", fingerprint(&[pins]));
    made_once(&name, |folder| {
        let python = folder.join("bin/python");
        succeed(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(folder),
        );
        succeed(
            Command::new(&python)
                .args(["-m", "pip", "install", "--quiet", "--no-input"])
                .args([
                    "--disable-pip-version-check",
                    "--only-binary",
                    ":all:",
                    "-r",
                ])
                .arg(pins),
        );
    })
}

/// A folder of this name in the cache: made by whoever comes first, while the others wait, and kept.
pub fn made_once(name: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let folder = cache().join(name);
    let lock = File::create(folder.with_extension("lock")).expect("a lock beside the folder");
    // Several test binaries, or checkouts, may want it at once.
    lock.lock().expect("the lock");
    let complete = folder.join("complete");
    if !complete.exists() {
        // What an earlier attempt left is nobody's.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder in the cache");
        make(&folder);
        File::create(complete).expect("the mark of a finished folder");
    }
    folder
}

/// Where everything lies that is fetched or made once.
pub fn cache() -> PathBuf {
    let folder = place();
    fs::create_dir_all(&folder)
        .expect("a cache folder: set VEILPOINT_TEST_CACHE to one that can be written");
    folder
}

#[expect(
    clippy::disallowed_methods,
    reason = "the library's rule; tests have a cache of their own, and no other setting"
)]
fn place() -> PathBuf {
    if let Some(folder) = std::env::var_os("VEILPOINT_TEST_CACHE") {
        return folder.into();
    }
    let home = std::env::var_os("HOME").expect("HOME, or VEILPOINT_TEST_CACHE");
    Path::new(&home).join(".cache/veilpoint-tests")
}

/// FNV-1a over the files and Python's version: another of any of them makes something else.
pub fn fingerprint(files: &[&Path]) -> u64 {
    let mut bytes = Vec::new();
    for file in files {
        bytes.extend(fs::read(file).expect("a file of tests/python"));
    }
    bytes.extend(succeed(Command::new("python3").arg("--version")).stdout);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Runs to success, or panics with everything that was said.
pub fn succeed(command: &mut Command) -> Output {
    let program = command.get_program().to_owned();
    let output = command
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .output()
        .unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
    assert!(
        output.status.success(),
        "{:?} failed with {}\n{}{}",
        command,
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    output
}
