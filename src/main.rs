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
