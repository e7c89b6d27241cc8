//! The fields of a block, wherever its text lies.

use std::borrow::Cow;
use std::ops::Range;

use super::tokenize::Tokens;

/// The fields of some records.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The text, padded.
    pub text: &'a [u8],
    /// Its fields.
    pub tokens: &'a Tokens,
    /// The quote.
    pub quote: Option<u8>,
    /// Whether a CR before the record's end belongs to it.
    pub strip_cr: bool,
}

/// One field.
pub(super) enum Field<'a> {
    Null,
    /// Begin and end in the text: what stands there is the value.
    Span(usize, usize),
    /// A quoted field that holds doubled quotes, or is empty.
    Quoted(Cow<'a, [u8]>),
}

impl<'a> View<'a> {
    /// Begin and end of a field, without the CR that may belong to the record's end.
    #[inline]
    pub(super) fn bounds(&self, row: usize, field: usize) -> (usize, usize) {
        let (start, mut end) = self.tokens.span(row, field);
        if self.strip_cr
            && field + 1 == self.tokens.width()
            && end > start
            && self.text[end - 1] == b'\r'
        {
            end -= 1;
        }
        (start, end)
    }

    /// The bounds of field `field` of each of the rows.
    #[inline]
    pub(super) fn spans(
        &self,
        rows: Range<usize>,
        field: usize,
    ) -> impl Iterator<Item = (usize, usize)> + use<'a> {
        let text = self.text;
        let cr = self.strip_cr && field + 1 == self.tokens.width();
        let spans = self.tokens.spans(rows, field);
        spans.map(move |(start, end)| {
            let stripped = cr && end > start && text[end - 1] == b'\r';
            (start, end - usize::from(stripped))
        })
    }

    /// A field, NULL where it is empty or `null` and not quoted.
    #[inline(never)]
    pub(super) fn field(&self, row: usize, field: usize, null: Option<&[u8]>) -> Field<'a> {
        let (start, end) = self.bounds(row, field);
        if start == end {
            return Field::Null;
        }
        if Some(self.text[start]) == self.quote {
            return self.quoted(start + 1, end - 1);
        }
        if null.is_some_and(|null| null == &self.text[start..end]) {
            return Field::Null;
        }
        Field::Span(start, end)
    }

    fn quoted(&self, start: usize, end: usize) -> Field<'a> {
        let inner = &self.text[start..end];
        let quote = self.quote.unwrap_or(b'"');
        if inner.is_empty() {
            return Field::Quoted(Cow::Borrowed(inner));
        }
        if memchr::memchr(quote, inner).is_none() {
            return Field::Span(start, end);
        }
        let mut value = Vec::with_capacity(inner.len());
        let mut rest = inner;
        while let Some(at) = memchr::memchr(quote, rest) {
            value.extend_from_slice(&rest[..=at]);
            rest = rest.get(at + 2..).unwrap_or_default();
        }
        value.extend_from_slice(rest);
        Field::Quoted(Cow::Owned(value))
    }
}
