//! International bank account numbers (ISO 13616): `CH93 0076 2011 6238 5295 7`.

use Character::{Digit, Either, Letter};

use super::numbers::{chars_from, is_blank, is_dash};

/// What a place of an account number may hold.
#[derive(Clone, Copy)]
enum Character {
    Digit,
    Letter,
    Either,
}

/// So many characters of a kind, one after the other.
type Structure = &'static [(u8, Character)];

/// The countries with the structure of what follows the check digits (SWIFT's IBAN registry, release 101).
const COUNTRIES: &[([u8; 2], Structure)] = &[
    (*b"AD", &[(8, Digit), (12, Either)]),
    (*b"AE", &[(19, Digit)]),
    (*b"AL", &[(8, Digit), (16, Either)]),
    (*b"AT", &[(16, Digit)]),
    (*b"AZ", &[(4, Letter), (20, Either)]),
    (*b"BA", &[(16, Digit)]),
    (*b"BE", &[(12, Digit)]),
    (*b"BG", &[(4, Letter), (6, Digit), (8, Either)]),
    (*b"BH", &[(4, Letter), (14, Either)]),
    (*b"BI", &[(23, Digit)]),
    (*b"BR", &[(23, Digit), (1, Letter), (1, Either)]),
    (*b"BY", &[(4, Either), (4, Digit), (16, Either)]),
    (*b"CH", &[(5, Digit), (12, Either)]),
    (*b"CR", &[(18, Digit)]),
    (*b"CY", &[(8, Digit), (16, Either)]),
    (*b"CZ", &[(20, Digit)]),
    (*b"DE", &[(18, Digit)]),
    (*b"DJ", &[(23, Digit)]),
    (*b"DK", &[(14, Digit)]),
    (*b"DO", &[(4, Either), (20, Digit)]),
    (*b"EE", &[(16, Digit)]),
    (*b"EG", &[(25, Digit)]),
    (*b"ES", &[(20, Digit)]),
    (*b"FI", &[(14, Digit)]),
    (*b"FK", &[(2, Letter), (12, Digit)]),
    (*b"FO", &[(14, Digit)]),
    (*b"FR", &[(10, Digit), (11, Either), (2, Digit)]),
    (*b"GB", &[(4, Letter), (14, Digit)]),
    (*b"GE", &[(2, Letter), (16, Digit)]),
    (*b"GI", &[(4, Letter), (15, Either)]),
    (*b"GL", &[(14, Digit)]),
    (*b"GR", &[(7, Digit), (16, Either)]),
    (*b"GT", &[(24, Either)]),
    (*b"HN", &[(4, Letter), (20, Digit)]),
    (*b"HR", &[(17, Digit)]),
    (*b"HU", &[(24, Digit)]),
    (*b"IE", &[(4, Letter), (14, Digit)]),
    (*b"IL", &[(19, Digit)]),
    (*b"IQ", &[(4, Letter), (15, Digit)]),
    (*b"IS", &[(22, Digit)]),
    (*b"IT", &[(1, Letter), (10, Digit), (12, Either)]),
    (*b"JO", &[(4, Letter), (4, Digit), (18, Either)]),
    (*b"KW", &[(4, Letter), (22, Either)]),
    (*b"KZ", &[(3, Digit), (13, Either)]),
    (*b"LB", &[(4, Digit), (20, Either)]),
    (*b"LC", &[(4, Letter), (24, Either)]),
    (*b"LI", &[(5, Digit), (12, Either)]),
    (*b"LT", &[(16, Digit)]),
    (*b"LU", &[(3, Digit), (13, Either)]),
    (*b"LV", &[(4, Letter), (13, Either)]),
    (*b"LY", &[(21, Digit)]),
    (*b"MC", &[(10, Digit), (11, Either), (2, Digit)]),
    (*b"MD", &[(20, Either)]),
    (*b"ME", &[(18, Digit)]),
    (*b"MK", &[(3, Digit), (10, Either), (2, Digit)]),
    (*b"MN", &[(16, Digit)]),
    (*b"MR", &[(23, Digit)]),
    (*b"MT", &[(4, Letter), (5, Digit), (18, Either)]),
    (*b"MU", &[(4, Letter), (19, Digit), (3, Letter)]),
    (*b"NI", &[(4, Letter), (20, Digit)]),
    (*b"NL", &[(4, Letter), (10, Digit)]),
    (*b"NO", &[(11, Digit)]),
    (*b"OM", &[(3, Digit), (16, Either)]),
    (*b"PK", &[(4, Letter), (16, Either)]),
    (*b"PL", &[(24, Digit)]),
    (*b"PS", &[(4, Letter), (21, Either)]),
    (*b"PT", &[(21, Digit)]),
    (*b"QA", &[(4, Letter), (21, Either)]),
    (*b"RO", &[(4, Letter), (16, Either)]),
    (*b"RS", &[(18, Digit)]),
    (*b"RU", &[(14, Digit), (15, Either)]),
    (*b"SA", &[(2, Digit), (18, Either)]),
    (*b"SC", &[(4, Letter), (20, Digit), (3, Letter)]),
    (*b"SD", &[(14, Digit)]),
    (*b"SE", &[(20, Digit)]),
    (*b"SI", &[(15, Digit)]),
    (*b"SK", &[(20, Digit)]),
    (*b"SM", &[(1, Letter), (10, Digit), (12, Either)]),
    (*b"SO", &[(19, Digit)]),
    (*b"ST", &[(21, Digit)]),
    (*b"SV", &[(4, Letter), (20, Digit)]),
    (*b"TL", &[(19, Digit)]),
    (*b"TN", &[(20, Digit)]),
    (*b"TR", &[(6, Digit), (16, Either)]),
    (*b"UA", &[(6, Digit), (19, Either)]),
    (*b"VA", &[(18, Digit)]),
    (*b"VG", &[(4, Letter), (16, Digit)]),
    (*b"XK", &[(16, Digit)]),
    (*b"YE", &[(4, Letter), (4, Digit), (18, Either)]),
];

/// Where the number ends that begins at a place. Single blanks, line ends and hyphens may divide it anywhere.
pub(super) fn end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(start..)?;
    // Most words go on with a letter: none of them is looked for among the countries.
    if bytes.get(2)?.is_ascii_alphabetic() {
        return None;
    }
    let head = bytes.first_chunk::<2>()?;
    let head = head.map(|byte| byte.to_ascii_uppercase());
    let structure = structure(head)?;
    let mut places = Places {
        text,
        at: start + 2,
    };
    let mut check = 0;
    for _ in 0..2 {
        check = append(check, places.next(Digit)?);
    }
    let mut rest = 0;
    for &(count, character) in structure {
        for _ in 0..count {
            rest = append(rest, places.next(character)?);
        }
    }
    // The country and the check digits go to the end (ISO/IEC 7064, MOD 97-10).
    let rest = head.into_iter().fold(rest, append);
    let ends = !chars_from(text, places.at)
        .next()
        .is_some_and(char::is_alphanumeric);
    (ends && (rest * 100 + check) % 97 == 1).then_some(places.at)
}

/// Whether the first digit of a number may be the one at a place: behind a country's letters, with or without a character
/// between.
pub(super) fn may_begin_before(text: &str, digit: usize) -> bool {
    let before = text.get(..digit).unwrap_or_default();
    let closed = before.char_indices().next_back();
    let divided = closed.filter(|(_, c)| divides(*c)).map(|(at, _)| at);
    let letters = before.as_bytes().get(..divided.unwrap_or(digit));
    let Some([word @ .., first, second]) = letters else {
        return false;
    };
    // Behind a longer word no number begins.
    !word.last().is_some_and(u8::is_ascii_alphanumeric)
        && structure([first, second].map(u8::to_ascii_uppercase)).is_some()
}

/// What follows a country's letters, in capitals, and the check digits.
fn structure(country: [u8; 2]) -> Option<Structure> {
    let found = COUNTRIES.binary_search_by_key(&country, |(country, _)| *country);
    COUNTRIES.get(found.ok()?).map(|(_, structure)| *structure)
}

/// Whether a character may divide a number anywhere.
fn divides(c: char) -> bool {
    is_blank(c) || is_dash(c) || matches!(c, '.' | '\n')
}

/// Appends a digit, or a letter as its two digits, to a number modulo 97.
fn append(number: u32, byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => (number * 10 + u32::from(byte - b'0')) % 97,
        letter => {
            (number * 100 + u32::from(letter.to_ascii_uppercase().saturating_sub(b'A')) + 10) % 97
        }
    }
}

/// Reads characters, with what divides them.
struct Places<'a> {
    text: &'a str,
    at: usize,
}

impl Places<'_> {
    fn next(&mut self, character: Character) -> Option<u8> {
        let c = chars_from(self.text, self.at).next()?;
        if divides(c) {
            self.at += c.len_utf8();
        }
        let byte = *self.text.as_bytes().get(self.at)?;
        self.at += 1;
        let fits = match character {
            Digit => byte.is_ascii_digit(),
            Letter => byte.is_ascii_alphabetic(),
            Either => byte.is_ascii_alphanumeric(),
        };
        fits.then_some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::super::hint::LEAST_DIGITS;
    use super::*;

    /// The hint does not look for one where fewer characters are left.
    #[test]
    fn from_its_first_digit_on_the_shortest_is_as_long_as_a_card_number() {
        let len = |structure: Structure| structure.iter().map(|(count, _)| *count).sum::<u8>();
        let shortest = COUNTRIES.iter().map(|(_, structure)| len(structure)).min();
        assert_eq!(shortest.map(|len| 2 + usize::from(len)), Some(LEAST_DIGITS));
    }
}
