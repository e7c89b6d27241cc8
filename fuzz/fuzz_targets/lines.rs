//! Columns of every type with NULLs, in any order, gathered, through the CSV encoder, and back through `plain.rs` and the csv crate: NULL stays
//! NULL, text stays as it is, and every other value reads back as itself by the standard library and chrono.

#![no_main]

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float32Type, Float64Type, Int64Type, UInt64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{DateTime, NaiveDate};
use libfuzzer_sys::fuzz_target;
use veilpoint::csv::Syntax;
use veilpoint::encode::Formulas;
use veilpoint::encode::csv::{CsvColumn, Style, prepare, rows as lines};
use veilpoint::encode::gather::gather;
use veilpoint_fuzz::Choices;
use veilpoint_fuzz::columns::{block, column, in_order, order, rows};
use veilpoint_fuzz::plain::{self, Field};

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices::new(input);
    let formulas = choices.one(&[Formulas::Keep, Formulas::Escape]);
    let cut = choices.byte();
    let rows = rows(&mut choices);
    if rows == 0 {
        return;
    }
    let order = order(rows, &mut choices);
    let mut given = Vec::new();
    while given.len() < 4 && (given.is_empty() || !choices.is_empty()) {
        given.push(column(&mut choices, rows));
    }
    let block = block(&given, rows, &mut Choices::new(&[cut]));
    let columns = given.iter().enumerate().map(|(at, column)| {
        let values = gather(&block, at, column.array.data_type(), order.as_deref()).unwrap();
        prepare(values, Style::of(at, given.len()), formulas)
    });
    let columns: Vec<CsvColumn> = columns.collect();
    let columns: Vec<&CsvColumn> = columns.iter().collect();
    let text = lines(&columns, 0, rows, formulas).unwrap();
    let cut = usize::from(cut).min(rows);
    let mut parts = lines(&columns, 0, cut, formulas).unwrap();
    parts.extend(lines(&columns, cut, rows, formulas).unwrap());
    assert!(parts == text, "where lines are cut matters");

    let syntax = Syntax {
        delimiter: b',',
        quote: Some(b'"'),
        escape: None,
        comment: None,
        newline: b'\n',
        strip_cr: true,
        other: Some(b'\r'),
    };
    let records = plain::records(&text, &syntax, given.len(), false).unwrap();
    let records = records.records;
    assert_eq!(records.len(), rows);
    by_csv_crate(&text, &records);
    for (at, column) in given.iter().enumerate() {
        let fields: Vec<&Field> = records.iter().map(|record| &record[at]).collect();
        let array = in_order(&column.array, order.as_deref());
        check(&array, &fields, formulas, given.len() == 1);
    }
});

/// Both readings see the same cells.
fn by_csv_crate(text: &[u8], records: &[Vec<Field>]) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text);
    let mut found = reader.byte_records();
    for record in records {
        let found = found.next().expect("a record").expect("of the same width");
        assert!(
            found
                .iter()
                .eq(record.iter().map(|(text, _)| text.as_slice()))
        );
    }
    assert!(found.next().is_none());
}

/// Every field says what its row holds. NULL is an empty field, quoted where it is alone in its record.
fn check(array: &ArrayRef, fields: &[&Field], formulas: Formulas, alone: bool) {
    for (row, (text, quoted)) in fields.iter().enumerate() {
        let text = std::str::from_utf8(text).expect("UTF-8");
        if array.is_null(row) {
            assert_eq!((text, *quoted), ("", alone), "row {row}");
        } else {
            assert!(*quoted || !text.is_empty(), "row {row} reads as NULL");
            same_value(array, row, text, formulas);
        }
    }
}

fn same_value(array: &ArrayRef, row: usize, text: &str, formulas: Formulas) {
    match array.data_type() {
        DataType::Utf8 => {
            let value = array.as_string::<i32>().value(row);
            let runs =
                formulas == Formulas::Escape && value.starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert_eq!(
                text.strip_prefix('\'').filter(|_| runs).unwrap_or(text),
                value
            );
            assert_eq!(runs, text.len() > value.len());
        }
        DataType::Float32 => {
            let value = array.as_primitive::<Float32Type>().value(row);
            let read: f32 = text.parse().unwrap();
            assert!(
                read.to_bits() == value.to_bits() || read.is_nan() && value.is_nan(),
                "{text} {value:e}"
            );
        }
        DataType::Float64 => {
            let value = array.as_primitive::<Float64Type>().value(row);
            let read: f64 = text.parse().unwrap();
            assert!(
                read.to_bits() == value.to_bits() || read.is_nan() && value.is_nan(),
                "{text} {value:e}"
            );
        }
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().value(row);
            let days = days.checked_add(719_163);
            if let Some(date) = days.and_then(NaiveDate::from_num_days_from_ce_opt) {
                assert_eq!(text, date.to_string());
            }
        }
        DataType::Timestamp(unit, zone) => {
            use arrow::datatypes::TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
            let plain = cast(array, &DataType::Int64).unwrap();
            let value = plain.as_primitive::<Int64Type>().value(row);
            let (moment, fraction) = match unit {
                Second => (DateTime::from_timestamp(value, 0), ""),
                Millisecond => (DateTime::from_timestamp_millis(value), "%.3f"),
                Microsecond => (DateTime::from_timestamp_micros(value), "%.6f"),
                Nanosecond => (Some(DateTime::from_timestamp_nanos(value)), "%.9f"),
            };
            let Some(moment) = moment else { return };
            let fraction = if moment.timestamp_subsec_nanos() == 0 {
                ""
            } else {
                fraction
            };
            let zone = if zone.is_some() { "Z" } else { "" };
            let form = format!(" %H:%M:%S{fraction}{zone}");
            assert_eq!(
                text,
                format!("{}{}", moment.date_naive(), moment.format(&form))
            );
        }
        DataType::UInt64 => {
            assert_eq!(
                text,
                array.as_primitive::<UInt64Type>().value(row).to_string()
            );
        }
        // Whole numbers, truth values, decimals.
        _ => {
            let formatter = ArrayFormatter::try_new(array, &FormatOptions::default()).unwrap();
            assert_eq!(text, formatter.value(row).to_string());
        }
    }
}
