//! Projections that are not row by row: one `DataFusion` plan over the decoded rows, under a memory limit, with spill.
//!
//! One partition and batches that the input alone decides: the same rows meet in the same order on every machine. That
//! order is a keyed one inside each block, unless the projection keeps the object's: a row number, LIMIT, or which of
//! equal rows comes first would tell places in the object, and join consumers by them.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, SchemaRef};
use datafusion_common::DataFusionError;
use datafusion_execution::config::SessionConfig;
use datafusion_execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion_execution::memory_pool::FairSpillPool;
use datafusion_execution::runtime_env::RuntimeEnvBuilder;
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use datafusion_expr::LogicalPlan;
use datafusion_physical_plan::stream::RecordBatchStreamAdapter;
use datafusion_physical_plan::streaming::PartitionStream;
use futures::StreamExt;
use tokio::sync::mpsc;

use super::anonymity::{Asked, Folder, Groups, Rows, share};
use super::blocks::{Block, Blocks};
use super::output::{self, Encoder, Outcome, Step, Writer};
use super::reader::{Reader, Sent};
use super::steps::stream;
use super::{Control, Job, Object, Summary, cancelled, check_records, schema};
use crate::csv::column::Column;
use crate::csv::cut::Cutter;
use crate::dataset::projection::{GROUPS, Suppression, WholePlan};
use crate::encode::Output;
use crate::encode::order::Order;
use crate::error::{Error, Kind, Result};
use crate::project::translate;

/// Batches that wait between the reader and the engine.
const AHEAD: usize = 2;

/// How often the engine looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(100);

/// Rows that the engine handles at a time.
const BATCH_ROWS: usize = 8192;

type Answer<T> = std::result::Result<T, DataFusionError>;

/// Releases the object.
pub fn run(
    job: &Job<'_>,
    plan: &WholePlan,
    order: Option<&Order>,
    object: &Object<'_>,
    cutter: Cutter,
    output: &mut dyn Output,
    control: &Control,
) -> Result<Summary> {
    let schema = schema(
        plan.outputs
            .iter()
            .map(|(name, data_type, nullable)| (name.as_str(), data_type, *nullable)),
    );
    let bytes = AtomicU64::new(0);
    let leaving = order.filter(|_| !plan.ordered);
    let (encoder, writer) = output::open(&schema, job, leaving, output, &bytes)?;
    let entering = order.map(Order::entering);
    let (sender, receiver) = mpsc::channel(AHEAD);
    let (read, written) = std::thread::scope(|scope| {
        let reader =
            scope.spawn(move || Reader::new(plan, object, entering, cutter, control).send(&sender));
        let engine = scope.spawn(|| {
            let leaving = Leaving::new(&encoder, writer);
            engine(job, plan, receiver, &schema, leaving, control)
        });
        let broken = || Error::new(Kind::Internal, "a worker broke down");
        (
            reader.join().unwrap_or_else(|_| Err(broken())),
            engine.join().unwrap_or_else(|_| Err(broken())),
        )
    });
    // The reader's error is the cause of the engine's.
    let summary = read?;
    let (rows_suppressed, leaving) = written?;
    check_records(object.contract, summary.rows_in)?;
    leaving.writer.finish()?;
    Ok(Summary {
        rows_out: leaving.rows,
        rows_suppressed,
        bytes_out: bytes.load(Ordering::Relaxed),
        ..summary
    })
}

/// Rows on their way into blocks and out.
struct Leaving<'a> {
    encoder: &'a Encoder<'a>,
    writer: Writer<'a>,
    blocks: Blocks,
    rows: u64,
}

impl<'a> Leaving<'a> {
    fn new(encoder: &'a Encoder<'a>, writer: Writer<'a>) -> Self {
        Self {
            encoder,
            writer,
            blocks: Blocks::default(),
            rows: 0,
        }
    }

    fn push(&mut self, columns: &[ArrayRef], rows: usize) -> Result<()> {
        self.rows += rows as u64;
        let bytes = columns.iter().map(weight).sum();
        let columns = columns.iter().map(Arc::clone).map(Column::Plain).collect();
        for block in self.blocks.push(columns, rows, bytes) {
            encode(self.encoder, &mut self.writer, block)?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Self> {
        for block in std::mem::take(&mut self.blocks).finish() {
            encode(self.encoder, &mut self.writer, block)?;
        }
        Ok(self)
    }
}

/// Runs the plan and writes what it gives. Says how much was suppressed.
fn engine<'a>(
    job: &Job<'_>,
    plan: &WholePlan,
    receiver: mpsc::Receiver<Sent>,
    schema: &SchemaRef,
    mut leaving: Leaving<'a>,
    control: &Control,
) -> Result<(u64, Leaving<'a>)> {
    // Gone with this function, or by the control where it is never left.
    let spills = control.spill_folder();
    let folder: Folder = spills.as_ref().map(|folder| Arc::from(folder.path()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| {
            Error::new(Kind::Internal, "no runtime for the engine").with_private(error)
        })?;
    let mut aside = aside(job, plan, schema, &folder, control)?;
    let groups = runtime.block_on(async {
        let started = start(job, plan, receiver, folder.as_deref());
        let (mut stream, groups) = started.map_err(|error| failed(&error))?;
        loop {
            let batch = tokio::select! {
                biased;
                error = stopped(control) => return Err(error),
                batch = stream.next() => batch,
            };
            let Some(batch) = batch else { break };
            let batch = batch.map_err(|error| failed(&error))?;
            let columns = batch.columns().iter().map(normal);
            let columns = columns.collect::<Result<Vec<_>>>()?;
            match &mut aside {
                Some(aside) => aside.push(&columns, batch.num_rows())?,
                None => leaving.push(&columns, batch.num_rows())?,
            }
        }
        match groups {
            Some(groups) => groups.finish().await.map_err(|error| failed(&error)),
            None => Ok(0),
        }
    })?;
    let rows = match aside {
        Some(aside) => aside.finish(|batch| leaving.push(batch.columns(), batch.num_rows()))?,
        None => 0,
    };
    Ok((groups + rows, leaving.finish()?))
}

/// Where rows wait that are counted before they leave.
fn aside<'a>(
    job: &Job<'_>,
    plan: &'a WholePlan,
    schema: &SchemaRef,
    folder: &Folder,
    control: &'a Control,
) -> Result<Option<Rows<'a>>> {
    let Some(Suppression::Rows { k, over, subjects }) = &plan.anonymity else {
        return Ok(None);
    };
    let asked = Asked {
        k: *k,
        over,
        subjects: *subjects,
    };
    let limit = job.options.memory_limit;
    Rows::new(asked, schema, limit, folder.clone(), control).map(Some)
}

/// Waits until the release is to stop: the engine may work for long between its last row in and its first row out.
async fn stopped(control: &Control) -> Error {
    loop {
        if let Err(error) = cancelled(control) {
            return error;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The rows of the plan, and where it suppresses groups these.
fn start(
    job: &Job<'_>,
    plan: &WholePlan,
    receiver: mpsc::Receiver<Sent>,
    folder: Option<&Path>,
) -> Answer<(SendableRecordBatchStream, Option<Groups>)> {
    let context = Arc::new(settings(job, plan, folder)?);
    let rows = Decoded {
        schema: Arc::clone(&plan.schema),
        receiver: Mutex::new(Some(receiver)),
    };
    let dataset = &job.contract.dataset;
    let Some(Suppression::Groups { k, below, groups }) = &plan.anonymity else {
        let rows = stream(&plan.logical, dataset, rows, context)?;
        return Ok((rows, None));
    };
    let below = stream(below, dataset, rows, Arc::clone(&context))?;
    let groups = Groups::new(below, groups, *k);
    let rows = stream(&plan.logical, GROUPS, groups.clone(), context)?;
    Ok((rows, Some(groups)))
}

/// The engine's settings for one release.
fn settings(job: &Job<'_>, plan: &WholePlan, folder: Option<&Path>) -> Answer<TaskContext> {
    let mut limit = job.options.memory_limit;
    let mut sorting = sorts(&plan.logical);
    match &plan.anonymity {
        Some(Suppression::Rows { .. }) => limit -= share(limit),
        Some(Suppression::Groups { below, .. }) => sorting += sorts(below),
        None => {}
    }
    let disk = match folder {
        Some(folder) => DiskManagerMode::Directories(vec![folder.to_owned()]),
        None => DiskManagerMode::Disabled,
    };
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(limit)))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(disk))
        .build_arc()?;
    // What a sort holds back to merge by before it spills. It counts rows twice, and their keys may take thrice that: a
    // narrow row's have offsets and room to grow. A fixed reserve, as the engine has it, fails under larger limits.
    let reserve = limit / 4 * 3 / sorting.max(1);
    let config = SessionConfig::new()
        .with_target_partitions(1)
        .with_batch_size(BATCH_ROWS)
        .with_sort_spill_reservation_bytes(reserve);
    let context = TaskContext::default().with_session_config(config);
    Ok(context.with_runtime(runtime))
}

/// How many steps of a plan may sort, each with a reserve of its own.
fn sorts(plan: &LogicalPlan) -> usize {
    let sorts = matches!(
        plan,
        LogicalPlan::Sort(_)
            | LogicalPlan::Window(_)
            | LogicalPlan::Aggregate(_)
            | LogicalPlan::Distinct(_)
    );
    usize::from(sorts) + plan.inputs().into_iter().map(self::sorts).sum::<usize>()
}

/// The engine's failures are not about one record.
fn failed(error: &DataFusionError) -> Error {
    let (kind, message) = translate(error, "the projection");
    Error::new(kind, message.replace(" on this record", ""))
}

fn encode(encoder: &Encoder<'_>, writer: &mut Writer<'_>, block: Block) -> Result<()> {
    let work = encoder.work(block);
    let mut steps = vec![Step::Order];
    while let Some(step) = steps.pop() {
        match encoder.step(&work, step)? {
            Outcome::Steps(more) => steps.extend(more.into_iter().rev()),
            Outcome::Piece(_, _, piece) => writer.write(piece)?,
        }
    }
    Ok(())
}

/// Text in the one form that later stages take.
fn normal(array: &ArrayRef) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Utf8View | DataType::LargeUtf8 | DataType::Dictionary(..) => {
            arrow::compute::cast(array, &DataType::Utf8).map_err(|error| {
                Error::new(Kind::Internal, "text is too long for a batch").with_private(error)
            })
        }
        _ => Ok(Arc::clone(array)),
    }
}

/// Bytes of the values, by what they are and not by how they are held.
fn weight(array: &ArrayRef) -> usize {
    match array.as_string_opt::<i32>() {
        Some(text) => text.iter().flatten().map(str::len).sum(),
        None => array.len() * 8,
    }
}

/// The decoded rows as the engine's only partition.
struct Decoded {
    schema: SchemaRef,
    receiver: Mutex<Option<mpsc::Receiver<Sent>>>,
}

impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded").finish_non_exhaustive()
    }
}

impl PartitionStream for Decoded {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let receiver = output::lock(&self.receiver).take();
        let rows = futures::stream::unfold(receiver, |receiver| async move {
            let mut receiver = receiver?;
            receiver.recv().await.map(|batch| (batch, Some(receiver)))
        });
        Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(&self.schema),
            rows,
        ))
    }
}
