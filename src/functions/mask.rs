//! `mask(x, first, last)`: the ends of a text, and stars between them.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::DataType;
use datafusion_common::ScalarValue;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::{argument, arity, as_they_are, by_distinct, is_text, over, whole_number};
use super::refusal::{Answer, misuse};
use super::text::{Texts, canonical};
use super::{Argument, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "mask",
    levels: &[Level::Part, Level::Whole],
    bounds,
    make: |_| {
        ScalarUDF::from(Mask {
            signature: as_they_are(),
        })
    },
    ..Function::DEFAULT
};

/// What stands for everything between the ends, however long it is.
const STARS: &str = "****";

const NUMBERS: &str = "mask takes two constant whole numbers of characters, the first ones and the last ones, of which \
                       one at least is above zero";

/// `mask(x, first, last)`: the first and the last characters (Unicode scalar values) with four stars between them, of a
/// text of at least 2 × (first + last) characters; shorter ones become NULL, so that at most half of a value shows. The
/// number of stars is fixed: the length does not show. NULL in, NULL out.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Mask {
    signature: Signature,
}

/// How many characters show at each end.
#[derive(Clone, Copy)]
struct Ends {
    first: usize,
    last: usize,
}

impl Ends {
    fn of(first: Option<&ScalarValue>, last: Option<&ScalarValue>) -> Option<Self> {
        // No text is longer than its address space.
        let number = |scalar| usize::try_from(whole_number(scalar)?).ok();
        let (first, last) = (number(first?)?, number(last?)?);
        (first > 0 || last > 0).then_some(Self { first, last })
    }

    /// The least number of characters that a masked text has.
    fn least(self) -> usize {
        self.first.saturating_add(self.last).saturating_mul(2)
    }
}

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    let constant = |position| match arguments.get(position) {
        Some(Argument::Constant(scalar)) => Some(*scalar),
        _ => None,
    };
    match Ends::of(constant(1), constant(2)) {
        Some(_) => Ok(()),
        None => Err(NUMBERS.to_owned()),
    }
}

impl ScalarUDFImpl for Mask {
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
        arity(FUNCTION.name, types, 3..=3)?;
        if types.first().is_some_and(is_text) {
            Ok(DataType::Utf8)
        } else {
            Err(misuse(
                "mask takes text: make the column VARCHAR in the contract",
            ))
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 3..=3)?;
        let constant = |position| match args.args.get(position) {
            Some(ColumnarValue::Scalar(scalar)) => Some(scalar),
            _ => None,
        };
        let ends = Ends::of(constant(1), constant(2)).ok_or_else(|| misuse(NUMBERS))?;
        over(argument(&args.args, 0)?, |array| {
            by_distinct(array, |values| masked(values, ends))
        })
    }
}

fn masked(values: &ArrayRef, ends: Ends) -> Answer<ArrayRef> {
    let values = canonical(values)?;
    let texts = Texts::of(&values)?;
    let mut out = StringBuilder::new();
    let mut shown = String::new();
    for text in texts.iter() {
        match text.and_then(|text| outer(text, ends)) {
            Some((first, last)) => {
                shown.clear();
                shown.extend([first, STARS, last]);
                out.append_value(&shown);
            }
            None => out.append_null(),
        }
    }
    Ok(Arc::new(out.finish()))
}

/// The first and the last characters, if they are at most half.
fn outer(text: &str, ends: Ends) -> Option<(&str, &str)> {
    text.chars().nth(ends.least().checked_sub(1)?)?;
    let (first_end, _) = text.char_indices().nth(ends.first)?;
    let last_start = match ends.last.checked_sub(1) {
        None => text.len(),
        Some(before) => text.char_indices().rev().nth(before)?.0,
    };
    let (first, _) = text.split_at_checked(first_end)?;
    let (_, last) = text.split_at_checked(last_start)?;
    Some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{column, over_texts, refused, text_types};

    fn numbers(first: i64, last: i64) -> [ScalarValue; 2] {
        [
            ScalarValue::Int64(Some(first)),
            ScalarValue::Int64(Some(last)),
        ]
    }

    #[test]
    fn at_most_half_of_a_value_shows_and_never_its_length() {
        let values = [
            Some("4111111111111111"),
            Some("41111111"),
            Some("4111111"),
            Some("äöüß"),
            Some("ab"),
            Some("a"),
            Some(""),
            None,
        ];
        let none = "-";
        let mut wrong = Vec::new();
        for (first, last, expected) in [
            (
                0,
                4,
                ["****1111", "****1111", none, none, none, none, none, none],
            ),
            (
                4,
                0,
                ["4111****", "4111****", none, none, none, none, none, none],
            ),
            (
                1,
                1,
                [
                    "4****1", "4****1", "4****1", "ä****ß", none, none, none, none,
                ],
            ),
            (
                0,
                1,
                [
                    "****1", "****1", "****1", "****ß", "****b", none, none, none,
                ],
            ),
            (i64::MAX, i64::MAX, [none; 8]),
        ] {
            let shown = over_texts("mask", &values, &numbers(first, last));
            for ((value, shown), expected) in values.iter().zip(&shown).zip(expected) {
                if shown.as_deref().unwrap_or(none) != expected {
                    wrong.push(format!("mask({value:?}, {first}, {last}): {shown:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn the_numbers_are_constant_and_not_both_zero() {
        let data_type = DataType::Utf8;
        let text = text_types(&[Some("41111111")]).swap_remove(0);
        for (first, last, good) in [
            (0, 1, true),
            (1, 0, true),
            (3, 4, true),
            (0, 0, false),
            (-1, 4, false),
            (4, -1, false),
        ] {
            let numbers = numbers(first, last);
            let [first, last] = &numbers;
            let x = Argument::Column {
                data_type: &data_type,
                min_step: None,
            };
            let arguments = [x, Argument::Constant(first), Argument::Constant(last)];
            assert_eq!(bounds(&arguments).is_ok(), good, "{first} {last}");
            assert!(bounds(&[x, Argument::Computed, Argument::Constant(last)]).is_err());
            if !good {
                refused(column("mask", &text, &numbers), Kind::Projection);
            }
        }
        let number: ArrayRef = Arc::new(arrow::array::Int32Array::from(vec![8001]));
        refused(column("mask", &number, &numbers(0, 1)), Kind::Projection);
    }
}
