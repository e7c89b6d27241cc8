//! What `keep_prefix` and `keep_suffix` share: one end of a text, of which at most half shows.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::DataType;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::{
    argument, arity, as_they_are, at_least, by_distinct, is_text, over, positive,
};
use super::refusal::{Answer, misuse};
use super::text::{Texts, canonical};
use super::{Argument, Function};

/// The end of a text that is so many characters long, if it is at most half of it. The number is at least 1.
pub(super) type Cut = fn(&str, usize) -> Option<&str>;

/// A function that keeps one end.
#[derive(Debug)]
pub(super) struct Keep {
    name: &'static str,
    aliases: Vec<String>,
    signature: Signature,
    cut: Cut,
}

impl Keep {
    /// The function of an entry in the table.
    pub(super) fn function(entry: &Function, cut: Cut) -> ScalarUDF {
        ScalarUDF::from(Self {
            name: entry.name,
            aliases: entry.alias_names(),
            signature: as_they_are(),
            cut,
        })
    }
}

// The name says which cut it is; addresses of functions need not be told apart.
impl PartialEq for Keep {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Keep {}

impl Hash for Keep {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// At least one character.
pub(super) fn bounds(name: &str, arguments: &[Argument<'_>]) -> Result<(), String> {
    let what = format!("the number of characters of {name}");
    at_least(arguments.get(1), 1, &what)
}

impl ScalarUDFImpl for Keep {
    fn name(&self) -> &str {
        self.name
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
        arity(self.name, types, 2..=2)?;
        if types.first().is_some_and(is_text) {
            Ok(DataType::Utf8)
        } else {
            Err(misuse(format!(
                "{} takes text: make the column VARCHAR in the contract",
                self.name
            )))
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(self.name, &args.args, 2..=2)?;
        let n = positive(self.name, "number of characters", argument(&args.args, 1)?)?;
        // No text is longer than its address space.
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        over(argument(&args.args, 0)?, |array| {
            by_distinct(array, |values| kept(values, n, self.cut))
        })
    }
}

fn kept(values: &ArrayRef, n: usize, cut: Cut) -> Answer<ArrayRef> {
    let values = canonical(values)?;
    let texts = Texts::of(&values)?;
    let mut out = StringBuilder::new();
    for text in texts.iter() {
        out.append_option(text.and_then(|text| cut(text, n)));
    }
    Ok(Arc::new(out.finish()))
}

#[cfg(test)]
mod tests {
    use datafusion_common::ScalarValue;

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{bounded, column, over_texts, refused};

    const NAMES: [&str; 2] = ["keep_prefix", "keep_suffix"];

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
        let [prefix, suffix] = NAMES;
        let none = ["-"; 8];
        for (name, n, expected) in [
            (prefix, 1, ["8", "8", "8", "-", "-", "-", "ä", "李"]),
            (prefix, 2, ["80", "-", "-", "-", "-", "-", "äö", "李小"]),
            (prefix, 3, none),
            (prefix, i64::MAX, none),
            (suffix, 1, ["1", "0", "0", "-", "-", "-", "ß", "x"]),
            (suffix, 2, ["01", "-", "-", "-", "-", "-", "üß", "龍x"]),
            (suffix, 3, none),
            (suffix, i64::MAX, none),
        ] {
            let kept = over_texts(name, &values, &[ScalarValue::Int64(Some(n))]);
            let kept: Vec<&str> = kept
                .iter()
                .map(|end| end.as_deref().unwrap_or("-"))
                .collect();
            assert_eq!(kept, expected, "{name} {n}");
        }
    }

    #[test]
    fn the_number_is_constant_and_at_least_one() {
        let text: ArrayRef = Arc::new(arrow::array::StringArray::from(vec!["8001"]));
        let number: ArrayRef = Arc::new(arrow::array::Int32Array::from(vec![8001]));
        for name in NAMES {
            for (n, good) in [(1, true), (9, true), (0, false), (-1, false)] {
                let n = ScalarValue::Int64(Some(n));
                assert_eq!(bounded(name, &DataType::Utf8, None, &n), good, "{name}");
            }
            for (array, n) in [(&text, 0), (&number, 1)] {
                let n = ScalarValue::Int64(Some(n));
                refused(column(name, array, &[n]), Kind::Projection);
            }
        }
    }
}
