//! `veilpoint init`: a file → the draft of a contract, and of a first projection that is proven.
//!
//! ```text
//! first MiB ─▶ sniff ─▶ how it is written ─▶ all records as text ─▶ facts of each column
//!                                                    formats, words, classes ─▶ draft
//! ```
//! The file is read twice, and a third time where only its end shows its encoding. It is never kept: a draft holds names
//! of columns, counts and shares, and no value.

mod classes;
mod draft;
mod facts;
mod formats;
mod sniff;
mod words;

use std::fs;
use std::io::{Cursor, Read, Write as _};
use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use chrono::NaiveDate;

use self::draft::Drafted;
use self::facts::Facts;
use self::formats::Formats;
use self::sniff::Sniffed;
use super::{print, process, say};
use crate::csv::cut::Cutter;
use crate::csv::header;
use crate::csv::read::BlockReader;
use crate::dataset::MAX_TEXT;
use crate::dataset::contract::{Compression, Contract, Encoding};
use crate::dataset::name::ProjectionName;
use crate::dataset::projection::Projection;
use crate::error::{Error, Kind, Result};
use crate::source::{Location, Object, classify, decode, find};

const EXAMPLES: &str = "\
Examples:
  Look first:
    veilpoint init raw/patients.csv --print
  A folder for patients, with schema.sql and draft.sql:
    veilpoint init raw/patients.csv --sql drafts
  Then:
    veilpoint check drafts
    veilpoint convert raw/patients.csv out.parquet --projection patients/draft --sql drafts

Types are of all records; encoding, separator, decimal sign and formats of dates are found. Classes are guessed from names \
and values, each with its reason beside it, on the safe side: what is doubted is never insensitive. Read every line before \
you serve anything. A draft holds no value of the file.

Exit codes:
  0  done
  1  the file was refused
  2  usage, or a failure of system or network";

/// The name of the first projection.
const PROJECTION: &str = "draft";

/// Draft a contract and a first projection from a CSV file
///
/// Writes DIR/DATASET/schema.sql and DIR/DATASET/draft.sql.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(clippy::doc_markdown, reason = "these words are --help's")]
pub(super) struct Args {
    /// The file: CSV, also .gz, .zst or .bz2, or s3://bucket/key
    #[arg(value_name = "INPUT", value_hint = clap::ValueHint::FilePath)]
    input: String,

    /// The folder of contracts and projections
    #[arg(long, value_name = "DIR", default_value = "sql", value_hint = clap::ValueHint::DirPath)]
    sql: PathBuf,

    /// The dataset's name; by default the beginning of the file's
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,

    /// Replace files that are there
    #[arg(long)]
    force: bool,

    /// Print the two texts instead, one after the other
    #[arg(long)]
    print: bool,
}

/// The two texts, and the columns that they speak of.
struct Draft {
    contract: String,
    projection: String,
}

pub(super) fn run(args: &Args, today: NaiveDate) -> Result<()> {
    let named = name_of(&args.input);
    let dataset = match &args.dataset {
        Some(dataset) => dataset.clone(),
        None => dataset(named),
    };
    let name: ProjectionName = format!("{dataset}/{PROJECTION}").parse()?;
    let draft = process::block_on(async {
        let object = object(&args.input).await?;
        // Its reads wait for a store's client, which lives as long as this runtime.
        tokio::task::block_in_place(|| drafted(&object, &dataset, &pattern(named), today))
            .map_err(|err| err.in_object(&args.input))
    })?;
    proven(&name, &dataset, &draft)?;
    if args.print {
        return print(format!("{}\n{}", draft.contract, draft.projection).as_bytes());
    }
    let files = [
        (args.sql.join(name.schema_path()), &draft.contract),
        (args.sql.join(name.path()), &draft.projection),
    ];
    if !args.force
        && let Some((path, _)) = files.iter().find(|(path, _)| path.exists())
    {
        let message =
            "is there already: --force replaces it, --dataset names another, --print only shows";
        return Err(Error::new(Kind::Usage, message).in_object(&path.display().to_string()));
    }
    for (path, text) in &files {
        write(path, text)?;
        say(format_args!("wrote {}", path.display()));
    }
    say(format_args!(
        "read each class and its reason in the contract; then: veilpoint check {}",
        args.sql.display()
    ));
    Ok(())
}

/// One file, which can be read again.
async fn object(input: &str) -> Result<Object> {
    let location = Location::parse(input)?;
    let one = matches!(location, Location::File(_) | Location::Object { .. });
    let mut found = if one {
        find(&location).await?
    } else {
        Vec::new()
    };
    found.pop().ok_or_else(|| {
        let message = "INPUT is one file, or s3://bucket/key: it is read twice";
        Error::new(Kind::Usage, message).in_object(input)
    })
}

/// The last part of a path or key.
fn name_of(input: &str) -> &str {
    input.rsplit('/').next().unwrap_or(input)
}

/// The letters that a file's name begins with, in lower case.
fn dataset(name: &str) -> String {
    let letters = name
        .split(|c: char| !c.is_ascii_alphabetic())
        .find(|part| !part.is_empty());
    letters.unwrap_or("data").to_ascii_lowercase()
}

/// The keys of files like this one: those that begin alike.
fn pattern(name: &str) -> String {
    let stem = name.split('.').next().unwrap_or(name);
    let end = stem
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(stem.len());
    let beginning = stem.get(..end).unwrap_or_default();
    let suffix = match Compression::of_key(name) {
        Compression::None => ".csv",
        _ => ".csv*",
    };
    // A file that has another suffix is named as it is: nothing else of its kind is known.
    if name.to_ascii_lowercase().contains(".csv") {
        format!("**/{beginning}*{suffix}")
    } else {
        format!("**/{beginning}*")
    }
}

/// The draft of an object.
fn drafted(object: &Object, dataset: &str, location: &str, today: NaiveDate) -> Result<Draft> {
    let today = i32::try_from((today - NaiveDate::default()).num_days()).unwrap_or(i32::MAX);
    let head = head(object)?;
    let encoding = sniff::encoding(&head)?;
    let (sniffed, facts) = match measured(object, &head, encoding, today) {
        // Its beginning was UTF-8, and what follows is not: it is read once more.
        Err(err) if err.kind() == Kind::Encoding && encoding == Encoding::Utf8 => {
            measured(object, &head, Encoding::Windows1252, today)?
        }
        measured => measured?,
    };
    let formats = Formats::of(&facts);
    let columns: Vec<Drafted> = sniffed
        .names
        .iter()
        .zip(&facts)
        .map(|(name, facts)| {
            // Without a header the names are ours, and say nothing.
            let said = if sniffed.has_header {
                name.as_str()
            } else {
                ""
            };
            let typed = formats.typed(facts).of_name(said);
            let guess = classes::guess(said, facts, &typed);
            Drafted {
                name: name.clone(),
                typed,
                guess,
            }
        })
        .collect();
    let draft = Draft {
        contract: draft::contract(dataset, location, &sniffed, &formats, &columns),
        projection: draft::projection(dataset, &columns),
    };
    for text in [&draft.contract, &draft.projection] {
        within_limit(text, columns.len())?;
    }
    Ok(draft)
}

/// Refuses a text that is longer than any that is read.
fn within_limit(text: &str, columns: usize) -> Result<()> {
    if text.len() <= MAX_TEXT {
        return Ok(());
    }
    let message = format!(
        "the header has {columns} columns, and a draft that names them all is longer than {} KiB, the limit of a \
         contract: write one of the columns that are wanted",
        MAX_TEXT / 1024
    );
    Err(Error::new(Kind::Header, message))
}

/// The beginning of the file, decompressed.
fn head(object: &Object) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    // As UTF-8 its bytes come as they are.
    text(object.input.open()?, &object.key, Encoding::Utf8)?
        .take(sniff::HEAD as u64)
        .read_to_end(&mut head)
        .map_err(classify)?;
    Ok(head)
}

/// The text of a file that has no contract yet.
fn text(raw: Box<dyn Read + Send>, key: &str, encoding: Encoding) -> Result<Box<dyn Read + Send>> {
    let mut contract = Contract::parse("draft", "draft", ANY)?;
    contract.dialect.encoding = encoding;
    Ok(decode(raw, key, &contract.dialect))
}

/// How a file is written that begins so.
fn sniffed(head: &[u8], encoding: Encoding) -> Result<Sniffed> {
    let mut decoded = Vec::new();
    // It is decompressed: no key is a name without a suffix.
    text(Box::new(Cursor::new(head.to_vec())), "", encoding)?
        .read_to_end(&mut decoded)
        .map_err(classify)?;
    let whole = head.len() < sniff::HEAD;
    sniff::dialect(&String::from_utf8_lossy(&decoded), whole, encoding)
}

/// What a file is read by that has no contract yet.
const ANY: &str = "CREATE EXTERNAL TABLE draft (\"any\" VARCHAR) STORED AS CSV LOCATION '*'";

/// How the file is written, and the facts of each column over all records.
fn measured(
    object: &Object,
    head: &[u8],
    encoding: Encoding,
    today: i32,
) -> Result<(Sniffed, Vec<Facts>)> {
    let sniffed = sniffed(head, encoding)?;
    let untyped = draft::untyped(&sniffed);
    within_limit(&untyped, sniffed.names.len())?;
    let contract = Contract::parse("draft", "draft", &untyped)?;
    let text = decode(object.input.open()?, &object.key, &contract.dialect);
    let mut cutter = Cutter::new(text);
    let (syntax, binding) = header::open(&mut cutter, &contract)?;
    let inputs: Vec<usize> = (0..contract.columns.len()).collect();
    let mut reader = BlockReader::new(&contract, &binding, &syntax, &inputs);
    let mut facts = vec![Facts::new(today); inputs.len()];
    let (mut records, mut buffer) = (0, Vec::new());
    while let Some(block) = cutter.next(buffer, &syntax).map_err(classify)? {
        let batch = reader
            .read(&block)
            .map_err(|error| error.place(records, |_| None))?;
        records += batch.records;
        for (column, facts) in batch.columns.iter().zip(&mut facts) {
            let array = column.to_array();
            let texts = array
                .as_string_opt::<i32>()
                .ok_or_else(|| Error::new(Kind::Internal, "a column of text is none"))?;
            texts.iter().for_each(|text| facts.add(text));
        }
        buffer = block.bytes;
    }
    Ok((sniffed, facts))
}

/// A draft that is refused would be our own failure, and is not written.
fn proven(name: &ProjectionName, dataset: &str, draft: &Draft) -> Result<()> {
    let ours = |err: Error| {
        Error::new(Kind::Internal, "the draft is refused by Veilpoint itself").with_private(err)
    };
    let contract = Contract::parse(dataset, "schema.sql", &draft.contract).map_err(ours)?;
    Projection::parse(&contract, &name.to_string(), "draft.sql", &draft.projection)
        .map_err(ours)?;
    Ok(())
}

/// Writes a file aside and renames it.
fn write(path: &Path, text: &str) -> Result<()> {
    let failed = |err: std::io::Error| {
        let message = "the file cannot be written: check the folder's rights and room";
        Error::new(Kind::Output, message)
            .in_object(&path.display().to_string())
            .with_private(err)
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut aside = tempfile::Builder::new()
        .prefix(".draft-")
        .tempfile_in(folder)
        .map_err(failed)?;
    aside.write_all(text.as_bytes()).map_err(failed)?;
    aside.persist(path).map_err(|err| failed(err.error))?;
    Ok(())
}
