//! Whole numbers as floating point ones.

/// A count of records: the tables are far below 2^53 of them, where this is exact.
#[expect(clippy::cast_precision_loss, reason = "a count is under 2^53")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

/// One of two numbers as a part of the other, to the precision of a double.
#[expect(clippy::cast_precision_loss, reason = "53 bits of a ratio are enough")]
pub(super) fn ratio(part: u128, whole: u128) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}

/// A count as a part of another; 0 of nothing.
pub fn share(part: u64, whole: u64) -> f64 {
    ratio(part.into(), whole.into())
}
