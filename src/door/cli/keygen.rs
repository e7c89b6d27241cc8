//! `veilpoint keygen`: a fresh master key.

use std::path::PathBuf;

use super::say;
use crate::error::Result;
use crate::key::MasterKey;

/// Make a fresh master key
///
/// The file holds 32 bytes from the operating system as 64 hexadecimal digits, and only its owner may read it. A file
/// that exists is never overwritten: pseudonyms and tokens of another key have nothing in common with the old ones, so
/// whoever loses the key cannot make the same release again, and whoever has it can link and test identities.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The file to make
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let key = MasterKey::generate()?;
    key.write_new(&args.file)?;
    let file = args.file.display();
    say(format_args!(
        "wrote a master key to {file} (id {}): keep it secret, and keep a copy",
        key.id()
    ));
    Ok(())
}
