//! The short answer for rows that are at hand: how many of them are alone.

use arrow::array::RecordBatch;
use std::sync::Arc;

use super::classes::Classes;
use super::hash::Hash;
use super::number::share;
use super::table::Budget;
use super::values::Reader;
use crate::csv::column::Column;
use crate::error::{Error, Kind, Result};
use crate::request::Size;

/// How many rows share their combination of some columns with nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uniqueness {
    /// Rows.
    pub records: u64,
    /// Combinations.
    pub classes: u64,
    /// The size of the smallest class; 0 without a row.
    pub k: u64,
    /// Rows whose combination nobody shares.
    pub unique_records: u64,
}

impl Uniqueness {
    /// The share of unique rows.
    pub fn unique_share(&self) -> f64 {
        share(self.unique_records, self.records)
    }
}

/// The uniqueness of rows over the columns of these names. A missing value is a value of its own.
///
/// # Errors
/// [`Kind::Argument`] for a name that a batch does not have, [`Kind::Value`] for a type that cannot be compared,
/// [`Kind::Memory`] for more classes than fit in `memory`.
pub fn uniqueness<'a>(
    batches: impl IntoIterator<Item = &'a RecordBatch>,
    columns: &[&str],
    memory: Size,
) -> Result<Uniqueness> {
    let mut budget = Budget::new(memory);
    let mut classes = Classes::new();
    let mut readers: Vec<Reader> = columns.iter().map(|_| Reader::new(false)).collect();
    let mut values = vec![Vec::new(); columns.len()];
    for batch in batches {
        for ((name, reader), values) in columns.iter().zip(&mut readers).zip(&mut values) {
            let array = batch.column_by_name(name).ok_or_else(|| {
                Error::new(Kind::Argument, "there is no such column").in_column(name)
            })?;
            let read = reader.read(&Column::Plain(Arc::clone(array)), values);
            read.map_err(|err| err.in_column(name))?;
        }
        for row in 0..batch.num_rows() {
            let hashes = values.iter().filter_map(|values| values.get(row));
            classes.add(Hash::all(hashes.map(|value| value.hash)), &mut budget)?;
        }
    }
    let sizes = classes.sizes()?;
    Ok(Uniqueness {
        records: sizes.records(),
        classes: sizes.classes(),
        k: sizes.k(),
        unique_records: sizes.unique(),
    })
}
