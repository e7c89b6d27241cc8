//! Columns of text: as codes into a sorted dictionary where they come as codes, plainly otherwise.

use std::borrow::Cow;
use std::ops::Range;

use arrow::array::{Array, StringArray};
use parquet::basic::Encoding;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::statistics::{Statistics, ValueStatistics};

use super::super::gather::Coded;
use super::super::texts::{PlainTexts, Text, WIDE};
use super::chunk::{Bounds, ChunkBuilder, PAGE_ROWS};
use super::numbers::coded_pages;

/// So many bytes of a least or greatest text are told, as other writers do.
const MAX_BOUND: usize = 64;

/// Bytes of the length before a text.
const LENGTH: usize = 4;

/// A page of plain text is closed at so many bytes.
const PAGE_BYTES: usize = 1024 * 1024;

/// Writes text that comes as codes, at least one of them no NULL.
pub fn coded(
    texts: &Coded<StringArray>,
    chunk: &mut ChunkBuilder,
) -> Result<Statistics, ParquetError> {
    let values = &texts.values;
    let mut plain = Vec::with_capacity(values.values().len() + LENGTH * values.len());
    for text in values.iter().flatten() {
        append(text, &mut plain)?;
    }
    chunk.dictionary(&plain, values.len())?;
    let text = |code: u16| values.value(usize::from(code)).as_bytes();
    coded_pages(texts, values.len(), |a, b| bounds(text(a), text(b)), chunk)?;
    let ends = (
        values.value(0).as_bytes(),
        values.value(values.len() - 1).as_bytes(),
    );
    Ok(statistics(Some(ends), chunk))
}

/// Writes text as it is.
pub fn plain(texts: &PlainTexts, chunk: &mut ChunkBuilder) -> Result<Statistics, ParquetError> {
    let mut all = Ends::default();
    let mut start = 0;
    while start < texts.len() {
        let (rows, bytes) = page_rows(texts, start)?;
        start = rows.end;
        chunk.page(rows.clone(), texts.nulls.as_ref(), Encoding::PLAIN, |out| {
            let ends = append_all(texts, rows, bytes, out);
            all.and(&ends);
            let (least, greatest) = ends.bytes()?;
            Some(bounds(least, greatest))
        })?;
    }
    Ok(statistics(all.bytes(), chunk))
}

/// The rows from `start` that make a page, and the bytes of their texts with the lengths before them.
fn page_rows(texts: &PlainTexts, start: usize) -> Result<(Range<usize>, usize), ParquetError> {
    let most = texts.len().min(start + PAGE_ROWS);
    let mut bytes = 0;
    for row in start..most {
        let size = texts.size(row).unwrap_or(0);
        u32::try_from(size).map_err(|_| too_long())?;
        bytes += LENGTH + size;
        if bytes >= PAGE_BYTES {
            return Ok((start..row + 1, bytes));
        }
    }
    Ok((start..most, bytes))
}

/// The least and the greatest of some texts, with their heads.
struct Ends<'a> {
    low: u128,
    least: Option<Text<'a>>,
    high: u128,
    greatest: Option<Text<'a>>,
}

impl Default for Ends<'_> {
    /// Of none: any text lies beyond.
    fn default() -> Self {
        Self {
            low: u128::MAX,
            least: None,
            high: 0,
            greatest: None,
        }
    }
}

impl<'a> Ends<'a> {
    /// What has its head between those of the ends is no end: most texts are then not compared.
    #[inline]
    fn see(&mut self, text: Text<'a>) {
        let head = text.head();
        if head <= self.low || head >= self.high {
            self.compare(text);
        }
    }

    #[inline(never)]
    fn compare(&mut self, text: Text<'a>) {
        let (bytes, head) = (text.bytes(), text.head());
        if self.least.is_none_or(|least| bytes < least.bytes()) {
            (self.least, self.low) = (Some(text), head);
        }
        if self
            .greatest
            .is_none_or(|greatest| bytes > greatest.bytes())
        {
            (self.greatest, self.high) = (Some(text), head);
        }
    }

    fn and(&mut self, other: &Self) {
        for &text in [&other.least, &other.greatest].into_iter().flatten() {
            self.see(text);
        }
    }

    /// Both. None where there is no text.
    fn bytes(&self) -> Option<(&'a [u8], &'a [u8])> {
        Some((self.least?.bytes(), self.greatest?.bytes()))
    }
}

/// Appends the texts of some rows, each behind its length, `bytes` of both in all; their ends.
fn append_all<'a>(
    texts: &'a PlainTexts,
    rows: Range<usize>,
    bytes: usize,
    out: &mut Vec<u8>,
) -> Ends<'a> {
    out.reserve(bytes + WIDE);
    let mut ends = Ends::default();
    texts.each(rows, |text| {
        ends.see(text);
        let len = text.len();
        #[expect(clippy::cast_possible_truncation, reason = "page_rows has looked")]
        let length = (len as u32).to_le_bytes();
        if len <= WIDE {
            let end = out.len() + LENGTH + len;
            let mut both = [0; LENGTH + WIDE];
            both[..LENGTH].copy_from_slice(&length);
            both[LENGTH..].copy_from_slice(&text.wide);
            out.extend_from_slice(&both);
            out.truncate(end);
        } else {
            out.extend_from_slice(&length);
            out.extend_from_slice(text.bytes());
        }
    });
    ends
}

/// Appends a text behind its length.
fn append(text: &str, out: &mut Vec<u8>) -> Result<(), ParquetError> {
    let length = u32::try_from(text.len()).map_err(|_| too_long())?;
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

fn too_long() -> ParquetError {
    ParquetError::General("a text is too long".to_owned())
}

/// Bounds of texts: cut ones where they are long.
fn bounds(least: &[u8], greatest: &[u8]) -> Bounds {
    (below(least).to_vec(), above(greatest).into_owned())
}

/// The text, or a short beginning of it, which is less.
fn below(text: &[u8]) -> &[u8] {
    let starts = |at: &usize| text.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80);
    let end = (0..=MAX_BOUND.min(text.len())).rev().find(starts);
    &text[..end.unwrap_or(0)]
}

/// The text, or a short one that is greater: its beginning, of which one character is the next one. The whole text where
/// there is no next character.
fn above(text: &[u8]) -> Cow<'_, [u8]> {
    if text.len() <= MAX_BOUND {
        return Cow::Borrowed(text);
    }
    let beginning = std::str::from_utf8(below(text)).unwrap_or_default();
    let next = beginning.char_indices().rev().find_map(|(at, character)| {
        let next = char::from_u32(u32::from(character) + 1)?;
        (next.len_utf8() == character.len_utf8()).then(|| format!("{}{next}", &beginning[..at]))
    });
    next.map_or(Cow::Borrowed(text), |next| Cow::Owned(next.into_bytes()))
}

fn statistics(ends: Option<(&[u8], &[u8])>, chunk: &ChunkBuilder) -> Statistics {
    let cut = |text: &[u8]| text.len() > MAX_BOUND;
    let bytes = ends.map(|(least, greatest)| bounds(least, greatest));
    let (least, greatest) = bytes.unzip();
    let statistics = ValueStatistics::new(
        least.map(ByteArray::from),
        greatest.map(ByteArray::from),
        None,
        Some(chunk.nulls()),
        false,
    );
    let statistics = statistics
        .with_min_is_exact(ends.is_some_and(|ends| !cut(ends.0)))
        .with_max_is_exact(ends.is_some_and(|ends| !cut(ends.1)));
    Statistics::ByteArray(statistics)
}
