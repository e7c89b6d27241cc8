//! One column of a block, from the batches it came in, in the order that its rows leave in.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, StringArray, StringBuilder, UInt32Array,
};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, UInt32Type};
use hashbrown::HashMap;

use super::Rows;
use crate::csv::column::{Column, NULL};
use crate::csv::dictionary::TextDictionary;
use crate::error::{Error, Kind, Result};

/// The most distinct texts of a block that are worth a dictionary.
const MAX_TEXTS: usize = 32 * 1024;

/// After so many rows, a column of which more than half are distinct is not worth one.
const TRIAL: usize = 16 * 1024;

/// Column `column` of the rows, in the given order of theirs. Text comes as a dictionary where that pays, which the
/// rows alone decide.
pub fn gather(
    rows: &[Rows],
    column: usize,
    data_type: &DataType,
    order: Option<&[u32]>,
) -> Result<ArrayRef> {
    let pieces: Vec<Piece<'_>> = rows
        .iter()
        .map(|rows| Piece {
            column: &rows.columns[column],
            start: rows.start,
            len: rows.len,
        })
        .collect();
    if *data_type == DataType::Utf8 {
        return match codes(&pieces) {
            Some((values, codes)) => dictionary(values, &codes, order),
            None => plain_text(&pieces, order),
        };
    }
    let arrays: Vec<ArrayRef> = pieces
        .iter()
        .map(|piece| piece.column.to_array().slice(piece.start, piece.len))
        .collect();
    let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    let misfit = |_| {
        Error::new(
            Kind::Internal,
            "the pieces of a column do not fit each other",
        )
    };
    let all = arrow::compute::concat(&arrays).map_err(misfit)?;
    match order {
        Some(order) => {
            arrow::compute::take(&all, &UInt32Array::from(order.to_vec()), None).map_err(misfit)
        }
        None => Ok(all),
    }
}

struct Piece<'a> {
    column: &'a Column,
    start: usize,
    len: usize,
}

/// The rows' codes in a dictionary of the block, or none where it does not pay. Judged at the ends of batches, which
/// the input alone decides, by distinct texts, however they arrive.
fn codes(pieces: &[Piece<'_>]) -> Option<(TextDictionary, Vec<u32>)> {
    let mut dictionary = TextDictionary::new(0);
    let mut codes: Vec<u32> = Vec::with_capacity(pieces.iter().map(|piece| piece.len).sum());
    let mut known: HashMap<u64, Vec<u32>> = HashMap::new();
    for piece in pieces {
        let range = piece.start..piece.start + piece.len;
        match piece.column {
            Column::Coded(texts, piece_codes) => {
                let known = known.entry(texts.lineage).or_default();
                if known.len() < texts.values.len() {
                    known.resize(texts.values.len(), NULL);
                }
                for &code in &piece_codes[range] {
                    if code == NULL {
                        codes.push(NULL);
                        continue;
                    }
                    let slot = &mut known[code as usize];
                    if *slot == NULL {
                        *slot = dictionary
                            .code(texts.values.value(code as usize).as_bytes())
                            .0;
                    }
                    codes.push(*slot);
                }
            }
            Column::Plain(array) => {
                let texts = array.as_string_opt::<i32>()?;
                for row in range {
                    let valid = texts.is_valid(row);
                    codes.push(if valid {
                        dictionary.code(texts.value(row).as_bytes()).0
                    } else {
                        NULL
                    });
                }
            }
        }
        let len = dictionary.len();
        if len > MAX_TEXTS || codes.len() >= TRIAL && len * 2 > codes.len() {
            return None;
        }
    }
    Some((dictionary, codes))
}

fn dictionary(
    mut values: TextDictionary,
    codes: &[u32],
    order: Option<&[u32]>,
) -> Result<ArrayRef> {
    let internal = || Error::new(Kind::Internal, "a dictionary does not fit its codes");
    let keys: Vec<u32> = match order {
        Some(order) => order.iter().map(|&row| codes[row as usize]).collect(),
        None => codes.to_vec(),
    };
    let nulls: Option<NullBuffer> = keys
        .contains(&NULL)
        .then(|| keys.iter().map(|&code| code != NULL).collect());
    let keys = if nulls.is_some() {
        keys.into_iter()
            .map(|code| if code == NULL { 0 } else { code })
            .collect()
    } else {
        keys
    };
    let texts = values.share().ok_or_else(internal)?.values.clone();
    let keys = UInt32Array::new(ScalarBuffer::from(keys), nulls);
    let array =
        DictionaryArray::<UInt32Type>::try_new(keys, Arc::new(texts)).map_err(|_| internal())?;
    Ok(Arc::new(array))
}

fn plain_text(pieces: &[Piece<'_>], order: Option<&[u32]>) -> Result<ArrayRef> {
    let arrays: Vec<ArrayRef> = pieces
        .iter()
        .map(|piece| piece.column.to_array().slice(piece.start, piece.len))
        .collect();
    let arrays: Vec<&StringArray> = arrays
        .iter()
        .map(|array| array.as_string_opt::<i32>())
        .collect::<Option<_>>()
        .ok_or_else(|| Error::new(Kind::Internal, "a column of text holds something else"))?;
    let bytes: usize = arrays.iter().map(|array| text_bytes(array)).sum();
    if i32::try_from(bytes).is_err() {
        return Err(Error::new(
            Kind::TooLarge,
            "a column of a block of rows holds over 2 GiB of text; shorten it in the projection",
        ));
    }
    let rows = arrays.iter().map(Array::len).sum();
    let mut builder = StringBuilder::with_capacity(rows, bytes);
    let mut append = |array: &StringArray, row: usize| {
        if array.is_valid(row) {
            builder.append_value(array.value(row));
        } else {
            builder.append_null();
        }
    };
    match order {
        None => arrays
            .iter()
            .for_each(|array| (0..array.len()).for_each(|row| append(array, row))),
        Some(order) => {
            let starts: Vec<usize> = arrays
                .iter()
                .scan(0, |start, array| {
                    *start += array.len();
                    Some(*start - array.len())
                })
                .collect();
            for &row in order {
                let piece = starts.partition_point(|&start| start <= row as usize) - 1;
                append(arrays[piece], row as usize - starts[piece]);
            }
        }
    }
    Ok(Arc::new(builder.finish()))
}

#[expect(clippy::cast_sign_loss, reason = "offsets do not fall")]
fn text_bytes(array: &StringArray) -> usize {
    let offsets = array.value_offsets();
    (offsets[array.len()] - offsets[0]) as usize
}
