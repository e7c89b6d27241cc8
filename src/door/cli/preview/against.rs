//! A projection against an older text of it: what changed, and how many rows of either release are unique.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::super::check::words;
use super::Job;
use super::changes::{Change, changes};
use super::released::{self, unreadable};
use crate::csv;
use crate::dataset::MAX_TEXT;
use crate::dataset::catalog::Catalog;
use crate::dataset::contract::Contract;
use crate::dataset::name::ProjectionName;
use crate::dataset::projection::Projection;
use crate::dataset::proof::OutputProof;
use crate::error::{Error, Kind, Result};
use crate::functions::Level;
use crate::release::Control;
use crate::request::Size;
use crate::risk::{Column, Counter, Role, Settings};
use crate::source::SqlSource;

/// What counting may take: some ten million classes.
const MEMORY: Size = Size(1024 * 1024 * 1024);

/// The comparison.
pub(super) struct Against {
    pub(super) changes: Vec<Change>,
    pub(super) before: Measured,
    pub(super) after: Measured,
}

/// How many rows of a release share what leaves of quasi-identifiers with no other row.
pub(super) struct Measured {
    /// The output columns that are counted over.
    pub(super) over: Vec<String>,
    pub(super) rows: u64,
    /// None where nothing of a quasi-identifier leaves, or no row.
    pub(super) unique: Option<Unique>,
}

/// What was counted.
pub(super) struct Unique {
    pub(super) rows: u64,
    /// Of all rows.
    pub(super) share: f64,
    /// The rows of the smallest class.
    pub(super) smallest: u64,
}

/// The contract with every reference table of the folder: the older text may join others than the newer.
///
/// # Errors
/// [`Kind::Settings`] and [`Kind::Source`] where the folder cannot be read.
pub(super) async fn contract(contract: &Contract, sql: &Path) -> Result<Contract> {
    let mut source = SqlSource::new(&sql.display().to_string())?;
    let texts = source.texts().await?.unwrap_or_default();
    let tables = Catalog::references(&texts, &source.origin(), csv::table::read);
    // One that is refused is not there, and what joins it is refused for that.
    let tables = tables.into_values().filter_map(Result::ok).collect();
    Ok(contract.clone().with_references(tables))
}

/// The older text of a projection, proven against the contract of now.
///
/// # Errors
/// [`Kind::Usage`] where there is no such file, and what the projection is refused for.
pub(super) fn older(contract: &Contract, name: &ProjectionName, file: &Path) -> Result<Projection> {
    let label = file.display().to_string();
    let failed = |message: &str| Error::new(Kind::Usage, message).in_object(&label);
    let opened = File::open(file).map_err(|err| {
        failed("the older text cannot be read: check --against").with_private(err)
    })?;
    let mut bytes = Vec::new();
    // One byte more than is taken, so that the limit is seen to be passed.
    let limit = MAX_TEXT as u64 + 1;
    let read = opened.take(limit).read_to_end(&mut bytes);
    read.map_err(|err| failed("the older text cannot be read: check --against").with_private(err))?;
    let text = String::from_utf8(bytes)
        .map_err(|err| failed("the file is not UTF-8: save it so").with_private(err))?;
    Projection::parse(contract, &name.to_string(), &label, &text)
}

impl Against {
    /// Compares the job's projection with an older one, by their proofs and by their releases of all of the object.
    pub(super) fn new(job: &Job, old: &Projection, control: &Control) -> Result<Self> {
        Ok(Self {
            changes: changes(old, &job.projection),
            before: measure(job, old, control)?,
            after: measure(job, &job.projection, control)?,
        })
    }
}

fn measure(job: &Job, projection: &Projection, control: &Control) -> Result<Measured> {
    let over = leaving(&job.contract, projection);
    let release = released::make(job, projection, control)?;
    let rows = release.summary.rows_out;
    if over.is_empty() || rows == 0 {
        let unique = None;
        return Ok(Measured { over, rows, unique });
    }
    let columns = over.iter().map(|name| Column {
        name: name.clone(),
        role: Role::QuasiIdentifier,
    });
    let settings = Settings {
        threshold: 0.2,
        c: 3.0,
        memory: MEMORY,
    };
    let mut counter = Counter::new(columns.collect(), settings);
    for batch in release.batches()? {
        let batch = batch.map_err(unreadable)?;
        let columns = over
            .iter()
            .filter_map(|name| batch.column_by_name(name).cloned());
        let columns: Vec<_> = columns.map(csv::column::Column::Plain).collect();
        counter.add(&columns)?;
    }
    let report = counter.report()?;
    Ok(Measured {
        unique: Some(Unique {
            rows: report.unique_records,
            share: report.unique_share,
            smallest: report.k,
        }),
        over,
        rows,
    })
}

/// The output columns that tell of quasi-identifiers, or of direct ones that the head reveals in part. One that is a
/// replacement of somebody is not among them: it tells each person apart, whatever else it tells.
fn leaving(contract: &Contract, projection: &Projection) -> Vec<String> {
    let keyed = |output: &OutputProof| {
        let mut sources = output.sources.iter();
        sources.any(|source| !source.implicit && source.level == Level::Keyed)
    };
    let outputs = projection.proof.outputs.iter();
    let outputs = outputs.filter(|output| words::tells(contract, output) && !keyed(output));
    outputs.map(|output| output.name.clone()).collect()
}
