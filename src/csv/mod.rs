//! Bytes → blocks of whole records → positions of fields → columns. No I/O of its own, and no value in an error.
//!
//! ```text
//! cut.rs       one sequential reader cuts the text into blocks at record boundaries
//! bitmaps.rs   64 bytes → which are quotes, delimiters, line ends
//! tokenize.rs  a well-formed block of a plain dialect → positions of fields, 64 bytes at a time
//! general.rs   any block of any dialect → the same positions over a normalised copy, byte by byte; finds the errors
//! fields.rs    where a field's value stands; decode.rs, tile.rs: positions → typed columns, only those that the
//!              projection reads, one loop per type; dictionary.rs, doubles.rs, recent.rs: what repeats, as
//!              codes
//! parse.rs     a field → a number; dates.rs: a field → a date or timestamp; swar.rs: eight digits at once
//! ```
//! `general.rs` is the meaning, `tokenize.rs` an accelerator that either agrees with it or declines.
//!
//! # Memory
//! A block holds at most [`BLOCK`] bytes and one record more, so at most `BLOCK + MAX_RECORD`; usually `BLOCK`.

mod bitmaps;
pub mod column;
pub mod cut;
pub mod dates;
pub mod decode;
pub mod dictionary;
mod doubles;
mod fields;
pub mod general;
pub mod header;
pub mod parse;
pub(crate) mod quotes;
pub mod read;
mod recent;
mod swar;
pub mod table;
mod tile;
pub mod tokenize;

#[cfg(test)]
mod tests;

use crate::dataset::contract::Dialect;
use crate::error::{Error, Kind};

/// Bytes read at a time: large enough that a lock per block costs nothing, small enough to stay in a core's cache.
pub const BLOCK: usize = 256 * 1024;

/// The largest record, in bytes of UTF-8. More often a quote that is never closed than a field of that size.
pub const MAX_RECORD: usize = 16 * 1024 * 1024;

/// The most columns that a header may have.
pub const MAX_COLUMNS: usize = 4096;

/// Zero bytes behind each block, so that 32 bytes may be read at any position of it.
pub const PADDING: usize = 32;

/// The dialect of one object: the contract's, with what the object itself decides filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Syntax {
    /// The field separator.
    pub delimiter: u8,
    /// The quote.
    pub quote: Option<u8>,
    /// The escape.
    pub escape: Option<u8>,
    /// The first byte of lines that are skipped.
    pub comment: Option<u8>,
    /// The byte that ends a record. LF also stands for CRLF.
    pub newline: u8,
    /// Whether a CR before the LF belongs to the record's end.
    pub strip_cr: bool,
    /// The line end that this object does not use: outside quotes it is refused, for it would hide records.
    pub other: Option<u8>,
}

impl Syntax {
    /// Whether quote parity alone tells where records end.
    pub fn is_plain(&self) -> bool {
        self.escape.is_none() && self.comment.is_none()
    }

    /// The contract's dialect before the object's first bytes are seen.
    pub fn of(dialect: &Dialect) -> Self {
        use crate::dataset::contract::Terminator;
        let (newline, strip_cr, other) = match dialect.terminator {
            Terminator::Any => (b'\n', true, Some(b'\r')),
            Terminator::Byte(byte) => (byte, false, None),
        };
        Self {
            delimiter: dialect.delimiter,
            quote: dialect.quote,
            escape: dialect.escape,
            comment: dialect.comment,
            newline,
            strip_cr,
            other,
        }
    }

    /// The same for an object whose records end with CR alone.
    pub fn set_cr(&mut self) {
        (self.newline, self.strip_cr, self.other) = (b'\r', false, Some(b'\n'));
    }
}

/// What is wrong with a record, placed inside its block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// The kind.
    pub kind: Kind,
    /// The public message.
    pub message: String,
    /// The record, counted from 0 in its block.
    pub record: u64,
    /// The field in the object's records, where it is about one.
    pub field: Option<usize>,
}

impl RecordError {
    /// The error with its place in the object: `before` records precede the block; `name` gives a field's column.
    pub fn place(self, before: u64, name: impl Fn(usize) -> Option<String>) -> Error {
        let column = self.field.and_then(&name);
        let message = match (self.field, &column) {
            (Some(field), None) => format!("field {}: {}", field + 1, self.message),
            _ => self.message,
        };
        let error = Error::new(self.kind, message).at_record(before + self.record + 1);
        match column {
            Some(column) => error.in_column(&column),
            None => error,
        }
    }
}
