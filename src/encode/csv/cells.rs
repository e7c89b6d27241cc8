//! Cells of a CSV file, each with the comma behind it, written once and copied often.

/// A packed cell: at most fifteen bytes, and their number in the last.
pub type Packed = [u8; PACKED];

/// The bytes of a packed cell.
pub const PACKED: usize = 16;

/// So many bytes may be read from any cell's beginning: a copy of a known length is no call.
pub const WIDE: usize = 32;

/// Cells one after the other.
pub struct Cells {
    bytes: Vec<u8>,
    /// Where each begins, and where the last ends.
    starts: Vec<usize>,
}

impl Cells {
    /// No cells.
    pub fn new() -> Self {
        Self {
            bytes: vec![0; WIDE],
            starts: vec![0],
        }
    }

    /// Drops all, and keeps their room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(WIDE, 0);
        self.starts.clear();
        self.starts.push(0);
    }

    /// Adds cells that `write` writes without their comma.
    pub fn extend<T>(
        &mut self,
        values: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Vec<u8>, T),
    ) {
        self.bytes.truncate(self.bytes.len() - WIDE);
        for value in values {
            write(&mut self.bytes, value);
            self.bytes.push(b',');
            self.starts.push(self.bytes.len());
        }
        self.bytes.extend_from_slice(&[0; WIDE]);
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The text from a cell's beginning on, of at least [`WIDE`] bytes, and the cell's length.
    #[inline]
    pub fn get(&self, at: usize) -> (&[u8], usize) {
        let (start, end) = (self.starts[at], self.starts[at + 1]);
        (&self.bytes[start..], end - start)
    }

    /// All of them packed, where all are short.
    pub fn packed(&self) -> Option<Vec<Packed>> {
        (0..self.len())
            .map(|at| {
                let (text, len) = self.get(at);
                let mut packed = *text.first_chunk::<PACKED>()?;
                packed[PACKED - 1] = u8::try_from(len).ok().filter(|len| *len < 16)?;
                Some(packed)
            })
            .collect()
    }
}
