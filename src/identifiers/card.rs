//! Payment card numbers (ISO/IEC 7812-1): the issuers' first digits and lengths, and the check digit of Luhn.

use super::ahv::has_ean_check;
use super::numbers::{Gap, Group, Groups, total, uniform};

/// First digits from and to, least and most digits: Visa, Mastercard, American Express, Diners Club, Discover, JCB,
/// `UnionPay`, Maestro.
const ISSUERS: &[(u32, u32, usize, usize)] = &[
    (4000, 4999, 13, 19),
    (5100, 5599, 16, 16),
    (2221, 2720, 16, 16),
    (3400, 3499, 15, 15),
    (3700, 3799, 15, 15),
    (3000, 3059, 14, 19),
    (3095, 3095, 14, 19),
    (3600, 3699, 14, 19),
    (3800, 3999, 14, 19),
    (6011, 6011, 16, 19),
    (6440, 6599, 16, 19),
    (3528, 3589, 16, 19),
    (6200, 6299, 16, 19),
    (5018, 5018, 13, 19),
    (5020, 5020, 13, 19),
    (5038, 5038, 13, 19),
    (5893, 5893, 13, 19),
    (6304, 6304, 13, 19),
    (6759, 6763, 13, 19),
];

/// Where the number ends.
pub(super) fn end(groups: &Groups<'_>) -> Option<usize> {
    groups.longest(13..=19, |number| is_card(groups, number))
}

fn is_card(groups: &Groups<'_>, number: &[Group]) -> bool {
    let count = total(number);
    // In groups as on a card; the last may be short.
    let grouped = number.iter().rev().skip(1).all(|group| group.len() >= 4);
    grouped
        && uniform(number, &[Gap::Blank, Gap::Dash])
        && is_issued(groups.digits(number), count)
        && has_luhn_check(groups.digits(number), count)
        // Thirteen digits are a Visa card of long ago, or the number of an article.
        && !(count == 13 && number.len() == 1 && has_ean_check(groups.digits(number)))
}

fn is_issued(digits: impl Iterator<Item = u8>, count: usize) -> bool {
    let first = digits
        .take(4)
        .fold(0, |number, digit| number * 10 + u32::from(digit));
    ISSUERS.iter().any(|&(from, to, least, most)| {
        (from..=to).contains(&first) && (least..=most).contains(&count)
    })
}

/// Every second digit from the right but one is doubled, and the sum of all digits is a multiple of ten.
fn has_luhn_check(digits: impl Iterator<Item = u8>, count: usize) -> bool {
    let sum: u32 = digits
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit);
            let doubled = (count - place).is_multiple_of(2);
            match (doubled, digit) {
                (false, digit) => digit,
                (true, digit) if digit > 4 => digit * 2 - 9,
                (true, digit) => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}
