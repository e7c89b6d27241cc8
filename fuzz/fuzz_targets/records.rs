//! Any bytes, in any dialect: cutter, tokenizer and the byte by byte reading against `plain.rs`, and where the dialect is
//! one that it has against the csv crate; and blocks of any size, from a source that hands out any number of bytes.
//!
//! An input is seven bytes that choose the dialect and the way of reading, and the text behind its header.

#![no_main]

use arrow::array::{Array, AsArray};
use libfuzzer_sys::fuzz_target;
use veilpoint::csv::{BLOCK, Syntax};
use veilpoint::dataset::contract::{BadRows, ColumnType, Contract, Dialect, Terminator};
use veilpoint::error::Kind;
use veilpoint_fuzz::Choices;
use veilpoint_fuzz::object::{Rows, contract, read};
use veilpoint_fuzz::plain::{self, Field, Reading};

/// What an object's records end with, and what the contract says of it.
const ENDS: [(&str, Terminator); 6] = [
    ("\n", Terminator::Any),
    ("\r\n", Terminator::Any),
    ("\r", Terminator::Any),
    ("\n", Terminator::Byte(b'\n')),
    ("\r", Terminator::Byte(b'\r')),
    ("~", Terminator::Byte(b'~')),
];

const NULLS: [Option<&str>; 5] = [None, Some("NA"), Some("\"\""), Some("\\N"), Some("a\"")];

fuzz_target!(|input: &[u8]| {
    let mut choices = Choices::new(input);
    let mut contract = of_dialect(&mut choices);
    let (end, terminator) = choices.one(&ENDS);
    contract.dialect.terminator = terminator;
    let (block, piece) = (
        choices.one(&[1, 2, 7, 63, 64, 65, 200]),
        choices.one(&[1, 3, 64, BLOCK]),
    );
    let text = repeated(choices.rest());
    let (object, syntax) = object(&text, &contract, end);

    let whole = read(&object, &contract, BLOCK, BLOCK);
    let pieces = read(&object, &contract, block, piece);
    assert_eq!(
        pieces,
        read(&object, &contract, block, BLOCK),
        "pieces of a source matter"
    );
    match (&whole, &pieces) {
        (Ok(whole), Ok(pieces)) => assert_eq!(whole, pieces, "the size of blocks matters"),
        (Err(_), Err(_)) => {}
        _ => {
            panic!("the size of blocks decides whether an object is refused: {whole:?} {pieces:?}")
        }
    }

    let behind = &object[header(&contract, end).len()..];
    // Where CR turned out to be half of a CRLF, its LF is no blank line.
    let behind = if end == "\r" && syntax.newline == b'\n' {
        behind.get(1..).unwrap_or_default()
    } else {
        behind
    };
    let drop = contract.bad_rows == BadRows::Drop;
    let expected = plain::records(behind, &syntax, contract.columns.len(), drop);
    let readable = std::str::from_utf8(behind).is_ok() && !behind.contains(&0);
    match (expected, whole) {
        (Ok(expected), Ok(rows)) if readable => {
            same_values(&rows, &expected, contract.dialect.null_value.as_deref());
            if syntax.is_plain() {
                by_csv_crate(&object, &syntax, &expected, contract.columns.len());
            }
        }
        (_, Err(fault)) if !readable => {
            assert!(
                matches!(
                    fault.kind,
                    Kind::Encoding | Kind::NotCsv | Kind::Quoting | Kind::FieldCount
                ),
                "{fault:?}"
            );
        }
        (Err((kind, record)), Err(fault)) => {
            assert_eq!((fault.kind, fault.record), (kind, record));
            let single = read(&object, &contract, 1, BLOCK).unwrap_err();
            assert_eq!(single, fault, "a fault lies elsewhere in small blocks");
        }
        (expected, rows) => panic!("expected {expected:?}, read {rows:?}"),
    }
});

/// All columns text, in a dialect that a contract may set.
fn of_dialect(choices: &mut Choices<'_>) -> Contract {
    let delimiter = choices.one(b",;\t| ");
    let quote = choices.one(&[Some(b'"'), Some(b'\''), None]);
    let (escape, comment) = choices.one(&[
        (None, None),
        (Some(b'\\'), None),
        (None, Some(b'#')),
        (Some(b'\\'), Some(b'#')),
    ]);
    let width = usize::from(choices.byte() % 4) + 1;
    let mut contract = contract(&vec![ColumnType::Text(None); width], true);
    let (null, bad_rows) = choices.one(&[
        (0, BadRows::Refuse),
        (0, BadRows::Drop),
        (1, BadRows::Refuse),
        (2, BadRows::Refuse),
        (3, BadRows::Drop),
        (4, BadRows::Refuse),
    ]);
    contract.bad_rows = bad_rows;
    contract.dialect = Dialect {
        delimiter,
        quote,
        escape,
        comment,
        null_value: NULLS[null].map(str::to_owned),
        ..contract.dialect
    };
    contract
}

/// Some texts many times, so that dictionaries are tried out.
fn repeated(text: &[u8]) -> Vec<u8> {
    let times = if text.first() == Some(&b'*') && text.len() < 40 {
        500
    } else {
        1
    };
    text.repeat(times)
}

fn header(contract: &Contract, end: &str) -> Vec<u8> {
    let names: Vec<&[u8]> = contract
        .columns
        .iter()
        .map(|column| column.name.as_bytes())
        .collect();
    [&names.join(&contract.dialect.delimiter), end.as_bytes()].concat()
}

/// The object with its header, and the syntax that is then its own.
fn object(text: &[u8], contract: &Contract, end: &str) -> (Vec<u8>, Syntax) {
    let object = [&header(contract, end), text].concat();
    let mut syntax = Syntax::of(&contract.dialect);
    if end == "\r" && syntax.strip_cr && text.first().is_some_and(|byte| *byte != b'\n') {
        syntax.set_cr();
    }
    (object, syntax)
}

/// Empty is NULL, and so is the null text, unless quoted.
fn same_values(rows: &Rows, expected: &Reading, null: Option<&str>) {
    assert_eq!(rows.dropped, expected.dropped);
    assert_eq!(
        rows.records,
        expected.records.len() as u64 + expected.dropped
    );
    for (at, column) in rows.columns.iter().enumerate() {
        let texts = column.as_string::<i32>();
        assert_eq!(texts.len(), expected.records.len());
        for (row, record) in expected.records.iter().enumerate() {
            let (text, quoted) = &record[at];
            let is_null = !quoted && (text.is_empty() || null.map(str::as_bytes) == Some(text));
            let found = texts.is_valid(row).then(|| texts.value(row).as_bytes());
            assert_eq!(
                found,
                (!is_null).then_some(text.as_slice()),
                "record {row}, field {at}"
            );
        }
    }
}

/// The csv crate skips records of the wrong width as we drop them, and blank lines also where they are records.
fn by_csv_crate(object: &[u8], syntax: &Syntax, expected: &Reading, width: usize) {
    let mut reader = csv::ReaderBuilder::new();
    reader
        .delimiter(syntax.delimiter)
        .flexible(true)
        .quoting(syntax.quote.is_some());
    reader.quote(syntax.quote.unwrap_or(b'"'));
    reader.terminator(match syntax.other {
        Some(_) => csv::Terminator::CRLF,
        None => csv::Terminator::Any(syntax.newline),
    });
    let records = reader.from_reader(object).into_byte_records();
    let records = records.map(|record| record.expect("memory can be read"));
    let found: Vec<Vec<Vec<u8>>> = records
        .filter(|record| record.len() == width)
        .map(|record| record.iter().map(<[u8]>::to_vec).collect())
        .collect();
    let blank = |record: &&Vec<Field>| matches!(&record[..], [(text, false)] if text.is_empty());
    let expected: Vec<Vec<Vec<u8>>> = expected
        .records
        .iter()
        .filter(|record| !blank(record))
        .map(|record| record.iter().map(|(text, _)| text.clone()).collect())
        .collect();
    assert_eq!(found, expected);
}
