//! `schema.sql` → [`Contract`]: what an object of the dataset must look like, and what each column says of a person.

mod bind;
mod folders;
mod options;
mod parse;
mod reference;
mod types;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

pub use bind::KeyMatcher;

use super::reference::References;

/// What a column says about a person (ISO/IEC 20889). Unclassified columns are direct identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Names one person by itself.
    DirectIdentifier,
    /// Names a person together with others of its kind.
    QuasiIdentifier,
    /// What the person would not have known.
    Sensitive,
    /// Neither.
    Insensitive,
}

/// The types that a contract may give a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// VARCHAR, CHAR, TEXT; with a length, values of more characters are refused.
    Text(Option<u32>),
    /// SMALLINT.
    Int16,
    /// INT.
    Int32,
    /// BIGINT.
    Int64,
    /// REAL.
    Float32,
    /// DOUBLE.
    Float64,
    /// DECIMAL(precision, scale), precision at most 38, scale 0 to precision.
    Decimal(u8, i8),
    /// BOOLEAN.
    Boolean,
    /// DATE.
    Date,
    /// TIMESTAMP (no zone) in microseconds.
    Timestamp,
    /// TIMESTAMP WITH TIME ZONE: an instant, in microseconds UTC.
    TimestampTz,
}

impl ColumnType {
    /// The Arrow type of the column.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Text(_) => DataType::Utf8,
            Self::Int16 => DataType::Int16,
            Self::Int32 => DataType::Int32,
            Self::Int64 => DataType::Int64,
            Self::Float32 => DataType::Float32,
            Self::Float64 => DataType::Float64,
            Self::Decimal(precision, scale) => DataType::Decimal128(precision, scale),
            Self::Boolean => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::TimestampTz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }
}

/// One column of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The exact name, as the header has it.
    pub name: String,
    /// The type that every value must read as.
    pub data_type: ColumnType,
    /// Whether an empty field is allowed.
    pub nullable: bool,
    /// What it says about a person.
    pub class: Class,
    /// The least step of `generalize` over it, where the contract sets one (`'veilpoint.min_step.<column>'`).
    pub min_step: Option<String>,
}

/// How an object's bytes are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16 by its byte order mark, little endian without one.
    Utf16,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// windows-1252.
    Windows1252,
}

/// How an object is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, of one or several members.
    Gzip,
    /// Zstandard.
    Zstd,
    /// bzip2, of one or several streams.
    Bzip2,
}

impl Compression {
    /// The compression that a key's suffix states: `.gz`, `.zst`, `.bz2`, otherwise none.
    pub fn of_key(key: &str) -> Self {
        match key.rsplit_once('.').map(|(_, suffix)| suffix) {
            Some("gz") => Self::Gzip,
            Some("zst") => Self::Zstd,
            Some("bz2") => Self::Bzip2,
            _ => Self::None,
        }
    }
}

/// What ends a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Terminator {
    /// LF or CRLF, or CR alone where the first record ends with CR alone.
    Any,
    /// This byte alone.
    Byte(u8),
}

/// How the object's text is records and fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The field separator, one ASCII byte (`format.delimiter`).
    pub delimiter: u8,
    /// The quote, one ASCII byte (`format.quote`; '' for none).
    pub quote: Option<u8>,
    /// The escape, one ASCII byte (`format.escape`): the next byte is taken literally, inside quotes and outside.
    pub escape: Option<u8>,
    /// Lines that begin with this byte are skipped (`format.comment`).
    pub comment: Option<u8>,
    /// What ends a record (`format.terminator`).
    pub terminator: Terminator,
    /// Whether the first record names the columns (`format.has_header`); otherwise the contract's order holds.
    pub has_header: bool,
    /// Lines before the header (`veilpoint.skip_lines`).
    pub skip_lines: u32,
    /// An unquoted field of this text is NULL, beside the empty one (`format.null_value`).
    pub null_value: Option<String>,
    /// The text encoding (`veilpoint.encoding`).
    pub encoding: Encoding,
    /// The decimal separator, `.` or `,` (`veilpoint.decimal`).
    pub decimal: u8,
    /// strftime format of DATE (`format.date_format`); ISO 8601 without one.
    pub date_format: Option<String>,
    /// strftime format of TIMESTAMP (`format.timestamp_format`, or `format.datetime_format`); ISO 8601 without one.
    pub timestamp_format: Option<String>,
    /// strftime format of TIMESTAMP WITH TIME ZONE (`format.timestamp_tz_format`); ISO 8601 with offset without one.
    pub timestamp_tz_format: Option<String>,
    /// Compression whatever the suffix (`format.compression`).
    pub compression: Option<Compression>,
}

/// What happens to a row that cannot be read (`veilpoint.bad_rows`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BadRows {
    /// The object is refused.
    Refuse,
    /// The row is dropped and counted.
    Drop,
}

/// What happens to columns that the contract does not know (`veilpoint.unknown_columns`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnknownColumns {
    /// They are never read; their names are logged once.
    Ignore,
    /// The object is refused.
    Refuse,
}

/// What happens to an object with a header and no record (`veilpoint.no_records`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoRecords {
    /// The object is refused: more often a failed export than an empty day.
    Refuse,
    /// The release has no rows.
    Allow,
}

/// What happens to an object with identifiers in columns that are classed as naming nobody
/// (`veilpoint.found_identifiers`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Guarding {
    /// The column is logged, with their kind and number.
    Log,
    /// The object is refused.
    Refuse,
    /// Nobody looks.
    Ignore,
}

/// When identifiers in a column are no chance, and what happens then. A value holds one where it has the check digits
/// of an IBAN, an AHV or a card number, or the form of an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FoundIdentifiers {
    /// What happens.
    pub guarding: Guarding,
    /// The least share of a column's values, in millionths (`veilpoint.found_identifiers_share`).
    pub share: u32,
    /// The least number of values (`veilpoint.found_identifiers_count`); all values are enough where there are fewer.
    pub count: u64,
}

impl FoundIdentifiers {
    /// Whether `found` of `of` values are as many as it takes.
    pub fn is_reached(&self, found: u64, of: u64) -> bool {
        found > 0
            && found >= self.count.min(of)
            && u128::from(found) * 1_000_000 >= u128::from(self.share) * u128::from(of)
    }
}

/// A contract, checked.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The dataset: the folder's name, and the table's.
    pub dataset: String,
    /// The columns, in the contract's order.
    pub columns: Vec<Column>,
    /// The pattern of the keys that the dataset owns, relative to the source, as written in LOCATION.
    pub location: String,
    /// How objects are read.
    pub dialect: Dialect,
    /// Rows that cannot be read.
    pub bad_rows: BadRows,
    /// Columns nobody knows.
    pub unknown_columns: UnknownColumns,
    /// Objects without records.
    pub no_records: NoRecords,
    /// Identifiers in columns that are classed as naming nobody.
    pub found_identifiers: FoundIdentifiers,
    /// The columns that identify a subject (`veilpoint.subject`); empty: each row is one.
    pub subject: Vec<String>,
    /// The reference tables that projections over it may join; none as it is parsed.
    pub references: References,
}

impl Contract {
    /// The contract with these reference tables beside it.
    #[must_use]
    pub fn with_references(self, references: References) -> Self {
        Self { references, ..self }
    }

    /// The position of a column, by its exact name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The Arrow schema of some of the columns, by position and in the order given.
    pub fn schema(&self, columns: impl IntoIterator<Item = usize>) -> SchemaRef {
        let fields: Vec<Field> = columns
            .into_iter()
            .filter_map(|position| self.columns.get(position))
            .map(|column| Field::new(&column.name, column.data_type.arrow(), column.nullable))
            .collect();
        Arc::new(Schema::new(fields))
    }
}

/// A contract's columns found in one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// For each contract column, in the contract's order, its field in the object's records.
    pub fields: Vec<usize>,
    /// How many fields a record has.
    pub width: usize,
    /// The names of columns that the contract does not know, for one line of log.
    pub unknown: Vec<String>,
}
