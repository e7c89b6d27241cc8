//! A column type and a text in each row: decoders against `naive.rs`.
//!
//! An input is six bytes that choose type, dialect and the way of reading, and a value in each line behind them.

#![no_main]

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType,
};
use libfuzzer_sys::fuzz_target;
use veilpoint::csv::BLOCK;
use veilpoint::dataset::contract::{BadRows, ColumnType, Contract};
use veilpoint::error::Kind;
use veilpoint_fuzz::Choices;
use veilpoint_fuzz::naive::{DATE_FORMATS, Value, value};
use veilpoint_fuzz::object::{contract, read};

const TYPES: [ColumnType; 15] = [
    ColumnType::Text(None),
    ColumnType::Text(Some(3)),
    ColumnType::Int16,
    ColumnType::Int32,
    ColumnType::Int64,
    ColumnType::Float32,
    ColumnType::Float64,
    ColumnType::Decimal(5, 2),
    ColumnType::Decimal(38, 0),
    ColumnType::Decimal(38, 38),
    ColumnType::Decimal(18, 6),
    ColumnType::Boolean,
    ColumnType::Date,
    ColumnType::Timestamp,
    ColumnType::TimestampTz,
];

/// A row: its value, or none for NULL; or why it is wrong.
type Row = Result<Option<Value>, Kind>;

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices::new(input);
    let data_type = choices.one(&TYPES);
    let nullable = choices.one(&[true, false]);
    let mut contract = contract(&[data_type, ColumnType::Text(None)], nullable);
    contract.dialect.decimal = choices.one(b".,");
    let format = choices.one(&[None, Some(DATE_FORMATS[0]), Some(DATE_FORMATS[1])]);
    contract.dialect.date_format = format.map(str::to_owned);
    let quoted = choices.one(&[false, true]);
    let block = choices.one(&[BLOCK, 1, 100]);
    let Ok(text) = std::str::from_utf8(choices.rest()) else {
        return;
    };
    if text.contains('\0') {
        return;
    }
    let cells: Vec<&str> = text.split('\n').collect();
    let rows: Vec<Row> = cells
        .iter()
        .map(|cell| row(cell, quoted, &contract))
        .collect();
    let object = object(&cells, quoted);

    let read_all = read(object.as_bytes(), &contract, block, BLOCK);
    match rows.iter().position(Result::is_err) {
        None => assert_eq!(values(&read_all.unwrap().columns[0]), right(&rows)),
        Some(first) => {
            let fault = read_all.unwrap_err();
            assert_eq!(
                (fault.record, fault.field),
                (first as u64, Some(0)),
                "{data_type:?}"
            );
            assert_eq!(Err(fault.kind), rows[first]);
        }
    }
    contract.bad_rows = BadRows::Drop;
    let kept = read(object.as_bytes(), &contract, block, BLOCK).unwrap();
    assert_eq!(values(&kept.columns[0]), right(&rows));
    assert_eq!(
        kept.dropped,
        rows.iter().filter(|row| row.is_err()).count() as u64
    );
});

/// The rows that are not wrong.
fn right(rows: &[Row]) -> Vec<Option<Value>> {
    rows.iter().filter_map(|row| row.clone().ok()).collect()
}

fn is_quoted(cell: &str, quoted: bool) -> bool {
    quoted || cell.contains([',', '"', '\r'])
}

/// An object of these cells, each in a row with one more field, so that no line is blank.
fn object(cells: &[&str], quoted: bool) -> String {
    let mut object = "c0,c1\n".to_owned();
    for cell in cells {
        if is_quoted(cell, quoted) {
            object += "\"";
            object += &cell.replace('"', "\"\"");
            object += "\"";
        } else {
            object += cell;
        }
        object += ",-\n";
    }
    object
}

/// Empty is NULL, and so is quoted empty, except as text.
fn row(cell: &str, quoted: bool, contract: &Contract) -> Row {
    let column = &contract.columns[0];
    let is_text = matches!(column.data_type, ColumnType::Text(_));
    if cell.is_empty() && !(is_text && is_quoted(cell, quoted)) {
        return if column.nullable {
            Ok(None)
        } else {
            Err(Kind::Null)
        };
    }
    let value = value(cell, column.data_type, &contract.dialect);
    value.map(Some).ok_or(Kind::Value)
}

/// What an array holds.
fn values(array: &ArrayRef) -> Vec<Option<Value>> {
    macro_rules! of {
        ($type:ty, $map:expr) => {
            array
                .as_primitive::<$type>()
                .iter()
                .map(|value| value.map($map))
                .collect()
        };
    }
    match array.data_type() {
        DataType::Int16 => of!(Int16Type, |v| Value::Whole(v.into())),
        DataType::Int32 => of!(Int32Type, |v| Value::Whole(v.into())),
        DataType::Int64 => of!(Int64Type, |v| Value::Whole(v.into())),
        DataType::Float32 => of!(Float32Type, |v| Value::Single(v.to_bits())),
        DataType::Float64 => of!(Float64Type, |v| Value::Double(v.to_bits())),
        DataType::Decimal128(..) => of!(Decimal128Type, Value::Whole),
        DataType::Date32 => of!(Date32Type, |v| Value::Whole(v.into())),
        DataType::Timestamp(..) => of!(TimestampMicrosecondType, |v| Value::Whole(v.into())),
        DataType::Boolean => {
            let values = array.as_boolean().iter();
            values.map(|value| value.map(Value::Truth)).collect()
        }
        DataType::Utf8 => {
            let values = array.as_string::<i32>().iter();
            values
                .map(|value| value.map(|text| Value::Text(text.to_owned())))
                .collect()
        }
        other => panic!("no column has the type {other}"),
    }
}
