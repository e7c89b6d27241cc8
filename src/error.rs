//! The one error: a kind, a place, a public message, a private source.
//!
//! A public message names object, column and record number and never holds a value of the data. Texts of arrow,
//! `DataFusion` and object stores quote rows and addresses: they are kept, if at all, as the private source, which
//! neither `Display` nor `Debug` shows and `std::error::Error::source` does not return.

use std::fmt;

/// The result of everything fallible here.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, in terms that do not change: [`Kind::facts`] maps each to codes of the doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The command or request is malformed.
    Usage,
    /// A setting is wrong.
    Settings,
    /// A contract (`schema.sql`) is wrong.
    Contract,
    /// An access point's `FunctionPayload` is wrong, or names a projection that does not exist.
    Payload,
    /// The secret is missing, malformed, or readable by others.
    Key,
    /// No such projection, dataset or object.
    NotFound,
    /// A projection is refused: it is not one SELECT, or cannot be proven.
    Projection,
    /// The object lacks a column of the contract, or has it in another case.
    ColumnMissing,
    /// The object has a column of the contract more than once.
    ColumnDoubled,
    /// The object has a column that the contract does not know, and the contract refuses those.
    ColumnUnknown,
    /// Identifiers stand in a column that the contract classes as naming nobody, and it refuses those.
    IdentifiersFound,
    /// The header has more columns than [`crate::csv::MAX_COLUMNS`], or an empty object has no header at all.
    Header,
    /// A record has more or fewer fields than the header.
    FieldCount,
    /// A quote stands where none may, or is never closed.
    Quoting,
    /// The bytes are not text in the contract's encoding.
    Encoding,
    /// The bytes hold NUL, or are another kind of file.
    NotCsv,
    /// A record or field is larger than the limit.
    TooLarge,
    /// A field does not read as its type.
    Value,
    /// A NOT NULL column is empty.
    Null,
    /// The object has a header and no record, and the contract does not allow that.
    Empty,
    /// Compressed data is damaged or ends early.
    Compression,
    /// An expression of the projection failed on a record.
    Evaluation,
    /// A release is not the one that its record tells of.
    NotVerified,
    /// The people of a file are found again more easily than was allowed.
    Risk,
    /// Our own rights do not reach the object.
    Denied,
    /// The object cannot be read.
    Source,
    /// The release cannot be written.
    Output,
    /// A projection that is not row by row needs more memory than its limit, even with spilling.
    Memory,
    /// The release takes longer than the door may take.
    TimeLimit,
    /// The range lies behind the end of the release.
    Range,
    /// The release has no part of this number.
    Part,
    /// A condition of the request does not hold.
    Precondition,
    /// An argument of the request is malformed.
    Argument,
    /// What was asked takes longer than one request may: what was done is kept, and the next one gets further.
    SlowDown,
    /// The release is longer than its length law.
    Length,
    /// The operation is not one that is answered.
    Method,
    /// Stopped by a signal.
    Interrupted,
    /// Our own failure.
    Internal,
}

/// What the doors make of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The stable code, in S3's form (`^[A-Z][a-zA-Z]+$`).
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The exit code of the command: 1 the request or the data was refused, 2 usage, settings or our own failure.
    pub exit: u8,
}

impl Kind {
    /// The one table from kinds to codes.
    pub const fn facts(self) -> Facts {
        let (code, status, exit) = match self {
            Self::Usage => ("InvalidRequest", 400, 2),
            Self::Settings => ("InvalidSettings", 500, 2),
            Self::Contract => ("InvalidContract", 500, 2),
            Self::Payload => ("InvalidFunctionPayload", 400, 2),
            Self::Key => ("KeyUnavailable", 500, 2),
            Self::NotFound => ("NoSuchKey", 404, 1),
            Self::Projection => ("ProjectionRefused", 403, 1),
            Self::ColumnMissing => ("ColumnMissing", 409, 1),
            Self::ColumnDoubled => ("ColumnDoubled", 409, 1),
            Self::ColumnUnknown => ("ColumnUnknown", 409, 1),
            Self::IdentifiersFound => ("IdentifiersFound", 409, 1),
            Self::Header => ("HeaderRefused", 409, 1),
            Self::FieldCount => ("FieldCount", 409, 1),
            Self::Quoting => ("Quoting", 409, 1),
            Self::Encoding => ("InvalidEncoding", 409, 1),
            Self::NotCsv => ("NotCsv", 409, 1),
            Self::TooLarge => ("RecordTooLarge", 409, 1),
            Self::Value => ("InvalidValue", 409, 1),
            Self::Null => ("NullNotAllowed", 409, 1),
            Self::Empty => ("NoRecords", 409, 1),
            Self::Compression => ("DamagedCompression", 409, 1),
            Self::Evaluation => ("EvaluationFailed", 409, 1),
            Self::NotVerified => ("NotVerified", 409, 1),
            Self::Risk => ("RiskTooHigh", 409, 1),
            Self::Denied => ("AccessDenied", 403, 2),
            Self::Source => ("SourceUnavailable", 503, 2),
            Self::Output => ("OutputFailed", 500, 2),
            Self::Memory => ("MemoryLimit", 503, 2),
            Self::TimeLimit => ("TimeLimit", 400, 1),
            Self::Range => ("InvalidRange", 416, 1),
            Self::Part => ("InvalidPartNumber", 416, 1),
            Self::Precondition => ("PreconditionFailed", 412, 1),
            Self::Argument => ("InvalidArgument", 400, 1),
            Self::SlowDown => ("SlowDown", 503, 1),
            Self::Length => ("LengthExceeded", 409, 1),
            Self::Method => ("MethodNotAllowed", 405, 1),
            Self::Interrupted => ("Interrupted", 503, 2),
            Self::Internal => ("InternalError", 500, 2),
        };
        Facts { code, status, exit }
    }
}

/// An error with its place. Built with [`Error::new`], and placed by the `in_*` and `at_*` methods as it travels up.
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: Kind,
    message: String,
    object: Option<String>,
    record: Option<u64>,
    column: Option<String>,
    private: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error whose message holds no value of the data: lower case, no full stop, with the remedy.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                object: None,
                record: None,
                column: None,
                private: None,
            }),
        }
    }

    /// Keeps the cause for a debugger. It is never displayed.
    #[must_use]
    pub fn with_private(
        mut self,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.inner.private = Some(cause.into());
        self
    }

    /// Names the object, unless it is named already.
    #[must_use]
    pub fn in_object(mut self, object: &str) -> Self {
        self.inner.object.get_or_insert_with(|| object.to_owned());
        self
    }

    /// Names the contract's column, unless one is named already.
    #[must_use]
    pub fn in_column(mut self, column: &str) -> Self {
        self.inner.column.get_or_insert_with(|| column.to_owned());
        self
    }

    /// Sets the record: 1 is the first after the header.
    #[must_use]
    pub fn at_record(mut self, record: u64) -> Self {
        self.inner.record = Some(record);
        self
    }

    /// The same error for one more reader, without its private cause.
    #[must_use]
    pub fn public(&self) -> Self {
        let inner = &self.inner;
        Self {
            inner: Box::new(Inner {
                kind: inner.kind,
                message: inner.message.clone(),
                object: inner.object.clone(),
                record: inner.record,
                column: inner.column.clone(),
                private: None,
            }),
        }
    }

    /// What kind of error this is.
    pub fn kind(&self) -> Kind {
        self.inner.kind
    }

    /// The public message, without its place.
    pub fn message(&self) -> &str {
        &self.inner.message
    }

    /// The record it is about, where there is one.
    pub fn record(&self) -> Option<u64> {
        self.inner.record
    }

    /// The contract's column it is about, where there is one.
    pub fn column(&self) -> Option<&str> {
        self.inner.column.as_deref()
    }

    /// The cause, for a debugger only: it may quote data.
    pub fn private_source(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.inner.private.as_deref()
    }
}

impl fmt::Display for Error {
    /// `object: record 17, column "Birthdate": message [InvalidValue]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        if let Some(object) = &inner.object {
            write!(f, "{object}: ")?;
        }
        match (inner.record, &inner.column) {
            (Some(record), Some(column)) => write!(f, "record {record}, column \"{column}\": ")?,
            (Some(record), None) => write!(f, "record {record}: ")?,
            (None, Some(column)) => write!(f, "column \"{column}\": ")?,
            (None, None) => {}
        }
        write!(f, "{} [{}]", inner.message, inner.kind.facts().code)
    }
}

impl fmt::Debug for Error {
    /// As `Display`: a derived form would show the private source.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Error {}
