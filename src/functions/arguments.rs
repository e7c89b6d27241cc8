//! What the functions share in taking arguments: their number, their types, constants, dictionaries.
//!
//! Arguments are never coerced by the planner: a column stays a bare column in the plan, for the proof, and foreign
//! casts, whose errors quote values, stay out of it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::{cast, take};
use arrow::datatypes::DataType;
use datafusion_common::ScalarValue;
use datafusion_expr::{ColumnarValue, Signature, Volatility};

use super::refusal::{Answer, failed, misuse};
use super::{Argument, Context};

/// A signature that takes arguments as they are; [`arity`] and the functions' return types check them.
pub(super) fn as_they_are() -> Signature {
    Signature::user_defined(Volatility::Immutable)
}

/// Refuses another number of arguments than `name` takes.
pub(super) fn arity<T>(name: &str, arguments: &[T], allowed: RangeInclusive<usize>) -> Answer<()> {
    if allowed.contains(&arguments.len()) {
        return Ok(());
    }
    let (least, most) = (allowed.start(), allowed.end());
    let plural = if *most == 1 { "" } else { "s" };
    Err(misuse(if least == most {
        format!("{name} takes {least} argument{plural}")
    } else {
        format!("{name} takes {least} to {most} arguments")
    }))
}

/// The type of the values, whether they come in a dictionary or not.
pub(super) fn value_type(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, values) => values,
        other => other,
    }
}

/// Whether it is text, or NULL that may stand for text.
pub(super) fn is_text(data_type: &DataType) -> bool {
    value_type(data_type).is_string() || data_type.is_null()
}

/// The array without its dictionary.
pub(super) fn flat(array: &ArrayRef) -> Answer<ArrayRef> {
    match array.data_type() {
        DataType::Dictionary(_, values) => {
            cast(array, values).map_err(|_| failed("a dictionary cannot be unpacked"))
        }
        _ => Ok(Arc::clone(array)),
    }
}

/// Computes a function of one column: once for a constant.
pub(super) fn over(
    argument: &ColumnarValue,
    compute: impl FnOnce(&ArrayRef) -> Answer<ArrayRef>,
) -> Answer<ColumnarValue> {
    match argument {
        ColumnarValue::Array(array) => Ok(ColumnarValue::Array(compute(array)?)),
        ColumnarValue::Scalar(scalar) => {
            let one = compute(&scalar.to_array()?)?;
            Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&one, 0)?))
        }
    }
}

/// Computes a function of two columns row by row: once where both are constants.
pub(super) fn over_both(
    first: &ColumnarValue,
    second: &ColumnarValue,
    rows: usize,
    compute: impl FnOnce(&ArrayRef, &ArrayRef) -> Answer<ArrayRef>,
) -> Answer<ColumnarValue> {
    if let (ColumnarValue::Scalar(first), ColumnarValue::Scalar(second)) = (first, second) {
        let one = compute(&first.to_array()?, &second.to_array()?)?;
        return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&one, 0)?));
    }
    let answer = compute(&first.to_array(rows)?, &second.to_array(rows)?)?;
    Ok(ColumnarValue::Array(answer))
}

/// Computes a total function of one column once for each value of its dictionary, where it has one. Values that no row
/// refers to are computed too, so this is not for functions that can fail.
pub(super) fn by_distinct(
    array: &ArrayRef,
    compute: impl FnOnce(&ArrayRef) -> Answer<ArrayRef>,
) -> Answer<ArrayRef> {
    let Some(dictionary) = array.as_any_dictionary_opt() else {
        return compute(array);
    };
    let values = compute(dictionary.values())?;
    take(&values, dictionary.keys(), None).map_err(|_| failed("a dictionary is damaged"))
}

/// The argument at a position, whose presence [`arity`] has checked.
pub(super) fn argument(arguments: &[ColumnarValue], position: usize) -> Answer<&ColumnarValue> {
    arguments
        .get(position)
        .ok_or_else(|| misuse("an argument is missing"))
}

/// A whole number, of any integer type.
pub(super) fn whole_number(scalar: &ScalarValue) -> Option<i64> {
    match scalar {
        ScalarValue::Int8(Some(v)) => Some(i64::from(*v)),
        ScalarValue::Int16(Some(v)) => Some(i64::from(*v)),
        ScalarValue::Int32(Some(v)) => Some(i64::from(*v)),
        ScalarValue::Int64(Some(v)) => Some(*v),
        ScalarValue::UInt8(Some(v)) => Some(i64::from(*v)),
        ScalarValue::UInt16(Some(v)) => Some(i64::from(*v)),
        ScalarValue::UInt32(Some(v)) => Some(i64::from(*v)),
        ScalarValue::UInt64(Some(v)) => i64::try_from(*v).ok(),
        _ => None,
    }
}

/// A constant text, of any text type.
pub(super) fn text(scalar: &ScalarValue) -> Option<&str> {
    match scalar {
        ScalarValue::Dictionary(_, value) => text(value),
        other => other.try_as_str().flatten(),
    }
}

/// The constant whole number of at least 1 that `name` takes as its `parameter`.
pub(super) fn positive(name: &str, parameter: &str, value: &ColumnarValue) -> Answer<i64> {
    match value {
        ColumnarValue::Scalar(scalar) => whole_number(scalar).filter(|number| *number >= 1),
        ColumnarValue::Array(_) => None,
    }
    .ok_or_else(|| {
        misuse(format!(
            "{name} takes a constant whole number of 1 or more as its {parameter}"
        ))
    })
}

/// The bound of a constant whole number, for the proof.
pub(super) fn at_least(
    argument: Option<&Argument<'_>>,
    least: i64,
    what: &str,
) -> std::result::Result<(), String> {
    match argument {
        Some(Argument::Constant(scalar)) if whole_number(scalar).is_some_and(|n| n >= least) => {
            Ok(())
        }
        _ => Err(format!(
            "{what} is a constant whole number of {least} or more"
        )),
    }
}

/// For functions without constant parameters.
#[expect(
    clippy::unnecessary_wraps,
    reason = "one shape for the bounds of all functions"
)]
pub(super) fn no_bounds(_: &[Argument<'_>]) -> std::result::Result<(), String> {
    Ok(())
}

/// The as-of date in days since 1970-01-01.
pub(super) fn as_of_days(context: &Context) -> i32 {
    use arrow::datatypes::Date32Type;
    Date32Type::from_naive_date(context.as_of)
}
