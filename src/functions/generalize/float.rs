//! Lower bounds of floating point numbers.

use crate::functions::refusal::{Answer, misuse};
use crate::functions::step::Step;

/// The step as a DOUBLE.
pub(super) fn step(step: Step) -> Answer<f64> {
    step.float()
        .ok_or_else(|| misuse("the step of generalize is too small or too large for a DOUBLE"))
}

/// The largest number up to which every whole number is a DOUBLE.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The greatest multiple of the step that is not above x. Beyond 2^53 steps, x is coarser than the step already.
pub(super) fn double(x: f64, step: f64) -> f64 {
    let quotient = (x / step).floor();
    if !x.is_finite() || quotient.abs() >= EXACT {
        return x;
    }
    // The division rounds: the multiple beside may be the one.
    let multiple = if (quotient + 1.0) * step <= x {
        quotient + 1.0
    } else if quotient * step > x {
        quotient - 1.0
    } else {
        quotient
    };
    // The sum makes a negative zero positive; the maximum keeps the lowest step finite.
    (multiple * step + 0.0).max(f64::MIN)
}

/// The same of a REAL.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the nearest REAL is what a REAL column holds; the lowest step stays finite by the maximum"
)]
pub(super) fn single(x: f32, step: f64) -> f32 {
    let bound = double(f64::from(x), step) as f32;
    if x.is_finite() {
        bound.max(f32::MIN)
    } else {
        bound
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "bounds are exact")]
mod tests {
    use super::*;
    use crate::functions::testing::numbers;

    #[test]
    fn a_lower_bound_is_the_greatest_multiple_not_above() {
        for (x, tenths) in numbers()
            .step_by(2)
            .zip(numbers().skip(1).step_by(2))
            .take(20_000)
        {
            let x = f64::from(i32::try_from(x % 1_000_000_000).unwrap()) / 128.0;
            let step = f64::from(i32::try_from(tenths.unsigned_abs() % 1000).unwrap() + 1) / 10.0;
            let bound = double(x, step);
            assert!(bound <= x);
            let next = (bound / step).round() + 1.0;
            assert!(next * step > x, "{x} {step}");
            assert_eq!(double(bound, step), bound, "{x} {step}");
        }
    }
}
