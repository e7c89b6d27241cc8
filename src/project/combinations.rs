//! Combinations of codes → numbers, by first occurrence.
//!
//! Fast because the codes of few distinct texts are few bits together: a row's combination is then an index into one
//! table (at most 256 KiB), which whole columns of codes make at once. More go through a hash table. What must change
//! together: both ways give the same numbers, which a test holds against a map.

use std::hash::BuildHasher;

use arrow::array::Array;
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::csv::column::{Column, Dictionary, NULL};

/// Bits of a combination that is looked up in a table.
const TABLE_BITS: u32 = 16;

/// No number yet.
const NONE: u32 = u32::MAX;

/// Numbers of the combinations that have occurred.
pub struct Combinations {
    /// The lineages that the codes belong to.
    lineages: Vec<u64>,
    len: u32,
    index: Index,
}

enum Index {
    /// So many bits of each column's code, one more than it so that NULL is 0, the first column's lowest.
    Table { bits: Vec<u32>, numbers: Vec<u32> },
    Hash {
        hasher: RandomState,
        table: HashTable<(u128, u32)>,
    },
}

/// The combinations of some rows.
pub struct Numbered {
    /// Each row's number.
    pub numbers: Vec<u32>,
    /// The first row of each combination that is new, in the order of their numbers.
    pub fresh: Vec<usize>,
}

impl Combinations {
    /// No combinations of so many columns, four at most.
    pub fn new(columns: usize) -> Self {
        Self {
            lineages: Vec::new(),
            len: 0,
            index: Index::Table {
                bits: vec![0; columns],
                numbers: vec![NONE],
            },
        }
    }

    /// Combinations so far.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// The combinations of the rows of these columns. None where one comes as values, or in codes of another lineage.
    pub fn of<'a>(
        &mut self,
        columns: impl Iterator<Item = &'a Column>,
        rows: usize,
    ) -> Option<Numbered> {
        let columns = columns.map(|column| match column {
            Column::Coded(dictionary, codes) => Some((dictionary.as_ref(), codes.as_slice())),
            Column::Plain(_) | Column::CodedDoubles(..) => None,
        });
        let (texts, codes): (Vec<&Dictionary>, Vec<&[u32]>) =
            columns.collect::<Option<Vec<_>>>()?.into_iter().unzip();
        let lineages = texts.iter().map(|texts| texts.lineage);
        if self.lineages.is_empty() {
            self.lineages = lineages.clone().collect();
        }
        if !lineages.eq(self.lineages.iter().copied()) {
            return None;
        }
        let most = texts.iter().map(|texts| texts.values.len());
        self.widen(most.map(|most| u32::try_from(most).unwrap_or(NULL)));
        let mut fresh = Vec::new();
        let len = &mut self.len;
        let mut new = |row: usize| {
            fresh.push(row);
            *len += 1;
            *len - 1
        };
        let numbers = match &mut self.index {
            Index::Table { bits, numbers } => in_table(&codes, rows, bits, numbers, &mut new),
            Index::Hash { hasher, table } => hashed(&codes, rows, hasher, table, &mut new),
        };
        Some(Numbered { numbers, fresh })
    }

    /// Makes room for codes below these.
    fn widen(&mut self, most: impl Iterator<Item = u32>) {
        let Index::Table { bits, numbers } = &self.index else {
            return;
        };
        let needed = most.map(|most| u32::BITS - most.leading_zeros());
        let wider: Vec<u32> = needed.zip(bits).map(|(a, &b)| a.max(b)).collect();
        if wider == *bits {
            return;
        }
        let known = numbers
            .iter()
            .enumerate()
            .filter(|(_, number)| **number != NONE);
        let known = known.map(|(at, &number)| (codes_at(at, bits), number));
        self.index = if wider.iter().sum::<u32>() <= TABLE_BITS {
            let mut numbers = vec![NONE; 1 << wider.iter().sum::<u32>()];
            for (codes, number) in known {
                numbers[place(&codes, &wider)] = number;
            }
            Index::Table {
                bits: wider,
                numbers,
            }
        } else {
            let hasher = RandomState::default();
            let mut table = HashTable::new();
            for (codes, number) in known {
                let entry = (key(codes.into_iter()), number);
                table.insert_unique(hasher.hash_one(entry.0), entry, |(key, _)| {
                    hasher.hash_one(key)
                });
            }
            Index::Hash { hasher, table }
        };
    }
}

/// The codes that a place in the table stands for.
fn codes_at(mut place: usize, bits: &[u32]) -> Vec<u32> {
    let code = |&bits: &u32| {
        let code = place & ((1 << bits) - 1);
        place >>= bits;
        u32::try_from(code).unwrap_or(NULL).wrapping_sub(1)
    };
    bits.iter().map(code).collect()
}

fn place(codes: &[u32], bits: &[u32]) -> usize {
    let codes = codes.iter().zip(bits).rev();
    codes.fold(0, |place, (code, bits)| {
        place << bits | code.wrapping_add(1) as usize
    })
}

/// Codes as one key, of 32 bits each.
fn key(codes: impl Iterator<Item = u32>) -> u128 {
    codes.fold(0, |key, code| key << 32 | u128::from(code))
}

fn in_table(
    codes: &[&[u32]],
    rows: usize,
    bits: &[u32],
    numbers: &mut [u32],
    new: &mut impl FnMut(usize) -> u32,
) -> Vec<u32> {
    let mut places = vec![0u32; rows];
    let mut shift = 0;
    for (codes, bits) in codes.iter().zip(bits) {
        for (place, code) in places.iter_mut().zip(*codes) {
            *place |= code.wrapping_add(1) << shift;
        }
        shift += bits;
    }
    for (row, place) in places.iter_mut().enumerate() {
        let number = &mut numbers[*place as usize];
        if *number == NONE {
            *number = new(row);
        }
        *place = *number;
    }
    places
}

fn hashed(
    codes: &[&[u32]],
    rows: usize,
    hasher: &RandomState,
    table: &mut HashTable<(u128, u32)>,
    new: &mut impl FnMut(usize) -> u32,
) -> Vec<u32> {
    let mut last = None;
    let number = |row: usize| {
        let key = key(codes.iter().map(|codes| codes[row]));
        if let Some((before, number)) = last
            && before == key
        {
            return number;
        }
        let hash = hasher.hash_one(key);
        let known = table.find(hash, |(known, _)| *known == key);
        let number = known.map_or_else(|| new(row), |(_, number)| *number);
        if known.is_none() {
            table.insert_unique(hash, (key, number), |(key, _)| hasher.hash_one(key));
        }
        last = Some((key, number));
        number
    };
    (0..rows).map(number).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use arrow::array::StringArray;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Batches whose dictionaries grow, from one code to more than the table has room for.
        #[test]
        fn numbers_are_those_of_a_map(
            batches in prop::collection::vec((1..500u32, 1..100u32, prop::collection::vec(any::<[u32; 2]>(), 0..60)), 1..6),
        ) {
            let mut combinations = Combinations::new(2);
            let mut expected: HashMap<[u32; 2], u32> = HashMap::new();
            let mut most = [0, 0];
            for (first, second, rows) in batches {
                most = [most[0].max(first), most[1].max(second)];
                let code = |code: u32, most: u32| if code.is_multiple_of(7) { NULL } else { code % most };
                let rows: Vec<[u32; 2]> =
                    rows.iter().map(|row| [code(row[0], most[0]), code(row[1], most[1])]).collect();
                let column = |at: usize| {
                    let texts = (0..most[at]).map(|code| Some(code.to_string()));
                    let values: StringArray = texts.collect();
                    let dictionary = Dictionary { lineage: at as u64, values };
                    Column::Coded(Arc::new(dictionary), rows.iter().map(|row| row[at]).collect())
                };
                let columns = [column(0), column(1)];
                let numbered = combinations.of(columns.iter(), rows.len()).unwrap();
                let mut fresh = Vec::new();
                for (row, codes) in rows.iter().enumerate() {
                    let next = u32::try_from(expected.len()).unwrap();
                    let number = *expected.entry(*codes).or_insert(next);
                    prop_assert_eq!(numbered.numbers[row], number);
                    if number == next {
                        fresh.push(row);
                    }
                }
                prop_assert_eq!(numbered.fresh, fresh);
                prop_assert_eq!(combinations.len(), expected.len());
            }
        }
    }
}
