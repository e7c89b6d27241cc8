//! Text between quotes → its value: of two quotes one is left.
//!
//! Fast because 64 bytes at a time lose their second quotes, however many, where the processor has AVX-512, which is found
//! out at run time. Elsewhere 32 are looked at and copied at once, from the last quote on: to look for the next quote and
//! then to copy up to it were two calls for each. The twins give the same bytes, which a test compares.

use wide::u8x32;

#[cfg(target_arch = "x86_64")]
use super::bitmaps;

/// Appends `inner`, in which each `quote` is doubled, less the second ones.
pub fn halve(inner: &[u8], quote: u8, out: &mut Vec<u8>) {
    #[cfg(target_arch = "x86_64")]
    if bitmaps::has_avx512() {
        #[expect(
            unsafe_code,
            reason = "a function for some processors is called on one of them"
        )]
        // SAFETY: the processor has every feature that the function is compiled for.
        return unsafe { halve_avx512(inner, quote, out) };
    }
    portable(inner, quote, out);
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

fn portable(inner: &[u8], quote: u8, out: &mut Vec<u8>) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn of_two_quotes_one_is_left(
            many in "[a\"]{0,150}",
            rare in "[a-zé]{0,90}\"?[a-z]{0,90}",
            length in 0..70usize,
        ) {
            for way in [halve, portable] {
                let mut out = b"before".to_vec();
                let values = [many.clone(), rare.clone(), "\"".repeat(length)];
                for value in &values {
                    way(value.replace('"', "\"\"").as_bytes(), b'"', &mut out);
                }
                prop_assert_eq!(out, format!("before{}", values.concat()).into_bytes());
            }
        }
    }
}
