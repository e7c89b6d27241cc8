//! `redact_text(x [, id, …])`: free text without what names a person by its form, and without the row's own names.

mod fold;
#[cfg(test)]
mod measure;
mod names;
mod spans;
mod stop_words;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::DataType;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use self::names::Names;
use super::arguments::{argument, arity, as_they_are, by_distinct, is_text, over};
use super::refusal::{Answer, misuse};
use super::text::{Texts, canonical, has_canonical};
use super::{Argument, Companions, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "redact_text",
    // Of an id shows whether its words stand in the text of its own row, which the text itself would show.
    levels: &[Level::Part, Level::None],
    companions: Companions::Identifiers(1),
    bounds,
    make: |_| {
        ScalarUDF::from(RedactText {
            signature: as_they_are(),
        })
    },
    ..Function::DEFAULT
};

/// The most identifiers that a call takes.
const MOST_IDS: usize = 32;

/// `redact_text(x)`: what [`crate::identifiers::find`] finds in a text gives way to its kind: `[EMAIL]`, `[PHONE]`, `[IBAN]`,
/// `[AHV]`, `[SSN]`, `[CARD]`, `[DATE]`. `redact_text(x, id, …)`: the words of the ids of the same row give way to
/// `[NAME]` as well (see [`Names`]). An id is of any type with a canonical text; NULL ids have no words. NULL in, NULL
/// out. In time linear in the text and the ids.
#[derive(Debug, PartialEq, Eq, Hash)]
struct RedactText {
    signature: Signature,
}

/// With ids all arguments are bare columns: over a text of the author's choice (a list of all names) it would tell
/// which word an id has.
fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    let bare = |argument: &Argument<'_>| matches!(argument, Argument::Column { .. });
    if arguments.len() > 1 && !arguments.iter().all(bare) {
        return Err("the text and the identifiers of redact_text are bare columns".to_owned());
    }
    Ok(())
}

impl ScalarUDFImpl for RedactText {
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
        arity(FUNCTION.name, types, 1..=1 + MOST_IDS)?;
        if !types.first().is_some_and(is_text) {
            return Err(misuse(
                "redact_text takes text: make the column VARCHAR in the contract",
            ));
        }
        if !types.iter().all(has_canonical) {
            return Err(misuse("an identifier of redact_text has no text"));
        }
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 1..=1 + MOST_IDS)?;
        let (text, ids) = args.args.split_at(1);
        if ids.is_empty() {
            return over(argument(text, 0)?, |array| by_distinct(array, alone));
        }
        let rows = args.number_rows;
        let text = canonical(&argument(text, 0)?.to_array(rows)?)?;
        let ids: Vec<ArrayRef> = ids
            .iter()
            .map(|id| canonical(&id.to_array(rows)?))
            .collect::<Answer<_>>()?;
        Ok(ColumnarValue::Array(with_ids(&text, &ids)?))
    }
}

/// Without ids.
fn alone(values: &ArrayRef) -> Answer<ArrayRef> {
    let values = canonical(values)?;
    with_ids(&values, &[])
}

fn with_ids(texts: &ArrayRef, ids: &[ArrayRef]) -> Answer<ArrayRef> {
    let texts = Texts::of(texts)?;
    let ids: Vec<Texts<'_>> = ids.iter().map(Texts::of).collect::<Answer<_>>()?;
    let mut out = StringBuilder::with_capacity(texts.len(), 0);
    let mut names = Names::new();
    for (row, text) in texts.iter().enumerate() {
        let Some(text) = text else {
            out.append_null();
            continue;
        };
        names.clear();
        for id in ids.iter().filter_map(|id| id.get(row)) {
            names.add(id);
        }
        redact(text, &mut names, &mut out);
        out.append_value("");
    }
    Ok(Arc::new(out.finish()))
}

/// Writes the text with what is found replaced.
fn redact(text: &str, names: &mut Names, out: &mut StringBuilder) {
    let mut at = 0;
    for (range, kind) in spans::found(text, names) {
        // A builder takes any text, and ranges are the text's own.
        let _ = out.write_str(text.get(at..range.start).unwrap_or_default());
        let _ = match kind {
            Some(kind) => write!(out, "[{kind}]"),
            None => out.write_str("[NAME]"),
        };
        at = range.end;
    }
    let _ = out.write_str(text.get(at..).unwrap_or_default());
}
