//! What goes wrong while bytes are read, as `std::io::Error` carries it, and as the one error says it.

use std::fmt;
use std::io::{self, ErrorKind, Read};

use crate::dataset::contract::Compression;
use crate::error::{Error, Kind};

/// Compressed data that is damaged, ends early, or has foreign bytes behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged {
    /// What it should have been.
    pub compression: Compression,
}

impl Damaged {
    /// As the reading side carries it.
    pub fn into_io(self) -> io::Error {
        io::Error::new(ErrorKind::InvalidData, self)
    }
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = match self.compression {
            Compression::None => "plain",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Bzip2 => "bzip2",
        };
        write!(
            f,
            "the {format} data is damaged or ends early: fetch or compress the object again"
        )
    }
}

impl std::error::Error for Damaged {}

/// What an error of a reader made by this module means. Foreign texts stay private.
pub fn classify(err: io::Error) -> Error {
    if err
        .get_ref()
        .is_some_and(<dyn std::error::Error + Send + Sync>::is::<Damaged>)
    {
        return Error::new(Kind::Compression, err.to_string());
    }
    match err.downcast::<Error>() {
        Ok(error) => error,
        Err(err) => Error::new(Kind::Source, explain(err.kind())).with_private(err),
    }
}

/// The system's reasons in our own words.
pub(crate) fn explain(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "there is no such file: check the path",
        ErrorKind::PermissionDenied => "access is denied: check the permissions",
        ErrorKind::IsADirectory => "this is a folder, not a file",
        ErrorKind::NotADirectory => "a part of the path is not a folder",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "there is no space left: free some, or write elsewhere"
        }
        ErrorKind::ReadOnlyFilesystem => "the file system is read only: write elsewhere",
        ErrorKind::BrokenPipe => "the other side closed the pipe",
        ErrorKind::TimedOut => "the other side did not answer in time: try again",
        _ => {
            "the system reports an error of input or output: try again, and check disk and network"
        }
    }
}

/// Marks the errors of the reader below a decoder, so that the decoder's own remain as the ones about the data.
pub(super) struct Marked<R> {
    pub(super) inner: R,
}

impl<R: Read> Read for Marked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buf).map_err(|err| match err.kind() {
            ErrorKind::Interrupted => err,
            _ => io::Error::other(classify(err)),
        })
    }
}

/// Turns the errors of a decoder over [`Marked`] into [`Damaged`], except those that came from below.
pub(super) fn damage(err: io::Error, compression: Compression) -> io::Error {
    let from_below = err
        .get_ref()
        .is_some_and(<dyn std::error::Error + Send + Sync>::is::<Error>);
    if from_below || err.kind() == ErrorKind::Interrupted {
        err
    } else {
        Damaged { compression }.into_io()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_and_failing_sources_are_told_apart() {
        let damaged = Damaged {
            compression: Compression::Zstd,
        };
        assert_eq!(classify(damaged.into_io()).kind(), Kind::Compression);
        let denied = classify(io::Error::from(ErrorKind::PermissionDenied));
        assert_eq!(denied.kind(), Kind::Source);
        let carried = io::Error::other(Error::new(Kind::NotFound, "gone"));
        assert_eq!(classify(carried).kind(), Kind::NotFound);
    }

    #[test]
    fn foreign_texts_are_never_shown() {
        let shown = classify(io::Error::other("CANARY")).to_string();
        assert!(!shown.contains("CANARY"), "{shown}");
    }
}
