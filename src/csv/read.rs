//! A block → a batch of columns. One reader per worker; what it learns of a column's texts stays with it.

use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::BooleanArray;

use super::column::Column;
use super::cut::Block;
use super::decode::{ColumnReader, Faults};
use super::fields::View;
use super::general::{self, Normalised};
use super::tokenize::{Tokens, tokenize};
use super::{RecordError, Syntax};
use crate::dataset::contract::{BadRows, Binding, Contract};
use crate::error::Kind;

/// Rows of an object, decoded.
pub struct Batch {
    /// The block that they come from.
    pub sequence: u64,
    /// The columns that were asked for, in that order.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: usize,
    /// Records of the block, dropped ones included.
    pub records: u64,
    /// Records dropped.
    pub dropped: u64,
    /// For each row its record in the block, from 0, where they differ.
    pub origin: Option<Vec<u64>>,
    /// Bytes of the block.
    pub bytes: usize,
}

/// Gives each dictionary a lineage of its own.
static LINEAGES: AtomicU64 = AtomicU64::new(0);

/// A lineage that no other dictionary of this process has.
pub fn new_lineage() -> u64 {
    LINEAGES.fetch_add(1, Ordering::Relaxed)
}

/// Decodes blocks.
pub struct BlockReader {
    syntax: Syntax,
    width: usize,
    drop: bool,
    tokens: Tokens,
    normalised: Normalised,
    columns: Vec<ColumnReader>,
}

impl BlockReader {
    /// Reads the columns `inputs` of the contract.
    pub fn new(contract: &Contract, binding: &Binding, syntax: &Syntax, inputs: &[usize]) -> Self {
        let columns = inputs.iter().map(|&input| {
            ColumnReader::new(
                &contract.columns[input],
                &contract.dialect,
                binding.fields[input],
                new_lineage(),
            )
        });
        Self {
            syntax: syntax.clone(),
            width: binding.width,
            drop: contract.bad_rows == BadRows::Drop,
            tokens: Tokens::default(),
            normalised: Normalised::default(),
            columns: columns.collect(),
        }
    }

    /// The rows of `block`.
    ///
    /// # Errors
    /// What is wrong with the block: with its text, else with the first record that has a wrong value.
    pub fn read(&mut self, block: &Block) -> Result<Batch, RecordError> {
        let text = block.text();
        if block.oversized {
            return Err(self.oversized(text));
        }
        let plain = tokenize(text, &self.syntax, self.width, &mut self.tokens);
        if self.tokens.may_hold_nul()
            && let Some(at) = memchr::memchr(0, text)
        {
            return Err(self.at_byte(text, at, plain, Kind::NotCsv, "the text holds a NUL byte"));
        }
        // The second says where it is not, for which it takes longer.
        if simdutf8::basic::from_utf8(text).is_err()
            && let Err(error) = simdutf8::compat::from_utf8(text)
        {
            let message =
                "the text is not in the contract's encoding ('veilpoint.encoding' sets another)";
            return Err(self.at_byte(text, error.valid_up_to(), plain, Kind::Encoding, message));
        }
        if !plain {
            general::normalise(
                text,
                &self.syntax,
                self.width,
                self.drop,
                &mut self.normalised,
            )?;
        }
        let view = if plain {
            View {
                text: &block.bytes,
                tokens: &self.tokens,
                quote: self.syntax.quote,
                strip_cr: self.syntax.strip_cr,
            }
        } else {
            View {
                text: &self.normalised.bytes,
                tokens: &self.normalised.tokens,
                quote: Some(general::QUOTE),
                strip_cr: false,
            }
        };
        let rows = view.tokens.rows();
        let mut wrong = vec![false; if self.drop { rows } else { 0 }];
        let columns = decode(&mut self.columns, view, self.drop.then_some(&mut wrong));
        let origin = (!plain).then(|| self.normalised.records.clone());
        let columns = columns.map_err(|mut error| {
            if let Some(origin) = &origin {
                error.record = usize::try_from(error.record)
                    .ok()
                    .and_then(|row| origin.get(row).copied())
                    .unwrap_or(error.record);
            }
            error
        })?;
        let (records, dropped) = if plain {
            (rows as u64, 0)
        } else {
            (self.normalised.total, self.normalised.dropped)
        };
        let batch = Batch {
            sequence: block.sequence,
            columns,
            rows,
            records,
            dropped,
            origin,
            bytes: text.len(),
        };
        Ok(if wrong.contains(&true) {
            batch.without(&wrong)
        } else {
            batch
        })
    }

    /// What is wrong with a record that has no end: its quotes, or its size.
    fn oversized(&mut self, text: &[u8]) -> RecordError {
        let scanned =
            general::normalise(text, &self.syntax, self.width, false, &mut self.normalised);
        match scanned {
            Err(error) if matches!(error.kind, Kind::Quoting | Kind::TooLarge) => error,
            _ => RecordError {
                kind: Kind::TooLarge,
                message: "the record runs over 16 MiB; its line end or a quote is likely missing"
                    .to_owned(),
                record: 0,
                field: None,
            },
        }
    }

    /// An error at a byte of the block: the record is counted as far as the text before can be read.
    fn at_byte(
        &mut self,
        text: &[u8],
        at: usize,
        plain: bool,
        kind: Kind,
        message: &str,
    ) -> RecordError {
        let (record, field) = if plain {
            let (row, field) = self.tokens.locate(at);
            (row as u64, Some(field))
        } else {
            match general::normalise(
                &text[..at],
                &self.syntax,
                self.width,
                false,
                &mut self.normalised,
            ) {
                Ok(()) => (self.normalised.total, None),
                // The last record breaks off at the byte, for which it is not to blame.
                Err(error) => (error.record, None),
            }
        };
        RecordError {
            kind,
            message: message.to_owned(),
            record,
            field,
        }
    }
}

/// Bytes of text that a tile has, about: half of a first-level cache, for the positions of fields take room as well.
const TILE: usize = 16 * 1024;

/// All columns, or the error of the first record that has one.
fn decode(
    readers: &mut [ColumnReader],
    view: View<'_>,
    mut wrong: Option<&mut Vec<bool>>,
) -> Result<Vec<Column>, RecordError> {
    let rows = view.tokens.rows();
    for reader in &mut *readers {
        reader.begin(rows);
    }
    let tile = (TILE * rows / view.text.len().max(1)).clamp(16, 1024);
    for start in (0..rows).step_by(tile) {
        let rows = start..rows.min(start + tile);
        let mut first: Option<RecordError> = None;
        for reader in &mut *readers {
            let mut faults = match &mut wrong {
                Some(rows) => Faults::mark(rows),
                None => Faults::refuse(),
            };
            if let Err(error) = reader.read(view, rows.clone(), &mut faults)
                && first
                    .as_ref()
                    .is_none_or(|first| error.record < first.record)
            {
                first = Some(error);
            }
        }
        if let Some(error) = first {
            return Err(error);
        }
    }
    readers.iter_mut().map(ColumnReader::finish).collect()
}

impl Batch {
    /// The batch less the rows that are marked.
    fn without(self, wrong: &[bool]) -> Self {
        let keep: BooleanArray = wrong.iter().map(|&wrong| Some(!wrong)).collect();
        let rows = keep.true_count();
        let kept = |records: Vec<u64>| {
            records
                .into_iter()
                .zip(wrong)
                .filter(|(_, wrong)| !**wrong)
                .map(|(r, _)| r)
        };
        let origin = self
            .origin
            .unwrap_or_else(|| (0..self.rows as u64).collect());
        let columns = self
            .columns
            .into_iter()
            .map(|column| column.filter(&keep))
            .collect();
        let dropped = self.dropped + (self.rows - rows) as u64;
        Self {
            columns,
            rows,
            dropped,
            origin: Some(kept(origin).collect()),
            ..self
        }
    }
}
