//! A text → Veilpoint's cutter, header and reader → columns, or the fault.

use std::io::{self, Read};
use std::sync::LazyLock;

use arrow::array::{Array, ArrayRef};
use arrow::compute::concat;
use veilpoint::csv::column::Column;
use veilpoint::csv::cut::Cutter;
use veilpoint::csv::header;
use veilpoint::csv::read::BlockReader;
use veilpoint::dataset::contract::{self, Class, ColumnType, Contract};
use veilpoint::error::Kind;

/// All rows of a text.
#[derive(Debug, PartialEq)]
pub struct Rows {
    /// The contract's columns; none where there is no block.
    pub columns: Vec<ArrayRef>,
    /// Records, dropped ones included.
    pub records: u64,
    /// Records that were dropped.
    pub dropped: u64,
}

/// The first thing that is wrong.
#[derive(Debug, PartialEq)]
pub struct Fault {
    /// Its kind.
    pub kind: Kind,
    /// The record, counted from 0 in the text.
    pub record: u64,
    /// The field, where it is about one.
    pub field: Option<usize>,
}

/// A contract whose columns have these types and are called `c0`, `c1`, …
pub fn contract(types: &[ColumnType], nullable: bool) -> Contract {
    static PARSED: LazyLock<Contract> = LazyLock::new(|| {
        let schema = "CREATE EXTERNAL TABLE fuzz (c0 VARCHAR) STORED AS CSV LOCATION '*.csv'";
        Contract::parse("fuzz", "schema.sql", schema).expect("a contract")
    });
    let mut contract = PARSED.clone();
    let column = |(at, &data_type)| contract::Column {
        name: format!("c{at}"),
        data_type,
        nullable,
        class: Class::Insensitive,
        min_step: None,
    };
    contract.columns = types.iter().enumerate().map(column).collect();
    contract
}

/// Reads a text with its header, in blocks of `block` bytes, from a source that hands out `piece` bytes at a time.
///
/// # Errors
/// The fault.
pub fn read(text: &[u8], contract: &Contract, block: usize, piece: usize) -> Result<Rows, Fault> {
    let source = Pieces {
        text: text.to_vec(),
        at: 0,
        piece,
    };
    let mut cutter = Cutter::with_block(Box::new(source), block);
    let (syntax, binding) = header::open(&mut cutter, contract).expect("a header");
    let inputs: Vec<usize> = (0..contract.columns.len()).collect();
    let mut reader = BlockReader::new(contract, &binding, &syntax, &inputs);
    let mut pieces: Vec<Vec<ArrayRef>> = vec![Vec::new(); inputs.len()];
    let (mut records, mut dropped, mut buffer) = (0, 0, Vec::new());
    while let Some(block) = cutter.next(buffer, &syntax).expect("memory can be read") {
        let batch = reader.read(&block).map_err(|error| Fault {
            kind: error.kind,
            record: records + error.record,
            field: error.field,
        })?;
        records += batch.records;
        dropped += batch.dropped;
        for (pieces, column) in pieces.iter_mut().zip(&batch.columns) {
            assert_eq!(column.len(), batch.rows);
            pieces.push(Column::to_array(column));
        }
        buffer = block.bytes;
    }
    Ok(Rows {
        columns: pieces.iter().filter_map(|pieces| whole(pieces)).collect(),
        records,
        dropped,
    })
}

fn whole(pieces: &[ArrayRef]) -> Option<ArrayRef> {
    let pieces: Vec<&dyn Array> = pieces.iter().map(AsRef::as_ref).collect();
    let all = (!pieces.is_empty()).then(|| concat(&pieces));
    all.transpose().expect("pieces of one type")
}

/// A source that hands out few bytes at a time.
struct Pieces {
    text: Vec<u8>,
    at: usize,
    piece: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = &self.text[self.at..];
        let len = left.len().min(self.piece).min(buffer.len());
        buffer[..len].copy_from_slice(&left[..len]);
        self.at += len;
        Ok(len)
    }
}
