//! Where each key of a table stands.

use std::hash::BuildHasher;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringArray, UInt32Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// The rows of a table by their keys. A few bytes a row, beside the keys themselves.
pub(super) struct Index {
    keys: Keys,
    rows: HashTable<u32>,
    hasher: RandomState,
}

enum Keys {
    Text(StringArray),
    Number(Int64Array),
}

impl Keys {
    /// Keys in the form in which they are compared; none for another type than text and whole numbers.
    fn new(values: &ArrayRef) -> Option<Self> {
        let data_type = match values.data_type() {
            DataType::Dictionary(_, values) => values.as_ref(),
            other => other,
        };
        if data_type.is_string() {
            let text = cast(values, &DataType::Utf8).ok()?;
            Some(Self::Text(text.as_string_opt::<i32>()?.clone()))
        } else if data_type.is_signed_integer() {
            let numbers = cast(values, &DataType::Int64).ok()?;
            Some(Self::Number(
                numbers.as_primitive_opt::<Int64Type>()?.clone(),
            ))
        } else {
            None
        }
    }
}

impl Index {
    /// The index of unique keys, or the first row whose key stands before it; none for keys of another type. No key is
    /// NULL.
    pub(super) fn new(values: &ArrayRef) -> Option<Result<Self, usize>> {
        let mut index = Self {
            keys: Keys::new(values)?,
            rows: HashTable::with_capacity(values.len()),
            hasher: RandomState::default(),
        };
        let Self { keys, rows, hasher } = &mut index;
        let doubled = match keys {
            Keys::Text(keys) => fill(rows, hasher, keys.len(), |row| keys.value(row)),
            Keys::Number(keys) => fill(rows, hasher, keys.len(), |row| keys.value(row)),
        };
        Some(match doubled {
            Some(row) => Err(row),
            None => Ok(index),
        })
    }

    pub(super) fn find(&self, keys: &ArrayRef) -> Option<UInt32Array> {
        let Self { rows, hasher, .. } = self;
        let found = match (Keys::new(keys)?, &self.keys) {
            (Keys::Text(asked), Keys::Text(keys)) => asked
                .iter()
                .map(|key| {
                    let key = key?;
                    let hash = hasher.hash_one(key);
                    rows.find(hash, |row| keys.value(*row as usize) == key)
                        .copied()
                })
                .collect(),
            (Keys::Number(asked), Keys::Number(keys)) => asked
                .iter()
                .map(|key| {
                    let key = key?;
                    let hash = hasher.hash_one(key);
                    rows.find(hash, |row| keys.value(*row as usize) == key)
                        .copied()
                })
                .collect(),
            _ => return None,
        };
        Some(found)
    }
}

/// Enters all rows; the first whose key is there already, if there is one.
fn fill<K: std::hash::Hash + Eq>(
    rows: &mut HashTable<u32>,
    hasher: &RandomState,
    count: usize,
    key: impl Fn(usize) -> K,
) -> Option<usize> {
    let mut numbers = 0_u32..;
    for row in 0..count {
        let number = numbers.next()?;
        let hash = hasher.hash_one(key(row));
        let known = rows.find(hash, |other| key(*other as usize) == key(row));
        if known.is_some() {
            return Some(row);
        }
        rows.insert_unique(hash, number, |other| hasher.hash_one(key(*other as usize)));
    }
    None
}
