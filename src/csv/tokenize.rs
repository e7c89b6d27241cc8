//! A well-formed block of a plain dialect → the positions of its fields.
//!
//! Fast because it never looks at a byte twice: 64 bytes become three bitmaps (quotes, separators, line ends), the
//! prefix-xor of the quotes masks what is quoted, and each bit that is left is one field's end (the simdjson way:
//! Langdale & Lemire 2019, arXiv:1902.08318). All in `wide`'s safe vectors: SSE2 or NEON, the same bits.
//! Whatever it does not know for well-formed makes it decline, and `general.rs` finds out what is the matter. What
//! must change together: [`Tokens`] is also what `general.rs` fills and `decode.rs` reads.

use wide::u8x16;

use super::Syntax;

/// The ends of all fields of some whole records over some bytes.
#[derive(Debug, Default)]
pub struct Tokens {
    /// `ends[0]` is the position before the first field, less one (wrapping); then one position per field, of the
    /// delimiter or line end behind it, record after record. Only the first `len` are meant.
    ends: Vec<u32>,
    len: usize,
    width: usize,
}

impl Tokens {
    /// Empties it, for records of `width` fields.
    pub fn reset(&mut self, width: usize) {
        self.len = 0;
        self.push(u32::MAX);
        self.width = width;
    }

    /// Adds the end of the next field.
    pub fn push(&mut self, end: u32) {
        self.ends.truncate(self.len);
        self.ends.push(end);
        self.len += 1;
    }

    /// Adds the ends that the bits of 64 bytes from `base` stand for. Room for all 64 is made beforehand, so that none is
    /// checked for by itself.
    #[inline]
    fn extend(&mut self, base: u32, mut bits: u64) {
        if self.ends.len() < self.len + 64 {
            self.ends.resize(2 * self.len + 64, 0);
        }
        let count = bits.count_ones() as usize;
        for end in &mut self.ends[self.len..self.len + count] {
            *end = base + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
        self.len += count;
    }

    /// The number of whole records.
    pub fn rows(&self) -> usize {
        (self.len - 1) / self.width.max(1)
    }

    /// Fields per record.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Begin and end of a field, quotes included.
    #[inline]
    pub fn span(&self, row: usize, field: usize) -> (usize, usize) {
        let index = row * self.width + field;
        (
            self.ends[index].wrapping_add(1) as usize,
            self.ends[index + 1] as usize,
        )
    }

    /// The record and field that a byte position lies in.
    pub fn locate(&self, position: usize) -> (usize, usize) {
        let index = self.ends[1..self.len].partition_point(|&end| (end as usize) < position);
        (index / self.width.max(1), index % self.width.max(1))
    }
}

/// The bits of the bytes of `chunk` that equal `byte`.
#[inline]
fn bits(chunk: &[u8x16; 4], byte: u8x16) -> u64 {
    let mut mask = 0;
    for (i, lane) in chunk.iter().enumerate() {
        mask |= u64::from(lane.simd_eq(byte).to_bitmask()) << (16 * i);
    }
    mask
}

/// For each bit, whether an odd number of bits is set up to and including it.
#[inline]
const fn prefix_xor(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ (bits << 32)
}

/// Finds the fields of `block` (whole records, the last with its line end), each record of `width` fields.
///
/// False where the block is not perfectly well-formed, has a blank line, or the dialect is not plain; `tokens` is then
/// of no meaning. `block` is shorter than 4 GiB.
pub fn tokenize(block: &[u8], syntax: &Syntax, width: usize, tokens: &mut Tokens) -> bool {
    tokens.reset(width);
    if !syntax.is_plain() || width == 0 {
        return false;
    }
    let mut scan = Scan {
        quote: u8x16::splat(syntax.quote.unwrap_or(0)),
        delimiter: u8x16::splat(syntax.delimiter),
        newline: u8x16::splat(syntax.newline),
        other: u8x16::splat(syntax.other.unwrap_or(0)),
        quotes: syntax.quote.is_some(),
        others: syntax.other.is_some(),
        strip_cr: syntax.strip_cr,
        inside: 0,
        field_start: 1,
        after_quote: 0,
        after_cr: 0,
        lines: 0,
    };
    let (chunks, rest) = block.as_chunks::<64>();
    let mut base = 0u32;
    for chunk in chunks {
        if !scan.chunk(chunk, u64::MAX, base, tokens) {
            return false;
        }
        base += 64;
    }
    if !rest.is_empty() {
        let mut last = [0; 64];
        last[..rest.len()].copy_from_slice(rest);
        if !scan.chunk(&last, u64::MAX >> (64 - rest.len()), base, tokens) {
            return false;
        }
    }
    let rows = tokens.rows();
    scan.inside == 0
        && scan.after_cr == 0
        && scan.lines == rows
        && tokens.len == 1 + rows * width
        && (1..=rows)
            .all(|row| block.get(tokens.ends[row * width] as usize) == Some(&syntax.newline))
        && (width > 1 || no_blank(tokens, block, syntax))
}

/// With one column an empty line is an empty field, but `general.rs` decides what it is.
fn no_blank(tokens: &Tokens, block: &[u8], syntax: &Syntax) -> bool {
    (0..tokens.rows()).all(|row| {
        let (start, end) = tokens.span(row, 0);
        end > start && !(syntax.strip_cr && end == start + 1 && block[start] == b'\r')
    })
}

/// What the scan carries from 64 bytes to the next. The one-bit carries are in bit 0.
struct Scan {
    quote: u8x16,
    delimiter: u8x16,
    newline: u8x16,
    other: u8x16,
    quotes: bool,
    others: bool,
    strip_cr: bool,
    /// All ones inside quotes.
    inside: u64,
    /// Whether the next byte begins a field.
    field_start: u64,
    /// Whether the byte before closed a quoted stretch.
    after_quote: u64,
    /// Whether the byte before was an unquoted CR.
    after_cr: u64,
    lines: usize,
}

impl Scan {
    #[inline]
    fn chunk(&mut self, bytes: &[u8; 64], valid: u64, base: u32, tokens: &mut Tokens) -> bool {
        let (lanes, _) = bytes.as_chunks::<16>();
        let lanes = [
            u8x16::new(lanes[0]),
            u8x16::new(lanes[1]),
            u8x16::new(lanes[2]),
            u8x16::new(lanes[3]),
        ];
        let quotes = if self.quotes {
            bits(&lanes, self.quote) & valid
        } else {
            0
        };
        let mut newlines = bits(&lanes, self.newline) & valid;
        let mut separators = newlines | (bits(&lanes, self.delimiter) & valid);
        let mut others = if self.others {
            bits(&lanes, self.other) & valid
        } else {
            0
        };
        if quotes != 0 || self.inside != 0 {
            let masked = prefix_xor(quotes) ^ self.inside;
            newlines &= !masked;
            separators &= !masked;
            others &= !masked;
            self.inside = (masked >> 63).wrapping_neg();
            // A quote opens at a field's start, or right after the quote that closed (a doubled one).
            let opens = quotes & masked;
            let closes = quotes & !masked;
            let starts = (separators << 1) | self.field_start;
            let behind = (closes << 1) | self.after_quote;
            if opens & !starts & !behind != 0 {
                return false;
            }
            // After a closing quote comes a separator, a CR, or another quote.
            if behind & valid & !(separators | others | opens) != 0 {
                return false;
            }
            self.after_quote = closes >> 63;
        } else {
            if self.after_quote & !(separators | others) != 0 {
                return false;
            }
            self.after_quote = 0;
        }
        if others != 0 || self.after_cr != 0 {
            // An unquoted CR only ends a record, before LF; in an object of CRs, an unquoted LF is nothing at all.
            let behind = (others << 1) | self.after_cr;
            if !self.strip_cr || behind & valid & !newlines != 0 {
                return false;
            }
            self.after_cr = others >> 63;
        }
        self.field_start = separators >> 63;
        self.lines += newlines.count_ones() as usize;
        tokens.extend(base, separators);
        true
    }
}
