//! Single values → the text of their cells, quoted where a reader would otherwise see something else.

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, Decimal128Array, PrimitiveArray,
};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::super::Formulas;
use super::super::format::{date, double, float, integer, timestamp, unscaled};
use super::super::numbers::{Physical, SIGN, to_float};
use crate::error::{Error, Kind, Result};

/// Writes the value of a row.
pub type Write<'a> = Box<dyn FnMut(&mut Vec<u8>, usize) + 'a>;

/// A number by its key.
pub fn number(out: &mut Vec<u8>, key: u64, physical: Physical, is_date: bool) {
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

/// A writer of the column's values.
///
/// # Errors
/// A type that has no text form here.
pub fn other(values: &ArrayRef) -> Result<Write<'_>> {
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
            primitive::<TimestampSecondType>(values, timestamp(0, zone))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            primitive::<TimestampMillisecondType>(values, timestamp(3, zone))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            primitive::<TimestampMicrosecondType>(values, timestamp(6, zone))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            primitive::<TimestampNanosecondType>(values, timestamp(9, zone))
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
