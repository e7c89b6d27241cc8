//! Columns with their types and classes → the texts of a contract and of a first projection.

use std::fmt::Write as _;

use super::classes::Guess;
use super::formats::{Formats, Kind, Typed, identifier, literal};
use super::sniff::Sniffed;
use super::words::Topic;
use crate::dataset::contract::{Class, Encoding};

/// A column of the draft.
pub(super) struct Drafted {
    pub(super) name: String,
    pub(super) typed: Typed,
    pub(super) guess: Guess,
}

/// The contract's text. `location` is the pattern of the keys that the dataset owns.
pub(super) fn contract(
    dataset: &str,
    location: &str,
    sniffed: &Sniffed,
    formats: &Formats,
    columns: &[Drafted],
) -> String {
    let mut text = format!(
        "-- A draft: types are of all records, classes are guessed. Read each one before anything is served: what a column\n\
         -- says about a person is for a person to decide.\n{}CREATE EXTERNAL TABLE {} (\n",
        if sniffed.doubtful_header {
            "-- The first record is taken for a header, and might be data: say so with 'format.has_header' 'false'.\n"
        } else {
            ""
        },
        identifier(dataset)
    );
    for (column, more) in columns.iter().zip((0..columns.len()).rev()) {
        let _ = writeln!(text, "  -- {}", column.guess.reason);
        if let Some(doubt) = column.typed.doubt {
            let _ = writeln!(text, "  -- {doubt}");
        }
        let not_null = if column.typed.not_null {
            " NOT NULL"
        } else {
            ""
        };
        let comma = if more > 0 { "," } else { "" };
        let _ = writeln!(
            text,
            "  {} {}{not_null} COMMENT '{}'{comma}",
            identifier(&column.name),
            column.typed.sql,
            word(column.guess.class)
        );
    }
    let options: Vec<String> = options(sniffed, formats)
        .into_iter()
        .chain(subject(columns).map(|column| {
            let name = identifier(&column.name);
            ("veilpoint.subject", name)
        }))
        .map(|(name, value)| format!("  '{name}' {}", literal(&value)))
        .collect();
    let _ = write!(
        text,
        ")\nSTORED AS CSV\n-- The keys that are this dataset's, relative to the source.\nLOCATION {}\nOPTIONS (\n{}\n);\n",
        literal(location),
        options.join(",\n")
    );
    text
}

/// A contract of text alone, for the first reading.
pub(super) fn untyped(sniffed: &Sniffed) -> String {
    let columns = sniffed
        .names
        .iter()
        .map(|name| format!("{} VARCHAR", identifier(name)));
    let options = options(sniffed, &Formats::default());
    let options = options
        .into_iter()
        .map(|(name, value)| format!("'{name}' {}", literal(&value)));
    format!(
        "CREATE EXTERNAL TABLE draft ({}) STORED AS CSV LOCATION '*' OPTIONS ({})",
        columns.collect::<Vec<_>>().join(", "),
        options.collect::<Vec<_>>().join(", ")
    )
}

/// What the file's dialect is, as options.
fn options(sniffed: &Sniffed, formats: &Formats) -> Vec<(&'static str, String)> {
    let mut options = vec![
        ("format.has_header", sniffed.has_header.to_string()),
        ("format.delimiter", byte(sniffed.delimiter)),
    ];
    if sniffed.quote != b'"' {
        options.push(("format.quote", byte(sniffed.quote)));
    }
    if sniffed.skip_lines > 0 {
        options.push(("veilpoint.skip_lines", sniffed.skip_lines.to_string()));
    }
    let encoding = match sniffed.encoding {
        Encoding::Utf8 => None,
        Encoding::Utf16 => Some("utf-16"),
        Encoding::Utf16Le => Some("utf-16le"),
        Encoding::Utf16Be => Some("utf-16be"),
        Encoding::Windows1252 => Some("windows-1252"),
    };
    let comma = formats.decimal_comma.then_some(",");
    for (name, value) in [
        ("veilpoint.encoding", encoding),
        ("veilpoint.decimal", comma),
        ("format.date_format", formats.date),
        ("format.timestamp_format", formats.timestamp),
        ("format.null_value", formats.null),
    ] {
        options.extend(value.map(|value| (name, value.to_owned())));
    }
    options
}

fn byte(byte: u8) -> String {
    match byte {
        b'\t' => "\\t".to_owned(),
        other => char::from(other).to_string(),
    }
}

fn word(class: Class) -> &'static str {
    match class {
        Class::DirectIdentifier => "direct identifier",
        Class::QuasiIdentifier => "quasi-identifier",
        Class::Sensitive => "sensitive",
        Class::Insensitive => "insensitive",
    }
}

/// The column that tells one person from another: a number of one, of which some come again or all are there.
fn subject(columns: &[Drafted]) -> Option<&Drafted> {
    let numbers = columns
        .iter()
        .filter(|column| column.guess.topic == Some(Topic::Number));
    let direct = |column: &&Drafted| column.guess.class == Class::DirectIdentifier;
    numbers
        .clone()
        .find(|column| direct(column) && column.typed.not_null)
        .or_else(|| numbers.clone().find(direct))
}

/// The first projection's text: what may leave without a decision.
pub(super) fn projection(dataset: &str, columns: &[Drafted]) -> String {
    let subject = subject(columns).map(|column| column.name.as_str());
    let mut pseudonym = false;
    let mut outputs = Vec::new();
    let mut left_out = Vec::new();
    for column in columns {
        let name = identifier(&column.name);
        let expression = if subject == Some(column.name.as_str()) {
            Some(format!("token({name}) AS {name}"))
        } else if column.guess.topic == Some(Topic::Name)
            && column.guess.class == Class::DirectIdentifier
            && column.typed.kind == Kind::Text
            && !std::mem::replace(&mut pseudonym, true)
        {
            Some(format!("pseudonym({name}) AS {name}"))
        } else {
            open(column, &name)
        };
        match expression {
            Some(expression) => outputs.push(format!("  {expression}")),
            None => left_out.push(name),
        }
    }
    if outputs.is_empty() {
        outputs.push("  count(*) AS records".to_owned());
    }
    let mut text = format!(
        "-- A draft, for nobody yet: what may leave {dataset} without a decision of yours.\n"
    );
    if !left_out.is_empty() {
        let names = left_out.join(" ").replace(char::is_control, " ");
        let _ = writeln!(text, "-- Left out are {names}");
    }
    let _ = write!(
        text,
        "SELECT\n{}\nFROM {}\n",
        outputs.join(",\n"),
        identifier(dataset)
    );
    text
}

/// What leaves of a column by its class: quasi-identifiers in steps.
fn open(column: &Drafted, name: &str) -> Option<String> {
    match (column.guess.class, column.typed.kind) {
        (Class::Sensitive | Class::Insensitive, _) => Some(name.to_owned()),
        (Class::QuasiIdentifier, Kind::Date) if column.guess.topic == Some(Topic::Birth) => {
            Some(format!("generalize_date({name}, 'year') AS {name}"))
        }
        (Class::QuasiIdentifier, Kind::Date | Kind::Time) => {
            Some(format!("generalize_date({name}, 'month') AS {name}"))
        }
        (Class::QuasiIdentifier, Kind::Whole) => Some(format!("generalize({name}, 10) AS {name}")),
        (Class::QuasiIdentifier, Kind::Text) if column.guess.topic == Some(Topic::Zip) => {
            Some(format!("keep_prefix({name}, 2) AS {name}"))
        }
        // What would leave whole takes a decision.
        (Class::DirectIdentifier, _)
        | (Class::QuasiIdentifier, Kind::Text | Kind::Real | Kind::Boolean) => None,
    }
}
