//! Equivalence classes: the records that agree in every quasi-identifier.

use super::hash::Hash;
use super::number::share;
use super::sizes::Sizes;
use super::table::{self, Budget, Keyed, Table};
use crate::error::{Error, Kind, Result};

/// One class.
struct Class {
    hash: Hash,
    /// Records of the file.
    records: u64,
    /// Records of the population.
    population: u64,
    /// Its number, in the order in which classes came.
    id: u32,
}

impl Keyed for Class {
    type Key = Hash;

    fn key(&self) -> Hash {
        self.hash
    }

    fn spread(key: Hash) -> u64 {
        table::spread(key)
    }
}

/// All classes of a file.
pub(super) struct Classes {
    table: Table<Class>,
    /// Records of the population, where there is one.
    population: Option<u64>,
}

impl Classes {
    pub(super) fn new() -> Self {
        Self {
            table: Table::new(),
            population: None,
        }
    }

    /// Counts a record; the number of its class.
    ///
    /// # Errors
    /// [`Kind::Memory`].
    pub(super) fn add(&mut self, hash: Hash, budget: &mut Budget) -> Result<u32> {
        let class = self.table.slot(hash, budget, |before| Class {
            hash,
            records: 0,
            population: 0,
            id: u32::try_from(before).unwrap_or(u32::MAX),
        })?;
        class.records += 1;
        Ok(class.id)
    }

    /// Counts a record of the population. Classes that the file does not have are nobody's risk.
    pub(super) fn add_population(&mut self, hash: Hash) {
        *self.population.get_or_insert(0) += 1;
        if let Some(class) = self.table.get_mut(hash) {
            class.population += 1;
        }
    }

    /// The records of the population, where there is one.
    pub(super) fn population(&self) -> Option<u64> {
        self.population
    }

    /// The sizes of all classes. Without a population the file is its own.
    ///
    /// # Errors
    /// [`Kind::Argument`] where the population lacks records of the file: the risks are not defined then.
    pub(super) fn sizes(&self) -> Result<Sizes> {
        if self.population.is_none() {
            let own = self
                .table
                .iter()
                .map(|class| (class.records, class.records));
            return Ok(own.collect());
        }
        let lacking = |class: &&Class| class.population < class.records;
        let lacking = self.table.iter().filter(lacking).count() as u64;
        if lacking > 0 {
            let percent = share(lacking, self.table.len() as u64) * 100.0;
            let message = format!(
                "the population lacks records of {lacking} of the file's classes ({percent:.1} %): it must hold \
                 everybody of the file, with the same values in the same spelling"
            );
            return Err(Error::new(Kind::Argument, message));
        }
        let sizes = self.table.iter();
        Ok(sizes
            .map(|class| (class.records, class.population))
            .collect())
    }
}
