//! Reference tables: public codes and what each stands for, which projections join by a unique key.
//!
//! ```text
//! reference/<name>.sql ─▶ Contract::parse_reference ─┐
//! reference/<name>.csv ─▶ rows (read by the caller) ─┴─▶ Reference ─▶ References, beside a Contract
//! ```

mod index;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, UInt32Array};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use self::index::Index;
use super::contract::Contract;
use crate::error::{Error, Kind, Result};

/// The most bytes of a table's CSV. What is larger is data, and not a list of codes.
pub const MAX_TABLE: usize = 4 * 1024 * 1024;

/// The most bytes of all tables' CSV together. They stay in memory, each once a version: usually twice as many bytes
/// there, and at most sixteen times, for columns of empty decimals.
pub const MAX_TABLES_BYTES: usize = 16 * 1024 * 1024;

/// The most tables.
pub const MAX_TABLES: usize = 64;

/// Reads a table's text by its contract: all columns, all rows, in their order.
pub type ReadTable = fn(&Contract, &Arc<str>) -> Result<RecordBatch>;

/// A reference table with its rows. It never changes: an edit makes another one.
pub struct Reference {
    name: String,
    key: usize,
    rows: RecordBatch,
    index: Index,
}

impl Reference {
    /// The table of these rows, which have the contract's columns in its order. `key` is the position of the key.
    ///
    /// # Errors
    /// [`Kind::Contract`] with column and record where the key is NULL or stands twice.
    pub fn new(contract: &Contract, key: usize, rows: RecordBatch) -> Result<Self> {
        let wrong = || Error::new(Kind::Internal, "the rows are not those of the contract");
        let (Some(column), Some(values)) = (contract.columns.get(key), rows.columns().get(key))
        else {
            return Err(wrong());
        };
        let fault = |row: usize, message: &str| {
            Error::new(Kind::Contract, message)
                .in_column(&column.name)
                .at_record(row as u64 + 1)
        };
        if let Some(row) = (0..values.len()).find(|row| values.is_null(*row)) {
            return Err(fault(row, "the key is missing: each record has one"));
        }
        let index = Index::new(values).ok_or_else(wrong)?;
        let index = index.map_err(|row| {
            fault(
                row,
                "this record's key stands in one before it: each stands once",
            )
        })?;
        Ok(Self {
            name: contract.dataset.clone(),
            key,
            rows,
            index,
        })
    }

    /// Its name: the file's, and the table's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The position of the column that it is joined by.
    pub fn key(&self) -> usize {
        self.key
    }

    /// Its columns.
    pub fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }

    /// A column's values, by position.
    pub fn column(&self, position: usize) -> Option<&ArrayRef> {
        self.rows.columns().get(position)
    }

    /// For each of some keys (text, or whole numbers) its row; NULL for what the table does not have, and for NULL. None
    /// where the keys are of a type that the table's are not. Text is compared as it is: by its bytes.
    pub fn find(&self, keys: &ArrayRef) -> Option<UInt32Array> {
        self.index.find(keys)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reference")
            .field("name", &self.name)
            .field("rows", &self.rows.num_rows())
            .finish_non_exhaustive()
    }
}

/// The reference tables that projections may join, by name.
#[derive(Clone, Debug, Default)]
pub struct References(Arc<BTreeMap<String, Arc<Reference>>>);

impl References {
    /// The table of this name.
    pub fn get(&self, name: &str) -> Option<&Arc<Reference>> {
        self.0.get(name)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl FromIterator<Arc<Reference>> for References {
    fn from_iter<T: IntoIterator<Item = Arc<Reference>>>(tables: T) -> Self {
        let named = |table: Arc<Reference>| (table.name.clone(), table);
        Self(Arc::new(tables.into_iter().map(named).collect()))
    }
}
