//! `keep_prefix(x, n)`: the first characters of a text.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::DataType;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use super::arguments::{
    argument, arity, as_they_are, at_least, by_distinct, is_text, over, positive,
};
use super::refusal::{Answer, misuse};
use super::text::{Texts, canonical};
use super::{Argument, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "keep_prefix",
    aliases: &["mask_show_first_n"],
    levels: &[Level::Part, Level::Whole],
    keyed: false,
    bounds,
    make: |_| {
        ScalarUDF::from(KeepPrefix {
            signature: as_they_are(),
            aliases: FUNCTION.alias_names(),
        })
    },
    ..Function::DEFAULT
};

/// `keep_prefix(x, n)`: the first n characters (Unicode scalar values) of a text of at least 2n; shorter ones become
/// NULL, so that at most half of a value shows. NULL in, NULL out.
#[derive(Debug, PartialEq, Eq, Hash)]
struct KeepPrefix {
    signature: Signature,
    aliases: Vec<String>,
}

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    at_least(
        arguments.get(1),
        1,
        "the number of characters of keep_prefix",
    )
}

impl ScalarUDFImpl for KeepPrefix {
    fn name(&self) -> &str {
        FUNCTION.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Answer<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, types: &[DataType]) -> Answer<DataType> {
        arity(FUNCTION.name, types, 2..=2)?;
        if types.first().is_some_and(is_text) {
            Ok(DataType::Utf8)
        } else {
            Err(misuse(
                "keep_prefix takes text: make the column VARCHAR in the contract",
            ))
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 2..=2)?;
        let n = positive(
            FUNCTION.name,
            "number of characters",
            argument(&args.args, 1)?,
        )?;
        // No text is longer than its address space.
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        over(argument(&args.args, 0)?, |array| {
            by_distinct(array, |values| prefixes(values, n))
        })
    }
}

fn prefixes(values: &ArrayRef, n: usize) -> Answer<ArrayRef> {
    let values = canonical(values)?;
    let texts = Texts::of(&values)?;
    let mut out = StringBuilder::new();
    for text in texts.iter() {
        out.append_option(text.and_then(|text| prefix(text, n)));
    }
    Ok(Arc::new(out.finish()))
}

/// The first n characters, if they are at most half.
fn prefix(text: &str, n: usize) -> Option<&str> {
    let (end, _) = text.char_indices().nth(n)?;
    let (kept, rest) = text.split_at_checked(end)?;
    rest.chars().nth(n - 1).map(|_| kept)
}

#[cfg(test)]
mod tests {
    use datafusion::common::ScalarValue;

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{bounded, column, over_texts, refused};

    #[test]
    fn at_most_half_of_a_value_is_kept() {
        let values = [
            Some("8001"),
            Some("800"),
            Some("80"),
            Some("8"),
            Some(""),
            None,
            Some("äöüß"),
            Some("李小龍x"),
        ];
        for (n, expected) in [
            (1, ["8", "8", "8", "-", "-", "-", "ä", "李"]),
            (2, ["80", "-", "-", "-", "-", "-", "äö", "李小"]),
            (3, ["-"; 8]),
            (i64::MAX, ["-"; 8]),
        ] {
            let prefixes = over_texts("keep_prefix", &values, &[ScalarValue::Int64(Some(n))]);
            for (prefix, expected) in prefixes.iter().zip(expected) {
                assert_eq!(prefix.as_deref().unwrap_or("-"), expected);
            }
        }
    }

    #[test]
    fn the_number_is_constant_and_at_least_one() {
        for (n, good) in [(1, true), (9, true), (0, false), (-1, false)] {
            let n = ScalarValue::Int64(Some(n));
            assert_eq!(bounded("keep_prefix", &DataType::Utf8, None, &n), good);
        }
        let text: ArrayRef = Arc::new(arrow::array::StringArray::from(vec!["8001"]));
        refused(
            column("keep_prefix", &text, &[ScalarValue::Int64(Some(0))]),
            Kind::Projection,
        );
        let number: ArrayRef = Arc::new(arrow::array::Int32Array::from(vec![8001]));
        refused(
            column("keep_prefix", &number, &[ScalarValue::Int64(Some(1))]),
            Kind::Projection,
        );
    }
}
