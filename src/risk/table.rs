//! Hash tables that may not take more memory than they were given.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::hash::Hash;
use crate::error::{Error, Kind, Result};
use crate::request::Size;

/// What all tables of a report may take together.
pub(super) struct Budget {
    limit: usize,
    used: usize,
}

impl Budget {
    /// So many bytes.
    pub(super) fn new(limit: Size) -> Self {
        Self {
            limit: usize::try_from(limit.0).unwrap_or(usize::MAX),
            used: 0,
        }
    }

    /// Takes bytes that are about to be allocated.
    ///
    /// # Errors
    /// [`Kind::Memory`] where they are not there.
    pub(super) fn take(&mut self, bytes: usize) -> Result<()> {
        match self.used.checked_add(bytes) {
            Some(used) if used <= self.limit => {
                self.used = used;
                Ok(())
            }
            _ => Err(self.exceeded()),
        }
    }

    fn give(&mut self, bytes: usize) {
        self.used = self.used.saturating_sub(bytes);
    }

    fn exceeded(&self) -> Error {
        let limit = Size(self.limit.try_into().unwrap_or(u64::MAX));
        let message = format!(
            "what is counted does not fit in {limit}: set a greater --memory-limit, or name the columns to count with \
             --columns"
        );
        Error::new(Kind::Memory, message)
    }
}

/// What stands in a table.
pub(super) trait Keyed {
    /// What tells one from another.
    type Key: Copy + PartialEq;

    /// The key.
    fn key(&self) -> Self::Key;

    /// Its bits, well spread.
    fn spread(key: Self::Key) -> u64;
}

/// Where the key is a hash, it is spread already.
pub(super) fn spread(hash: Hash) -> u64 {
    hash.spread()
}

/// A table of counters.
pub(super) struct Table<T> {
    table: HashTable<T>,
}

impl<T: Keyed> Table<T> {
    pub(super) fn new() -> Self {
        Self {
            table: HashTable::new(),
        }
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// What stands there in any order, which is the same for the same keys in the same order of arrival.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.table.iter()
    }

    /// What stands at a key that is known.
    pub(super) fn get_mut(&mut self, key: T::Key) -> Option<&mut T> {
        self.table
            .find_mut(T::spread(key), |other| other.key() == key)
    }

    /// What stands at a key; `new` is told how many came before.
    ///
    /// # Errors
    /// [`Kind::Memory`] where there is no room for one more.
    pub(super) fn slot(
        &mut self,
        key: T::Key,
        budget: &mut Budget,
        new: impl FnOnce(usize) -> T,
    ) -> Result<&mut T> {
        if self.table.len() == self.table.capacity() {
            self.grow(budget)?;
        }
        let len = self.table.len();
        let entry = self.table.entry(
            T::spread(key),
            |other| other.key() == key,
            |other| T::spread(other.key()),
        );
        Ok(match entry {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(place) => place.insert(new(len)).into_mut(),
        })
    }

    /// The entries as a list, in the table's place.
    ///
    /// # Errors
    /// [`Kind::Memory`] where list and table do not fit beside each other.
    pub(super) fn into_list(mut self, budget: &mut Budget) -> Result<Vec<T>> {
        budget.take(self.len() * size_of::<T>())?;
        let list = self.table.drain().collect();
        budget.give(self.table.allocation_size());
        Ok(list)
    }

    /// Doubles the table. Old and new stand beside each other for a moment.
    fn grow(&mut self, budget: &mut Budget) -> Result<()> {
        // The smallest table has a few places, whatever their size.
        let (old, most) = (
            self.table.allocation_size(),
            self.table.allocation_size() * 2 + 16 * size_of::<T>(),
        );
        budget.take(most)?;
        let more = self.table.len().max(4);
        // What is counted is numbered with 32 bits. Twice as many places would take 80 GB at least.
        if u32::try_from(more.saturating_mul(2)).is_err() {
            return Err(budget.exceeded());
        }
        let reserved = self.table.try_reserve(more, |entry| T::spread(entry.key()));
        budget.give(most + old);
        if reserved.is_err() {
            return Err(budget.exceeded());
        }
        budget.take(self.table.allocation_size())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One(Hash);

    impl Keyed for One {
        type Key = Hash;

        fn key(&self) -> Hash {
            self.0
        }

        fn spread(key: Hash) -> u64 {
            spread(key)
        }
    }

    /// Fills a table until the limit says no: how many there are, and what they take.
    fn filled(limit: u64) -> (usize, usize, Error) {
        let mut budget = Budget::new(Size(limit));
        let mut table = Table::new();
        for number in 0_u64.. {
            let hash = Hash::of(&number.to_le_bytes());
            if let Err(error) = table.slot(hash, &mut budget, |_| One(hash)) {
                assert_eq!(budget.used, table.table.allocation_size());
                return (table.len(), table.table.allocation_size(), error);
            }
        }
        unreachable!("a table without end")
    }

    #[test]
    fn a_table_keeps_within_its_limit_and_uses_it() {
        for limit in [0, 100, 1 << 10, 1 << 16, 1 << 20] {
            let (len, bytes, error) = filled(limit);
            let limit = usize::try_from(limit).unwrap();
            assert!(bytes <= limit, "{limit}: {bytes}");
            // Growing takes the old table and one of twice its size at once; each entry has 17 bytes.
            assert!(len * 6 * 17 >= limit.saturating_sub(4096), "{limit}: {len}");
            assert_eq!(error.kind(), Kind::Memory);
            assert!(error.message().contains("--memory-limit"), "{error}");
        }
    }

    #[test]
    fn what_a_list_takes_is_counted_and_what_the_table_took_is_given_back() {
        let mut budget = Budget::new(Size(1 << 20));
        let mut table = Table::new();
        for number in 0..1000_u64 {
            let hash = Hash::of(&number.to_le_bytes());
            table.slot(hash, &mut budget, |_| One(hash)).unwrap();
        }
        assert!(table.get_mut(Hash::of(&7_u64.to_le_bytes())).is_some());
        assert!(table.get_mut(Hash::missing()).is_none());
        let list = table.into_list(&mut budget).unwrap();
        assert_eq!((list.len(), budget.used), (1000, 16_000));
    }
}
