//! The alphabets of `ff1_encrypt`, and texts as numerals of them.

use datafusion_common::ScalarValue;

use super::super::arguments::text;

/// What stays where it is.
const IN_PLACE: &[char] = &[' ', '-', '.', '/', '+', '(', ')'];

/// The most characters that are encrypted, as many as SHA-512 has in hexadecimal: the work for a text grows with the
/// square of their number, and so is bounded.
const MOST: usize = 128;

/// The characters of a kind: `radix` of `0…9A…Z` from the one at position `first`.
#[derive(Debug)]
pub(super) struct Alphabet {
    pub(super) name: &'static str,
    /// The position of its first character.
    pub(super) first: u32,
    pub(super) radix: u32,
    pub(super) fewest: usize,
    pub(super) upper: bool,
}

pub(super) static ALPHABETS: [Alphabet; 4] = [
    Alphabet {
        name: "digits",
        first: 0,
        radix: 10,
        fewest: 6,
        upper: false,
    },
    Alphabet {
        name: "upper",
        first: 10,
        radix: 26,
        fewest: 5,
        upper: true,
    },
    Alphabet {
        name: "alnum",
        first: 0,
        radix: 36,
        fewest: 4,
        upper: true,
    },
    Alphabet {
        name: "hex",
        first: 0,
        radix: 16,
        fewest: 5,
        upper: false,
    },
];

impl Alphabet {
    pub(super) fn of(scalar: &ScalarValue) -> Option<&'static Self> {
        let name = text(scalar)?;
        ALPHABETS
            .iter()
            .find(|alphabet| alphabet.name.eq_ignore_ascii_case(name))
    }

    fn numeral(&self, c: char) -> Option<u16> {
        let position = c.to_digit(36)?.checked_sub(self.first)?;
        let numeral = (position < self.radix).then_some(position)?;
        u16::try_from(numeral).ok()
    }

    fn character(&self, numeral: u16) -> Option<char> {
        let c = char::from_digit(u32::from(numeral) + self.first, 36)?;
        Some(if self.upper {
            c.to_ascii_uppercase()
        } else {
            c
        })
    }

    /// The numerals of a text without what stays in place; nothing for a text that is not encrypted.
    pub(super) fn numerals(&self, text: &str) -> Option<Vec<u16>> {
        let mut numerals = Vec::new();
        for c in text.chars().filter(|c| !IN_PLACE.contains(c)) {
            if numerals.len() == MOST {
                return None;
            }
            numerals.push(self.numeral(c)?);
        }
        (numerals.len() >= self.fewest).then_some(numerals)
    }

    /// A text with its characters replaced by numerals.
    pub(super) fn filled(&self, text: &str, numerals: Vec<u16>) -> Option<String> {
        let mut numerals = numerals.into_iter();
        text.chars()
            .map(|c| match c {
                c if IN_PLACE.contains(&c) => Some(c),
                _ => self.character(numerals.next()?),
            })
            .collect()
    }
}
