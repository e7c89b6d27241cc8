//! SQL types of a contract → [`ColumnType`].

use sqlparser::ast::{CharacterLength, DataType, ExactNumberInfo, TimezoneInfo};

use super::ColumnType;

/// The column type of an SQL type; the error names the types there are.
pub(super) fn column_type(sql: &DataType) -> Result<ColumnType, String> {
    let data_type = match sql {
        DataType::Varchar(length)
        | DataType::Nvarchar(length)
        | DataType::Char(length)
        | DataType::Character(length)
        | DataType::CharVarying(length)
        | DataType::CharacterVarying(length) => ColumnType::Text(text_length(length.as_ref())?),
        DataType::Text | DataType::String(None) => ColumnType::Text(None),
        DataType::SmallInt(None) | DataType::Int2(None) => ColumnType::Int16,
        DataType::Int(None) | DataType::Integer(None) | DataType::Int4(None) => ColumnType::Int32,
        DataType::BigInt(None) | DataType::Int8(None) => ColumnType::Int64,
        DataType::Real | DataType::Float4 => ColumnType::Float32,
        DataType::Double(ExactNumberInfo::None)
        | DataType::DoublePrecision
        | DataType::Float8
        | DataType::Float(ExactNumberInfo::None) => ColumnType::Float64,
        DataType::Float(ExactNumberInfo::Precision(bits)) => float(*bits)?,
        DataType::Decimal(info) | DataType::Numeric(info) | DataType::Dec(info) => decimal(*info)?,
        DataType::Boolean | DataType::Bool => ColumnType::Boolean,
        DataType::Date => ColumnType::Date,
        DataType::Timestamp(precision, zone) => timestamp(*precision, *zone)?,
        _ => return Err(format!("the type {sql} is none of a contract's: {TYPES}")),
    };
    Ok(data_type)
}

/// What a contract may say.
const TYPES: &str = "use VARCHAR, SMALLINT, INT, BIGINT, REAL, DOUBLE, DECIMAL(p, s), BOOLEAN, DATE, TIMESTAMP or \
                     TIMESTAMP WITH TIME ZONE";

fn text_length(length: Option<&CharacterLength>) -> Result<Option<u32>, String> {
    match length {
        None => Ok(None),
        Some(CharacterLength::IntegerLength { length, unit: None }) => u32::try_from(*length)
            .ok()
            .filter(|length| *length > 0)
            .map(Some)
            .ok_or_else(|| "the length of a text is 1 to 4294967295 characters".into()),
        Some(_) => Err("the length of a text is a number of characters, without a unit".into()),
    }
}

/// SQL's FLOAT(p): p binary digits, single up to 24, double up to 53.
fn float(bits: u64) -> Result<ColumnType, String> {
    match bits {
        1..=24 => Ok(ColumnType::Float32),
        25..=53 => Ok(ColumnType::Float64),
        _ => Err("FLOAT takes 1 to 53 binary digits: use REAL or DOUBLE".into()),
    }
}

fn decimal(info: ExactNumberInfo) -> Result<ColumnType, String> {
    let (precision, scale) = match info {
        ExactNumberInfo::None => return Err("DECIMAL needs its digits: write DECIMAL(p, s)".into()),
        ExactNumberInfo::Precision(precision) => (precision, 0),
        ExactNumberInfo::PrecisionAndScale(precision, scale) => (precision, scale),
    };
    let digits = u8::try_from(precision)
        .ok()
        .filter(|p| (1..=38).contains(p));
    let scale = i8::try_from(scale).ok().filter(|s| *s >= 0);
    match (digits, scale) {
        (Some(digits), Some(scale)) if i16::from(scale) <= i16::from(digits) => {
            Ok(ColumnType::Decimal(digits, scale))
        }
        _ => Err("DECIMAL(p, s) takes p from 1 to 38 and s from 0 to p".into()),
    }
}

fn timestamp(precision: Option<u64>, zone: TimezoneInfo) -> Result<ColumnType, String> {
    if precision.is_some_and(|digits| digits != 6) {
        return Err("a TIMESTAMP is in microseconds: write it without digits, or with 6".into());
    }
    Ok(match zone {
        TimezoneInfo::None | TimezoneInfo::WithoutTimeZone => ColumnType::Timestamp,
        TimezoneInfo::WithTimeZone | TimezoneInfo::Tz => ColumnType::TimestampTz,
    })
}
