//! `bottom_code(x, lo)`: no value below a limit.

use arrow::datatypes::DataType;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::as_they_are;
use super::limit::{Limit, limited, limited_type};
use super::refusal::Answer;
use super::{Argument, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "bottom_code",
    levels: &[Level::Whole],
    bounds,
    make: |_| {
        ScalarUDF::from(BottomCode {
            signature: as_they_are(),
        })
    },
    ..Function::DEFAULT
};

/// `bottom_code(x, lo)`: x, and lo for all that is below it.
///
/// It hides outliers and keeps everything else whole, so it lowers no level: combine it with `generalize`. x is a
/// number, a date or a timestamp, and stays of its type; lo is a constant that this type holds. NULL in, NULL out.
#[derive(Debug, PartialEq, Eq, Hash)]
struct BottomCode {
    signature: Signature,
}

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    super::limit::bounds(FUNCTION.name, arguments)
}

impl ScalarUDFImpl for BottomCode {
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
        limited_type(FUNCTION.name, types)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        limited(FUNCTION.name, Limit::Least, &args)
    }
}
