//! Prepared columns → lines.
//!
//! Fast because every short cell is a copy of 16 bytes. For a few rows at a time, column by column, the cells are laid
//! out as the rows have them; one loop that knows nothing of columns then puts them together in a small buffer. With it,
//! lines fell from 16 to 8 % of a CSV release's CPU samples.

use super::super::Formulas;
use super::CsvColumn;
use super::cells::{Cells, LONG, Place, SLOT, Slot};
use super::values::{Write, array, keys};
use crate::error::Result;

/// Rows that are formatted by one task.
pub const SLICE_ROWS: usize = 8192;

/// Bytes of the cells that are laid out at a time: they fit a first-level cache beside [`STAGE`].
const TILE: usize = 20 * 1024;

/// A column on its way into lines.
enum Source<'a> {
    Short(&'a [Slot], &'a [u16]),
    Long(&'a Cells, &'a [u16]),
    /// Values that are written for each tile.
    Written(Write<'a>, Cells),
}

/// Writes rows `start..end` of a block's columns, of which there is at least one.
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
    let width: usize = sources.iter().map(Source::width).sum::<usize>().max(1);
    let tile = (TILE / (SLOT * width)).clamp(8, 256);
    let mut slots = vec![[0; SLOT]; width * tile];
    let mut lines = Vec::with_capacity((end - start) * columns.len() * 8);
    for first in (start..end).step_by(tile) {
        let last = end.min(first + tile);
        let slots = &mut slots[..width * (last - first)];
        let mut place = 0;
        for (column, source) in sources.iter_mut().enumerate() {
            source.lay_out(column, first, last, slots.chunks_exact_mut(width), place);
            place += source.width();
        }
        let texts: Vec<&[u8]> = sources.iter().map(Source::text).collect();
        join(slots, &texts, &mut lines);
    }
    Ok(lines)
}

fn source(column: &CsvColumn, formulas: Formulas) -> Result<Source<'_>> {
    Ok(match column {
        CsvColumn::Short { cells, codes } => Source::Short(cells, codes),
        CsvColumn::Long { cells, codes } => Source::Long(cells, codes),
        CsvColumn::Keys {
            number,
            keys: values,
            nulls,
            style,
        } => Source::Written(
            keys(*number, values, nulls.as_ref(), style.null),
            Cells::new(style.end),
        ),
        CsvColumn::Array { values, style } => {
            Source::Written(array(values, formulas, style.null)?, Cells::new(style.end))
        }
    })
}

impl Source<'_> {
    /// Slots of a cell.
    fn width(&self) -> usize {
        match self {
            Self::Short(..) => 1,
            Self::Long(..) | Self::Written(..) => 2,
        }
    }

    /// Puts the cells of rows `first..last` at place `at` of their rows' slots.
    fn lay_out<'s>(
        &mut self,
        column: usize,
        first: usize,
        last: usize,
        slots: impl Iterator<Item = &'s mut [Slot]>,
        at: usize,
    ) {
        match self {
            Self::Short(cells, codes) => {
                for (row, &code) in slots.zip(&codes[first..last]) {
                    row[at] = cells[usize::from(code)];
                }
            }
            Self::Long(cells, codes) => {
                for (row, &code) in slots.zip(&codes[first..last]) {
                    let both = cells.slots(code.into(), column);
                    row[at..at + 2].copy_from_slice(&both);
                }
            }
            Self::Written(write, cells) => {
                cells.clear();
                cells.extend(first..last, write);
                for (cell, row) in slots.enumerate() {
                    row[at..at + 2].copy_from_slice(&cells.slots(cell, column));
                }
            }
        }
    }

    /// The text in which its long cells stand.
    fn text(&self) -> &[u8] {
        match self {
            Self::Short(..) => &[],
            Self::Long(cells, _) => cells.bytes(),
            Self::Written(_, cells) => cells.bytes(),
        }
    }
}

/// Bytes of the buffer in which cells are put together, where a copy needs no look at a vector's capacity.
const STAGE: usize = 4096;

/// Appends the text of slots, one behind the other; `texts` has that of long cells, by column.
fn join(slots: &[Slot], texts: &[&[u8]], out: &mut Vec<u8>) {
    let mut stage = [0; STAGE];
    let mut staged = 0;
    for slot in slots {
        if staged > STAGE - SLOT {
            out.extend_from_slice(&stage[..staged]);
            staged = 0;
        }
        let len = slot[SLOT - 1];
        if len == LONG {
            out.extend_from_slice(&stage[..staged]);
            staged = 0;
            let Place { start, len, column } = Place::of(slot);
            out.extend_from_slice(&texts[column][start..start + len]);
        } else if let Some(place) = stage[staged..].first_chunk_mut::<SLOT>() {
            *place = *slot;
            staged += usize::from(len);
        }
    }
    out.extend_from_slice(&stage[..staged]);
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
    use proptest::prelude::*;

    use super::super::super::Rows;
    use super::super::super::gather::{Gathered, gather};
    use super::super::{Style, prepare};
    use super::*;
    use crate::csv::column::Column;

    fn column(array: &ArrayRef) -> Gathered {
        let rows = Rows {
            columns: Arc::new(vec![Column::Plain(Arc::clone(array))]),
            start: 0,
            len: array.len(),
        };
        gather(&[rows], 0, array.data_type(), None).unwrap()
    }

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
            let mut values = vec![column(&texts)];
            if !single {
                let numbers: Int32Array = lengths.iter().map(|v| v.map(|v| v as i32)).collect();
                let moments: TimestampMicrosecondArray =
                    lengths.iter().map(|v| v.map(|v| v as i64 * 86_400_000_000)).collect();
                values.extend([Gathered::Array(texts), column(&(Arc::new(numbers) as ArrayRef))]);
                values.push(column(&(Arc::new(moments) as ArrayRef)));
            }
            let count = values.len();
            let columns: Vec<CsvColumn> = values
                .into_iter()
                .enumerate()
                .map(|(at, values)| prepare(values, Style::of(at, count), Formulas::Keep))
                .collect();
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
