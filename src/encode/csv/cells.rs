//! Cells of a CSV file, each with the comma or line end behind it, written once and copied often.

/// A cell or a part of one: at most [`SHORT`] bytes, and their number in the last. [`LONG`] there: a [`Place`].
pub type Slot = [u8; SLOT];

/// The bytes of a slot.
pub const SLOT: usize = 16;

/// The most text that a slot holds.
pub const SHORT: usize = SLOT - 1;

/// The number of bytes of a full slot.
#[expect(clippy::cast_possible_truncation, reason = "15")]
pub const FULL: u8 = SHORT as u8;

/// The number of bytes of a slot that tells where a long cell is.
pub const LONG: u8 = u8::MAX;

/// So many bytes may be read from any cell's beginning: a copy of a known length is no call.
const WIDE: usize = 2 * SLOT;

/// Cells one after the other.
pub struct Cells {
    bytes: Vec<u8>,
    /// Where each begins, and where the last ends.
    starts: Vec<usize>,
    /// What stands behind each.
    end: u8,
}

impl Cells {
    /// No cells; `end` stands behind each.
    pub fn new(end: u8) -> Self {
        Self {
            bytes: vec![0; WIDE],
            starts: vec![0],
            end,
        }
    }

    /// Drops all, and keeps their room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(WIDE, 0);
        self.starts.clear();
        self.starts.push(0);
    }

    /// Adds cells that `write` writes without their end.
    pub fn extend<T>(
        &mut self,
        values: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Vec<u8>, T),
    ) {
        self.bytes.truncate(self.bytes.len() - WIDE);
        for value in values {
            write(&mut self.bytes, value);
            self.bytes.push(self.end);
            self.starts.push(self.bytes.len());
        }
        self.bytes.extend_from_slice(&[0; WIDE]);
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// All the text, in which [`Place`]s lie.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A cell in two slots; the second is empty where one will do. `column` is its number.
    #[inline]
    pub fn slots(&self, at: usize, column: usize) -> [Slot; 2] {
        let (start, end) = (self.starts[at], self.starts[at + 1]);
        let len = end - start;
        let Some(wide) = self.bytes[start..].first_chunk::<WIDE>() else {
            return [[0; SLOT]; 2];
        };
        if len > 2 * SHORT {
            return [Place { start, len, column }.slot(), [0; SLOT]];
        }
        [
            slot(wide, 0, len.min(SHORT)),
            slot(wide, SHORT, len.saturating_sub(SHORT)),
        ]
    }

    /// All of them in one slot each, where that is enough.
    pub fn short(&self) -> Option<Vec<Slot>> {
        let lengths = self.starts.windows(2).map(|ends| ends[1] - ends[0]);
        (lengths.max()? <= SHORT).then(|| (0..self.len()).map(|at| self.slots(at, 0)[0]).collect())
    }
}

/// The `len` bytes from `at`.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "at most SHORT")]
fn slot(wide: &[u8; WIDE], at: usize, len: usize) -> Slot {
    let mut slot = [0; SLOT];
    slot.copy_from_slice(&wide[at..at + SLOT]);
    slot[SHORT] = len as u8;
    slot
}

/// The slot of a cell whose text is the first `len` bytes, less than [`SHORT`], with `end` behind.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "less than SHORT")]
pub fn short(text: &[u8; SLOT], len: usize, end: u8) -> Slot {
    let mut slot = *text;
    slot[len] = end;
    slot[SHORT] = len as u8 + 1;
    slot
}

/// Where a long cell stands.
pub struct Place {
    /// Its first byte in [`Cells::bytes`].
    pub start: usize,
    /// Its bytes.
    pub len: usize,
    /// The number of the column that the cells are of.
    pub column: usize,
}

impl Place {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a column's text is under 2^32 bytes, and a release has fewer than 2^24 columns"
    )]
    fn slot(&self) -> Slot {
        let mut slot = [LONG; SLOT];
        slot[..8].copy_from_slice(&(self.start as u64).to_le_bytes());
        slot[8..12].copy_from_slice(&(self.len as u32).to_le_bytes());
        slot[12..SHORT].copy_from_slice(&(self.column as u32).to_le_bytes()[..3]);
        slot
    }

    /// What a slot of a long cell tells.
    pub fn of(slot: &Slot) -> Self {
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |n, &b| n << 8 | usize::from(b));
        Self {
            start: number(&slot[..8]),
            len: number(&slot[8..12]),
            column: number(&slot[12..SHORT]),
        }
    }
}
