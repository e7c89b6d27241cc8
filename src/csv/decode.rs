//! Positions of fields → typed columns: column by column, one loop per type, only what the projection reads.
//!
//! Empty is NULL, and so is the contract's null text. Quoted empty is the empty string, and NULL in a column that is
//! no text.
//!
//! Fast because each loop does one thing (`tile.rs`), because text and doubles become codes at once (`dictionary.rs`,
//! `doubles.rs`), and because a block is read in tiles of rows whose text stays in the first-level cache until the last
//! column has been there.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int16Array,
    Int32Array, Int64Array, NullBufferBuilder, StringArray, TimestampMicrosecondArray,
};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};

use super::column::Column;
use super::dictionary::TextDictionary;
use super::doubles::DoubleDictionary;
use super::fields::{Field, View};
use super::recent::Recent;
use super::tile::Tile;
use super::{RecordError, dates, parse};
use crate::dataset::contract::{self, ColumnType, Dialect};
use crate::error::Kind;

/// Reads one column of the contract, block after block, and each block in tiles.
pub struct ColumnReader {
    rules: Rules,
    values: Values,
    nulls: NullBufferBuilder,
    dictionary: Option<TextDictionary>,
    doubles: Option<DoubleDictionary>,
    recent: Recent,
    /// Of the last block, where texts have no codes.
    text_bytes: usize,
}

/// What the contract says of a column.
pub(super) struct Rules {
    pub(super) field: usize,
    pub(super) null: Option<Vec<u8>>,
    pub(super) decimal: u8,
    nullable: bool,
    data_type: ColumnType,
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
    /// Codes into the dictionary of doubles.
    DoubleCodes(Vec<u32>),
    /// Text, and where each one ends.
    Text(Vec<u8>, Vec<i32>),
}

/// Rows found wrong in a block, in the first column that has any; or all of them where they are dropped.
pub struct Faults<'a> {
    pub(super) drop: Option<&'a mut Vec<bool>>,
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
        let double = column.data_type == ColumnType::Float64;
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
            doubles: double.then(|| DoubleDictionary::new(lineage)),
            recent: Recent::default(),
            text_bytes: 0,
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
            ColumnType::Float64 if self.doubles.is_some() => {
                Values::DoubleCodes(Vec::with_capacity(rows))
            }
            ColumnType::Float64 => Values::Float64(Vec::with_capacity(rows)),
            ColumnType::Decimal(..) => Values::Decimal(Vec::with_capacity(rows)),
            ColumnType::Boolean => Values::Boolean(Vec::with_capacity(rows)),
            ColumnType::Text(_) if self.dictionary.is_some() => {
                Values::Codes(Vec::with_capacity(rows))
            }
            ColumnType::Text(_) => {
                let mut ends = Vec::with_capacity(rows + 1);
                ends.push(0);
                // As long as those of the last block, and a little more.
                let bytes = (self.text_bytes + self.text_bytes / 8).max(16 * rows);
                Values::Text(Vec::with_capacity(bytes), ends)
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
            doubles,
            recent,
            ..
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
            (Values::Int16(values), _) => tile.short_numbers(
                values,
                |bytes, len| parse::short_integer(bytes, len)?.try_into().ok(),
                |text| parse::integer(text)?.try_into().ok(),
            ),
            (Values::Int32(values), ColumnType::Date) => match format {
                None => tile.numbers(values, dates::date),
                Some(format) => tile.numbers(values, |text| dates::date_by(utf8(text)?, format)),
            },
            (Values::Int32(values), _) => tile.short_numbers(
                values,
                |bytes, len| parse::short_integer(bytes, len)?.try_into().ok(),
                |text| parse::integer(text)?.try_into().ok(),
            ),
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
            (Values::Int64(values), _) => {
                tile.short_numbers(values, parse::short_integer, parse::integer)
            }
            (Values::Float32(values), _) => {
                tile.numbers(values, |text| parse::single(text, decimal))
            }
            (Values::Float64(values), _) => tile.short_numbers(
                values,
                |bytes, len| parse::short_double(bytes, len, decimal),
                |text| parse::double(text, decimal),
            ),
            (Values::Decimal(values), ColumnType::Decimal(precision, scale)) => tile.short_numbers(
                values,
                |bytes, len| parse::short_decimal(bytes, len, precision, scale, decimal),
                |text| parse::decimal(text, precision, scale, decimal),
            ),
            (Values::Decimal(values), _) => tile.numbers(values, |_| None),
            (Values::Boolean(values), _) => tile.numbers(values, parse::boolean),
            (Values::Codes(codes), _) => match dictionary {
                Some(dictionary) => tile.codes(recent, dictionary, codes),
                None => Ok(()),
            },
            (Values::DoubleCodes(codes), _) => match doubles {
                Some(doubles) => tile.codes(recent, doubles, codes),
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
            Values::DoubleCodes(codes) => return self.coded_doubles(codes),
            Values::Text(bytes, ends) => {
                self.text_bytes = bytes.len();
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

    fn coded_doubles(&mut self, codes: Vec<u32>) -> Result<Column, RecordError> {
        let doubles = self.doubles.take();
        let mut doubles = doubles.ok_or_else(|| not_utf8(self.rules.field))?;
        let shared = doubles.share();
        if doubles.pays(codes.len(), self.recent.missed()) {
            self.doubles = Some(doubles);
        }
        Ok(Column::CodedDoubles(shared, codes))
    }
}

/// Validated before; checked once more where a foreign parser takes it.
fn utf8(text: &[u8]) -> Option<&str> {
    std::str::from_utf8(text).ok()
}

impl Rules {
    pub(super) fn null(&self, row: usize, faults: &mut Faults<'_>) -> Result<(), RecordError> {
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

    pub(super) fn wrong(&self, row: usize, faults: &mut Faults<'_>) -> Result<(), RecordError> {
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

    /// Whether a text of so many bytes has no more characters than its type.
    #[inline]
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        match self.data_type {
            ColumnType::Text(Some(most)) => bytes <= most as usize,
            _ => true,
        }
    }

    /// Whether a text has more characters than its type.
    pub(super) fn too_long(&self, view: View<'_>, row: usize) -> bool {
        let ColumnType::Text(Some(most)) = self.data_type else {
            return false;
        };
        let characters = |text: &[u8]| text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        let characters = match view.field(row, self.field, None) {
            Field::Null => 0,
            Field::Span(start, end) => characters(&view.text[start..end]),
            Field::Quoted(text) => characters(&view.unquoted(text)),
        };
        characters > most as usize
    }
}

pub(super) fn not_utf8(field: usize) -> RecordError {
    RecordError {
        kind: Kind::Encoding,
        message: "the text is not in the contract's encoding".to_owned(),
        record: 0,
        field: Some(field),
    }
}
