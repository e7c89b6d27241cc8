//! Single values → the text of their cells, quoted where a reader would otherwise see something else.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Decimal128Type, Float32Type, Float64Type};

use super::super::Formulas;
use super::super::format::{date, double, float, integer, timestamp, unscaled};
use super::super::numbers::{Meaning, NumberType, Physical, to_float, to_signed};
use crate::error::{Error, Kind, Result};

/// Writes the value of a row.
pub type Write<'a> = Box<dyn FnMut(&mut Vec<u8>, usize) + 'a>;

/// Writes a number by its key.
pub type WriteKey<'a> = Box<dyn FnMut(&mut Vec<u8>, u64) + 'a>;

/// A writer of numbers by their keys.
pub fn number_writer<'a>(number: NumberType) -> WriteKey<'a> {
    let signed = to_signed;
    match (number.meaning, number.physical) {
        (Meaning::Date, _) => Box::new(move |out, key| date(out, signed(key))),
        (Meaning::Moment(digits, zone), _) => match digits {
            0 => moment::<0>(zone),
            3 => moment::<3>(zone),
            6 => moment::<6>(zone),
            _ => moment::<9>(zone),
        },
        (_, Physical::I32 | Physical::I64) => Box::new(move |out, key| integer(out, signed(key))),
        (_, Physical::U32 | Physical::U64) => Box::new(integer),
        #[expect(clippy::cast_possible_truncation, reason = "it was one")]
        (_, Physical::F32) => Box::new(|out, key| float(out, to_float(key) as f32)),
        (_, Physical::F64) => Box::new(|out, key| double(out, to_float(key))),
    }
}

fn moment<'a, const DIGITS: u32>(zone: bool) -> WriteKey<'a> {
    let mut write = timestamp::<DIGITS>(zone);
    Box::new(move |out, key| write(out, to_signed(key)))
}

/// A writer of a column's keys; `null` is NULL's text.
pub fn keys<'a>(
    number: NumberType,
    keys: &'a [u64],
    nulls: Option<&'a NullBuffer>,
    null: &'static [u8],
) -> Write<'a> {
    let mut write = number_writer(number);
    match nulls {
        None => Box::new(move |out, row| write(out, keys[row])),
        Some(nulls) => Box::new(move |out, row| {
            if nulls.is_valid(row) {
                write(out, keys[row]);
            } else {
                out.extend_from_slice(null);
            }
        }),
    }
}

/// A writer of an array's values; `null` is NULL's text.
///
/// # Errors
/// A type that has no text form here.
pub fn array<'a>(
    values: &'a ArrayRef,
    formulas: Formulas,
    null: &'static [u8],
) -> Result<Write<'a>> {
    let mut write = present(values, formulas).ok_or_else(|| {
        Error::new(
            Kind::Internal,
            "a column has a type that CSV has no form for",
        )
    })?;
    Ok(Box::new(move |out, row| {
        if values.is_valid(row) {
            write(out, row);
        } else {
            out.extend_from_slice(null);
        }
    }))
}

/// A writer of those values that are not NULL.
fn present(values: &ArrayRef, formulas: Formulas) -> Option<Write<'_>> {
    Some(match values.data_type() {
        DataType::Utf8 => {
            let values = values.as_string_opt::<i32>()?;
            Box::new(move |out, row| text(out, values.value(row), formulas))
        }
        DataType::Boolean => {
            let values = values.as_boolean_opt()?;
            Box::new(move |out, row| {
                out.extend_from_slice(if values.value(row) { b"true" } else { b"false" });
            })
        }
        DataType::Decimal128(_, scale) => {
            let (values, scale) = (values.as_primitive_opt::<Decimal128Type>()?, *scale);
            Box::new(move |out, row| unscaled(out, values.value(row), scale))
        }
        // Those that hold a NaN come as arrays.
        DataType::Float32 => {
            let values = values.as_primitive_opt::<Float32Type>()?;
            Box::new(|out, row| float(out, values.value(row)))
        }
        DataType::Float64 => {
            let values = values.as_primitive_opt::<Float64Type>()?;
            Box::new(|out, row| double(out, values.value(row)))
        }
        _ => return None,
    })
}

/// Text as a field: quoted where a reader would otherwise see something else, NULL included.
pub fn text(out: &mut Vec<u8>, value: &str, formulas: Formulas) {
    let bytes = value.as_bytes();
    let formula = formulas == Formulas::Escape
        && matches!(
            bytes.first(),
            Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
        );
    let special = |byte: &u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    // A leading mark would be taken for the file's own by some readers.
    let quote = bytes.is_empty() || bytes.iter().any(special) || bytes.starts_with(b"\xef\xbb\xbf");
    if !quote && !formula {
        out.extend_from_slice(bytes);
        return;
    }
    if quote {
        out.push(b'"');
    }
    if formula {
        out.push(b'\'');
    }
    for &byte in bytes {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    if quote {
        out.push(b'"');
    }
}
