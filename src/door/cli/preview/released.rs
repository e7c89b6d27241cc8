//! A release of the whole object, aside: its first rows, and its columns for who counts them.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use arrow::array::RecordBatch;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::pairs::cell;
use super::{Cell, Job};
use crate::dataset::projection::Projection;
use crate::error::{Error, Kind, Result};
use crate::release::{self, Control, Options, Output, Summary};
use crate::request::Format;
use crate::source::decode;

/// The first rows of a release.
pub(super) struct Released {
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) rows_in: u64,
    pub(super) rows_out: u64,
}

/// A release in a file without a name, which goes with it.
pub(super) struct Release {
    file: File,
    pub(super) summary: Summary,
}

struct Aside(BufWriter<File>);

impl Write for Aside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Output for Aside {}

/// The release of the job's object by a projection.
///
/// # Errors
/// What the object is refused for; [`Kind::Output`] without room for it.
pub(super) fn make(job: &Job, projection: &Projection, control: &Control) -> Result<Release> {
    let raw = job.object.input.open()?;
    let file = tempfile::tempfile().map_err(|err| no_room(&err))?;
    let mut output = Aside(BufWriter::new(file));
    let summary = release::run(
        &release::Job {
            contract: &job.contract,
            projection,
            object: &job.object.label,
            context: &job.context(projection),
            format: Format::Parquet,
            length: None,
            options: &Options::default(),
        },
        decode(raw, &job.object.key, &job.contract.dialect),
        &mut output,
        control,
    )?;
    let mut file = output.0.into_inner().map_err(|err| no_room(err.error()))?;
    file.rewind().map_err(|err| no_room(&err))?;
    Ok(Release { file, summary })
}

fn no_room(err: &io::Error) -> Error {
    let message = "there is no room for a release among the temporary files";
    Error::new(Kind::Output, message).with_private(err.to_string())
}

impl Release {
    /// Its first rows.
    pub(super) fn first(self, count: usize) -> Result<Released> {
        let (rows_in, rows_out) = (self.summary.rows_in, self.summary.rows_out);
        let mut rows = Vec::new();
        for batch in self.batches()? {
            let batch = batch.map_err(unreadable)?;
            for row in 0..batch.num_rows().min(count - rows.len()) {
                rows.push(cells(&batch, row)?);
            }
            if rows.len() == count {
                break;
            }
        }
        Ok(Released {
            rows,
            rows_in,
            rows_out,
        })
    }

    /// All of it, batch after batch.
    pub(super) fn batches(self) -> Result<ParquetRecordBatchReader> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(self.file);
        reader
            .and_then(ParquetRecordBatchReaderBuilder::build)
            .map_err(unreadable)
    }
}

fn cells(batch: &RecordBatch, row: usize) -> Result<Vec<Cell>> {
    batch
        .columns()
        .iter()
        .map(|column| cell(column, row))
        .collect()
}

/// A release that was just made and cannot be read is our own fault.
pub(super) fn unreadable(err: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(Kind::Internal, "the release aside cannot be read").with_private(err)
}
