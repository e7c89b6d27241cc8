//! Whether a text can hold an identifier of [`Identifier::CHECKED`](super::Identifier::CHECKED) at all, which few can.
//!
//! Fast because it goes from number to number, 16 bytes at a time, and not from word to word. What must change together:
//! an identifier with check digits begins at digits or just before some (`iban.rs`), and has 13 of them in a row of groups
//! (`ahv.rs`, `card.rs`) with between them what `numbers.rs` lets stand there. A test holds it against the finders.

use wide::u8x16;

use super::iban;
use super::numbers::{MOST_BETWEEN, digits_end, may_divide};

/// Digits of the shortest card and AHV numbers; as many characters has the shortest account number from its first digit on.
pub(super) const LEAST_DIGITS: usize = 13;

/// False only where no identifier with check digits and no e-mail address is found.
pub fn may_hold_checked(text: &str) -> bool {
    memchr::memchr(b'@', text.as_bytes()).is_some() || may_hold_number(text)
}

/// The same of identifiers with check digits alone.
#[inline]
pub fn may_hold_number(text: &str) -> bool {
    text.len() >= LEAST_DIGITS && has_long_number(text)
}

/// The same of a text that is long enough.
fn has_long_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut end, mut digits) = (0, 0);
    while let Some(start) = next_digit(bytes, end) {
        let left = bytes.len() - start;
        if left >= LEAST_DIGITS && iban::may_begin_before(text, start) {
            return true;
        }
        let gap = bytes.get(end..start).unwrap_or_default();
        if digits > 0 && (gap.len() > MOST_BETWEEN || !gap.iter().all(|&byte| may_divide(byte))) {
            digits = 0;
        }
        // As most short texts end.
        if digits + left < LEAST_DIGITS {
            return false;
        }
        end = digits_end(text, start);
        digits += end - start;
        if digits >= LEAST_DIGITS {
            return true;
        }
    }
    false
}

/// The first ASCII digit from `at` on.
fn next_digit(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let (blocks, _) = rest.as_chunks::<64>();
    // Over most of a long text in larger steps.
    let without = 64 * blocks.iter().take_while(|block| !has_digit(block)).count();
    let (at, rest) = (at + without, &rest[without..]);
    let (lanes, tail) = rest.as_chunks::<16>();
    for (number, lanes) in lanes.iter().enumerate() {
        let found = digits(lanes);
        if found != 0 {
            return Some(at + 16 * number + found.trailing_zeros() as usize);
        }
    }
    let found = digits(&padded(tail));
    (found != 0).then(|| at + rest.len() - tail.len() + found.trailing_zeros() as usize)
}

/// Up to 16 bytes, and zeros behind. From 8 on they are two words, which overlap in equal bytes.
fn padded(bytes: &[u8]) -> [u8; 16] {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let last = u128::from(u64::from_le_bytes(*last)) << (8 * (bytes.len() - 8));
        return (u128::from(u64::from_le_bytes(*first)) | last).to_le_bytes();
    }
    let mut padded = [0; 16];
    padded[..bytes.len()].copy_from_slice(bytes);
    padded
}

/// Whether any of 64 bytes is a digit.
fn has_digit(block: &[u8; 64]) -> bool {
    let (lanes, _) = block.as_chunks::<16>();
    let any = lanes
        .iter()
        .fold(u8x16::ZERO, |any, lanes| any | are_digits(lanes));
    any.to_bitmask() != 0
}

/// Which of 16 bytes are digits, the first one's bit lowest.
fn digits(bytes: &[u8; 16]) -> u32 {
    are_digits(bytes).to_bitmask()
}

/// All ones where a byte is a digit.
fn are_digits(bytes: &[u8; 16]) -> u8x16 {
    let values = u8x16::new(*bytes) - u8x16::splat(b'0');
    values.min(u8x16::splat(9)).simd_eq(values)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Identifier, find_of};
    use super::*;

    /// Pieces of identifiers, and of what lies between.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[0-9]{1,16}",
            "[ .,/()\u{a0}\u{2013}-]{1,3}",
            "[a-zA-Zé]{1,3}",
            Just("CH93 0076 2011 6238 5295 7".to_owned()),
            Just("GB82WEST12345698765432".to_owned()),
            Just("GT17\nAGROABCDEFGHIJKLMNOPQRST".to_owned()),
            Just("NO\u{2013}9386011117947".to_owned()),
            Just("756.9217.0769.85".to_owned()),
            Just("4111\u{a0}1111\u{a0}1111\u{a0}1111".to_owned()),
            Just("a@b.ch".to_owned()),
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_found_was_possible(text in pieces()) {
            let mut found = find_of(&text, &Identifier::CHECKED);
            prop_assert!(found.next().is_none() || may_hold_checked(&text));
        }

        #[test]
        fn digits_are_found_as_one_by_one(
            text in "[a-z0-9é/:]{0,60}",
            rare in "[a-zé/:]{0,200}[0-9]?[a-z]{0,20}",
            at in 0..60usize,
        ) {
            for text in [text, rare] {
                let mut bytes = text.bytes().enumerate().skip(at);
                let expected = bytes.find(|(_, byte)| byte.is_ascii_digit());
                prop_assert_eq!(next_digit(text.as_bytes(), at), expected.map(|(at, _)| at));
            }
        }
    }

    #[test]
    fn prose_with_numbers_is_done_with() {
        for text in [
            "",
            "Zürich",
            "LOT-0688163-H",
            "2024-01-31 10:00:00",
            "pressure 120/80\npulse regular. pressure 130/85\npulse 72, at home since 3 days",
        ] {
            assert!(!may_hold_checked(text), "{text}");
        }
        assert!(may_hold_checked("4111 1111 1111 1111"));
    }
}
