//! Any text of typed columns through the whole pipeline: its Parquet release and its CSV release hold the rows that the
//! reader alone sees, by the parquet crate's reader and `plain.rs`, and have the same bytes from one thread and from
//! three; or both are refused, for the same reason.
//!
//! An input is two bytes that choose columns and repetition, and the text behind its header.

#![no_main]

use std::io::Cursor;
use std::sync::LazyLock;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::concat_batches;
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use veilpoint::csv::{BLOCK, Syntax};
use veilpoint::dataset::contract::{ColumnType, Contract};
use veilpoint::dataset::projection::Projection;
use veilpoint::error::Kind;
use veilpoint::functions::Context;
use veilpoint::release::{Control, Job, Options, run};
use veilpoint::request::Format;
use veilpoint_fuzz::Choices;
use veilpoint_fuzz::object::{contract, read};
use veilpoint_fuzz::plain;

/// Columns, each set with one of text, and the projection that keeps them as they are.
static KINDS: LazyLock<Vec<(Contract, Projection)>> = LazyLock::new(|| {
    let text = ColumnType::Text(None);
    let kinds = [
        [text, text, text],
        [text, ColumnType::Int32, ColumnType::Date],
        [ColumnType::Float64, text, ColumnType::Boolean],
        [ColumnType::Decimal(9, 2), ColumnType::Timestamp, text],
    ];
    let select = "-- order: kept\nSELECT c0, c1, c2 FROM fuzz";
    let kind = |types: [ColumnType; 3]| {
        let contract = contract(&types, true);
        let projection = Projection::parse(&contract, "fuzz/all", "all.sql", select);
        (contract, projection.expect("a projection"))
    };
    kinds.map(kind).into()
});

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices::new(input);
    let (contract, projection) = &KINDS[usize::from(choices.byte()) % KINDS.len()];
    // Many times makes several blocks of the reader, and dictionaries that no longer pay.
    let times = choices.one(&[1, 1, 1, 1, 1, 1, 1, 20, 20, 1000]);
    let text = [b"c0,c1,c2\n", choices.rest().repeat(times).as_slice()].concat();

    let expected = read(&text, contract, BLOCK, BLOCK);
    let release = |format, threads| released(contract, projection, &text, format, threads);
    let parquet = release(Format::Parquet, 1);
    let csv = release(Format::Csv, 1);
    assert!(
        parquet == release(Format::Parquet, 3),
        "threads reach the bytes"
    );
    assert!(csv == release(Format::Csv, 3), "threads reach the bytes");
    match expected {
        Ok(rows) if rows.records > 0 => {
            let parquet = parquet.expect("what reads is released");
            let csv = csv.expect("what reads is released");
            same_columns(&parquet, &rows.columns);
            same_texts(&csv, &rows.columns);
        }
        Ok(_) => assert_eq!((parquet, csv), (Err(Kind::Empty), Err(Kind::Empty))),
        Err(fault) => assert_eq!((parquet, csv), (Err(fault.kind), Err(fault.kind))),
    }
});

fn released(
    contract: &Contract,
    projection: &Projection,
    text: &[u8],
    format: Format,
    threads: usize,
) -> Result<Vec<u8>, Kind> {
    let as_of = "2026-11-01".parse().expect("a date");
    let job = Job {
        contract,
        projection,
        object: "fuzz.csv",
        context: &Context { as_of, keys: None },
        format,
        length: None,
        options: &Options {
            threads,
            ..Options::default()
        },
    };
    let mut release = Vec::new();
    let input = Box::new(Cursor::new(text.to_vec()));
    run(&job, input, &mut release, &Control::default())
        .map(|_| release)
        .map_err(|error| error.kind())
}

fn same_columns(file: &[u8], expected: &[ArrayRef]) {
    let file = Bytes::copy_from_slice(file);
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file");
    let schema = reader.schema().clone();
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    let rows = concat_batches(&schema, &batches).unwrap();
    assert_eq!(rows.columns(), expected);
}

/// Texts and NULLs; what other values look like is `lines.rs`'s.
fn same_texts(file: &[u8], expected: &[ArrayRef]) {
    let syntax = Syntax {
        delimiter: b',',
        quote: Some(b'"'),
        escape: None,
        comment: None,
        newline: b'\n',
        strip_cr: true,
        other: Some(b'\r'),
    };
    let rows = file.strip_prefix(b"c0,c1,c2\n").expect("a header");
    let records = plain::records(rows, &syntax, 3, false).unwrap().records;
    assert_eq!(records.len(), expected[0].len());
    for (row, record) in records.iter().enumerate() {
        for (column, (text, quoted)) in expected.iter().zip(record) {
            assert_eq!(column.is_null(row), text.is_empty() && !quoted);
            if let Some(texts) = column
                .as_string_opt::<i32>()
                .filter(|texts| texts.is_valid(row))
            {
                assert_eq!(texts.value(row).as_bytes(), text);
            }
        }
    }
}
