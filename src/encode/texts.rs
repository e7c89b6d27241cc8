//! Texts that hardly repeat: those of a block in one buffer, and where each row's stands in it.
//!
//! Fast because no text is moved to be put in order: only its place is, and an encoder copies it from there into what it
//! writes, 16 bytes at once where it has no more.

use std::ops::Range;

use arrow::array::{Array, StringArray};
use arrow::buffer::NullBuffer;

/// So many bytes may be read from any text's beginning: a copy of a known length is no call.
pub const WIDE: usize = 16;

/// A column of text as it is.
pub struct PlainTexts {
    /// The texts, and [`WIDE`] bytes behind.
    bytes: Vec<u8>,
    /// Begin and end of each row's.
    spans: Vec<(u32, u32)>,
    /// Which rows are not NULL, where any is.
    pub nulls: Option<NullBuffer>,
}

/// One text.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    /// Its bytes, UTF-8.
    pub bytes: &'a [u8],
    /// They, as far as they go, and what stands behind.
    pub wide: &'a [u8; WIDE],
}

impl PlainTexts {
    /// The rows of all the arrays, in the given order, and which of them (in that order) are not NULL. None where they
    /// hold 4 GiB.
    pub fn new(
        arrays: &[&StringArray],
        order: Option<&[u32]>,
        nulls: Option<NullBuffer>,
    ) -> Option<Self> {
        let size: usize = arrays.iter().map(|array| data(array).len()).sum();
        u32::try_from(size).ok()?;
        let rows = arrays.iter().copied().map(Array::len).sum();
        let mut bytes = Vec::with_capacity(size + WIDE);
        let mut ends: Vec<u32> = Vec::with_capacity(rows + 1);
        ends.push(0);
        for array in arrays {
            let before = u32::try_from(bytes.len()).ok()?;
            let offsets = array.value_offsets();
            let end = |offset: &i32| before + (offset - offsets[0]).cast_unsigned();
            ends.extend(offsets[1..].iter().map(end));
            bytes.extend_from_slice(data(array));
        }
        bytes.extend_from_slice(&[0; WIDE]);
        let span = |row: usize| (ends[row], ends[row + 1]);
        let spans = match order {
            Some(order) => order.iter().map(|&row| span(row as usize)).collect(),
            None => (0..rows).map(span).collect(),
        };
        Some(Self {
            bytes,
            spans,
            nulls,
        })
    }

    /// So many NULLs.
    pub fn none(rows: usize) -> Self {
        Self {
            bytes: vec![0; WIDE],
            spans: vec![(0, 0); rows],
            nulls: Some(NullBuffer::new_null(rows)),
        }
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// A row's text. None where it is NULL.
    #[inline]
    pub fn get(&self, row: usize) -> Option<Text<'_>> {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            return None;
        }
        let (start, end) = self.spans[row];
        let wide = self.bytes[start as usize..].first_chunk()?;
        let bytes = &self.bytes[start as usize..end as usize];
        Some(Text { bytes, wide })
    }

    /// The texts of some rows, less NULLs.
    pub fn texts(&self, rows: Range<usize>) -> impl Iterator<Item = Text<'_>> {
        rows.filter_map(|row| self.get(row))
    }
}

impl Text<'_> {
    /// The first 16 bytes as a number, zeros behind: texts with different ones sort as these do.
    #[inline]
    pub fn head(&self) -> u128 {
        let bits = u32::try_from(8 * self.bytes.len()).ok();
        let behind = bits.and_then(|bits| u128::MAX.checked_shr(bits));
        u128::from_be_bytes(*self.wide) & !behind.unwrap_or(0)
    }
}

/// The texts of an array, one behind the other.
#[expect(clippy::cast_sign_loss, reason = "offsets do not fall")]
fn data(array: &StringArray) -> &[u8] {
    let offsets = array.value_offsets();
    &array.value_data()[offsets[0] as usize..offsets[array.len()] as usize]
}
