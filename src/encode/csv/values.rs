//! Single values → the text of their cells, quoted where a reader would otherwise see something else.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Decimal128Type, Float32Type, Float64Type};
use wide::u8x16;

use super::super::Formulas;
use super::super::format::{date, double, float, integer, timestamp, unscaled};
use super::super::numbers::{Meaning, NumberType, Physical, to_float, to_signed};
use crate::csv::quotes;
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
        (Meaning::Decimal(scale), _) => {
            Box::new(move |out, key| unscaled(out, signed(key).into(), scale))
        }
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
pub fn array<'a>(values: &'a ArrayRef, null: &'static [u8]) -> Result<Write<'a>> {
    let mut write = present(values).ok_or_else(|| {
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
fn present(values: &ArrayRef) -> Option<Write<'_>> {
    Some(match values.data_type() {
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

/// Text (UTF-8) as a field: quoted where a reader would otherwise see something else, NULL included.
pub fn text(out: &mut Vec<u8>, text: &[u8], formulas: Formulas) {
    let formula = formulas == Formulas::Escape
        && matches!(
            text.first(),
            Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
        );
    let [comma, mark, line, back] = SPECIAL;
    let special = memchr::memchr3(comma, mark, line, text).or_else(|| memchr::memchr(back, text));
    let quote = text.is_empty() || special.is_some() || text.starts_with(MARK);
    if !quote && !formula {
        out.extend_from_slice(text);
        return;
    }
    if quote {
        out.push(b'"');
    }
    if formula {
        out.push(b'\'');
    }
    quotes::double(text, b'"', out);
    if quote {
        out.push(b'"');
    }
}

/// A leading byte order mark would be taken for the file's own by some readers.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A field that holds one of these is quoted.
const SPECIAL: [u8; 4] = *b",\"\n\r";

/// Whether the first `len` of these bytes, a text, stand in the file as they are. False of some that do: [`text`] tells.
#[inline]
pub fn is_plain(bytes: &[u8; 16], len: usize, formulas: Formulas) -> bool {
    let lanes = u8x16::new(*bytes);
    let is = |byte| lanes.simd_eq(u8x16::splat(byte));
    let [comma, quote, line, back] = SPECIAL;
    let special = is(comma) | is(quote) | is(line) | is(back);
    let special = special.to_bitmask() & ((1 << len) - 1);
    // Those that a spreadsheet would run are looked at one by one; a mark begins beyond ASCII, as few texts do.
    formulas == Formulas::Keep && special == 0 && len > 0 && bytes[0].is_ascii()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// By the standard library's own replacement, of texts with many quotes and with few.
        #[test]
        fn a_text_is_quoted_where_it_needs_to_be(
            value in prop_oneof!["[a\"]{0,120}", "[a-zé]{0,70}[\",\n\r]?[a-z]{0,70}", "[=\u{feff}+-][a\"]{0,3}"],
            escape: bool,
        ) {
            let formulas = if escape { Formulas::Escape } else { Formulas::Keep };
            let formula = escape && value.starts_with(['=', '+', '-', '@', '\t', '\r']);
            let mark = if formula { "'" } else { "" };
            let special = value.contains([',', '"', '\n', '\r']) || value.starts_with('\u{feff}');
            let quote = if special || value.is_empty() { "\"" } else { "" };
            let expected = format!("{quote}{mark}{}{quote}", value.replace('"', "\"\""));
            let mut out = Vec::new();
            text(&mut out, value.as_bytes(), formulas);
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
