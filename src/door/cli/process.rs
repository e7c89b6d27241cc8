//! What commands that work for a while need of their process: a runtime, and signals that end them.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Error, Kind, Result};

/// After a failure, how long workers may take to remove what they spilled. One that reads a silent pipe never would.
pub(super) const GRACE: Duration = Duration::from_secs(1);

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
