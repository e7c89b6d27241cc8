//! Records of a fixed width, sorted as bytes, beyond what memory holds: sorted runs on disk, and their merge.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use super::aside::{Aside, Folder};

/// The fewest bytes of a run that are read at a time.
const LEAST_READ: usize = 4096;

/// Takes records in any order.
///
/// # Memory
/// So many bytes as it is given, while it takes and while it gives. Runs are read by pieces of 4 KiB at least: past 26
/// thousand million records of 40 bytes in 64 MiB, by more memory than it is given.
pub struct Sorter<const N: usize> {
    records: Vec<[u8; N]>,
    /// Records that memory may hold.
    most: usize,
    runs: Vec<Range<u64>>,
    disk: Aside,
    written: u64,
}

impl<const N: usize> Sorter<N> {
    /// In so many bytes of memory, with runs in `folder`.
    pub fn new(memory: usize, folder: &Folder) -> Self {
        Self {
            records: Vec::new(),
            most: (memory / N).max(1),
            runs: Vec::new(),
            disk: Aside::new(0, folder),
            written: 0,
        }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// The disk's.
    pub fn push(&mut self, record: [u8; N]) -> io::Result<()> {
        if self.records.len() == self.most {
            self.spill()?;
        }
        if self.records.len() == self.records.capacity() {
            // Doubling, but never beyond what is given.
            let more = self.records.len().max(1024);
            let more = more.min(self.most - self.records.len());
            self.records.reserve_exact(more);
        }
        self.records.push(record);
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.records.sort_unstable();
        let start = self.written;
        for some in self.records.chunks(1024) {
            let bytes = some.as_flattened();
            self.disk.write_all(bytes)?;
            self.written += bytes.len() as u64;
        }
        self.runs.push(start..self.written);
        self.records.clear();
        Ok(())
    }

    /// All records, to be read in order as often as needed.
    ///
    /// # Errors
    /// The disk's.
    pub fn finish(mut self) -> io::Result<Sorted<N>> {
        if self.runs.is_empty() {
            self.records.sort_unstable();
        } else {
            self.spill()?;
            self.records = Vec::new();
        }
        Ok(Sorted {
            memory: self.most * N,
            records: self.records,
            runs: self.runs,
            disk: self.disk,
        })
    }
}

/// Records in order.
pub struct Sorted<const N: usize> {
    memory: usize,
    /// All of them, where there are no runs.
    records: Vec<[u8; N]>,
    runs: Vec<Range<u64>>,
    disk: Aside,
}

impl<const N: usize> Sorted<N> {
    /// Reads them from the first one.
    ///
    /// # Errors
    /// The disk's.
    pub fn read(&mut self) -> io::Result<Merge<'_, N>> {
        let piece = (self.memory / self.runs.len().max(1)).max(LEAST_READ) / N * N;
        let runs = self.runs.iter().map(|run| Run {
            left: run.clone(),
            bytes: Vec::new(),
            at: 0,
        });
        let mut merge = Merge {
            runs: runs.collect(),
            piece: piece.max(N),
            heads: BinaryHeap::new(),
            memory: self.records.iter(),
            disk: &mut self.disk,
        };
        for run in 0..merge.runs.len() {
            merge.advance(run)?;
        }
        Ok(merge)
    }
}

/// A run that is being read.
struct Run<const N: usize> {
    /// What of the disk is still to be read.
    left: Range<u64>,
    bytes: Vec<u8>,
    at: usize,
}

/// Gives records in order.
pub struct Merge<'a, const N: usize> {
    runs: Vec<Run<N>>,
    piece: usize,
    heads: BinaryHeap<Reverse<([u8; N], usize)>>,
    memory: std::slice::Iter<'a, [u8; N]>,
    disk: &'a mut Aside,
}

impl<const N: usize> Merge<'_, N> {
    /// The next record.
    ///
    /// # Errors
    /// The disk's.
    pub fn next(&mut self) -> io::Result<Option<[u8; N]>> {
        let Some(Reverse((record, run))) = self.heads.pop() else {
            return Ok(self.memory.next().copied());
        };
        self.advance(run)?;
        Ok(Some(record))
    }

    /// Puts the next record of a run among the heads.
    fn advance(&mut self, number: usize) -> io::Result<()> {
        let Some(run) = self.runs.get_mut(number) else {
            return Ok(());
        };
        if run.at == run.bytes.len() {
            let left = usize::try_from(run.left.end - run.left.start).unwrap_or(usize::MAX);
            run.bytes.resize(left.min(self.piece), 0);
            self.disk.seek(SeekFrom::Start(run.left.start))?;
            self.disk.read_exact(&mut run.bytes)?;
            run.left.start += run.bytes.len() as u64;
            run.at = 0;
        }
        let rest = run.bytes.get(run.at..).unwrap_or_default();
        if let Some(record) = rest.first_chunk::<N>() {
            self.heads.push(Reverse((*record, number)));
            run.at += N;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;

    fn all(sorted: &mut Sorted<5>) -> Vec<[u8; 5]> {
        let mut merge = sorted.read().unwrap();
        std::iter::from_fn(|| merge.next().unwrap()).collect()
    }

    proptest! {
        #[test]
        fn records_come_sorted_whatever_memory_holds(
            records in prop::collection::vec(any::<[u8; 5]>(), 0..4000),
            memory in 1usize..6000,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let place: Folder = Some(Arc::<Path>::from(folder.path()));
            let mut sorter = Sorter::new(memory, &place);
            for record in &records {
                sorter.push(*record).unwrap();
            }
            prop_assert!(sorter.records.capacity() * 5 <= memory.max(5));
            let mut sorted = sorter.finish().unwrap();
            let mut expected = records;
            expected.sort_unstable();
            prop_assert_eq!(&all(&mut sorted), &expected);
            prop_assert_eq!(all(&mut sorted), expected);
        }
    }

    #[test]
    fn without_a_folder_what_does_not_fit_is_an_error() {
        let mut sorter = Sorter::new(10, &None);
        sorter.push([1; 5]).unwrap();
        sorter.push([0; 5]).unwrap();
        assert!(sorter.push([2; 5]).is_err());
        let mut sorter = Sorter::new(10, &None);
        sorter.push([1; 5]).unwrap();
        sorter.push([0; 5]).unwrap();
        assert_eq!(all(&mut sorter.finish().unwrap()), [[0; 5], [1; 5]]);
    }
}
