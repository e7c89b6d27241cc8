//! A guard over what a contract says of its columns: identifiers with check digits, and e-mail addresses, in columns
//! that are classed as naming nobody.
//!
//! Every value that the release reads is looked at, none is kept: a worker counts for itself, and the counts add up to
//! the same however many workers there are. A text of a dictionary is looked at once, and most texts are done with by
//! their digits.

mod look;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use self::look::{Counts, Verdicts, count};
use super::Object;
use crate::csv::RecordError;
use crate::csv::column::Column;
use crate::csv::cut::Block;
use crate::csv::read::{Batch, BlockReader};
use crate::dataset::contract::{self, Class, ColumnType, Contract, FoundIdentifiers, Guarding};
use crate::error::{Error, Kind, Result};
use crate::identifiers::Identifier;

/// What is looked for.
const KINDS: [Identifier; 4] = Identifier::CHECKED;

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
            Column::CodedDoubles(..) => count(&column.to_array(), &mut counts),
        }
        self.tally.values.fetch_add(counts.values, Relaxed);
        for (total, count) in self.tally.found.iter().zip(counts.found) {
            total.fetch_add(count, Relaxed);
        }
    }
}
