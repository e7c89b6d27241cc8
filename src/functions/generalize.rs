//! `generalize(x, step)`: the lower bound of the step that holds a number.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowNativeTypeOp, ArrowPrimitiveType, AsArray, PrimitiveArray,
};
use arrow::datatypes::{
    DataType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use super::arguments::{argument, arity, as_they_are, flat, over, value_type};
use super::refusal::{Answer, failed, misuse};
use super::step::Step;
use super::{Argument, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "generalize",
    aliases: &[],
    levels: &[Level::Coarse, Level::Whole],
    keyed: false,
    bounds,
    make: |_| {
        ScalarUDF::from(Generalize {
            signature: as_they_are(),
        })
    },
    ..Function::DEFAULT
};

/// `generalize(x, step)`: the greatest multiple of the step that is not above x, in x's type.
///
/// Steps count from zero and go on below it: -1 by 5 is -5. Where a lower bound is too small for the type, the
/// smallest value of the type stands for it, for all of that step alike. Infinite numbers and NaN stay. Whole numbers
/// take whole steps, DECIMAL takes steps of no more decimals than its own. NULL in, NULL out.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Generalize {
    signature: Signature,
}

/// At least 5 for whole numbers and 1 for others, unless the contract says otherwise.
fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    let step = match arguments.get(1) {
        Some(Argument::Constant(scalar)) => Step::of(scalar),
        _ => None,
    };
    let step = step.ok_or("the step of generalize is a constant number above zero")?;
    let Some(Argument::Column {
        data_type,
        min_step,
    }) = arguments.first()
    else {
        return Ok(());
    };
    // A DECIMAL without decimals holds whole numbers: a step of 1 would leave them as they are.
    let whole = match value_type(data_type) {
        DataType::Decimal128(_, scale) => *scale <= 0,
        other => other.is_integer(),
    };
    let least = min_step.unwrap_or(if whole { "5" } else { "1" });
    match Step::parse(least) {
        Some(bound) if step.reaches(bound) => Ok(()),
        Some(_) => Err(format!(
            "the step of generalize is {least} or more over this column"
        )),
        None => Err(
            "the contract's 'veilpoint.min_step' of this column is no number above zero".to_owned(),
        ),
    }
}

impl ScalarUDFImpl for Generalize {
    fn name(&self) -> &str {
        FUNCTION.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Answer<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, types: &[DataType]) -> Answer<DataType> {
        arity(FUNCTION.name, types, 2..=2)?;
        match types.first().map(value_type) {
            Some(
                number @ (DataType::Float32
                | DataType::Float64
                | DataType::Decimal128(_, _)
                | DataType::Null),
            ) => Ok(number.clone()),
            Some(number) if number.is_integer() => Ok(number.clone()),
            _ => Err(misuse(
                "generalize takes numbers: use generalize_date for dates, keep_prefix for text",
            )),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 2..=2)?;
        let step = match argument(&args.args, 1)? {
            ColumnarValue::Scalar(scalar) => Step::of(scalar),
            ColumnarValue::Array(_) => None,
        };
        let step =
            step.ok_or_else(|| misuse("the step of generalize is a constant number above zero"))?;
        over(argument(&args.args, 0)?, |array| {
            lower_bounds(&flat(array)?, step)
        })
    }
}

fn lower_bounds(array: &ArrayRef, step: Step) -> Answer<ArrayRef> {
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
            let step = float_step(step)?;
            let array = array.as_primitive::<Float32Type>();
            Arc::new(array.unary::<_, Float32Type>(|x| float32(x, step)))
        }
        DataType::Float64 => {
            let step = float_step(step)?;
            let array = array.as_primitive::<Float64Type>();
            Arc::new(array.unary::<_, Float64Type>(|x| float(x, step)))
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

fn float_step(step: Step) -> Answer<f64> {
    step.float()
        .ok_or_else(|| misuse("the step of generalize is too small or too large for a DOUBLE"))
}

/// The largest number up to which every whole number is a DOUBLE.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The greatest multiple of the step that is not above x. Beyond 2^53 steps, x is coarser than the step already.
fn float(x: f64, step: f64) -> f64 {
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

#[expect(
    clippy::cast_possible_truncation,
    reason = "the nearest REAL is what a REAL column holds; the lowest step stays finite by the maximum"
)]
fn float32(x: f32, step: f64) -> f32 {
    let bound = float(f64::from(x), step) as f32;
    if x.is_finite() {
        bound.max(f32::MIN)
    } else {
        bound
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "bounds are exact")]
mod tests {
    use arrow::array::{
        Decimal128Array, Float32Array, Float64Array, Int16Array, Int64Array, UInt8Array,
    };
    use arrow::compute::cast;
    use datafusion::common::ScalarValue;

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{bounded, column, refused};

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
    fn impossible_steps_and_types_are_refused() {
        let ints: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        for step in [
            ScalarValue::Int64(Some(0)),
            ScalarValue::Int64(Some(-5)),
            ScalarValue::Int64(None),
            ScalarValue::Float64(Some(7.5)),
            ScalarValue::from("5"),
        ] {
            refused(column("generalize", &ints, &[step]), Kind::Projection);
        }
        let text: ArrayRef = Arc::new(arrow::array::StringArray::from(vec!["7"]));
        refused(
            column("generalize", &text, &[ScalarValue::Int64(Some(5))]),
            Kind::Projection,
        );
    }

    #[test]
    fn the_least_step_depends_on_the_type_and_the_contract() {
        let rows = [
            (DataType::Int32, None, 5.0, true),
            (DataType::Int32, None, 4.0, false),
            (DataType::Int32, Some("1"), 1.0, true),
            (DataType::Int32, Some("10"), 5.0, false),
            (DataType::Float64, None, 1.0, true),
            (DataType::Float64, None, 0.99, false),
            (DataType::Float64, Some("0.5"), 0.5, true),
            (DataType::Decimal128(9, 2), None, 1.0, true),
            (DataType::Decimal128(9, 0), None, 1.0, false),
            (DataType::Decimal128(9, 0), None, 5.0, true),
            (DataType::Decimal128(9, 2), Some("0.05"), 0.01, false),
            (DataType::Int32, Some("none"), 5.0, false),
        ];
        for (data_type, min_step, step, good) in rows {
            let step = ScalarValue::Float64(Some(step));
            assert_eq!(
                bounded("generalize", &data_type, min_step, &step),
                good,
                "{data_type} {step}"
            );
        }
        let data_type = DataType::Int32;
        let x = Argument::Column {
            data_type: &data_type,
            min_step: None,
        };
        assert!(bounds(&[x, Argument::Computed]).is_err());
    }

    /// A stream of 64-bit numbers of all magnitudes, the same on every run (xorshift64, and a shift by its low bits).
    fn numbers() -> impl Iterator<Item = i64> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        std::iter::repeat_with(move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            i64::from_be_bytes(state.to_be_bytes()) >> (state % 64)
        })
    }

    #[test]
    fn a_lower_bound_is_the_greatest_multiple_not_above() {
        for (x, tenths) in numbers()
            .step_by(2)
            .zip(numbers().skip(1).step_by(2))
            .take(20_000)
        {
            let x = f64::from(i32::try_from(x % 1_000_000_000).unwrap()) / 128.0;
            let step = f64::from(i32::try_from(tenths.unsigned_abs() % 1000).unwrap() + 1) / 10.0;
            let bound = float(x, step);
            assert!(bound <= x);
            let next = (bound / step).round() + 1.0;
            assert!(next * step > x, "{x} {step}");
            assert_eq!(float(bound, step), bound, "{x} {step}");
        }
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
