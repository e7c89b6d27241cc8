//! Row-by-row projections: each record beside what becomes of it.
//!
//! Records are projected one by one, so that it is known which row comes of which; a release's rows come in another
//! order, unless its head keeps theirs.

use arrow::array::{ArrayRef, BooleanArray};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::raw::{Raw, Reading, origin};
use super::{Cell, Job};
use crate::csv::read::{Batch, BlockReader};
use crate::dataset::projection::RowPlan;
use crate::error::{Error, Kind, Result};
use crate::project::Projector;
use crate::release::check_records;

/// What becomes of a record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pair {
    /// A row of the release, by its output columns.
    Row(Vec<Cell>),
    /// None: the projection's WHERE leaves it out.
    LeftOut,
    /// None: it cannot be read, and the contract says that such are dropped.
    Dropped,
}

/// The first records, and what becomes of each.
///
/// # Errors
/// What is wrong with the part of the object that is read; what fails on one of the records that are shown.
pub(super) fn read(job: &Job, plan: &RowPlan) -> Result<(Raw, Vec<Pair>)> {
    let mut reading = Reading::open(job)?;
    let mut typed = BlockReader::new(
        &job.contract,
        &reading.binding,
        &reading.syntax,
        &plan.inputs,
    );
    let mut projector = Projector::new(plan)?;
    let mut raw = reading.empty();
    let mut pairs = Vec::new();
    while raw.records.len() < job.rows {
        let Some((block, before)) = reading.block()? else {
            raw.all = true;
            break;
        };
        let batch = typed
            .read(&block)
            .map_err(|error| reading.place(error, before))?;
        reading.add(&mut raw, &block, before, job.rows)?;
        for record in raw.records.get(pairs.len()..).unwrap_or_default() {
            let within = record.number - before - 1;
            let pair = pair(&mut projector, &batch, within);
            pairs.push(pair.map_err(|error| error.at_record(record.number))?);
        }
    }
    check_records(&job.contract, raw.read)?;
    Ok((raw, pairs))
}

/// What becomes of one record of a block.
fn pair(projector: &mut Projector, batch: &Batch, record: u64) -> Result<Pair> {
    let Some(row) = (0..batch.rows).find(|&row| origin(batch, row) == record) else {
        return Ok(Pair::Dropped);
    };
    let only: BooleanArray = (0..batch.rows).map(|other| Some(other == row)).collect();
    let one = Batch {
        sequence: batch.sequence,
        columns: batch
            .columns
            .iter()
            .map(|column| column.filter(&only))
            .collect(),
        rows: 1,
        records: 1,
        dropped: 0,
        origin: None,
        bytes: 0,
    };
    let projected = projector.project(one);
    let (columns, rows) = projected.map_err(|error| Error::new(error.kind, error.message))?;
    if rows == 0 {
        return Ok(Pair::LeftOut);
    }
    let cells = columns.iter().map(|column| cell(&column.to_array(), 0));
    cells.collect::<Result<Vec<_>>>().map(Pair::Row)
}

/// A value as text.
pub(super) fn cell(array: &ArrayRef, row: usize) -> Result<Cell> {
    if array.is_null(row) {
        return Ok(None);
    }
    let unreadable = |err| {
        Error::new(Kind::Internal, "a value of the release cannot be shown").with_private(err)
    };
    let options = FormatOptions::default();
    let shown = ArrayFormatter::try_new(array, &options).map_err(unreadable)?;
    shown
        .value(row)
        .try_to_string()
        .map(Some)
        .map_err(unreadable)
}
