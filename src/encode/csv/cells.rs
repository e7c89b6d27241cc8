//! Cells of a CSV file, each with the comma or line end behind it, written once and copied often.

/// A cell or a part of one: at most [`SHORT`] bytes, and their number in the last. [`LONG`] there: a [`Place`].
pub type Slot = [u8; SLOT];

/// The bytes of a slot.
pub const SLOT: usize = 16;

/// The most text that a slot holds.
pub const SHORT: usize = SLOT - 1;

/// The number of bytes of a slot that tells where a long cell is.
pub const LONG: u8 = u8::MAX;

/// That of one which tells where a text is that is still to be written as a cell. The cell's end is in the next slot.
pub const TEXT: u8 = LONG - 1;

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
            return [Place { start, len, column }.slot(LONG), [0; SLOT]];
        }
        let number = |at: usize| {
            wide[at..]
                .first_chunk()
                .map_or(0, |bytes| u128::from_le_bytes(*bytes))
        };
        [
            slot(number(0), len.min(SHORT)),
            slot(number(SHORT), len.saturating_sub(SHORT)),
        ]
    }

    /// A cell in one slot, which has its place where it is not enough.
    pub fn slot(&self, at: usize, column: usize) -> Slot {
        let (start, end) = (self.starts[at], self.starts[at + 1]);
        let len = end - start;
        if len > SHORT {
            return Place { start, len, column }.slot(LONG);
        }
        self.slots(at, column)[0]
    }

    /// All of them in one slot each, where that is enough.
    pub fn short(&self) -> Option<Vec<Slot>> {
        let lengths = self.starts.windows(2).map(|ends| ends[1] - ends[0]);
        (lengths.max()? <= SHORT).then(|| (0..self.len()).map(|at| self.slots(at, 0)[0]).collect())
    }
}

/// The slot of a cell or part of `len` bytes, the first ones of a number, the lowest first.
///
/// It is put together as a number: bytes that were written one by one cannot be copied at once before they have reached
/// the cache, for which a quarter of the samples of [`rows`](super::lines::rows) had waited.
#[inline]
pub const fn slot(bytes: u128, len: usize) -> Slot {
    const TEXT: u128 = u128::MAX >> 8;
    ((bytes & TEXT) | (len as u128) << (8 * SHORT)).to_le_bytes()
}

/// The slot of a cell whose text is the first `len` bytes, less than [`SHORT`], with `end` behind.
#[inline]
pub fn short(text: &Slot, len: usize, end: u8) -> Slot {
    let at = 8 * len;
    let others = u128::from_le_bytes(*text) & !(0xff << at);
    slot(others | u128::from(end) << at, len + 1)
}

/// Where a long cell stands, or a text.
pub struct Place {
    /// Its first byte in [`Cells::bytes`], or among the texts.
    pub start: usize,
    /// Its bytes.
    pub len: usize,
    /// The number of the column that the cells are of.
    pub column: usize,
}

impl Place {
    /// A slot that tells it, of a [`LONG`] cell or of a [`TEXT`].
    pub fn slot(&self, of: u8) -> Slot {
        let bytes = self.start as u128 | (self.len as u128) << 64 | (self.column as u128) << 96;
        slot(bytes, of.into())
    }

    /// What such a slot tells.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a column's text is under 2^32 bytes, and a release has fewer than 2^24 columns"
    )]
    pub fn of(slot: &Slot) -> Self {
        let bytes = u128::from_le_bytes(*slot);
        Self {
            start: bytes as u64 as usize,
            len: (bytes >> 64) as u32 as usize,
            column: (bytes >> 96) as usize & 0xff_ffff,
        }
    }
}
