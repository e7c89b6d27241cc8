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

    /// Numbers, dates, truth values.
    pub(super) fn numbers<T: Copy + Default>(
        &mut self,
        values: &mut Vec<T>,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<(), RecordError> {
        let (view, field) = (self.view, self.rules.field);
        for (row, (start, end)) in self.rows.clone().zip(view.spans(self.rows.clone(), field)) {
            if let Some(text @ [first, ..]) = view.text.get(start..end)
                && self.is_plain(*first)
                && let Some(value) = parse(text)
            {
                self.nulls.append_non_null();
                values.push(value);
            } else {
                values.push(self.number(row, &parse)?);
            }
        }
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
            Field::Quoted(text) if !text.is_empty() => parse(&text),
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

    /// Text as codes.
    pub(super) fn codes(
        &mut self,
        dictionary: &mut TextDictionary,
        codes: &mut Vec<u32>,
    ) -> Result<(), RecordError> {
        let (view, field) = (self.view, self.rules.field);
        // Of a text seen before its length is known, unless records that broke the bound were dropped.
        let trusted = self.faults.drop.is_none();
        for (row, (start, end)) in self.rows.clone().zip(view.spans(self.rows.clone(), field)) {
            let code = if let Some(bytes) = view.text[start..].first_chunk::<16>()
                && start < end
                && self.is_plain(bytes[0])
                && trusted
                && let Some(code) = dictionary.known(bytes, end - start)
            {
                code
            } else {
                self.code(row, dictionary)?
            };
            codes.push(code);
        }
        Ok(())
    }

    /// The code of a text of any form, or NULL.
    #[inline(never)]
    fn code(&mut self, row: usize, dictionary: &mut TextDictionary) -> Result<u32, RecordError> {
        let (rules, view) = (self.rules, self.view);
        let (code, new) = match view.field(row, rules.field, rules.null.as_deref()) {
            Field::Null => return rules.null(row, self.faults).map(|()| NULL),
            Field::Span(start, end) => dictionary.code_at(view.text, start, end),
            Field::Quoted(text) => dictionary.code(&text),
        };
        if (new || self.faults.drop.is_some()) && rules.too_long(view, row) {
            rules.wrong(row, self.faults)?;
        }
        Ok(code)
    }

    /// Doubles as codes.
    pub(super) fn doubles(
        &mut self,
        dictionary: &mut DoubleDictionary,
        codes: &mut Vec<u32>,
    ) -> Result<(), RecordError> {
        let (view, field) = (self.view, self.rules.field);
        for (row, (start, end)) in self.rows.clone().zip(view.spans(self.rows.clone(), field)) {
            let code = if let Some(bytes) = view.text[start..].first_chunk::<8>()
                && start < end
                && self.is_plain(bytes[0])
                && let Some(code) = dictionary.known(*bytes, end - start)
            {
                code
            } else {
                self.double(row, dictionary)?
            };
            codes.push(code);
        }
        Ok(())
    }

    /// The code of a double of any form, or NULL.
    #[inline(never)]
    fn double(
        &mut self,
        row: usize,
        dictionary: &mut DoubleDictionary,
    ) -> Result<u32, RecordError> {
        let (rules, view) = (self.rules, self.view);
        let read = |text: &[u8]| parse::double(text, rules.decimal);
        let (value, span) = match view.field(row, rules.field, rules.null.as_deref()) {
            Field::Span(start, end) => (read(&view.text[start..end]), start..end),
            Field::Quoted(text) if !text.is_empty() => (read(&text), 0..0),
            Field::Null | Field::Quoted(_) => {
                return rules.null(row, self.faults).map(|()| NULL);
            }
        };
        let Some(value) = value else {
            return rules.wrong(row, self.faults).map(|()| NULL);
        };
        let code = dictionary.code(value);
        if let Some(bytes) = view.text[span.start..].first_chunk::<8>()
            && !span.is_empty()
        {
            dictionary.remember(*bytes, span.len(), code);
        }
        Ok(code)
    }

    /// Text as it is.
    pub(super) fn texts(
        &mut self,
        bytes: &mut Vec<u8>,
        ends: &mut Vec<i32>,
    ) -> Result<(), RecordError> {
        let (rules, view) = (self.rules, self.view);
        let null = rules.null.as_deref();
        for row in self.rows.clone() {
            match view.field(row, rules.field, null) {
                Field::Null => {
                    rules.null(row, self.faults)?;
                    self.nulls.append_null();
                }
                Field::Span(start, end) => {
                    bytes.extend_from_slice(&view.text[start..end]);
                    self.nulls.append_non_null();
                }
                Field::Quoted(text) => {
                    bytes.extend_from_slice(&text);
                    self.nulls.append_non_null();
                }
            }
            if rules.too_long(view, row) {
                rules.wrong(row, self.faults)?;
            }
            ends.push(i32::try_from(bytes.len()).map_err(|_| not_utf8(rules.field))?);
        }
        Ok(())
    }
}
