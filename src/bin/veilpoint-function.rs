//! The AWS Lambda function alone: what `veilpoint lambda` runs, without the gateway and the other commands. It is what is
//! deployed, and a tenth smaller.

use std::process::ExitCode;

use veilpoint::door::cli;

fn main() -> ExitCode {
    cli::to_end(cli::function)
}
