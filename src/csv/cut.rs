//! One sequential reader cuts the text into blocks of whole records.
//!
//! A cut depends on the bytes alone: each block takes the tail that the one before left over, fills up by [`BLOCK`]
//! bytes however the source hands them out, and ends at the last line end outside quotes, which quote parity tells
//! (a stray quote flips the parity, but then stands in this block or an earlier one, where it is found).

use std::io::{self, Read};

use super::general::whole_records;
use super::{BLOCK, MAX_RECORD, PADDING, Syntax};

/// Whole records, numbered in the order of the object. The last one gets the line end that it may lack.
#[derive(Debug, Default)]
pub struct Block {
    /// 0, 1, 2, …
    pub sequence: u64,
    /// The records, and [`PADDING`] zero bytes.
    pub bytes: Vec<u8>,
    /// Bytes of the records.
    pub len: usize,
    /// Whether the record in it is larger than [`MAX_RECORD`], and not whole.
    pub oversized: bool,
}

impl Block {
    /// The records.
    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The text of an object, before and after its header is known.
pub struct Cutter {
    input: Box<dyn Read + Send>,
    tail: Vec<u8>,
    ended: bool,
    sequence: u64,
    block: usize,
}

impl Cutter {
    /// Reads from `input`, UTF-8 text.
    pub fn new(input: Box<dyn Read + Send>) -> Self {
        Self::with_block(input, BLOCK)
    }

    /// The same with blocks of another size, at least 1 byte. Cuts, and what follows from them, differ with it.
    pub fn with_block(input: Box<dyn Read + Send>, block: usize) -> Self {
        Self {
            input,
            tail: Vec::new(),
            ended: false,
            sequence: 0,
            block: block.max(1),
        }
    }

    /// The text not yet cut, at least `bytes` of it unless the object ends before.
    pub fn peek(&mut self, bytes: usize) -> io::Result<&[u8]> {
        if self.tail.len() < bytes && !self.ended {
            let begun = self.tail.len();
            self.tail.resize(bytes, 0);
            let (filled, ended) = fill(&mut self.input, &mut self.tail, begun)?;
            self.tail.truncate(filled);
            self.ended = ended;
        }
        Ok(&self.tail)
    }

    /// Whether [`Cutter::peek`] has shown the object's end.
    pub fn is_whole(&self) -> bool {
        self.ended
    }

    /// Drops the first `bytes` of what [`Cutter::peek`] showed.
    pub fn skip(&mut self, bytes: usize) {
        self.tail.drain(..bytes);
    }

    /// The next block, in the buffer of an earlier one; None at the end.
    pub fn next(&mut self, mut buffer: Vec<u8>, syntax: &Syntax) -> io::Result<Option<Block>> {
        // What an earlier block left in the buffer is written over, for clearing it would cost as much as reading.
        let mut filled = self.tail.len();
        grow(&mut buffer, filled);
        buffer[..filled].copy_from_slice(&self.tail);
        self.tail.clear();
        let mut oversized = false;
        let len = loop {
            if !self.ended {
                grow(&mut buffer, filled + self.block);
                let end = filled + self.block;
                (filled, self.ended) = fill(&mut self.input, &mut buffer[..end], filled)?;
            }
            if self.ended {
                break filled;
            }
            match cut(&buffer[..filled], syntax) {
                0 if filled > MAX_RECORD => {
                    oversized = true;
                    break filled;
                }
                0 => {}
                len => break len,
            }
        };
        if len == 0 {
            return Ok(None);
        }
        self.tail.extend_from_slice(&buffer[len..filled]);
        buffer.truncate(len);
        // Where there are escapes, a line end behind the last byte might be taken for escaped.
        if buffer.last() != Some(&syntax.newline) && !oversized && syntax.is_plain() {
            buffer.push(syntax.newline);
        }
        let len = buffer.len();
        buffer.resize(len + PADDING, 0);
        let sequence = self.sequence;
        self.sequence += 1;
        Ok(Some(Block {
            sequence,
            bytes: buffer,
            len,
            oversized,
        }))
    }
}

/// Makes a buffer hold at least so many bytes.
fn grow(buffer: &mut Vec<u8>, len: usize) {
    if buffer.len() < len {
        buffer.resize(len, 0);
    }
}

/// Reads into `buffer` from `at` until it is full or the input ends: how much it holds, and whether it ended.
fn fill(input: &mut impl Read, buffer: &mut [u8], mut at: usize) -> io::Result<(usize, bool)> {
    while at < buffer.len() {
        match input.read(&mut buffer[at..]) {
            Ok(0) => return Ok((at, true)),
            Ok(read) => at += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((at, false))
}

/// How many bytes of `text`, which begins with a record, are whole records.
fn cut(text: &[u8], syntax: &Syntax) -> usize {
    if !syntax.is_plain() {
        return whole_records(text, syntax);
    }
    let Some(quote) = syntax.quote else {
        return memchr::memrchr(syntax.newline, text).map_or(0, |end| end + 1);
    };
    let mut inside = memchr::memchr_iter(quote, text).count() % 2 == 1;
    for at in memchr::memrchr2_iter(quote, syntax.newline, text) {
        if text[at] == quote {
            inside = !inside;
        } else if !inside {
            return at + 1;
        }
    }
    0
}
