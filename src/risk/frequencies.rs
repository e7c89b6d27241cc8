//! What a single column tells: a token keeps the histogram of what it stands for.

use super::hash::Hash;
use super::number::share;
use super::report::{Attribute, Role};
use super::table::{self, Budget, Keyed, Table};
use crate::error::Result;

/// One value, and how often it occurs.
struct Frequency {
    hash: Hash,
    records: u64,
}

impl Keyed for Frequency {
    type Key = Hash;

    fn key(&self) -> Hash {
        self.hash
    }

    fn spread(key: Hash) -> u64 {
        table::spread(key)
    }
}

/// The frequencies of a column's values.
pub(super) struct Frequencies {
    table: Table<Frequency>,
}

impl Frequencies {
    pub(super) fn new() -> Self {
        Self {
            table: Table::new(),
        }
    }

    /// Counts a value.
    ///
    /// # Errors
    /// [`crate::Kind::Memory`].
    pub(super) fn add(&mut self, hash: Hash, budget: &mut Budget) -> Result<()> {
        let value = self
            .table
            .slot(hash, budget, |_| Frequency { hash, records: 0 })?;
        value.records += 1;
        Ok(())
    }

    /// What the column tells.
    pub(super) fn report(&self, name: &str, role: Role) -> Attribute {
        let all = || self.table.iter().map(|value| value.records);
        let records = all().sum();
        let most = all().max().unwrap_or(0);
        let singletons = all().filter(|&records| records == 1).count() as u64;
        let missing = Hash::missing();
        let missing = self.table.iter().find(|value| value.hash == missing);
        Attribute {
            name: name.to_owned(),
            role,
            distinct_values: self.table.len() as u64,
            missing_records: missing.map_or(0, |value| value.records),
            most_frequent_records: most,
            most_frequent_share: share(most, records),
            singletons,
            singletons_share: share(singletons, records),
        }
    }
}
