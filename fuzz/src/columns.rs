//! Bytes → columns of every type, with NULLs and repetition, as a projection hands them to the encoders.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int8Array,
    Int16Array, Int32Array, Int64Array, StringArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, UInt8Array, UInt16Array, UInt32Array,
    UInt64Array,
};
use arrow::compute::take;
use veilpoint::csv::column::{Column, Dictionary, NULL};
use veilpoint::csv::read::new_lineage;
use veilpoint::encode::Rows;

use crate::Choices;

/// Rows beyond a page's, so that some columns have several.
const MOST: usize = 24_000;

/// How the values of a column follow from the few that its input gives.
struct Shape {
    seeds: Vec<i64>,
    step: i64,
    /// A row is NULL where this has its bit, one of sixteen.
    nulls: u16,
}

/// How many rows an input's columns have; mostly few, for these are quick.
pub fn rows(choices: &mut Choices<'_>) -> usize {
    let (few, times) = (usize::from(choices.byte()), choices.byte());
    match times {
        0..=239 => few,
        240..=250 => few * 16,
        _ => (few * 100).min(MOST),
    }
}

/// A column, once as it is and once as batches have it.
pub struct Given {
    /// The values.
    pub array: ArrayRef,
    /// The values, or codes of them.
    pub column: Column,
}

/// A column of so many rows.
pub fn column(choices: &mut Choices<'_>, rows: usize) -> Given {
    let kind = choices.byte() % 21;
    let nulls = match choices.byte() % 4 {
        0 => 0,
        1 => u16::MAX,
        2 => u16::from(choices.byte()),
        _ => 0x8000 | u16::from(choices.byte()) << 4,
    };
    // The width of the numbers, in bytes: narrow ones repeat.
    let width = u32::from(choices.byte() % 8);
    let step = choices.number() >> (8 * u32::from(choices.byte() % 8));
    let count = choices.byte() % 32 + 1;
    let seeds = (0..count).map(|_| choices.number() >> (8 * (7 - width)));
    let shape = Shape {
        seeds: seeds.collect(),
        step,
        nulls,
    };
    if kind >= 18 {
        return text(&shape, rows, kind);
    }
    let array = number(&shape, rows, kind);
    let column = Column::Plain(Arc::clone(&array));
    Given { array, column }
}

/// A block of all rows, in one piece or in two.
pub fn block(columns: &[Given], rows: usize, choices: &mut Choices<'_>) -> Vec<Rows> {
    let columns = Arc::new(columns.iter().map(|given| given.column.clone()).collect());
    let cut = rows * usize::from(choices.byte() % 8) / 8;
    let piece = |start: usize, end: usize| Rows {
        columns: Arc::clone(&columns),
        start,
        len: end - start,
    };
    let pieces = [piece(0, cut), piece(cut, rows)];
    pieces.into_iter().filter(|piece| piece.len > 0).collect()
}

/// An order that rows leave in, or theirs.
pub fn order(rows: usize, choices: &mut Choices<'_>) -> Option<Vec<u32>> {
    let rows = u32::try_from(rows).ok().filter(|rows| *rows > 0)?;
    let by = u32::from(choices.byte());
    (by % 3 > 0).then(|| (0..rows).rev().map(|row| (row + by) % rows).collect())
}

/// What the rows are in that order.
pub fn in_order(array: &ArrayRef, order: Option<&[u32]>) -> ArrayRef {
    match order {
        None => Arc::clone(array),
        Some(order) => {
            let rows = UInt32Array::from(order.to_vec());
            take(array, &rows, None).expect("rows of the column")
        }
    }
}

impl Shape {
    fn values(&self, rows: usize) -> impl Iterator<Item = Option<i64>> {
        (0..rows).map(|row| {
            let round = i64::try_from(row / self.seeds.len()).unwrap_or(0);
            let value =
                self.seeds[row % self.seeds.len()].wrapping_add(self.step.wrapping_mul(round));
            (self.nulls >> (row % 16) & 1 == 0).then_some(value)
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "any values do"
)]
fn number(shape: &Shape, rows: usize, kind: u8) -> ArrayRef {
    macro_rules! of {
        ($array:ty, $map:expr) => {
            shape
                .values(rows)
                .map(|value| value.map($map))
                .collect::<$array>()
        };
    }
    match kind {
        0 => Arc::new(of!(Int8Array, |v| v as i8)),
        1 => Arc::new(of!(Int16Array, |v| v as i16)),
        2 => Arc::new(of!(Int32Array, |v| v as i32)),
        3 => Arc::new(of!(Int64Array, |v| v)),
        4 => Arc::new(of!(UInt8Array, |v| v as u8)),
        5 => Arc::new(of!(UInt16Array, |v| v as u16)),
        6 => Arc::new(of!(UInt32Array, |v| v as u32)),
        7 => Arc::new(of!(UInt64Array, |v| v as u64)),
        8 => Arc::new(of!(Float32Array, |v| f32::from_bits(v as u32))),
        9 => Arc::new(of!(Float32Array, |v| v as f32 / 8.0)),
        10 => Arc::new(of!(Float64Array, |v| f64::from_bits(v as u64))),
        11 => Arc::new(of!(Float64Array, |v| v as f64 / 10.0)),
        12 => Arc::new(of!(BooleanArray, |v| v % 2 == 0)),
        13 => Arc::new(of!(Date32Array, |v| v as i32)),
        14 => Arc::new(of!(TimestampMillisecondArray, |v| v).with_timezone("UTC")),
        15 => Arc::new(of!(TimestampMicrosecondArray, |v| v)),
        16 => Arc::new(of!(TimestampNanosecondArray, |v| v)),
        _ => {
            let decimals = of!(Decimal128Array, i128::from);
            let decimals = decimals.with_precision_and_scale(20, 3);
            Arc::new(decimals.expect("20 digits are more than 64 bits have"))
        }
    }
}

/// Texts of any characters and lengths, plain or as codes.
fn text(shape: &Shape, rows: usize, kind: u8) -> Given {
    let texts = shape.values(rows).map(|value| value.map(written));
    let texts: StringArray = texts.collect();
    let column = match kind {
        18 => Column::Plain(Arc::new(texts.clone())),
        _ => coded(&texts, kind == 20),
    };
    Given {
        array: Arc::new(texts),
        column,
    }
}

/// Texts as codes; with `twice`, those in odd rows have codes of their own, as those of equal results may.
fn coded(texts: &StringArray, twice: bool) -> Column {
    let (mut values, mut known) = (Vec::new(), HashMap::new());
    let rows = texts.iter().enumerate();
    let codes = rows.map(|(row, text)| {
        let Some(text) = text else { return NULL };
        *known
            .entry((text, twice && row % 2 == 1))
            .or_insert_with(|| {
                values.push(text);
                u32::try_from(values.len() - 1).expect("fewer texts than codes")
            })
    });
    let codes: Vec<u32> = codes.collect();
    let dictionary = Dictionary {
        lineage: new_lineage(),
        values: StringArray::from(values),
    };
    Column::Coded(Arc::new(dictionary), codes)
}

/// The text that a number stands for: its bytes, read as characters that matter to CSV and to bounds.
fn written(value: i64) -> String {
    const ALPHABET: [char; 16] = [
        'a',
        'b',
        ',',
        '"',
        '\n',
        '\r',
        ' ',
        '=',
        '+',
        '\t',
        '\u{7f}',
        'é',
        '\u{feff}',
        '\u{7ff}',
        '\u{ffff}',
        '\u{10ffff}',
    ];
    let bytes = value.to_le_bytes();
    let times = if bytes[0] > 250 { 20 } else { 1 };
    let used = 8 - value.unsigned_abs().leading_zeros() as usize / 8;
    let characters = bytes[..used].iter().flat_map(|byte| {
        let both = [byte & 15, byte >> 4];
        both.map(|at| ALPHABET[usize::from(at)])
    });
    characters.collect::<String>().repeat(times)
}
