//! Fields seen lately → codes, by their bytes as they stand in the text.
//!
//! Fast because most fields are short and were seen before: up to 7 bytes and their number are one word (up to 15 are two,
//! up to 31 four), which one look at a small cache turns into its code. A quoted field, an empty one or a number is then
//! not even read. What reads them (`tile.rs`) is the meaning; only what it has found right, in a column where nothing is
//! dropped, comes in here.
//!
//! A column of which no field has more than 7 bytes is looked up by one word: a field in 4.0 ns in place of 6.1, in a loop
//! of its own. With the first longer one it goes over to two, since which of both a field needs could not be foreseen.

use super::column::NULL;

/// Fields that may lie in the same place: with one, a third of 800 texts in 2048 places would drive each other out.
const WAYS: usize = 2;

/// Places of a cache, in bits: at first, and where there are many values. 12 and 96 KiB of short fields (8 and 64 of narrow
/// ones), which stay in a cache of the first and of the second level.
const FIRST_BITS: u32 = 9;
const MOST_BITS: u32 = 12;

/// The bytes that are read of a field.
pub const WIDE: usize = 32;

/// A cache of codes.
#[derive(Default)]
pub struct Recent {
    /// Up to 7 bytes, as long as there are no longer fields.
    narrow: Cache<1>,
    /// Whether there are.
    beyond_narrow: bool,
    /// Up to 15 bytes.
    short: Cache<2>,
    /// Up to 31.
    long: Cache<4>,
    missed: usize,
}

impl Recent {
    /// Fills in the codes of fields, which begin and end in `text`, up to the first that is not known, or that has not
    /// [`WIDE`] bytes before the text's end; how many.
    ///
    /// The loop is in here, and there is one for each kind of key, so that nothing is asked or fetched anew for a field
    /// but what depends on it.
    #[inline]
    pub fn fill(
        &self,
        text: &[u8],
        fields: impl Iterator<Item = (usize, usize)>,
        codes: &mut [u32],
    ) -> usize {
        if !self.beyond_narrow {
            return fill(text, fields, codes, |bytes, len| {
                self.narrow.get(narrow_key(bytes, len)?)
            });
        }
        fill(text, fields, codes, |bytes, len| match key(bytes, len) {
            Some(key) => self.short.get(key),
            None => self.of_long(bytes, len),
        })
    }

    /// Out of line: what holds for most fields is then short enough to be part of the loop over them.
    #[inline(never)]
    fn of_long(&self, bytes: &[u8; WIDE], len: usize) -> Option<u32> {
        self.long.get(long_key(bytes, len)?)
    }

    /// Remembers the code of the first `len` of some bytes, if they are few.
    pub fn put(&mut self, bytes: &[u8; WIDE], len: usize, code: u32) {
        if !self.beyond_narrow {
            if let Some(key) = narrow_key(bytes, len) {
                return self.narrow.put(key, code);
            }
            // What it knew is learnt again.
            (self.narrow, self.beyond_narrow) = (Cache::default(), true);
        }
        if let Some(key) = key(bytes, len) {
            self.short.put(key, code);
        } else if let Some(key) = long_key(bytes, len) {
            self.long.put(key, code);
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
}

/// Fills in what `code` tells of the first bytes and the length of each field, up to the first of which it tells nothing.
#[inline]
fn fill(
    text: &[u8],
    fields: impl Iterator<Item = (usize, usize)>,
    codes: &mut [u32],
    code: impl Fn(&[u8; WIDE], usize) -> Option<u32>,
) -> usize {
    let mut known = 0;
    for (place, (start, end)) in codes.iter_mut().zip(fields) {
        let bytes = text.get(start..start + WIDE);
        let bytes = bytes.and_then(<[u8]>::first_chunk);
        let Some(code) = bytes.and_then(|bytes| code(bytes, end - start)) else {
            break;
        };
        *place = code;
        known += 1;
    }
    known
}

/// Codes of fields of so many words.
#[derive(Default)]
struct Cache<const WORDS: usize> {
    /// None at first: most columns have fields of one length.
    sets: Vec<[Slot<WORDS>; WAYS]>,
    /// Bits of a hash that are not used.
    shift: u32,
}

#[derive(Clone, Copy, PartialEq)]
struct Slot<const WORDS: usize> {
    key: [u64; WORDS],
    code: u32,
}

impl<const WORDS: usize> Cache<WORDS> {
    #[inline]
    fn get(&self, key: [u64; WORDS]) -> Option<u32> {
        let [first, second] = self.sets.get(self.set(key))?;
        // Which of the two it is cannot be foreseen, so nothing branches on it.
        let (is_first, is_second) = (first.key == key, second.key == key);
        let code = if is_second { second.code } else { first.code };
        (is_first | is_second).then_some(code)
    }

    fn put(&mut self, key: [u64; WORDS], code: u32) {
        if self.sets.is_empty() {
            *self = Self::empty(FIRST_BITS);
        } else if self.is_outgrown(code) {
            let wider = Self::empty((self.sets.len() * WAYS).ilog2() + 1);
            let narrow = std::mem::replace(self, wider);
            let known = narrow
                .sets
                .into_iter()
                .flatten()
                .filter(|slot| *slot != Self::NONE);
            known.for_each(|slot| self.add(slot));
        }
        self.add(Slot { key, code });
    }

    fn add(&mut self, slot: Slot<WORDS>) {
        let set = self.set(slot.key);
        let [first, second] = &mut self.sets[set];
        *second = *first;
        *first = slot;
    }

    /// Whether the values need more places, and may have them: four times as many as there are values, or too many would
    /// drive each other out (by reckoning, of 800 in 2048 places 7 % of the fields are not found, in 4096 2 %). NULL is
    /// beyond all values.
    fn is_outgrown(&self, code: u32) -> bool {
        let places = self.sets.len() * WAYS;
        places < 1 << MOST_BITS && code != NULL && 4 * code as usize >= places
    }

    /// A slot of no field: of one, the last byte is its length.
    const NONE: Slot<WORDS> = Slot {
        key: [u64::MAX; WORDS],
        code: 0,
    };

    /// An empty one of so many places.
    fn empty(bits: u32) -> Self {
        let bits = bits - WAYS.ilog2();
        Self {
            sets: vec![[Self::NONE; WAYS]; 1 << bits],
            shift: u64::BITS - bits,
        }
    }

    /// Fibonacci hashing of all words.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the upper bits")]
    fn set(&self, key: [u64; WORDS]) -> usize {
        let mixed = key.into_iter().rev().fold(0, |mixed: u64, word| {
            (mixed.rotate_left(29) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        (mixed >> self.shift) as usize
    }
}

/// A text of up to 7 bytes, and its length in the last byte.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half")]
fn narrow_key(bytes: &[u8; WIDE], len: usize) -> Option<[u64; 1]> {
    let (words, _) = bytes.as_chunks();
    let mask = MASKS[..8].get(len)?;
    Some([(u64::from_le_bytes(words[0]) & *mask as u64) | ((len as u64) << 56)])
}

/// A text of up to 15 bytes, as well.
#[inline]
fn key(bytes: &[u8; WIDE], len: usize) -> Option<[u64; 2]> {
    let (halves, _) = bytes.as_chunks();
    let key = (u128::from_le_bytes(halves[0]) & MASKS.get(len)?) | ((len as u128) << 120);
    Some(words(key))
}

/// A text of 16 to 31 bytes, as well.
#[inline]
fn long_key(bytes: &[u8; WIDE], len: usize) -> Option<[u64; 4]> {
    let (halves, _) = bytes.as_chunks();
    let behind = MASKS.get(len.checked_sub(16)?)?;
    let [first, second] = words(u128::from_le_bytes(halves[0]));
    let [third, fourth] = words((u128::from_le_bytes(halves[1]) & behind) | ((len as u128) << 120));
    Some([first, second, third, fourth])
}

#[expect(clippy::cast_possible_truncation, reason = "the halves")]
fn words(number: u128) -> [u64; 2] {
    [number as u64, (number >> 64) as u64]
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

    /// What a cache has for the first `len` of some bytes.
    fn get(recent: &Recent, bytes: &[u8], len: usize) -> Option<u32> {
        let mut code = [NULL];
        let found = recent.fill(bytes, [(0, len)].into_iter(), &mut code);
        (found == 1).then_some(code[0])
    }

    proptest! {
        /// What a cache tells is what it was told last, of texts that differ in length alone too, through its growth, and
        /// where longer ones come late.
        #[test]
        fn a_code_is_that_of_the_same_bytes(
            narrow in prop::collection::vec(("[ab\u{0}]{0,7}", 0..5_000u32), 0..1_000),
            fields in prop::collection::vec(("[ab\u{0}]{0,33}", 0..5_000u32), 1..2_000),
        ) {
            let fields = [narrow, fields].concat();
            let mut recent = Recent::default();
            let mut told: HashMap<&str, u32> = HashMap::new();
            for (text, code) in &fields {
                let mut bytes = [b'a'; 64];
                bytes[..text.len()].copy_from_slice(text.as_bytes());
                if let Some(known) = get(&recent, &bytes, text.len()) {
                    prop_assert_eq!(Some(&known), told.get(text.as_str()));
                } else {
                    recent.put(bytes.first_chunk().unwrap(), text.len(), *code);
                    told.insert(text, *code);
                    let known = get(&recent, &bytes, text.len());
                    prop_assert_eq!(known, (text.len() < 32).then_some(*code));
                }
            }
        }
    }
}
