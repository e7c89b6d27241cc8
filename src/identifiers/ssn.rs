//! US social security numbers: `123-45-6789`, or with blanks or undivided behind a word that says so.

use super::context::{self, Before};
use super::numbers::{Gap, Group, Groups, lengths, total, uniform};

/// Where the number ends.
pub(super) fn end(groups: &Groups<'_>) -> Option<usize> {
    if !groups.stands_alone() {
        return None;
    }
    groups.longest(|number| is_ssn(groups, number))
}

fn is_ssn(groups: &Groups<'_>, number: &[Group]) -> bool {
    if total(number) != 9 {
        return false;
    }
    let divided = lengths(number) == [3, 2, 4];
    let form = divided && uniform(number, &[Gap::Dash])
        || (number.len() == 1 || divided && uniform(number, &[Gap::Blank, Gap::Dot]))
            && context::before(groups.text, groups.start, Before::SocialSecurity);
    form && is_issued(groups.digits(number))
}

/// Areas 000, 666 and 900 to 999, group 00 and serial 0000 are never issued (Social Security Administration, since
/// the randomization of 2011).
fn is_issued(digits: impl Iterator<Item = u8>) -> bool {
    let number = digits.fold(0_u32, |number, digit| number * 10 + u32::from(digit));
    let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0
}
