//! Phone numbers: international (ITU-T E.164), and the national forms of CH, DE, AT, FR, IT, UK and US.
//!
//! A national number is told from others by its division, by a zero before the area, or by a word before it: not every
//! row of digits is one.

use std::cell::LazyCell;

use super::context::{self, Before};
use super::numbers::{Gap, Group, Groups, have_lengths, total, uniform};

/// The assigned country codes of two digits; those of one are 1 and 7, all others have three.
const TWO_DIGITS: &[u32] = &[
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56,
    57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
];

/// The tens that begin a country code of three digits.
const THREE_DIGITS: &[u32] = &[
    21, 22, 23, 24, 25, 26, 29, 35, 37, 38, 42, 50, 59, 67, 68, 69, 80, 85, 87, 88, 96, 97, 99,
];

/// Country code, least and most digits behind it, a zero in parentheses aside.
const LENGTHS: &[(u32, usize, usize)] = &[
    (1, 10, 10),
    (7, 10, 10),
    (33, 9, 9),
    (39, 6, 12),
    (41, 9, 9),
    (43, 6, 13),
    (44, 9, 10),
    (49, 6, 13),
];

/// The digits that a number has, the zeros that may stand for the `+` and a zero in parentheses included.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=18;

/// Where the number ends.
pub(super) fn end(groups: &Groups<'_>) -> Option<usize> {
    let first = groups.all().first()?;
    if groups.text.get(groups.start..first.start)?.contains('+') {
        return groups.longest(DIGITS, |number| {
            spaced(number) && is_international(groups, number, 0)
        });
    }
    if groups.text_of(first).starts_with("00") {
        return groups.longest(DIGITS, |number| {
            spaced(number) && is_international(groups, number, 2)
        });
    }
    let before = |what| context::before(groups.text, groups.start, what);
    let announced = LazyCell::new(|| before(Before::Phone));
    let thing = LazyCell::new(|| before(Before::Thing));
    groups.longest(DIGITS, |number| {
        spaced(number)
            && (is_national(groups, number) && !*thing || is_announced(number) && *announced)
    })
}

/// Whether groups lie as in a phone number: none but the first two and a zero in parentheses is of one digit, and gaps
/// of several characters are beside the area only.
fn spaced(number: &[Group]) -> bool {
    let mut rest = number.iter().enumerate().skip(1);
    rest.all(|(place, group)| {
        let near = place <= 2 || group.gap == Gap::Paren;
        (group.len() > 1 || place == 1 || group.gap == Gap::Paren) && (!group.wide || near)
    })
}

/// A country code and as many digits as it takes, behind `skip` digits that stand for the `+`.
fn is_international(groups: &Groups<'_>, number: &[Group], skip: usize) -> bool {
    let trunk = number
        .iter()
        .skip(1)
        .filter(|group| group.gap == Gap::Paren && groups.text_of(group) == "0")
        .count();
    let count = total(number).saturating_sub(skip + trunk);
    if !(7..=15).contains(&count) {
        return false;
    }
    let digits = groups.digits(number).skip(skip);
    let first = digits
        .take(2)
        .fold(0, |code, digit| code * 10 + u32::from(digit));
    let (code, length) = match first {
        10..=19 => (1, 1),
        70..=79 => (7, 1),
        code if TWO_DIGITS.contains(&code) => (code, 2),
        tens if THREE_DIGITS.contains(&tens) => (tens, 3),
        _ => return false,
    };
    let rest = count.saturating_sub(length);
    LENGTHS
        .iter()
        .find(|(known, _, _)| *known == code && length < 3)
        .map_or(skip == 0 || number.len() > 1, |(_, least, most)| {
            (*least..=*most).contains(&rest)
        })
}

fn is_national(groups: &Groups<'_>, number: &[Group]) -> bool {
    is_in_pairs(groups, number)
        || is_with_area(groups, number)
        || is_north_american(groups, number)
        || is_italian_mobile(groups, number)
}

/// French: `06 12 34 56 78`.
fn is_in_pairs(groups: &Groups<'_>, number: &[Group]) -> bool {
    have_lengths(number, &[2; 5])
        && uniform(number, &[Gap::Blank, Gap::Dot, Gap::Dash, Gap::Slash])
        && has_trunk_zero(groups, number)
}

/// A zero and an area: `044 668 18 00`, `(030) 123456`, `0664/1234567`, `020 7946 0958`, `06 1234 5678`.
fn is_with_area(groups: &Groups<'_>, number: &[Group]) -> bool {
    let Some((area, rest)) = number.split_first() else {
        return false;
    };
    let area_of_two = || {
        matches!(groups.text_of(area), "01" | "02" | "06")
            && rest.first().is_some_and(|group| group.len() >= 3)
    };
    // Behind the area the gaps are of one kind.
    let divided = rest.iter().all(|group| group.len() > 1)
        && !rest.is_empty()
        && uniform(rest, &[Gap::Blank, Gap::Dash, Gap::Dot, Gap::Slash]);
    // Behind a dot they are dots.
    let dotted = rest.first().is_some_and(|group| group.gap == Gap::Dot);
    has_trunk_zero(groups, number)
        && ((3..=5).contains(&area.len()) || area.len() == 2 && area_of_two())
        && (9..=12).contains(&total(number))
        && divided
        && (!dotted || rest.len() > 1 && uniform(number, &[Gap::Dot]))
}

fn has_trunk_zero(groups: &Groups<'_>, number: &[Group]) -> bool {
    let mut digits = groups.digits(number);
    digits.next() == Some(0) && digits.next().is_some_and(|digit| digit > 0)
}

/// The North American plan: `(212) 555-0123`, `212-555-0123`, `1-212-555-0123`; area and exchange begin with 2 to 9,
/// and no area ends in 11.
fn is_north_american(groups: &Groups<'_>, number: &[Group]) -> bool {
    let local = match number {
        [one, rest @ ..] if one.len() == 1 && groups.text_of(one) == "1" => rest,
        all => all,
    };
    let [area, exchange, last] = local else {
        return false;
    };
    let begins =
        |group: &Group| group.len() == 3 && groups.text_of(group).as_bytes() >= b"2".as_slice();
    let mut divided = [exchange, last].into_iter();
    begins(area)
        && begins(exchange)
        && last.len() == 4
        && !groups.text_of(area).ends_with("11")
        && divided.all(|group| matches!(group.gap, Gap::Blank | Gap::Dash | Gap::Dot | Gap::Paren))
}

/// Italian mobile numbers have no zero: `347 123 4567`, `347 1234567`.
fn is_italian_mobile(groups: &Groups<'_>, number: &[Group]) -> bool {
    let (3, Some(first)) = (number.first().map_or(0, Group::len), number.first()) else {
        return false;
    };
    (320..=399).contains(&groups.value(first))
        && total(number) == 10
        && number.len() > 1
        && uniform(number, &[Gap::Blank, Gap::Dash, Gap::Dot, Gap::Slash])
}

/// Behind a word that announces a phone number any division will do.
fn is_announced(number: &[Group]) -> bool {
    (7..=15).contains(&total(number))
}
