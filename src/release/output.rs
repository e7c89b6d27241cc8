//! Blocks → encoded pieces → the output.
//!
//! A block becomes tasks that do not wait for each other: one gathers and encodes a column; for CSV, a second round
//! formats slices of rows. Whoever completes the next piece in order writes it.

use std::io::Write;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use ::parquet::arrow::arrow_writer::ArrowColumnWriter;
use arrow::datatypes::SchemaRef;

use super::Job;
use super::blocks::Block;
use crate::encode::csv::{self, CsvColumn, SLICE_ROWS};
use crate::encode::gather::gather;
use crate::encode::order::Order;
use crate::encode::parquet::{self, Chunk, ParquetEncoder, ParquetWriter};
use crate::encode::{Formulas, Output, output_error};
use crate::error::{Error, Kind, Result};
use crate::request::Format;

/// Locks, whatever became of the last holder: a panic ends the release anyway.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A block on its way to the output.
pub struct Work {
    block: Block,
    order: OnceLock<Option<Vec<u32>>>,
    /// Parquet: the parquet crate's writers, once a column asks for one, and the columns' chunks.
    writers: Mutex<Option<Vec<Option<ArrowColumnWriter>>>>,
    chunks: Mutex<Vec<Option<Chunk>>>,
    /// CSV: the prepared columns.
    columns: Vec<OnceLock<CsvColumn>>,
    /// Columns not yet done.
    missing: AtomicUsize,
}

/// Something a worker can do for a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Find the order of its rows.
    Order,
    /// Gather, and for Parquet encode, a column.
    Column(usize),
    /// Format a slice of rows.
    Slice(usize),
}

/// What a step gives.
pub enum Outcome {
    /// More steps of the same block.
    Steps(Vec<Step>),
    /// A piece for the output: its number in the block, and whether it is the block's last.
    Piece(usize, bool, Piece),
}

/// A piece of the output.
pub enum Piece {
    /// A row group.
    RowGroup(Vec<Chunk>),
    /// Lines.
    Lines(Vec<u8>),
}

/// Encodes blocks. Shared by all workers.
pub struct Encoder<'a> {
    schema: SchemaRef,
    order: Option<&'a Order>,
    formulas: Formulas,
    parquet: Option<ParquetEncoder>,
}

/// Writes pieces, in order.
pub enum Writer<'a> {
    /// A Parquet file.
    Parquet(Box<ParquetWriter<Counted<'a>>>),
    /// CSV lines, behind a header that is written before the first of them.
    Csv(Counted<'a>, Option<Vec<u8>>),
}

/// Encoder and writer of a release.
pub fn open<'a>(
    schema: &SchemaRef,
    job: &Job<'_>,
    order: Option<&'a Order>,
    output: &'a mut dyn Output,
    bytes: &'a AtomicU64,
) -> Result<(Encoder<'a>, Writer<'a>)> {
    let output = Counted { output, bytes };
    let options = job.options;
    let (parquet, writer) = match job.format {
        Format::Parquet => {
            let codec = options.parquet_compression;
            let (encoder, writer) = parquet::open(schema, codec, job.length, output)?;
            (Some(encoder), Writer::Parquet(Box::new(writer)))
        }
        Format::Csv => (None, Writer::Csv(output, Some(csv::header(schema)))),
    };
    let encoder = Encoder {
        schema: SchemaRef::clone(schema),
        order,
        formulas: options.csv_formulas,
        parquet,
    };
    Ok((encoder, writer))
}

impl Encoder<'_> {
    /// Takes on a block; its first step is [`Step::Order`].
    pub fn work(&self, block: Block) -> Work {
        let columns = self.schema.fields().len();
        Work {
            block,
            order: OnceLock::new(),
            writers: Mutex::default(),
            chunks: Mutex::new((0..columns).map(|_| None).collect()),
            columns: (0..columns).map(|_| OnceLock::new()).collect(),
            missing: AtomicUsize::new(columns),
        }
    }

    /// Does one step.
    pub fn step(&self, work: &Work, step: Step) -> Result<Outcome> {
        match step {
            Step::Order => Ok(self.begin(work)),
            Step::Column(column) => self.column(work, column),
            Step::Slice(slice) => self.slice(work, slice),
        }
    }

    fn begin(&self, work: &Work) -> Outcome {
        let block = &work.block;
        work.order.get_or_init(|| {
            self.order
                .map(|order| order.of_block(block.index, block.len))
        });
        Outcome::Steps((0..work.columns.len()).map(Step::Column).collect())
    }

    fn column(&self, work: &Work, column: usize) -> Result<Outcome> {
        let field = self.schema.field(column);
        let order = work.order.get().and_then(Option::as_deref);
        let in_column = |error: Error| error.in_column(field.name());
        let values =
            gather(&work.block.rows, column, field.data_type(), order).map_err(in_column)?;
        if let Some(parquet) = &self.parquet {
            let other = || work.writer(parquet, column);
            let chunk = parquet.encode(column, &values, other).map_err(in_column)?;
            lock(&work.chunks)[column] = Some(chunk);
        } else {
            let style = csv::Style::of(column, work.columns.len());
            let prepared = csv::prepare(values, style, self.formulas);
            work.columns[column].set(prepared).map_err(|_| twice())?;
        }
        if work.missing.fetch_sub(1, Ordering::AcqRel) > 1 {
            return Ok(Outcome::Steps(Vec::new()));
        }
        if self.parquet.is_some() {
            let chunks = lock(&work.chunks)
                .drain(..)
                .collect::<Option<Vec<_>>>()
                .ok_or_else(twice)?;
            return Ok(Outcome::Piece(0, true, Piece::RowGroup(chunks)));
        }
        Ok(Outcome::Steps(
            (0..work.slices()).map(Step::Slice).collect(),
        ))
    }

    fn slice(&self, work: &Work, slice: usize) -> Result<Outcome> {
        let columns = work
            .columns
            .iter()
            .map(OnceLock::get)
            .collect::<Option<Vec<_>>>()
            .ok_or_else(twice)?;
        let start = slice * SLICE_ROWS;
        let end = (start + SLICE_ROWS).min(work.block.len);
        let lines = csv::rows(&columns, start, end, self.formulas)?;
        Ok(Outcome::Piece(
            slice,
            slice + 1 == work.slices(),
            Piece::Lines(lines),
        ))
    }
}

impl Work {
    /// The block's number.
    pub fn index(&self) -> u64 {
        self.block.index
    }

    /// The parquet crate's writer of a column, of which there is one for each block.
    fn writer(&self, parquet: &ParquetEncoder, column: usize) -> Result<ArrowColumnWriter> {
        let mut writers = lock(&self.writers);
        let all = match &mut *writers {
            Some(all) => all,
            none => {
                let block = usize::try_from(self.block.index).unwrap_or(usize::MAX);
                none.insert(parquet.others(block)?)
            }
        };
        all.get_mut(column).and_then(Option::take).ok_or_else(twice)
    }

    fn slices(&self) -> usize {
        self.block.len.div_ceil(SLICE_ROWS)
    }
}

fn twice() -> Error {
    Error::new(
        Kind::Internal,
        "a column of a block was not done exactly once",
    )
}

impl Writer<'_> {
    /// Writes the next piece.
    pub fn write(&mut self, piece: Piece) -> Result<()> {
        match (self, piece) {
            (Self::Parquet(writer), Piece::RowGroup(chunks)) => writer.write(chunks),
            (Self::Csv(output, header), Piece::Lines(lines)) => {
                if let Some(header) = header.take() {
                    output
                        .write_all(&header)
                        .map_err(|error| output_error(&error))?;
                }
                output
                    .write_all(&lines)
                    .map_err(|error| output_error(&error))
            }
            _ => Err(Error::new(
                Kind::Internal,
                "a piece is of another format than the output",
            )),
        }
    }

    /// Writes what comes last.
    pub fn finish(self) -> Result<()> {
        match self {
            Self::Parquet(writer) => writer.finish(),
            Self::Csv(mut output, header) => {
                output
                    .write_all(&header.unwrap_or_default())
                    .map_err(|error| output_error(&error))?;
                output.flush().map_err(|error| output_error(&error))
            }
        }
    }
}

/// An output that counts its bytes.
pub struct Counted<'a> {
    output: &'a mut dyn Output,
    bytes: &'a AtomicU64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.output.write(bytes)?;
        self.bytes.fetch_add(written as u64, Ordering::Relaxed);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.output.flush()
    }
}

impl Output for Counted<'_> {
    fn filler(&mut self, length: u64) -> std::io::Result<()> {
        self.output.filler(length)?;
        self.bytes.fetch_add(length, Ordering::Relaxed);
        Ok(())
    }
}
