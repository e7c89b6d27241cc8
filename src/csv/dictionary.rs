//! Text → codes, as long as a column's texts repeat.
//!
//! Every worker has its own: whether a column arrives as codes or as values differs from worker to worker, and later
//! stages treat both alike.

use std::hash::BuildHasher;
use std::sync::Arc;

use arrow::array::{Array, StringArray};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::column::Dictionary;

/// The most texts: what repeats has fewer, and a worker's dictionary stays under [`MAX_BYTES`] and 0.4 MB more.
const MAX_TEXTS: usize = 16 * 1024;

/// The most bytes of texts.
const MAX_BYTES: usize = 512 * 1024;

/// After so many rows a column of which more than half are distinct is no longer worth a dictionary: twice as many as it
/// may have texts. Each worker tries it once for an object, and a keyed function of 5,000 names costs 300 ns a row
/// without it.
const TRIAL: usize = 2 * MAX_TEXTS;

/// Room at first: grown by eights from here, the fourth time there is room for [`MAX_TEXTS`].
const FIRST_TEXTS: usize = 7;

/// A growing dictionary.
pub struct TextDictionary {
    lineage: u64,
    hasher: RandomState,
    table: HashTable<u32>,
    offsets: Vec<i32>,
    bytes: Vec<u8>,
    shared: Option<Arc<Dictionary>>,
    rows: usize,
}

impl TextDictionary {
    /// An empty dictionary of its own lineage.
    pub fn new(lineage: u64) -> Self {
        Self {
            lineage,
            hasher: RandomState::default(),
            table: HashTable::with_capacity(FIRST_TEXTS),
            offsets: vec![0],
            bytes: Vec::new(),
            shared: None,
            rows: 0,
        }
    }

    /// Distinct texts.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Bytes of these.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Counts rows, and says whether codes are still worth it.
    pub fn pays(&mut self, rows: usize) -> bool {
        self.rows += rows;
        let len = self.len();
        len <= MAX_TEXTS
            && self.bytes.len() <= MAX_BYTES
            && (self.rows < TRIAL || len * 2 < self.rows)
    }

    /// The code of a text, and whether it is new.
    pub fn code(&mut self, text: &[u8]) -> (u32, bool) {
        let hash = self.hasher.hash_one(text);
        let (offsets, bytes) = (&self.offsets, &self.bytes);
        let at = |code: u32| {
            let code = code as usize;
            #[expect(clippy::cast_sign_loss, reason = "offsets begin at 0 and grow")]
            let (start, end) = (offsets[code] as usize, offsets[code + 1] as usize);
            &bytes[start..end]
        };
        if let Some(&code) = self.table.find(hash, |&code| at(code) == text) {
            return (code, false);
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a block holds fewer than 2^25 texts"
        )]
        let code = self.len() as u32;
        // By eights: to grow is to hash all anew.
        if self.table.len() == self.table.capacity() {
            let more = (7 * self.table.len()).min(MAX_TEXTS);
            self.table
                .reserve(more, |&code| self.hasher.hash_one(at(code)));
        }
        self.table
            .insert_unique(hash, code, |&code| self.hasher.hash_one(at(code)));
        self.bytes.extend_from_slice(text);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_possible_wrap,
            reason = "a dictionary stops near MAX_BYTES"
        )]
        self.offsets.push(self.bytes.len() as i32);
        (code, true)
    }

    /// The dictionary as it is now, shared as long as it does not grow. None if a text is not UTF-8.
    pub fn share(&mut self) -> Option<Arc<Dictionary>> {
        let len = self.len();
        if let Some(shared) = self
            .shared
            .as_ref()
            .filter(|shared| shared.values.len() == len)
        {
            return Some(Arc::clone(shared));
        }
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets.clone()));
        let values =
            StringArray::try_new(offsets, Buffer::from_slice_ref(&self.bytes), None).ok()?;
        let shared = Arc::new(Dictionary {
            lineage: self.lineage,
            values,
        });
        self.shared = Some(Arc::clone(&shared));
        Some(shared)
    }
}
