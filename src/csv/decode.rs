//! Positions of fields → typed columns: column by column, one loop per type, only what the projection reads.
//!
//! Empty is NULL, and so is the contract's null text. Quoted empty is the empty string, and NULL in a column that is
//! no text. Fast because each loop does one thing, and because text becomes codes at once (`dictionary.rs`).

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, Decimal128Array, NullBufferBuilder, PrimitiveArray,
    StringArray, TimestampMicrosecondArray,
};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType,
};

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
    #[expect(
        clippy::inline_always,
        reason = "a call for each field costs as much as what it does"
    )]
    #[inline(always)]
    fn field(&self, row: usize, field: usize, null: Option<&[u8]>) -> Field<'a> {
        let (start, mut end) = self.tokens.span(row, field);
        if self.strip_cr
            && field + 1 == self.tokens.width()
            && end > start
            && self.text[end - 1] == b'\r'
        {
            end -= 1;
        }
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

    #[inline(never)]
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

/// Reads one column of the contract, block after block.
pub struct ColumnReader {
    field: usize,
    nullable: bool,
    data_type: ColumnType,
    null: Option<Vec<u8>>,
    decimal: u8,
    format: Option<String>,
    dictionary: Option<TextDictionary>,
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
            field,
            nullable: column.nullable,
            data_type: column.data_type,
            null: dialect.null_value.clone().map(String::into_bytes),
            decimal: dialect.decimal,
            format: format.clone(),
            dictionary: text.then(|| TextDictionary::new(lineage)),
        }
    }

    /// The column's values in the rows of `view`, whose text is UTF-8.
    pub fn read(&mut self, view: View<'_>, faults: &mut Faults<'_>) -> Result<Column, RecordError> {
        let format = self.format.as_deref();
        let decimal = self.decimal;
        let array: ArrayRef = match self.data_type {
            ColumnType::Text(most) => return self.text(view, most, faults),
            ColumnType::Int16 => {
                let parse =
                    |text: &[u8]| parse::integer(text).and_then(|value| value.try_into().ok());
                Arc::new(self.primitive::<Int16Type>(view, faults, parse)?)
            }
            ColumnType::Int32 => {
                let parse =
                    |text: &[u8]| parse::integer(text).and_then(|value| value.try_into().ok());
                Arc::new(self.primitive::<Int32Type>(view, faults, parse)?)
            }
            ColumnType::Int64 => {
                Arc::new(self.primitive::<Int64Type>(view, faults, parse::integer)?)
            }
            ColumnType::Float32 => Arc::new(self.primitive::<Float32Type>(
                view,
                faults,
                |text| parse::single(text, decimal),
            )?),
            ColumnType::Float64 => Arc::new(self.primitive::<Float64Type>(
                view,
                faults,
                |text| parse::double(text, decimal),
            )?),
            ColumnType::Decimal(precision, scale) => {
                let parse = |text: &[u8]| parse::decimal(text, precision, scale, decimal);
                let values: Decimal128Array =
                    self.primitive::<Decimal128Type>(view, faults, parse)?;
                Arc::new(values.with_data_type(self.data_type.arrow()))
            }
            ColumnType::Boolean => Arc::new(self.boolean(view, faults)?),
            ColumnType::Date => match format {
                None => Arc::new(self.primitive::<Date32Type>(view, faults, dates::date)?),
                Some(format) => {
                    let parse =
                        |text: &[u8]| dates::date_by(std::str::from_utf8(text).ok()?, format);
                    Arc::new(self.primitive::<Date32Type>(view, faults, parse)?)
                }
            },
            ColumnType::Timestamp => Arc::new(match format {
                None => {
                    self.primitive::<TimestampMicrosecondType>(view, faults, dates::timestamp)?
                }
                Some(format) => {
                    let parse =
                        |text: &[u8]| dates::timestamp_by(std::str::from_utf8(text).ok()?, format);
                    self.primitive::<TimestampMicrosecondType>(view, faults, parse)?
                }
            }),
            ColumnType::TimestampTz => {
                let values: TimestampMicrosecondArray = match format {
                    None => self.primitive::<TimestampMicrosecondType>(
                        view,
                        faults,
                        dates::timestamp_tz,
                    )?,
                    Some(format) => {
                        let parse = |text: &[u8]| {
                            dates::timestamp_tz_by(std::str::from_utf8(text).ok()?, format)
                        };
                        self.primitive::<TimestampMicrosecondType>(view, faults, parse)?
                    }
                };
                Arc::new(values.with_data_type(self.data_type.arrow()))
            }
        };
        Ok(Column::Plain(array))
    }

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

    fn primitive<T: ArrowPrimitiveType>(
        &self,
        view: View<'_>,
        faults: &mut Faults<'_>,
        parse: impl Fn(&[u8]) -> Option<T::Native>,
    ) -> Result<PrimitiveArray<T>, RecordError> {
        let rows = view.tokens.rows();
        let mut values = Vec::with_capacity(rows);
        let mut nulls = NullBufferBuilder::new(rows);
        let null = self.null.as_deref();
        for row in 0..rows {
            let value = match view.field(row, self.field, null) {
                Field::Span(start, end) => parse(&view.text[start..end]),
                Field::Quoted(text) if !text.is_empty() => parse(&text),
                Field::Null | Field::Quoted(_) => {
                    self.null(row, faults)?;
                    values.push(T::Native::default());
                    nulls.append_null();
                    continue;
                }
            };
            nulls.append_non_null();
            if let Some(value) = value {
                values.push(value);
            } else {
                self.wrong(row, faults)?;
                values.push(T::Native::default());
            }
        }
        Ok(PrimitiveArray::new(
            ScalarBuffer::from(values),
            nulls.finish(),
        ))
    }

    fn boolean(
        &self,
        view: View<'_>,
        faults: &mut Faults<'_>,
    ) -> Result<BooleanArray, RecordError> {
        let null = self.null.as_deref();
        let mut values = Vec::with_capacity(view.tokens.rows());
        for row in 0..view.tokens.rows() {
            let value = match view.field(row, self.field, null) {
                Field::Span(start, end) => parse::boolean(&view.text[start..end]),
                Field::Quoted(text) if !text.is_empty() => parse::boolean(&text),
                Field::Null | Field::Quoted(_) => {
                    self.null(row, faults)?;
                    values.push(None);
                    continue;
                }
            };
            if value.is_none() {
                self.wrong(row, faults)?;
            }
            values.push(value);
        }
        Ok(BooleanArray::from(values))
    }

    fn text(
        &mut self,
        view: View<'_>,
        most: Option<u32>,
        faults: &mut Faults<'_>,
    ) -> Result<Column, RecordError> {
        let Some(mut dictionary) = self.dictionary.take() else {
            return self.plain_text(view, most, faults);
        };
        let rows = view.tokens.rows();
        let mut codes = Vec::with_capacity(rows);
        for row in 0..rows {
            let (code, new) = match view.field(row, self.field, self.null.as_deref()) {
                Field::Null => {
                    self.null(row, faults)?;
                    codes.push(NULL);
                    continue;
                }
                Field::Span(start, end) => dictionary.code_at(view.text, start, end),
                Field::Quoted(text) => dictionary.code(&text),
            };
            // Of a text seen before it is known, unless records that broke the bound were dropped.
            if (new || faults.drop.is_some()) && self.too_long(view, row, most) {
                self.wrong(row, faults)?;
            }
            codes.push(code);
        }
        let Some(shared) = dictionary.share() else {
            return Err(not_utf8(self.field));
        };
        if dictionary.pays(rows) {
            self.dictionary = Some(dictionary);
        }
        Ok(Column::Coded(shared, codes))
    }

    fn too_long(&self, view: View<'_>, row: usize, most: Option<u32>) -> bool {
        let Some(most) = most else {
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

    fn plain_text(
        &self,
        view: View<'_>,
        most: Option<u32>,
        faults: &mut Faults<'_>,
    ) -> Result<Column, RecordError> {
        let rows = view.tokens.rows();
        let mut bytes: Vec<u8> = Vec::with_capacity(rows * 16);
        let mut offsets: Vec<i32> = Vec::with_capacity(rows + 1);
        let mut nulls = NullBufferBuilder::new(rows);
        offsets.push(0);
        for row in 0..rows {
            match view.field(row, self.field, self.null.as_deref()) {
                Field::Null => {
                    self.null(row, faults)?;
                    nulls.append_null();
                }
                Field::Span(start, end) => {
                    bytes.extend_from_slice(&view.text[start..end]);
                    nulls.append_non_null();
                }
                Field::Quoted(text) => {
                    bytes.extend_from_slice(&text);
                    nulls.append_non_null();
                }
            }
            if self.too_long(view, row, most) {
                self.wrong(row, faults)?;
            }
            offsets.push(i32::try_from(bytes.len()).map_err(|_| not_utf8(self.field))?);
        }
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        let array = StringArray::try_new(offsets, Buffer::from_vec(bytes), nulls.finish());
        Ok(Column::Plain(Arc::new(
            array.map_err(|_| not_utf8(self.field))?,
        )))
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
