//! `veilpoint risk`: how easily the people of a file are found again. Arguments → [`Input`] (batches of columns) →
//! `risk::Counter` → a table, JSON, or a page.
//!
//! A report holds counts, shares and the names of columns, and no value of the file.

mod bins;
mod html;
mod input;
mod names;
mod plot;
mod text;

use std::path::Path;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use self::input::{Flavour, Input};
use self::names::Names;
use super::{output, parsed, process};
use crate::dataset::contract::Encoding;
use crate::error::{Error, Kind, Result};
use crate::request::Size;
use crate::risk::{Column, Counter, Report, Role, Settings};
use crate::source::Location;

const EXAMPLES: &str = "\
Examples:
  A release, before it goes out:
    veilpoint risk release.csv --quasi Age,Gender --sensitive Disease
  As a page with plots, and as JSON:
    veilpoint risk release.parquet --quasi Age,Gender --output risk.html
    veilpoint risk release.parquet --quasi Age,Gender --format json
  In CI: exit code 1 where anybody shares a combination with fewer than four others:
    veilpoint risk release.csv --quasi Age,Gender --fail-below 5
  A sample of a population that the attacker knows:
    veilpoint risk sample.csv --quasi Age,Gender --population all.csv.gz

Every record counts as one person. A missing value is a value of its own. Values are compared as they are written, and \
never shown. docs/risk.md has the definitions, and the form of the JSON.

Exit codes:
  0  done
  1  the file was refused, or its k is below --fail-below
  2  usage, or a failure of system";

/// Measure how easily the people of a CSV or Parquet file are found again
///
/// Class sizes, unique records, prosecutor, journalist and marketer risk; l-diversity and t-closeness of sensitive
/// columns; the most frequent value and the singletons of every column. The report holds no value of the file.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(clippy::doc_markdown, reason = "these words are --help's")]
pub(super) struct Args {
    /// The file: CSV (also .gz, .zst, .bz2), Parquet, or - for CSV on standard input
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: String,

    /// The quasi-identifiers: what an attacker may know of a person
    ///
    /// A comma list of exact names. A name that holds a comma stands in double quotes.
    #[arg(long, short, value_name = "A,B", required = true, value_parser = parsed::<Names>)]
    quasi: Vec<Names>,

    /// The columns that tell what the person would not have known
    #[arg(long, short, value_name = "C,D", value_parser = parsed::<Names>)]
    sensitive: Vec<Names>,

    /// The other columns whose frequencies are counted: by default all; they take memory
    #[arg(long, value_name = "E,F", value_parser = parsed::<Names>)]
    columns: Vec<Names>,

    /// The population that the file is a sample of, with the same quasi-identifiers
    ///
    /// It must hold everybody of the file. Without it the file stands for it, and the journalist's risk is the
    /// prosecutor's.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    population: Option<String>,

    /// The risk above which a record counts as at risk
    #[arg(long, value_name = "RISK", default_value = "0.2", value_parser = fraction)]
    threshold: f64,

    /// The c of recursive (c, l)-diversity
    #[arg(long, value_name = "C", default_value = "2", value_parser = positive)]
    recursive_c: f64,

    /// Exit with 1 where k is smaller
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(2..))]
    fail_below: Option<u64>,

    /// The form of the report: by default OUTPUT's suffix says (.json, .html), and text it is otherwise
    #[arg(long, short, value_parser = PossibleValuesParser::new(["text", "json", "html"]).map(|word| form(&word)))]
    format: Option<Form>,

    /// Where the report goes: a file, s3://bucket/key, or - for standard output
    #[arg(long, short, value_name = "OUTPUT", default_value = "-", value_hint = clap::ValueHint::FilePath)]
    output: String,

    /// The field separator of CSV, one ASCII character, or \t
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter)]
    delimiter: u8,

    /// The encoding of CSV
    #[arg(
        long, default_value = "utf-8",
        value_parser = PossibleValuesParser::new(["utf-8", "utf-16", "utf-16le", "utf-16be", "windows-1252"])
            .map(|word| encoding(&word))
    )]
    encoding: Encoding,

    /// Memory for what is counted; beyond it the command fails
    #[arg(long, value_name = "SIZE", default_value = "512MiB", value_parser = parsed::<Size>)]
    memory_limit: Size,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    Html,
}

fn form(word: &str) -> Form {
    match word {
        "json" => Form::Json,
        "html" => Form::Html,
        _ => Form::Text,
    }
}

fn encoding(word: &str) -> Encoding {
    match word {
        "utf-16" => Encoding::Utf16,
        "utf-16le" => Encoding::Utf16Le,
        "utf-16be" => Encoding::Utf16Be,
        "windows-1252" => Encoding::Windows1252,
        _ => Encoding::Utf8,
    }
}

fn delimiter(text: &str) -> std::result::Result<u8, String> {
    let text = if text == "\\t" { "\t" } else { text };
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, 0 | b'\n' | b'\r' | b'"') => Ok(*byte),
        _ => Err(
            "a separator is one ASCII character that is no quote and no line break, or \\t".into(),
        ),
    }
}

fn fraction(text: &str) -> std::result::Result<f64, String> {
    let risk = text.parse().ok().filter(|risk| (0.0..=1.0).contains(risk));
    risk.ok_or_else(|| "a risk is a number from 0 to 1, such as 0.2".into())
}

fn positive(text: &str) -> std::result::Result<f64, String> {
    let c = text
        .parse()
        .ok()
        .filter(|c: &f64| c.is_finite() && *c > 0.0);
    c.ok_or_else(|| "c is a positive number, such as 2".into())
}

pub(super) fn run(args: &Args) -> Result<()> {
    // A place that is none is refused before the work.
    Location::parse(&args.output)?;
    let form = args.format.unwrap_or_else(|| by_suffix(&args.output));
    let report = measure(args).map_err(|err| err.in_object(&args.file))?;
    let name = Path::new(&args.file).file_name().unwrap_or_default();
    let name = match &args.file[..] {
        "-" => "standard input".into(),
        _ => name.to_string_lossy(),
    };
    let rendered = match form {
        Form::Text => text::render(&report, &name),
        Form::Html => html::render(&report, &name),
        Form::Json => json(&report)?,
    };
    // Whoever gives a report up early is told k all the same.
    process::block_on(output::write(&args.output, rendered.into_bytes()))?;
    match args.fail_below {
        Some(least) if report.k < least => {
            let message = format!(
                "k is {}, and --fail-below asks for {least}: generalize or suppress more",
                report.k
            );
            Err(Error::new(Kind::Risk, message).in_object(&args.file))
        }
        _ => Ok(()),
    }
}

fn by_suffix(output: &str) -> Form {
    form(output.rsplit_once('.').map_or("", |(_, suffix)| suffix))
}

fn json(report: &Report) -> Result<String> {
    let text = serde_json::to_string_pretty(report).map_err(|err| {
        Error::new(Kind::Internal, "the report cannot be written as JSON").with_private(err)
    })?;
    Ok(text + "\n")
}

/// Reads the file, and then the population.
fn measure(args: &Args) -> Result<Report> {
    let flavour = Flavour {
        delimiter: args.delimiter,
        encoding: args.encoding,
    };
    let input = Input::open(&args.file, &flavour)?;
    let (positions, columns) = chosen(args, &input)?;
    let settings = Settings {
        threshold: args.threshold,
        c: args.recursive_c,
        memory: args.memory_limit,
    };
    let mut counter = Counter::new(columns, settings);
    input.read(&positions, |columns| counter.add(columns))?;
    if let Some(file) = &args.population {
        count_population(args, file, &flavour, &mut counter).map_err(|err| err.in_object(file))?;
    }
    counter.report()
}

/// Counts the population in the classes of the file.
fn count_population(
    args: &Args,
    file: &str,
    flavour: &Flavour,
    counter: &mut Counter,
) -> Result<()> {
    let population = Input::open(file, flavour)?;
    let quasi = names::all(&args.quasi);
    let positions: Result<Vec<usize>> = quasi.map(|name| population.position(name)).collect();
    population.read(&positions?, |columns| counter.add_population(columns))
}

/// The columns to read: quasi-identifiers, sensitive ones, and the others.
fn chosen(args: &Args, input: &Input) -> Result<(Vec<usize>, Vec<Column>)> {
    let (mut positions, mut columns) = (Vec::new(), Vec::new());
    let named = [
        (&args.quasi, Role::QuasiIdentifier),
        (&args.sensitive, Role::Sensitive),
        (&args.columns, Role::Other),
    ];
    for (list, role) in named {
        for name in names::all(list) {
            let position = input.position(name)?;
            if positions.contains(&position) {
                // It is counted anyhow.
                if role == Role::Other {
                    continue;
                }
                let message = "the column is named more than once in --quasi and --sensitive";
                return Err(Error::new(Kind::Usage, message).in_column(name));
            }
            positions.push(position);
            let name = name.to_owned();
            columns.push(Column { name, role });
        }
    }
    if args.columns.is_empty() {
        for (position, name) in input.names().iter().enumerate() {
            if !positions.contains(&position) {
                positions.push(position);
                let (name, role) = (name.clone(), Role::Other);
                columns.push(Column { name, role });
            }
        }
    }
    Ok((positions, columns))
}
