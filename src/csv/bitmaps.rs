//! 64 bytes → which of them are quotes, delimiters, line ends.
//!
//! Compared 64 bytes at a time where the processor has AVX-512, 32 where it has AVX2, which is found out at run time, and
//! 16 at a time elsewhere (SSE2 or NEON, by `wide`). With AVX2, and with no branch on quotes, tokenizing fell from 11.5 to
//! 9.4 % of a CSV release's CPU samples; with AVX-512, which also has the numbers of all set bits at once, from 11.9 to
//! 9.1 % of a Parquet release's. The portable twin gives the same bits, which tests compare.

use wide::u8x16;

/// The bytes that matter to a dialect.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The quote, if there is one.
    pub quote: Option<u8>,
    /// The field separator.
    pub delimiter: u8,
    /// What ends a record.
    pub newline: u8,
    /// The byte that would end a record elsewhere.
    pub other: Option<u8>,
}

/// For each of 64 bytes one bit, the first byte's lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bitmaps {
    /// Quotes.
    pub quotes: u64,
    /// Delimiters.
    pub delimiters: u64,
    /// Line ends.
    pub newlines: u64,
    /// The other line end.
    pub others: u64,
    /// NUL bytes.
    pub nuls: u64,
}

impl Bitmaps {
    /// By a function that finds one byte.
    #[expect(
        clippy::inline_always,
        reason = "compiled for the processor of its caller"
    )]
    #[inline(always)]
    fn of(wanted: Wanted, find: impl Fn(u8) -> u64) -> Self {
        Self {
            quotes: wanted.quote.map_or(0, &find),
            delimiters: find(wanted.delimiter),
            newlines: find(wanted.newline),
            others: wanted.other.map_or(0, &find),
            nuls: find(0),
        }
    }
}

/// By vectors of 16 bytes, which every machine of ours has.
#[expect(
    clippy::inline_always,
    reason = "a call for each 64 bytes costs as much as what it does"
)]
#[inline(always)]
pub fn portable(bytes: &[u8; 64], wanted: Wanted) -> Bitmaps {
    let (lanes, _) = bytes.as_chunks::<16>();
    Bitmaps::of(wanted, |byte| {
        let byte = u8x16::splat(byte);
        let bits = |lane: usize| u64::from(u8x16::new(lanes[lane]).simd_eq(byte).to_bitmask());
        bits(0) | bits(1) << 16 | bits(2) << 32 | bits(3) << 48
    })
}

/// By vectors of 32 bytes.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
pub fn avx2(bytes: &[u8; 64], wanted: Wanted) -> Bitmaps {
    use std::arch::x86_64::{__m256i, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_set1_epi8};

    let (lanes, _) = bytes.as_chunks::<32>();
    let low: __m256i = bytemuck::cast(lanes[0]);
    let high: __m256i = bytemuck::cast(lanes[1]);
    Bitmaps::of(wanted, |byte| {
        let byte = _mm256_set1_epi8(byte.cast_signed());
        let bits =
            |lane| u64::from(_mm256_movemask_epi8(_mm256_cmpeq_epi8(lane, byte)).cast_unsigned());
        bits(low) | bits(high) << 32
    })
}

/// Whether this machine has all that functions for AVX-512 here are compiled for.
#[cfg(target_arch = "x86_64")]
#[inline]
pub fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("pclmulqdq")
}

/// By vectors of 64 bytes, which compare into bitmaps.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512bw")]
pub fn avx512(bytes: &[u8; 64], wanted: Wanted) -> Bitmaps {
    Bitmaps::of(wanted, |byte| equal_avx512(bytes, byte))
}

/// Which of the bytes are `byte`.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512bw")]
pub fn equal_avx512(bytes: &[u8; 64], byte: u8) -> u64 {
    use std::arch::x86_64::{__m512i, _mm512_cmpeq_epi8_mask, _mm512_set1_epi8};

    let lane: __m512i = bytemuck::cast(*bytes);
    _mm512_cmpeq_epi8_mask(lane, _mm512_set1_epi8(byte.cast_signed()))
}

/// The bytes whose bits are set, in order, behind them zeros.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512vbmi2")]
pub fn kept(bytes: &[u8; 64], bits: u64) -> [u8; 64] {
    use std::arch::x86_64::{__m512i, _mm512_maskz_compress_epi8};

    let lane: __m512i = bytemuck::cast(*bytes);
    bytemuck::cast(_mm512_maskz_compress_epi8(bits, lane))
}

/// The numbers of the bits that are set, in order, behind them zeros.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx512vbmi2")]
pub fn places(bits: u64) -> [u8; 64] {
    kept(&NUMBERS, bits)
}

/// Those of all bits.
#[cfg(target_arch = "x86_64")]
const NUMBERS: [u8; 64] = {
    let mut numbers = [0; 64];
    let mut at = 0;
    while at < 64 {
        numbers[at as usize] = at;
        at += 1;
    }
    numbers
};

/// For each bit, whether an odd number of bits is set up to and including it.
#[inline]
pub const fn prefix_xor(mut bits: u64) -> u64 {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^ (bits << 32)
}

/// The same: a product without carries by a number all of ones.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "pclmulqdq")]
pub fn prefix_xor_by_product(bits: u64) -> u64 {
    use std::arch::x86_64::{
        _mm_clmulepi64_si128, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_set1_epi8,
    };

    let product =
        _mm_clmulepi64_si128::<0>(_mm_cvtsi64_si128(bits.cast_signed()), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_twins_find_what_a_loop_finds(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"\",;\n\r".to_vec())], 64),
            quote in prop::option::of(any::<u8>()),
            other in prop::option::of(any::<u8>()),
        ) {
            let bytes: [u8; 64] = bytes.try_into().unwrap();
            let wanted = Wanted { quote, delimiter: b',', newline: b'\n', other };
            let find = |byte: Option<u8>| {
                let bit = |(at, found): (usize, &u8)| u64::from(Some(*found) == byte) << at;
                bytes.iter().enumerate().map(bit).sum::<u64>()
            };
            let expected = Bitmaps {
                quotes: find(quote),
                delimiters: find(Some(b',')),
                newlines: find(Some(b'\n')),
                others: find(other),
                nuls: find(Some(0)),
            };
            prop_assert_eq!(portable(&bytes, wanted), expected);
        }
    }
}
