//! Doubles → codes, as long as a column's numbers repeat: measurements of one decimal place, prices, ratings. A block
//! that looks for its distinct values then has a few thousand to hash, and not a row each.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::column::Doubles;

/// The most doubles: a worker's dictionary stays under 1 MB, and what a batch adds.
const MAX_VALUES: usize = 16 * 1024;

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
        self.values.len() <= MAX_VALUES && (self.rows < TRIAL || read * 4 <= self.rows)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_doubles_have_one_code_and_zeros_two() {
        let mut dictionary = DoubleDictionary::new(0);
        let codes = [1.5, -0.0, 1.5, 0.0].map(|value| dictionary.code(value));
        assert_eq!(codes, [0, 1, 0, 2]);
        assert_eq!(dictionary.share().values.len(), 3);
    }

    /// However large an object is.
    #[test]
    fn a_dictionary_that_grows_on_is_given_up() {
        let mut dictionary = DoubleDictionary::new(0);
        let batch = 10_000;
        for (start, kept) in [(0, true), (8000, true), (16_000, false)] {
            for value in start..start + 8000 {
                dictionary.code(f64::from(value));
            }
            assert_eq!(dictionary.pays(batch, 0), kept);
        }
        let mut dictionary = DoubleDictionary::new(0);
        assert!(dictionary.pays(TRIAL - 1, TRIAL - 1) && !dictionary.pays(1, TRIAL / 2));
    }
}
