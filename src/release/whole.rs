//! Projections that are not row by row: one `DataFusion` plan over the decoded rows, under a memory limit, with spill.
//!
//! One partition and batches that the input alone decides: the same rows meet in the same order on every machine. That
//! order is a keyed one inside each block, unless the projection keeps the object's: a row number, LIMIT, or which of
//! equal rows comes first would tell places in the object, and join consumers by them.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::{Array, ArrayRef, AsArray, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::catalog::streaming::StreamingTable;
use datafusion::common::DataFusionError;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::datasource::provider_as_source;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SendableRecordBatchStream, SessionStateBuilder, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::execute_stream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::prelude::SessionConfig;
use futures::StreamExt;
use tokio::sync::mpsc;

use super::blocks::{Block, Blocks};
use super::guard;
use super::output::{self, Encoder, Outcome, Step, Writer};
use super::{Control, Job, Object, Summary, cancelled, check_records, place, schema};
use crate::csv::column::Column;
use crate::csv::cut::Cutter;
use crate::dataset::projection::WholePlan;
use crate::encode::Output;
use crate::encode::order::Order;
use crate::error::{Error, Kind, Result};
use crate::project::translate;
use crate::source;

/// Batches that wait between the reader and the engine.
const AHEAD: usize = 2;

/// How often the engine looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(100);

/// Rows that the engine handles at a time.
const BATCH_ROWS: usize = 8192;

type Sent = std::result::Result<RecordBatch, DataFusionError>;

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
        let engine = scope.spawn(|| engine(job, plan, receiver, &encoder, writer, control));
        let broken = || Error::new(Kind::Internal, "a worker broke down");
        (
            reader.join().unwrap_or_else(|_| Err(broken())),
            engine.join().unwrap_or_else(|_| Err(broken())),
        )
    });
    // The reader's error is the cause of the engine's.
    let summary = read?;
    let (rows_out, writer) = written?;
    check_records(object.contract, summary.rows_in)?;
    writer.finish()?;
    Ok(Summary {
        rows_out,
        bytes_out: bytes.load(Ordering::Relaxed),
        ..summary
    })
}

/// Decodes the object, block by block.
struct Reader<'a> {
    plan: &'a WholePlan,
    object: &'a Object<'a>,
    order: Option<Order>,
    cutter: Cutter,
    control: &'a Control,
    blocks: guard::Reader<'a>,
    buffer: Vec<u8>,
    summary: Summary,
}

impl<'a> Reader<'a> {
    fn new(
        plan: &'a WholePlan,
        object: &'a Object<'a>,
        order: Option<Order>,
        cutter: Cutter,
        control: &'a Control,
    ) -> Self {
        let blocks = guard::Reader::new(object, &plan.inputs);
        Self {
            plan,
            object,
            order,
            cutter,
            control,
            blocks,
            buffer: Vec::new(),
            summary: Summary::default(),
        }
    }

    /// Sends all rows on. Where the engine wants no more (LIMIT) or has failed, the rest is still read: an object is
    /// right as a whole, or refused.
    fn send(mut self, sender: &mpsc::Sender<Sent>) -> Result<Summary> {
        loop {
            match self.batch() {
                Ok(Some(rows)) => drop(sender.blocking_send(Ok(rows))),
                Ok(None) => return Ok(self.summary),
                Err(error) => {
                    // The engine must not take the end of the stream for the end of the object.
                    let _ = sender.blocking_send(Err(DataFusionError::Execution(String::new())));
                    return Err(error);
                }
            }
        }
    }

    fn batch(&mut self) -> Result<Option<RecordBatch>> {
        cancelled(self.control)?;
        let before = self.summary.rows_in;
        let block = self
            .cutter
            .next(std::mem::take(&mut self.buffer), &self.object.syntax);
        let Some(block) = block.map_err(|error| source::classify(error).at_record(before + 1))?
        else {
            self.object.guard.judge()?;
            return Ok(None);
        };
        self.control
            .bytes_read
            .fetch_add(block.len as u64, Ordering::Relaxed);
        let batch = self
            .blocks
            .read(&block)
            .map_err(|error| place(error, before, self.object.contract, &self.object.binding))?;
        self.buffer = block.bytes;
        self.summary.rows_in += batch.records;
        self.summary.rows_dropped += batch.dropped;
        let order = self
            .order
            .as_ref()
            .map(|order| UInt32Array::from(order.of_block(block.sequence, batch.rows)));
        let arrays = batch.columns.iter().map(Column::to_array);
        let arrays = match &order {
            Some(order) => arrays.map(|array| take(&array, order, None)).collect(),
            None => Ok(arrays.collect()),
        };
        let options = RecordBatchOptions::new().with_row_count(Some(batch.rows));
        arrays
            .and_then(|arrays| {
                RecordBatch::try_new_with_options(Arc::clone(&self.plan.schema), arrays, &options)
            })
            .map(Some)
            .map_err(|error| {
                Error::new(Kind::Internal, "the columns do not fit the plan").with_private(error)
            })
    }
}

/// Runs the plan and writes what it gives.
fn engine<'a>(
    job: &Job<'_>,
    plan: &WholePlan,
    receiver: mpsc::Receiver<Sent>,
    encoder: &Encoder<'_>,
    mut writer: Writer<'a>,
    control: &Control,
) -> Result<(u64, Writer<'a>)> {
    // Gone with this function, or by the control where it is never left.
    let spills = control.spill_folder();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| {
            Error::new(Kind::Internal, "no runtime for the engine").with_private(error)
        })?;
    let mut blocks = Blocks::default();
    let mut rows = 0;
    runtime.block_on(async {
        let disk = match &spills {
            Some(folder) => DiskManagerMode::Directories(vec![folder.path().to_owned()]),
            None => DiskManagerMode::Disabled,
        };
        let mut stream = start(job, plan, receiver, disk)
            .await
            .map_err(|error| failed(&error))?;
        loop {
            let batch = tokio::select! {
                biased;
                error = stopped(control) => return Err(error),
                batch = stream.next() => batch,
            };
            let Some(batch) = batch else { break };
            let batch = batch.map_err(|error| failed(&error))?;
            rows += batch.num_rows() as u64;
            let columns = batch
                .columns()
                .iter()
                .map(normal)
                .collect::<Result<Vec<_>>>()?;
            let bytes = columns.iter().map(weight).sum();
            let columns = columns.into_iter().map(Column::Plain).collect();
            for block in blocks.push(columns, batch.num_rows(), bytes) {
                encode(encoder, &mut writer, block)?;
            }
        }
        Ok::<_, Error>(())
    })?;
    for block in blocks.finish() {
        encode(encoder, &mut writer, block)?;
    }
    Ok((rows, writer))
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

async fn start(
    job: &Job<'_>,
    plan: &WholePlan,
    receiver: mpsc::Receiver<Sent>,
    disk: DiskManagerMode,
) -> std::result::Result<SendableRecordBatchStream, DataFusionError> {
    let pool = Arc::new(FairSpillPool::new(job.options.memory_limit));
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(pool)
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(disk))
        .build_arc()?;
    // What a sort holds back to merge by before it spills. It counts rows twice, and their keys may take thrice that: a
    // narrow row's have offsets and room to grow. A fixed reserve, as the engine has it, fails under larger limits.
    let reserve = job.options.memory_limit / 4 * 3 / sorts(&plan.logical).max(1);
    let config = SessionConfig::new()
        .with_target_partitions(1)
        .with_batch_size(BATCH_ROWS)
        .with_sort_spill_reservation_bytes(reserve);
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_default_features()
        .build();
    let rows = Arc::new(Decoded {
        schema: Arc::clone(&plan.schema),
        receiver: Mutex::new(Some(receiver)),
    });
    let table = provider_as_source(Arc::new(StreamingTable::try_new(
        Arc::clone(&plan.schema),
        vec![rows],
    )?));
    let logical = plan.logical.clone().transform_up(|node| match node {
        LogicalPlan::TableScan(mut scan) => {
            scan.source = Arc::clone(&table);
            Ok(Transformed::yes(LogicalPlan::TableScan(scan)))
        }
        other => Ok(Transformed::no(other)),
    })?;
    let physical = state.create_physical_plan(&logical.data).await?;
    execute_stream(physical, state.task_ctx())
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
