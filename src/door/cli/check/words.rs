//! The words in which reports speak of classes, levels and types.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use arrow::datatypes::DataType;

use crate::dataset::contract::{Class, Contract};
use crate::dataset::projection::Projection;
use crate::dataset::proof::OutputProof;
use crate::dataset::reference::Reference;
use crate::functions::Level;

/// A class as contracts write it.
pub(in crate::door::cli) fn class(class: Class) -> &'static str {
    match class {
        Class::DirectIdentifier => "direct identifier",
        Class::QuasiIdentifier => "quasi-identifier",
        Class::Sensitive => "sensitive",
        Class::Insensitive => "insensitive",
    }
}

/// A class as the pages' style calls it.
pub(in crate::door::cli) fn style(class: Class) -> &'static str {
    match class {
        Class::DirectIdentifier => "direct",
        Class::QuasiIdentifier => "quasi",
        Class::Sensitive => "sensitive",
        Class::Insensitive => "insensitive",
    }
}

/// A level in one word.
pub(in crate::door::cli) fn level(level: Level) -> &'static str {
    match level {
        Level::None => "none",
        Level::Keyed => "keyed",
        Level::Coarse => "coarse",
        Level::Part => "part",
        Level::Whole => "whole",
    }
}

/// The class of a contract's column. One that is not found counts as what nobody classified.
pub(in crate::door::cli) fn class_of(contract: &Contract, column: &str) -> Class {
    let found = contract.position(column);
    let column = found.and_then(|position| contract.columns.get(position));
    column.map_or(Class::DirectIdentifier, |column| column.class)
}

/// Whether a class is one of those that PRIVACY.md protects.
pub(in crate::door::cli) fn is_protected(class: Class) -> bool {
    matches!(class, Class::DirectIdentifier | Class::QuasiIdentifier)
}

/// The class that an output column is shown in: the most sensitive one of what reaches it by value and not under the
/// key; none where nothing does.
pub(in crate::door::cli) fn shown_class(
    contract: &Contract,
    output: &OutputProof,
) -> Option<Class> {
    let rank = |class: &Class| match class {
        Class::DirectIdentifier => 0,
        Class::QuasiIdentifier => 1,
        Class::Sensitive => 2,
        Class::Insensitive => 3,
    };
    let sources = output.sources.iter();
    let by_value = sources.filter(|source| !source.implicit && source.level > Level::Keyed);
    by_value
        .map(|source| class_of(contract, &source.column))
        .min_by_key(rank)
}

/// The highest level of anything that reaches an output column.
pub(in crate::door::cli) fn highest(output: &OutputProof) -> Level {
    let levels = output.sources.iter().map(|source| source.level);
    levels.max().unwrap_or(Level::None)
}

/// The levels at which columns reach an output column, least first: `keyed + whole`.
pub(in crate::door::cli) fn levels(output: &OutputProof) -> String {
    let levels: BTreeSet<Level> = output.sources.iter().map(|source| source.level).collect();
    if levels.is_empty() {
        return level(Level::None).to_owned();
    }
    let words: Vec<&str> = levels.into_iter().map(level).collect();
    words.join(" + ")
}

/// A type as SQL writes it.
pub(in crate::door::cli) fn sql_type(data_type: &DataType) -> String {
    let word = match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "VARCHAR",
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INT",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "TINYINT UNSIGNED",
        DataType::UInt16 => "SMALLINT UNSIGNED",
        DataType::UInt32 => "INT UNSIGNED",
        DataType::UInt64 => "BIGINT UNSIGNED",
        DataType::Float32 => "REAL",
        DataType::Float64 => "DOUBLE",
        DataType::Date32 => "DATE",
        DataType::Timestamp(_, None) => "TIMESTAMP",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE",
        DataType::Decimal128(precision, scale) => return format!("DECIMAL({precision},{scale})"),
        other => return other.to_string(),
    };
    word.to_owned()
}

/// `"A", "B"`.
pub(in crate::door::cli) fn quoted<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| format!("\"{name}\""))
        .collect();
    names.join(", ")
}

/// What a projection's head says, each in one phrase.
pub(in crate::door::cli) fn head(projection: &Projection) -> Vec<String> {
    let head = &projection.head;
    let mut said = Vec::new();
    if !head.reveals.is_empty() {
        said.push(format!("reveals {}", quoted(&head.reveals)));
    }
    if let Some(k) = &head.k {
        let mut phrase = format!("k {}", k.k);
        if !k.over.is_empty() {
            let _ = write!(phrase, " over {}", quoted(&k.over));
        }
        said.push(phrase);
    }
    said.push(match (&head.domain, projection.uses_keys()) {
        (Some(domain), _) => format!("domain {domain}"),
        (None, true) => "a key domain of its own".to_owned(),
        (None, false) => "no keyed column".to_owned(),
    });
    let order = if head.keep_order {
        "rows in the object's order"
    } else {
        "rows in a keyed order"
    };
    said.push(order.to_owned());
    said
}

/// The output columns outside `k … over` that tell something of a quasi-identifier or more: they are not counted.
pub(in crate::door::cli) fn outside_k(contract: &Contract, projection: &Projection) -> Vec<String> {
    let Some(k) = projection.head.k.as_ref().filter(|k| !k.over.is_empty()) else {
        return Vec::new();
    };
    let outside = projection.proof.outputs.iter();
    let outside = outside.filter(|output| !k.over.contains(&output.name));
    let outside = outside.filter(|output| tells(contract, output));
    outside.map(|output| output.name.clone()).collect()
}

/// Whether an output column tells something of a quasi-identifier, or of a direct one that the head reveals in part.
pub(in crate::door::cli) fn tells(contract: &Contract, output: &OutputProof) -> bool {
    output.sources.iter().any(|source| {
        let by_value = !source.implicit && source.level > Level::Keyed;
        by_value && is_protected(class_of(contract, &source.column))
    })
}

/// The columns of a reference table, in order.
pub(in crate::door::cli) fn table_columns(table: &Reference) -> Vec<String> {
    let schema = table.schema();
    let names = schema.fields().iter().map(|field| field.name().clone());
    names.collect()
}

/// Text without what would move a terminal's cursor or turn its writing: each such character is written as its number.
pub(in crate::door::cli) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns {
            let _ = write!(plain, "\\u{{{:x}}}", u32::from(c));
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_move_the_cursor_is_written_as_its_number() {
        let rows = [
            ("Zürich 東京", "Zürich 東京"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\r\nb\t", "a\\u{d}\\u{a}b\\u{9}"),
            ("\u{202e}abc", "\\u{202e}abc"),
            ("\u{9b}2J", "\\u{9b}2J"),
        ];
        let wrong: Vec<String> = rows
            .iter()
            .filter(|(text, expected)| plain(text) != *expected)
            .map(|(text, _)| plain(text))
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
