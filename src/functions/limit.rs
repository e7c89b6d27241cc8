//! What `top_code` and `bottom_code` share: a limit that values do not pass.

use std::sync::Arc;

use arrow::array::{ArrayRef, Scalar};
use arrow::compute::cast;
use arrow::compute::kernels::cmp::{gt, lt};
use arrow::compute::kernels::zip::zip;
use arrow::datatypes::DataType;
use datafusion_common::ScalarValue;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs};

use super::Argument;
use super::arguments::{argument, arity, flat, over, value_type, whole_number};
use super::dates::is_date;
use super::refusal::{Answer, failed, misuse};

/// Which limit it is.
#[derive(Clone, Copy)]
pub(super) enum Limit {
    /// Nothing is above it; NaN counts as above every number.
    Most,
    /// Nothing is below it.
    Least,
}

/// The limit is a constant: a computed one would be another value of the row.
pub(super) fn bounds(name: &str, arguments: &[Argument<'_>]) -> Result<(), String> {
    match arguments.get(1) {
        Some(Argument::Constant(limit)) if !limit.is_null() => Ok(()),
        _ => Err(format!("the limit of {name} is a constant")),
    }
}

/// The type of the values, which stays.
pub(super) fn limited_type(name: &str, types: &[DataType]) -> Answer<DataType> {
    arity(name, types, 2..=2)?;
    match types.first().map(value_type) {
        Some(x) if x.is_numeric() || is_date(x) => Ok(x.clone()),
        _ => Err(misuse(format!(
            "{name} takes numbers, dates and timestamps"
        ))),
    }
}

/// The values, and the limit for those that pass it.
pub(super) fn limited(name: &str, side: Limit, args: &ScalarFunctionArgs) -> Answer<ColumnarValue> {
    arity(name, &args.args, 2..=2)?;
    let ColumnarValue::Scalar(limit) = argument(&args.args, 1)? else {
        return Err(misuse(format!("the limit of {name} is a constant")));
    };
    over(argument(&args.args, 0)?, |array| {
        let array = flat(array)?;
        if array.data_type().is_null() {
            return Ok(array);
        }
        let limit = of_type(limit, array.data_type()).ok_or_else(|| {
            misuse(format!(
                "the limit of {name} is a value that its column can hold"
            ))
        })?;
        within(&array, limit, side)
    })
}

fn within(array: &ArrayRef, limit: ArrayRef, side: Limit) -> Answer<ArrayRef> {
    let limit = Scalar::new(limit);
    let beyond = match side {
        Limit::Most => gt(array, &limit),
        Limit::Least => lt(array, &limit),
    };
    // NULL is beyond nothing.
    beyond
        .and_then(|beyond| zip(&beyond, &limit, array))
        .map_err(|_| failed("values cannot be compared with their limit"))
}

/// The limit as one value of the column's type; nothing where that would be another value. A fraction is rounded to the
/// decimals of a DECIMAL column.
fn of_type(limit: &ScalarValue, data_type: &DataType) -> Option<ArrayRef> {
    let from = limit.data_type();
    let limit = match data_type {
        _ if limit.is_null() => return None,
        whole if whole.is_integer() => ScalarValue::Int64(Some(whole_number(limit)?)),
        number if number.is_numeric() && from.is_numeric() => limit.clone(),
        DataType::Date32 | DataType::Date64
            if matches!(from, DataType::Date32 | DataType::Date64) =>
        {
            limit.clone()
        }
        DataType::Timestamp(unit, _) if is_date(&from) => {
            // By its ticks: the name of a zone would be looked up in a zone database.
            let ticks = limit.cast_to(&DataType::Timestamp(*unit, None)).ok()?;
            ticks.cast_to(&DataType::Int64).ok()?
        }
        _ => return None,
    };
    // A cast of one array, which makes NULL of what does not fit.
    let one = cast(&limit.to_array().ok()?, data_type).ok()?;
    (one.null_count() == 0).then_some(Arc::clone(&one))
}

#[cfg(test)]
mod tests {
    use arrow::array::{
        AsArray, Date32Array, Decimal128Array, Float64Array, Int16Array, Int64Array,
        TimestampMicrosecondArray,
    };
    use arrow::datatypes::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{bounded, call, column, context, day, refused};

    fn both(array: impl arrow::array::Array + 'static, limit: &ScalarValue) -> [ArrayRef; 2] {
        let array: ArrayRef = Arc::new(array);
        ["top_code", "bottom_code"].map(|name| {
            let answer = column(name, &array, std::slice::from_ref(limit)).unwrap();
            assert_eq!(answer.data_type(), array.data_type());
            answer
        })
    }

    #[test]
    fn whole_numbers_stay_within_the_limit() {
        let x = vec![
            Some(i64::MIN),
            Some(-1),
            Some(7),
            Some(8),
            Some(i64::MAX),
            None,
        ];
        let [top, bottom] = both(Int64Array::from(x), &ScalarValue::Int64(Some(7)));
        let expected = [Some(i64::MIN), Some(-1), Some(7), Some(7), Some(7), None];
        assert_eq!(
            top.as_primitive::<Int64Type>(),
            &Int64Array::from(expected.to_vec())
        );
        let expected = [Some(7), Some(7), Some(7), Some(8), Some(i64::MAX), None];
        assert_eq!(
            bottom.as_primitive::<Int64Type>(),
            &Int64Array::from(expected.to_vec())
        );
    }

    #[test]
    fn fractions_stay_within_the_limit() {
        let x = vec![f64::NEG_INFINITY, -0.5, 7.25, 7.5, f64::INFINITY, f64::NAN];
        let [top, bottom] = both(Float64Array::from(x), &ScalarValue::Float64(Some(7.25)));
        let expected = [f64::NEG_INFINITY, -0.5, 7.25, 7.25, 7.25, 7.25];
        assert_eq!(top.as_primitive::<Float64Type>().values(), &expected);
        let bottom = bottom.as_primitive::<Float64Type>().values();
        assert_eq!(bottom[..5], [7.25, 7.25, 7.25, 7.5, f64::INFINITY]);
        assert!(bottom[5].is_nan());
        let decimals = Decimal128Array::from(vec![Some(-150), Some(1999), Some(2001), None])
            .with_precision_and_scale(5, 2)
            .unwrap();
        let [top, bottom] = both(decimals, &ScalarValue::Int64(Some(20)));
        let values = |array: &ArrayRef| -> Vec<Option<i128>> {
            let array = array.as_primitive::<arrow::datatypes::Decimal128Type>();
            array.iter().collect()
        };
        assert_eq!(values(&top), [Some(-150), Some(1999), Some(2000), None]);
        assert_eq!(values(&bottom), [Some(2000), Some(2000), Some(2001), None]);
    }

    #[test]
    fn dates_and_instants_stay_within_the_limit() {
        let limit = ScalarValue::Date32(Some(day("1935-01-01")));
        let days = ["1934-12-31", "1935-01-01", "1935-01-02"].map(day);
        let [top, bottom] = both(Date32Array::from(days.to_vec()), &limit);
        assert_eq!(
            top.as_primitive::<Date32Type>().values(),
            &[days[0], days[1], days[1]]
        );
        assert_eq!(
            bottom.as_primitive::<Date32Type>().values(),
            &[days[1], days[1], days[2]]
        );
        let midnight = i64::from(day("1935-01-01")) * 86_400_000_000;
        let x = TimestampMicrosecondArray::from(vec![midnight - 1, midnight + 1]);
        for x in [x.clone(), x.with_timezone("UTC")] {
            let [top, bottom] = both(x, &limit);
            let values = top.as_primitive::<TimestampMicrosecondType>().values();
            assert_eq!(values, &[midnight - 1, midnight]);
            let values = bottom.as_primitive::<TimestampMicrosecondType>().values();
            assert_eq!(values, &[midnight, midnight + 1]);
        }
    }

    #[test]
    fn a_constant_stays_a_constant() {
        let args = vec![
            ScalarValue::Int64(Some(9)).into(),
            ScalarValue::Int64(Some(7)).into(),
        ];
        let ColumnarValue::Scalar(answer) = call(&context(), "top_code", args).unwrap() else {
            unreachable!("it is a constant")
        };
        assert_eq!(answer, ScalarValue::Int64(Some(7)));
    }

    #[test]
    fn a_limit_is_a_constant_that_the_column_can_hold() {
        let small: ArrayRef = Arc::new(Int16Array::from(vec![1]));
        let dates: ArrayRef = Arc::new(Date32Array::from(vec![1]));
        for name in ["top_code", "bottom_code"] {
            for (array, limit) in [
                (&small, ScalarValue::Int64(Some(40_000))),
                (&small, ScalarValue::Float64(Some(7.5))),
                (&small, ScalarValue::Int64(None)),
                (&small, ScalarValue::from("7")),
                (&dates, ScalarValue::from("1935-01-01")),
                (&dates, ScalarValue::Int64(Some(7))),
            ] {
                refused(column(name, array, &[limit]), Kind::Projection);
            }
            let seven = ScalarValue::Int64(Some(7));
            assert!(bounded(name, &DataType::Int16, None, &seven));
            assert!(!bounded(name, &DataType::Int16, None, &ScalarValue::Null));
            assert!(bounds(name, &[Argument::Computed, Argument::Computed]).is_err());
            let text: ArrayRef = Arc::new(arrow::array::StringArray::from(vec!["7"]));
            refused(column(name, &text, &[seven]), Kind::Projection);
        }
    }
}
