//! Bytes → columns of every type, with NULLs and repetition.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, StringArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, UInt8Array, UInt16Array, UInt32Array,
    UInt64Array,
};
use arrow::compute::cast;
use arrow::datatypes::DataType;

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

/// A column of so many rows.
pub fn column(choices: &mut Choices<'_>, rows: usize) -> ArrayRef {
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
    number(&shape, rows, kind)
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
fn text(shape: &Shape, rows: usize, kind: u8) -> ArrayRef {
    let texts = shape.values(rows).map(|value| value.map(written));
    let texts: ArrayRef = Arc::new(texts.collect::<StringArray>());
    if kind == 18 || texts.len() == texts.null_count() && kind == 19 {
        return texts;
    }
    let codes = DataType::Dictionary(Box::new(DataType::UInt32), Box::new(DataType::Utf8));
    cast(&texts, &codes).expect("fewer texts than codes")
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
