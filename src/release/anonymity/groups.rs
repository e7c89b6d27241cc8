//! Under GROUP BY: groups of too few subjects go before anything else is done with them.

use std::fmt;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, Int64Array};
use arrow::compute::filter;
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion_common::DataFusionError;
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use datafusion_physical_plan::stream::RecordBatchStreamAdapter;
use datafusion_physical_plan::streaming::PartitionStream;
use futures::StreamExt;
use tokio::sync::Mutex;

type Answer<T> = std::result::Result<T, DataFusionError>;

/// The groups of a plan, less those that are suppressed: the only partition of the table that the rest of it reads.
/// Clones share what is left to read.
#[derive(Clone)]
pub struct Groups {
    schema: SchemaRef,
    k: i64,
    below: Arc<Mutex<Below>>,
}

struct Below {
    groups: SendableRecordBatchStream,
    suppressed: u64,
}

impl Groups {
    /// Of what `groups` yields: the columns of `schema`, then the number of the group's subjects, which is `k` at least,
    /// and then numbers that are `k` at least or NULL.
    pub fn new(groups: SendableRecordBatchStream, schema: &SchemaRef, k: u32) -> Self {
        let below = Below {
            groups,
            suppressed: 0,
        };
        Self {
            schema: SchemaRef::clone(schema),
            k: i64::from(k),
            below: Arc::new(Mutex::new(below)),
        }
    }

    /// Reads what the plan above did not want, and says how many groups were suppressed in all.
    pub async fn finish(&self) -> Answer<u64> {
        while let Some(batch) = self.next().await {
            drop(batch?);
        }
        Ok(self.below.lock().await.suppressed)
    }

    async fn next(&self) -> Option<Answer<RecordBatch>> {
        let mut below = self.below.lock().await;
        let batch = below.groups.next().await?;
        Some(batch.and_then(|batch| {
            let stay = self.stay(&batch)?;
            below.suppressed += (stay.len() - stay.true_count()) as u64;
            self.kept(&batch, &stay)
        }))
    }

    /// Which groups stay.
    fn stay(&self, batch: &RecordBatch) -> Answer<BooleanArray> {
        let counts = batch.columns().get(self.schema.fields().len()..);
        let counts = counts.unwrap_or_default().iter();
        let counts = counts.map(|count| count.as_primitive_opt::<Int64Type>());
        let counts = counts.collect::<Option<Vec<&Int64Array>>>();
        let Some(([group, hidden @ ..], rows)) = counts.as_deref().zip(Some(batch.num_rows()))
        else {
            let misfit = "groups come without the numbers of their subjects";
            return Err(DataFusionError::Internal(misfit.into()));
        };
        let enough = |counts: &Int64Array, row| counts.is_valid(row) && counts.value(row) >= self.k;
        let stays = |row| {
            let mut hidden = hidden.iter();
            enough(group, row) && hidden.all(|counts| counts.is_null(row) || enough(counts, row))
        };
        Ok((0..rows).map(|row| Some(stays(row))).collect())
    }

    fn kept(&self, batch: &RecordBatch, stay: &BooleanArray) -> Answer<RecordBatch> {
        let columns = batch.columns().iter().take(self.schema.fields().len());
        let columns = columns.map(|column| filter(column, stay));
        let columns = columns.collect::<std::result::Result<Vec<_>, ArrowError>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(stay.true_count()));
        let schema = SchemaRef::clone(&self.schema);
        Ok(RecordBatch::try_new_with_options(
            schema, columns, &options,
        )?)
    }
}

impl fmt::Debug for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Groups").finish_non_exhaustive()
    }
}

impl PartitionStream for Groups {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let groups = self.clone();
        let batches = futures::stream::unfold(groups, |groups| async move {
            groups.next().await.map(|batch| (batch, groups))
        });
        let schema = SchemaRef::clone(&self.schema);
        Box::pin(RecordBatchStreamAdapter::new(schema, batches))
    }
}
