//! Columns of text: as codes into a sorted dictionary where they come as codes, plainly otherwise.

use std::borrow::Cow;

use arrow::array::{Array, StringArray};
use parquet::basic::Encoding;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::statistics::{Statistics, ValueStatistics};

use super::super::gather::Coded;
use super::chunk::{Bounds, ChunkBuilder, PAGE_ROWS};
use super::numbers::coded_pages;

/// So many bytes of a least or greatest text are told, as other writers do.
const MAX_BOUND: usize = 64;

/// A page of plain text is closed at so many bytes.
const PAGE_BYTES: usize = 1024 * 1024;

/// Writes text that comes as codes, at least one of them no NULL.
pub fn coded(
    texts: &Coded<StringArray>,
    chunk: &mut ChunkBuilder,
) -> Result<Statistics, ParquetError> {
    let values = &texts.values;
    let mut plain = Vec::with_capacity(values.values().len() + 4 * values.len());
    for text in values.iter().flatten() {
        append(text, &mut plain)?;
    }
    chunk.dictionary(&plain, values.len())?;
    let text = |code: u16| values.value(usize::from(code));
    coded_pages(texts, values.len(), |a, b| bounds(text(a), text(b)), chunk)?;
    let ends = (values.value(0), values.value(values.len() - 1));
    Ok(statistics(Some(ends), chunk))
}

/// Writes text as it is.
pub fn plain(texts: &StringArray, chunk: &mut ChunkBuilder) -> Result<Statistics, ParquetError> {
    let mut all: Option<(&str, &str)> = None;
    let mut start = 0;
    while start < texts.len() {
        let page = texts.slice(start, page_rows(texts, start));
        let rows = start..start + page.len();
        start = rows.end;
        // The slice's texts are the column's.
        let (mut ends, mut bytes, mut longest) = (None, 0, 0);
        for row in rows.clone().filter(|&row| texts.is_valid(row)) {
            let text = texts.value(row);
            let (least, greatest) = ends.unwrap_or((text, text));
            ends = Some((least.min(text), greatest.max(text)));
            bytes += 4 + text.len();
            longest = longest.max(text.len());
        }
        u32::try_from(longest).map_err(|_| too_long())?;
        if let Some((least, greatest)) = ends {
            let (low, high) = all.unwrap_or((least, greatest));
            all = Some((low.min(least), high.max(greatest)));
        }
        let ends = ends.map(|(least, greatest)| bounds(least, greatest));
        chunk.page(rows, texts.nulls(), Encoding::PLAIN, ends, |out| {
            out.reserve(bytes);
            for text in page.iter().flatten() {
                #[expect(clippy::cast_possible_truncation, reason = "the longest fits")]
                let length = text.len() as u32;
                out.extend_from_slice(&length.to_le_bytes());
                out.extend_from_slice(text.as_bytes());
            }
        })?;
    }
    Ok(statistics(all, chunk))
}

/// How many rows from `start` make a page.
#[expect(clippy::cast_sign_loss, reason = "offsets do not fall")]
fn page_rows(texts: &StringArray, start: usize) -> usize {
    let offsets = texts.value_offsets();
    let most = PAGE_ROWS.min(texts.len() - start);
    let full = |end: usize| (offsets[end] - offsets[start]) as usize >= PAGE_BYTES;
    let rows = (1..most).find(|rows| full(start + rows));
    rows.unwrap_or(most)
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
fn bounds(least: &str, greatest: &str) -> Bounds {
    (
        below(least).as_bytes().to_vec(),
        above(greatest).as_bytes().to_vec(),
    )
}

/// The text, or a short beginning of it, which is less.
fn below(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_BOUND)]
}

/// The text, or a short one that is greater: its beginning, of which one character is the next one. The whole text where
/// there is no next character.
fn above(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_BOUND {
        return Cow::Borrowed(text);
    }
    let beginning = below(text);
    let next = beginning.char_indices().rev().find_map(|(at, character)| {
        let next = char::from_u32(u32::from(character) + 1)?;
        (next.len_utf8() == character.len_utf8()).then(|| format!("{}{next}", &text[..at]))
    });
    next.map_or(Cow::Borrowed(text), Cow::Owned)
}

fn statistics(ends: Option<(&str, &str)>, chunk: &ChunkBuilder) -> Statistics {
    let cut = |text: &str| text.len() > MAX_BOUND;
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
