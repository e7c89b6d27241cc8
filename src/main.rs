//! The command: arguments in, one call, an exit code out.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use chrono::Utc;
use veilpoint::door::cli::{self, Cli};
use veilpoint::{Error, Kind};

/// 0 done (help, and a reader of standard output that went away, included); 1 the request or the data was refused;
/// 2 usage, settings, or our own failure.
fn main() -> ExitCode {
    keep_memory();
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(usage) => {
            // Help goes to standard output, and whoever reads it may leave early.
            let _ = usage.print();
            let refused = usage.use_stderr();
            return ExitCode::from(if refused { Kind::Usage.facts().exit } else { 0 });
        }
    };
    cli::hush_panics();
    let run = AssertUnwindSafe(|| cli::run(cli, Utc::now()));
    let outcome = catch_unwind(run).unwrap_or_else(|_| {
        let message = "veilpoint failed; this is its own fault, and the line above says where";
        Err(Error::new(Kind::Internal, message))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "veilpoint: {error}");
            ExitCode::from(error.kind().facts().exit)
        }
    }
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
    // SAFETY: it takes numbers, and no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, 4 * 1024 * 1024);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 16 * 1024 * 1024);
    }
}
