//! What goes wrong with an entry: kept where it happened, told to each of its readers anew.

use std::fmt;
use std::io;

use crate::error::{Error, Kind};

/// Why an entry is of no use.
#[derive(Debug)]
pub(super) struct Failure {
    error: Error,
    mark: Option<Mark>,
}

/// What the caller tells apart: these two do not say that the release cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Damaged,
    NoRoom,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Damaged => "the entry failed its checksum",
            Self::NoRoom => "the cache has no room",
        })
    }
}

impl std::error::Error for Mark {}

/// Whether an entry failed its checksum while it was read. It is gone by now: what is asked for next is made anew.
pub fn is_damaged(error: &Error) -> bool {
    mark(error) == Some(Mark::Damaged)
}

/// Whether a release did not fit: into the limit, or onto the disk. It can still be made, and kept elsewhere.
pub fn is_no_room(error: &Error) -> bool {
    mark(error) == Some(Mark::NoRoom)
}

fn mark(error: &Error) -> Option<Mark> {
    error.private_source()?.downcast_ref().copied()
}

impl Failure {
    /// The same error once more, with what tells it apart.
    pub fn error(&self) -> Error {
        let error = self.error.public();
        match self.mark {
            Some(mark) => error.with_private(mark),
            None => error,
        }
    }

    /// As the writing side carries it.
    pub fn to_io(&self) -> io::Error {
        let kind = match self.mark {
            Some(Mark::NoRoom) => io::ErrorKind::StorageFull,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, self.error())
    }

    pub fn damaged() -> Self {
        let message = "the kept release was damaged, and is dropped: ask again";
        Self::marked(Kind::Source, message, Mark::Damaged)
    }

    pub fn no_room() -> Self {
        let message =
            "the cache has no room for the release: raise its max_bytes, or free its disk";
        Self::marked(Kind::Output, message, Mark::NoRoom)
    }

    pub fn interrupted() -> Self {
        Self::plain(Kind::Interrupted, "the release was given up: ask again")
    }

    pub fn unwritable(error: &io::Error) -> Self {
        let message = format!("the release cannot be kept: {}", error.kind());
        Self::plain(Kind::Output, message)
    }

    pub fn unreadable(error: &io::Error) -> Self {
        let message = format!("the kept release cannot be read: {}", error.kind());
        Self::plain(Kind::Source, message)
    }

    pub fn internal(message: &str) -> Self {
        Self::plain(Kind::Internal, message)
    }

    fn plain(kind: Kind, message: impl Into<String>) -> Self {
        let error = Error::new(kind, message);
        Self { error, mark: None }
    }

    fn marked(kind: Kind, message: &str, mark: Mark) -> Self {
        let error = Error::new(kind, message);
        Self {
            error,
            mark: Some(mark),
        }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self {
            error: error.public(),
            mark: mark(error),
        }
    }
}
