//! A column of some rows, as every stage after the decoder passes it on: an Arrow array, or codes into a dictionary.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, StringArray, StringBuilder};
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

/// A column of a batch.
#[derive(Clone, Debug)]
pub enum Column {
    /// Values as they are.
    Plain(ArrayRef),
    /// Text as codes; [`NULL`] for NULL.
    Coded(Arc<Dictionary>, Vec<u32>),
}

impl Column {
    /// Rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Plain(array) => array.len(),
            Self::Coded(_, codes) => codes.len(),
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
                let codes = codes.iter().enumerate().filter(|(row, _)| keep.value(*row));
                Self::Coded(
                    Arc::clone(dictionary),
                    codes.map(|(_, &code)| code).collect(),
                )
            }
        }
    }

    /// Which rows are not NULL, where any is.
    pub fn nulls(&self) -> Option<NullBuffer> {
        match self {
            Self::Plain(array) => array.nulls().cloned(),
            Self::Coded(_, codes) if codes.contains(&NULL) => {
                Some(codes.iter().map(|&code| code != NULL).collect())
            }
            Self::Coded(..) => None,
        }
    }
}
