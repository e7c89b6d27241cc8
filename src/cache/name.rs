//! What an entry is called: 32 bytes, as 64 hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;

use crate::error::{Error, Kind, Result};

/// An entry's name. Whoever makes it hashes all into it that must never be answered for something else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name([u8; 32]);

impl Name {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<[u8; 32]> for Name {
    /// Of a hash.
    fn from(hash: [u8; 32]) -> Self {
        Self(hash)
    }
}

impl FromStr for Name {
    type Err = Error;

    /// Of 64 lower-case hexadecimal digits: no two texts are the same name, and none is a path.
    fn from_str(text: &str) -> Result<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok();
        let name = bytes.and_then(|bytes| bytes.try_into().ok()).map(Self);
        name.ok_or_else(|| {
            let message = "the name of a cache entry is not 64 lower-case hexadecimal digits";
            Error::new(Kind::Internal, message)
        })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_64_lower_case_digits_and_nothing_else() {
        let digits = "0123456789abcdef".repeat(4);
        let rows = [
            ("itself", digits.clone(), true),
            ("empty", String::new(), false),
            ("a digit too few", digits[1..].to_owned(), false),
            ("a digit too many", format!("{digits}0"), false),
            ("a byte too many", format!("{digits}00"), false),
            ("upper case", digits.to_uppercase(), false),
            ("a path", format!("../{}", &digits[3..]), false),
            ("a blank", format!(" {}", &digits[1..]), false),
        ];
        let wrong: Vec<_> = rows
            .iter()
            .filter(|(_, text, valid)| {
                let read = text.parse::<Name>().map(|name| name.to_string());
                read.ok().as_ref() != valid.then_some(text)
            })
            .map(|(row, ..)| row)
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
