//! A guard over what a contract says of its columns: identifiers with check digits, and e-mail addresses, in columns
//! that are classed as naming nobody.
//!
//! Every value that the release reads is looked at, none is kept: a worker counts for itself, and the counts add up to
//! the same however many workers there are. A text of a dictionary is looked at once, and most texts are done with by
//! their digits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};

use super::Object;
use crate::csv::RecordError;
use crate::csv::column::{Column, Dictionary, NULL};
use crate::csv::cut::Block;
use crate::csv::read::{Batch, BlockReader};
use crate::dataset::contract::{self, Class, ColumnType, Contract, FoundIdentifiers, Guarding};
use crate::error::{Error, Kind, Result};
use crate::identifiers::{Identifier, find_of};

/// What is looked for.
const KINDS: [Identifier; 4] = Identifier::CHECKED;

/// Texts with fewer digits hold no number with check digits: an IBAN of Malta has seven at least.
const LEAST_DIGITS: usize = 7;

/// Numbers below hold none: the shortest has 13 digits.
const LEAST_NUMBER: i128 = 1_000_000_000_000;

/// Which of [`KINDS`] a value holds, a bit each.
type Verdict = u8;

/// Identifiers in a column that should have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The contract's column.
    pub column: String,
    /// What was found.
    pub identifier: Identifier,
    /// Values that hold one.
    pub values: u64,
    /// Values of the column, less NULLs.
    pub of: u64,
}

/// What all workers have counted in one column.
#[derive(Default)]
struct Tally {
    values: AtomicU64,
    found: [AtomicU64; KINDS.len()],
}

/// The counts of an object.
pub(super) struct Guard {
    setting: FoundIdentifiers,
    /// By contract column; none where nothing is looked for.
    tallies: Vec<Option<(String, Tally)>>,
}

impl Guard {
    pub(super) fn new(contract: &Contract) -> Self {
        let tally = |column: &contract::Column| {
            is_watched(contract, column).then(|| (column.name.clone(), Tally::default()))
        };
        Self {
            setting: contract.found_identifiers,
            tallies: contract.columns.iter().map(tally).collect(),
        }
    }

    /// What was found in so many values that it is no chance, in the contract's order.
    pub(super) fn found(&self) -> Vec<Found> {
        let mut all = Vec::new();
        for (column, tally) in self.tallies.iter().flatten() {
            let of = tally.values.load(Relaxed);
            for (identifier, count) in KINDS.iter().zip(&tally.found) {
                let values = count.load(Relaxed);
                if self.setting.is_reached(values, of) {
                    all.push(Found {
                        column: column.clone(),
                        identifier: *identifier,
                        values,
                        of,
                    });
                }
            }
        }
        all
    }

    /// Refuses the object once it is read, where the contract says so and something was found.
    ///
    /// # Errors
    /// [`Kind::IdentifiersFound`].
    pub(super) fn judge(&self) -> Result<()> {
        let refuses = self.setting.guarding == Guarding::Refuse;
        match self.found().first().filter(|_| refuses) {
            Some(found) => Err(found.error()),
            None => Ok(()),
        }
    }
}

impl Found {
    fn error(&self) -> Error {
        let Self {
            identifier,
            values,
            of,
            ..
        } = self;
        let message = format!(
            "{values} of {of} values hold what looks like {identifier}: class the column as a direct identifier, or set \
             'veilpoint.found_identifiers' to 'log'"
        );
        Error::new(Kind::IdentifiersFound, message).in_column(&self.column)
    }
}

/// Whether a column is classed as naming nobody, and of a type that can hold an identifier.
fn is_watched(contract: &Contract, column: &contract::Column) -> bool {
    let holds = match column.data_type {
        ColumnType::Text(_) | ColumnType::Int64 => true,
        ColumnType::Decimal(precision, scale) => scale == 0 && precision > 12,
        _ => false,
    };
    holds
        && matches!(column.class, Class::Sensitive | Class::Insensitive)
        && contract.found_identifiers.guarding != Guarding::Ignore
}

/// Reads blocks, and counts what is in them.
pub(super) struct Reader<'a> {
    blocks: BlockReader,
    columns: Vec<Watched<'a>>,
}

impl<'a> Reader<'a> {
    /// Reads the columns `inputs` of the contract.
    pub(super) fn new(object: &'a Object<'_>, inputs: &[usize]) -> Self {
        let tally = |input: &usize| object.guard.tallies.get(*input)?.as_ref();
        let watched = inputs.iter().enumerate().filter_map(|(place, input)| {
            let (_, tally) = tally(input)?;
            Some(Watched {
                place,
                tally,
                verdicts: Verdicts::default(),
            })
        });
        Self {
            blocks: BlockReader::new(object.contract, &object.binding, &object.syntax, inputs),
            columns: watched.collect(),
        }
    }

    /// As [`BlockReader::read`].
    pub(super) fn read(&mut self, block: &Block) -> std::result::Result<Batch, RecordError> {
        let batch = self.blocks.read(block)?;
        for watched in &mut self.columns {
            if let Some(column) = batch.columns.get(watched.place) {
                watched.see(column);
            }
        }
        Ok(batch)
    }
}

/// One column of a worker.
struct Watched<'a> {
    place: usize,
    tally: &'a Tally,
    verdicts: Verdicts,
}

impl Watched<'_> {
    fn see(&mut self, column: &Column) {
        let mut counts = Counts::default();
        match column {
            Column::Coded(dictionary, codes) => self.verdicts.count(dictionary, codes, &mut counts),
            Column::Plain(array) => count(array, &mut counts),
        }
        self.tally.values.fetch_add(counts.values, Relaxed);
        for (total, count) in self.tally.found.iter().zip(counts.found) {
            total.fetch_add(count, Relaxed);
        }
    }
}

/// The counts of one batch.
#[derive(Default)]
struct Counts {
    values: u64,
    found: [u64; KINDS.len()],
}

impl Counts {
    fn add(&mut self, verdict: Verdict) {
        for (kind, count) in self.found.iter_mut().enumerate() {
            *count += u64::from(verdict >> kind & 1);
        }
    }
}

/// What is known of a dictionary's texts, by code.
#[derive(Default)]
struct Verdicts {
    lineage: Option<u64>,
    known: Vec<Verdict>,
    /// Whether any of them holds something.
    any: bool,
}

impl Verdicts {
    fn count(&mut self, dictionary: &Arc<Dictionary>, codes: &[u32], counts: &mut Counts) {
        if self.lineage != Some(dictionary.lineage) {
            *self = Self {
                lineage: Some(dictionary.lineage),
                ..Self::default()
            };
        }
        for code in self.known.len()..dictionary.values.len() {
            let verdict = verdict(dictionary.values.value(code));
            self.any |= verdict != 0;
            self.known.push(verdict);
        }
        counts.values += codes.iter().filter(|code| **code != NULL).count() as u64;
        if self.any {
            // NULL is behind all codes.
            for verdict in codes
                .iter()
                .filter_map(|code| self.known.get(*code as usize))
            {
                counts.add(*verdict);
            }
        }
    }
}

/// Values that are in no dictionary.
fn count(array: &ArrayRef, counts: &mut Counts) {
    counts.values += (array.len() - array.null_count()) as u64;
    match array.data_type() {
        DataType::Utf8 => {
            for text in array.as_string::<i32>().iter().flatten() {
                counts.add(verdict(text));
            }
        }
        DataType::Int64 => {
            let numbers = array.as_primitive::<Int64Type>().values();
            // A NULL's number is zero.
            for number in numbers.iter().map(|number| i128::from(*number)) {
                counts.add(of_number(number));
            }
        }
        DataType::Decimal128(..) => {
            for number in array.as_primitive::<Decimal128Type>().values() {
                counts.add(of_number(*number));
            }
        }
        _ => {}
    }
}

fn of_number(number: i128) -> Verdict {
    if number < LEAST_NUMBER {
        return 0;
    }
    verdict(&number.to_string())
}

/// Which of [`KINDS`] a text holds.
fn verdict(text: &str) -> Verdict {
    let bytes = text.as_bytes();
    let digits = || bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if memchr::memchr(b'@', bytes).is_none() && digits() < LEAST_DIGITS {
        return 0;
    }
    find_of(text, &KINDS).fold(0, |verdict, (_, found)| {
        let kind = KINDS.iter().position(|kind| *kind == found);
        verdict | kind.map_or(0, |kind| 1 << kind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_done_with_early_only_where_it_holds_nothing() {
        let rows = [
            ("", 0),
            ("Zürich", 0),
            ("2024-01-31 10:00:00", 0),
            ("anna@example.com", 0b1000),
            ("see CH9300762011623852957 and a@b.ch", 0b1001),
            ("7569217076985", 0b0010),
            ("4111111111111111", 0b0100),
            ("4111111111111112", 0),
            // As few digits as an IBAN may have.
            ("MT86MALT01100ABCDEFGHIJKLMNOPQR", 0b0001),
        ];
        let wrong: Vec<_> = rows
            .iter()
            .filter(|(text, expected)| verdict(text) != *expected)
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
