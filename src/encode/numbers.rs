//! Columns of numbers, dates and timestamps as keys of 64 bits that sort as their values do, and as codes into the few
//! distinct ones.
//!
//! With keys, everything behind them is written once for all types. Fast because values of a small range find their
//! code in a table without a hash, and others in a hash table of numbers alone.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray};
use arrow::datatypes::{
    DataType, Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

/// The most distinct numbers of a dictionary: as with text.
const MAX_DISTINCT: usize = 32 * 1024;

/// Values that lie within so many numbers are counted in a table.
const MAX_RANGE: u64 = 64 * 1024;

/// After so many values, a column of which more than half are distinct is not worth a dictionary.
const TRIAL: usize = 16 * 1024;

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Physical {
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
}

/// A column as keys, NULLs left out.
pub(super) struct Numbers {
    /// The values' keys.
    pub keys: Vec<u64>,
    /// What they are keys of.
    pub physical: Physical,
    /// Whether they are moments, which hardly repeat.
    pub moments: bool,
}

pub(super) const SIGN: u64 = 1 << 63;

/// A key of a signed number.
const fn of_signed(value: i64) -> u64 {
    value.cast_unsigned() ^ SIGN
}

/// A key of a number that is not NaN: IEEE 754's total order.
pub(super) fn of_float(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits ^ SIGN } else { !bits }
}

/// The key of no number.
const NAN: u64 = u64::MAX;

pub(super) fn to_float(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key ^ SIGN })
}

impl Numbers {
    /// The column's keys. None where it is of another type, or holds a NaN, which has no place in any order.
    pub fn of(values: &ArrayRef) -> Option<Self> {
        use Physical::{F32, F64, I32, I64, U32, U64};
        let signed = of_signed;
        let (keys, physical) = match values.data_type() {
            DataType::Int8 => (keys::<Int8Type>(values, |v| signed(v.into()))?, I32),
            DataType::Int16 => (keys::<Int16Type>(values, |v| signed(v.into()))?, I32),
            DataType::Int32 => (keys::<Int32Type>(values, |v| signed(v.into()))?, I32),
            DataType::Date32 => (keys::<Date32Type>(values, |v| signed(v.into()))?, I32),
            DataType::Int64 => (keys::<Int64Type>(values, signed)?, I64),
            DataType::UInt8 => (keys::<UInt8Type>(values, u64::from)?, U32),
            DataType::UInt16 => (keys::<UInt16Type>(values, u64::from)?, U32),
            DataType::UInt32 => (keys::<UInt32Type>(values, u64::from)?, U32),
            DataType::UInt64 => (keys::<UInt64Type>(values, |v| v)?, U64),
            DataType::Timestamp(TimeUnit::Second, _) => {
                (keys::<TimestampSecondType>(values, signed)?, I64)
            }
            DataType::Timestamp(TimeUnit::Millisecond, _) => {
                (keys::<TimestampMillisecondType>(values, signed)?, I64)
            }
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                (keys::<TimestampMicrosecondType>(values, signed)?, I64)
            }
            DataType::Timestamp(TimeUnit::Nanosecond, _) => {
                (keys::<TimestampNanosecondType>(values, signed)?, I64)
            }
            DataType::Float32 => (floats::<Float32Type>(values, f64::from)?, F32),
            DataType::Float64 => (floats::<Float64Type>(values, |v| v)?, F64),
            _ => return None,
        };
        let moments = matches!(values.data_type(), DataType::Timestamp(..));
        Some(Self {
            keys,
            physical,
            moments,
        })
    }

    /// The distinct keys, sorted, and each value's place among them; nothing where they are too many, or more than half
    /// of the values.
    pub(super) fn dictionary(&self) -> Option<(Vec<u64>, Vec<u32>)> {
        if self.moments {
            return None;
        }
        let (least, greatest) = least_and_greatest(&self.keys)?;
        let (sorted, codes) = if greatest - least < MAX_RANGE {
            by_table(&self.keys, least, greatest)
        } else {
            by_hash(&self.keys)?
        };
        (sorted.len() <= MAX_DISTINCT).then_some((sorted, codes))
    }
}

/// The ends of some keys, where there are any.
pub(super) fn least_and_greatest(keys: &[u64]) -> Option<(u64, u64)> {
    let least = keys.iter().copied().min()?;
    Some((least, keys.iter().copied().max()?))
}

fn keys<T: ArrowPrimitiveType>(
    values: &ArrayRef,
    key: impl Fn(T::Native) -> u64,
) -> Option<Vec<u64>> {
    let values: &PrimitiveArray<T> = values.as_primitive_opt::<T>()?;
    Some(if values.null_count() == 0 {
        values.values().iter().map(|&value| key(value)).collect()
    } else {
        values.iter().flatten().map(key).collect()
    })
}

fn floats<T: ArrowPrimitiveType>(
    values: &ArrayRef,
    wide: impl Fn(T::Native) -> f64,
) -> Option<Vec<u64>> {
    let keys = keys::<T>(values, |value| {
        let value = wide(value);
        if value.is_nan() { NAN } else { of_float(value) }
    })?;
    (!keys.contains(&NAN)).then_some(keys)
}

/// Codes of keys in a small range: one table of the range.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a range of less than MAX_RANGE"
)]
fn by_table(keys: &[u64], least: u64, greatest: u64) -> (Vec<u64>, Vec<u32>) {
    let place = |key: u64| (key - least) as usize;
    let mut codes_of = vec![0u32; place(greatest) + 1];
    for &key in keys {
        codes_of[place(key)] = 1;
    }
    let mut sorted = Vec::new();
    for (place, code) in codes_of.iter_mut().enumerate() {
        if *code > 0 {
            *code = sorted.len() as u32;
            sorted.push(least + place as u64);
        }
    }
    let codes = keys.iter().map(|&key| codes_of[place(key)]).collect();
    (sorted, codes)
}

/// A slot of the hash table that holds nothing.
const EMPTY: u32 = u32::MAX;

/// Codes of any keys: an open table at most half full, probed in a row. Nothing where there are too many.
#[expect(clippy::cast_possible_truncation, reason = "MAX_DISTINCT and one more")]
fn by_hash(keys: &[u64]) -> Option<(Vec<u64>, Vec<u32>)> {
    let mut slots = vec![(0u64, EMPTY); 1024];
    let mut distinct: Vec<u64> = Vec::new();
    let mut codes = Vec::with_capacity(keys.len());
    for &key in keys {
        let mut at = slot(key, slots.len());
        let code = loop {
            let (known, code) = slots[at];
            if code == EMPTY {
                break EMPTY;
            }
            if known == key {
                break code;
            }
            at = (at + 1) & (slots.len() - 1);
        };
        if code != EMPTY {
            codes.push(code);
            continue;
        }
        let code = distinct.len() as u32;
        slots[at] = (key, code);
        codes.push(code);
        distinct.push(key);
        let many = codes.len() >= TRIAL && distinct.len() * 2 > codes.len();
        if distinct.len() > MAX_DISTINCT || many {
            return None;
        }
        if distinct.len() * 2 > slots.len() {
            slots = larger(&distinct, 4 * slots.len());
        }
    }
    Some(sort(distinct, codes))
}

/// A table of so many slots, a power of two.
#[expect(clippy::cast_possible_truncation, reason = "as many as there were")]
fn larger(distinct: &[u64], len: usize) -> Vec<(u64, u32)> {
    let mut slots = vec![(0, EMPTY); len];
    for (code, &key) in distinct.iter().enumerate() {
        let mut at = slot(key, len);
        while slots[at].1 != EMPTY {
            at = (at + 1) & (len - 1);
        }
        slots[at] = (key, code as u32);
    }
    slots
}

/// Fibonacci hashing of both halves: floats differ in their upper bits only.
#[expect(
    clippy::cast_possible_truncation,
    reason = "as many bits as the table has"
)]
fn slot(key: u64, len: usize) -> usize {
    let mixed = (key ^ (key >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - len.trailing_zeros())) as usize
}

/// The same values and codes, by value.
fn sort(distinct: Vec<u64>, mut codes: Vec<u32>) -> (Vec<u64>, Vec<u32>) {
    let mut order: Vec<(u64, u32)> = distinct.into_iter().zip(0..).collect();
    order.sort_unstable();
    let mut ranks = vec![0; order.len()];
    for (rank, (_, code)) in (0..).zip(&order) {
        ranks[*code as usize] = rank;
    }
    for code in &mut codes {
        *code = ranks[*code as usize];
    }
    (order.into_iter().map(|(key, _)| key).collect(), codes)
}

/// The greatest code of so many values.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a dictionary has fewer than 2^32 values"
)]
pub fn largest(distinct: usize) -> u32 {
    distinct.saturating_sub(1) as u32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use arrow::array::{Float64Array, Int64Array};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_of_numbers_sort_as_the_numbers_do(a: i64, b: i64, x: f64, y: f64) {
            prop_assert_eq!(of_signed(a).cmp(&of_signed(b)), a.cmp(&b));
            prop_assume!(!x.is_nan() && !y.is_nan());
            prop_assert_eq!(of_float(x).cmp(&of_float(y)), x.total_cmp(&y));
            prop_assert_eq!(to_float(of_float(x)).to_bits(), x.to_bits());
        }

        #[test]
        fn a_dictionary_is_the_set_of_values_and_their_places(
            values in prop_oneof![
                prop::collection::vec(-50..50i64, 1..3000),
                prop::collection::vec((0..200i64).prop_map(|v| v * 1_000_003), 1..3000),
            ]
        ) {
            let array: ArrayRef = Arc::new(Int64Array::from(values.clone()));
            let numbers = Numbers::of(&array).unwrap();
            let (sorted, codes) = numbers.dictionary().unwrap();
            let expected: BTreeSet<i64> = values.iter().copied().collect();
            prop_assert_eq!(&sorted, &expected.into_iter().map(of_signed).collect::<Vec<_>>());
            let again: Vec<u64> = codes.iter().map(|&code| sorted[code as usize]).collect();
            prop_assert_eq!(again, values.into_iter().map(of_signed).collect::<Vec<_>>());
        }
    }

    #[test]
    fn values_that_hardly_repeat_have_no_dictionary() {
        let distinct: Vec<f64> = (0..60_000).map(|v| f64::from(v) * 1.5).collect();
        let array: ArrayRef = Arc::new(Float64Array::from(distinct));
        assert!(Numbers::of(&array).unwrap().dictionary().is_none());
        let nan: ArrayRef = Arc::new(Float64Array::from(vec![1.0, f64::NAN]));
        assert!(Numbers::of(&nan).is_none());
    }
}
