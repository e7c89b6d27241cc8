//! The command line: one file a command. Data goes to standard output, everything else to standard error.

mod check;
mod completions;
mod convert;
mod init;
mod keygen;
mod lambda;
mod output;
mod page;
mod preview;
mod process;
mod risk;
mod serve;
mod table;
mod verify;
mod warm;

pub use self::process::to_end;

use std::fmt::Arguments;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::str::FromStr;

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

use crate::config::{self, Environment};
use crate::error::{Error, Kind, Result};

const ABOUT: &str = "Gives each consumer an anonymized view of raw CSV, as Parquet or CSV";

const LONG_ABOUT: &str = "\
Gives each consumer an anonymized view of raw CSV, as Parquet or CSV.

A contract (sql/<dataset>/schema.sql) says what a raw object must look like and what each column says about a person. \
A projection (sql/<dataset>/<name>.sql) is one SELECT that says what one consumer gets. Objects and projections that \
do not keep to the contract are refused whole, and no message ever quotes a value.";

const EXAMPLES: &str = "\
Examples:
  veilpoint init samples/patients.csv --print
  veilpoint convert samples/patients.csv out.parquet --projection patients/analytics
  veilpoint check sql
  veilpoint preview samples/patients.csv --projection patients/analytics
  veilpoint verify record.json --key secrets/master.key
  veilpoint keygen secrets/master.key
  veilpoint completions bash > ~/.local/share/bash-completion/completions/veilpoint

Exit codes:
  0  done
  1  the request or the data was refused
  2  usage, settings, or a failure of system or network";

/// The arguments, raw.
#[derive(Parser)]
#[command(name = "veilpoint", version, about = ABOUT, long_about = LONG_ABOUT, after_long_help = EXAMPLES)]
#[command(arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Convert(Box<convert::Args>),
    Check(check::Args),
    Preview(Box<preview::Args>),
    Verify(verify::Args),
    Risk(Box<risk::Args>),
    Warm(warm::Args),
    Init(init::Args),
    Keygen(keygen::Args),
    Serve(serve::Args),
    Lambda(lambda::Args),
    Completions(completions::Args),
}

impl Cli {
    /// The arguments of this process. The Lambda runtime gives none, and means the function.
    ///
    /// # Errors
    /// clap's own, which says what to print and where.
    pub fn read() -> std::result::Result<Self, clap::Error> {
        if config::is_bootstrap() {
            let command = Command::Lambda(lambda::Args {});
            return Ok(Self { command });
        }
        Self::try_parse()
    }
}

/// Runs the AWS Lambda function, for as long as its runtime gives events.
///
/// # Errors
/// Settings that cannot be read, or a runtime that does not answer.
pub fn function() -> Result<()> {
    lambda::run()
}

/// Runs one command; `now` is the clock.
///
/// # Errors
/// What the command was refused for, or failed with. A reader of standard output that went away is no error.
pub fn run(cli: Cli, now: DateTime<Utc>) -> Result<()> {
    if !matches!(cli.command, Command::Lambda(_) | Command::Serve(_)) {
        log();
    }
    match cli.command {
        Command::Convert(args) => convert::run(*args, &Environment::read()?, now.date_naive()),
        Command::Check(args) => check::run(&args),
        Command::Preview(args) => preview::run(*args, &Environment::read()?, now.date_naive()),
        Command::Verify(args) => verify::run(args, &Environment::read()?),
        Command::Risk(args) => risk::run(&args),
        Command::Warm(args) => warm::run(&args, &Environment::read()?, now.date_naive()),
        Command::Init(args) => init::run(&args, now.date_naive()),
        Command::Keygen(args) => keygen::run(&args),
        Command::Serve(args) => serve::run(args),
        Command::Lambda(lambda::Args {}) => function(),
        Command::Completions(args) => completions::run(&args),
    }
}

/// Our own events, for people, on standard error. Those of libraries may quote addresses and data: none passes.
fn log() {
    let layer = tracing_subscriber::fmt::layer()
        .compact()
        .without_time()
        .with_target(false)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    let own = Targets::new().with_target("veilpoint", Level::INFO);
    // Whoever calls this as a library may have a subscriber already: theirs stays.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(own))
        .try_init();
}

/// Our own events as JSON, a line each, on standard output. Those of libraries may quote addresses and data: none
/// passes.
fn log_lines() {
    let layer = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_writer(io::stdout);
    let own = Targets::new().with_target("veilpoint", Level::INFO);
    // Whoever calls this as a library may have a subscriber already: theirs stays.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(own))
        .try_init();
    std::panic::set_hook(Box::new(|panic| {
        let (file, line) = panic
            .location()
            .map_or(("unknown", 0), |at| (at.file(), at.line()));
        tracing::error!(event = "panic", file, line);
    }));
}

/// The message alone: clap names the argument.
fn parsed<T: FromStr<Err = Error>>(text: &str) -> std::result::Result<T, String> {
    text.parse()
        .map_err(|error: Error| error.message().to_owned())
}

/// A line on standard error. If nobody can read it, nobody can be told so either.
fn say(line: Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Small text on standard output.
fn print(text: &[u8]) -> Result<()> {
    let mut stdout = io::stdout();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(err) if err.kind() != ErrorKind::BrokenPipe => {
            let message = "standard output cannot be written";
            Err(Error::new(Kind::Output, message).with_private(err))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_argument_of_every_command_says_what_it_is_for() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{}", argument.get_id());
            }
        }
    }
}
