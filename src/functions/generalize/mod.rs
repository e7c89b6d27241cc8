//! `generalize(x, step)`: the lower bound of the step that holds a number.

mod float;
mod lower;

use arrow::datatypes::DataType;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::{argument, arity, as_they_are, flat, over, value_type};
use super::refusal::{Answer, misuse};
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
            lower::bounds(&flat(array)?, step)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};
    use datafusion_common::ScalarValue;

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{bounded, column, refused};

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
}
