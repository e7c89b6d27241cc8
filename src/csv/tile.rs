//! The loops over the rows of a tile, one per kind of column.

use std::ops::Range;

use arrow::array::NullBufferBuilder;

use super::RecordError;
use super::column::NULL;
use super::decode::{Faults, Rules, not_utf8};
use super::dictionary::TextDictionary;
use super::doubles::DoubleDictionary;
use super::fields::{Field, View};
use super::parse;
use super::recent::Recent;

/// Bytes of a short text.
const WIDE: usize = 16;

/// A dictionary that fields are coded by.
pub(super) trait Coder {
    /// Whether the empty string is a value.
    const EMPTY: bool;

    /// The code of a field's value, if it is one, and whether it may be too long: what was seen before is not.
    fn code(&mut self, text: &[u8], rules: &Rules) -> Option<(u32, bool)>;
}

impl Coder for TextDictionary {
    const EMPTY: bool = true;

    fn code(&mut self, text: &[u8], _: &Rules) -> Option<(u32, bool)> {
        Some(self.code(text))
    }
}

impl Coder for DoubleDictionary {
    const EMPTY: bool = false;

    fn code(&mut self, text: &[u8], rules: &Rules) -> Option<(u32, bool)> {
        parse::double(text, rules.decimal).map(|value| (self.code(value), false))
    }
}

/// Places for so many more values. A loop that fills them has no call to grow in it, for which it would keep registers.
fn grown<T: Copy + Default>(values: &mut Vec<T>, more: usize) -> &mut [T] {
    let len = values.len();
    values.resize(len + more, T::default());
    &mut values[len..]
}

/// Some rows of a block, on their way into one column.
pub(super) struct Tile<'a, 'b> {
    pub(super) rules: &'a Rules,
    pub(super) view: View<'a>,
    pub(super) rows: Range<usize>,
    pub(super) nulls: &'a mut NullBufferBuilder,
    pub(super) faults: &'a mut Faults<'b>,
}

impl Tile<'_, '_> {
    /// Whether a field that is not empty, of this first byte, is its own value: neither quoted nor perhaps NULL.
    ///
    /// The loops ask this first, and take what is rare out of line: a field's value in one form for all cases would go
    /// through memory.
    #[inline]
    fn is_plain(&self, first: u8) -> bool {
        self.rules.null.is_none() && Some(first) != self.view.quote
    }

    /// Dates, truth values, numbers that are not short.
    pub(super) fn numbers<T: Copy + Default>(
        &mut self,
        values: &mut Vec<T>,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<(), RecordError> {
        self.short_numbers(values, |_, _| None, parse)
    }

    /// Numbers: `short` reads most, of their first bytes and the number of these, and `parse` all.
    pub(super) fn short_numbers<T: Copy + Default>(
        &mut self,
        values: &mut Vec<T>,
        short: impl Fn(&[u8; parse::WIDE], usize) -> Option<T>,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<(), RecordError> {
        let (view, field, rows) = (self.view, self.rules.field, self.rows.clone());
        let values = grown(values, rows.len());
        // Up to here, `nulls` knows which rows are NULL.
        let mut told = rows.start;
        for ((row, (start, end)), place) in rows.clone().zip(view.spans(rows, field)).zip(values) {
            if end > start
                && let Some(bytes) = view.text.get(start..).and_then(<[u8]>::first_chunk)
                && self.is_plain(bytes[0])
                && let Some(value) = short(bytes, end - start)
            {
                *place = value;
            } else if let Some(text @ [first, ..]) = view.text.get(start..end)
                && self.is_plain(*first)
                && let Some(value) = parse(text)
            {
                *place = value;
            } else {
                self.nulls.append_n_non_nulls(row - told);
                told = row + 1;
                *place = self.number(row, &parse)?;
            }
        }
        self.nulls.append_n_non_nulls(self.rows.end - told);
        Ok(())
    }

    /// A number of any form, or NULL.
    #[inline(never)]
    fn number<T: Default>(
        &mut self,
        row: usize,
        parse: &impl Fn(&[u8]) -> Option<T>,
    ) -> Result<T, RecordError> {
        let rules = self.rules;
        let value = match self.view.field(row, rules.field, rules.null.as_deref()) {
            Field::Span(start, end) => parse(&self.view.text[start..end]),
            Field::Quoted(text) if !text.is_empty() => parse(&self.view.unquoted(text)),
            Field::Null | Field::Quoted(_) => {
                rules.null(row, self.faults)?;
                self.nulls.append_null();
                return Ok(T::default());
            }
        };
        self.nulls.append_non_null();
        match value {
            Some(value) => Ok(value),
            None => rules.wrong(row, self.faults).map(|()| T::default()),
        }
    }

    /// Text or doubles as codes.
    pub(super) fn codes<D: Coder>(
        &mut self,
        recent: &mut Recent,
        dictionary: &mut D,
        codes: &mut Vec<u32>,
    ) -> Result<(), RecordError> {
        let (view, field) = (self.view, self.rules.field);
        let codes = grown(codes, self.rows.len());
        let mut done = 0;
        loop {
            let left = self.rows.start + done..self.rows.end;
            // Of all columns but the last, the loop does not ask for a CR.
            done += if view.may_end_in_cr(field) {
                recent.fill(view.text, view.spans(left, field), &mut codes[done..])
            } else {
                recent.fill(
                    view.text,
                    view.tokens.spans(left, field),
                    &mut codes[done..],
                )
            };
            let Some(place) = codes.get_mut(done) else {
                return Ok(());
            };
            let row = self.rows.start + done;
            let code = self.code(row, dictionary)?;
            recent.miss();
            let (start, end) = view.bounds(row, field);
            // Where records are dropped, each wrong one has to be found.
            if self.faults.drop.is_none()
                && let Some(bytes) = view.text[start..].first_chunk()
            {
                recent.put(bytes, end - start, code);
            }
            *place = code;
            done += 1;
        }
    }

    /// The code of a field of any form, or NULL.
    #[inline(never)]
    fn code<D: Coder>(&mut self, row: usize, dictionary: &mut D) -> Result<u32, RecordError> {
        let (rules, view) = (self.rules, self.view);
        let code = match view.field(row, rules.field, rules.null.as_deref()) {
            Field::Span(start, end) => dictionary.code(&view.text[start..end], rules),
            Field::Quoted(text) if D::EMPTY || !text.is_empty() => {
                dictionary.code(&view.unquoted(text), rules)
            }
            Field::Null | Field::Quoted(_) => {
                return rules.null(row, self.faults).map(|()| NULL);
            }
        };
        let Some((code, new)) = code else {
            return rules.wrong(row, self.faults).map(|()| NULL);
        };
        // Unless what was too long before was dropped.
        if (new || self.faults.drop.is_some()) && rules.too_long(view, row) {
            rules.wrong(row, self.faults)?;
        }
        Ok(code)
    }

    /// Text as it is.
    pub(super) fn texts(
        &mut self,
        bytes: &mut Vec<u8>,
        ends: &mut Vec<i32>,
    ) -> Result<(), RecordError> {
        let (view, field, rows) = (self.view, self.rules.field, self.rows.clone());
        if view.may_end_in_cr(field) {
            self.texts_of(view.spans(rows, field), bytes, ends)?;
        } else {
            self.texts_of(view.tokens.spans(rows, field), bytes, ends)?;
        }
        // The last end is the greatest.
        i32::try_from(bytes.len()).map_or_else(|_| Err(not_utf8(field)), |_| Ok(()))
    }

    fn texts_of(
        &mut self,
        spans: impl Iterator<Item = (usize, usize)>,
        bytes: &mut Vec<u8>,
        ends: &mut Vec<i32>,
    ) -> Result<(), RecordError> {
        let (view, rows) = (self.view, self.rows.clone());
        let ends = grown(ends, rows.len());
        // A copy of a known length is no call.
        let most = (1..=WIDE)
            .rfind(|&len| self.rules.has_room(len))
            .unwrap_or(0);
        let mut told = rows.start;
        for ((row, (start, end)), place) in rows.zip(spans).zip(ends) {
            let len = end - start;
            if let Some(wide) = view.text[start..].first_chunk::<WIDE>()
                && (1..=most).contains(&len)
                && self.is_plain(wide[0])
            {
                let end = bytes.len() + len;
                bytes.extend_from_slice(wide);
                bytes.truncate(end);
            } else {
                self.nulls.append_n_non_nulls(row - told);
                told = row + 1;
                self.text(row, bytes)?;
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_possible_wrap,
                reason = "whoever asked looks at the last"
            )]
            let end = bytes.len() as i32;
            *place = end;
        }
        self.nulls.append_n_non_nulls(self.rows.end - told);
        Ok(())
    }

    /// Text of any form, or NULL.
    #[inline(never)]
    fn text(&mut self, row: usize, bytes: &mut Vec<u8>) -> Result<(), RecordError> {
        let (rules, view) = (self.rules, self.view);
        match view.unread(row, rules.field, rules.null.as_deref()) {
            Field::Null => {
                rules.null(row, self.faults)?;
                self.nulls.append_null();
            }
            Field::Span(start, end) => {
                bytes.extend_from_slice(&view.text[start..end]);
                self.nulls.append_non_null();
            }
            Field::Quoted(text) => {
                view.unquote(text, bytes);
                self.nulls.append_non_null();
            }
        }
        if rules.too_long(view, row) {
            rules.wrong(row, self.faults)?;
        }
        Ok(())
    }
}
