//! What commands need of their process: its memory and its end; and those that work for a while a runtime, and signals
//! that end them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::say;
use crate::error::{Error, Kind, Result};

/// After a failure, how long workers may take to remove what they spilled. One that reads a silent pipe never would.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// Runs what a process is for, and gives its exit code: 0 done; 1 the request or the data was refused; 2 usage,
/// settings, or our own failure, a panic included. What went wrong stands on standard error.
pub fn to_end(run: impl FnOnce() -> Result<()>) -> ExitCode {
    keep_memory();
    hush_panics();
    let outcome = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let message = "veilpoint failed; this is its own fault, and the line above says where";
        Err(Error::new(Kind::Internal, message))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(format_args!("veilpoint: {error}"));
            ExitCode::from(error.kind().facts().exit)
        }
    }
}

/// Panics say where, and nothing else: what they were given may quote data.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| match panic.location() {
        Some(at) => say(format_args!(
            "veilpoint: internal error at {}:{}",
            at.file(),
            at.line()
        )),
        None => say(format_args!("veilpoint: internal error")),
    }));
}

/// Lets the C library keep what it has freed, up to 16 MiB, for the next block of rows, instead of giving pages back
/// that the kernel has to clear again: 6 % of a Parquet release's time, for 3 MB more memory.
///
/// <https://man7.org/linux/man-pages/man3/mallopt.3.html>
fn keep_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(
        unsafe_code,
        reason = "a function of the C library, and a measured gain"
    )]
    // SAFETY: it takes numbers, and no other thread works yet.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 4 * 1024 * 1024);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 16 * 1024 * 1024);
    }
}

/// Runs a command's work to its end.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    // Only transfers and signals live here; the work has threads of its own.
    block_on_threads(2, work)
}

/// The same, with so many threads for what waits for others.
pub(super) fn block_on_threads<T>(
    threads: usize,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    run(runtime.worker_threads(threads), work)
}

/// The same, where one request comes after the other: all that waits shares this thread, so that no word of an answer is
/// handed from thread to thread.
pub(super) fn block_on_this_thread<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    run(&mut tokio::runtime::Builder::new_current_thread(), work)
}

fn run<T>(
    runtime: &mut tokio::runtime::Builder,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let runtime = runtime.enable_all().build().map_err(|err| {
        Error::new(Kind::Internal, "no runtime could be started").with_private(err)
    })?;
    let outcome = runtime.block_on(work);
    // Whatever is still blocked ends with the process.
    runtime.shutdown_background();
    outcome
}

/// The signals that ask for an end: Ctrl-C, and what service managers send.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

fn listen(kind: SignalKind) -> Result<Signal> {
    signal(kind)
        .map_err(|err| Error::new(Kind::Internal, "signals cannot be received").with_private(err))
}

/// The signals that ask for settings to be read anew.
pub(super) struct Hangups(Signal);

impl Hangups {
    pub(super) fn new() -> Result<Self> {
        listen(SignalKind::hangup()).map(Self)
    }

    /// Waits for the next.
    pub(super) async fn next(&mut self) {
        self.0.recv().await;
    }
}

impl Signals {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    /// Waits for one of them.
    pub(super) async fn stop(&mut self) -> Error {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        Error::new(Kind::Interrupted, "stopped by a signal: no output was kept")
    }
}
