//! Files that hold a secret: only their owner may read them.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

/// Why such a file is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It cannot be opened or read.
    Unreadable,
    /// It is a folder, a pipe or a device.
    NoFile,
    /// It grants a right to its group or to others.
    OpenToOthers,
    /// It holds more than a secret does.
    TooLong,
}

/// The content of a regular file of at most so many bytes, which (on Unix) grants no right to its group or to others.
/// A longer one is not read whole.
///
/// # Errors
/// What it is instead.
pub(crate) fn read_private(path: &Path, at_most: usize) -> Result<Zeroizing<Vec<u8>>, Unread> {
    let file = File::open(path).map_err(|_| Unread::Unreadable)?;
    // Of the open file rather than the path, so that nobody can swap it in between.
    check(&file.metadata().map_err(|_| Unread::Unreadable)?)?;
    // Room for all of it, and one byte more by which a longer one is noticed: what grew would leave copies behind.
    let mut content = Zeroizing::new(Vec::with_capacity(at_most + 1));
    let most = u64::try_from(at_most).map_or(u64::MAX, |most| most.saturating_add(1));
    file.take(most)
        .read_to_end(&mut content)
        .map_err(|_| Unread::Unreadable)?;
    if content.len() > at_most {
        return Err(Unread::TooLong);
    }
    Ok(content)
}

fn check(metadata: &Metadata) -> Result<(), Unread> {
    if !metadata.is_file() {
        return Err(Unread::NoFile);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(Unread::OpenToOthers);
        }
    }
    Ok(())
}
