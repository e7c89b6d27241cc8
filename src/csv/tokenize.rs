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
    may_hold_nul: bool,
}

impl Tokens {
    /// Empties it, for records of `width` fields.
    pub fn reset(&mut self, width: usize) {
        self.len = 0;
        self.push(u32::MAX);
        self.width = width;
        self.may_hold_nul = true;
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
        let count = bits.count_ones() as usize;
        let (eights, _) = self.room().as_chunks_mut::<8>();
        for eight in eights.iter_mut().take(count.div_ceil(8)) {
            for end in eight {
                // Of no bits it is a number that nobody reads.
                *end = base.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
        }
        self.len += count;
    }

    /// The same where a processor has the numbers of all bits at once: sixteen are written whatever their number.
    #[cfg(target_arch = "x86_64")]
    #[expect(
        clippy::inline_always,
        reason = "compiled for the processor of its caller"
    )]
    #[inline(always)]
    fn extend_at_once(&mut self, base: u32, bits: u64, places: impl Fn(u64) -> [u8; 64]) {
        let count = bits.count_ones() as usize;
        let places = places(bits);
        let (from, _) = places.as_chunks::<16>();
        let (to, _) = self.room().as_chunks_mut::<16>();
        let widen = |place: u8| base.wrapping_add(u32::from(place));
        to[0] = from[0].map(widen);
        if count > 16 {
            for (to, from) in to.iter_mut().zip(from).skip(1) {
                *to = from.map(widen);
            }
        }
        self.len += count;
    }

    /// Places for 64 more ends.
    #[inline]
    fn room(&mut self) -> &mut [u32] {
        if self.ends.len() < self.len + 64 {
            self.ends.resize(2 * self.len + 64, 0);
        }
        &mut self.ends[self.len..][..64]
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
        let width = self.width;
        let mut ends = self.ends[..self.len].get(records.start * width + field..);
        records.map_while(move |_| {
            let [before, end, ..] = *ends? else {
                return None;
            };
            ends = ends?.get(width..);
            Some((before.wrapping_add(1) as usize, end as usize))
        })
    }

    /// Whether a NUL byte may be among the bytes, well-formed or not.
    pub fn may_hold_nul(&self) -> bool {
        self.may_hold_nul
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
    tokens.may_hold_nul = scan.nuls != 0;
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
        if bitmaps::has_avx512() {
            #[expect(
                unsafe_code,
                reason = "a function for some processors is called on one of them"
            )]
            // SAFETY: the processor has every feature that the function is compiled for.
            return unsafe { scan_avx512(block, wanted, strip_cr, tokens) };
        }
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
        Tokens::extend,
    )
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt,pclmulqdq")]
fn scan_avx512(block: &[u8], wanted: Wanted, strip_cr: bool, tokens: &mut Tokens) -> Scan {
    Scan::over(
        block,
        strip_cr,
        tokens,
        |bytes| bitmaps::avx512(bytes, wanted),
        |bits| bitmaps::prefix_xor_by_product(bits),
        |tokens, base, bits| tokens.extend_at_once(base, bits, |bits| bitmaps::places(bits)),
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
        Tokens::extend,
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
    /// Bits of all NUL bytes.
    nuls: u64,
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
        extend: impl Fn(&mut Tokens, u32, u64),
    ) -> Self {
        let mut scan = Self {
            keep_cr: u64::from(!strip_cr).wrapping_neg(),
            inside: 0,
            field_start: 1,
            after_quote: 0,
            after_cr: 0,
            wrong: 0,
            nuls: 0,
            lines: 0,
        };
        let mut last = [0; 64];
        let (mut base, mut left) = (0u32, block);
        // One call of each for whole and broken chunks, so that all of it is one loop.
        while !left.is_empty() {
            let (chunk, valid) = if let Some(chunk) = left.first_chunk() {
                left = &left[64..];
                (chunk, u64::MAX)
            } else {
                let valid = u64::MAX >> (64 - left.len());
                last[..left.len()].copy_from_slice(left);
                left = &[];
                (&last, valid)
            };
            extend(tokens, base, scan.chunk(maps(chunk), valid, &prefix_xor));
            base = base.wrapping_add(64);
        }
        scan
    }

    /// Where fields end among the next 64 bytes.
    #[expect(
        clippy::inline_always,
        reason = "compiled for the processor of its caller"
    )]
    #[inline(always)]
    fn chunk(&mut self, maps: Bitmaps, valid: u64, prefix_xor: &impl Fn(u64) -> u64) -> u64 {
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
        self.nuls |= maps.nuls & valid;
        self.lines += newlines.count_ones() as usize;
        separators
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Way = fn(&[u8], Wanted, bool, &mut Tokens) -> Scan;

    /// All ways that this machine has.
    fn ways() -> Vec<Way> {
        let portable: Way = |block, wanted, strip_cr, tokens| {
            let maps = |bytes: &[u8; 64]| bitmaps::portable(bytes, wanted);
            Scan::over(
                block,
                strip_cr,
                tokens,
                maps,
                bitmaps::prefix_xor,
                Tokens::extend,
            )
        };
        let mut ways: Vec<Way> = vec![scan, portable];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("pclmulqdq") {
            #[expect(unsafe_code, reason = "as in `scan`")]
            // SAFETY: what has these two has the others.
            let avx2: Way = |block, wanted, strip_cr, tokens| unsafe {
                scan_avx2(block, wanted, strip_cr, tokens)
            };
            ways.push(avx2);
        }
        ways
    }

    proptest! {
        /// Of any bytes, well-formed or not, with few fields and with many.
        #[test]
        fn all_ways_find_the_same_fields(
            bytes in prop::collection::vec(prop_oneof![
                6 => Just(b'a'),
                2 => prop::sample::select(b",\";\n\r\0".to_vec()),
            ], 0..400),
            commas in prop::collection::vec(prop::sample::select(b"a,,,\n".to_vec()), 0..200),
            strip_cr: bool,
        ) {
            let block = [bytes, commas].concat();
            let wanted = Wanted { quote: Some(b'"'), delimiter: b',', newline: b'\n', other: Some(b'\r') };
            let all: Vec<_> = ways().into_iter().map(|way| {
                let mut tokens = Tokens::default();
                tokens.reset(1);
                let scan = way(&block, wanted, strip_cr, &mut tokens);
                let marks = (scan.lines, scan.wrong, scan.inside, scan.after_cr, scan.nuls);
                (tokens.ends[..tokens.len].to_vec(), marks)
            }).collect();
            for one in &all[1..] {
                prop_assert_eq!(&all[0], one);
            }
        }
    }
}
