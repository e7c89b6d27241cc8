//! Doubles → codes, as long as a column's numbers repeat: measurements of one decimal place, prices, ratings. A block
//! that looks for its distinct values then has a few thousand to hash, and not a row each.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::column::Doubles;

/// After so many rows, a column of which more than a quarter had to be read is no longer worth codes.
const TRIAL: usize = 4096;

/// A growing dictionary of doubles. Equal doubles have one code, however they are written.
pub struct DoubleDictionary {
    lineage: u64,
    codes: HashMap<u64, u32, RandomState>,
    values: Vec<f64>,
    shared: Option<Arc<Doubles>>,
    rows: usize,
}

impl DoubleDictionary {
    /// An empty dictionary of its own lineage.
    pub fn new(lineage: u64) -> Self {
        Self {
            lineage,
            codes: HashMap::default(),
            values: Vec::new(),
            shared: None,
            rows: 0,
        }
    }

    /// The code of a double.
    pub fn code(&mut self, value: f64) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it stops long before 2^32 values"
        )]
        let next = self.values.len() as u32;
        let code = *self.codes.entry(value.to_bits()).or_insert(next);
        if code == next {
            self.values.push(value);
        }
        code
    }

    /// Counts rows, and says whether codes are still worth it if so many of all had to be read.
    pub fn pays(&mut self, rows: usize, read: usize) -> bool {
        self.rows += rows;
        self.rows < TRIAL || read * 4 <= self.rows
    }

    /// The dictionary as it is now, shared as long as it does not grow.
    pub fn share(&mut self) -> Arc<Doubles> {
        let len = self.values.len();
        if let Some(shared) = self.shared.as_ref().filter(|s| s.values.len() == len) {
            return Arc::clone(shared);
        }
        let shared = Arc::new(Doubles {
            lineage: self.lineage,
            values: self.values.clone(),
        });
        self.shared = Some(Arc::clone(&shared));
        shared
    }
}
