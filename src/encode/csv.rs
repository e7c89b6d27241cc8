//! Columns of blocks → CSV: RFC 4180 with a header, LF, UTF-8 without a byte order mark.
//!
//! Every value reads back to itself: NULL is an empty field, the empty string is quoted, numbers have their shortest
//! exact form, timestamps are ISO 8601 with as many digits as they need.
//!
//! Fast because what repeats is written once per distinct value of a block, with its quotes and comma, be it text or
//! number: a cell is then a copy of 16 bytes, and no call.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, Decimal128Array, PrimitiveArray,
    StringArray,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, SchemaRef, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::Formulas;
use super::format::{date, double, float, integer, timestamp, unscaled};
use super::numbers::{Numbers, Physical, SIGN, largest, to_float};
use crate::error::{Error, Kind, Result};

/// Rows that are formatted by one task.
pub const SLICE_ROWS: usize = 8192;

/// So many bytes are copied at once, whatever a text's length: a copy of a known length is no call.
const SHORT: usize = 16;

/// A column of a block, ready to be written row by row.
pub enum CsvColumn {
    /// Few distinct values, by code.
    Coded {
        /// The values as they stand in the file, each with its comma, and `SHORT` bytes behind them.
        cells: Vec<u8>,
        /// Where each begins, and where the last ends.
        starts: Vec<u32>,
        /// The rows' codes.
        codes: Vec<u32>,
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
    if let Some(dictionary) = values.as_dictionary_opt::<UInt32Type>() {
        let texts = dictionary
            .values()
            .as_string_opt::<i32>()
            .ok_or_else(misfit)?;
        let distinct = texts.iter().map(Option::unwrap_or_default);
        let (cells, starts) = cells(distinct, |out, value| text(out, value, formulas))?;
        let keys = dictionary.keys();
        let codes = expand(keys.values().iter().copied(), keys.nulls(), &starts);
        return Ok(CsvColumn::Coded {
            cells,
            starts,
            codes,
        });
    }
    if *values.data_type() == DataType::Utf8 {
        return Ok(CsvColumn::Text(
            values.as_string_opt::<i32>().ok_or_else(misfit)?.clone(),
        ));
    }
    if let Some(numbers) = Numbers::of(values)
        && let Some((distinct, codes)) = numbers.dictionary()
        && distinct.len() * WORTH <= values.len()
    {
        let is_date = *values.data_type() == DataType::Date32;
        let (cells, starts) = cells(distinct, |out, key| {
            number(out, key, numbers.physical, is_date)
        })?;
        let codes = match values.nulls() {
            None => codes,
            Some(nulls) => {
                let mut codes = codes.into_iter();
                let all = nulls
                    .iter()
                    .map(|valid| if valid { codes.next() } else { None });
                let all: Vec<u32> = all.map(Option::unwrap_or_default).collect();
                expand(all.into_iter(), Some(nulls), &starts)
            }
        };
        return Ok(CsvColumn::Coded {
            cells,
            starts,
            codes,
        });
    }
    Ok(CsvColumn::Other(Arc::clone(values)))
}

/// Numbers are written once each where they occur so many times.
const WORTH: usize = 4;

/// The cells of distinct values, a cell of NULL behind them, and where each begins.
fn cells<T>(
    distinct: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) -> Result<(Vec<u8>, Vec<u32>)> {
    let mut cells = Vec::new();
    let mut starts = vec![0];
    let mut close = |cells: &mut Vec<u8>| -> Result<()> {
        cells.push(b',');
        starts.push(u32::try_from(cells.len()).map_err(|_| too_large())?);
        Ok(())
    };
    for value in distinct {
        write(&mut cells, value);
        close(&mut cells)?;
    }
    close(&mut cells)?;
    cells.extend_from_slice(&[0; SHORT]);
    Ok((cells, starts))
}

fn too_large() -> Error {
    Error::new(
        Kind::TooLarge,
        "a column of a block of rows holds over 4 GiB of distinct text; shorten it in the projection",
    )
}

/// Codes with that of NULL, the last one, where a row is NULL.
fn expand(
    codes: impl Iterator<Item = u32>,
    nulls: Option<&NullBuffer>,
    starts: &[u32],
) -> Vec<u32> {
    let Some(nulls) = nulls else {
        return codes.collect();
    };
    let null = largest(starts.len() - 1);
    let codes = codes.zip(nulls);
    codes
        .map(|(code, valid)| if valid { code } else { null })
        .collect()
}

/// A number by its key.
fn number(out: &mut Vec<u8>, key: u64, physical: Physical, is_date: bool) {
    let signed = (key ^ SIGN).cast_signed();
    match physical {
        Physical::I32 if is_date => date(out, signed),
        Physical::I32 | Physical::I64 => integer(out, signed),
        Physical::U32 | Physical::U64 => integer(out, key),
        #[expect(clippy::cast_possible_truncation, reason = "it was one")]
        Physical::F32 => float(out, to_float(key) as f32),
        Physical::F64 => double(out, to_float(key)),
    }
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
            match writer {
                Cell::Coded {
                    cells,
                    starts,
                    codes,
                } => {
                    let code = codes[row] as usize;
                    let (start, end) = (starts[code] as usize, starts[code + 1] as usize);
                    match cells[start..].first_chunk::<SHORT>() {
                        Some(chunk) if end - start <= SHORT => short(&mut out, chunk, end - start),
                        _ => out.extend_from_slice(&cells[start..end]),
                    }
                }
                Cell::Other(write) => {
                    write(&mut out, row);
                    out.push(b',');
                }
            }
        }
        // The last comma.
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

enum Cell<'a> {
    Coded {
        cells: &'a [u8],
        starts: &'a [u32],
        codes: &'a [u32],
    },
    Other(Write<'a>),
}

/// Writes the value of a row.
type Write<'a> = Box<dyn FnMut(&mut Vec<u8>, usize) + 'a>;

fn cell(column: &CsvColumn, formulas: Formulas) -> Result<Cell<'_>> {
    Ok(match column {
        CsvColumn::Coded {
            cells,
            starts,
            codes,
        } => Cell::Coded {
            cells,
            starts,
            codes,
        },
        CsvColumn::Text(values) => Cell::Other(Box::new(move |out, row| {
            if values.is_valid(row) {
                text(out, values.value(row), formulas);
            }
        })),
        CsvColumn::Other(values) => Cell::Other(other(values)?),
    })
}

/// Appends the first `len` of some bytes.
#[inline]
fn short<const N: usize>(out: &mut Vec<u8>, bytes: &[u8; N], len: usize) {
    let end = out.len() + len;
    out.extend_from_slice(bytes);
    out.truncate(end);
}

fn other(values: &ArrayRef) -> Result<Write<'_>> {
    let zone = matches!(values.data_type(), DataType::Timestamp(_, Some(_)));
    let write: Option<Write<'_>> = match values.data_type() {
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
        DataType::Float64 => primitive::<Float64Type>(values, double),
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
    write.ok_or_else(|| {
        Error::new(
            Kind::Internal,
            "a column has a type that CSV has no form for",
        )
    })
}

fn primitive<'a, T: ArrowPrimitiveType>(
    values: &'a ArrayRef,
    mut write: impl FnMut(&mut Vec<u8>, T::Native) + 'a,
) -> Option<Write<'a>> {
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

fn boolean(values: &BooleanArray) -> Write<'_> {
    Box::new(move |out, row| {
        if values.is_valid(row) {
            out.extend_from_slice(if values.value(row) { b"true" } else { b"false" });
        }
    })
}

fn decimal(values: &Decimal128Array, scale: i8) -> Write<'_> {
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
