//! Columns of blocks → CSV: RFC 4180 with a header, LF, UTF-8 without a byte order mark.
//!
//! Every value reads back to itself: NULL is an empty field, the empty string is quoted, numbers have their shortest
//! exact form, timestamps are ISO 8601 with as many digits as they need. Text of a dictionary is quoted once per
//! distinct value, not once per row.

use std::io::Write as _;
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
        DataType::Date32 => primitive::<Date32Type>(values, |out, days| match short_date(days) {
            Some(text) => out.extend_from_slice(&text),
            None => long_date(out, i64::from(days)),
        }),
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

fn integer(out: &mut Vec<u8>, value: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

fn float(out: &mut Vec<u8>, value: f32) {
    if value.is_finite() {
        out.extend_from_slice(ryu::Buffer::new().format_finite(value).as_bytes());
    } else {
        out.extend_from_slice(non_finite(value.is_nan(), value > 0.0));
    }
}

fn non_finite(nan: bool, positive: bool) -> &'static [u8] {
    match (nan, positive) {
        (true, _) => b"NaN",
        (false, true) => b"inf",
        (false, false) => b"-inf",
    }
}

/// Doubles with few decimal places, as most data has them, are written as integers with a point; the rest by Ryū.
#[expect(
    clippy::float_cmp,
    reason = "equality is what makes the short form exact"
)]
fn double() -> impl FnMut(&mut Vec<u8>, f64) {
    |out, value| {
        if !value.is_finite() {
            out.extend_from_slice(non_finite(value.is_nan(), value > 0.0));
            return;
        }
        let tenths = value * 10.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "saturates, and is compared with what it came from"
        )]
        let (whole, back) = (tenths as i64, tenths as i64 as f64);
        // Exact: below 2^53 / 10, n / 10 is the double nearest to the decimal n.n, and only one n gives it.
        if tenths.abs() < 1e15 && back == tenths && tenths / 10.0 == value && value != 0.0 {
            if whole < 0 {
                out.push(b'-');
            }
            integer(out, whole.unsigned_abs() / 10);
            out.extend_from_slice(&[b'.', b'0' + (whole.unsigned_abs() % 10) as u8]);
            return;
        }
        out.extend_from_slice(ryu::Buffer::new().format_finite(value).as_bytes());
    }
}

fn unscaled(out: &mut Vec<u8>, value: i128, scale: i8) {
    if value < 0 {
        out.push(b'-');
    }
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value.unsigned_abs());
    let scale = usize::try_from(scale).unwrap_or(0);
    if scale == 0 {
        out.extend_from_slice(digits.as_bytes());
        return;
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    out.extend_from_slice(whole.as_bytes());
    out.push(b'.');
    out.extend_from_slice(fraction.as_bytes());
}

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i32 = 719_468;

/// `YYYY-MM-DD` of days since 1970-01-01, in the proleptic Gregorian calendar (Hinnant's algorithm: years begin in
/// March). None outside the years 0000-03-01 to 9999-12-31.
#[inline]
fn short_date(days: i32) -> Option<[u8; 10]> {
    let days = u32::try_from(days.checked_add(EPOCH)?).ok()?;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u32::from(month <= 2);
    if year > 9999 {
        return None;
    }
    let mut text = *b"0000-00-00";
    text[..2].copy_from_slice(&pair(year / 100));
    text[2..4].copy_from_slice(&pair(year % 100));
    text[5..7].copy_from_slice(&pair(month));
    text[8..].copy_from_slice(&pair(day));
    Some(text)
}

/// The two digits of a number below 100.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "two digits")]
fn pair(value: u32) -> [u8; 2] {
    [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8]
}

/// A date of any year: beyond four digits, in ISO 8601's expanded form.
fn long_date(out: &mut Vec<u8>, days: i64) {
    // Four hundred years have as many days as any other four hundred.
    let era = days.div_euclid(146_097);
    let of_era = i32::try_from(days.rem_euclid(146_097)).unwrap_or(0);
    let Some(date) = short_date(of_era) else {
        return;
    };
    let of_era = date[..4]
        .iter()
        .fold(0, |year, digit| year * 10 + i64::from(digit - b'0'));
    let year = of_era + era * 400;
    // A vector takes any write.
    let _ = if (0..=9999).contains(&year) {
        write!(out, "{year:04}")
    } else {
        write!(out, "{year:+05}")
    };
    out.extend_from_slice(&date[4..]);
}

/// `YYYY-MM-DD HH:MM:SS`, a fraction of `digits` digits if it is not zero, and `Z` for an instant.
fn timestamp(out: &mut Vec<u8>, value: i64, digits: u32, zone: bool) {
    let unit = 10i64.pow(digits);
    let seconds = value.div_euclid(unit);
    let days = seconds.div_euclid(86_400);
    match i32::try_from(days).ok().and_then(short_date) {
        Some(date) => out.extend_from_slice(&date),
        None => long_date(out, days),
    }
    let of_day = u32::try_from(seconds.rem_euclid(86_400)).unwrap_or(0);
    let mut time = *b" 00:00:00";
    time[1..3].copy_from_slice(&pair(of_day / 3600));
    time[4..6].copy_from_slice(&pair(of_day / 60 % 60));
    time[7..].copy_from_slice(&pair(of_day % 60));
    out.extend_from_slice(&time);
    let fraction = value.rem_euclid(unit);
    if fraction != 0 {
        let _ = write!(out, ".{fraction:0width$}", width = digits as usize);
    }
    if zone {
        out.push(b'Z');
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Datelike, NaiveDate};

    use super::*;

    /// By chrono: every day of some eras, and the ends of what 32 bits hold.
    #[test]
    fn dates_are_those_of_the_calendar() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)
            .unwrap()
            .num_days_from_ce();
        let far = [i32::MIN, i32::MIN / 32, i32::MAX / 32, i32::MAX];
        for days in (-800_000..3_200_000).step_by(7).chain(-800..800).chain(far) {
            let mut out = Vec::new();
            match short_date(days) {
                Some(text) => out.extend_from_slice(&text),
                None => long_date(&mut out, i64::from(days)),
            }
            let Some(date) = days
                .checked_add(epoch)
                .and_then(NaiveDate::from_num_days_from_ce_opt)
            else {
                // By java.time, whose LocalDate goes that far.
                let ends = [&b"-5877641-06-23"[..], b"+5881580-07-11"];
                assert!(ends.contains(&out.as_slice()), "{days}");
                continue;
            };
            assert_eq!(String::from_utf8(out).unwrap(), date.to_string(), "{days}");
        }
    }

    #[test]
    fn timestamps_are_those_of_the_calendar() {
        for value in [
            0,
            -1,
            1,
            1_700_000_000_000_000,
            -62_135_596_800_000_001,
            253_402_300_800_000_000,
        ] {
            let mut out = Vec::new();
            timestamp(&mut out, value, 6, true);
            let moment = DateTime::from_timestamp_micros(value).unwrap();
            let expected = match moment.timestamp_subsec_micros() {
                0 => moment.format("%Y-%m-%d %H:%M:%SZ").to_string(),
                _ => moment.format("%Y-%m-%d %H:%M:%S%.6fZ").to_string(),
            };
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{value}");
        }
    }
}
