//! A well-formed block of a plain dialect → the positions of its fields.
//!
//! Fast because it never looks at a byte twice, and hardly branches: 64 bytes become four bitmaps (`bitmaps.rs`), the
//! prefix-xor of the quotes masks what is quoted, and each bit that is left is one field's end (the simdjson way:
//! Langdale & Lemire 2019, arXiv:1902.08318). Whatever it does not know for well-formed makes it decline, and
//! `general.rs` finds out what is the matter. What must change together: [`Tokens`] is also what `general.rs` fills and
//! `decode.rs` reads.

use std::ops::Range;

use super::Syntax;
use super::bitmaps::{self, Bitmaps, Wanted};

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
    /// checked for by itself; eight are written whatever their number, since a loop of their number is a guess that a
    /// processor loses.
    #[expect(
        clippy::inline_always,
        reason = "compiled for the processor of its caller"
    )]
    #[inline(always)]
    fn extend(&mut self, base: u32, mut bits: u64) {
        if self.ends.len() < self.len + 64 {
            self.ends.resize(2 * self.len + 64, 0);
        }
        let count = bits.count_ones() as usize;
        let (eights, _) = self.ends[self.len..].as_chunks_mut::<8>();
        for eight in eights.iter_mut().take(count.div_ceil(8)) {
            for end in eight {
                // Of no bits it is a number that nobody reads.
                *end = base.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
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

    /// Begin and end of field `field` of each of the records, quotes included.
    #[inline]
    pub fn spans(
        &self,
        records: Range<usize>,
        field: usize,
    ) -> impl Iterator<Item = (usize, usize)> + use<'_> {
        let first = records.start * self.width + field;
        let ends = self.ends[first..self.len].windows(2).step_by(self.width);
        ends.take(records.len())
            .map(|ends| (ends[0].wrapping_add(1) as usize, ends[1] as usize))
    }

    /// The record and field that a byte position lies in.
    pub fn locate(&self, position: usize) -> (usize, usize) {
        let index = self.ends[1..self.len].partition_point(|&end| (end as usize) < position);
        (index / self.width.max(1), index % self.width.max(1))
    }
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
    let wanted = Wanted {
        quote: syntax.quote,
        delimiter: syntax.delimiter,
        newline: syntax.newline,
        other: syntax.other,
    };
    let scan = scan(block, wanted, syntax.strip_cr, tokens);
    let rows = tokens.rows();
    scan.wrong == 0
        && scan.inside == 0
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

/// Scans by the widest vectors that this machine has.
fn scan(block: &[u8], wanted: Wanted, strip_cr: bool, tokens: &mut Tokens) -> Scan {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("pclmulqdq")
        {
            #[expect(
                unsafe_code,
                reason = "a function for some processors is called on one of them"
            )]
            // SAFETY: the processor has every feature that the function is compiled for.
            return unsafe { scan_avx2(block, wanted, strip_cr, tokens) };
        }
    }
    Scan::over(
        block,
        strip_cr,
        tokens,
        |bytes| bitmaps::portable(bytes, wanted),
        bitmaps::prefix_xor,
    )
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,popcnt,pclmulqdq")]
fn scan_avx2(block: &[u8], wanted: Wanted, strip_cr: bool, tokens: &mut Tokens) -> Scan {
    Scan::over(
        block,
        strip_cr,
        tokens,
        |bytes| bitmaps::avx2(bytes, wanted),
        |bits| bitmaps::prefix_xor_by_product(bits),
    )
}

/// What the scan carries from 64 bytes to the next. The one-bit carries are in bit 0.
struct Scan {
    /// All ones where a CR before LF is not the record's end.
    keep_cr: u64,
    /// All ones inside quotes.
    inside: u64,
    /// Whether the next byte begins a field.
    field_start: u64,
    /// Whether the byte before closed a quoted stretch.
    after_quote: u64,
    /// Whether the byte before was an unquoted CR.
    after_cr: u64,
    /// Bits of all that is not well-formed.
    wrong: u64,
    lines: usize,
}

impl Scan {
    /// Scans a whole block.
    #[expect(
        clippy::inline_always,
        reason = "compiled for the processor of its caller"
    )]
    #[inline(always)]
    fn over(
        block: &[u8],
        strip_cr: bool,
        tokens: &mut Tokens,
        maps: impl Fn(&[u8; 64]) -> Bitmaps,
        prefix_xor: impl Fn(u64) -> u64,
    ) -> Self {
        let mut scan = Self {
            keep_cr: u64::from(!strip_cr).wrapping_neg(),
            inside: 0,
            field_start: 1,
            after_quote: 0,
            after_cr: 0,
            wrong: 0,
            lines: 0,
        };
        let (chunks, rest) = block.as_chunks::<64>();
        let mut base = 0u32;
        for chunk in chunks {
            scan.chunk(maps(chunk), u64::MAX, base, tokens, &prefix_xor);
            base += 64;
        }
        if !rest.is_empty() {
            let mut last = [0; 64];
            last[..rest.len()].copy_from_slice(rest);
            let valid = u64::MAX >> (64 - rest.len());
            scan.chunk(maps(&last), valid, base, tokens, &prefix_xor);
        }
        scan
    }

    #[expect(
        clippy::inline_always,
        reason = "compiled for the processor of its caller"
    )]
    #[inline(always)]
    fn chunk(
        &mut self,
        maps: Bitmaps,
        valid: u64,
        base: u32,
        tokens: &mut Tokens,
        prefix_xor: &impl Fn(u64) -> u64,
    ) {
        let quotes = maps.quotes & valid;
        let masked = prefix_xor(quotes) ^ self.inside;
        let plain = valid & !masked;
        let newlines = maps.newlines & plain;
        let separators = newlines | (maps.delimiters & plain);
        let others = maps.others & plain;
        self.inside = (masked >> 63).wrapping_neg();
        // A quote opens at a field's start, or right after the quote that closed (a doubled one).
        let opens = quotes & masked;
        let closes = quotes & !masked;
        let starts = (separators << 1) | self.field_start;
        let behind = (closes << 1) | self.after_quote;
        self.wrong |= opens & !starts & !behind;
        // After a closing quote comes a separator, a CR, or another quote.
        self.wrong |= behind & valid & !(separators | others | opens);
        self.after_quote = closes >> 63;
        // An unquoted CR only ends a record, before LF; in an object of CRs, an unquoted LF is nothing at all.
        let behind = (others << 1) | self.after_cr;
        self.wrong |= behind & valid & !newlines | others & self.keep_cr;
        self.after_cr = others >> 63;
        self.field_start = separators >> 63;
        self.lines += newlines.count_ones() as usize;
        tokens.extend(base, separators);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Of any bytes, well-formed or not: the fastest way of this machine, and the portable one.
        #[test]
        fn all_machines_find_the_same_fields(
            block in prop::collection::vec(prop::sample::select(b"a\",\n\r;".to_vec()), 0..400),
            strip_cr: bool,
        ) {
            let wanted = Wanted { quote: Some(b'"'), delimiter: b',', newline: b'\n', other: Some(b'\r') };
            let (mut fast, mut slow) = (Tokens::default(), Tokens::default());
            fast.reset(1);
            slow.reset(1);
            let here = scan(&block, wanted, strip_cr, &mut fast);
            let there = Scan::over(&block, strip_cr, &mut slow, |bytes| bitmaps::portable(bytes, wanted), bitmaps::prefix_xor);
            prop_assert_eq!(&fast.ends[..fast.len], &slow.ends[..slow.len]);
            prop_assert_eq!(here.lines, there.lines);
            prop_assert_eq!((here.wrong, here.inside, here.after_cr), (there.wrong, there.inside, there.after_cr));
        }
    }
}
