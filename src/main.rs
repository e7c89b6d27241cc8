//! The command: arguments in, one call, an exit code out.

use std::process::ExitCode;

use chrono::Utc;
use veilpoint::Kind;
use veilpoint::door::cli::{self, Cli};

/// 0 done (help, and a reader of standard output that went away, included); 1 the request or the data was refused;
/// 2 usage, settings, or our own failure.
fn main() -> ExitCode {
    match Cli::read() {
        Ok(cli) => cli::to_end(|| cli::run(cli, Utc::now())),
        Err(usage) => {
            // Help goes to standard output, and whoever reads it may leave early.
            let _ = usage.print();
            let refused = usage.use_stderr();
            ExitCode::from(if refused { Kind::Usage.facts().exit } else { 0 })
        }
    }
}
