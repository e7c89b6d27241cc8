//! Timestamps on their way into lines.
//!
//! Fast because most, whole seconds of years of four digits, are put into their slots as numbers, and not written as text
//! that is then cut up.

use std::ops::Range;

use arrow::buffer::NullBuffer;

use super::super::format::whole_second;
use super::super::numbers::to_signed;
use super::cells::{Cells, SHORT, Slot, slot};
use super::lines::Lane;
use super::values::Write;

/// A column of timestamps.
pub struct Moments<'a> {
    keys: &'a [u64],
    nulls: Option<&'a NullBuffer>,
    short: Short,
    /// Writes any, NULL included.
    write: Write<'a>,
    /// Which of a tile are not short.
    others: Vec<usize>,
    /// These.
    pub cells: Cells,
}

/// Fills the slots of most, and tells whether it did.
type Short = Box<dyn FnMut(i64, &mut [Slot]) -> bool>;

impl<'a> Moments<'a> {
    /// Of so many digits of a second, of UTC or not; `write` writes a row's value, and `end` stands behind.
    pub fn new(
        (digits, zone): (u32, bool),
        keys: &'a [u64],
        nulls: Option<&'a NullBuffer>,
        write: Write<'a>,
        end: u8,
    ) -> Self {
        let short: Short = match digits {
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
            if !valid || !(self.short)(to_signed(self.keys[row]), slots) {
                self.others.push(at);
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

/// Fills the slots of whole seconds of years of four digits: one is full to the minute's first digit.
fn slots<const DIGITS: u32>(zone: bool, end: u8) -> impl FnMut(i64, &mut [Slot]) -> bool {
    let mut whole_second = whole_second::<DIGITS>();
    let (behind, len) = if zone {
        (u16::from_le_bytes([b'Z', end]), 6)
    } else {
        (end.into(), 5)
    };
    let signs = u128::from(b':') << 8 | u128::from(behind) << 32;
    move |value, slots| {
        let (Some((minute, second)), [first, rest, ..]) = (whole_second(value), slots) else {
            return false;
        };
        *first = slot(minute, SHORT);
        let second = u128::from(u16::from_le_bytes(second)) << 16;
        *rest = slot(minute >> (8 * SHORT) | signs | second, len);
        true
    }
}
