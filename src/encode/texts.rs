//! Texts that hardly repeat: those of a block in one buffer, and where each row's stands in it.
//!
//! Fast because no text is moved to be put in order: only its place is, and an encoder copies it from there into what
//! it writes, 16 bytes at once where it has no more.

use std::ops::Range;

use arrow::array::{Array, StringArray};
use arrow::buffer::NullBuffer;

/// So many bytes may be read from any text's beginning: a copy of a known length is no call.
pub const WIDE: usize = 16;

/// Rows whose beginnings are fetched at once.
const AHEAD: usize = 256;

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
    /// Those of all rows, and where this one's stand.
    all: &'a [u8],
    span: (u32, u32),
    /// Its bytes, as far as they go, and what stands behind.
    pub wide: [u8; WIDE],
}

impl PlainTexts {
    /// The rows of all the arrays, in the given order, and which of them (in that order) are not NULL. None where they
    /// hold more text than an array does, 2 GiB.
    pub fn new(
        arrays: &[&StringArray],
        order: Option<&[u32]>,
        nulls: Option<NullBuffer>,
    ) -> Option<Self> {
        let size: usize = arrays.iter().map(|array| data(array).len()).sum();
        i32::try_from(size).ok()?;
        let rows = arrays.iter().copied().map(Array::len).sum();
        let mut ends: Vec<u32> = Vec::with_capacity(rows + 1);
        ends.push(0);
        for array in arrays {
            let before = ends.last().copied()?;
            let offsets = array.value_offsets();
            let end = |offset: &i32| before + (offset - offsets[0]).cast_unsigned();
            ends.extend(offsets[1..].iter().map(end));
        }
        let span = |row: usize| (ends[row], ends[row + 1]);
        let spans = match order {
            Some(order) => order.iter().map(|&row| span(row as usize)).collect(),
            None => (0..rows).map(span).collect(),
        };
        // Last, since they are what is read next, in any order.
        let mut bytes = Vec::with_capacity(size + WIDE);
        for array in arrays {
            bytes.extend_from_slice(data(array));
        }
        bytes.extend_from_slice(&[0; WIDE]);
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

    /// The texts of all rows, in no order.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where a row's text begins in them.
    pub fn start(&self, row: usize) -> usize {
        self.spans[row].0 as usize
    }

    /// The bytes of the longest text of some rows.
    pub fn longest(&self, rows: Range<usize>) -> usize {
        let sizes = self.spans[rows].iter().map(|(start, end)| end - start);
        sizes.max().unwrap_or(0) as usize
    }

    /// The bytes of a row's text. None where it is NULL.
    #[inline]
    pub fn size(&self, row: usize) -> Option<usize> {
        let null = self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        let (start, end) = self.spans[row];
        (!null).then_some((end - start) as usize)
    }

    /// The first bytes of a row's text and what stands behind, of no meaning where it is NULL.
    #[inline]
    pub fn wide(&self, row: usize) -> [u8; WIDE] {
        self.wide_at(self.spans[row])
    }

    #[inline]
    fn wide_at(&self, (start, _): (u32, u32)) -> [u8; WIDE] {
        let wide = self
            .bytes
            .get(start as usize..)
            .and_then(<[u8]>::first_chunk);
        wide.copied().unwrap_or_default()
    }

    /// A row's text. None where it is NULL.
    #[inline]
    pub fn get(&self, row: usize) -> Option<Text<'_>> {
        self.size(row)?;
        Some(self.text(self.spans[row], self.wide(row)))
    }

    #[inline]
    fn text(&self, span: (u32, u32), wide: [u8; WIDE]) -> Text<'_> {
        let all = &self.bytes;
        Text { all, span, wide }
    }

    /// Takes the texts of some rows, less NULLs.
    ///
    /// They lie anywhere, and a loop that does nothing but fetch has many on their way at once: their beginnings are
    /// fetched some rows ahead. (Fetched where it was needed, each was waited for, 50 ns: with it, plain text fell from
    /// 25 to 11 % of the samples of a Parquet release with three such columns.)
    pub fn each<'a>(&'a self, rows: Range<usize>, mut take: impl FnMut(Text<'a>)) {
        let mut fetched = [[0; WIDE]; AHEAD];
        for first in rows.clone().step_by(AHEAD) {
            let spans = &self.spans[first..rows.end.min(first + AHEAD)];
            for (&span, wide) in spans.iter().zip(&mut fetched) {
                *wide = self.wide_at(span);
            }
            let texts = spans.iter().zip(&fetched);
            let texts = texts.map(|(&span, &wide)| self.text(span, wide));
            match &self.nulls {
                None => texts.for_each(&mut take),
                Some(nulls) => (first..)
                    .zip(texts)
                    .filter(|(row, _)| nulls.is_valid(*row))
                    .for_each(|(_, text)| take(text)),
            }
        }
    }
}

impl<'a> Text<'a> {
    /// Its bytes, UTF-8.
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        let (start, end) = self.span;
        &self.all[start as usize..end as usize]
    }

    /// How many.
    #[inline]
    pub fn len(&self) -> usize {
        let (start, end) = self.span;
        end.wrapping_sub(start) as usize
    }

    /// The first 16 bytes as a number, zeros behind: texts with different ones sort as these do.
    #[inline]
    pub fn head(&self) -> u128 {
        u128::from_be_bytes(self.wide) & HEADS[self.len().min(WIDE)]
    }
}

/// The upper bytes of a number, by how many: a look is shorter than a shift of 128 bits.
const HEADS: [u128; WIDE + 1] = {
    let mut heads = [u128::MAX; WIDE + 1];
    let mut len = 0;
    while len < WIDE {
        heads[len] = !(u128::MAX >> (8 * len));
        len += 1;
    }
    heads
};

/// The texts of an array, one behind the other.
#[expect(clippy::cast_sign_loss, reason = "offsets do not fall")]
fn data(array: &StringArray) -> &[u8] {
    let offsets = array.value_offsets();
    &array.value_data()[offsets[0] as usize..offsets[array.len()] as usize]
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;
    use arrow::compute::concat;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Of arrays that begin anywhere in their buffers, by arrow's own way of putting them one behind the other.
        #[test]
        fn rows_have_the_texts_of_their_places(
            arrays in prop::collection::vec(
                (prop::collection::vec(prop::option::of("[ab\u{0}é]{0,20}"), 0..200), 0..20usize), 1..6),
            turned: bool,
        ) {
            let arrays: Vec<StringArray> = arrays
                .iter()
                .map(|(texts, from)| {
                    let from = (*from).min(texts.len());
                    StringArray::from_iter(texts).slice(from, texts.len() - from)
                })
                .collect();
            let all: Vec<&dyn Array> = arrays.iter().map(|array| array as &dyn Array).collect();
            let all = concat(&all).unwrap();
            let mut expected: Vec<Option<&str>> = all.as_string::<i32>().iter().collect();
            let order: Vec<u32> = (0..u32::try_from(expected.len()).unwrap()).rev().collect();
            if turned {
                expected.reverse();
            }
            let nulls: Option<NullBuffer> = Some(expected.iter().map(Option::is_some).collect());
            let arrays: Vec<&StringArray> = arrays.iter().collect();
            let texts = PlainTexts::new(&arrays, turned.then_some(&order), nulls).unwrap();
            prop_assert_eq!(texts.len(), expected.len());
            for (row, expected) in expected.iter().enumerate() {
                prop_assert_eq!(texts.get(row).map(|text| text.bytes()), expected.map(str::as_bytes));
            }
            let mut some = Vec::new();
            texts.each(0..texts.len(), |text| some.push(text));
            prop_assert!(some.iter().map(|text| Some(text.bytes())).eq(
                expected.iter().filter(|text| text.is_some()).map(|text| text.map(str::as_bytes))));
            for pair in some.windows(2) {
                let heads = pair[0].head().cmp(&pair[1].head());
                prop_assert!(heads.is_eq() || heads == pair[0].bytes().cmp(pair[1].bytes()));
                let beginning = |at: usize| &pair[at].bytes()[..pair[at].len().min(WIDE)];
                prop_assert!(beginning(0) != beginning(1) || heads.is_eq());
            }
        }
    }
}
