//! The decoded rows of an object, block by block, for an engine that runs in another thread.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::array::UInt32Array;
use arrow::compute::take;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion_common::DataFusionError;
use tokio::sync::mpsc;

use super::guard;
use super::{Control, Object, Summary, cancelled, place};
use crate::csv::column::Column;
use crate::csv::cut::Cutter;
use crate::dataset::projection::WholePlan;
use crate::encode::order::Order;
use crate::error::{Error, Kind, Result};
use crate::source;

/// What the engine is sent.
pub type Sent = std::result::Result<RecordBatch, DataFusionError>;

/// Decodes the object, block by block.
pub struct Reader<'a> {
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
    /// Of an object whose header has been read; `order` is that in which rows enter.
    pub fn new(
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
    pub fn send(mut self, sender: &mpsc::Sender<Sent>) -> Result<Summary> {
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
