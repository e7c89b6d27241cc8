//! Lower bounds of whole columns, by type.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowNativeTypeOp, ArrowPrimitiveType, AsArray, PrimitiveArray,
};
use arrow::datatypes::{
    DataType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::float;
use crate::functions::refusal::{Answer, failed, misuse};
use crate::functions::step::Step;

/// The lower bound of each value, in its type.
pub(super) fn bounds(array: &ArrayRef, step: Step) -> Answer<ArrayRef> {
    Ok(match array.data_type() {
        DataType::Null => Arc::clone(array),
        DataType::Int8 => signed::<Int8Type>(array, step)?,
        DataType::Int16 => signed::<Int16Type>(array, step)?,
        DataType::Int32 => signed::<Int32Type>(array, step)?,
        DataType::Int64 => signed::<Int64Type>(array, step)?,
        DataType::UInt8 => unsigned::<UInt8Type>(array, step)?,
        DataType::UInt16 => unsigned::<UInt16Type>(array, step)?,
        DataType::UInt32 => unsigned::<UInt32Type>(array, step)?,
        DataType::UInt64 => unsigned::<UInt64Type>(array, step)?,
        DataType::Float32 => {
            let step = float::step(step)?;
            let array = array.as_primitive::<Float32Type>();
            Arc::new(array.unary::<_, Float32Type>(|x| float::single(x, step)))
        }
        DataType::Float64 => {
            let step = float::step(step)?;
            let array = array.as_primitive::<Float64Type>();
            Arc::new(array.unary::<_, Float64Type>(|x| float::double(x, step)))
        }
        DataType::Decimal128(precision, scale) => decimal(array, step, *precision, *scale)?,
        _ => return Err(misuse("generalize takes numbers")),
    })
}

fn whole_step<T: TryFrom<i128>>(step: Step) -> Answer<T> {
    step.at_scale(0)
        .and_then(|step| T::try_from(step).ok())
        .ok_or_else(|| {
            misuse("the step of generalize over whole numbers is a whole number of at most 64 bits")
        })
}

fn signed<T>(array: &ArrayRef, step: Step) -> Answer<ArrayRef>
where
    T: ArrowPrimitiveType,
    T::Native: Into<i64> + TryFrom<i64>,
{
    let step: i64 = whole_step(step)?;
    let least = T::Native::MIN_TOTAL_ORDER;
    let bounds: PrimitiveArray<T> = array.as_primitive::<T>().unary(|x| {
        let bound = x.into().div_euclid(step).checked_mul(step);
        bound
            .and_then(|bound| T::Native::try_from(bound).ok())
            .unwrap_or(least)
    });
    Ok(Arc::new(bounds))
}

fn unsigned<T>(array: &ArrayRef, step: Step) -> Answer<ArrayRef>
where
    T: ArrowPrimitiveType,
    T::Native: Into<u64> + TryFrom<u64>,
{
    let step: u64 = whole_step(step)?;
    let bounds: PrimitiveArray<T> = array.as_primitive::<T>().unary(|x| {
        let x: u64 = x.into();
        T::Native::try_from(x - x % step).unwrap_or_default()
    });
    Ok(Arc::new(bounds))
}

fn decimal(array: &ArrayRef, step: Step, precision: u8, scale: i8) -> Answer<ArrayRef> {
    let step = u32::try_from(scale)
        .ok()
        .and_then(|scale| step.at_scale(scale))
        .ok_or_else(|| {
            misuse("the step of generalize has no more decimals than its DECIMAL column")
        })?;
    let least = 10_i128
        .checked_pow(u32::from(precision))
        .map_or(i128::MIN, |beyond| 1 - beyond);
    let bounds: PrimitiveArray<Decimal128Type> =
        array.as_primitive::<Decimal128Type>().unary(|x| {
            let bound = x.div_euclid(step).checked_mul(step);
            bound.map_or(least, |bound| bound.max(least))
        });
    bounds
        .with_precision_and_scale(precision, scale)
        .map(|bounds| Arc::new(bounds) as ArrayRef)
        .map_err(|_| failed("a DECIMAL has an impossible precision"))
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "bounds are exact")]
mod tests {
    use arrow::array::{
        Decimal128Array, Float32Array, Float64Array, Int16Array, Int64Array, UInt8Array,
    };
    use arrow::compute::cast;
    use datafusion_common::ScalarValue;

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{column, numbers, refused};

    fn generalize(array: impl Array + 'static, step: impl Into<ScalarValue>) -> ArrayRef {
        let array: ArrayRef = Arc::new(array);
        column("generalize", &array, &[step.into()]).unwrap()
    }

    #[test]
    fn whole_numbers_go_down_to_a_multiple() {
        let x = Int64Array::from(vec![
            Some(0),
            Some(4),
            Some(5),
            Some(-1),
            Some(-5),
            Some(i64::MIN),
            Some(i64::MAX),
            None,
        ]);
        let expected = [
            Some(0),
            Some(0),
            Some(5),
            Some(-5),
            Some(-5),
            Some(i64::MIN),
            Some(9_223_372_036_854_775_805),
            None,
        ];
        let answer = generalize(x, 5_i64);
        assert_eq!(
            answer.as_primitive::<Int64Type>(),
            &Int64Array::from(expected.to_vec())
        );
    }

    #[test]
    fn small_types_keep_their_type_and_their_range() {
        let answer = generalize(
            Int16Array::from(vec![i16::MIN, -1, 0, i16::MAX]),
            100_000_i64,
        );
        assert_eq!(
            answer.as_primitive::<Int16Type>().values(),
            &[i16::MIN, i16::MIN, 0, 0]
        );
        let answer = generalize(UInt8Array::from(vec![0, 99, 255]), 50_i64);
        assert_eq!(answer.as_primitive::<UInt8Type>().values(), &[0, 50, 250]);
        let ints: ArrayRef = Arc::new(Int16Array::from(vec![7, 7, 12]));
        let packed = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Int16));
        let answer = generalize(cast(&ints, &packed).unwrap(), 5_i64);
        assert_eq!(answer.as_primitive::<Int16Type>().values(), &[5, 5, 10]);
    }

    #[test]
    fn fractions_go_down_to_a_multiple() {
        let x = Float64Array::from(vec![
            2.49,
            2.5,
            -0.1,
            -0.0,
            1e300,
            f64::MIN,
            f64::INFINITY,
            72.5,
        ]);
        let answer = generalize(x, 2.5);
        let expected = [0.0, 2.5, -2.5, 0.0, 1e300, f64::MIN, f64::INFINITY, 72.5];
        assert_eq!(answer.as_primitive::<Float64Type>().values(), &expected);
        assert!(
            answer
                .as_primitive::<Float64Type>()
                .value(3)
                .is_sign_positive()
        );
        let nan = generalize(Float64Array::from(vec![f64::NAN]), 1_i64);
        assert!(nan.as_primitive::<Float64Type>().value(0).is_nan());
        let x = Float32Array::from(vec![99.9, -3.0e38, f32::NEG_INFINITY]);
        let answer = generalize(x, ScalarValue::Float64(Some(1e38)));
        let bound = -3.0e38_f32;
        assert_eq!(answer.as_primitive::<Float32Type>().value(0), 0.0);
        assert!(answer.as_primitive::<Float32Type>().value(1) <= bound);
        assert_eq!(
            answer.as_primitive::<Float32Type>().value(2),
            f32::NEG_INFINITY
        );
    }

    #[test]
    fn decimals_take_exact_steps_of_their_own_decimals() {
        let x = || -> ArrayRef {
            let x =
                Decimal128Array::from(vec![Some(149), Some(-1), Some(99_999), Some(-99_999), None]);
            Arc::new(x.with_precision_and_scale(5, 2).unwrap())
        };
        for (step, expected) in [
            (
                ScalarValue::Float64(Some(0.1)),
                [Some(140), Some(-10), Some(99_990), Some(-99_999), None],
            ),
            (
                ScalarValue::Int64(Some(5)),
                [Some(0), Some(-500), Some(99_500), Some(-99_999), None],
            ),
            (
                ScalarValue::Decimal128(Some(25), 3, 2),
                [Some(125), Some(-25), Some(99_975), Some(-99_999), None],
            ),
        ] {
            let answer = column("generalize", &x(), &[step]).unwrap();
            assert_eq!(answer.data_type(), &DataType::Decimal128(5, 2));
            let values: Vec<Option<i128>> =
                answer.as_primitive::<Decimal128Type>().iter().collect();
            assert_eq!(values, expected);
        }
        let fine = ScalarValue::Float64(Some(0.001));
        refused(column("generalize", &x(), &[fine]), Kind::Projection);
    }

    #[test]
    fn whole_bounds_are_those_of_wide_arithmetic() {
        let (mut x, mut wide) = (Vec::new(), Vec::new());
        for step in numbers().filter(|step| *step > 0).take(100) {
            x.clear();
            wide.clear();
            for number in numbers().take(200) {
                let (number, step) = (i128::from(number), i128::from(step));
                let bound = number.div_euclid(step) * step;
                x.push(i64::try_from(number).unwrap());
                wide.push(i64::try_from(bound).unwrap_or(i64::MIN));
            }
            let answer = generalize(Int64Array::from(x.clone()), step);
            assert_eq!(answer.as_primitive::<Int64Type>().values(), &wide);
        }
    }
}
