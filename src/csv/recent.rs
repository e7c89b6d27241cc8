//! Fields seen lately → codes, by their bytes as they stand in the text.
//!
//! Fast because most fields are short and were seen before: up to 15 bytes and their number are one 128-bit number,
//! which one look at a small cache turns into its code. A quoted field, an empty one or a number is then not even read.
//! What reads them (`tile.rs`) is the meaning; only what it has found right, in a column where nothing is dropped, comes
//! in here.

/// Fields that may lie in the same place: with one, a third of 800 texts in 2048 places would drive each other out.
const WAYS: usize = 2;

/// A cache of codes.
pub struct Recent {
    sets: Vec<[Slot; WAYS]>,
    /// Bits of a hash that are not used.
    shift: u32,
    missed: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    key: [u64; 2],
    code: u32,
}

impl Recent {
    /// An empty cache for about 2^`bits` fields.
    pub fn new(bits: u32) -> Self {
        let none = Slot {
            key: [u64::MAX; 2],
            code: 0,
        };
        Self {
            sets: vec![[none; WAYS]; 1 << (bits - 1)],
            shift: u64::BITS - (bits - 1),
            missed: 0,
        }
    }

    /// The code of the first `len` of some bytes.
    #[inline]
    pub fn get(&self, bytes: &[u8; 16], len: usize) -> Option<u32> {
        let key = key(bytes, len)?;
        let [first, second] = self.sets.get(self.set(key))?;
        // Which of the two it is cannot be foreseen, so nothing branches on it.
        let (is_first, is_second) = (first.key == key, second.key == key);
        let code = if is_second { second.code } else { first.code };
        (is_first | is_second).then_some(code)
    }

    /// Remembers the code of the first `len` of some bytes, if they are few.
    pub fn put(&mut self, bytes: &[u8; 16], len: usize, code: u32) {
        if let Some(key) = key(bytes, len) {
            let set = self.set(key);
            let [first, second] = &mut self.sets[set];
            *second = *first;
            *first = Slot { key, code };
        }
    }

    /// Counts a field that was not found.
    pub fn miss(&mut self) {
        self.missed += 1;
    }

    /// How many were not found.
    pub fn missed(&self) -> usize {
        self.missed
    }

    /// Fibonacci hashing of both halves.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the upper bits")]
    fn set(&self, [low, high]: [u64; 2]) -> usize {
        let mixed = (low ^ high.rotate_left(29).wrapping_mul(0xff51_afd7_ed55_8ccd))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> self.shift) as usize
    }
}

/// A text of up to 15 bytes, and its length in the last byte.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves")]
fn key(bytes: &[u8; 16], len: usize) -> Option<[u64; 2]> {
    let key = (u128::from_le_bytes(*bytes) & MASKS.get(len)?) | ((len as u128) << 120);
    Some([key as u64, (key >> 64) as u64])
}

/// The lowest bytes of each number: a look is shorter than a shift of 128 bits.
const MASKS: [u128; 16] = {
    let mut masks = [0; 16];
    let mut len = 0;
    while len < 16 {
        masks[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    masks
};

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What a cache tells is what it was told last, of texts that differ in length alone too.
        #[test]
        fn a_code_is_that_of_the_same_bytes(
            fields in prop::collection::vec(("[ab\u{0}]{0,17}", any::<u32>()), 1..300),
        ) {
            let mut recent = Recent::new(4);
            let mut told: HashMap<&str, u32> = HashMap::new();
            for (text, code) in &fields {
                let mut bytes = [b'a'; 32];
                bytes[..text.len()].copy_from_slice(text.as_bytes());
                let bytes = bytes.first_chunk().unwrap();
                if let Some(known) = recent.get(bytes, text.len()) {
                    prop_assert_eq!(Some(&known), told.get(text.as_str()));
                } else {
                    recent.put(bytes, text.len(), *code);
                    told.insert(text, *code);
                    prop_assert_eq!(recent.get(bytes, text.len()), (text.len() < 16).then_some(*code));
                }
            }
        }
    }
}
