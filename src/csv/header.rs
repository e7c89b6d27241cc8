//! What comes before the first record: byte order mark, `sep=` line, preamble, header.

use super::cut::Cutter;
use super::general::first_record;
use super::{MAX_COLUMNS, MAX_RECORD, Syntax};
use crate::dataset::contract::{Binding, Contract, Dialect, Terminator};
use crate::error::{Error, Kind, Result};

/// Signatures of files that are not text, with their names.
const SIGNATURES: [(&[u8], &str); 8] = [
    (
        b"PK\x03\x04",
        "a ZIP archive (or a spreadsheet of that form)",
    ),
    (b"\x1f\x8b", "gzip data without the suffix .gz"),
    (
        b"\x28\xb5\x2f\xfd",
        "Zstandard data without the suffix .zst",
    ),
    (b"BZh", "bzip2 data without the suffix .bz2"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet or document"),
    (b"\x7fELF", "a program"),
];

/// Reads everything before the first record and binds the contract's columns.
///
/// # Errors
/// What [`Contract::bind`] refuses; a header of too many columns; an object with no header; bytes that are no CSV.
pub fn open(cutter: &mut Cutter, contract: &Contract) -> Result<(Syntax, Binding)> {
    let (syntax, fields, consumed) = first(cutter, &contract.dialect)?;
    if !contract.dialect.has_header {
        return Ok((syntax, contract.bind_positional(fields.len())?));
    }
    let names = names(fields)?;
    let binding = contract.bind(&names)?;
    cutter.skip(consumed);
    Ok((syntax, binding))
}

/// Reads everything before the first record of an object that no contract describes: the names of its header.
///
/// # Errors
/// A header of too many columns; an object with no header; bytes that are no CSV.
pub fn open_unknown(cutter: &mut Cutter, dialect: &Dialect) -> Result<(Syntax, Vec<String>)> {
    let (syntax, fields, consumed) = first(cutter, dialect)?;
    let names = names(fields)?;
    cutter.skip(consumed);
    Ok((syntax, names))
}

/// What the object itself says of its syntax, the first record, and how many bytes that is.
fn first(cutter: &mut Cutter, dialect: &Dialect) -> Result<(Syntax, Vec<Vec<u8>>, usize)> {
    let mut syntax = Syntax::of(dialect);
    skip_mark(cutter)?;
    skip_sep(cutter, &mut syntax)?;
    if dialect.terminator == Terminator::Any && ends_with_cr(cutter, dialect)? {
        syntax.set_cr();
    }
    for _ in 0..dialect.skip_lines {
        skip_line(cutter, syntax.newline)?;
    }
    let Some((fields, consumed)) = read_first(cutter, &syntax)? else {
        return Err(Error::new(
            Kind::Header,
            "the object is empty: not even a header is there",
        ));
    };
    if fields.len() > MAX_COLUMNS {
        return Err(Error::new(
            Kind::Header,
            format!(
                "the header has {} columns, more than the limit of {MAX_COLUMNS}",
                fields.len()
            ),
        ));
    }
    Ok((syntax, fields, consumed))
}

fn read_error(error: std::io::Error) -> Error {
    crate::source::classify(error)
}

fn skip_mark(cutter: &mut Cutter) -> Result<()> {
    let text = cutter.peek(64 * 1024).map_err(read_error)?;
    if let Some((_, name)) = SIGNATURES.iter().find(|(bytes, _)| text.starts_with(bytes)) {
        return Err(Error::new(
            Kind::NotCsv,
            format!("this is {name}, not CSV text"),
        ));
    }
    if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
        return Err(Error::new(
            Kind::Encoding,
            "the object is UTF-16 by its byte order mark; the contract needs 'veilpoint.encoding' 'utf-16'",
        ));
    }
    if text.starts_with(b"\xef\xbb\xbf") {
        cutter.skip(3);
    }
    Ok(())
}

/// Excel's first line `sep=;` names the delimiter for all that follows.
fn skip_sep(cutter: &mut Cutter, syntax: &mut Syntax) -> Result<()> {
    let text = cutter.peek(8).map_err(read_error)?;
    let [
        b's' | b'S',
        b'e' | b'E',
        b'p' | b'P',
        b'=',
        delimiter,
        rest @ ..,
    ] = text
    else {
        return Ok(());
    };
    let end = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => return Ok(()),
    };
    if delimiter.is_ascii() && !delimiter.is_ascii_alphanumeric() {
        syntax.delimiter = *delimiter;
        cutter.skip(5 + end);
    }
    Ok(())
}

/// Whether the first line end outside quotes is a CR without LF.
fn ends_with_cr(cutter: &mut Cutter, dialect: &Dialect) -> Result<bool> {
    let mut inside = false;
    let mut at = 0;
    loop {
        let whole = cutter.is_whole();
        let text = cutter.peek(at + 64 * 1024).map_err(read_error)?;
        while let Some(&byte) = text.get(at) {
            if Some(byte) == dialect.quote {
                inside = !inside;
            } else if byte == b'\n' && !inside {
                return Ok(false);
            } else if byte == b'\r' && !inside {
                match text.get(at + 1) {
                    Some(&next) => return Ok(next != b'\n'),
                    None if whole => return Ok(false),
                    None => break,
                }
            }
            at += 1;
        }
        if whole || at > MAX_RECORD {
            return Ok(false);
        }
    }
}

fn skip_line(cutter: &mut Cutter, newline: u8) -> Result<()> {
    let mut wanted = 64 * 1024;
    loop {
        let text = cutter.peek(wanted).map_err(read_error)?;
        let (end, len) = (memchr::memchr(newline, text), text.len());
        match end {
            Some(end) => {
                cutter.skip(end + 1);
                return Ok(());
            }
            None if cutter.is_whole() || len > MAX_RECORD => {
                cutter.skip(len);
                return Ok(());
            }
            None => wanted = len * 2,
        }
    }
}

/// The first record: from ever more text, until it is whole.
fn read_first(cutter: &mut Cutter, syntax: &Syntax) -> Result<Option<(Vec<Vec<u8>>, usize)>> {
    let mut wanted = 64 * 1024;
    loop {
        let text = cutter.peek(wanted).map_err(read_error)?;
        let len = text.len();
        let first = first_record(text, syntax);
        if cutter.is_whole() || len > MAX_RECORD {
            return first
                .map_err(|error| error.place(0, |_| None))
                .map_err(|error| {
                    Error::new(
                        error.kind(),
                        "the header cannot be read: its quotes do not match",
                    )
                });
        }
        if let Ok(Some((fields, consumed))) = first
            && consumed < len
        {
            return Ok(Some((fields, consumed)));
        }
        wanted = len.max(wanted) * 2;
    }
}

fn names(fields: Vec<Vec<u8>>) -> Result<Vec<String>> {
    let mut names = Vec::with_capacity(fields.len());
    for field in fields {
        if field.contains(&0) {
            return Err(Error::new(
                Kind::NotCsv,
                "the header holds NUL bytes: this is no CSV text, or is UTF-16 without its byte order mark",
            ));
        }
        let name = String::from_utf8(field).map_err(|_| {
            Error::new(
                Kind::Encoding,
                "the header is not UTF-8; set 'veilpoint.encoding' in the contract",
            )
        })?;
        names.push(name);
    }
    Ok(names)
}
