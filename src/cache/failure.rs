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

/// Whether a release was not kept: it did not fit into the limit or onto the disk, or the folder cannot be written to. It
/// can still be made without the cache.
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
        io::Error::other(self.error())
    }

    /// Whether the release was not kept, with nothing wrong with it.
    pub fn is_no_room(&self) -> bool {
        self.mark == Some(Mark::NoRoom)
    }

    /// The public message.
    pub fn message(&self) -> &str {
        self.error.message()
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
        let message = format!("the cache's folder cannot be written to: {}", error.kind());
        Self::marked(Kind::Output, message, Mark::NoRoom)
    }

    pub fn internal(message: &str) -> Self {
        Self::plain(Kind::Internal, message)
    }

    fn plain(kind: Kind, message: impl Into<String>) -> Self {
        let error = Error::new(kind, message);
        Self { error, mark: None }
    }

    fn marked(kind: Kind, message: impl Into<String>, mark: Mark) -> Self {
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
