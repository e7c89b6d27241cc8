//! `veilpoint completions`: a script that completes this command's arguments in a shell.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, print};
use crate::error::Result;

/// Print a script that completes arguments in a shell
#[derive(clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Args) -> Result<()> {
    // Into memory first: the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "veilpoint", &mut script);
    print(&script)
}
