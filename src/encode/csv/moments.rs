//! Timestamps on their way into lines.
//!
//! Fast because most, whole seconds of years of four digits, are put into their slots as numbers, and not written as text
//! that is then cut up.

use std::ops::Range;

use arrow::buffer::NullBuffer;

use super::super::format::whole_second;
use super::super::numbers::to_signed;
use super::cells::{Cells, FULL, SHORT, SLOT, Slot};
use super::lines::Lane;
use super::values::Write;

/// A column of timestamps.
pub struct Moments<'a> {
    keys: &'a [u64],
    nulls: Option<&'a NullBuffer>,
    /// The slots of most.
    short: Box<dyn FnMut(i64) -> Option<[Slot; 2]>>,
    /// Writes any, NULL included.
    write: Write<'a>,
    /// Which of a tile are not short.
    others: Vec<usize>,
    /// These.
    pub cells: Cells,
}

impl<'a> Moments<'a> {
    /// Of so many digits of a second, of UTC or not; `write` writes a row's value, and `end` stands behind.
    pub fn new(
        (digits, zone): (u32, bool),
        keys: &'a [u64],
        nulls: Option<&'a NullBuffer>,
        write: Write<'a>,
        end: u8,
    ) -> Self {
        let short: Box<dyn FnMut(i64) -> Option<[Slot; 2]>> = match digits {
            0 => Box::new(slots::<0>(zone, end)),
            3 => Box::new(slots::<3>(zone, end)),
            6 => Box::new(slots::<6>(zone, end)),
            _ => Box::new(slots::<9>(zone, end)),
        };
        Self {
            keys,
            nulls,
            short,
            write,
            others: Vec::new(),
            cells: Cells::new(end),
        }
    }

    /// Lays the cells of some rows out.
    pub fn lay_out(&mut self, column: usize, rows: Range<usize>, mut lane: Lane<'_>) {
        self.others.clear();
        for ((at, row), slots) in rows.clone().enumerate().zip(lane.rows()) {
            let valid = self.nulls.is_none_or(|nulls| nulls.is_valid(row));
            match (self.short)(to_signed(self.keys[row])).filter(|_| valid) {
                Some(short) => slots[..2].copy_from_slice(&short),
                None => self.others.push(at),
            }
        }
        self.cells.clear();
        let others = self.others.iter().map(|at| rows.start + at);
        self.cells.extend(others, &mut self.write);
        for (cell, &at) in self.others.iter().enumerate() {
            lane.row(at)[..2].copy_from_slice(&self.cells.slots(cell, column));
        }
    }
}

/// The slots of whole seconds of years of four digits: one is full to the minute's first digit.
fn slots<const DIGITS: u32>(zone: bool, end: u8) -> impl FnMut(i64) -> Option<[Slot; 2]> {
    let mut whole_second = whole_second::<DIGITS>();
    let (behind, len) = if zone {
        ([b'Z', end], 6)
    } else {
        ([end, 0], 5)
    };
    move |value| {
        let (minute, second) = whole_second(value)?;
        let (mut first, mut rest) = (minute, [0; SLOT]);
        first[SHORT] = FULL;
        rest[..6].copy_from_slice(&[
            minute[SHORT],
            b':',
            second[0],
            second[1],
            behind[0],
            behind[1],
        ]);
        rest[SHORT] = len;
        Some([first, rest])
    }
}
