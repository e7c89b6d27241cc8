//! Keys → codes into their sorted distinct ones.
//!
//! Fast because keys of a small range find their code in a table without a hash, and others in a hash table of numbers
//! alone.

use super::numbers::NumberType;

/// The most distinct values of a dictionary, text or numbers: codes have 16 bits.
pub const MAX_DISTINCT: usize = 32 * 1024;

/// After so many values, a column of which more than half are distinct is not worth a dictionary.
pub const TRIAL: usize = 16 * 1024;

/// The code of NULL.
pub const NULL: u16 = u16::MAX;

/// Keys that lie within so many numbers are counted in a table.
const MAX_RANGE: u64 = 64 * 1024;

/// Whether so many distinct ones of so many values are worth a dictionary.
pub fn pays(distinct: usize, values: usize) -> bool {
    distinct <= MAX_DISTINCT && (values < TRIAL || distinct * 2 <= values)
}

/// The distinct keys, sorted, and each value's place among them, or [`NULL`] where it is not `valid`. None where they
/// do not pay, or all are NULL.
pub fn coded(
    number: NumberType,
    keys: &[u64],
    valid: impl Fn(usize) -> bool,
) -> Option<(Vec<u64>, Vec<u16>)> {
    let (mut least, mut greatest) = (u64::MAX, u64::MIN);
    for (row, &key) in keys.iter().enumerate() {
        if valid(row) {
            least = least.min(key);
            greatest = greatest.max(key);
        }
    }
    if least > greatest {
        return None;
    }
    // Floating point numbers may come as codes, which have no range: the way must not depend on that.
    if !number.is_float() && greatest - least < MAX_RANGE {
        return by_table(keys, least, greatest, valid);
    }
    let mut table = Table::default();
    let mut codes = Vec::with_capacity(keys.len());
    let mut values = 0;
    for (row, &key) in keys.iter().enumerate() {
        if !valid(row) {
            codes.push(NULL);
            continue;
        }
        values += 1;
        codes.push(table.code(key, values)?);
    }
    let (sorted, ranks) = table.sorted();
    for code in &mut codes {
        if *code != NULL {
            *code = ranks[usize::from(*code)];
        }
    }
    Some((sorted, codes))
}

/// Codes of keys in a small range: one table of the range.
#[inline(never)]
#[expect(
    clippy::cast_possible_truncation,
    reason = "a range of less than MAX_RANGE, and a code of at most MAX_DISTINCT"
)]
fn by_table(
    keys: &[u64],
    least: u64,
    greatest: u64,
    valid: impl Fn(usize) -> bool,
) -> Option<(Vec<u64>, Vec<u16>)> {
    let place = |key: u64| (key - least) as usize;
    let mut codes_of = vec![NULL; place(greatest) + 1];
    for (row, &key) in keys.iter().enumerate() {
        if valid(row) {
            codes_of[place(key)] = 0;
        }
    }
    let mut sorted = Vec::new();
    for (place, code) in codes_of.iter_mut().enumerate() {
        if *code != NULL {
            *code = sorted.len() as u16;
            sorted.push(least + place as u64);
        }
    }
    let codes = keys.iter().enumerate().map(|(row, &key)| {
        if valid(row) {
            codes_of[place(key)]
        } else {
            NULL
        }
    });
    (sorted.len() <= MAX_DISTINCT).then(|| (sorted, codes.collect()))
}

/// Distinct keys by first occurrence: an open table at most half full, probed in a row.
pub struct Table {
    slots: Vec<(u64, u32)>,
    distinct: Vec<u64>,
}

/// A slot that holds nothing.
const EMPTY: u32 = u32::MAX;

impl Default for Table {
    fn default() -> Self {
        Self {
            slots: vec![(0, EMPTY); 2048],
            distinct: Vec::new(),
        }
    }
}

impl Table {
    /// The code of a key, which is that of value number `values`. None where it is new and they no longer pay.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "at most MAX_DISTINCT")]
    pub fn code(&mut self, key: u64, values: usize) -> Option<u16> {
        let mut at = slot(key, self.slots.len());
        loop {
            let (known, code) = self.slots[at];
            if code == EMPTY {
                return self.add(key, at, values);
            }
            if known == key {
                return Some(code as u16);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    #[inline(never)]
    #[expect(clippy::cast_possible_truncation, reason = "at most MAX_DISTINCT")]
    fn add(&mut self, key: u64, at: usize, values: usize) -> Option<u16> {
        let code = self.distinct.len();
        self.slots[at] = (key, code as u32);
        self.distinct.push(key);
        if self.distinct.len() * 2 > self.slots.len() {
            self.slots = larger(&self.distinct, 4 * self.slots.len());
        }
        pays(self.distinct.len(), values).then_some(code as u16)
    }

    /// The keys, sorted, and the place among them of each code.
    pub fn sorted(self) -> (Vec<u64>, Vec<u16>) {
        let mut order: Vec<(u64, u16)> = self.distinct.into_iter().zip(0..).collect();
        order.sort_unstable();
        let mut ranks = vec![0; order.len()];
        for (rank, (_, code)) in (0..).zip(&order) {
            ranks[usize::from(*code)] = rank;
        }
        (order.into_iter().map(|(key, _)| key).collect(), ranks)
    }
}

/// A table of so many slots, a power of two.
#[expect(clippy::cast_possible_truncation, reason = "as many as there were")]
fn larger(distinct: &[u64], len: usize) -> Vec<(u64, u32)> {
    let mut slots = vec![(0, EMPTY); len];
    for (code, &key) in distinct.iter().enumerate() {
        let mut at = slot(key, len);
        while slots[at].1 != EMPTY {
            at = (at + 1) & (len - 1);
        }
        slots[at] = (key, code as u32);
    }
    slots
}

/// Fibonacci hashing of both halves: floats differ in their upper bits only.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "as many bits as the table has"
)]
fn slot(key: u64, len: usize) -> usize {
    let mixed = (key ^ (key >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - len.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use arrow::datatypes::DataType;
    use proptest::prelude::*;

    use super::super::numbers::{of_float, of_signed};
    use super::*;

    proptest! {
        #[test]
        fn a_dictionary_is_the_set_of_values_and_their_places(
            values in prop_oneof![
                prop::collection::vec(prop::option::of(-50..50i64), 1..3000),
                prop::collection::vec(prop::option::of((0..200i64).prop_map(|v| v * 1_000_003)), 1..3000),
            ]
        ) {
            let number = NumberType::of(&DataType::Int64).unwrap();
            let keys: Vec<u64> = values.iter().map(|v| of_signed(v.unwrap_or(7))).collect();
            prop_assume!(values.iter().any(Option::is_some));
            let (sorted, codes) = coded(number, &keys, |row| values[row].is_some()).unwrap();
            let expected: BTreeSet<i64> = values.iter().flatten().copied().collect();
            prop_assert_eq!(&sorted, &expected.into_iter().map(of_signed).collect::<Vec<_>>());
            for (code, value) in codes.into_iter().zip(values) {
                let key = (code != NULL).then(|| sorted[usize::from(code)]);
                prop_assert_eq!(key, value.map(of_signed));
            }
        }
    }

    #[test]
    fn values_that_hardly_repeat_have_no_dictionary() {
        let number = NumberType::of(&DataType::Float64).unwrap();
        let distinct: Vec<u64> = (0..60_000).map(|v| of_float(f64::from(v) * 1.5)).collect();
        assert!(coded(number, &distinct, |_| true).is_none());
    }
}
