//! The pipeline: the only place that knows every stage. Pull-driven, bounded, in order.
//!
//! ```text
//! rows.rs      row-by-row projections: workers share reading, decoding, projecting and encoding
//! whole.rs     the others: one DataFusion plan over the decoded rows, under a memory limit
//! steps/       that plan → the engine's steps
//! reader.rs    the decoded rows for the plan
//! anonymity/   what too few subjects share, suppressed on its way out of the plan or inside
//! guard.rs     identifiers in columns that should have none, counted on the way
//! blocks.rs    projected rows → blocks of a fixed size, a small last one sharing with the one before
//! output.rs    blocks → encoded pieces → the output, in order
//! ```
//! A release is a pure function of the object's bytes, contract, projection, context and options: no number of
//! threads and no way of cutting the input reaches its bytes.

mod anonymity;
mod blocks;
mod guard;
mod output;
mod reader;
mod rows;
mod steps;
mod whole;

pub use guard::Found;

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use tempfile::TempDir;

use self::guard::Guard;
use crate::csv::cut::Cutter;
use crate::csv::{RecordError, Syntax, header};
use crate::dataset::contract::{Binding, Contract, NoRecords};
use crate::dataset::projection::{Plan, Projection};
pub use crate::encode::Output;
use crate::encode::order::Order;
use crate::encode::{Codec, Formulas};
use crate::error::{Error, Kind, Result};
use crate::functions::Context;
use crate::request::Format;

/// What is to be released of which object.
pub struct Job<'a> {
    /// What the object must look like.
    pub contract: &'a Contract,
    /// What the consumer sees of it.
    pub projection: &'a Projection,
    /// The object's name, for errors.
    pub object: &'a str,
    /// As-of date and keys.
    pub context: &'a Context,
    /// Parquet or CSV.
    pub format: Format,
    /// The length that a Parquet release is filled up to; none: it is as long as it comes.
    pub length: Option<u64>,
    /// The rest.
    pub options: &'a Options,
}

/// Settings of a release that are no part of the projection.
#[derive(Clone, Debug)]
pub struct Options {
    /// Worker threads, at least one. They do not reach the bytes.
    pub threads: usize,
    /// Compression of Parquet pages.
    pub parquet_compression: Codec,
    /// Bytes that a projection which is not row by row may use before it spills to disk.
    pub memory_limit: usize,
    /// Cells of CSV that a spreadsheet would run.
    pub csv_formulas: Formulas,
}

impl Default for Options {
    /// As many threads as the machine runs at once, Snappy, 512 MiB, formulas kept.
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            parquet_compression: Codec::default(),
            memory_limit: 512 * 1024 * 1024,
            csv_formulas: Formulas::default(),
        }
    }
}

/// Shared with whoever waits for a release: progress out, cancellation in.
#[derive(Debug, Default)]
pub struct Control {
    /// Set it to stop the release at its next block.
    pub cancelled: AtomicBool,
    /// Bytes of decoded text read so far.
    pub bytes_read: AtomicU64,
    /// Folders of what was spilled; most are gone by now.
    spills: Mutex<Vec<PathBuf>>,
}

impl Control {
    /// Removes what releases have spilled. Only for one that cannot hear of its cancellation, as it waits for a silent
    /// pipe while the process ends: every other removes its own.
    pub fn abandon(&self) {
        for folder in output::lock(&self.spills).drain(..) {
            let _ = fs::remove_dir_all(folder);
        }
    }

    /// A folder for one release to spill into; none where the system has no room for temporary ones.
    fn spill_folder(&self) -> Option<TempDir> {
        let folder = tempfile::Builder::new().prefix("veilpoint-").tempdir();
        let folder = folder.ok()?;
        output::lock(&self.spills).push(folder.path().to_owned());
        Some(folder)
    }
}

/// What a release came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records of the object, dropped ones included.
    pub rows_in: u64,
    /// Rows of the release.
    pub rows_out: u64,
    /// Records dropped because they could not be read (`'veilpoint.bad_rows' 'drop'`).
    pub rows_dropped: u64,
    /// Rows, or groups, that too few subjects share for them to leave (`-- k:`).
    pub rows_suppressed: u64,
    /// Bytes of the release.
    pub bytes_out: u64,
    /// Columns of the object that the contract does not know.
    pub unknown_columns: Vec<String>,
    /// Identifiers in columns that the contract classes as naming nobody.
    pub found_identifiers: Vec<Found>,
}

/// Reads `input`, the object's text as UTF-8, and writes its release to `output`. Blocks: the calling thread
/// is one of the workers.
///
/// # Errors
/// The first thing wrong with the object, by its position; a failed write; cancellation. Bytes may have been written
/// by then, and must not be taken for a release.
///
/// # Memory
/// At most three blocks of rows ([`crate::encode::BLOCK_ROWS`] rows, or what [`crate::encode::BLOCK_BYTES`] bytes of
/// text give) and what encoding one of them takes, and per thread a few blocks of text ([`crate::csv::BLOCK`] bytes,
/// or one record) and, for each column of text or doubles, at most 3 MB of what is known of its values. Projections that
/// are not row by row stay under [`Options::memory_limit`] beside that.
pub fn run(
    job: &Job<'_>,
    input: Box<dyn Read + Send>,
    output: &mut dyn Output,
    control: &Control,
) -> Result<Summary> {
    release(job, input, output, control).map_err(|error| error.in_object(job.object))
}

fn release(
    job: &Job<'_>,
    input: Box<dyn Read + Send>,
    output: &mut dyn Output,
    control: &Control,
) -> Result<Summary> {
    let plan = job.projection.bind(job.context)?;
    let order = order(job)?;
    let mut cutter = Cutter::new(input);
    let (syntax, binding) = header::open(&mut cutter, job.contract)?;
    let object = Object {
        contract: job.contract,
        syntax,
        binding,
        guard: Guard::new(job.contract),
    };
    let summary = match &plan {
        Plan::Rows(plan) => rows::run(job, plan, order.as_ref(), &object, cutter, output, control)?,
        Plan::Whole(plan) => {
            whole::run(job, plan, order.as_ref(), &object, cutter, output, control)?
        }
    };
    Ok(Summary {
        found_identifiers: object.guard.found(),
        unknown_columns: object.binding.unknown,
        ..summary
    })
}

/// An object whose header has been read.
struct Object<'a> {
    contract: &'a Contract,
    syntax: Syntax,
    binding: Binding,
    guard: Guard,
}

/// The order that rows leave in, unless the projection keeps theirs.
fn order(job: &Job<'_>) -> Result<Option<Order>> {
    if job.projection.head.keep_order {
        return Ok(None);
    }
    let keys = job.context.keys.as_ref().ok_or_else(|| {
        Error::new(
            Kind::Key,
            "rows leave in a keyed order, and there is no key; pass --key FILE (`veilpoint keygen FILE` makes one), or \
             write `-- order: kept` in the projection's head",
        )
    })?;
    Ok(Some(Order::new(keys.derive("order"), &job.projection.name)))
}

/// A place in a block → the place in the object.
fn place(error: RecordError, before: u64, contract: &Contract, binding: &Binding) -> Error {
    error.place(before, |field| {
        let column = binding.fields.iter().position(|&bound| bound == field)?;
        Some(contract.columns[column].name.clone())
    })
}

/// An object without records, where the contract does not allow that.
pub(crate) fn check_records(contract: &Contract, records: u64) -> Result<()> {
    if records == 0 && contract.no_records == NoRecords::Refuse {
        return Err(Error::new(
            Kind::Empty,
            "the object has a header and no record; 'veilpoint.no_records' 'allow' in the contract lets it pass",
        ));
    }
    Ok(())
}

fn cancelled(control: &Control) -> Result<()> {
    if control.cancelled.load(Ordering::Relaxed) {
        return Err(Error::new(
            Kind::Interrupted,
            "stopped before the end; nothing was left behind",
        ));
    }
    Ok(())
}

/// The released columns as Arrow fields.
fn schema<'a>(outputs: impl Iterator<Item = (&'a str, &'a DataType, bool)>) -> SchemaRef {
    let fields =
        outputs.map(|(name, data_type, nullable)| Field::new(name, data_type.clone(), nullable));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
