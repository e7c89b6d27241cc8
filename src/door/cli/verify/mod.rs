//! `veilpoint verify`: releases made again from their records. Arguments → [`Again`] (what all records need) → one
//! answer a record.

mod again;
mod inputs;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::timeout;

use self::again::{Again, Stop};
use super::print;
use super::process::{self, GRACE, Signals};
use crate::access_point::{Record, VERSION};
use crate::config::{Environment, key_ring};
use crate::error::{Error, Kind, Result};
use crate::key::MasterKey;
use crate::release::Control;
use crate::source::{Location, classify};

/// The longest text of records: some 60,000 of them.
const MAX_RECORDS: u64 = 64 * 1024 * 1024;

const EXAMPLES: &str = "\
Examples:
  One record, or a log with many; the object is read where the record says that it lies:
    veilpoint verify record.json --key secrets/master.key
  From a copy of the object:
    veilpoint verify record.json --object raw/patients.csv --key secrets/master.key
  By contracts and projections as they were then:
    veilpoint verify record.json --sql sql-2026 --object raw/patients.csv --key secrets/master.key
  From a pipe:
    grep patients/analytics log.json | veilpoint verify - --key secrets/master.key

A release is a pure function of the object's version, contract, projection, settings, key and as-of date: the same \
bytes come again, or something was another, and the answer says what. Where the bucket keeps versions, the object is \
read in the record's own.

The key is taken from --key, VEILPOINT_KEY_FILE, VEILPOINT_KEY (64 hexadecimal digits), or .veilpoint/master.key, in \
this order; keys of other versions, beside those of the last three, from VEILPOINT_OLD_KEYS. A record says which it needs.

Exit codes:
  0  these were the bytes of every release
  1  of some they were not
  2  usage, settings, or a failure of system or network";

/// Say whether these were the bytes of a release, by making it again from its record
///
/// Reads the records that releases leave, as JSON lines; lines of a log that are no record of a release are left out.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(clippy::doc_markdown, reason = "these words are --help's")]
pub(super) struct Args {
    /// The file of records, or - for standard input
    #[arg(value_name = "RECORD", value_hint = clap::ValueHint::FilePath)]
    record: String,

    /// The object: a file or s3://bucket/key; by default it is read where the record says that it lies
    #[arg(long, value_name = "LOCATION", value_hint = clap::ValueHint::FilePath)]
    object: Option<String>,

    /// The folder of contracts and projections
    #[arg(long, value_name = "DIR", default_value = "sql", value_hint = clap::ValueHint::DirPath)]
    sql: PathBuf,

    /// The file of a master key, as `veilpoint keygen` makes it; again for those of other versions
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    key: Vec<PathBuf>,
}

pub(super) fn run(args: Args, environment: &Environment) -> Result<()> {
    let text = read(&args.record)?;
    let records = Record::parse_lines(&text).map_err(|err| err.in_object(&args.record))?;
    if records.is_empty() {
        let message = "there is no record of a release here: a record is a line of JSON with \"event\":\"release\"";
        return Err(Error::new(Kind::Usage, message).in_object(&args.record));
    }
    let control: Arc<Control> = Arc::default();
    let again = Again {
        object: args.object.as_deref().map(object).transpose()?,
        masters: masters(environment, &args.key, &records)?,
        sql: args.sql,
        control: control.clone(),
    };
    process::block_on(stoppable(Arc::new(again), records, &control))
}

/// The whole text. Logs may hold anything: what is not UTF-8 is no record.
fn read(name: &str) -> Result<String> {
    let mut bytes = Vec::new();
    let input: io::Result<Box<dyn Read>> = match name {
        "-" => Ok(Box::new(io::stdin())),
        path => File::open(path).map(|file| Box::new(file) as Box<dyn Read>),
    };
    let count = input.and_then(|input| input.take(MAX_RECORDS + 1).read_to_end(&mut bytes));
    match count {
        Ok(count) if count as u64 <= MAX_RECORDS => {
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
        Ok(_) => {
            let message = "the records are more than 64 MiB: give them in several parts";
            Err(Error::new(Kind::Usage, message).in_object(name))
        }
        // As any other argument that names nothing: usage.
        Err(err) => {
            let message = classify(err).message().to_owned();
            Err(Error::new(Kind::Usage, message).in_object(name))
        }
    }
}

/// One object: which of many, the record could not say of another place.
fn object(text: &str) -> Result<Location> {
    match Location::parse(text)? {
        location @ (Location::File(_) | Location::Object { .. }) => Ok(location),
        Location::Stdio | Location::Folder(_) | Location::Prefix { .. } => {
            let message = "--object names one object: a file or s3://bucket/key";
            Err(Error::new(Kind::Usage, message).in_object(text))
        }
    }
}

/// The keys, of all versions that are given or named; none only where no record speaks of one.
fn masters(
    environment: &Environment,
    given: &[PathBuf],
    records: &[Record],
) -> Result<Vec<MasterKey>> {
    if !given.is_empty() {
        return given
            .iter()
            .map(|file| MasterKey::read_file(file))
            .collect();
    }
    let found = environment.master_key(None, Path::new("."), false)?;
    if found.is_none() && records.iter().any(|record| record.key_id.is_some()) {
        let message =
            "the releases were made under a key, and there is none: give it with --key FILE";
        return Err(Error::new(Kind::Key, message));
    }
    let Some(found) = found else {
        return Ok(Vec::new());
    };
    process::block_on(key_ring(found.key)).map(|ring| ring.into_keys().collect())
}

/// The work, until a signal ends it.
async fn stoppable(again: Arc<Again>, records: Vec<Record>, control: &Control) -> Result<()> {
    let mut signals = Signals::new()?;
    let mut work = pin!(all(again, records));
    tokio::select! {
        biased;
        _ = signals.stop() => {
            control.cancelled.store(true, Ordering::Relaxed);
            let _ = timeout(GRACE, work).await;
            control.abandon();
            let message = "stopped by a signal: what has no answer was not looked at";
            Err(Error::new(Kind::Interrupted, message))
        }
        outcome = &mut work => outcome,
    }
}

/// Answers each record in turn, and then counts.
async fn all(again: Arc<Again>, records: Vec<Record>) -> Result<()> {
    let (mut verified, mut refused) = (0_u64, 0_u64);
    for record in records {
        let (title, version) = (title(&record), other_version(&record));
        let line = match again.clone().make(record).await {
            Ok(length) => {
                verified += 1;
                format!("verified: {title}: {} bytes", grouped(length))
            }
            Err(Stop::Differs(why)) => {
                refused += 1;
                format!("not verified: {title}: {why}")
            }
            Err(Stop::Failed(error)) => return Err(error),
        };
        print(format!("{}{}\n", printable(&line), printable(&version)).as_bytes())?;
    }
    print(format!("{verified} verified, {refused} not verified\n").as_bytes())?;
    if refused == 0 {
        return Ok(());
    }
    let message = format!(
        "{refused} of {} releases are not verified: standard output says why",
        verified + refused
    );
    Err(Error::new(Kind::NotVerified, message))
}

/// `patients.csv for patients/analytics on 2026-11-26`.
fn title(record: &Record) -> String {
    let Record {
        key,
        projection,
        as_of,
        ..
    } = record;
    format!("{key} for {projection} on {as_of}")
}

/// Another version of Veilpoint is said, and the bytes decide.
fn other_version(record: &Record) -> String {
    let (then, now) = (&record.veilpoint, VERSION);
    if then == now {
        return String::new();
    }
    format!(" (made by veilpoint {then}, and this is {now})")
}

/// A record's texts are anybody's: none of them begins a line of its own, or moves a terminal's cursor.
fn printable(line: &str) -> String {
    let shown = |c: char| match c {
        c if c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) => {
            c.escape_unicode().to_string()
        }
        c => c.to_string(),
    };
    line.chars().map(shown).collect()
}

/// `5,356`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (5_356, "5,356"),
            (100_000, "100,000"),
            (12_345_678, "12,345,678"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn what_a_terminal_would_act_on_is_shown() {
        for (line, shown) in [
            ("a/é b.csv", "a/é b.csv"),
            ("a\nverified: b", "a\\u{a}verified: b"),
            ("\u{1b}[2Ka", "\\u{1b}[2Ka"),
            ("\u{202e}vsc", "\\u{202e}vsc"),
        ] {
            assert_eq!(printable(line), shown);
        }
    }

    #[test]
    fn only_one_object_is_named() {
        for (text, one) in [
            ("a.csv", true),
            ("s3://b/a.csv", true),
            ("a/", false),
            ("s3://b/a/", false),
            ("-", false),
            ("https://host/a.csv", false),
        ] {
            assert_eq!(object(text).is_ok(), one, "{text}");
        }
    }
}
