//! The reference tables that were read, each once a version.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::Hashes;
use super::prover::Shared;
use crate::dataset::reference::{ReadTable, Reference};

/// Reference tables by name, with the files that they were read from.
#[derive(Clone)]
pub(super) struct Tables {
    /// What reads a table's rows.
    pub(super) read: ReadTable,
    known: BTreeMap<String, (Hashes, Shared<Arc<Reference>>)>,
}

impl Tables {
    /// Those of an earlier catalog, if there is one.
    pub(super) fn of(before: Option<&Self>, read: ReadTable) -> Self {
        Self {
            read,
            known: before
                .map(|before| before.known.clone())
                .unwrap_or_default(),
        }
    }

    /// A table that was read from files with these hashes, or why it is refused.
    pub(super) fn get(&self, name: &str, hashes: &Hashes) -> Option<Shared<Arc<Reference>>> {
        let (known, table) = self.known.get(name)?;
        (known == hashes).then(|| table.clone())
    }

    pub(super) fn insert(&mut self, name: &str, hashes: Hashes, table: Shared<Arc<Reference>>) {
        self.known.insert(name.to_owned(), (hashes, table));
    }

    /// Those whose files are what they were: `now` gives a table's files of now.
    pub(super) fn kept(mut self, now: impl Fn(&str) -> Hashes) -> Self {
        self.known.retain(|name, (hashes, _)| *hashes == now(name));
        self
    }
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.known.iter().map(|(name, (hashes, _))| (name, hashes)))
            .finish()
    }
}
