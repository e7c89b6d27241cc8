//! E-mail addresses: the local part and the domain of RFC 5321 in their usual form, with the other scripts of RFC 6531.
//!
//! Lengths are not checked: who writes a longer one by mistake still names a person.

use std::ops::Range;

/// The address around the `@` at `sign`, of which nothing lies before `least`.
pub(super) fn around(text: &str, sign: usize, least: usize) -> Option<Range<usize>> {
    let start = local(text.get(least..sign)?)? + least;
    let end = domain(text.get(sign + 1..)?)? + sign + 1;
    Some(start..end)
}

/// Where the local part at the end of a text begins.
fn local(text: &str) -> Option<usize> {
    let mut start = text.len();
    let mut after = '.';
    for (at, c) in text.char_indices().rev() {
        if !is_local(c) || (c == '.' && after == '.') {
            break;
        }
        (start, after) = (at, c);
    }
    // Signs that stand before a word belong to the text around: an apostrophe, a slash.
    let part = text.get(start..)?;
    let lead = part.find(|c: char| c.is_alphanumeric() || c == '_')?;
    Some(start + lead)
}

/// `atext` and the dot, and what is beyond ASCII.
fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) || is_foreign(c)
}

/// Letters, digits and their marks beyond ASCII; not the signs and blanks of text.
fn is_foreign(c: char) -> bool {
    !c.is_ascii()
        && (c.is_alphanumeric()
            || !(c.is_whitespace()
                || c.is_control()
                || matches!(c, '\u{a1}'..='\u{bf}' | '\u{d7}' | '\u{f7}' | '\u{2000}'..='\u{2bff}'
                    | '\u{3000}'..='\u{303f}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff0f}')))
}

/// Where the domain at the beginning of a text ends: two labels or more, the last one of letters.
fn domain(text: &str) -> Option<usize> {
    let mut end = None;
    let mut at = 0;
    let mut labels = 0;
    loop {
        let rest = text.get(at..)?;
        let len = label(rest)?;
        labels += 1;
        at += len;
        if labels > 1 && is_top(rest.get(..len)?) {
            end = Some(at);
        }
        if !text.get(at..)?.starts_with('.') || label(text.get(at + 1..)?).is_none() {
            return end;
        }
        at += 1;
    }
}

/// The length of the label at the beginning of a text: letters, digits and inner hyphens.
fn label(text: &str) -> Option<usize> {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || is_foreign(c);
    let len = text.find(|c| !is_inner(c)).unwrap_or(text.len());
    let label = text.get(..len)?.trim_end_matches('-');
    (!label.is_empty() && !label.starts_with('-')).then_some(label.len())
}

/// A top-level domain: two letters or more, or an encoded one (RFC 5890).
fn is_top(label: &str) -> bool {
    let letters = label.chars().all(|c| c.is_alphabetic() || is_foreign(c));
    let encoded = label
        .get(..4)
        .is_some_and(|begin| begin.eq_ignore_ascii_case("xn--"));
    letters && label.chars().nth(1).is_some() || encoded && label.len() > 4
}
