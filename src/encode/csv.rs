//! Columns of blocks → CSV: RFC 4180 with a header, LF, UTF-8 without a byte order mark.
//!
//! Every value reads back to itself: NULL is an empty field, the empty string is quoted, numbers have their shortest
//! exact form, timestamps are ISO 8601 with as many digits as they need. Text of a dictionary is quoted once per
//! distinct value, not once per row.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, Decimal128Array, PrimitiveArray,
    StringArray, UInt32Array,
};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, SchemaRef, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::Formulas;
use super::format::{date, double, float, integer, timestamp, unscaled};
use crate::error::{Error, Kind, Result};

/// Rows that are formatted by one task.
pub const SLICE_ROWS: usize = 8192;

/// So many bytes are copied at once, whatever a text's length: a copy of a known length is no call.
const SHORT: usize = 16;

/// A column of a block, ready to be written row by row.
pub enum CsvColumn {
    /// Text with its quotes, by code.
    Quoted {
        /// The distinct texts as they stand in the file, one after the other, and `SHORT` bytes behind them.
        texts: Vec<u8>,
        /// Where each begins, and where the last ends.
        starts: Vec<usize>,
        /// The rows' codes; null for NULL.
        codes: UInt32Array,
    },
    /// Text as it comes.
    Text(StringArray),
    /// Anything else.
    Other(ArrayRef),
}

/// The header line.
pub fn header(schema: &SchemaRef) -> Vec<u8> {
    let mut line = Vec::new();
    for (at, field) in schema.fields().iter().enumerate() {
        if at > 0 {
            line.push(b',');
        }
        // A lone empty name would be an empty line.
        text(&mut line, field.name(), Formulas::Keep);
    }
    line.push(b'\n');
    line
}

/// Prepares a gathered column.
pub fn prepare(values: &ArrayRef, formulas: Formulas) -> Result<CsvColumn> {
    let misfit = || Error::new(Kind::Internal, "a column of text holds something else");
    Ok(match values.data_type() {
        DataType::Dictionary(..) => {
            let dictionary = values
                .as_dictionary_opt::<UInt32Type>()
                .ok_or_else(misfit)?;
            let distinct = dictionary
                .values()
                .as_string_opt::<i32>()
                .ok_or_else(misfit)?;
            let mut texts = Vec::new();
            let mut starts = vec![0];
            for value in distinct {
                text(&mut texts, value.unwrap_or_default(), formulas);
                starts.push(texts.len());
            }
            texts.extend_from_slice(&[0; SHORT]);
            CsvColumn::Quoted {
                texts,
                starts,
                codes: dictionary.keys().clone(),
            }
        }
        DataType::Utf8 => {
            CsvColumn::Text(values.as_string_opt::<i32>().ok_or_else(misfit)?.clone())
        }
        _ => CsvColumn::Other(Arc::clone(values)),
    })
}

/// Writes rows `start..end` of a block's columns.
///
/// # Errors
/// A type that has no text form here.
pub fn rows(
    columns: &[&CsvColumn],
    start: usize,
    end: usize,
    formulas: Formulas,
) -> Result<Vec<u8>> {
    let mut writers = columns
        .iter()
        .map(|column| cell(column, formulas))
        .collect::<Result<Vec<_>>>()?;
    let mut out = Vec::with_capacity((end - start) * columns.len() * 8);
    // A record of one empty field would be an empty line, which readers skip.
    let single = columns.len() == 1;
    for row in start..end {
        let begin = out.len();
        for writer in &mut writers {
            writer(&mut out, row);
            out.push(b',');
        }
        out.pop();
        if single && out.len() == begin && !writers.is_empty() {
            out.extend_from_slice(NULL_ALONE);
        }
        out.push(b'\n');
    }
    Ok(out)
}

/// How NULL is written where it is the only field of its record.
const NULL_ALONE: &[u8] = b"\"\"";

type Cell<'a> = Box<dyn FnMut(&mut Vec<u8>, usize) + 'a>;

fn cell(column: &CsvColumn, formulas: Formulas) -> Result<Cell<'_>> {
    Ok(match column {
        CsvColumn::Quoted {
            texts,
            starts,
            codes,
        } => Box::new(move |out, row| {
            if codes.is_valid(row) {
                let code = codes.value(row) as usize;
                let (start, end) = (starts[code], starts[code + 1]);
                match texts[start..].first_chunk::<SHORT>() {
                    Some(chunk) if end - start <= SHORT => short(out, chunk, end - start),
                    _ => out.extend_from_slice(&texts[start..end]),
                }
            }
        }),
        CsvColumn::Text(values) => Box::new(move |out, row| {
            if values.is_valid(row) {
                text(out, values.value(row), formulas);
            }
        }),
        CsvColumn::Other(values) => other(values)?,
    })
}

/// Appends the first `len` of some bytes.
#[inline]
fn short<const N: usize>(out: &mut Vec<u8>, bytes: &[u8; N], len: usize) {
    let end = out.len() + len;
    out.extend_from_slice(bytes);
    out.truncate(end);
}

fn other(values: &ArrayRef) -> Result<Cell<'_>> {
    let zone = matches!(values.data_type(), DataType::Timestamp(_, Some(_)));
    let cell: Option<Cell<'_>> = match values.data_type() {
        DataType::Boolean => values.as_boolean_opt().map(boolean),
        DataType::Int8 => primitive::<Int8Type>(values, integer),
        DataType::Int16 => primitive::<Int16Type>(values, integer),
        DataType::Int32 => primitive::<Int32Type>(values, integer),
        DataType::Int64 => primitive::<Int64Type>(values, integer),
        DataType::UInt8 => primitive::<UInt8Type>(values, integer),
        DataType::UInt16 => primitive::<UInt16Type>(values, integer),
        DataType::UInt32 => primitive::<UInt32Type>(values, integer),
        DataType::UInt64 => primitive::<UInt64Type>(values, integer),
        DataType::Float32 => primitive::<Float32Type>(values, float),
        DataType::Float64 => primitive::<Float64Type>(values, double()),
        DataType::Decimal128(_, scale) => {
            let scale = *scale;
            values
                .as_primitive_opt::<Decimal128Type>()
                .map(|values| decimal(values, scale))
        }
        DataType::Date32 => primitive::<Date32Type>(values, |out, days| date(out, i64::from(days))),
        DataType::Timestamp(TimeUnit::Second, _) => {
            primitive::<TimestampSecondType>(values, move |out, value| {
                timestamp(out, value, 0, zone);
            })
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            primitive::<TimestampMillisecondType>(values, move |out, value| {
                timestamp(out, value, 3, zone);
            })
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            primitive::<TimestampMicrosecondType>(values, move |out, value| {
                timestamp(out, value, 6, zone);
            })
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            primitive::<TimestampNanosecondType>(values, move |out, value| {
                timestamp(out, value, 9, zone);
            })
        }
        _ => None,
    };
    cell.ok_or_else(|| {
        Error::new(
            Kind::Internal,
            "a column has a type that CSV has no form for",
        )
    })
}

fn primitive<'a, T: ArrowPrimitiveType>(
    values: &'a ArrayRef,
    mut write: impl FnMut(&mut Vec<u8>, T::Native) + 'a,
) -> Option<Cell<'a>> {
    let values: &'a PrimitiveArray<T> = values.as_primitive_opt::<T>()?;
    Some(if values.null_count() == 0 {
        Box::new(move |out, row| write(out, values.value(row)))
    } else {
        Box::new(move |out, row| {
            if values.is_valid(row) {
                write(out, values.value(row));
            }
        })
    })
}

fn boolean(values: &BooleanArray) -> Cell<'_> {
    Box::new(move |out, row| {
        if values.is_valid(row) {
            out.extend_from_slice(if values.value(row) { b"true" } else { b"false" });
        }
    })
}

fn decimal(values: &Decimal128Array, scale: i8) -> Cell<'_> {
    Box::new(move |out, row| {
        if values.is_valid(row) {
            unscaled(out, values.value(row), scale);
        }
    })
}

/// Text as a field: quoted where a reader would otherwise see something else, NULL included.
fn text(out: &mut Vec<u8>, value: &str, formulas: Formulas) {
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
