//! A column of some rows, as every stage after the decoder passes it on: an Arrow array, or codes into a dictionary.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, StringArray, StringBuilder};
use arrow::buffer::NullBuffer;

/// The code of NULL.
pub const NULL: u32 = u32::MAX;

/// Distinct texts with codes that do not change: a later dictionary of the same lineage only adds.
#[derive(Debug)]
pub struct Dictionary {
    /// Dictionaries of one lineage agree on every code that they share.
    pub lineage: u64,
    /// The texts, by code. Not nullable; equal texts may have several codes.
    pub values: StringArray,
}

/// Distinct doubles, with codes as those of [`Dictionary`].
#[derive(Debug)]
pub struct Doubles {
    /// As [`Dictionary::lineage`].
    pub lineage: u64,
    /// The numbers, by code. All are finite.
    pub values: Vec<f64>,
}

/// A column of a batch.
#[derive(Clone, Debug)]
pub enum Column {
    /// Values as they are.
    Plain(ArrayRef),
    /// Text as codes; [`NULL`] for NULL.
    Coded(Arc<Dictionary>, Vec<u32>),
    /// Doubles as codes; [`NULL`] for NULL.
    CodedDoubles(Arc<Doubles>, Vec<u32>),
}

impl Column {
    /// Rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Plain(array) => array.len(),
            Self::Coded(_, codes) | Self::CodedDoubles(_, codes) => codes.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values as one Arrow array.
    pub fn to_array(&self) -> ArrayRef {
        match self {
            Self::Plain(array) => Arc::clone(array),
            Self::Coded(dictionary, codes) => {
                let bytes = codes.iter().filter(|&&code| code != NULL);
                let bytes = bytes.map(|&code| dictionary.values.value_length(code as usize));
                let bytes: i32 = bytes.sum();
                let mut builder =
                    StringBuilder::with_capacity(codes.len(), usize::try_from(bytes).unwrap_or(0));
                for &code in codes {
                    match code {
                        NULL => builder.append_null(),
                        code => builder.append_value(dictionary.values.value(code as usize)),
                    }
                }
                Arc::new(builder.finish())
            }
            Self::CodedDoubles(doubles, codes) => {
                let value = |&code: &u32| doubles.values.get(code as usize).copied();
                let values = codes.iter().map(|code| value(code).unwrap_or_default());
                Arc::new(Float64Array::new(values.collect(), self.nulls()))
            }
        }
    }

    /// The rows where `keep` is true.
    #[must_use]
    pub fn filter(&self, keep: &BooleanArray) -> Self {
        match self {
            Self::Plain(array) => match arrow::compute::filter(array, keep) {
                Ok(array) => Self::Plain(array),
                // Only a wrong length fails, and both come from one batch.
                Err(_) => Self::Plain(array.slice(0, 0)),
            },
            Self::Coded(dictionary, codes) => {
                Self::Coded(Arc::clone(dictionary), kept(codes, keep))
            }
            Self::CodedDoubles(doubles, codes) => {
                Self::CodedDoubles(Arc::clone(doubles), kept(codes, keep))
            }
        }
    }

    /// Which rows are not NULL, where any is.
    pub fn nulls(&self) -> Option<NullBuffer> {
        match self {
            Self::Plain(array) => array.nulls().cloned(),
            Self::Coded(_, codes) | Self::CodedDoubles(_, codes) => codes
                .contains(&NULL)
                .then(|| codes.iter().map(|&code| code != NULL).collect()),
        }
    }
}

/// The codes where `keep` is true.
fn kept(codes: &[u32], keep: &BooleanArray) -> Vec<u32> {
    let kept = codes.iter().enumerate().filter(|(row, _)| keep.value(*row));
    kept.map(|(_, &code)| code).collect()
}
