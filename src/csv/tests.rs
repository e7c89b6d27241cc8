//! The fast tokenizer against the byte by byte one, and both against a reading that is written down plainly.

use std::io::Read;

use arrow::array::AsArray;
use proptest::prelude::*;

use super::cut::Cutter;
use super::general::{Normalised, QUOTE, first_record, normalise, whole_records};
use super::tokenize::{Tokens, tokenize};
use super::{Syntax, table};
use crate::dataset::contract::Contract;

fn plain() -> Syntax {
    Syntax {
        delimiter: b',',
        quote: Some(b'"'),
        escape: None,
        comment: None,
        newline: b'\n',
        strip_cr: true,
        other: Some(b'\r'),
    }
}

/// Fields as written: text, and whether quoted.
type Record = Vec<(Vec<u8>, bool)>;

/// Writes records by RFC 4180, or with the dialect's escape.
fn write(records: &[Record], syntax: &Syntax, crlf: bool) -> Vec<u8> {
    let mut text = Vec::new();
    for record in records {
        for (at, (field, quoted)) in record.iter().enumerate() {
            if at > 0 {
                text.push(syntax.delimiter);
            }
            let quote = syntax.quote.filter(|_| *quoted);
            text.extend(quote);
            for &byte in field {
                if syntax.escape.is_some() && (Some(byte) == syntax.escape || Some(byte) == quote) {
                    text.extend(syntax.escape);
                } else if Some(byte) == quote {
                    text.push(byte);
                }
                text.push(byte);
            }
            text.extend(quote);
        }
        if crlf {
            text.push(b'\r');
        }
        text.push(syntax.newline);
    }
    text
}

/// The fields of text in which quotes inside quotes are doubled.
fn fields(text: &[u8], tokens: &Tokens) -> Vec<Record> {
    let mut records = spans(text, tokens, b'"', true);
    for (value, _) in records.iter_mut().flatten().filter(|(_, quoted)| *quoted) {
        let mut bytes = std::mem::take(value).into_iter();
        while let Some(byte) = bytes.next() {
            value.push(byte);
            if byte == b'"' {
                assert_eq!(bytes.next(), Some(b'"'));
            }
        }
    }
    records
}

/// The fields of normalised text.
fn normal_fields(normal: &Normalised) -> Vec<Record> {
    spans(&normal.bytes, &normal.tokens, QUOTE, false)
}

/// What stands in fields, less the quotes around it.
fn spans(text: &[u8], tokens: &Tokens, quote: u8, strip_cr: bool) -> Vec<Record> {
    let mut records = Vec::new();
    for row in 0..tokens.rows() {
        let mut record = Vec::new();
        for field in 0..tokens.width() {
            let (start, mut end) = tokens.span(row, field);
            if strip_cr && field + 1 == tokens.width() && end > start && text[end - 1] == b'\r' {
                end -= 1;
            }
            record.push(match &text[start..end] {
                [first, inner @ .., last] if [*first, *last] == [quote; 2] => {
                    (inner.to_vec(), true)
                }
                span => (span.to_vec(), false),
            });
        }
        records.push(record);
    }
    records
}

fn any_record(width: usize) -> impl Strategy<Value = Record> {
    let quoted = prop::collection::vec(prop::sample::select(&b"ab,\"\n\r;\\# "[..]), 0..80)
        .prop_map(|text| (text, true));
    let bare = prop::collection::vec(prop::sample::select(&b"abcdef .-"[..]), 0..20)
        .prop_map(|text| (text, false));
    // A first field that is not empty, so that no record is a blank line.
    let first = "[a-z]{1,9}".prop_map(|text| (text.into_bytes(), false));
    (
        first,
        prop::collection::vec(prop_oneof![quoted, bare], width - 1),
    )
        .prop_map(|(first, mut rest)| {
            rest.insert(0, first);
            rest
        })
}

fn any_records() -> impl Strategy<Value = (usize, Vec<Record>)> {
    (1usize..5)
        .prop_flat_map(|width| (Just(width), prop::collection::vec(any_record(width), 1..30)))
}

proptest! {
    #[test]
    fn well_formed_text_takes_the_fast_way_and_reads_as_written((width, records) in any_records(), crlf: bool) {
        let text = write(&records, &plain(), crlf);
        let mut tokens = Tokens::default();
        prop_assert!(tokenize(&text, &plain(), width, &mut tokens));
        prop_assert_eq!(fields(&text, &tokens), records.clone());
        let mut normal = Normalised::default();
        normalise(&text, &plain(), width, false, &mut normal).unwrap();
        prop_assert_eq!(normal_fields(&normal), records);
    }

    #[test]
    fn escapes_and_other_bytes_read_as_written((width, records) in any_records()) {
        let syntax = Syntax { delimiter: b';', quote: Some(b'\''), escape: Some(b'\\'), ..plain() };
        let clean: Vec<Record> = records;
        let text = write(&clean, &syntax, false);
        let mut normal = Normalised::default();
        normalise(&text, &syntax, width, false, &mut normal).unwrap();
        prop_assert_eq!(normal_fields(&normal), clean);
        prop_assert_eq!(whole_records(&text, &syntax), text.len());
    }

    #[test]
    fn what_the_fast_way_takes_reads_the_same_byte_by_byte(
        bytes in prop::collection::vec(prop::sample::select(&b"aab,,\"\"\n\n\r"[..]), 0..200),
        width in 1usize..4,
    ) {
        let mut text = bytes;
        text.push(b'\n');
        let mut tokens = Tokens::default();
        if tokenize(&text, &plain(), width, &mut tokens) {
            let mut normal = Normalised::default();
            normalise(&text, &plain(), width, false, &mut normal).unwrap();
            prop_assert_eq!(fields(&text, &tokens), normal_fields(&normal));
        }
    }

    #[test]
    fn blocks_are_whole_records_however_the_source_hands_out_its_bytes(
        (_, records) in any_records(),
        piece in prop::sample::select(&[1usize, 7, 4096][..]),
        block in 1usize..200,
    ) {
        let text = write(&records, &plain(), false);
        let mut all = Vec::new();
        let mut cuts = Vec::new();
        let mut cutter = Cutter::with_block(Box::new(Pieces(text.clone(), piece)), block);
        while let Some(next) = cutter.next(Vec::new(), &plain()).unwrap() {
            prop_assert_eq!(next.text().last(), Some(&b'\n'));
            let mut at = 0;
            while let Some((_, consumed)) = first_record(&next.text()[at..], &plain()).unwrap() {
                at += consumed;
            }
            prop_assert_eq!(at, next.len);
            cuts.push(next.len);
            all.extend_from_slice(next.text());
        }
        prop_assert_eq!(&all, &text);
        let mut cutter = Cutter::with_block(Box::new(std::io::Cursor::new(text)), block);
        for cut in cuts {
            prop_assert_eq!(cutter.next(Vec::new(), &plain()).unwrap().unwrap().len, cut);
        }
    }
}

/// A source that hands out few bytes at a time.
struct Pieces(Vec<u8>, usize);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = self.0.len().min(self.1).min(buffer.len());
        buffer[..len].copy_from_slice(&self.0[..len]);
        self.0.drain(..len);
        Ok(len)
    }
}

#[test]
fn what_is_not_well_formed_is_declined_and_then_named() {
    let rows: &[(&str, usize, u64)] = &[
        ("a,b\nx\"y,z\n", 2, 1),
        ("a,b\n\"x\"y,z\n", 2, 1),
        ("a,b\n\"xy,z\n", 2, 1),
        ("a,b\nc\n", 2, 1),
        ("a,b\nc,d,e\n", 2, 1),
        ("a,b,c,d\n", 2, 0),
        ("a\rb,c\n", 2, 0),
        ("a,b\nc,\"d\" \n", 2, 1),
    ];
    for &(text, width, record) in rows {
        let mut tokens = Tokens::default();
        assert!(
            !tokenize(text.as_bytes(), &plain(), width, &mut tokens),
            "{text:?}"
        );
        let error = normalise(
            text.as_bytes(),
            &plain(),
            width,
            false,
            &mut Normalised::default(),
        );
        assert_eq!(error.unwrap_err().record, record, "{text:?}");
    }
}

#[test]
fn blank_lines_hold_no_record_where_records_have_several_fields() {
    let mut normal = Normalised::default();
    normalise(b"\na,b\n\r\n\nc,d\n\n", &plain(), 2, false, &mut normal).unwrap();
    assert_eq!((normal.total, normal.records.clone()), (2, vec![0, 1]));
    normalise(b"a\n\nb\n", &plain(), 1, false, &mut normal).unwrap();
    assert_eq!(normal.total, 3);
}

#[test]
fn comments_are_skipped_where_the_dialect_has_them() {
    let syntax = Syntax {
        comment: Some(b'#'),
        ..plain()
    };
    let mut normal = Normalised::default();
    normalise(
        b"# it's \"odd\na,b\n#\nc,\"#d\"\n",
        &syntax,
        2,
        false,
        &mut normal,
    )
    .unwrap();
    assert_eq!(normal.total, 2);
    assert_eq!(whole_records(b"# \"\na,b\nc", &syntax), 8);
}

/// Whether a block is read by the fast way or byte by byte (here for a blank line) is nothing that a value tells.
#[test]
fn a_text_of_null_that_has_quotes_is_null_either_way() {
    let schema = r#"CREATE EXTERNAL TABLE t (a VARCHAR, b VARCHAR) STORED AS CSV LOCATION 't.csv'
        OPTIONS ('format.quote' '''', 'format.null_value' '""')"#;
    let contract = Contract::parse("t", "schema.sql", schema).unwrap();
    for blank in ["", "\n"] {
        let text = format!("a,b\n\"\",'\"\"'\n{blank}x\"y,''\n");
        let rows = table::read(&contract, &text.into()).unwrap();
        let column = |at: usize| {
            rows.column(at)
                .as_string::<i32>()
                .iter()
                .collect::<Vec<_>>()
        };
        assert_eq!(column(0), [None, Some("x\"y")], "{blank:?}");
        assert_eq!(column(1), [Some("\"\""), Some("")], "{blank:?}");
    }
}
