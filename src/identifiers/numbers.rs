//! Where identifiers may begin and end, and digits in groups with what lies between them.

use std::ops::RangeInclusive;

/// The most groups that are looked at from one place: the longest form, a phone number in pairs, has nine.
const MOST: usize = 10;

/// The most characters between two groups: `) -`.
const WIDEST: usize = 3;

/// The most bytes of them: a dash, and a blank that does not break, have three.
pub(super) const MOST_BETWEEN: usize = 3 * WIDEST;

/// Whether a byte may be of them.
pub(super) fn may_divide(byte: u8) -> bool {
    !byte.is_ascii() || matches!(byte, b' ' | b'.' | b'/' | b'(' | b')' | b'-')
}

/// What lies between two groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: it is the first group.
    First,
    /// Blanks, also those that do not break.
    Blank,
    /// A hyphen or dash.
    Dash,
    Dot,
    Slash,
    /// A parenthesis.
    Paren,
}

/// ASCII digits in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    pub start: usize,
    pub end: usize,
    pub gap: Gap,
    /// Whether the gap before it is more than one character.
    pub wide: bool,
}

impl Group {
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The groups of digits from one place on.
pub(super) struct Groups<'a> {
    pub text: &'a str,
    /// Where it begins: at the first digit, or at a `+` or `(` before it.
    pub start: usize,
    all: [Group; MOST],
    len: usize,
}

impl<'a> Groups<'a> {
    pub(super) fn at(text: &'a str, start: usize) -> Self {
        let none = Group {
            start,
            end: start,
            gap: Gap::First,
            wide: false,
        };
        let mut groups = Self {
            text,
            start,
            all: [none; MOST],
            len: 0,
        };
        let mut next = first_digit(text, start).map(|at| (at, Gap::First, false));
        while let Some((start, gap, wide)) = next {
            let Some(group) = groups.all.get_mut(groups.len) else {
                break;
            };
            let end = digits_end(text, start);
            *group = Group {
                start,
                end,
                gap,
                wide,
            };
            groups.len += 1;
            next = gap_at(text, end);
        }
        groups
    }

    pub(super) fn all(&self) -> &[Group] {
        self.all.get(..self.len).unwrap_or_default()
    }

    /// The longest run of groups from the first one that has so many digits, ends where a number may end, and passes
    /// `check`. None where another number runs into it.
    pub(super) fn longest(
        &self,
        digits: RangeInclusive<usize>,
        check: impl Fn(&[Group]) -> bool,
    ) -> Option<usize> {
        let mut count = 0;
        let mut longest = None;
        for (place, group) in self.all().iter().enumerate() {
            count += group.len();
            if count > *digits.end() {
                break;
            }
            let number = self.all.get(..=place)?;
            if count >= *digits.start() && ends(self.text, group.end) && check(number) {
                longest = Some(group.end);
            }
        }
        longest.filter(|_| self.stands_alone())
    }

    /// The digits of a group.
    pub(super) fn text_of(&self, group: &Group) -> &'a str {
        self.text.get(group.start..group.end).unwrap_or_default()
    }

    /// The value of a short group.
    pub(super) fn value(&self, group: &Group) -> u32 {
        self.text_of(group).parse().unwrap_or(u32::MAX)
    }

    /// The digits of some groups, in a row.
    pub(super) fn digits<'b>(
        &'b self,
        groups: &'b [Group],
    ) -> impl Iterator<Item = u8> + Clone + 'b {
        let bytes = groups.iter().flat_map(|group| self.text_of(group).bytes());
        bytes.map(|byte| byte - b'0')
    }

    /// Whether no other number runs into it from the left: `12-` or `3.`.
    fn stands_alone(&self) -> bool {
        let mut before = chars_before(self.text, self.start);
        let joined = before
            .next()
            .is_some_and(|c| matches!(c, '.' | ',' | '/' | '\'' | ':') || is_dash(c));
        !(joined && before.next().is_some_and(|c| c.is_ascii_digit()))
    }
}

/// Digits in all.
pub(super) fn total(groups: &[Group]) -> usize {
    groups.iter().map(Group::len).sum()
}

/// Whether all gaps are the same single character of one of these kinds.
pub(super) fn uniform(groups: &[Group], kinds: &[Gap]) -> bool {
    let mut gaps = groups.iter().skip(1);
    let Some(first) = gaps.next() else {
        return true;
    };
    kinds.contains(&first.gap)
        && !first.wide
        && gaps.all(|next| next.gap == first.gap && !next.wide)
}

/// Whether the groups have these lengths.
pub(super) fn have_lengths(groups: &[Group], lengths: &[usize]) -> bool {
    groups.iter().map(Group::len).eq(lengths.iter().copied())
}

pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}')
}

pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2014}' | '\u{2212}')
}

/// The characters before a place, the nearest first.
pub(super) fn chars_before(text: &str, at: usize) -> impl Iterator<Item = char> + '_ {
    text.get(..at).unwrap_or_default().chars().rev()
}

/// The characters from a place on.
pub(super) fn chars_from(text: &str, at: usize) -> std::str::Chars<'_> {
    text.get(at..).unwrap_or_default().chars()
}

/// The next place from `at` on where an identifier may begin: at an ASCII letter or digit, `+` or `(` that follows no
/// letter or digit.
pub(super) fn next_start(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(at..)?;
    let begins = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'(');
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| begins(byte))
        .map(|(offset, _)| at + offset)
        .find(|&start| !chars_before(text, start).next().is_some_and(is_word))
}

/// Where to go on when nothing begins at `start`.
pub(super) fn after_start(text: &str, start: usize) -> usize {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let word = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric());
    start + word.count().max(1)
}

/// Part of a word or number.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a number may end at a place: neither a word nor more of a number follows.
pub(super) fn ends(text: &str, at: usize) -> bool {
    let mut rest = chars_from(text, at);
    match rest.next() {
        Some(c) if is_word(c) || c == '@' => false,
        Some(c) if matches!(c, '.' | ',' | '/' | ':' | '\'') || is_dash(c) => {
            !rest.next().is_some_and(|c| c.is_ascii_digit())
        }
        _ => true,
    }
}

/// The first digit: at a place, or behind `+`, `(`, `(+` or `+(` there.
fn first_digit(text: &str, start: usize) -> Option<usize> {
    let rest = text.as_bytes().get(start..)?;
    let signs = rest.iter().take(2);
    let signs = signs.take_while(|byte| matches!(byte, b'+' | b'(')).count();
    rest.get(signs)
        .is_some_and(u8::is_ascii_digit)
        .then_some(start + signs)
}

pub(super) fn digits_end(text: &str, start: usize) -> usize {
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    start + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The gap at the end of a group, if another group follows: where that begins, and what the gap is.
fn gap_at(text: &str, end: usize) -> Option<(usize, Gap, bool)> {
    let mut at = end;
    let mut kind = Gap::Blank;
    for (count, c) in chars_from(text, end).take(WIDEST + 1).enumerate() {
        if c.is_ascii_digit() {
            return (count > 0).then_some((at, kind, count > 1));
        }
        let next = match c {
            '.' => Gap::Dot,
            '/' => Gap::Slash,
            '(' | ')' => Gap::Paren,
            c if is_dash(c) => Gap::Dash,
            c if is_blank(c) => kind,
            _ => return None,
        };
        // Of two signs only a parenthesis goes with another: `) -`.
        kind = match (kind, next) {
            (Gap::Blank, next) => next,
            (Gap::Paren, _) | (_, Gap::Paren) => Gap::Paren,
            (kind, _) if is_blank(c) => kind,
            _ => return None,
        };
        at += c.len_utf8();
    }
    None
}
