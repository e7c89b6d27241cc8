//! How much a folder of contracts, projections and reference tables may be.

use crate::dataset::MAX_TEXT;
use crate::dataset::name::is_rows;
use crate::dataset::reference::{MAX_TABLE, MAX_TABLES, MAX_TABLES_BYTES};
use crate::error::{Error, Kind, Result};

/// No more of a statement is read: a longer one is refused when it is parsed.
const MAX_BYTES: u64 = MAX_TEXT as u64;

/// At most so many files. More is another kind of folder, and each projection costs its proof.
pub(super) const MAX_FILES: usize = 1_000;

/// Why a statement of more than [`MAX_BYTES`] has no text.
pub(super) const TOO_LARGE: &str = "the file is larger than 64 KiB: no statement is";

/// Why a reference table of more than [`MAX_TABLE`] has no text.
pub(super) const TABLE_TOO_LARGE: &str = "the file is larger than 4 MiB: no reference table is";

/// The most bytes of one of the folder's files, and why a larger one has no text.
pub(super) fn of_file(path: &str) -> (u64, &'static str) {
    if is_rows(path) {
        (MAX_TABLE as u64, TABLE_TOO_LARGE)
    } else {
        (MAX_BYTES, TOO_LARGE)
    }
}

/// The files of a folder so far.
#[derive(Default)]
pub(super) struct Total {
    files: usize,
    tables: usize,
    table_bytes: u64,
}

impl Total {
    /// One more file, of so many bytes.
    ///
    /// # Errors
    /// [`Kind::Settings`] where the folder has more than it may.
    pub(super) fn add(&mut self, path: &str, bytes: u64) -> Result<()> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(refused(
                "there are more than 1000 contracts and projections: name a folder or prefix of their own",
            ));
        }
        // What is too large by itself is not read.
        if is_rows(path) && bytes <= MAX_TABLE as u64 {
            self.tables += 1;
            self.table_bytes += bytes;
        }
        if self.tables > MAX_TABLES {
            return Err(refused(
                "there are more than 64 reference tables: keep those that projections join",
            ));
        }
        if self.table_bytes > MAX_TABLES_BYTES as u64 {
            return Err(refused(
                "the reference tables have more than 16 MiB together: keep the rows and columns that projections join",
            ));
        }
        Ok(())
    }
}

fn refused(message: &str) -> Error {
    Error::new(Kind::Settings, message)
}
