//! Columns of numbers, decimals, dates and timestamps: as codes into a sorted dictionary where that is smaller,
//! timestamps as differences, all else plainly.

use std::borrow::Cow;
use std::ops::Range;

use ::parquet::basic::Encoding;
use ::parquet::errors::ParquetError;
use ::parquet::file::statistics::Statistics;
use arrow::buffer::NullBuffer;

use super::super::distinct::NULL;
use super::super::gather::Coded;
use super::super::numbers::{NumberType, Physical, SIGN, of_float, to_float, to_signed};
use super::chunk::{Bounds, ChunkBuilder, PAGE_ROWS};
use super::{delta, hybrid};

/// Writes numbers that come as codes, at least one of them no NULL: as codes if that is smaller.
pub fn coded(
    number: NumberType,
    numbers: &Coded<Vec<u64>>,
    chunk: &mut ChunkBuilder,
) -> Result<Statistics, ParquetError> {
    let (sorted, nulls) = (&numbers.values, numbers.nulls.as_ref());
    let rows = numbers.codes.len() - nulls.map_or(0, NullBuffer::null_count);
    if !number.smaller(sorted.len(), rows) {
        let key = |&code: &u16| sorted.get(usize::from(code)).copied().unwrap_or_default();
        let keys: Vec<u64> = numbers.codes.iter().map(key).collect();
        return plain(number, &keys, nulls, chunk);
    }
    let mut values = Vec::with_capacity(sorted.len() * number.bytes());
    number.plain(sorted, &mut values);
    chunk.dictionary(&values, sorted.len())?;
    let bounds = |least: u16, greatest: u16| {
        number.bounds(sorted[usize::from(least)], sorted[usize::from(greatest)])
    };
    coded_pages(numbers, sorted.len(), bounds, chunk)?;
    let ends = sorted.first().copied().zip(sorted.last().copied());
    Ok(number.statistics(ends, chunk))
}

/// Writes numbers as they are, moments as differences.
pub fn plain(
    number: NumberType,
    keys: &[u64],
    nulls: Option<&NullBuffer>,
    chunk: &mut ChunkBuilder,
) -> Result<Statistics, ParquetError> {
    let rows = keys.len();
    let present = present(keys, nulls);
    let encoding = if number.is_moment() {
        Encoding::DELTA_BINARY_PACKED
    } else {
        Encoding::PLAIN
    };
    let mut all: Option<(u64, u64)> = None;
    for (rows, values) in pages(nulls, rows) {
        let keys = &present[values];
        let ends = ends(keys);
        if let Some((least, greatest)) = ends {
            let (low, high) = all.unwrap_or((least, greatest));
            all = Some((low.min(least), high.max(greatest)));
        }
        let bounds = ends.map(|(least, greatest)| number.bounds(least, greatest));
        chunk.page(rows, nulls, encoding, |out| {
            if number.is_moment() {
                let values: Vec<i64> = keys.iter().map(|&key| to_signed(key)).collect();
                delta::encode(&values, out);
            } else {
                number.plain(keys, out);
            }
            bounds
        })?;
    }
    Ok(number.statistics(all, chunk))
}

/// The values of rows that are not NULL.
fn present<'a, T: Copy>(values: &'a [T], nulls: Option<&NullBuffer>) -> Cow<'a, [T]> {
    match nulls {
        None => Cow::Borrowed(values),
        Some(nulls) => nulls.valid_indices().map(|row| values[row]).collect(),
    }
}

/// The codes that are not NULL. Each is written, and the next one over it where it was NULL: no branch has to foresee which
/// are.
fn without_null(codes: &[u16]) -> Vec<u16> {
    let mut kept = vec![0; codes.len()];
    let mut count = 0;
    for &code in codes {
        kept[count] = code;
        count += usize::from(code != NULL);
    }
    kept.truncate(count);
    kept
}

impl NumberType {
    /// Whether codes into so many distinct values are smaller than so many plain values.
    fn smaller(self, distinct: usize, values: usize) -> bool {
        let width = hybrid::width_of(largest(distinct)) as usize;
        let bits = 8 * self.bytes();
        distinct * bits + values * width < values * bits
    }

    fn bytes(self) -> usize {
        match self.physical {
            Physical::I32 | Physical::U32 | Physical::F32 => 4,
            Physical::I64 | Physical::U64 | Physical::F64 => 8,
        }
    }

    /// Appends values in their plain form.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a key holds a value of its type"
    )]
    fn plain(self, keys: &[u64], out: &mut Vec<u8>) {
        match self.physical {
            Physical::I32 => append(keys, out, |key| ((key ^ SIGN) as u32).to_le_bytes()),
            Physical::U32 => append(keys, out, |key| (key as u32).to_le_bytes()),
            Physical::I64 => append(keys, out, |key| (key ^ SIGN).to_le_bytes()),
            Physical::U64 => append(keys, out, u64::to_le_bytes),
            Physical::F32 => append(keys, out, |key| (to_float(key) as f32).to_le_bytes()),
            Physical::F64 => append(keys, out, |key| to_float(key).to_le_bytes()),
        }
    }

    /// Bounds as plain values. Zeros are signed so that none lies outside, as the format asks.
    fn bounds(self, least: u64, greatest: u64) -> Bounds {
        let (least, greatest) = self.widened(least, greatest);
        let plain = |key| {
            let mut out = Vec::with_capacity(8);
            self.plain(&[key], &mut out);
            out
        };
        (plain(least), plain(greatest))
    }

    fn widened(self, least: u64, greatest: u64) -> (u64, u64) {
        match self.physical {
            Physical::F32 | Physical::F64 => (
                if least == of_float(0.0) {
                    of_float(-0.0)
                } else {
                    least
                },
                if greatest == of_float(-0.0) {
                    of_float(0.0)
                } else {
                    greatest
                },
            ),
            _ => (least, greatest),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a key holds a value of its type"
    )]
    fn statistics(self, ends: Option<(u64, u64)>, chunk: &ChunkBuilder) -> Statistics {
        let ends = ends.map(|(least, greatest)| self.widened(least, greatest));
        let (least, greatest) = ends.unzip();
        let nulls = Some(chunk.nulls());
        let signed = to_signed;
        match self.physical {
            Physical::I32 => Statistics::int32(
                least.map(|k| signed(k) as i32),
                greatest.map(|k| signed(k) as i32),
                None,
                nulls,
                false,
            ),
            Physical::U32 => Statistics::int32(
                least.map(|k| k as i32),
                greatest.map(|k| k as i32),
                None,
                nulls,
                false,
            ),
            Physical::I64 => {
                Statistics::int64(least.map(signed), greatest.map(signed), None, nulls, false)
            }
            Physical::U64 => Statistics::int64(
                least.map(u64::cast_signed),
                greatest.map(u64::cast_signed),
                None,
                nulls,
                false,
            ),
            Physical::F32 => Statistics::float(
                least.map(|k| to_float(k) as f32),
                greatest.map(|k| to_float(k) as f32),
                None,
                nulls,
                false,
            ),
            Physical::F64 => Statistics::double(
                least.map(to_float),
                greatest.map(to_float),
                None,
                nulls,
                false,
            ),
        }
    }
}

/// Appends each key's bytes.
fn append<const N: usize>(keys: &[u64], out: &mut Vec<u8>, bytes: impl Fn(u64) -> [u8; N]) {
    let begin = out.len();
    out.resize(begin + N * keys.len(), 0);
    let (places, _) = out[begin..].as_chunks_mut::<N>();
    for (place, &key) in places.iter_mut().zip(keys) {
        *place = bytes(key);
    }
}

/// Writes pages of codes into so many distinct values; `bounds` makes a page's bounds of its least and greatest code.
pub fn coded_pages<T>(
    values: &Coded<T>,
    distinct: usize,
    bounds: impl Fn(u16, u16) -> Bounds,
    chunk: &mut ChunkBuilder,
) -> Result<(), ParquetError> {
    let nulls = values.nulls.as_ref();
    let present = match nulls {
        None => Cow::Borrowed(&values.codes),
        Some(_) => Cow::Owned(without_null(&values.codes)),
    };
    let width = hybrid::width_of(largest(distinct));
    for (rows, places) in pages(nulls, values.codes.len()) {
        let codes = &present[places];
        let bounds = ends(codes).map(|(least, greatest)| bounds(least, greatest));
        chunk.page(rows, nulls, Encoding::RLE_DICTIONARY, |out| {
            out.push(u8::try_from(width).unwrap_or(u8::MAX));
            hybrid::encode(codes, width, out);
            bounds
        })?;
    }
    Ok(())
}

/// The least and the greatest. Both in one loop over values, which becomes one over vectors (`min` of references does
/// not).
fn ends<T: Copy + Ord>(values: &[T]) -> Option<(T, T)> {
    let first = *values.first()?;
    let wider = |(least, greatest): (T, T), &value: &T| (least.min(value), greatest.max(value));
    Some(values.iter().fold((first, first), wider))
}

/// The greatest code of so many values.
fn largest(distinct: usize) -> u32 {
    u32::try_from(distinct.saturating_sub(1)).unwrap_or(u32::MAX)
}

/// The rows of each page, and the places of its values among those that are not NULL.
pub fn pages(
    nulls: Option<&NullBuffer>,
    rows: usize,
) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    let mut value = 0;
    (0..rows).step_by(PAGE_ROWS).map(move |start| {
        let end = rows.min(start + PAGE_ROWS);
        let missing = nulls.map_or(0, |nulls| nulls.slice(start, end - start).null_count());
        let first = value;
        value += end - start - missing;
        (start..end, first..value)
    })
}
