//! `keep_suffix(x, n)`: the last characters of a text.

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
    name: "keep_suffix",
    aliases: &["mask_show_last_n"],
    levels: &[Level::Part, Level::Whole],
    bounds,
    make: |_| {
        ScalarUDF::from(KeepSuffix {
            signature: as_they_are(),
            aliases: FUNCTION.alias_names(),
        })
    },
    ..Function::DEFAULT
};

/// `keep_suffix(x, n)`: the last n characters (Unicode scalar values) of a text of at least 2n; shorter ones become
/// NULL, so that at most half of a value shows. NULL in, NULL out.
#[derive(Debug, PartialEq, Eq, Hash)]
struct KeepSuffix {
    signature: Signature,
    aliases: Vec<String>,
}

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    at_least(
        arguments.get(1),
        1,
        "the number of characters of keep_suffix",
    )
}

impl ScalarUDFImpl for KeepSuffix {
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
                "keep_suffix takes text: make the column VARCHAR in the contract",
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
            by_distinct(array, |values| suffixes(values, n))
        })
    }
}

fn suffixes(values: &ArrayRef, n: usize) -> Answer<ArrayRef> {
    let values = canonical(values)?;
    let texts = Texts::of(&values)?;
    let mut out = StringBuilder::new();
    for text in texts.iter() {
        out.append_option(text.and_then(|text| suffix(text, n)));
    }
    Ok(Arc::new(out.finish()))
}

/// The last n characters, if they are at most half.
fn suffix(text: &str, n: usize) -> Option<&str> {
    let (start, _) = text.char_indices().rev().nth(n - 1)?;
    let (rest, kept) = text.split_at_checked(start)?;
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
            (1, ["1", "0", "0", "-", "-", "-", "ß", "x"]),
            (2, ["01", "-", "-", "-", "-", "-", "üß", "龍x"]),
            (3, ["-"; 8]),
            (i64::MAX, ["-"; 8]),
        ] {
            let suffixes = over_texts("keep_suffix", &values, &[ScalarValue::Int64(Some(n))]);
            for (suffix, expected) in suffixes.iter().zip(expected) {
                assert_eq!(suffix.as_deref().unwrap_or("-"), expected);
            }
        }
    }

    #[test]
    fn the_number_is_constant_and_at_least_one() {
        for (n, good) in [(1, true), (9, true), (0, false), (-1, false)] {
            let n = ScalarValue::Int64(Some(n));
            assert_eq!(bounded("keep_suffix", &DataType::Utf8, None, &n), good);
        }
        let text: ArrayRef = Arc::new(arrow::array::StringArray::from(vec!["8001"]));
        refused(
            column("keep_suffix", &text, &[ScalarValue::Int64(Some(0))]),
            Kind::Projection,
        );
        let number: ArrayRef = Arc::new(arrow::array::Int32Array::from(vec![8001]));
        refused(
            column("keep_suffix", &number, &[ScalarValue::Int64(Some(1))]),
            Kind::Projection,
        );
    }
}
