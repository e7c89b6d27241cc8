//! Positions of fields → typed columns: column by column, one loop per type, only what the projection reads.
//!
//! Empty is NULL, and so is the contract's null text. Quoted empty is the empty string, and NULL in a column that is
//! no text.
//!
//! Fast because each loop does one thing, because text becomes codes at once (`dictionary.rs`), and because a block is
//! read in tiles of rows whose text stays in the first-level cache until the last column has been there.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int16Array,
    Int32Array, Int64Array, NullBufferBuilder, StringArray, TimestampMicrosecondArray,
};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};

use super::column::{Column, NULL};
use super::dictionary::TextDictionary;
use super::tokenize::Tokens;
use super::{RecordError, dates, parse};
use crate::dataset::contract::{self, ColumnType, Dialect};
use crate::error::Kind;

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
enum Field<'a> {
    Null,
    /// Begin and end in the text: what stands there is the value.
    Span(usize, usize),
    /// A quoted field that holds doubled quotes, or is empty.
    Quoted(Cow<'a, [u8]>),
}

impl<'a> View<'a> {
    /// Begin and end of a field, without the CR that may belong to the record's end.
    #[inline]
    fn bounds(&self, row: usize, field: usize) -> (usize, usize) {
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

    #[inline(never)]
    fn field(&self, row: usize, field: usize, null: Option<&[u8]>) -> Field<'a> {
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

/// Reads one column of the contract, block after block, and each block in tiles.
pub struct ColumnReader {
    rules: Rules,
    values: Values,
    nulls: NullBufferBuilder,
    dictionary: Option<TextDictionary>,
}

/// What the contract says of a column.
struct Rules {
    field: usize,
    nullable: bool,
    data_type: ColumnType,
    null: Option<Vec<u8>>,
    decimal: u8,
    format: Option<String>,
}

/// The values of a block so far.
enum Values {
    Int16(Vec<i16>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Float32(Vec<f32>),
    Float64(Vec<f64>),
    Decimal(Vec<i128>),
    Boolean(Vec<bool>),
    /// Codes into the dictionary.
    Codes(Vec<u32>),
    /// Text, and where each one ends.
    Text(Vec<u8>, Vec<i32>),
}

/// Rows found wrong in a block, in the first column that has any; or all of them where they are dropped.
pub struct Faults<'a> {
    drop: Option<&'a mut Vec<bool>>,
}

impl<'a> Faults<'a> {
    /// Refuses the first wrong row.
    pub fn refuse() -> Self {
        Self { drop: None }
    }

    /// Marks wrong rows.
    pub fn mark(rows: &'a mut Vec<bool>) -> Self {
        Self { drop: Some(rows) }
    }

    fn add(
        &mut self,
        row: usize,
        error: impl FnOnce() -> (Kind, String),
        field: usize,
    ) -> Result<(), RecordError> {
        if let Some(rows) = &mut self.drop {
            rows[row] = true;
            return Ok(());
        }
        let (kind, message) = error();
        Err(RecordError {
            kind,
            message,
            record: row as u64,
            field: Some(field),
        })
    }
}

impl ColumnReader {
    /// A reader of `column`, which is field `field` of the object's records.
    pub fn new(column: &contract::Column, dialect: &Dialect, field: usize, lineage: u64) -> Self {
        let format = match column.data_type {
            ColumnType::Date => &dialect.date_format,
            ColumnType::Timestamp => &dialect.timestamp_format,
            ColumnType::TimestampTz => &dialect.timestamp_tz_format,
            _ => &None,
        };
        let text = matches!(column.data_type, ColumnType::Text(_));
        Self {
            rules: Rules {
                field,
                nullable: column.nullable,
                data_type: column.data_type,
                null: dialect.null_value.clone().map(String::into_bytes),
                decimal: dialect.decimal,
                format: format.clone(),
            },
            values: Values::Codes(Vec::new()),
            nulls: NullBufferBuilder::new(0),
            dictionary: text.then(|| TextDictionary::new(lineage)),
        }
    }

    /// Begins a block of `rows` rows.
    pub fn begin(&mut self, rows: usize) {
        self.nulls = NullBufferBuilder::new(rows);
        self.values = match self.rules.data_type {
            ColumnType::Int16 => Values::Int16(Vec::with_capacity(rows)),
            ColumnType::Int32 | ColumnType::Date => Values::Int32(Vec::with_capacity(rows)),
            ColumnType::Int64 | ColumnType::Timestamp | ColumnType::TimestampTz => {
                Values::Int64(Vec::with_capacity(rows))
            }
            ColumnType::Float32 => Values::Float32(Vec::with_capacity(rows)),
            ColumnType::Float64 => Values::Float64(Vec::with_capacity(rows)),
            ColumnType::Decimal(..) => Values::Decimal(Vec::with_capacity(rows)),
            ColumnType::Boolean => Values::Boolean(Vec::with_capacity(rows)),
            ColumnType::Text(_) if self.dictionary.is_some() => {
                Values::Codes(Vec::with_capacity(rows))
            }
            ColumnType::Text(_) => {
                let mut ends = Vec::with_capacity(rows + 1);
                ends.push(0);
                Values::Text(Vec::with_capacity(16 * rows), ends)
            }
        };
    }

    /// Reads the next rows of `view`, whose text is UTF-8.
    ///
    /// # Errors
    /// The first of them that has a wrong value.
    pub fn read(
        &mut self,
        view: View<'_>,
        rows: Range<usize>,
        faults: &mut Faults<'_>,
    ) -> Result<(), RecordError> {
        let Self {
            rules,
            values,
            nulls,
            dictionary,
        } = self;
        let (format, decimal) = (rules.format.as_deref(), rules.decimal);
        let mut tile = Tile {
            rules,
            view,
            rows,
            nulls,
            faults,
        };
        match (values, rules.data_type) {
            (Values::Int16(values), _) => tile.numbers(values, |text| {
                parse::integer(text).and_then(|value| value.try_into().ok())
            }),
            (Values::Int32(values), ColumnType::Date) => match format {
                None => tile.numbers(values, dates::date),
                Some(format) => tile.numbers(values, |text| dates::date_by(utf8(text)?, format)),
            },
            (Values::Int32(values), _) => tile.numbers(values, |text| {
                parse::integer(text).and_then(|value| value.try_into().ok())
            }),
            (Values::Int64(values), ColumnType::Timestamp) => match format {
                None => tile.numbers(values, dates::timestamp),
                Some(format) => {
                    tile.numbers(values, |text| dates::timestamp_by(utf8(text)?, format))
                }
            },
            (Values::Int64(values), ColumnType::TimestampTz) => match format {
                None => tile.numbers(values, dates::timestamp_tz),
                Some(format) => {
                    tile.numbers(values, |text| dates::timestamp_tz_by(utf8(text)?, format))
                }
            },
            (Values::Int64(values), _) => tile.numbers(values, parse::integer),
            (Values::Float32(values), _) => {
                tile.numbers(values, |text| parse::single(text, decimal))
            }
            (Values::Float64(values), _) => {
                tile.numbers(values, |text| parse::double(text, decimal))
            }
            (Values::Decimal(values), ColumnType::Decimal(precision, scale)) => tile
                .numbers(values, |text| {
                    parse::decimal(text, precision, scale, decimal)
                }),
            (Values::Decimal(values), _) => tile.numbers(values, |_| None),
            (Values::Boolean(values), _) => tile.numbers(values, parse::boolean),
            (Values::Codes(codes), _) => match dictionary {
                Some(dictionary) => tile.codes(dictionary, codes),
                None => Ok(()),
            },
            (Values::Text(bytes, ends), _) => tile.texts(bytes, ends),
        }
    }

    /// The block's column.
    pub fn finish(&mut self) -> Result<Column, RecordError> {
        let nulls = self.nulls.finish();
        let data_type = self.rules.data_type;
        let values = std::mem::replace(&mut self.values, Values::Codes(Vec::new()));
        let array: ArrayRef = match values {
            Values::Int16(values) => Arc::new(Int16Array::new(values.into(), nulls)),
            Values::Int32(values) if data_type == ColumnType::Date => {
                Arc::new(Date32Array::new(values.into(), nulls))
            }
            Values::Int32(values) => Arc::new(Int32Array::new(values.into(), nulls)),
            Values::Int64(values) if data_type == ColumnType::Int64 => {
                Arc::new(Int64Array::new(values.into(), nulls))
            }
            Values::Int64(values) => Arc::new(
                TimestampMicrosecondArray::new(values.into(), nulls)
                    .with_data_type(data_type.arrow()),
            ),
            Values::Float32(values) => Arc::new(Float32Array::new(values.into(), nulls)),
            Values::Float64(values) => Arc::new(Float64Array::new(values.into(), nulls)),
            Values::Decimal(values) => Arc::new(
                Decimal128Array::new(values.into(), nulls).with_data_type(data_type.arrow()),
            ),
            Values::Boolean(values) => Arc::new(BooleanArray::new(values.into(), nulls)),
            Values::Codes(codes) => return self.coded(codes),
            Values::Text(bytes, ends) => {
                let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
                let array = StringArray::try_new(ends, Buffer::from_vec(bytes), nulls);
                Arc::new(array.map_err(|_| not_utf8(self.rules.field))?)
            }
        };
        Ok(Column::Plain(array))
    }

    /// A column of codes. A dictionary that no longer pays is given up for the blocks behind.
    fn coded(&mut self, codes: Vec<u32>) -> Result<Column, RecordError> {
        let not_utf8 = || not_utf8(self.rules.field);
        let mut dictionary = self.dictionary.take().ok_or_else(not_utf8)?;
        let shared = dictionary.share().ok_or_else(not_utf8)?;
        if dictionary.pays(codes.len()) {
            self.dictionary = Some(dictionary);
        }
        Ok(Column::Coded(shared, codes))
    }
}

/// Validated before; checked once more where a foreign parser takes it.
fn utf8(text: &[u8]) -> Option<&str> {
    std::str::from_utf8(text).ok()
}

impl Rules {
    fn null(&self, row: usize, faults: &mut Faults<'_>) -> Result<(), RecordError> {
        if self.nullable {
            return Ok(());
        }
        let error = || {
            (
                Kind::Null,
                "the field is empty, the contract says NOT NULL".to_owned(),
            )
        };
        faults.add(row, error, self.field)
    }

    fn wrong(&self, row: usize, faults: &mut Faults<'_>) -> Result<(), RecordError> {
        faults.add(row, || (Kind::Value, self.expected()), self.field)
    }

    /// What a value should look like, for a message.
    fn expected(&self) -> String {
        let by = |name: &str, iso: &str| match &self.format {
            Some(format) => format!("the value is no {name} of the contract's format {format}"),
            None => {
                format!("the value is no {name} ({iso}; the contract's OPTIONS set other formats)")
            }
        };
        match self.data_type {
            ColumnType::Text(most) => {
                format!(
                    "the value has more than the {} characters of its type",
                    most.unwrap_or_default()
                )
            }
            ColumnType::Int16 => "the value is no SMALLINT (digits, -32768 to 32767)".to_owned(),
            ColumnType::Int32 => {
                "the value is no INT (digits, -2147483648 to 2147483647)".to_owned()
            }
            ColumnType::Int64 => "the value is no BIGINT (digits, of 64 bits)".to_owned(),
            ColumnType::Float32 | ColumnType::Float64 => format!(
                "the value is no finite number with decimal separator '{}' ('veilpoint.decimal' sets another)",
                char::from(self.decimal)
            ),
            ColumnType::Decimal(precision, scale) => format!(
                "the value is no DECIMAL({precision},{scale}) with decimal separator '{}'",
                char::from(self.decimal)
            ),
            ColumnType::Boolean => {
                "the value is no BOOLEAN (true or false, in any case)".to_owned()
            }
            ColumnType::Date => by("DATE", "YYYY-MM-DD"),
            ColumnType::Timestamp => by("TIMESTAMP", "YYYY-MM-DD HH:MM:SS, up to microseconds"),
            ColumnType::TimestampTz => by(
                "TIMESTAMP WITH TIME ZONE",
                "YYYY-MM-DDTHH:MM:SS with Z or an offset, up to microseconds",
            ),
        }
    }

    fn too_long(&self, view: View<'_>, row: usize) -> bool {
        let ColumnType::Text(Some(most)) = self.data_type else {
            return false;
        };
        let characters = |text: &[u8]| text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        let characters = match view.field(row, self.field, None) {
            Field::Null => 0,
            Field::Span(start, end) => characters(&view.text[start..end]),
            Field::Quoted(text) => characters(&text),
        };
        characters > most as usize
    }
}

/// Some rows of a block, on their way into one column.
struct Tile<'a, 'b> {
    rules: &'a Rules,
    view: View<'a>,
    rows: Range<usize>,
    nulls: &'a mut NullBufferBuilder,
    faults: &'a mut Faults<'b>,
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

    fn numbers<T: Copy + Default>(
        &mut self,
        values: &mut Vec<T>,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<(), RecordError> {
        let (view, field) = (self.view, self.rules.field);
        for row in self.rows.clone() {
            let (start, end) = view.bounds(row, field);
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

    fn codes(
        &mut self,
        dictionary: &mut TextDictionary,
        codes: &mut Vec<u32>,
    ) -> Result<(), RecordError> {
        let (view, field) = (self.view, self.rules.field);
        // Of a text seen before its length is known, unless records that broke the bound were dropped.
        let trusted = self.faults.drop.is_none();
        for row in self.rows.clone() {
            let (start, end) = view.bounds(row, field);
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

    fn texts(&mut self, bytes: &mut Vec<u8>, ends: &mut Vec<i32>) -> Result<(), RecordError> {
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

fn not_utf8(field: usize) -> RecordError {
    RecordError {
        kind: Kind::Encoding,
        message: "the text is not in the contract's encoding".to_owned(),
        record: 0,
        field: Some(field),
    }
}
