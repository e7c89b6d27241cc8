//! What the fuzz targets share: readings that are plain enough to be believed and know nothing of Veilpoint's own, and
//! ways from a fuzzer's bytes to what Veilpoint takes.
//!
//! ```text
//! object.rs   a text → Veilpoint's cutter, header and reader → columns, or the fault
//! plain.rs    a text → its records, by one state for each byte
//! naive.rs    one field's text → its value, by the standard library and chrono
//! columns.rs  bytes → columns of every type, with NULLs and repetition
//! ```

pub mod columns;
pub mod naive;
pub mod object;
pub mod plain;

/// Takes the first bytes of an input for choices, and leaves the rest.
pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    /// Over a whole input.
    pub fn new(input: &'a [u8]) -> Self {
        Self(input)
    }

    /// The next byte; zero behind the end.
    pub fn byte(&mut self) -> u8 {
        let (byte, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *byte
    }

    /// One of these by the next byte, so that a seed's letters and digits name them.
    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()].clone()
    }

    /// The next eight bytes as a number.
    pub fn number(&mut self) -> i64 {
        i64::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }
}
