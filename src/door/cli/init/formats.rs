//! Facts of all columns → the types, and what holds for the whole file: decimal sign, date formats, the text of NULL.

use std::fmt::Write as _;

use super::facts::{Facts, NULLS};
use super::words::{Topic, topic};

/// Formats of dates: ISO 8601, and those that files have instead.
pub(super) const DATES: [Option<&str>; 7] = [
    None,
    Some("%d.%m.%Y"),
    Some("%d/%m/%Y"),
    Some("%m/%d/%Y"),
    Some("%d-%m-%Y"),
    Some("%m-%d-%Y"),
    Some("%Y/%m/%d"),
];

/// Formats of timestamps without zone.
pub(super) const TIMES: [Option<&str>; 6] = [
    None,
    Some("%d.%m.%Y %H:%M:%S"),
    Some("%d.%m.%Y %H:%M"),
    Some("%d/%m/%Y %H:%M:%S"),
    Some("%m/%d/%Y %H:%M:%S"),
    Some("%d/%m/%Y %H:%M"),
];

/// What holds for all columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Formats {
    pub(super) decimal_comma: bool,
    pub(super) date: Option<&'static str>,
    pub(super) timestamp: Option<&'static str>,
    pub(super) null: Option<&'static str>,
}

/// A column's type, and what there is to say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) kind: Kind,
    pub(super) sql: String,
    pub(super) not_null: bool,
    pub(super) doubt: Option<&'static str>,
}

/// What kind of values a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Whole,
    Real,
    Date,
    Time,
    Boolean,
}

impl Typed {
    /// The same for a column of this name: postal codes are no numbers, even where none begins with a zero.
    pub(super) fn of_name(self, name: &str) -> Self {
        let zip = matches!(topic(name), Some((Topic::Zip, _)));
        if !zip || self.kind != Kind::Whole {
            return self;
        }
        Self {
            kind: Kind::Text,
            sql: "VARCHAR".to_owned(),
            doubt: Some("digits that are a code: as a number one would lose its zero"),
            ..self
        }
    }
}

impl Formats {
    /// What holds for these columns.
    pub(super) fn of(columns: &[Facts]) -> Self {
        let decimals = |comma: bool| {
            let is = |facts: &&Facts| {
                facts.values > 0
                    && !facts.integers
                    && if comma {
                        facts.comma && facts.has_comma
                    } else {
                        facts.point && facts.has_point
                    }
            };
            columns.iter().filter(is).count()
        };
        Self {
            decimal_comma: decimals(true) > decimals(false),
            date: best(columns, &DATES, |facts| &facts.dates),
            timestamp: best(columns, &TIMES, |facts| &facts.times),
            null: null(columns),
        }
    }

    /// The type of a column.
    pub(super) fn typed(&self, facts: &Facts) -> Typed {
        let null = self
            .null
            .and_then(|null| NULLS.iter().position(|one| *one == null));
        let other = facts.nulls.iter().enumerate();
        // What stands for NULL elsewhere is text here.
        let is_text = other
            .clone()
            .any(|(at, count)| *count > 0 && Some(at) != null);
        let nulls = null
            .and_then(|at| facts.nulls.get(at))
            .copied()
            .unwrap_or(0);
        let (kind, sql, doubt) = if facts.values == 0 || is_text {
            (Kind::Text, "VARCHAR".to_owned(), None)
        } else {
            self.kind(facts)
        };
        Typed {
            kind,
            sql,
            not_null: facts.empty + nulls == 0 && facts.values > 0,
            doubt,
        }
    }

    fn kind(&self, facts: &Facts) -> (Kind, String, Option<&'static str>) {
        let whole = || {
            let fits = i32::try_from(facts.least).is_ok() && i32::try_from(facts.greatest).is_ok();
            if fits { "INT" } else { "BIGINT" }
        };
        let real = if self.decimal_comma {
            facts.comma
        } else {
            facts.point
        };
        let moment = |reads: &[bool], formats: &[Option<&str>], format: Option<&str>| {
            let at = formats.iter().position(|one| *one == format);
            at.and_then(|at| reads.get(at)).copied().unwrap_or(false)
        };
        let ambiguous = ambiguous(facts);
        if facts.booleans {
            (Kind::Boolean, "BOOLEAN".into(), None)
        } else if facts.integers && !facts.leading_zero {
            (Kind::Whole, whole().into(), None)
        } else if real && !facts.leading_zero {
            (Kind::Real, "DOUBLE".into(), None)
        } else if moment(&facts.dates, &DATES, self.date) && !(ambiguous && self.date.is_none()) {
            let doubt = ambiguous.then_some(
                "day and month could be the other way round: the file's other dates decide",
            );
            (Kind::Date, "DATE".into(), doubt)
        } else if moment(&facts.times, &TIMES, self.timestamp) {
            (Kind::Time, "TIMESTAMP".into(), None)
        } else if facts.zoned {
            (Kind::Time, "TIMESTAMP WITH TIME ZONE".into(), None)
        } else {
            let doubt = facts.dates.contains(&true).then_some(
                "dates whose format is not the file's, or whose day and month cannot be told apart: say which with \
                 'format.date_format', and make it DATE",
            );
            (Kind::Text, "VARCHAR".into(), doubt)
        }
    }
}

/// Whether day and month read both ways round in all values.
fn ambiguous(facts: &Facts) -> bool {
    let reads = |format: &str| {
        let at = DATES.iter().position(|one| *one == Some(format));
        at.and_then(|at| facts.dates.get(at))
            .copied()
            .unwrap_or(false)
    };
    (reads("%d/%m/%Y") && reads("%m/%d/%Y")) || (reads("%d-%m-%Y") && reads("%m-%d-%Y"))
}

/// The format that reads most columns, and one column alone: what reads both ways decides nothing.
fn best<const N: usize>(
    columns: &[Facts],
    formats: &[Option<&'static str>; N],
    reads: impl Fn(&Facts) -> &[bool; N],
) -> Option<&'static str> {
    let votes = formats.iter().enumerate().map(|(at, format)| {
        let alone = |facts: &&Facts| {
            let reads = reads(facts);
            facts.values > 0
                && reads.get(at) == Some(&true)
                && reads.iter().filter(|one| **one).count() == 1
        };
        (columns.iter().filter(alone).count(), *format)
    });
    let (count, format) = votes.rev().max_by_key(|(count, _)| *count)?;
    format.filter(|_| count > 0)
}

/// The text of NULL: the one that stands in most columns.
fn null(columns: &[Facts]) -> Option<&'static str> {
    let votes = NULLS.iter().enumerate().map(|(at, null)| {
        let has = |facts: &&Facts| facts.nulls.get(at).is_some_and(|count| *count > 0);
        (columns.iter().filter(has).count(), *null)
    });
    let (count, null) = votes.rev().max_by_key(|(count, _)| *count)?;
    (count > 0).then_some(null)
}

/// A text as an SQL literal.
pub(super) fn literal(text: &str) -> String {
    let mut quoted = String::from("'");
    for sign in text.chars() {
        let _ = write!(quoted, "{sign}");
        if sign == '\'' {
            quoted.push('\'');
        }
    }
    quoted + "'"
}

/// A name as an SQL identifier.
pub(super) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
