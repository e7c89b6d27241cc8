//! `as_of()`: the date that ages count from.

use arrow::datatypes::DataType;
use datafusion_common::ScalarValue;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::{arity, as_of_days, as_they_are, no_bounds};
use super::refusal::Answer;
use super::{Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "as_of",
    aliases: &[],
    levels: &[Level::None],
    keyed: false,
    bounds: no_bounds,
    make: |context| {
        ScalarUDF::from(AsOf {
            signature: as_they_are(),
            as_of: as_of_days(context),
        })
    },
    ..Function::DEFAULT
};

/// `as_of()`: the release's as-of date, the only date of today that a projection can ask for.
#[derive(Debug, PartialEq, Eq, Hash)]
struct AsOf {
    signature: Signature,
    as_of: i32,
}

impl ScalarUDFImpl for AsOf {
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
        arity(FUNCTION.name, types, 0..=0)?;
        Ok(DataType::Date32)
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        Ok(ColumnarValue::Scalar(ScalarValue::Date32(Some(self.as_of))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{call, context, day, refused};

    #[test]
    fn it_is_the_date_of_the_context() {
        let answer = call(&context(), "as_of", vec![]).unwrap();
        let ColumnarValue::Scalar(date) = answer else {
            unreachable!("it is a constant")
        };
        assert_eq!(date, ScalarValue::Date32(Some(day("2024-02-28"))));
    }

    #[test]
    fn it_takes_no_argument() {
        let one = vec![ColumnarValue::Scalar(ScalarValue::from(1))];
        refused(call(&context(), "as_of", one), Kind::Projection);
    }
}
