//! Files that hold a secret: only their owner may read them.

use std::fs::{DirBuilder, File, Metadata};
use std::io::{Read, Write};
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

/// Writes a new file that only its owner can read (0600). Folders that are missing above it are made, for their owner
/// only (0700). Nothing is left of a file that was not finished.
///
/// # Errors
/// What is wrong, and what to do.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), &'static str> {
    const FOLDER: &str = "cannot be created: check the folder and its rights";
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    private_folder().create(folder).map_err(|_| FOLDER)?;
    // Written aside: whoever finds the name finds a whole secret, also where two runs make one at the same time. What is
    // aside is open to its owner alone, and goes away by itself where it does not become the file.
    let mut aside = tempfile::Builder::new()
        .prefix(".veilpoint-")
        .tempfile_in(folder)
        .map_err(|_| FOLDER)?;
    aside
        .write_all(bytes)
        .and_then(|()| aside.as_file().sync_all())
        .map_err(|_| "cannot be written: check the space and the rights")?;
    aside
        .persist_noclobber(path)
        .map(drop)
        .map_err(|_| "cannot be created: it must not exist yet")
}

fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}
