//! A small text → one batch of all its rows, at once and in their order.

use std::io::Cursor;
use std::sync::Arc;

use arrow::compute::concat_batches;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};

use super::column::Column;
use super::cut::Cutter;
use super::header;
use super::read::BlockReader;
use crate::dataset::contract::{Contract, NoRecords};
use crate::error::{Error, Kind, Result};
use crate::source::classify;

/// The rows of a text, with all columns of its contract in the contract's order.
///
/// # Errors
/// As a release of an object with this text: its header, and the first thing that is wrong with a record, by column and
/// number.
///
/// # Memory
/// The rows, twice for a moment.
pub fn read(contract: &Contract, text: &Arc<str>) -> Result<RecordBatch> {
    let mut cutter = Cutter::new(Box::new(Cursor::new(Arc::<[u8]>::from(Arc::clone(text)))));
    let (syntax, binding) = header::open(&mut cutter, contract)?;
    let inputs: Vec<usize> = (0..contract.columns.len()).collect();
    let mut reader = BlockReader::new(contract, &binding, &syntax, &inputs);
    let schema = contract.schema(inputs);
    let (mut batches, mut records, mut buffer) = (Vec::new(), 0, Vec::new());
    while let Some(block) = cutter.next(buffer, &syntax).map_err(classify)? {
        let batch = reader.read(&block).map_err(|error| {
            error.place(records, |field| {
                let column = binding.fields.iter().position(|&bound| bound == field)?;
                Some(contract.columns.get(column)?.name.clone())
            })
        })?;
        records += batch.records;
        buffer = block.bytes;
        let arrays = batch.columns.iter().map(Column::to_array).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(batch.rows));
        let rows = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options);
        batches.push(rows.map_err(unfit)?);
    }
    if records == 0 && contract.no_records == NoRecords::Refuse {
        let message = "there is a header and no record; 'veilpoint.no_records' 'allow' in the contract lets it pass";
        return Err(Error::new(Kind::Empty, message));
    }
    concat_batches(&schema, &batches).map_err(unfit)
}

fn unfit(error: arrow::error::ArrowError) -> Error {
    Error::new(Kind::Internal, "the columns do not fit the contract").with_private(error)
}
