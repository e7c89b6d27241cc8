//! Prepared columns → lines.
//!
//! Fast because every short cell is a copy of 16 bytes. For a few rows at a time, column by column, the cells are laid
//! out as the rows have them; one loop that knows nothing of columns then puts them together in a small buffer. With it,
//! lines fell from 16 to 8 % of a CSV release's CPU samples.

use std::ops::Range;

use super::super::Formulas;
use super::super::numbers::Meaning;
use super::super::texts::PlainTexts;
use super::cells::{Cells, LONG, Place, SHORT, SLOT, Slot, TEXT, short, slot};
use super::moments::Moments;
use super::values::{self, Write, array, is_plain, keys};
use super::{CsvColumn, Style};
use crate::error::Result;

/// Rows that are formatted by one task: of a kilobyte each, they are 2 MB.
pub const SLICE_ROWS: usize = 2048;

/// Bytes of the cells that are laid out at a time: they fit a first-level cache beside [`STAGE`].
const TILE: usize = 20 * 1024;

/// A column on its way into lines.
enum Source<'a> {
    Short(&'a [Slot], &'a [u16]),
    Long(&'a Cells, &'a [u16]),
    /// Values that are written for each tile.
    Written(Write<'a>, Cells),
    Texts(TextCells<'a>),
    Moments(Moments<'a>),
}

/// The places of one column in the slots of some rows.
pub struct Lane<'a> {
    slots: &'a mut [Slot],
    /// Slots of a row.
    width: usize,
    /// Those before the column's.
    at: usize,
}

impl Lane<'_> {
    /// Of each row the slots from the column's on.
    pub fn rows(&mut self) -> impl Iterator<Item = &mut [Slot]> {
        let at = self.at;
        let rows = self.slots.chunks_exact_mut(self.width);
        rows.map(move |slots| &mut slots[at..])
    }

    /// The same of one row.
    pub fn row(&mut self, row: usize) -> &mut [Slot] {
        &mut self.slots[row * self.width + self.at..]
    }
}

/// Texts on their way into lines.
struct TextCells<'a> {
    texts: &'a PlainTexts,
    style: Style,
    formulas: Formulas,
    /// Slots of a cell: one where all texts are short, of which hardly any needs more.
    width: usize,
    /// Those of a tile that are not short and plain.
    cells: Cells,
}

impl TextCells<'_> {
    /// Lays the cells of some rows out.
    ///
    /// Fast because it goes over the rows twice, as [`PlainTexts::each`] does. In one loop, it waited for one text after the
    /// other: 58 % of the samples of a release with three such columns.
    fn lay_out(&mut self, column: usize, rows: Range<usize>, mut lane: Lane<'_>) {
        self.cells.clear();
        for (row, slots) in rows.clone().zip(lane.rows()) {
            slots[0] = self.texts.wide(row);
        }
        for (row, slots) in rows.zip(lane.rows()) {
            let len = self.texts.size(row).unwrap_or(SHORT);
            if len < SHORT && is_plain(&slots[0], len, self.formulas) {
                slots[0] = short(&slots[0], len, self.style.end);
                if self.width > 1 {
                    slots[1] = [0; SLOT];
                }
            } else if len > 2 * SHORT {
                let start = self.texts.start(row);
                slots[0] = Place { start, len, column }.slot(TEXT);
                slots[1] = slot(self.style.end.into(), 1);
            } else {
                self.write(row, column, &mut slots[..self.width]);
            }
        }
    }

    /// A cell, by way of `cells`.
    fn write(&mut self, row: usize, column: usize, slots: &mut [Slot]) {
        let text = self.texts.get(row);
        self.cells.extend([text], |out, text| match text {
            Some(of) => values::text(out, of.bytes(), self.formulas),
            None => out.extend_from_slice(self.style.null),
        });
        let at = self.cells.len() - 1;
        match slots {
            [slot] => *slot = self.cells.slot(at, column),
            slots => slots.copy_from_slice(&self.cells.slots(at, column)),
        }
    }
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
    let sources = columns
        .iter()
        .map(|column| source(column, start..end, formulas));
    let mut sources = sources.collect::<Result<Vec<_>>>()?;
    let width: usize = sources.iter().map(Source::width).sum::<usize>().max(1);
    let tile = (TILE / (SLOT * width)).clamp(8, 256);
    let mut slots = vec![[0; SLOT]; width * tile];
    let mut lines = Vec::new();
    for first in (start..end).step_by(tile) {
        let last = end.min(first + tile);
        let slots = &mut slots[..width * (last - first)];
        let mut at = 0;
        for (column, source) in sources.iter_mut().enumerate() {
            let lane = Lane { slots, width, at };
            source.lay_out(column, first..last, lane);
            at += source.width();
        }
        let longs: Vec<Longs<'_>> = sources.iter().map(Source::longs).collect();
        join(slots, &longs, formulas, &mut lines);
        if first == start {
            // The others are about as long.
            lines.reserve((lines.len() + lines.len() / 8) * (end - last) / (last - first));
        }
    }
    Ok(lines)
}

/// A column, of which some rows are asked for.
fn source(column: &CsvColumn, rows: Range<usize>, formulas: Formulas) -> Result<Source<'_>> {
    Ok(match column {
        CsvColumn::Short { cells, codes } => Source::Short(cells, codes),
        CsvColumn::Long { cells, codes } => Source::Long(cells, codes),
        CsvColumn::Keys {
            number,
            keys: values,
            nulls,
            style,
        } => {
            let write = keys(*number, values, nulls.as_ref(), style.null);
            match number.meaning {
                Meaning::Moment(digits, zone) => Source::Moments(Moments::new(
                    (digits, zone),
                    values,
                    nulls.as_ref(),
                    write,
                    style.end,
                )),
                _ => Source::Written(write, Cells::new(style.end)),
            }
        }
        CsvColumn::Texts { texts, style } => {
            let lines = TextCells {
                texts,
                style: *style,
                formulas,
                width: if texts.longest(rows) < SHORT { 1 } else { 2 },
                cells: Cells::new(style.end),
            };
            Source::Texts(lines)
        }
        CsvColumn::Array { values, style } => {
            Source::Written(array(values, style.null)?, Cells::new(style.end))
        }
    })
}

impl Source<'_> {
    /// Slots of a cell.
    fn width(&self) -> usize {
        match self {
            Self::Short(..) => 1,
            Self::Texts(texts) => texts.width,
            Self::Long(..) | Self::Written(..) | Self::Moments(_) => 2,
        }
    }

    /// Lays the cells of some rows out.
    fn lay_out(&mut self, column: usize, rows: Range<usize>, mut lane: Lane<'_>) {
        match self {
            Self::Short(cells, codes) => {
                for (slots, &code) in lane.rows().zip(&codes[rows]) {
                    slots[0] = cells[usize::from(code)];
                }
            }
            Self::Long(cells, codes) => {
                for (slots, &code) in lane.rows().zip(&codes[rows]) {
                    slots[..2].copy_from_slice(&cells.slots(code.into(), column));
                }
            }
            Self::Written(write, cells) => {
                cells.clear();
                cells.extend(rows, write);
                for (cell, slots) in lane.rows().enumerate() {
                    slots[..2].copy_from_slice(&cells.slots(cell, column));
                }
            }
            Self::Texts(texts) => texts.lay_out(column, rows, lane),
            Self::Moments(moments) => moments.lay_out(column, rows, lane),
        }
    }

    /// What its slots tell places in.
    fn longs(&self) -> Longs<'_> {
        let (cells, texts) = match self {
            Self::Short(..) => (&[][..], &[][..]),
            Self::Long(cells, _) => (cells.bytes(), &[][..]),
            Self::Written(_, cells) => (cells.bytes(), &[][..]),
            Self::Texts(of) => (of.cells.bytes(), of.texts.bytes()),
            Self::Moments(moments) => (moments.cells.bytes(), &[][..]),
        };
        Longs { cells, texts }
    }
}

/// What the slots of a column tell places in.
struct Longs<'a> {
    /// Long cells.
    cells: &'a [u8],
    /// Texts that are written as cells only where the line is, which saves a copy.
    texts: &'a [u8],
}

/// Bytes of the buffer in which cells are put together, where a copy needs no look at a vector's capacity.
const STAGE: usize = 4096;

/// Appends the text of slots, one behind the other; `longs` are those of each column.
fn join(slots: &[Slot], longs: &[Longs<'_>], formulas: Formulas, out: &mut Vec<u8>) {
    let mut stage = [0; STAGE];
    let mut staged = 0;
    for slot in slots {
        if staged > STAGE - SLOT {
            out.extend_from_slice(&stage[..staged]);
            staged = 0;
        }
        let len = slot[SLOT - 1];
        if len >= TEXT {
            out.extend_from_slice(&stage[..staged]);
            staged = 0;
            let place = Place::of(slot);
            let (of, bytes) = (&longs[place.column], place.start..place.start + place.len);
            if len == LONG {
                out.extend_from_slice(&of.cells[bytes]);
            } else {
                values::text(out, &of.texts[bytes], formulas);
            }
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

    use arrow::array::{
        Array, ArrayRef, AsArray, Int32Array, StringArray, TimestampMicrosecondArray,
    };
    use proptest::prelude::*;

    use super::super::super::Rows;
    use super::super::super::gather::{Gathered, gather};
    use super::super::prepare;
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

    fn plain(texts: &ArrayRef) -> Gathered {
        let texts = texts.as_string::<i32>();
        Gathered::Plain(PlainTexts::new(&[texts], None, texts.nulls().cloned()).unwrap())
    }

    proptest! {
        /// By joining the cells of each row, for texts around the lengths at which the way of copying changes.
        #[test]
        fn lines_are_the_cells_of_each_row_and_commas(
            lengths in prop_oneof![Just(15), Just(40)].prop_flat_map(
                |most: usize| prop::collection::vec(prop::option::of(0..most), 1..700)),
            single: bool,
        ) {
            let text = |length: usize| "abcdefghi\"".chars().cycle().take(length).collect::<String>();
            let texts: StringArray = lengths.iter().map(|length| length.map(text)).collect();
            let texts: ArrayRef = Arc::new(texts);
            let mut values = vec![column(&texts)];
            if !single {
                let numbers: Int32Array = lengths.iter().map(|v| v.map(|v| v as i32)).collect();
                // Every fifth has a fraction, which other cells are not made for.
                let micros = |v: usize| v as i64 * 86_400_000_000 + i64::from(v % 5 == 4);
                let moments: TimestampMicrosecondArray =
                    lengths.iter().map(|v| v.map(micros)).collect();
                values.extend([plain(&texts), column(&(Arc::new(numbers) as ArrayRef))]);
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
                Some(length @ 10..) => format!("\"{}\"", text(length).replace('"', "\"\"")),
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
                        let fraction = if n % 5 == 4 { ".000001" } else { "" };
                        format!("{0},{0},{n},1970-{month:02}-{day:02} 00:00:00{fraction}", cell(*length))
                    }
                };
                expected += &cells;
                expected.push('\n');
            }
            prop_assert_eq!(String::from_utf8(lines).unwrap(), expected);
        }
    }
}
