//! Columns of numbers, dates and timestamps: as codes into a sorted dictionary where that is smaller, timestamps as
//! differences, all else plainly.

use std::ops::Range;

use ::parquet::basic::Encoding;
use ::parquet::errors::ParquetError;
use ::parquet::file::statistics::Statistics;
use arrow::buffer::NullBuffer;

use super::super::numbers::{
    Numbers, Physical, SIGN, largest, least_and_greatest, of_float, to_float,
};
use super::chunk::{Bounds, ChunkBuilder, PAGE_ROWS};
use super::{delta, hybrid};

impl Numbers {
    /// Writes the column.
    pub(super) fn write(
        &self,
        nulls: Option<&NullBuffer>,
        rows: usize,
        chunk: &mut ChunkBuilder,
    ) -> Result<Statistics, ParquetError> {
        if let Some((sorted, codes)) = self
            .dictionary()
            .filter(|(sorted, codes)| self.smaller(sorted, codes))
        {
            self.coded(&sorted, &codes, nulls, rows, chunk)?;
            return Ok(self.statistics(sorted.first().copied(), sorted.last().copied(), chunk));
        }
        let encoding = if self.moments {
            Encoding::DELTA_BINARY_PACKED
        } else {
            Encoding::PLAIN
        };
        let mut all: Option<(u64, u64)> = None;
        for (rows, values) in pages(nulls, rows) {
            let keys = &self.keys[values];
            let bounds = least_and_greatest(keys);
            if let Some((least, greatest)) = bounds {
                let (low, high) = all.unwrap_or((least, greatest));
                all = Some((low.min(least), high.max(greatest)));
            }
            let bounds = bounds.map(|(least, greatest)| self.bounds(least, greatest));
            chunk.page(rows, nulls, encoding, bounds, |out| {
                if self.moments {
                    let values: Vec<i64> =
                        keys.iter().map(|&key| (key ^ SIGN).cast_signed()).collect();
                    delta::encode(&values, out);
                } else {
                    self.plain(keys, out);
                }
            })?;
        }
        Ok(self.statistics(all.map(|all| all.0), all.map(|all| all.1), chunk))
    }

    /// Writes codes into the sorted dictionary.
    fn coded(
        &self,
        sorted: &[u64],
        codes: &[u32],
        nulls: Option<&NullBuffer>,
        rows: usize,
        chunk: &mut ChunkBuilder,
    ) -> Result<(), ParquetError> {
        let mut plain = Vec::with_capacity(sorted.len() * self.bytes());
        self.plain(sorted, &mut plain);
        chunk.dictionary(&plain, sorted.len())?;
        let bounds = |least: u32, greatest: u32| {
            self.bounds(sorted[least as usize], sorted[greatest as usize])
        };
        coded_pages(codes, sorted.len(), nulls, rows, bounds, chunk)
    }

    /// Whether codes are smaller than plain values.
    fn smaller(&self, sorted: &[u64], codes: &[u32]) -> bool {
        let width = hybrid::width_of(largest(sorted.len())) as usize;
        let bits = 8 * self.bytes();
        sorted.len() * bits + codes.len() * width < codes.len() * bits
    }

    fn bytes(&self) -> usize {
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
    fn plain(&self, keys: &[u64], out: &mut Vec<u8>) {
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
    fn bounds(&self, least: u64, greatest: u64) -> Bounds {
        let (least, greatest) = self.widened(least, greatest);
        let plain = |key| {
            let mut out = Vec::with_capacity(8);
            self.plain(&[key], &mut out);
            out
        };
        (plain(least), plain(greatest))
    }

    fn widened(&self, least: u64, greatest: u64) -> (u64, u64) {
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
    fn statistics(
        &self,
        least: Option<u64>,
        greatest: Option<u64>,
        chunk: &ChunkBuilder,
    ) -> Statistics {
        let bounds = least
            .zip(greatest)
            .map(|(least, greatest)| self.widened(least, greatest));
        let (least, greatest) = bounds.unzip();
        let nulls = Some(chunk.nulls());
        let signed = |key: u64| (key ^ SIGN).cast_signed();
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

/// Writes pages of codes, of which there are none for NULLs; `bounds` makes a page's bounds of its least and greatest.
pub fn coded_pages(
    codes: &[u32],
    distinct: usize,
    nulls: Option<&NullBuffer>,
    rows: usize,
    bounds: impl Fn(u32, u32) -> Bounds,
    chunk: &mut ChunkBuilder,
) -> Result<(), ParquetError> {
    let width = hybrid::width_of(largest(distinct));
    for (rows, values) in pages(nulls, rows) {
        let codes = &codes[values];
        let ends = codes.iter().min().zip(codes.iter().max());
        let bounds = ends.map(|(least, greatest)| bounds(*least, *greatest));
        chunk.page(rows, nulls, Encoding::RLE_DICTIONARY, bounds, |out| {
            out.push(u8::try_from(width).unwrap_or(u8::MAX));
            hybrid::encode(codes, width, out);
        })?;
    }
    Ok(())
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
