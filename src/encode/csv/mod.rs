//! Columns of blocks → CSV: RFC 4180 with a header, LF, UTF-8 without a byte order mark.
//!
//! Every value reads back to itself: NULL is an empty field, the empty string is quoted, numbers have their shortest
//! exact form, timestamps are ISO 8601 with as many digits as they need.
//!
//! Fast because what repeats is written once per distinct value of a block, with its quotes and comma, be it text or
//! number.

mod cells;
mod lines;
mod moments;
mod values;

use arrow::array::ArrayRef;
use arrow::buffer::NullBuffer;
use arrow::datatypes::SchemaRef;

use self::cells::{Cells, Slot};
pub use self::lines::{SLICE_ROWS, rows};
use self::values::{number_writer, text};
use super::Formulas;
use super::distinct::NULL;
use super::gather::{Coded, Gathered};
use super::numbers::NumberType;
use super::texts::PlainTexts;

/// How the cells of a column stand in the file.
#[derive(Clone, Copy)]
pub struct Style {
    /// What stands behind each cell.
    pub end: u8,
    /// How NULL is written.
    pub null: &'static [u8],
}

impl Style {
    /// Of column `column` of so many.
    pub fn of(column: usize, columns: usize) -> Self {
        Self {
            end: if column + 1 == columns { b'\n' } else { b',' },
            // Where it is the only field of its record, the empty line would be skipped.
            null: if columns == 1 { b"\"\"" } else { b"" },
        }
    }
}

/// A column of a block, ready to be written row by row.
pub enum CsvColumn {
    /// Few distinct short values, by code.
    Short {
        /// The values as they stand in the file.
        cells: Vec<Slot>,
        /// The rows' codes.
        codes: Vec<u16>,
    },
    /// Few distinct values, by code.
    Long {
        /// The values as they stand in the file.
        cells: Cells,
        /// The rows' codes.
        codes: Vec<u16>,
    },
    /// Numbers that hardly repeat.
    Keys {
        /// Their type.
        number: NumberType,
        /// Their keys.
        keys: Vec<u64>,
        /// Which are no NULL, where any is.
        nulls: Option<NullBuffer>,
        /// How they are written.
        style: Style,
    },
    /// Text that hardly repeats.
    Texts {
        /// The texts.
        texts: PlainTexts,
        /// How they are written.
        style: Style,
    },
    /// Anything else.
    Array {
        /// The values.
        values: ArrayRef,
        /// How they are written.
        style: Style,
    },
}

/// The header line.
pub fn header(schema: &SchemaRef) -> Vec<u8> {
    let mut line = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        if at > 0 {
            line.push(b',');
        }
        // A lone empty name would be an empty line.
        text(&mut line, field.name().as_bytes(), Formulas::Keep);
    }
    line.push(b'\n');
    line
}

/// Prepares a gathered column.
pub fn prepare(values: Gathered, style: Style, formulas: Formulas) -> CsvColumn {
    let mut cells = Cells::new(style.end);
    match values {
        Gathered::Texts(Coded { values, codes, .. }) => {
            cells.extend(&values, |out, value| {
                text(out, value.unwrap_or_default().as_bytes(), formulas);
            });
            coded(cells, codes, style)
        }
        Gathered::Numbers(number, Coded { values, codes, .. }) => {
            let mut write = number_writer(number);
            cells.extend(values, &mut write);
            drop(write);
            coded(cells, codes, style)
        }
        Gathered::Keys(number, keys, nulls) => CsvColumn::Keys {
            number,
            keys,
            nulls,
            style,
        },
        Gathered::Plain(texts) => CsvColumn::Texts { texts, style },
        Gathered::Array(values) => CsvColumn::Array { values, style },
    }
}

/// A column of cells and codes; NULL becomes a cell behind the others.
fn coded(mut cells: Cells, mut codes: Vec<u16>, style: Style) -> CsvColumn {
    let null = u16::try_from(cells.len()).unwrap_or(NULL);
    cells.extend([style.null], Vec::extend_from_slice);
    for code in &mut codes {
        *code = null.min(*code);
    }
    match cells.short() {
        Some(cells) => CsvColumn::Short { cells, codes },
        None => CsvColumn::Long { cells, codes },
    }
}
