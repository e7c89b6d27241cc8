//! `veilpoint check`: the proof of every projection of a folder, for people, for machines, and as a page.
//!
//! ```text
//! texts ─▶ judged (what the doors would serve, and why not the rest) ─┬─▶ text, json, page (with lineage)
//!                                  └─▶ joinable (what joins two of them) ─┘
//! ```

mod joinable;
mod json;
mod judged;
mod lineage;
mod page;
mod refused;
mod text;
pub(in crate::door::cli) mod words;

use clap::ValueEnum;

use self::judged::Judged;
use super::output::{self, Written};
use super::process::{self, Signals};
use super::say;
use super::table::Look;
use crate::dataset::catalog::Served;
use crate::error::{Error, Kind, Result};
use crate::source::SqlSource;

const EXAMPLES: &str = "\
Examples:
  The bundled projections, and a folder of one's own:
    veilpoint check
    veilpoint check sql
  For a machine, in the form of docs/check.schema.json:
    veilpoint check --format json > proof.json
  One page with every lineage drawn, and what joins two consumers:
    veilpoint check --format html --output proof.html

Exit codes:
  0  every contract and projection is accepted
  1  some are refused
  2  usage, settings, or a failure of system or network";

/// Prove every projection of a folder, and show the proof
///
/// For each output column it shows the type, how much of which contract column reaches it, and on what path; for each
/// refusal the place, the rule and what would do; and for each two consumers what they could join their releases by.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
#[expect(clippy::doc_markdown, reason = "these words are --help's")]
pub(super) struct Args {
    /// The folder of contracts and projections, or s3://bucket/prefix/
    #[arg(value_name = "SQL", default_value = "sql", value_hint = clap::ValueHint::DirPath)]
    sql: String,

    /// The form: text for people, json for machines, html for a page
    #[arg(long, short, value_enum, default_value_t = Form::Text)]
    format: Form,

    /// Where it goes, written aside and renamed: a file, s3://bucket/key, or - for standard output
    #[arg(long, short, value_name = "FILE", default_value = "-", value_hint = clap::ValueHint::FilePath)]
    output: String,
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
    Html,
}

pub(super) fn run(args: &Args) -> Result<()> {
    process::block_on(check(args))
}

async fn check(args: &Args) -> Result<()> {
    let mut signals = Signals::new()?;
    let work = async {
        let judged = judge(&args.sql).await?;
        let report = report(&judged, args)?;
        let written = output::write(&args.output, report.into_bytes()).await?;
        Ok::<_, Error>((judged, written))
    };
    let (judged, written) = tokio::select! {
        biased;
        error = signals.stop() => return Err(error),
        done = work => done?,
    };
    verdict(&judged, written)
}

async fn judge(sql: &str) -> Result<Judged> {
    let mut source = SqlSource::new(sql)?;
    let origin = source.origin();
    let texts = source.texts().await?.unwrap_or_default();
    let judging = tokio::task::spawn_blocking(move || Judged::new(&texts, &origin));
    let judged = judging.await.map_err(|err| {
        let message = "the proof of the projections broke down";
        Error::new(Kind::Internal, message).with_private(err)
    })?;
    if judged.projections.is_empty() && judged.datasets.is_empty() {
        let message = "there is nothing to prove here: a projection is a file <dataset>/<name>.sql beside \
                       <dataset>/schema.sql";
        return Err(Error::new(Kind::Settings, message).in_object(&judged.origin));
    }
    Ok(judged)
}

fn report(judged: &Judged, args: &Args) -> Result<String> {
    let proven: Vec<&Served> = judged.proven().map(AsRef::as_ref).collect();
    let joins = joinable::joins(&proven);
    match args.format {
        Form::Text => {
            let look = if args.output == "-" {
                Look::of_stdout()
            } else {
                Look::Plain
            };
            Ok(text::text(judged, &joins, look))
        }
        Form::Json => json::json(judged, &joins),
        Form::Html => Ok(page::html(judged, &joins)),
    }
}

/// The last line, and the exit code: 1 where anything is refused.
fn verdict(judged: &Judged, written: Written) -> Result<()> {
    let (contracts, projections) = judged.refused();
    let all = judged.projections.len();
    if (contracts, projections) != (0, 0) {
        let message = format!(
            "{projections} of {all} projections and {contracts} of {} contracts and reference tables are refused",
            judged.datasets.len() + judged.references.len()
        );
        return Err(Error::new(Kind::Projection, message).in_object(&judged.origin));
    }
    if written == Written::Read {
        let projections = if all == 1 {
            "projection"
        } else {
            "projections"
        };
        say(format_args!(
            "{}: {all} {projections} proven",
            judged.origin
        ));
    }
    Ok(())
}
