//! `veilpoint convert`: objects in, their releases out. Arguments → [`plan`] (everything checked) → [`work`] → report.

mod plan;
mod report;
mod work;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use chrono::NaiveDate;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use self::plan::Plan;
pub(super) use self::plan::master_key;
use self::report::Progress;
use self::work::Run;
use super::parsed;
use super::process::{self, GRACE, Signals};
use super::say;
use crate::config::Environment;
use crate::dataset::name::ProjectionName;
use crate::encode::{Codec, Formulas};
use crate::error::Result;
use crate::request::{AsOf, Factor, Format, Size};

const EXAMPLES: &str = "\
Examples:
  The sample, to Parquet and to CSV:
    veilpoint convert samples/patients.csv out.parquet --projection patients/analytics
    veilpoint convert samples/patients.csv out.csv --projection patients/analytics
  Every object of a folder that the contract's LOCATION owns, several at once:
    veilpoint convert raw/ released/ --projection patients/analytics
  From a bucket to a bucket (AWS_ variables say how):
    veilpoint convert s3://raw/2024/ s3://released/2024/ --projection patients/analytics
  In a pipe:
    zcat p.csv.gz | veilpoint convert - - --projection patients/analytics --format csv | head
  The ages of a fixed day, so that the same input gives the same bytes on any day:
    veilpoint convert raw.csv out.parquet --projection patients/analytics --as-of 2026-12-31

The key is taken from --key, VEILPOINT_KEY_FILE, VEILPOINT_KEY (64 hexadecimal digits), or .veilpoint/master.key, in \
this order. For the bundled samples one is made on first use.

Output is written aside and renamed: a run that fails or is interrupted leaves nothing.";

/// Convert raw CSV to an anonymized release
///
/// Reads INPUT, which must keep to the contract of the projection's dataset, and writes to OUTPUT what the projection
/// leaves of it.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(clippy::doc_markdown, reason = "these words are --help's")]
pub(super) struct Args {
    /// Raw CSV: a file, a folder, s3://bucket/key, s3://bucket/prefix/, or - for standard input
    ///
    /// Compressed objects are recognised by their suffix (.gz, .zst, .bz2). Of a folder or prefix, every object is
    /// converted whose key the contract's LOCATION owns.
    #[arg(value_name = "INPUT", value_hint = clap::ValueHint::AnyPath)]
    input: String,

    /// Where the release goes: a file, a folder, s3://bucket/key, s3://bucket/prefix/, or - for standard output
    #[arg(value_name = "OUTPUT", value_hint = clap::ValueHint::AnyPath)]
    output: String,

    /// The projection, as dataset/name
    #[arg(long, short, value_name = "DATASET/NAME", value_parser = parsed::<ProjectionName>)]
    projection: ProjectionName,

    /// The format of the release: by default OUTPUT's suffix says, and Parquet it is for a folder
    #[arg(long, short, value_parser = PossibleValuesParser::new(["parquet", "csv"]).try_map(|s| s.parse::<Format>()))]
    format: Option<Format>,

    /// The date that ages count from: today (in UTC), object (when it was last modified), or YYYY-MM-DD
    #[arg(long, value_name = "DATE", default_value = "today", value_parser = parsed::<AsOf>)]
    as_of: AsOf,

    /// The folder of contracts and projections
    #[arg(long, value_name = "DIR", default_value = "sql", value_hint = clap::ValueHint::DirPath)]
    sql: PathBuf,

    /// The file of the master key, as `veilpoint keygen` makes it
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    key: Option<PathBuf>,

    /// How many threads work; by default, one for each processor
    ///
    /// The bytes of a release do not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,

    /// How the pages of Parquet are compressed
    #[arg(
        long, default_value = "snappy",
        value_parser = PossibleValuesParser::new(["snappy", "zstd", "lz4", "none"]).try_map(|s| s.parse::<Codec>())
    )]
    compression: Codec,

    /// Fill a Parquet release up to N times INPUT's length and 4 KiB a column, as access points do
    ///
    /// Whoever lists it then knows its length without making it. The bytes are those that an access point with this
    /// length_factor answers.
    #[arg(long, value_name = "N", value_parser = parsed::<Factor>)]
    length_factor: Option<Factor>,

    /// Memory for projections that are not row by row (GROUP BY, ORDER BY, windows); beyond it they spill to disk
    #[arg(long, value_name = "SIZE", default_value = "512MiB", value_parser = parsed::<Size>)]
    memory_limit: Size,

    /// Whether CSV cells that a spreadsheet would run as formulas are kept, or escaped with a leading '
    #[arg(
        long, default_value = "keep",
        value_parser = PossibleValuesParser::new(["keep", "escape"]).try_map(|s| s.parse::<Formulas>())
    )]
    csv_formulas: Formulas,
}

pub(super) fn run(args: Args, environment: &Environment, today: NaiveDate) -> Result<()> {
    process::block_on(convert(args, environment, today))
}

async fn convert(args: Args, environment: &Environment, today: NaiveDate) -> Result<()> {
    let mut signals = Signals::new()?;
    let started = Instant::now();
    let plan = tokio::select! {
        biased;
        error = signals.stop() => return Err(error),
        plan = Plan::new(args, environment, today) => plan?,
    };
    if let Some((file, id)) = &plan.made_key {
        let file = file.display();
        say(format_args!(
            "made a master key for the samples in {file} (id {id})"
        ));
    }
    let run = Arc::new(Run::new(plan));
    let progress = Progress::new(&run);
    let outcome = tokio::select! {
        biased;
        error = signals.stop() => Err(error),
        never = progress.draw(&run) => match never {},
        totals = run.all() => totals,
    };
    progress.clear();
    let totals = match outcome {
        Ok(totals) => totals,
        Err(error) => {
            run.stop(GRACE).await;
            return Err(error);
        }
    };
    run.stage.publish().await?;
    totals.warn_of_drift();
    totals.warn_of_found();
    if !run.stage.pipe_closed() {
        say(format_args!(
            "{}",
            totals.line(&run.plan.title, started.elapsed())
        ));
    }
    Ok(())
}
