//! The fields of a block, wherever its text lies.

use std::ops::Range;

use super::quotes;
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
    /// What stands between the quotes of a field: nothing, or text with doubled quotes.
    Quoted(&'a [u8]),
}

impl<'a> View<'a> {
    /// Begin and end of a field, without the CR that may belong to the record's end.
    #[inline]
    pub(super) fn bounds(&self, row: usize, field: usize) -> (usize, usize) {
        let (start, end) = self.tokens.span(row, field);
        let cr = self.may_end_in_cr(field) && is_cr_last(self.text, start, end);
        (start, end - usize::from(cr))
    }

    /// The bounds of field `field` of each of the rows.
    #[inline]
    pub(super) fn spans(
        &self,
        rows: Range<usize>,
        field: usize,
    ) -> impl Iterator<Item = (usize, usize)> + use<'a> {
        let (text, may) = (self.text, self.may_end_in_cr(field));
        let spans = self.tokens.spans(rows, field);
        spans.map(move |(start, end)| {
            let cr = may && is_cr_last(text, start, end);
            (start, end - usize::from(cr))
        })
    }

    /// Whether a CR at the field's end is the record's.
    #[inline]
    pub(super) fn may_end_in_cr(&self, field: usize) -> bool {
        self.strip_cr && field + 1 == self.tokens.width()
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
        if inner.is_empty() || memchr::memchr(self.doubled(), inner).is_some() {
            return Field::Quoted(inner);
        }
        Field::Span(start, end)
    }

    /// A field as [`Self::field`] has it, but that what stands between quotes has not been looked into.
    pub(super) fn unread(&self, row: usize, field: usize, null: Option<&[u8]>) -> Field<'a> {
        let (start, end) = self.bounds(row, field);
        if start < end && Some(self.text[start]) == self.quote {
            return Field::Quoted(&self.text[start + 1..end - 1]);
        }
        self.field(row, field, null)
    }

    /// Appends the value of a [`Field::Quoted`].
    pub(super) fn unquote(&self, inner: &[u8], out: &mut Vec<u8>) {
        quotes::halve(inner, self.doubled(), out);
    }

    /// The value of a [`Field::Quoted`].
    pub(super) fn unquoted(&self, inner: &[u8]) -> Vec<u8> {
        let mut value = Vec::with_capacity(inner.len());
        self.unquote(inner, &mut value);
        value
    }

    fn doubled(&self) -> u8 {
        self.quote.unwrap_or(b'"')
    }
}

#[inline]
fn is_cr_last(text: &[u8], start: usize, end: usize) -> bool {
    end > start && text[end - 1] == b'\r'
}
