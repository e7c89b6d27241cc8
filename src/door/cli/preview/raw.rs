//! The first records of an object as they stand: the contract's columns as text, whatever their types are.

use arrow::array::{Array, AsArray};

use super::{Cell, Job};
use crate::csv::column::Column;
use crate::csv::cut::{Block, Cutter};
use crate::csv::read::{Batch, BlockReader};
use crate::csv::{RecordError, Syntax, header};
use crate::dataset::contract::{Binding, ColumnType, Contract};
use crate::error::Result;
use crate::release::check_records;
use crate::source::{classify, decode};

/// Bytes of text that are read at a time: a preview is of the first records, and waits for no others.
const BLOCK: usize = 16 * 1024;

/// The first records.
pub(super) struct Raw {
    /// The records that are shown, in the order of the object.
    pub(super) records: Vec<Record>,
    /// How many records were read to show these.
    pub(super) read: u64,
    /// Whether these are all records of the object.
    pub(super) all: bool,
    /// Columns that the contract does not know.
    pub(super) unknown: Vec<String>,
}

/// A record.
pub(super) struct Record {
    /// Its number: 1 is the first after the header.
    pub(super) number: u64,
    /// Its fields, in the contract's order.
    pub(super) cells: Vec<Cell>,
}

/// An object that is read block by block.
pub(super) struct Reading<'a> {
    contract: &'a Contract,
    cutter: Cutter,
    pub(super) syntax: Syntax,
    pub(super) binding: Binding,
    text: BlockReader,
    /// Records before the block.
    before: u64,
}

/// The first records of the job's object.
///
/// # Errors
/// What is wrong with the object's header or with the records that are read.
pub(super) fn read(job: &Job) -> Result<Raw> {
    let mut reading = Reading::open(job)?;
    let mut raw = reading.empty();
    while raw.records.len() < job.rows {
        let Some((block, before)) = reading.block()? else {
            raw.all = true;
            break;
        };
        reading.add(&mut raw, &block, before, job.rows)?;
    }
    check_records(&job.contract, raw.read)?;
    Ok(raw)
}

impl<'a> Reading<'a> {
    /// Opens the job's object, and reads its header.
    pub(super) fn open(job: &'a Job) -> Result<Self> {
        let contract = &job.contract;
        let bytes = job.object.input.open()?;
        let text = decode(bytes, &job.object.key, &contract.dialect);
        let mut cutter = Cutter::with_block(text, BLOCK);
        let (syntax, binding) = header::open(&mut cutter, contract)?;
        let untyped = untyped(contract);
        let all: Vec<usize> = (0..contract.columns.len()).collect();
        Ok(Self {
            text: BlockReader::new(&untyped, &binding, &syntax, &all),
            contract,
            cutter,
            syntax,
            binding,
            before: 0,
        })
    }

    /// What is shown before anything is read.
    pub(super) fn empty(&self) -> Raw {
        Raw {
            records: Vec::new(),
            read: 0,
            all: false,
            unknown: self.binding.unknown.clone(),
        }
    }

    /// The next block, and how many records come before it.
    pub(super) fn block(&mut self) -> Result<Option<(Block, u64)>> {
        let block = self
            .cutter
            .next(Vec::new(), &self.syntax)
            .map_err(classify)?;
        Ok(block.map(|block| (block, self.before)))
    }

    /// Adds a block's records, so that at most `rows` are there.
    pub(super) fn add(
        &mut self,
        raw: &mut Raw,
        block: &Block,
        before: u64,
        rows: usize,
    ) -> Result<()> {
        let batch = self
            .text
            .read(block)
            .map_err(|error| self.place(error, before))?;
        self.before = before + batch.records;
        raw.read = self.before;
        let columns: Vec<_> = batch.columns.iter().map(Column::to_array).collect();
        let left = rows.saturating_sub(raw.records.len());
        for row in 0..batch.rows.min(left) {
            let cells = columns.iter().map(|column| {
                let text = column.as_string_opt::<i32>()?;
                text.is_valid(row).then(|| text.value(row).to_owned())
            });
            raw.records.push(Record {
                number: before + origin(&batch, row) + 1,
                cells: cells.collect(),
            });
        }
        Ok(())
    }

    /// An error of a block, at its place in the object.
    pub(super) fn place(&self, error: RecordError, before: u64) -> crate::Error {
        error.place(before, |field| {
            let mut fields = self.binding.fields.iter();
            let column = fields.position(|&bound| bound == field)?;
            let column = self.contract.columns.get(column)?;
            Some(column.name.clone())
        })
    }
}

/// The record in its block, from 0, that a row of a batch comes from.
pub(super) fn origin(batch: &Batch, row: usize) -> u64 {
    let origin = batch.origin.as_ref();
    origin
        .and_then(|origin| origin.get(row).copied())
        .unwrap_or(row as u64)
}

/// The contract with every column as text that may be NULL: what does not fit its type is the projection's matter.
fn untyped(contract: &Contract) -> Contract {
    let mut untyped = contract.clone();
    for column in &mut untyped.columns {
        column.data_type = ColumnType::Text(None);
        column.nullable = true;
    }
    untyped
}
