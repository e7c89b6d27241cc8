//! Doubles → codes, as long as a column's numbers repeat: measurements of one decimal place, prices, ratings.
//!
//! Fast because up to seven bytes of text and their number are one 64-bit number, which one probe of a direct-mapped
//! cache (32 KiB) turns into its code: neither the text is parsed nor the double hashed again, here or where a block
//! looks for its distinct values. The naive twin is the parser, which reads what the cache does not know.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::column::Doubles;

/// Places of the cache.
const SLOTS: usize = 2048;

/// After so many rows, a column of which more than a quarter was not in the cache is read as it is.
const TRIAL: usize = 4096;

/// A growing dictionary of doubles. Equal doubles have one code, however they are written.
pub struct DoubleDictionary {
    lineage: u64,
    cache: Box<[(u64, u32)]>,
    codes: HashMap<u64, u32, RandomState>,
    values: Vec<f64>,
    shared: Option<Arc<Doubles>>,
    rows: usize,
    missed: usize,
}

impl DoubleDictionary {
    /// An empty dictionary of its own lineage.
    pub fn new(lineage: u64) -> Self {
        Self {
            lineage,
            cache: vec![(u64::MAX, 0); SLOTS].into_boxed_slice(),
            codes: HashMap::default(),
            values: Vec::new(),
            shared: None,
            rows: 0,
            missed: 0,
        }
    }

    /// The code of the first `len` bytes, at least one, if it is a short text that was read lately.
    #[inline]
    pub fn known(&self, bytes: [u8; 8], len: usize) -> Option<u32> {
        let key = key(bytes, len)?;
        let (known, code) = self.cache[slot(key)];
        (known == key).then_some(code)
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
        self.missed += 1;
        code
    }

    /// Remembers the code of a text of `len` bytes, if it is short.
    pub fn remember(&mut self, bytes: [u8; 8], len: usize, code: u32) {
        if let Some(key) = key(bytes, len) {
            self.cache[slot(key)] = (key, code);
        }
    }

    /// Counts rows, and says whether codes are still worth it.
    pub fn pays(&mut self, rows: usize) -> bool {
        self.rows += rows;
        self.rows < TRIAL || self.missed * 4 <= self.rows
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

/// A text of up to seven bytes and its length as one number.
#[inline]
fn key(bytes: [u8; 8], len: usize) -> Option<u64> {
    (len < 8).then(|| {
        let unused = 64 - 8 * len;
        (u64::from_le_bytes(bytes) << unused >> unused) | (len as u64) << 56
    })
}

/// Fibonacci hashing.
#[inline]
fn slot(key: u64) -> usize {
    ((key ^ (key >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 53) as usize
}
