//! US social security numbers: `123-45-6789`, or with blanks or undivided behind a word that says so.

use super::context::{self, Before};
use super::numbers::{Gap, Group, Groups, have_lengths, uniform};

/// Where the number ends.
pub(super) fn end(groups: &Groups<'_>) -> Option<usize> {
    groups.longest(9..=9, |number| is_ssn(groups, number))
}

fn is_ssn(groups: &Groups<'_>, number: &[Group]) -> bool {
    let divided = have_lengths(number, &[3, 2, 4]);
    let dashed = divided && uniform(number, &[Gap::Dash]);
    let bare = number.len() == 1 || divided && uniform(number, &[Gap::Blank, Gap::Dot]);
    (dashed || bare)
        && is_issued(groups.digits(number))
        && (dashed || context::before(groups.text, groups.start, Before::SocialSecurity))
}

/// Areas 000, 666 and 900 to 999, group 00 and serial 0000 are never issued (Social Security Administration, since
/// the randomization of 2011).
fn is_issued(digits: impl Iterator<Item = u8>) -> bool {
    let number = digits.fold(0_u32, |number, digit| number * 10 + u32::from(digit));
    let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0
}
