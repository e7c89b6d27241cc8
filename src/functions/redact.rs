//! `redact(x [, 'text'])`: nothing of a value.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion_common::ScalarValue;
use datafusion_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use super::arguments::{argument, arity, as_they_are, is_text, text, value_type};
use super::refusal::{Answer, misuse};
use super::{Argument, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "redact",
    aliases: &[],
    levels: &[Level::None, Level::Whole],
    keyed: false,
    bounds,
    make: |_| {
        ScalarUDF::from(Redact {
            signature: as_they_are(),
        })
    },
    ..Function::DEFAULT
};

/// `redact(x)`: NULL of x's type. `redact(x, 'text')`: the text, where x is NULL too.
///
/// The optimizer replaces the call by the constant, so that x is not evaluated and cannot fail.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Redact {
    signature: Signature,
}

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    match arguments.get(1) {
        None => Ok(()),
        Some(Argument::Constant(scalar)) if is_text(&scalar.data_type()) => Ok(()),
        Some(_) => Err("the text of redact is a constant".to_owned()),
    }
}

impl ScalarUDFImpl for Redact {
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
        arity(FUNCTION.name, types, 1..=2)?;
        match types {
            [x] => Ok(value_type(x).clone()),
            [_, text] if is_text(text) => Ok(DataType::Utf8),
            _ => Err(misuse(
                "redact takes a constant text as its second argument",
            )),
        }
    }

    /// A constant text is never NULL, and must say so: what it is simplified to says so too.
    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Answer<FieldRef> {
        let types: Vec<DataType> = args
            .arg_fields
            .iter()
            .map(|field| field.data_type().clone())
            .collect();
        let data_type = self.return_type(&types)?;
        let replacement = args.scalar_arguments.get(1).copied().flatten();
        let nullable = replacement.and_then(text).is_none();
        Ok(Arc::new(Field::new(FUNCTION.name, data_type, nullable)))
    }

    /// Its arguments are not evaluated for other expressions' sake either.
    fn short_circuits(&self) -> bool {
        true
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Answer<ExprSimplifyResult> {
        let constant = match args.as_slice() {
            [x] => {
                let data_type = info.get_data_type(x)?;
                Some(ScalarValue::try_new_null(value_type(&data_type))?)
            }
            [_, Expr::Literal(replacement, _)] => Some(constant(replacement)),
            _ => None,
        };
        Ok(match constant {
            Some(constant) => ExprSimplifyResult::Simplified(Expr::Literal(constant, None)),
            None => ExprSimplifyResult::Original(args),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 1..=2)?;
        let constant = match args.args.get(1) {
            None => {
                let data_type = argument(&args.args, 0)?.data_type();
                ScalarValue::try_new_null(value_type(&data_type))?
            }
            Some(ColumnarValue::Scalar(replacement)) => constant(replacement),
            Some(ColumnarValue::Array(_)) => {
                return Err(misuse(
                    "redact takes a constant text as its second argument",
                ));
            }
        };
        Ok(ColumnarValue::Scalar(constant))
    }
}

fn constant(replacement: &ScalarValue) -> ScalarValue {
    ScalarValue::Utf8(text(replacement).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, ArrayRef, AsArray, Int32Array};

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::text_types;
    use crate::functions::testing::{bounded, call, column, context, over_texts, refused};

    #[test]
    fn nothing_is_left_but_the_type() {
        let numbers: ArrayRef = Arc::new(Int32Array::from(vec![1, 2]));
        let answer = column("redact", &numbers, &[]).unwrap();
        assert_eq!(answer.data_type(), &DataType::Int32);
        assert_eq!(answer.null_count(), 2);
        for array in text_types(&[Some("a"), None]) {
            let answer = column("redact", &array, &[]).unwrap();
            assert!(answer.data_type().is_string());
            assert_eq!(answer.null_count(), 2);
        }
    }

    #[test]
    fn the_text_stands_for_null_too() {
        let answer = over_texts("redact", &[Some("a"), None], &[ScalarValue::from("***")]);
        assert_eq!(answer, [Some("***".to_owned()), Some("***".to_owned())]);
        let view = ScalarValue::Utf8View(Some("***".into()));
        assert_eq!(over_texts("redact", &[Some("a"), None], &[view]), answer);
        assert_eq!(
            over_texts("redact", &[Some("a")], &[ScalarValue::Null]),
            [None]
        );
    }

    #[test]
    fn the_text_is_a_constant() {
        let text = ScalarValue::from("***");
        assert!(bounded("redact", &DataType::Utf8, None, &text));
        assert!(!bounded(
            "redact",
            &DataType::Utf8,
            None,
            &ScalarValue::from(1)
        ));
        let columns = text_types(&[Some("a")]);
        let args = columns
            .into_iter()
            .take(2)
            .map(ColumnarValue::Array)
            .collect();
        refused(call(&context(), "redact", args), Kind::Projection);
    }

    #[test]
    fn its_argument_is_not_evaluated() {
        use datafusion::prelude::SessionContext;
        let session = SessionContext::new();
        session.register_udf((FUNCTION.make)(&context()));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let sql = "SELECT redact(1 / n) AS a, redact(1 / n, 'x') AS b, redact(CAST(t AS INT)) AS c \
                   FROM (VALUES (0, 'no number')) AS v(n, t)";
        let batches = runtime
            .block_on(async { session.sql(sql).await?.collect().await })
            .unwrap();
        assert_eq!(batches[0].column(0).null_count(), 1);
        assert_eq!(batches[0].column(1).as_string::<i32>().value(0), "x");
        assert_eq!(batches[0].column(2).data_type(), &DataType::Int32);
    }
}
