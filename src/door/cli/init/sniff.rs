//! The first bytes of a file → how it is written: encoding, separator, quote, lines before the header, header or none.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use crate::csv::Syntax;
use crate::csv::dates::date;
use crate::csv::general::first_record;
use crate::csv::parse::double;
use crate::dataset::contract::Encoding;
use crate::error::{Error, Kind, Result};
use crate::identifiers;

/// So much of a file is looked at.
pub(super) const HEAD: usize = 1 << 20;

/// Records that say what the separator is.
const RECORDS: usize = 200;

/// Lines before the header, at most: a title, an empty line, a date.
const MAX_SKIPPED: usize = 20;

/// Separators, the usual one first.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// How a file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sniffed {
    pub(super) encoding: Encoding,
    pub(super) delimiter: u8,
    pub(super) quote: u8,
    pub(super) skip_lines: usize,
    pub(super) has_header: bool,
    /// The names of the columns: those of the header, or `column_1` and so on.
    pub(super) names: Vec<String>,
    /// Whether the first record might as well be data.
    pub(super) doubtful_header: bool,
}

/// The encoding of a file that begins so.
///
/// # Errors
/// [`Kind::Encoding`] for one that is not read, by its name.
pub(super) fn encoding(head: &[u8]) -> Result<Encoding> {
    match head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Ok(Encoding::Utf16),
        [_, 0, _, 0, ..] => return Ok(Encoding::Utf16Le),
        [0, _, 0, _, ..] => return Ok(Encoding::Utf16Be),
        _ if head.is_ascii() => return Ok(Encoding::Utf8),
        _ => {}
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, false);
    let guess = detector.guess(None, Utf8Detection::Allow);
    if guess == encoding_rs::UTF_8 {
        Ok(Encoding::Utf8)
    } else if guess == encoding_rs::WINDOWS_1252 {
        Ok(Encoding::Windows1252)
    } else {
        let message = format!(
            "the file seems to be in {}, which is not read: save it as UTF-8",
            guess.name()
        );
        Err(Error::new(Kind::Encoding, message))
    }
}

/// The rest, of a text that is the beginning of the file, or `whole`.
///
/// # Errors
/// [`Kind::Header`] for a text without records.
pub(super) fn dialect(text: &str, whole: bool, encoding: Encoding) -> Result<Sniffed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let quote = quote(text);
    let candidates = DELIMITERS.iter().map(|&delimiter| {
        let widths = widths(text, whole, delimiter, quote);
        let (width, count) = usual(&widths);
        // The share of records with as many fields as most have, in thousandths; and the more fields the better.
        let share = count * 1000 / widths.len().max(1);
        (delimiter, width, share, widths)
    });
    let best = candidates
        .filter(|(_, width, ..)| *width > 1)
        .max_by_key(|(_, width, share, _)| (*share >= 900, *width, *share));
    let (delimiter, width, skip_lines) = match best {
        Some((delimiter, width, _, widths)) => {
            let first = widths.iter().position(|found| *found == width);
            let skipped = first.unwrap_or(0);
            let lines = if skipped <= MAX_SKIPPED { skipped } else { 0 };
            (delimiter, width, lines)
        }
        None => (b',', 1, 0),
    };
    let mut records = records(skipped(text, skip_lines), whole, delimiter, quote);
    let Some(first) = records.next() else {
        return Err(Error::new(
            Kind::Header,
            "the file is empty: not even a header is there",
        ));
    };
    let second = records.next();
    let has_header = is_header(&first);
    let alike = second.is_some_and(|second| has_header && is_header(&second));
    let names = if has_header {
        first
    } else {
        (1..=width.max(first.len()))
            .map(|number| format!("column_{number}"))
            .collect()
    };
    Ok(Sniffed {
        encoding,
        delimiter,
        quote,
        skip_lines,
        has_header,
        names,
        doubtful_header: alike,
    })
}

/// A double quote, unless fields stand between single ones and none is there.
fn quote(text: &str) -> u8 {
    let single = text
        .lines()
        .take(RECORDS)
        .filter(|line| line.starts_with('\'') && line.ends_with('\''))
        .count();
    if !text.contains('"') && single * 2 > text.lines().take(RECORDS).count() {
        b'\''
    } else {
        b'"'
    }
}

/// The text behind so many lines.
fn skipped(text: &str, lines: usize) -> &str {
    let mut rest = text;
    for _ in 0..lines {
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    }
    rest
}

/// The number of fields of each record.
fn widths(text: &str, whole: bool, delimiter: u8, quote: u8) -> Vec<usize> {
    let records = records(text, whole, delimiter, quote);
    records.map(|record| record.len()).collect()
}

/// The most frequent number, and how often it is there; of equals the greater.
fn usual(widths: &[usize]) -> (usize, usize) {
    let count = |width: usize| widths.iter().filter(|other| **other == width).count();
    let each = widths.iter().map(|&width| (width, count(width)));
    each.max_by_key(|(width, count)| (*count, *width))
        .unwrap_or((0, 0))
}

/// The first records as text. The last of a text that goes on may be cut, and is left out.
fn records(text: &str, whole: bool, delimiter: u8, quote: u8) -> impl Iterator<Item = Vec<String>> {
    let crs = !text.contains('\n') && text.contains('\r');
    let syntax = Syntax {
        delimiter,
        quote: Some(quote),
        escape: None,
        comment: None,
        newline: if crs { b'\r' } else { b'\n' },
        strip_cr: !crs,
        other: Some(if crs { b'\n' } else { b'\r' }),
    };
    let mut rest = text.as_bytes();
    std::iter::from_fn(move || {
        let (fields, consumed) = first_record(rest, &syntax).ok()??;
        rest = rest.get(consumed..)?;
        if rest.is_empty() && !whole {
            return None;
        }
        let text = |field: Vec<u8>| String::from_utf8_lossy(&field).into_owned();
        Some(fields.into_iter().map(text).collect())
    })
    .take(RECORDS)
}

/// Whether a record may be a header: names, each once, and no values.
fn is_header(record: &[String]) -> bool {
    let is_value = |name: &String| {
        let bytes = name.trim().as_bytes();
        bytes.is_empty()
            || double(bytes, b'.').is_some()
            || double(bytes, b',').is_some()
            || date(bytes).is_some()
            || identifiers::whole(name).is_some()
    };
    let mut names: Vec<&String> = record.iter().collect();
    names.sort_unstable();
    names.dedup();
    names.len() == record.len() && !record.iter().any(is_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_as_they_are_written() {
        let rows: [(&str, u8, usize, bool, &[&str]); 9] = [
            ("a,b\n1,2\n", b',', 0, true, &["a", "b"]),
            ("a;b\n1,5;2\n2,5;3\n", b';', 0, true, &["a", "b"]),
            ("a\tb\n1\t2\n", b'\t', 0, true, &["a", "b"]),
            ("a|b\nx, y|2\n", b'|', 0, true, &["a", "b"]),
            ("\"a;x\";b\n\"1\";2\n", b';', 0, true, &["a;x", "b"]),
            (
                "Report\nof today\na,b\n1,2\n3,4\n5,6\n",
                b',',
                2,
                true,
                &["a", "b"],
            ),
            ("1,2\n3,4\n", b',', 0, false, &["column_1", "column_2"]),
            ("x,x\ny,z\n", b',', 0, false, &["column_1", "column_2"]),
            ("name\nAda\n", b',', 0, true, &["name"]),
        ];
        for (text, delimiter, skip_lines, has_header, names) in rows {
            let found = dialect(text, true, Encoding::Utf8).unwrap();
            let found = (
                found.delimiter,
                found.skip_lines,
                found.has_header,
                found.names,
            );
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            assert_eq!(found, (delimiter, skip_lines, has_header, names), "{text}");
        }
    }

    #[test]
    fn encodings_are_told_apart_and_others_are_named() {
        let latin = "Müller,Straße,Zürich,Café\n".repeat(20);
        let (latin, ..) = encoding_rs::WINDOWS_1252.encode(&latin);
        let russian = "Имя,Фамилия,Адрес,Москва\n".repeat(20);
        let (cyrillic, ..) = encoding_rs::WINDOWS_1251.encode(&russian);
        for (head, expected) in [
            (&b"a,b\n"[..], Encoding::Utf8),
            ("Zürich,1\n".as_bytes(), Encoding::Utf8),
            (&latin, Encoding::Windows1252),
            (b"\xff\xfea\0", Encoding::Utf16),
            (b"a\0,\0", Encoding::Utf16Le),
            (b"\0a\0,", Encoding::Utf16Be),
        ] {
            assert_eq!(encoding(head).unwrap(), expected, "{head:?}");
        }
        let error = encoding(&cyrillic).unwrap_err();
        assert!(error.message().contains("windows-1251"), "{error}");
    }
}
