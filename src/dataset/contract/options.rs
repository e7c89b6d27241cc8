//! OPTIONS of a contract → how objects are read. Each option has one reader, in one table; `DataFusion`'s own names
//! where it has them, `veilpoint.` before the rest. An option that nobody knows is an error, never ignored.

use chrono::format::{Item, StrftimeItems};

use super::super::nearest::hint;
use super::super::place::quoted_list;
use super::{
    BadRows, Column, ColumnType, Compression, Dialect, Encoding, FoundIdentifiers, Guarding,
    NoRecords, Terminator, UnknownColumns,
};

/// The prefix of the one option whose name goes on with a column's.
const MIN_STEP: &str = "veilpoint.min_step.";

/// Everything that OPTIONS say, with the defaults.
pub(super) struct Settings {
    pub dialect: Dialect,
    pub bad_rows: BadRows,
    pub unknown_columns: UnknownColumns,
    pub no_records: NoRecords,
    pub found_identifiers: FoundIdentifiers,
    pub subject: Vec<String>,
    pub min_steps: Vec<(String, String)>,
    datetime_format: Option<String>,
}

type Outcome = Result<(), String>;
type Reader = fn(&mut Settings, &str) -> Outcome;

/// Every option, with what reads it.
const OPTIONS: [(&str, Reader); 25] = [
    ("format.has_header", |s, v| {
        set(&mut s.dialect.has_header, boolean(v))
    }),
    ("format.delimiter", |s, v| {
        set(&mut s.dialect.delimiter, byte(v))
    }),
    ("format.quote", |s, v| {
        set(&mut s.dialect.quote, optional_byte(v))
    }),
    ("format.escape", |s, v| {
        set(&mut s.dialect.escape, optional_byte(v))
    }),
    ("format.comment", |s, v| {
        set(&mut s.dialect.comment, optional_byte(v))
    }),
    ("format.terminator", |s, v| {
        set(&mut s.dialect.terminator, terminator(v))
    }),
    ("format.double_quote", |_, v| {
        if boolean(v)? {
            Ok(())
        } else {
            Err("is always true: a doubled quote is a quote, and 'format.escape' adds an escape to it".into())
        }
    }),
    ("format.newlines_in_values", |_, v| boolean(v).map(drop)),
    ("format.null_value", |s, v| {
        set(&mut s.dialect.null_value, Ok(Some(v.to_owned())))
    }),
    ("format.null_regex", |_, _| {
        Err("is not served: name the one text of NULL with 'format.null_value'".into())
    }),
    ("format.date_format", |s, v| {
        set(&mut s.dialect.date_format, strftime(v))
    }),
    ("format.datetime_format", |s, v| {
        set(&mut s.datetime_format, strftime(v))
    }),
    ("format.timestamp_format", |s, v| {
        set(&mut s.dialect.timestamp_format, strftime(v))
    }),
    ("format.timestamp_tz_format", |s, v| {
        set(&mut s.dialect.timestamp_tz_format, strftime(v))
    }),
    ("format.compression", |s, v| {
        set(&mut s.dialect.compression, compression(v).map(Some))
    }),
    ("veilpoint.encoding", |s, v| {
        set(&mut s.dialect.encoding, encoding(v))
    }),
    ("veilpoint.decimal", |s, v| {
        set(&mut s.dialect.decimal, decimal(v))
    }),
    ("veilpoint.skip_lines", |s, v| {
        set(&mut s.dialect.skip_lines, lines(v))
    }),
    ("veilpoint.bad_rows", |s, v| {
        set(
            &mut s.bad_rows,
            word(v, &[("refuse", BadRows::Refuse), ("drop", BadRows::Drop)]),
        )
    }),
    ("veilpoint.unknown_columns", |s, v| {
        let words = [
            ("ignore", UnknownColumns::Ignore),
            ("refuse", UnknownColumns::Refuse),
        ];
        set(&mut s.unknown_columns, word(v, &words))
    }),
    ("veilpoint.no_records", |s, v| {
        set(
            &mut s.no_records,
            word(
                v,
                &[("refuse", NoRecords::Refuse), ("allow", NoRecords::Allow)],
            ),
        )
    }),
    ("veilpoint.found_identifiers", |s, v| {
        let words = [
            ("log", Guarding::Log),
            ("refuse", Guarding::Refuse),
            ("ignore", Guarding::Ignore),
        ];
        set(&mut s.found_identifiers.guarding, word(v, &words))
    }),
    ("veilpoint.found_identifiers_share", |s, v| {
        set(&mut s.found_identifiers.share, share(v))
    }),
    ("veilpoint.found_identifiers_count", |s, v| {
        set(&mut s.found_identifiers.count, count(v))
    }),
    ("veilpoint.subject", |s, v| {
        set(&mut s.subject, quoted_list(v))
    }),
];

impl Settings {
    /// The defaults: RFC 4180 with a header, in UTF-8, refusing what is not clean.
    fn new() -> Self {
        Self {
            dialect: Dialect {
                delimiter: b',',
                quote: Some(b'"'),
                escape: None,
                comment: None,
                terminator: Terminator::Any,
                has_header: true,
                skip_lines: 0,
                null_value: None,
                encoding: Encoding::Utf8,
                decimal: b'.',
                date_format: None,
                timestamp_format: None,
                timestamp_tz_format: None,
                compression: None,
            },
            bad_rows: BadRows::Refuse,
            unknown_columns: UnknownColumns::Ignore,
            no_records: NoRecords::Refuse,
            // One address in a thousand remarks is an accident. Of numbers that look like a card's one in ten has the
            // check digit by chance.
            found_identifiers: FoundIdentifiers {
                guarding: Guarding::Log,
                share: 10_000,
                count: 10,
            },
            subject: Vec::new(),
            min_steps: Vec::new(),
            datetime_format: None,
        }
    }

    /// Reads all options of a contract with these columns.
    pub(super) fn read(options: &[(String, String)], columns: &[Column]) -> Result<Self, String> {
        let mut settings = Self::new();
        for (position, (name, value)) in options.iter().enumerate() {
            if options[..position].iter().any(|(other, _)| other == name) {
                return Err(format!("the option '{name}' stands more than once"));
            }
            settings.one(name, value)?;
        }
        if settings.dialect.timestamp_format.is_none() {
            settings.dialect.timestamp_format = settings.datetime_format.take();
        }
        settings.check(columns)?;
        Ok(settings)
    }

    fn one(&mut self, name: &str, value: &str) -> Outcome {
        if let Some(column) = name.strip_prefix(MIN_STEP) {
            self.min_steps.push((column.to_owned(), value.to_owned()));
            return Ok(());
        }
        let known = OPTIONS.iter().find(|(option, _)| *option == name);
        let Some((_, reader)) = known else {
            let names = OPTIONS.iter().map(|(option, _)| *option);
            return Err(format!(
                "the option '{name}' is unknown{}",
                hint(name, names)
            ));
        };
        reader(self, value).map_err(|why| format!("the option '{name}' {why}"))
    }

    /// What one option cannot see: bytes that collide, columns that are not there.
    fn check(&self, columns: &[Column]) -> Outcome {
        let Dialect {
            delimiter,
            quote,
            escape,
            comment,
            terminator,
            ..
        } = &self.dialect;
        let end = match terminator {
            Terminator::Byte(byte) => Some(*byte),
            Terminator::Any => None,
        };
        let bytes: Vec<u8> = [Some(*delimiter), *quote, *escape, *comment, end]
            .into_iter()
            .flatten()
            .collect();
        if (1..bytes.len()).any(|i| bytes[..i].contains(&bytes[i])) {
            return Err(
                "delimiter, quote, escape, comment and terminator must differ from each other"
                    .into(),
            );
        }
        let find = |name: &str| columns.iter().find(|column| column.name == name);
        for name in &self.subject {
            if find(name).is_none() {
                let names = columns.iter().map(|column| column.name.as_str());
                return Err(format!(
                    "the option 'veilpoint.subject' names \"{name}\", which is no column{}",
                    hint(name, names)
                ));
            }
        }
        if (1..self.subject.len()).any(|i| self.subject[..i].contains(&self.subject[i])) {
            return Err("the option 'veilpoint.subject' names a column twice".into());
        }
        for (name, value) in &self.min_steps {
            let Some(column) = find(name) else {
                let names = columns.iter().map(|column| column.name.as_str());
                return Err(format!(
                    "the option '{MIN_STEP}{name}' is for no column of the contract{}",
                    hint(name, names)
                ));
            };
            min_step(column.data_type, value)
                .map_err(|why| format!("the option '{MIN_STEP}{name}' {why}"))?;
        }
        Ok(())
    }
}

fn set<T>(place: &mut T, value: Result<T, String>) -> Outcome {
    *place = value?;
    Ok(())
}

/// One of a few words, in any case.
fn word<T: Copy>(value: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(value));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<String> = words.iter().map(|(name, _)| format!("'{name}'")).collect();
        format!("takes {}", names.join(" or "))
    })
}

fn boolean(value: &str) -> Result<bool, String> {
    word(value, &[("true", true), ("false", false)])
}

/// One ASCII byte that is neither NUL nor a line break; `\t` may be written with its two characters.
fn byte(value: &str) -> Result<u8, String> {
    let value = if value == "\\t" { "\t" } else { value };
    match value.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, 0 | b'\n' | b'\r') => Ok(*byte),
        _ => Err("takes one ASCII character that is no line break, or \\t".into()),
    }
}

fn optional_byte(value: &str) -> Result<Option<u8>, String> {
    if value.is_empty() {
        Ok(None)
    } else {
        byte(value).map(Some)
    }
}

fn terminator(value: &str) -> Result<Terminator, String> {
    match value {
        "\\n" | "\n" => Ok(Terminator::Byte(b'\n')),
        "\\r" | "\r" => Ok(Terminator::Byte(b'\r')),
        "\\r\\n" | "\r\n" => Ok(Terminator::Any),
        _ => byte(value)
            .map(Terminator::Byte)
            .map_err(|_| "takes one ASCII character, \\n, \\r or \\r\\n".into()),
    }
}

fn strftime(value: &str) -> Result<Option<String>, String> {
    let mut items = StrftimeItems::new(value);
    if value.is_empty() || items.any(|item| matches!(item, Item::Error)) {
        return Err("takes a strftime format, such as '%d.%m.%Y'".into());
    }
    Ok(Some(value.to_owned()))
}

fn compression(value: &str) -> Result<Compression, String> {
    let words = [
        ("uncompressed", Compression::None),
        ("gzip", Compression::Gzip),
        ("gz", Compression::Gzip),
        ("zstd", Compression::Zstd),
        ("zst", Compression::Zstd),
        ("bzip2", Compression::Bzip2),
        ("bz2", Compression::Bzip2),
    ];
    word(value, &words).map_err(|_| "takes 'uncompressed', 'gzip', 'zstd' or 'bzip2'".into())
}

fn encoding(value: &str) -> Result<Encoding, String> {
    word(
        value,
        &[
            ("utf-8", Encoding::Utf8),
            ("utf-16", Encoding::Utf16),
            ("utf-16le", Encoding::Utf16Le),
            ("utf-16be", Encoding::Utf16Be),
            ("windows-1252", Encoding::Windows1252),
        ],
    )
}

fn decimal(value: &str) -> Result<u8, String> {
    match value {
        "." => Ok(b'.'),
        "," => Ok(b','),
        _ => Err("takes '.' or ','".into()),
    }
}

fn lines(value: &str) -> Result<u32, String> {
    value
        .parse()
        .ok()
        .filter(|lines| *lines <= 1_000_000)
        .ok_or_else(|| "takes a number of lines, at most 1000000".into())
}

/// A share from 0 to 1 in plain digits, in millionths.
fn share(value: &str) -> Result<u32, String> {
    let (whole, part) = value.split_once('.').unwrap_or((value, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let millionths = format!("{part:0<6}");
    let number = match (whole, millionths.parse::<u32>()) {
        ("0", Ok(millionths)) => Some(millionths),
        ("1", Ok(0)) => Some(1_000_000),
        _ => None,
    };
    number
        .filter(|_| digits(part) && part.len() <= 6)
        .ok_or_else(|| "takes a share from 0 to 1 with at most six decimals, such as '0.01'".into())
}

fn count(value: &str) -> Result<u64, String> {
    value
        .parse()
        .ok()
        .filter(|count| *count >= 1)
        .ok_or_else(|| "takes a number of values, at least 1".into())
}

/// A positive number in plain digits, for a column of numbers; whole for whole numbers.
fn min_step(data_type: ColumnType, value: &str) -> Outcome {
    let fraction = match data_type {
        ColumnType::Int16 | ColumnType::Int32 | ColumnType::Int64 => false,
        ColumnType::Float32 | ColumnType::Float64 | ColumnType::Decimal(..) => true,
        _ => return Err("is for a column of numbers only".into()),
    };
    let (whole, part) = value.split_once('.').unwrap_or((value, "0"));
    let digits = |text: &str| {
        !text.is_empty() && text.len() <= 18 && text.bytes().all(|b| b.is_ascii_digit())
    };
    let positive = value.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if digits(whole) && digits(part) && positive && (fraction || !value.contains('.')) {
        return Ok(());
    }
    let kind = if fraction {
        "a positive number such as '0.5'"
    } else {
        "a positive whole number such as '2'"
    };
    Err(format!("takes {kind}"))
}
