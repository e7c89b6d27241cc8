//! `veilpoint preview`: the first rows of an object, before and after a projection, for whoever writes it.
//!
//! ```text
//! INPUT ─┬─▶ raw (the first records as they stand) ─┬─▶ pairs (the same records, projected one by one)
//!        └─▶ whole (a release of all of it, first rows) ┘        └─▶ text, page
//! two projections ─▶ against (columns, levels, head; and how many rows of each release are alone)
//! ```

mod against;
mod changes;
mod notes;
mod page;
mod pairs;
mod raw;
mod released;
mod text;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::ValueEnum;

use self::against::Against;
use self::pairs::Pair;
use self::raw::Raw;
use self::released::Released;
use super::convert::master_key;
use super::output;
use super::process::{self, Signals};
use super::table::Look;
use super::{parsed, say};
use crate::config::Environment;
use crate::dataset::contract::Contract;
use crate::dataset::name::ProjectionName;
use crate::dataset::projection::{Plan, Projection};
use crate::error::{Error, Kind, Result};
use crate::functions::Context;
use crate::key::MasterKey;
use crate::release::Control;
use crate::request::AsOf;
use crate::source::{Input, Location, Object, SqlFolder, find};

const EXAMPLES: &str = "\
Examples:
  The first records of the sample, and what the analysts get of them:
    veilpoint preview samples/patients.csv --projection patients/analytics
  As a page:
    veilpoint preview samples/patients.csv --projection patients/analytics --format html --output preview.html
  What an edit changes, before it is committed:
    git show HEAD:sql/patients/analytics.sql > old.sql
    veilpoint preview samples/patients.csv --projection patients/analytics --against old.sql

The output holds raw values: it is for those who may read INPUT itself.

The key is taken from --key, VEILPOINT_KEY_FILE, VEILPOINT_KEY (64 hexadecimal digits), or .veilpoint/master.key, in \
this order. For the bundled samples one is made on first use.";

/// Show the first rows of a raw object, before and after a projection
///
/// Only the first records are read, unless the projection groups, sorts or suppresses rows. The left side shows raw
/// values: this is for those who may read INPUT itself.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(clippy::doc_markdown, reason = "these words are --help's")]
pub(super) struct Args {
    /// Raw CSV: a file, s3://bucket/key, or - for standard input
    #[arg(value_name = "INPUT", value_hint = clap::ValueHint::FilePath)]
    input: String,

    /// The projection, as dataset/name
    #[arg(long, short, value_name = "DATASET/NAME", value_parser = parsed::<ProjectionName>)]
    projection: ProjectionName,

    /// An older text of the projection: shows what changed in columns, levels and head, and how many rows are unique
    ///
    /// Both releases are made of all of INPUT, to count the rows that share what leaves of quasi-identifiers with no
    /// other row.
    #[arg(long, value_name = "OLD.SQL", value_hint = clap::ValueHint::FilePath)]
    against: Option<PathBuf>,

    /// How many records are shown
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rows: u16,

    /// The date that ages count from: today (in UTC), object (when it was last modified), or YYYY-MM-DD
    #[arg(long, value_name = "DATE", default_value = "today", value_parser = parsed::<AsOf>)]
    as_of: AsOf,

    /// The folder of contracts and projections
    #[arg(long, value_name = "DIR", default_value = "sql", value_hint = clap::ValueHint::DirPath)]
    sql: PathBuf,

    /// The file of the master key, as `veilpoint keygen` makes it
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    key: Option<PathBuf>,

    /// The form: text, or html for a page
    #[arg(long, short, value_enum, default_value_t = Form::Text)]
    format: Form,

    /// Where it goes, written aside and renamed: a file, s3://bucket/key, or - for standard output
    #[arg(long, short, value_name = "FILE", default_value = "-", value_hint = clap::ValueHint::FilePath)]
    output: String,
}

/// The form of a preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Html,
}

/// A value as text; none for NULL.
type Cell = Option<String>;

/// What is shown.
struct Preview {
    title: String,
    contract: Contract,
    projection: Projection,
    raw: Raw,
    shown: Shown,
    against: Option<Against>,
}

/// What is shown beside the raw records, or below them.
enum Shown {
    /// For each raw record what becomes of it.
    Pairs(Vec<Pair>),
    /// The first rows of the release, of which no one comes from one record alone.
    Whole(Released),
}

pub(super) fn run(args: Args, environment: &Environment, today: NaiveDate) -> Result<()> {
    process::block_on(preview(args, environment, today))
}

async fn preview(args: Args, environment: &Environment, today: NaiveDate) -> Result<()> {
    let mut signals = Signals::new()?;
    let control: Arc<Control> = Arc::default();
    let work = async {
        let job = Job::new(&args, environment, today).await?;
        let shared = Arc::clone(&control);
        // Opening an object may block, and a release makes threads of its own.
        let working = tokio::task::spawn_blocking(move || job.run(&shared));
        let preview = working.await.map_err(|err| {
            Error::new(Kind::Internal, "the preview broke down").with_private(err)
        })??;
        let text = match args.format {
            Form::Text if args.output == "-" => text::text(&preview, Look::of_stdout()),
            Form::Text => text::text(&preview, Look::Plain),
            Form::Html => page::html(&preview),
        };
        output::write(&args.output, text.into_bytes()).await
    };
    tokio::select! {
        biased;
        error = signals.stop() => {
            control.cancelled.store(true, std::sync::atomic::Ordering::Relaxed);
            control.abandon();
            Err(error)
        }
        written = work => written.map(|_| ()),
    }
}

/// What is to be previewed, checked.
struct Job {
    contract: Contract,
    projection: Projection,
    /// The older text of the projection, proven against the same contract.
    old: Option<Projection>,
    object: Object,
    as_of: NaiveDate,
    key: Option<MasterKey>,
    rows: usize,
}

impl Job {
    async fn new(args: &Args, environment: &Environment, today: NaiveDate) -> Result<Self> {
        let input = Location::parse(&args.input)?;
        if input.is_many() {
            let message = "a preview is of one object: name a file, or s3://bucket/key";
            return Err(Error::new(Kind::Usage, message).in_object(&args.input));
        }
        let (contract, projection) = SqlFolder::new(&args.sql).load(&args.projection)?;
        let old = match &args.against {
            Some(file) => {
                let contract = against::contract(&contract, &args.sql).await?;
                Some(against::older(&contract, &args.projection, file)?)
            }
            None => None,
        };
        let object = find(&input).await?.into_iter().next().ok_or_else(|| {
            Error::new(Kind::NotFound, "there is no such object").in_object(&args.input)
        })?;
        let needs_key = projection.needs_key() || old.as_ref().is_some_and(Projection::needs_key);
        let key = if needs_key {
            let given = args.key.as_deref();
            let found = master_key(environment, given, &args.sql, &input, &args.projection)?;
            if let Some(file) = &found.made {
                let (file, id) = (file.display(), found.key.id());
                say(format_args!(
                    "made a master key for the samples in {file} (id {id})"
                ));
            }
            Some(found.key)
        } else {
            None
        };
        Ok(Self {
            as_of: args.as_of.resolve(today, object.modified)?,
            key,
            contract,
            projection,
            old,
            object,
            rows: usize::from(args.rows),
        })
    }

    /// What the functions of a projection take from outside.
    fn context(&self, projection: &Projection) -> Context {
        let key = self.key.as_ref();
        Context {
            as_of: self.as_of,
            keys: key.map(|key| key.domain(&projection.domain())),
        }
    }

    fn run(self, control: &Control) -> Result<Preview> {
        let label = self.object.label.clone();
        let preview = self.preview(control);
        preview.map_err(|error| error.in_object(&label))
    }

    fn preview(self, control: &Control) -> Result<Preview> {
        let plan = self.projection.bind(&self.context(&self.projection))?;
        let again = self.old.is_some() || matches!(plan, Plan::Whole(_));
        if again && matches!(self.object.input, Input::Stdin) {
            let message = "this preview reads INPUT more than once, and standard input comes once: name a file";
            return Err(Error::new(Kind::Usage, message));
        }
        let (raw, shown) = match plan {
            Plan::Rows(plan) => {
                let (raw, pairs) = pairs::read(&self, &plan)?;
                (raw, Shown::Pairs(pairs))
            }
            Plan::Whole(_) => {
                let raw = raw::read(&self)?;
                let release = released::make(&self, &self.projection, control)?;
                (raw, Shown::Whole(release.first(self.rows)?))
            }
        };
        if !raw.unknown.is_empty() {
            let columns = &raw.unknown;
            tracing::warn!(
                ?columns,
                "columns that the contract does not know were not read"
            );
        }
        let against = match &self.old {
            Some(old) => Some(Against::new(&self, old, control)?),
            None => None,
        };
        Ok(Preview {
            title: format!("{} by {}", self.object.label, self.projection.name),
            contract: self.contract,
            projection: self.projection,
            raw,
            shown,
            against,
        })
    }
}
