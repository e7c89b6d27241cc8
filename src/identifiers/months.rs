//! Names of months in English, German (with Austria's), French and Italian.

use super::numbers::chars_from;

/// The longest name, in characters.
const LONGEST: usize = 9;

/// The letters that months begin with.
const INITIALS: &[u8] = b"adfgjlmnos";

/// A month's name in a text.
pub(super) struct Month {
    /// Where it ends, a dot behind an abbreviation included.
    pub end: usize,
    /// 1 to 12.
    pub number: u32,
    /// Whether it can mean nothing else: a full name, with a capital where its language has one.
    pub clear: bool,
}

/// Full names that their language writes with a capital.
const CAPITAL: [&[&str]; 12] = [
    &["january", "januar", "jänner"],
    &["february", "februar", "feber"],
    &["march", "märz"],
    &["april"],
    &["may"],
    &["june", "juni"],
    &["july", "juli"],
    &["august"],
    &["september"],
    &["october", "oktober"],
    &["november"],
    &["december", "dezember"],
];

/// Full names that are written small.
const SMALL: [&[&str]; 12] = [
    &["janvier", "gennaio"],
    &["février", "fevrier", "febbraio"],
    &["mars", "marzo"],
    &["avril", "aprile"],
    &["mai", "maggio"],
    &["juin", "giugno"],
    &["juillet", "luglio"],
    &["août", "aout", "agosto"],
    &["septembre", "settembre"],
    &["octobre", "ottobre"],
    &["novembre"],
    &["décembre", "decembre", "dicembre"],
];

/// Abbreviations: no date without a year.
const SHORT: [&[&str]; 12] = [
    &["jan", "jän", "janv", "gen", "genn"],
    &["feb", "febr", "fév", "févr", "fevr", "febb"],
    &["mar", "mär", "mrz", "maerz"],
    &["apr", "avr"],
    &["mag", "magg"],
    &["jun", "giu"],
    &["jul", "juil", "juill", "lug"],
    &["aug", "ago"],
    &["sep", "sept", "set", "sett"],
    &["oct", "okt", "ott"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];

/// Whether a digit follows the word at a place closely enough to be its day. Most words are done with by that.
pub(super) fn is_before_digit(text: &str, start: usize) -> bool {
    let mut rest = chars_from(text, start).take(LONGEST + 4);
    rest.find(|c| !c.is_alphabetic())
        .is_some_and(|c| !c.is_ascii_digit())
        && rest.take(2).any(|c| c.is_ascii_digit())
}

/// The month at a place.
pub(super) fn month(text: &str, start: usize) -> Option<Month> {
    if !INITIALS.contains(&text.as_bytes().get(start)?.to_ascii_lowercase()) {
        return None;
    }
    let name: String = chars_from(text, start)
        .take(LONGEST + 1)
        .take_while(|c| c.is_alphabetic())
        .collect();
    let capital = name.chars().next()?.is_uppercase();
    let end = start + name.len();
    let name = name.to_lowercase();
    let among = |names: &[&[&str]; 12]| {
        names
            .iter()
            .position(|names| names.contains(&name.as_str()))
    };
    let (place, clear) = among(&SMALL)
        .map(|place| (place, true))
        .or_else(|| among(&CAPITAL).map(|place| (place, capital)))
        .or_else(|| among(&SHORT).map(|place| (place, false)))?;
    let dot = !clear && chars_from(text, end).next() == Some('.');
    Some(Month {
        end: end + usize::from(dot),
        number: u32::try_from(place).ok()? + 1,
        clear,
    })
}
