//! Over columns: rows whose combination of values is shared by fewer than k subjects are suppressed, whole.
//!
//! 1. The rows are put aside as they come, and for each (combination, subject, number of the row) goes to a sorter.
//! 2. In that order a combination's subjects stand together. Read once, it says which combinations stay; read again,
//!    beside what it has said, it gives the numbers of the rows that do not, to a second sorter.
//! 3. The rows come back in their order, less those numbers.

use std::io::{BufReader, BufWriter, Read as _, Write as _};

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};

use super::aside::{Aside, Folder, failed};
use super::combination::combinations;
use super::sorter::{Sorted, Sorter};
use crate::error::{Error, Kind, Result};
use crate::functions::subjects::Ids;
use crate::release::{Control, cancelled};

/// Combination, subject, number of the row: 128, 128 and 64 bits.
const COUNTED: usize = 40;

/// No subject: an id is not zero but with odds of 1 in 10^38, and then counts for nobody.
const NOBODY: u128 = 0;

/// The most bytes that are sorted in memory.
const MOST: usize = 64 * 1024 * 1024;

/// Bytes that files are read and written by.
const BUFFER: usize = 64 * 1024;

/// After how many records to look whether to stop.
const LOOK: u64 = 1 << 16;

/// The share of a memory limit that [`Rows`] take beside the engine.
pub fn share(limit: usize) -> usize {
    let sorted = sorted(limit);
    sorted + sorted / 2
}

fn sorted(limit: usize) -> usize {
    (limit / 4).min(MOST)
}

/// What is asked.
pub struct Asked<'a> {
    /// How many subjects are enough.
    pub k: u32,
    /// The columns of the combination, by position.
    pub over: &'a [usize],
    /// Whether the last column is the id of the row's subject; otherwise each row is one.
    pub subjects: bool,
}

/// Rows that wait until all are counted.
pub struct Rows<'a> {
    asked: Asked<'a>,
    schema: SchemaRef,
    ids: Ids,
    memory: usize,
    folder: Folder,
    control: &'a Control,
    aside: StreamWriter<BufWriter<Aside>>,
    counted: Sorter<COUNTED>,
    /// How many rows it has taken.
    taken: u64,
}

impl<'a> Rows<'a> {
    /// None yet, of columns of this schema, under a memory limit of which they take their [`share`].
    pub fn new(
        asked: Asked<'a>,
        schema: &SchemaRef,
        limit: usize,
        folder: Folder,
        control: &'a Control,
    ) -> Result<Self> {
        let memory = sorted(limit);
        let aside = BufWriter::with_capacity(BUFFER, Aside::new(memory / 4, &folder));
        Ok(Self {
            asked,
            schema: SchemaRef::clone(schema),
            ids: Ids::new()?,
            memory,
            control,
            aside: StreamWriter::try_new(aside, schema).map_err(unwritten)?,
            counted: Sorter::new(memory, &folder),
            folder,
            taken: 0,
        })
    }

    /// Puts rows aside: the columns of the schema, and the subject's id where one is asked for.
    pub fn push(&mut self, columns: &[ArrayRef], rows: usize) -> Result<()> {
        let over = self
            .asked
            .over
            .iter()
            .map(|&position| columns.get(position));
        let over = over.collect::<Option<Vec<_>>>().ok_or_else(misfit)?;
        let combinations = combinations(&self.ids, &over, rows)?;
        let subject = if self.asked.subjects {
            let last = columns.last().ok_or_else(misfit)?;
            Some(last.as_fixed_size_binary_opt().ok_or_else(misfit)?)
        } else {
            None
        };
        for (row, combination) in combinations.into_iter().enumerate() {
            let subject = match subject {
                Some(ids) if ids.is_valid(row) => id(ids.value(row))?,
                Some(_) => NOBODY,
                None => u128::from(self.taken) + 1,
            };
            let record = record(combination, subject, self.taken);
            self.counted.push(record).map_err(failed)?;
            self.taken += 1;
        }
        let visible = columns.get(..self.schema.fields().len());
        let visible = visible.ok_or_else(misfit)?.to_vec();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let schema = SchemaRef::clone(&self.schema);
        let batch = RecordBatch::try_new_with_options(schema, visible, &options);
        let batch = batch.map_err(|error| misfit().with_private(error))?;
        self.aside.write(&batch).map_err(unwritten)
    }

    /// Gives the rows that stay, in their order, and says how many did not.
    pub fn finish(self, mut each: impl FnMut(RecordBatch) -> Result<()>) -> Result<u64> {
        let control = self.control;
        let counted = self.counted.finish().map_err(failed)?;
        let least = usize::try_from(self.asked.k).unwrap_or(usize::MAX);
        let mut suppressed = suppressed(counted, least, self.memory, &self.folder, control)?;
        let mut numbers = suppressed.read().map_err(failed)?;
        let mut next = || -> Result<Option<u64>> {
            let number = numbers.next().map_err(failed)?;
            Ok(number.map(u64::from_be_bytes))
        };
        let mut missing = next()?;
        let (mut row, mut count) = (0_u64, 0_u64);
        for batch in read_again(self.aside)? {
            cancelled(control)?;
            let batch = batch.map_err(unwritten)?;
            let mut keep = Vec::with_capacity(batch.num_rows());
            for _ in 0..batch.num_rows() {
                keep.push(missing != Some(row));
                if missing == Some(row) {
                    count += 1;
                    missing = next()?;
                }
                row += 1;
            }
            let kept = filter_record_batch(&batch, &BooleanArray::from(keep));
            each(kept.map_err(|error| misfit().with_private(error))?)?;
        }
        if row == self.taken && missing.is_none() {
            Ok(count)
        } else {
            Err(misfit())
        }
    }
}

/// The batches that were put aside.
fn read_again(aside: StreamWriter<BufWriter<Aside>>) -> Result<StreamReader<BufReader<Aside>>> {
    let aside = aside.into_inner().map_err(unwritten)?.into_inner();
    let mut aside = aside.map_err(|error| failed(error.into_error()))?;
    aside.rewind().map_err(failed)?;
    let aside = BufReader::with_capacity(BUFFER, aside);
    StreamReader::try_new(aside, None).map_err(unwritten)
}

/// The numbers of the rows whose combination has fewer than `least` subjects.
fn suppressed(
    mut counted: Sorted<COUNTED>,
    least: usize,
    memory: usize,
    folder: &Folder,
    control: &Control,
) -> Result<Sorted<8>> {
    let mut verdicts = BufWriter::with_capacity(BUFFER, Aside::new(memory / 4, folder));
    walk(&mut counted, control, |read| match read {
        Read::Row(_) => Ok(()),
        Read::End { subjects } => {
            let stays = u8::from(subjects >= least);
            verdicts.write_all(&[stays]).map_err(failed)
        }
    })?;
    let verdicts = verdicts.into_inner();
    let mut verdicts = verdicts.map_err(|error| failed(error.into_error()))?;
    verdicts.rewind().map_err(failed)?;
    let mut verdicts = BufReader::with_capacity(BUFFER, verdicts).bytes();
    let mut numbers = Sorter::new(memory / 2, folder);
    let mut stays = None;
    walk(&mut counted, control, |read| {
        let Read::Row(number) = read else {
            stays = None;
            return Ok(());
        };
        if stays.is_none() {
            let verdict = verdicts.next().ok_or_else(misfit)?.map_err(failed)?;
            stays = Some(verdict == 1);
        }
        match stays {
            Some(true) => Ok(()),
            _ => numbers.push(number.to_be_bytes()).map_err(failed),
        }
    })?;
    numbers.finish().map_err(failed)
}

/// What is read of sorted rows.
enum Read {
    /// A row, by its number.
    Row(u64),
    /// All rows of a combination have been read.
    End {
        /// How many subjects share it.
        subjects: usize,
    },
}

/// Reads what is counted, combination by combination.
fn walk(
    counted: &mut Sorted<COUNTED>,
    control: &Control,
    mut each: impl FnMut(Read) -> Result<()>,
) -> Result<()> {
    let mut records = counted.read().map_err(failed)?;
    let (mut last, mut subjects, mut read) = (None, 0_usize, 0_u64);
    while let Some(record) = records.next().map_err(failed)? {
        if read.is_multiple_of(LOOK) {
            cancelled(control)?;
        }
        read += 1;
        let (combination, subject, number) = parts(&record)?;
        if last.is_some_and(|(before, _)| before != combination) {
            each(Read::End { subjects })?;
            subjects = 0;
        }
        if subject != NOBODY && last != Some((combination, subject)) {
            subjects += 1;
        }
        last = Some((combination, subject));
        each(Read::Row(number))?;
    }
    match last {
        Some(_) => each(Read::End { subjects }),
        None => Ok(()),
    }
}

fn record(combination: u128, subject: u128, number: u64) -> [u8; COUNTED] {
    let mut record = [0; COUNTED];
    let parts = combination.to_be_bytes().into_iter();
    let parts = parts
        .chain(subject.to_be_bytes())
        .chain(number.to_be_bytes());
    for (to, from) in record.iter_mut().zip(parts) {
        *to = from;
    }
    record
}

fn parts(record: &[u8; COUNTED]) -> Result<(u128, u128, u64)> {
    let (combination, rest) = record.split_first_chunk::<16>().ok_or_else(misfit)?;
    let (subject, rest) = rest.split_first_chunk::<16>().ok_or_else(misfit)?;
    let number = rest.first_chunk::<8>().ok_or_else(misfit)?;
    Ok((
        u128::from_be_bytes(*combination),
        u128::from_be_bytes(*subject),
        u64::from_be_bytes(*number),
    ))
}

fn id(bytes: &[u8]) -> Result<u128> {
    let bytes = bytes.try_into().map_err(|_| misfit())?;
    Ok(u128::from_be_bytes(bytes))
}

/// A failure of Arrow's writer or reader is the disk's.
fn unwritten(error: arrow::error::ArrowError) -> Error {
    match error {
        arrow::error::ArrowError::IoError(_, error) => failed(error),
        other => misfit().with_private(other),
    }
}

fn misfit() -> Error {
    Error::new(
        Kind::Internal,
        "the rows that k counts are not as they were planned",
    )
}
