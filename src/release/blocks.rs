//! Projected rows → blocks of a fixed number of rows. A last one of less than half of that shares evenly with the one
//! before: a block of a few rows would show where they stood.

use std::sync::Arc;

use crate::csv::column::Column;
use crate::encode::{BLOCK_BYTES, BLOCK_ROWS, Rows};

/// A block, numbered from 0.
pub struct Block {
    /// Its number.
    pub index: u64,
    /// Its rows, in the object's order.
    pub rows: Vec<Rows>,
    /// How many they are.
    pub len: usize,
}

/// Cuts blocks, half a block behind what it has been given: whether a block shares with the last one shows only then.
#[derive(Default)]
pub struct Blocks {
    closed: Vec<Rows>,
    open: Vec<Rows>,
    open_rows: usize,
    open_bytes: usize,
    next: u64,
}

impl Blocks {
    /// Adds the rows of a batch, which was read from `bytes` bytes of text, and gives the blocks that are ready.
    pub fn push(&mut self, columns: Vec<Column>, rows: usize, bytes: usize) -> Vec<Block> {
        let columns = Arc::new(columns);
        let mut ready = Vec::new();
        let mut start = 0;
        while start < rows {
            let len = (rows - start).min(BLOCK_ROWS - self.open_rows);
            self.open.push(Rows {
                columns: Arc::clone(&columns),
                start,
                len,
            });
            self.open_rows += len;
            self.open_bytes += bytes / rows * len;
            start += len;
            if self.open_rows >= BLOCK_ROWS / 2 || self.open_bytes >= BLOCK_BYTES / 2 {
                let closed = std::mem::take(&mut self.closed);
                ready.extend(self.block(closed));
            }
            if self.open_rows == BLOCK_ROWS || self.open_bytes >= BLOCK_BYTES {
                self.closed = std::mem::take(&mut self.open);
                (self.open_rows, self.open_bytes) = (0, 0);
            }
        }
        ready
    }

    /// The last blocks.
    pub fn finish(mut self) -> Vec<Block> {
        let mut rest = std::mem::take(&mut self.closed);
        let last = std::mem::take(&mut self.open);
        if rest.is_empty() || last.is_empty() {
            rest.extend(last);
            return self.block(rest).into_iter().collect();
        }
        rest.extend(last);
        let half = rest.iter().map(|rows| rows.len).sum::<usize>().div_ceil(2);
        let (first, second) = split(rest, half);
        [first, second]
            .into_iter()
            .filter_map(|rows| self.block(rows))
            .collect()
    }

    fn block(&mut self, rows: Vec<Rows>) -> Option<Block> {
        let len = rows.iter().map(|rows| rows.len).sum();
        if len == 0 {
            return None;
        }
        let index = self.next;
        self.next += 1;
        Some(Block { index, rows, len })
    }
}

/// The first `len` rows, and the rest.
fn split(rows: Vec<Rows>, len: usize) -> (Vec<Rows>, Vec<Rows>) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let mut missing = len;
    for rows in rows {
        let here = rows.len.min(missing);
        missing -= here;
        if here > 0 {
            first.push(Rows {
                len: here,
                ..rows.clone()
            });
        }
        if here < rows.len {
            second.push(Rows {
                start: rows.start + here,
                len: rows.len - here,
                ..rows
            });
        }
    }
    (first, second)
}
