//! What names a person in free text by its form alone: e-mail addresses, phone numbers, IBAN, AHV, SSN and card numbers,
//! dates. Hand-written recognisers, with check digits where the standard has some.
//!
//! Names and addresses are not here: no form tells them from other words.

mod ahv;
mod card;
mod context;
mod date;
mod email;
mod hint;
mod iban;
mod months;
mod numbers;
mod phone;
mod ssn;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

pub use hint::{may_hold_checked, may_hold_number};
use numbers::Groups;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    /// An e-mail address (RFC 5321, RFC 6531), without quoted local parts and without hosts of one label.
    Email,
    /// A phone number: international (E.164), or in the national forms of CH, DE, AT, FR, IT, UK and US.
    Phone,
    /// An international bank account number (ISO 13616): country, length, structure, and check digits modulo 97.
    Iban,
    /// A Swiss insurance number (AHV, AVS): 13 digits that begin with 756, with the check digit of EAN-13.
    Ahv,
    /// A US social security number that the rules of its areas, groups and serials allow; it has no check digit.
    Ssn,
    /// A payment card number: an issuer's first digits, 13 to 19 digits, the check digit of Luhn (ISO/IEC 7812-1).
    Card,
    /// A date with its day and month.
    Date,
}

impl Identifier {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Iban,
        Self::Ahv,
        Self::Card,
        Self::Ssn,
        Self::Date,
        Self::Phone,
        Self::Email,
    ];

    /// Those that are no chance: they have check digits, or the form of an e-mail address.
    pub const CHECKED: [Self; 4] = [Self::Iban, Self::Ahv, Self::Card, Self::Email];
}

impl fmt::Display for Identifier {
    /// In capitals, as it stands in place of what was found: `[EMAIL]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::Iban => "IBAN",
            Self::Ahv => "AHV",
            Self::Ssn => "SSN",
            Self::Card => "CARD",
            Self::Date => "DATE",
        })
    }
}

/// All identifiers of a text, from left to right, none over another; where several begin at one place, the longest,
/// and of equals the first of [`Identifier::ALL`]. The ranges are in bytes.
///
/// In linear time: at each place where a word begins, a bounded number of bytes is looked at.
pub fn find(text: &str) -> impl Iterator<Item = (Range<usize>, Identifier)> + '_ {
    find_of(text, &Identifier::ALL)
}

/// As [`find`], of some kinds only.
pub fn find_of<'a>(
    text: &'a str,
    kinds: &'a [Identifier],
) -> impl Iterator<Item = (Range<usize>, Identifier)> + 'a {
    Scan {
        text,
        kinds,
        at: 0,
        mail: Mail::from(0),
    }
}

/// What the whole value is, white space around it aside.
pub fn whole(text: &str) -> Option<Identifier> {
    let text = text.trim();
    let (range, identifier) = find(text).next()?;
    (range == (0..text.len())).then_some(identifier)
}

/// Looks from left to right.
struct Scan<'a> {
    text: &'a str,
    kinds: &'a [Identifier],
    /// All before is done.
    at: usize,
    mail: Mail,
}

/// The next e-mail address: found from its `@`, so ahead of the place that is looked at.
struct Mail {
    found: Option<Range<usize>>,
    /// Where to look for the next `@`; none where there is none.
    from: Option<usize>,
}

impl Mail {
    fn from(at: usize) -> Self {
        Self {
            found: None,
            from: Some(at),
        }
    }
}

impl Iterator for Scan<'_> {
    type Item = (Range<usize>, Identifier);

    fn next(&mut self) -> Option<Self::Item> {
        let mail = self.mail();
        let until = mail.as_ref().map_or(self.text.len(), |mail| mail.start);
        // Words before the address, and the one at its beginning.
        while let Some(start) = numbers::next_start(self.text, self.at).filter(|at| *at <= until) {
            match self.longest(start) {
                Some((end, _))
                    if mail
                        .as_ref()
                        .is_some_and(|m| m.start == start && m.end >= end) =>
                {
                    break;
                }
                Some((end, identifier)) => {
                    self.at = end;
                    return Some((start..end, identifier));
                }
                None => self.at = numbers::after_start(self.text, start),
            }
        }
        let mail = mail?;
        self.at = mail.end;
        Some((mail, Identifier::Email))
    }
}

impl Scan<'_> {
    /// The first address that begins where nothing has been found yet.
    fn mail(&mut self) -> Option<Range<usize>> {
        if !self.kinds.contains(&Identifier::Email) {
            return None;
        }
        if let Some(found) = self.mail.found.take_if(|found| found.start < self.at) {
            // Its beginning is gone to something else: what is left may be one.
            self.mail.from = Some(found.start.max(self.at));
        }
        while let Some(from) = self.mail.from.filter(|_| self.mail.found.is_none()) {
            let sign = memchr::memchr(b'@', self.text.as_bytes().get(from..)?).map(|at| from + at);
            self.mail.from = sign.map(|sign| sign + 1);
            self.mail.found = sign.and_then(|sign| email::around(self.text, sign, self.at));
        }
        self.mail.found.clone()
    }

    /// The longest that begins at a place, e-mail addresses apart.
    fn longest(&self, start: usize) -> Option<(usize, Identifier)> {
        let letter = self.text.as_bytes().get(start)?.is_ascii_alphabetic();
        let groups = (!letter).then(|| Groups::at(self.text, start));
        let mut longest: Option<(usize, Identifier)> = None;
        for &kind in self.kinds {
            let end = match &groups {
                None => by_letters(kind, self.text, start),
                Some(groups) => by_digits(kind, groups),
            };
            if let Some(end) = end.filter(|end| longest.is_none_or(|(most, _)| *end > most)) {
                longest = Some((end, kind));
            }
        }
        longest
    }
}

/// Where an identifier ends that begins with a letter.
fn by_letters(kind: Identifier, text: &str, start: usize) -> Option<usize> {
    match kind {
        Identifier::Iban => iban::end(text, start),
        Identifier::Date => date::month_first(text, start),
        _ => None,
    }
}

/// Where an identifier ends that begins with a digit, or a sign before one.
fn by_digits(kind: Identifier, groups: &Groups<'_>) -> Option<usize> {
    match kind {
        Identifier::Ahv => ahv::end(groups),
        Identifier::Card => card::end(groups),
        Identifier::Ssn => ssn::end(groups),
        Identifier::Date => date::end(groups),
        Identifier::Phone => phone::end(groups),
        Identifier::Iban | Identifier::Email => None,
    }
}
