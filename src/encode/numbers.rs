//! Columns of numbers, decimals, dates and timestamps as keys of 64 bits that sort as their values do: everything behind
//! them is written once for all types.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

/// How a number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Physical {
    /// 32 bits, signed.
    I32,
    /// 32 bits, unsigned.
    U32,
    /// 64 bits, signed.
    I64,
    /// 64 bits, unsigned.
    U64,
    /// Single precision.
    F32,
    /// Double precision.
    F64,
}

/// What a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Itself.
    Number,
    /// Days since 1970-01-01.
    Date,
    /// A moment, which hardly repeats: so many digits of a second, and whether it is of UTC.
    Moment(u32, bool),
    /// A decimal: the number counts units of so many places behind the point.
    Decimal(i8),
}

/// A type whose values have keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberType {
    /// How a value is stored.
    pub physical: Physical,
    /// What it means.
    pub meaning: Meaning,
}

/// Digits of decimals that all fit 64 bits.
const MAX_DIGITS: u8 = 18;

pub(super) const SIGN: u64 = 1 << 63;

/// A key of a signed number.
pub(super) const fn of_signed(value: i64) -> u64 {
    value.cast_unsigned() ^ SIGN
}

/// A key of a number that is not NaN: IEEE 754's total order.
pub(super) fn of_float(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN == 0 { bits ^ SIGN } else { !bits }
}

pub(super) const fn to_signed(key: u64) -> i64 {
    (key ^ SIGN).cast_signed()
}

pub(super) fn to_float(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key ^ SIGN })
}

impl NumberType {
    /// None for a type whose values have no keys.
    pub fn of(data_type: &DataType) -> Option<Self> {
        use Physical::{F32, F64, I32, I64, U32, U64};
        let (physical, meaning) = match data_type {
            DataType::Int8 | DataType::Int16 | DataType::Int32 => (I32, Meaning::Number),
            DataType::Date32 => (I32, Meaning::Date),
            DataType::Int64 => (I64, Meaning::Number),
            DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => (U32, Meaning::Number),
            DataType::UInt64 => (U64, Meaning::Number),
            DataType::Float32 => (F32, Meaning::Number),
            DataType::Float64 => (F64, Meaning::Number),
            DataType::Timestamp(unit, zone) => {
                let digits = match unit {
                    TimeUnit::Second => 0,
                    TimeUnit::Millisecond => 3,
                    TimeUnit::Microsecond => 6,
                    TimeUnit::Nanosecond => 9,
                };
                (I64, Meaning::Moment(digits, zone.is_some()))
            }
            // As Parquet stores them (<https://parquet.apache.org/docs/file-format/types/logicaltypes/#decimal>).
            DataType::Decimal128(1..=9, scale) => (I32, Meaning::Decimal(*scale)),
            DataType::Decimal128(10..=MAX_DIGITS, scale) => (I64, Meaning::Decimal(*scale)),
            _ => return None,
        };
        Some(Self { physical, meaning })
    }

    /// Whether values are moments.
    pub fn is_moment(self) -> bool {
        matches!(self.meaning, Meaning::Moment(..))
    }

    /// Whether values are floating point numbers.
    pub fn is_float(self) -> bool {
        matches!(self.physical, Physical::F32 | Physical::F64)
    }
}

/// Appends the keys of an array, a NULL's of no meaning. None where it is of another type, or holds a NaN, which has no
/// place in any order.
pub(super) fn append_keys(values: &ArrayRef, keys: &mut Vec<u64>) -> Option<()> {
    let signed = of_signed;
    match values.data_type() {
        DataType::Int8 => append::<Int8Type>(values, keys, |v| signed(v.into())),
        DataType::Int16 => append::<Int16Type>(values, keys, |v| signed(v.into())),
        DataType::Int32 => append::<Int32Type>(values, keys, |v| signed(v.into())),
        DataType::Date32 => append::<Date32Type>(values, keys, |v| signed(v.into())),
        DataType::Int64 => append::<Int64Type>(values, keys, signed),
        DataType::UInt8 => append::<UInt8Type>(values, keys, u64::from),
        DataType::UInt16 => append::<UInt16Type>(values, keys, u64::from),
        DataType::UInt32 => append::<UInt32Type>(values, keys, u64::from),
        DataType::UInt64 => append::<UInt64Type>(values, keys, |v| v),
        DataType::Timestamp(unit, _) => match unit {
            TimeUnit::Second => append::<TimestampSecondType>(values, keys, signed),
            TimeUnit::Millisecond => append::<TimestampMillisecondType>(values, keys, signed),
            TimeUnit::Microsecond => append::<TimestampMicrosecondType>(values, keys, signed),
            TimeUnit::Nanosecond => append::<TimestampNanosecondType>(values, keys, signed),
        },
        // A NULL's may be anything.
        #[expect(clippy::cast_possible_truncation, reason = "at most MAX_DIGITS")]
        DataType::Decimal128(1..=MAX_DIGITS, _) => {
            append::<Decimal128Type>(values, keys, |v| signed(v as i64))
        }
        DataType::Float32 => floats::<Float32Type>(values, keys, f64::from),
        DataType::Float64 => floats::<Float64Type>(values, keys, |v| v),
        _ => None,
    }
}

fn append<T: ArrowPrimitiveType>(
    values: &ArrayRef,
    keys: &mut Vec<u64>,
    key: impl Fn(T::Native) -> u64,
) -> Option<()> {
    let values: &PrimitiveArray<T> = values.as_primitive_opt::<T>()?;
    keys.extend(values.values().iter().map(|&value| key(value)));
    Some(())
}

fn floats<T: ArrowPrimitiveType>(
    values: &ArrayRef,
    keys: &mut Vec<u64>,
    wide: impl Fn(T::Native) -> f64,
) -> Option<()> {
    let array: &PrimitiveArray<T> = values.as_primitive_opt::<T>()?;
    let nan = match array.null_count() {
        0 => array.values().iter().any(|&value| wide(value).is_nan()),
        _ => array.iter().flatten().any(|value| wide(value).is_nan()),
    };
    if nan {
        return None;
    }
    append::<T>(values, keys, |value| of_float(wide(value)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_of_numbers_sort_as_the_numbers_do(a: i64, b: i64, x: f64, y: f64) {
            prop_assert_eq!(of_signed(a).cmp(&of_signed(b)), a.cmp(&b));
            prop_assert_eq!(to_signed(of_signed(a)), a);
            prop_assume!(!x.is_nan() && !y.is_nan());
            prop_assert_eq!(of_float(x).cmp(&of_float(y)), x.total_cmp(&y));
            prop_assert_eq!(to_float(of_float(x)).to_bits(), x.to_bits());
        }
    }
}
