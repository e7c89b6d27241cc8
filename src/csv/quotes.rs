//! Text between quotes ⇄ its value: of two quotes one is left, and of one there are two.
//!
//! Fast because 64 bytes at a time lose their second quotes, and 32 get them, however many, where the processor has
//! AVX-512, which is found out at run time. Elsewhere 32 are looked at and copied at once, from the last quote on: to look
//! for the next quote and then to copy up to it were two calls for each. The twins give the same bytes, which tests compare.
//! (Doubled so, and straight into the line, wide texts took 1.28 CPU seconds to CSV in place of 1.39.)

use wide::u8x32;

#[cfg(target_arch = "x86_64")]
use super::bitmaps;

/// Appends `inner`, in which each `quote` is doubled, less the second ones.
pub fn halve(inner: &[u8], quote: u8, out: &mut Vec<u8>) {
    #[cfg(target_arch = "x86_64")]
    if by_avx512(halve_avx512, inner, quote, out) {
        return;
    }
    halve_portable(inner, quote, out);
}

/// Appends a text with each `quote` twice.
pub fn double(text: &[u8], quote: u8, out: &mut Vec<u8>) {
    #[cfg(target_arch = "x86_64")]
    if by_avx512(double_avx512, text, quote, out) {
        return;
    }
    double_portable(text, quote, out);
}

/// Runs a function that is compiled for AVX-512, if the processor has it; whether it has.
#[cfg(target_arch = "x86_64")]
fn by_avx512(
    way: unsafe fn(&[u8], u8, &mut Vec<u8>),
    text: &[u8],
    quote: u8,
    out: &mut Vec<u8>,
) -> bool {
    let has = bitmaps::has_avx512();
    if has {
        #[expect(
            unsafe_code,
            reason = "functions for some processors are called on one of them"
        )]
        // SAFETY: the processor has every feature that the two functions here are compiled for.
        unsafe {
            way(text, quote, out);
        }
    }
    has
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt,pclmulqdq")]
fn halve_avx512(inner: &[u8], quote: u8, out: &mut Vec<u8>) {
    // All ones behind an odd number of quotes.
    let mut odd = 0;
    let mut append = |bytes: &[u8; 64], valid: u64| {
        let quotes = bitmaps::equal_avx512(bytes, quote) & valid;
        let first = bitmaps::prefix_xor_by_product(quotes) ^ odd;
        odd = (first >> 63).wrapping_neg();
        let kept = valid & !(quotes & !first);
        let end = out.len() + kept.count_ones() as usize;
        out.extend_from_slice(&bitmaps::kept(bytes, kept));
        out.truncate(end);
    };
    let (whole, tail) = inner.as_chunks();
    for bytes in whole {
        append(bytes, u64::MAX);
    }
    if !tail.is_empty() {
        let mut last = [0; 64];
        last[..tail.len()].copy_from_slice(tail);
        append(&last, u64::MAX >> (64 - tail.len()));
    }
}

/// A number has for each of 32 bytes an even bit, which is set, and an odd one, set where a second quote comes behind. Of all
/// bits that are set, in order, the even ones tell where the bytes go, and the others where the second quotes do.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt,bmi2")]
fn double_avx512(text: &[u8], quote: u8, out: &mut Vec<u8>) {
    use std::arch::x86_64::{
        _mm512_cmpeq_epi8_mask, _mm512_mask_expand_epi8, _mm512_set1_epi8, _mm512_zextsi256_si512,
        _pdep_u64, _pext_u64,
    };

    const BYTES: u64 = 0x5555_5555_5555_5555;
    let seconds = _mm512_set1_epi8(quote.cast_signed());
    let mut append = |bytes: [u8; 32], len: usize| {
        let bytes = _mm512_zextsi256_si512(bytemuck::cast(bytes));
        // What is behind a short tail is no quote, whatever the quote is.
        let quotes = _mm512_cmpeq_epi8_mask(bytes, seconds) & (u64::MAX >> (64 - len));
        let places = _pext_u64(BYTES, BYTES | _pdep_u64(quotes, !BYTES));
        let doubled: [u8; 64] = bytemuck::cast(_mm512_mask_expand_epi8(seconds, places, bytes));
        let end = out.len() + len + quotes.count_ones() as usize;
        out.extend_from_slice(&doubled);
        out.truncate(end);
    };
    let (whole, tail) = text.as_chunks();
    for bytes in whole {
        append(*bytes, bytes.len());
    }
    if !tail.is_empty() {
        let mut last = [0; 32];
        last[..tail.len()].copy_from_slice(tail);
        append(last, tail.len());
    }
}

fn halve_portable(inner: &[u8], quote: u8, out: &mut Vec<u8>) {
    let wanted = u8x32::splat(quote);
    out.reserve(inner.len());
    let mut rest = inner;
    while let Some(lanes) = rest.first_chunk::<32>() {
        let quotes = u8x32::new(*lanes).simd_eq(wanted).to_bitmask();
        let begin = out.len();
        out.extend_from_slice(lanes);
        if quotes == 0 {
            rest = &rest[32..];
        } else {
            // Of two quotes the first.
            let at = quotes.trailing_zeros() as usize;
            out.truncate(begin + at + 1);
            rest = rest.get(at + 2..).unwrap_or_default();
        }
    }
    while let Some(at) = memchr::memchr(quote, rest) {
        out.extend_from_slice(&rest[..=at]);
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

fn double_portable(text: &[u8], quote: u8, out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(lanes) = rest.first_chunk::<32>() {
        let quotes = u8x32::new(*lanes).simd_eq(u8x32::splat(quote)).to_bitmask();
        let begin = out.len();
        out.extend_from_slice(lanes);
        if quotes == 0 {
            rest = &rest[32..];
        } else {
            let next = quotes.trailing_zeros() as usize + 1;
            out.truncate(begin + next);
            out.push(quote);
            rest = &rest[next..];
        }
    }
    while let Some(at) = memchr::memchr(quote, rest) {
        out.extend_from_slice(&rest[..=at]);
        out.push(quote);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// By the standard library's own replacement; of a quote that is no byte of a text, also where zeros fill up.
        #[test]
        fn of_two_quotes_one_is_left_and_of_one_there_are_two(
            many in "[a\"]{0,150}",
            rare in "[a-zé]{0,90}\"?[a-z]{0,90}",
            length in 0..70usize,
            quote in prop::sample::select(vec!['"', '\'', '\0']),
        ) {
            let (one, two) = (quote.to_string(), quote.to_string().repeat(2));
            let values = [many, rare, "\"".repeat(length)].map(|text| text.replace('"', &one));
            let doubled = values.each_ref().map(|text| text.replace(quote, &two));
            let byte = u8::try_from(quote).unwrap();
            let run = |way: fn(&[u8], u8, &mut Vec<u8>), texts: &[String; 3]| {
                let mut out = b"before".to_vec();
                for text in texts {
                    way(text.as_bytes(), byte, &mut out);
                }
                String::from_utf8(out).unwrap()
            };
            for way in [halve, halve_portable] {
                prop_assert_eq!(run(way, &doubled), format!("before{}", values.concat()));
            }
            for way in [double, double_portable] {
                prop_assert_eq!(run(way, &values), format!("before{}", doubled.concat()));
            }
        }
    }
}
