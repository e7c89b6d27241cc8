//! A draw as the error of a number, for each type of number.

use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowNativeTypeOp, ArrowPrimitiveType, AsArray, PrimitiveArray};
use arrow::datatypes::{
    DataType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::super::refusal::{Answer, failed, misuse};
use super::MILLION;

/// The least width of the noise of a whole number: five numbers are then possible, as within the least step of
/// `generalize`. A ratio alone would leave small numbers as they are.
const LEAST_WIDTH: u128 = 2;

/// The numbers with their errors: none where there is no draw.
pub(super) fn noised(array: &ArrayRef, draws: &[Option<u128>], ratio: u32) -> Answer<ArrayRef> {
    Ok(match array.data_type() {
        DataType::Null => Arc::clone(array),
        DataType::Int8 => whole::<Int8Type>(array, draws, ratio),
        DataType::Int16 => whole::<Int16Type>(array, draws, ratio),
        DataType::Int32 => whole::<Int32Type>(array, draws, ratio),
        DataType::Int64 => whole::<Int64Type>(array, draws, ratio),
        DataType::UInt8 => whole::<UInt8Type>(array, draws, ratio),
        DataType::UInt16 => whole::<UInt16Type>(array, draws, ratio),
        DataType::UInt32 => whole::<UInt32Type>(array, draws, ratio),
        DataType::UInt64 => whole::<UInt64Type>(array, draws, ratio),
        DataType::Float32 => Arc::new(rows::<Float32Type>(array, draws, |x, draw| {
            float32(x, draw, ratio)
        })),
        DataType::Float64 => Arc::new(rows::<Float64Type>(array, draws, |x, draw| {
            float(x, draw, ratio)
        })),
        DataType::Decimal128(precision, scale) => {
            let beyond = 10_i128.checked_pow(u32::from(*precision));
            let most = beyond.map_or(i128::MAX, |beyond| beyond - 1);
            let moved = rows::<Decimal128Type>(array, draws, |x, draw| {
                moved(x, draw, ratio).clamp(-most, most)
            });
            let moved = moved.with_precision_and_scale(*precision, *scale);
            Arc::new(moved.map_err(|_| failed("a DECIMAL has an impossible precision"))?)
        }
        _ => return Err(misuse("noise takes numbers")),
    })
}

fn rows<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    draws: &[Option<u128>],
    noised: impl Fn(T::Native, u128) -> T::Native,
) -> PrimitiveArray<T> {
    let rows = array.as_primitive::<T>().iter().zip(draws);
    rows.map(|(x, draw)| Some(noised(x?, (*draw)?))).collect()
}

fn whole<T>(array: &ArrayRef, draws: &[Option<u128>], ratio: u32) -> ArrayRef
where
    T: ArrowPrimitiveType,
    T::Native: Into<i128> + TryFrom<i128>,
{
    Arc::new(rows::<T>(array, draws, |x, draw| {
        let moved = moved(x.into(), draw, ratio);
        let end = if moved < 0 {
            T::Native::MIN_TOTAL_ORDER
        } else {
            T::Native::MAX_TOTAL_ORDER
        };
        T::Native::try_from(moved).unwrap_or(end)
    }))
}

/// A whole number moved by one of 2 × width + 1 steps, and turned back at zero. The bias of a modulo over 2^128 is below
/// 10^-18 for numbers of 64 bits.
pub(super) fn moved(x: i128, draw: u128, ratio: u32) -> i128 {
    if x == 0 {
        return 0;
    }
    let (million, ratio) = (u128::from(MILLION), u128::from(ratio));
    let size = x.unsigned_abs();
    // Neither product leaves 128 bits: a ratio is at most a million millionths.
    let width = size / million * ratio + size % million * ratio / million;
    let width = width.max(LEAST_WIDTH);
    let steps = width.saturating_mul(2).saturating_add(1);
    let moved = size.saturating_add(draw % steps).abs_diff(width);
    i128::try_from(moved).unwrap_or(i128::MAX) * x.signum()
}

/// The low bits of a DOUBLE that are cut off: 24 of its 53 significant ones are left.
const CUT: u64 = (1 << 29) - 1;

/// 2^52, by which 53 bits are brought to numbers from 0 up to 2.
const HALF_RANGE: f64 = 4_503_599_627_370_496.0;

#[expect(
    clippy::cast_precision_loss,
    reason = "a DOUBLE holds every whole number of 53 bits"
)]
pub(super) fn float(x: f64, draw: u128, ratio: u32) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let bits = u64::try_from(draw >> 75).unwrap_or_default();
    let error = bits as f64 / HALF_RANGE - 1.0;
    let ratio = f64::from(ratio) / f64::from(MILLION);
    let noised = (x * (1.0 + ratio * error)).clamp(f64::MIN, f64::MAX);
    f64::from_bits(noised.to_bits() & !CUT)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "24 significant bits are those of a REAL; the ends of its range stand for what is beyond"
)]
pub(super) fn float32(x: f32, draw: u128, ratio: u32) -> f32 {
    let noised = float(f64::from(x), draw, ratio);
    if x.is_finite() {
        noised.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
    } else {
        x
    }
}
