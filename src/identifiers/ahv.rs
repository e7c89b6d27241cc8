//! Swiss insurance numbers (AHV, AVS): `756.9217.0769.85`.

use super::numbers::{Gap, Group, Groups, have_lengths, uniform};

/// Where the number ends.
pub(super) fn end(groups: &Groups<'_>) -> Option<usize> {
    groups.longest(13..=13, |number| is_ahv(groups, number))
}

fn is_ahv(groups: &Groups<'_>, number: &[Group]) -> bool {
    let form = number.len() == 1 || have_lengths(number, &[3, 4, 4, 2]);
    form && uniform(number, &[Gap::Dot, Gap::Blank, Gap::Dash])
        && groups.digits(number).take(3).eq([7, 5, 6])
        && has_ean_check(groups.digits(number))
}

/// The check digit of EAN-13: digits weighted 1 and 3 in turn give a multiple of ten.
pub(super) fn has_ean_check(digits: impl Iterator<Item = u8>) -> bool {
    let weighted = digits
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit) * weight);
    weighted.sum::<u32>().is_multiple_of(10)
}
