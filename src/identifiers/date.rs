//! Dates with day and month, as people write them: in digits, and with the month's name in four languages.

use super::context::{self, Before};
use super::months::{Month, is_before_digit, month};
use super::numbers::{
    Gap, Group, Groups, chars_before, chars_from, digits_end, is_blank, is_dash, uniform,
};

/// Years that a person may have lived in, or an appointment may be in.
const YEARS: std::ops::RangeInclusive<u32> = 1850..=2100;

/// Units behind three numbers of two digits: doses, not a date.
const UNITS: &[&str] = &[
    "mg", "g", "kg", "µg", "mcg", "ml", "dl", "l", "mm", "cm", "m", "mmol", "mmhg", "ie", "iu",
    "ui", "tabl", "tablets", "tropfen", "drops",
];

/// Where the date ends that begins with a digit.
pub(super) fn end(groups: &Groups<'_>) -> Option<usize> {
    let first = groups.all().first()?;
    if first.start != groups.start || follows_decimal(groups) {
        return None;
    }
    match groups.all() {
        [a, b, c, ..] if in_digits(groups, [a, b, c]) => Some(c.end),
        [a, b, ..] if is_without_year(groups, [a, b]) => Some(b.end + 1),
        _ => day_first(groups.text, groups.start, first),
    }
}

/// Whether it is the rest of a number with a point: `3.12`.
fn follows_decimal(groups: &Groups<'_>) -> bool {
    let mut before = chars_before(groups.text, groups.start);
    matches!(before.next(), Some('.' | ',')) && before.next().is_some_and(|c| c.is_ascii_digit())
}

/// `1980-03-12`, `12.3.1980`, `12. 3. 1980`, `3/12/1980`, `12.03.80`.
fn in_digits(groups: &Groups<'_>, [a, b, c]: [&Group; 3]) -> bool {
    let divider = b.gap;
    let even = divider == c.gap
        && matches!(divider, Gap::Dot | Gap::Slash | Gap::Dash)
        && (divider == Gap::Dot || !b.wide && !c.wide);
    if !even || !ends(groups.text, c.end) {
        return false;
    }
    let value = |group| groups.value(group);
    // A dot is German and Italian: the day first. A slash or a hyphen may be English.
    let in_order = |day, month| is_day(day, month) || divider != Gap::Dot && is_day(month, day);
    let short = |group: &Group| group.len() <= 2;
    match (a.len(), c.len()) {
        (4, _) if short(b) && short(c) => {
            let thing = divider == Gap::Dot && context::before(groups.text, a.start, Before::Thing);
            YEARS.contains(&value(a)) && is_day(value(c), value(b)) && !thing
        }
        (1 | 2, 4) if short(b) => YEARS.contains(&value(c)) && in_order(value(a), value(b)),
        (1 | 2, 2) if short(b) => {
            in_order(value(a), value(b)) && !b.wide && is_short_date(groups, [a, b, c])
        }
        _ => false,
    }
}

/// A year of two digits makes a date only of pairs, or behind a word that says so; never before a unit, nor behind
/// the word for an order or a version.
fn is_short_date(groups: &Groups<'_>, [a, b, c]: [&Group; 3]) -> bool {
    let pairs = a.len() == 2 && b.len() == 2 && uniform(&[*a, *b, *c], &[Gap::Dot, Gap::Slash]);
    let before = |what| context::before(groups.text, a.start, what);
    (pairs || before(Before::Date)) && !before(Before::Thing) && !before_unit(groups.text, c.end)
}

/// `am 14.2.`: both dots, behind a word for a date.
fn is_without_year(groups: &Groups<'_>, [a, b]: [&Group; 2]) -> bool {
    let mut rest = chars_from(groups.text, b.end);
    let dots = b.gap == Gap::Dot && rest.next() == Some('.');
    dots && !rest.next().is_some_and(char::is_alphanumeric)
        && a.len() <= 2
        && b.len() <= 2
        && is_day(groups.value(a), groups.value(b))
        && context::before(groups.text, a.start, Before::Date)
}

fn before_unit(text: &str, at: usize) -> bool {
    let word: String = chars_from(text, at)
        .skip_while(|c| is_blank(*c))
        .take_while(|c| c.is_alphabetic())
        .take(8)
        .flat_map(char::to_lowercase)
        .collect();
    UNITS.contains(&word.as_str())
}

/// Whether a date may end at a place. Another date may follow a dash or a slash, and the time a `T`.
fn ends(text: &str, at: usize) -> bool {
    let mut rest = chars_from(text, at);
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    match rest.next() {
        Some('T' | 't') => digit(rest.next()),
        Some('.' | ',') => !digit(rest.next()),
        Some(c) => !c.is_alphanumeric(),
        None => true,
    }
}

fn is_day(day: u32, month: u32) -> bool {
    let most = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 29,
        1..=12 => 31,
        _ => 0,
    };
    (1..=most).contains(&day)
}

/// `12 March 1980`, `12. März 1980`, `1er mars 1980`, `12-Mar-80`; without a year where the month is clear.
fn day_first(text: &str, start: usize, day: &Group) -> Option<usize> {
    if day.len() > 2 {
        return None;
    }
    let at = until(text, after_ordinal(text, day.end));
    let at = after_gap(text, at, at > day.end)?;
    let at = after_word(text, at, &["of ", "de ", "di "]);
    let month = month(text, at)?;
    let number = text.get(start..day.end)?.parse().ok()?;
    is_day(number, month.number).then_some(())?;
    with_year(text, &month).or_else(|| (month.clear && ends(text, month.end)).then_some(month.end))
}

/// Behind the last day of a range, `12.–16. Februar`, if one begins.
fn until(text: &str, at: usize) -> usize {
    let dash = chars_from(text, at)
        .take(3)
        .take_while(|c| is_blank(*c) || is_dash(*c));
    let start = at + dash.clone().map(char::len_utf8).sum::<usize>();
    let end = digits_end(text, start);
    if dash.clone().any(is_dash) && matches!(end - start, 1 | 2) {
        after_ordinal(text, end)
    } else {
        at
    }
}

/// `March 12, 1980`, `Mar. 12 1980`; without a year where the month is clear.
pub(super) fn month_first(text: &str, start: usize) -> Option<usize> {
    is_before_digit(text, start).then_some(())?;
    let month = month(text, start)?;
    let at = after_gap(text, month.end, false)?;
    let end = digits_end(text, at);
    let number = text
        .get(at..end)
        .filter(|digits| matches!(digits.len(), 1 | 2))?;
    let number = number.parse().ok()?;
    is_day(number, month.number).then_some(())?;
    let end = after_ordinal(text, end).min(end + 2);
    let day = Month { end, ..month };
    with_year(text, &day).or_else(|| (day.clear && ends(text, end)).then_some(end))
}

/// The year behind day and month, if one is there.
fn with_year(text: &str, day: &Month) -> Option<usize> {
    let gap: Vec<char> = chars_from(text, day.end)
        .take(3)
        .take_while(|c| is_blank(*c) || is_dash(*c) || matches!(c, ',' | '/' | '.' | '\''))
        .collect();
    let at = day.end + gap.iter().map(|c| c.len_utf8()).sum::<usize>();
    let at = after_word(text, at, &["of ", "de ", "del "]);
    let end = digits_end(text, at);
    let year = text.get(at..end)?;
    let short = gap.iter().any(|c| is_dash(*c) || matches!(c, '/' | '\''));
    let year = match (gap.len(), year.len()) {
        (1.., 4) => YEARS.contains(&year.parse().ok()?),
        (1.., 2) => short,
        _ => false,
    };
    (year && ends(text, end)).then_some(end)
}

/// Behind `st`, `nd`, `rd`, `th`, `er`, `º`, `°` or a dot, if one is there.
fn after_ordinal(text: &str, at: usize) -> usize {
    after_word(
        text,
        at,
        &["st", "nd", "rd", "th", "er", "º", "°", "ª", "."],
    )
}

/// Behind the first of the words that is there.
fn after_word(text: &str, at: usize, words: &[&str]) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let word = words.iter().find(|word| rest.starts_with(**word));
    at + word.map_or(0, |word| word.len())
}

/// Behind up to two blanks, or a hyphen or slash; nothing at all only where `may_be_empty`.
fn after_gap(text: &str, at: usize, may_be_empty: bool) -> Option<usize> {
    let gap: usize = chars_from(text, at)
        .take(2)
        .take_while(|c| is_blank(*c) || is_dash(*c) || matches!(c, '/' | '\n'))
        .map(char::len_utf8)
        .sum();
    (gap > 0 || may_be_empty).then_some(at + gap)
}
