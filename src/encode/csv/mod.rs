//! Columns of blocks → CSV: RFC 4180 with a header, LF, UTF-8 without a byte order mark.
//!
//! Every value reads back to itself: NULL is an empty field, the empty string is quoted, numbers have their shortest
//! exact form, timestamps are ISO 8601 with as many digits as they need.
//!
//! Fast because what repeats is written once per distinct value of a block, with its quotes and comma, be it text or
//! number.

mod cells;
mod lines;
mod values;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, SchemaRef, UInt32Type};

use self::cells::{Cells, Packed};
pub use self::lines::{SLICE_ROWS, rows};
use self::values::{number, text};
use super::Formulas;
use super::numbers::{Numbers, largest};
use crate::error::{Error, Kind, Result};

/// Numbers are written once each where each occurs so many times.
const WORTH: usize = 4;

/// A column of a block, ready to be written row by row.
pub enum CsvColumn {
    /// Few distinct short values, by code.
    Packed {
        /// The values as they stand in the file.
        cells: Vec<Packed>,
        /// The rows' codes.
        codes: Vec<u32>,
    },
    /// Few distinct values, by code.
    Coded {
        /// The values as they stand in the file.
        cells: Cells,
        /// The rows' codes.
        codes: Vec<u32>,
    },
    /// Text as it comes.
    Text(StringArray),
    /// Anything else.
    Other(ArrayRef),
}

/// The header line.
pub fn header(schema: &SchemaRef) -> Vec<u8> {
    let mut line = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        if at > 0 {
            line.push(b',');
        }
        // A lone empty name would be an empty line.
        text(&mut line, field.name(), Formulas::Keep);
    }
    line.push(b'\n');
    line
}

/// Prepares a gathered column.
pub fn prepare(values: &ArrayRef, formulas: Formulas) -> Result<CsvColumn> {
    let misfit = || Error::new(Kind::Internal, "a column of text holds something else");
    if let Some(dictionary) = values.as_dictionary_opt::<UInt32Type>() {
        let texts = dictionary
            .values()
            .as_string_opt::<i32>()
            .ok_or_else(misfit)?;
        let mut cells = Cells::new();
        cells.extend(texts, |out, value| {
            text(out, value.unwrap_or_default(), formulas);
        });
        let keys = dictionary.keys();
        return Ok(coded(cells, keys.values().iter().copied(), keys.nulls()));
    }
    if let Some(texts) = values.as_string_opt::<i32>() {
        return Ok(CsvColumn::Text(texts.clone()));
    }
    if let Some(numbers) = Numbers::of(values)
        && let Some((distinct, codes)) = numbers.dictionary()
        && distinct.len() * WORTH <= values.len()
    {
        let is_date = *values.data_type() == DataType::Date32;
        let mut cells = Cells::new();
        cells.extend(distinct, |out, key| {
            number(out, key, numbers.physical, is_date);
        });
        let Some(nulls) = values.nulls() else {
            return Ok(coded(cells, codes.into_iter(), None));
        };
        let mut codes = codes.into_iter();
        let next = nulls
            .iter()
            .map(|valid| if valid { codes.next() } else { None });
        let all: Vec<u32> = next.map(Option::unwrap_or_default).collect();
        return Ok(coded(cells, all.into_iter(), Some(nulls)));
    }
    Ok(CsvColumn::Other(Arc::clone(values)))
}

/// A column of cells and codes; NULL becomes an empty cell behind the others.
fn coded(
    mut cells: Cells,
    codes: impl Iterator<Item = u32>,
    nulls: Option<&NullBuffer>,
) -> CsvColumn {
    let codes = match nulls {
        None => codes.collect(),
        Some(nulls) => {
            cells.extend([()], |_, ()| ());
            let null = largest(cells.len());
            let codes = codes.zip(nulls);
            codes
                .map(|(code, valid)| if valid { code } else { null })
                .collect()
        }
    };
    match cells.packed() {
        Some(cells) => CsvColumn::Packed { cells, codes },
        None => CsvColumn::Coded { cells, codes },
    }
}
