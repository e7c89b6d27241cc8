//! Prepared columns → lines.
//!
//! Fast because every cell is a copy of 16 or 32 bytes into a small buffer. Values that are written one by one are first
//! written column by column, for a few rows at a time, so that the loop over a row's cells calls nothing.

use arrow::array::Array;

use super::super::Formulas;
use super::CsvColumn;
use super::cells::{Cells, PACKED, Packed, WIDE};
use super::values::{Write, other, text};
use crate::error::Result;

/// Rows that are formatted by one task.
pub const SLICE_ROWS: usize = 8192;

/// Rows whose cells are written before their lines are.
const TILE_ROWS: usize = 256;

/// How NULL is written where it is the only field of its record: an empty line would be skipped.
const NULL_ALONE: &[u8] = b"\"\"";

/// A column on its way into lines.
enum Source<'a> {
    Packed {
        cells: &'a [Packed],
        codes: &'a [u32],
    },
    Coded {
        cells: &'a Cells,
        codes: &'a [u32],
    },
    /// Values that are written for each tile.
    Written {
        write: Write<'a>,
        cells: Cells,
    },
}

/// Writes rows `start..end` of a block's columns.
///
/// # Errors
/// A type that has no text form here.
pub fn rows(
    columns: &[&CsvColumn],
    start: usize,
    end: usize,
    formulas: Formulas,
) -> Result<Vec<u8>> {
    let sources = columns.iter().map(|column| source(column, formulas));
    let mut sources = sources.collect::<Result<Vec<_>>>()?;
    let mut lines = Lines::new((end - start) * columns.len() * 8);
    let single = columns.len() == 1;
    for tile in (start..end).step_by(TILE_ROWS) {
        let rows = tile..end.min(tile + TILE_ROWS);
        for source in &mut sources {
            if let Source::Written { write, cells } = source {
                cells.clear();
                cells.extend(rows.clone(), &mut *write);
            }
        }
        for row in rows {
            let begin = lines.len();
            for source in &sources {
                match source {
                    Source::Packed { cells, codes } => {
                        lines.packed(&cells[codes[row] as usize]);
                    }
                    Source::Coded { cells, codes } => lines.cell(cells.get(codes[row] as usize)),
                    Source::Written { cells, .. } => lines.cell(cells.get(row - tile)),
                }
            }
            let empty = single && lines.len() == begin + 1;
            lines.end(if empty { NULL_ALONE } else { b"" });
        }
    }
    Ok(lines.finish())
}

fn source(column: &CsvColumn, formulas: Formulas) -> Result<Source<'_>> {
    let written = |write| Source::Written {
        write,
        cells: Cells::new(),
    };
    Ok(match column {
        CsvColumn::Packed { cells, codes } => Source::Packed { cells, codes },
        CsvColumn::Coded { cells, codes } => Source::Coded { cells, codes },
        CsvColumn::Text(values) => written(Box::new(move |out, row| {
            if values.is_valid(row) {
                text(out, values.value(row), formulas);
            }
        })),
        CsvColumn::Other(values) => written(other(values)?),
    })
}

/// Bytes of a buffer in which cells are put together: they fit a first-level cache.
const STAGE: usize = 4096;

/// Lines being written. Cells go into a small array first, where a copy needs no look at a vector's capacity.
struct Lines {
    out: Vec<u8>,
    stage: [u8; STAGE],
    staged: usize,
}

impl Lines {
    fn new(capacity: usize) -> Self {
        Self {
            out: Vec::with_capacity(capacity),
            stage: [0; STAGE],
            staged: 0,
        }
    }

    fn len(&self) -> usize {
        self.out.len() + self.staged
    }

    #[inline]
    fn packed(&mut self, cell: &Packed) {
        self.short(cell, usize::from(cell[PACKED - 1]));
    }

    /// Appends a cell: so many of some bytes.
    #[inline]
    fn cell(&mut self, (bytes, len): (&[u8], usize)) {
        match bytes.first_chunk::<WIDE>() {
            Some(chunk) if len <= WIDE => self.short(chunk, len),
            _ => self.all().extend_from_slice(&bytes[..len]),
        }
    }

    /// Appends the first `len` of some bytes.
    #[inline]
    fn short<const N: usize>(&mut self, bytes: &[u8; N], len: usize) {
        if self.staged > STAGE - N {
            self.all();
        }
        if let Some(place) = self.stage[self.staged..].first_chunk_mut::<N>() {
            *place = *bytes;
            self.staged += len;
        }
    }

    /// All that is written.
    fn all(&mut self) -> &mut Vec<u8> {
        self.out.extend_from_slice(&self.stage[..self.staged]);
        self.staged = 0;
        &mut self.out
    }

    /// Makes the last comma the end of a line, behind `text`.
    #[inline]
    fn end(&mut self, text: &[u8]) {
        if text.is_empty()
            && let Some(last) = self.staged.checked_sub(1)
        {
            self.stage[last] = b'\n';
            return;
        }
        let out = self.all();
        out.pop();
        out.extend_from_slice(text);
        out.push(b'\n');
    }

    fn finish(mut self) -> Vec<u8> {
        self.all();
        self.out
    }
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "lengths of a few letters"
)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int32Array, StringArray, TimestampMicrosecondArray};
    use arrow::compute::cast;
    use arrow::datatypes::DataType;
    use proptest::prelude::*;

    use super::super::prepare;
    use super::*;

    proptest! {
        /// By joining the cells of each row, for texts around the lengths at which the way of copying changes.
        #[test]
        fn lines_are_the_cells_of_each_row_and_commas(
            lengths in prop::collection::vec(prop::option::of(0..40usize), 1..700),
            single: bool,
        ) {
            let text = |length: usize| "abcdefghij".chars().cycle().take(length).collect::<String>();
            let texts: StringArray = lengths.iter().map(|length| length.map(text)).collect();
            let texts: ArrayRef = Arc::new(texts);
            let codes = DataType::Dictionary(Box::new(DataType::UInt32), Box::new(DataType::Utf8));
            let mut arrays = vec![cast(&texts, &codes).unwrap()];
            if !single {
                let numbers: Int32Array = lengths.iter().map(|v| v.map(|v| v as i32)).collect();
                let moments: TimestampMicrosecondArray =
                    lengths.iter().map(|v| v.map(|v| v as i64 * 86_400_000_000)).collect();
                arrays.extend([texts, Arc::new(numbers) as ArrayRef, Arc::new(moments)]);
            }
            let columns: Vec<CsvColumn> =
                arrays.iter().map(|array| prepare(array, Formulas::Keep).unwrap()).collect();
            let columns: Vec<&CsvColumn> = columns.iter().collect();
            let lines = rows(&columns, 0, lengths.len(), Formulas::Keep).unwrap();
            let cell = |length: Option<usize>| match length {
                None => String::new(),
                Some(0) => "\"\"".to_owned(),
                Some(length) => text(length),
            };
            let mut expected = String::new();
            for length in &lengths {
                let cells = match length {
                    None if single => "\"\"".to_owned(),
                    _ if single => cell(*length),
                    None => ",,,".to_owned(),
                    Some(n) => {
                        let (month, day) = if *n < 31 { (1, n + 1) } else { (2, n - 30) };
                        format!("{0},{0},{n},1970-{month:02}-{day:02} 00:00:00", cell(*length))
                    }
                };
                expected += &cells;
                expected.push('\n');
            }
            prop_assert_eq!(String::from_utf8(lines).unwrap(), expected);
        }
    }
}
