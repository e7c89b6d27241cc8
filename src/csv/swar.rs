//! Eight characters at once in one register (SWAR): digits are checked and added up without a branch for each.
//!
//! A loop over the characters ends where no branch predictor knows: short numbers have any length. The naive twin is the
//! standard library's parser, in the tests of `parse.rs`, and chrono's, in those of `dates.rs`.

const ZEROS: u64 = 0x3030_3030_3030_3030;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte that is no digit less `0`.
#[inline]
pub const fn beyond_nine(word: u64) -> u64 {
    // 0x76 + 10 is 0x80; what was beyond 0x7f has its bit already.
    (((word & !HIGH) + 0x7676_7676_7676_7676) | word) & HIGH
}

/// The characters of a text of 1 to 8, each less `0`, the last one in the highest byte, zeros before the first.
#[inline]
pub fn load(text: &[u8]) -> u64 {
    let len = text.len();
    let word = if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>())
    {
        // They overlap, in equal bytes.
        u64::from(u32::from_le_bytes(*first))
            | u64::from(u32::from_le_bytes(*last)) << (8 * (len - 4))
    } else {
        let at = |i: usize| u64::from(text[i]) << (8 * i);
        at(0) | at(len / 2) | at(len - 1)
    };
    aligned(word, len)
}

/// The same of the first `len` of eight characters, 1 to 8: no branch on how many there are.
#[inline]
pub const fn load_first(text: [u8; 8], len: usize) -> u64 {
    aligned(u64::from_le_bytes(text), len)
}

/// The lowest `len` bytes of a word, each less `0`, moved up to its end.
#[inline]
const fn aligned(word: u64, len: usize) -> u64 {
    // What stands before the text counts as zeros.
    let before = if len < 8 { ZEROS >> (8 * len) } else { 0 };
    (word << (64 - 8 * len) | before) ^ ZEROS
}

/// The number that eight digits make, the first one in the lowest byte (Lemire 2018, "Quickly parsing eight digits").
#[inline]
pub const fn number(digits: u64) -> u64 {
    const EACH: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let left = (pairs & EACH).wrapping_mul(100 + (1_000_000 << 32));
    let right = ((pairs >> 16) & EACH).wrapping_mul(1 + (10_000 << 32));
    left.wrapping_add(right) >> 32
}

/// The digits without the one byte whose high bit `mark` has, and how many of the eight stood behind it.
#[inline]
pub const fn without(word: u64, mark: u64) -> (u64, u32) {
    let at = mark.trailing_zeros() / 8;
    let before = word & ((1 << (8 * at)) - 1);
    let behind = word & !(u64::MAX >> (56 - 8 * at));
    (before << 8 | behind, 7 - at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_length_add_up() {
        for len in 1..=8u8 {
            let text: Vec<u8> = (1..=len).map(|digit| b'0' + digit).collect();
            let word = load(&text);
            let mut wide = *b"????????";
            wide[..text.len()].copy_from_slice(&text);
            assert_eq!(load_first(wide, text.len()), word);
            assert_eq!(beyond_nine(word), 0);
            assert_eq!(
                number(word),
                std::str::from_utf8(&text).unwrap().parse::<u64>().unwrap()
            );
        }
    }

    #[test]
    fn every_byte_that_is_no_digit_is_marked() {
        for byte in 0..=255u8 {
            for at in 0..8 {
                let mut text = *b"12345678";
                text[at] = byte;
                let mark = if byte.is_ascii_digit() {
                    0
                } else {
                    0x80 << (8 * at)
                };
                assert_eq!(beyond_nine(load(&text)), mark, "{byte} at {at}");
            }
        }
    }

    #[test]
    fn a_separator_is_taken_out_wherever_it_stands() {
        for at in 0..8 {
            let mut text = *b"12345678";
            text[at] = b'.';
            let (digits, behind) = without(load(&text), 0x80 << (8 * at));
            let digits_alone: String = text
                .iter()
                .filter(|&&c| c != b'.')
                .map(|&c| char::from(c))
                .collect();
            assert_eq!(number(digits), digits_alone.parse::<u64>().unwrap());
            assert_eq!(behind as usize, 7 - at);
        }
    }
}
