//! Projected rows → bytes of a release, deterministic: the same rows in the same order give the same bytes.
//!
//! A release is made of blocks of rows. Each block is gathered column by column (in the order that its rows leave in),
//! then encoded in pieces that do not depend on each other.

pub mod csv;
pub mod distinct;
mod format;
pub mod gather;
mod numbers;
pub mod order;
pub mod parquet;
mod texts;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;
use std::sync::Arc;

use crate::csv::column::Column;
use crate::error::{Error, Kind};

/// Rows of a block (a row group of Parquet): 120 × 1024, as other engines write.
pub const BLOCK_ROWS: usize = 122_880;

/// A block ends early where the text that its rows were read from has reached so many bytes: wide rows would
/// otherwise make memory unbounded.
pub const BLOCK_BYTES: usize = 32 * 1024 * 1024;

/// What takes the bytes of a release.
pub trait Output: Write + Send {
    /// Takes so many zeros: what keeps them as a number need not keep them as bytes.
    fn filler(&mut self, length: u64) -> io::Result<()> {
        const ZEROS: [u8; 16 * 1024] = [0; 16 * 1024];
        let mut left = length;
        while left > 0 {
            let count = ZEROS.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.write_all(&ZEROS[..count])?;
            left -= count as u64;
        }
        Ok(())
    }
}

impl Output for Vec<u8> {}
impl Output for io::Sink {}

/// Some rows of a projected batch.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The batch's columns.
    pub columns: Arc<Vec<Column>>,
    /// The first row.
    pub start: usize,
    /// How many.
    pub len: usize,
}

/// How the pages of a Parquet release are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Codec {
    /// Snappy.
    #[default]
    Snappy,
    /// Zstandard, level 1.
    Zstd,
    /// LZ4 (raw blocks).
    Lz4,
    /// Not at all.
    None,
}

impl FromStr for Codec {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "snappy" => Ok(Self::Snappy),
            "zstd" => Ok(Self::Zstd),
            "lz4" => Ok(Self::Lz4),
            "none" => Ok(Self::None),
            _ => Err(Error::new(
                Kind::Usage,
                "the compression is one of snappy, zstd, lz4, none",
            )),
        }
    }
}

impl fmt::Display for Codec {
    /// The name that is read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Snappy => "snappy",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
            Self::None => "none",
        })
    }
}

/// What happens to text cells of a CSV release that a spreadsheet would run as formulas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Formulas {
    /// They stay: machines read the file.
    #[default]
    Keep,
    /// They are prefixed with `'`.
    Escape,
}

impl FromStr for Formulas {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "keep" => Ok(Self::Keep),
            "escape" => Ok(Self::Escape),
            _ => Err(Error::new(
                Kind::Usage,
                "formulas in CSV are one of keep, escape",
            )),
        }
    }
}

impl fmt::Display for Formulas {
    /// The word that is read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "keep",
            Self::Escape => "escape",
        })
    }
}

/// What a failed write means. The kind of the I/O error is the public message: it holds no value.
pub fn output_error(error: &std::io::Error) -> Error {
    Error::new(
        Kind::Output,
        format!("the release cannot be written: {}", error.kind()),
    )
    .with_private(std::io::Error::from(error.kind()))
}
