//! Which values of a batch hold identifiers.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};

use super::KINDS;
use crate::csv::column::{Dictionary, NULL};
use crate::identifiers::{find_of, may_hold_checked, may_hold_number};

/// Numbers below hold none: the shortest has 13 digits.
const LEAST_NUMBER: i128 = 1_000_000_000_000;

/// Which of [`KINDS`] a value holds, a bit each.
type Verdict = u8;

/// The counts of one batch.
#[derive(Default)]
pub(super) struct Counts {
    pub values: u64,
    pub found: [u64; KINDS.len()],
}

impl Counts {
    fn add(&mut self, verdict: Verdict) {
        for (kind, count) in self.found.iter_mut().enumerate() {
            *count += u64::from(verdict >> kind & 1);
        }
    }
}

/// What is known of a dictionary's texts, by code.
#[derive(Default)]
pub(super) struct Verdicts {
    lineage: Option<u64>,
    known: Vec<Verdict>,
    /// Whether any of them holds something.
    any: bool,
}

impl Verdicts {
    pub(super) fn count(
        &mut self,
        dictionary: &Arc<Dictionary>,
        codes: &[u32],
        counts: &mut Counts,
    ) {
        if self.lineage != Some(dictionary.lineage) {
            *self = Self {
                lineage: Some(dictionary.lineage),
                ..Self::default()
            };
        }
        for code in self.known.len()..dictionary.values.len() {
            let verdict = verdict(dictionary.values.value(code));
            self.any |= verdict != 0;
            self.known.push(verdict);
        }
        counts.values += codes.iter().filter(|code| **code != NULL).count() as u64;
        if self.any {
            // NULL is behind all codes.
            for verdict in codes
                .iter()
                .filter_map(|code| self.known.get(*code as usize))
            {
                counts.add(*verdict);
            }
        }
    }
}

/// Values that are in no dictionary.
pub(super) fn count(array: &ArrayRef, counts: &mut Counts) {
    counts.values += (array.len() - array.null_count()) as u64;
    match array.data_type() {
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            let mail = memchr::memchr(b'@', texts.value_data()).is_some();
            for text in texts.iter().flatten() {
                if mail || may_hold_number(text) {
                    counts.add(verdict(text));
                }
            }
        }
        DataType::Int64 => {
            let numbers = array.as_primitive::<Int64Type>().values();
            // A NULL's number is zero.
            for number in numbers.iter().map(|number| i128::from(*number)) {
                counts.add(of_number(number));
            }
        }
        DataType::Decimal128(..) => {
            for number in array.as_primitive::<Decimal128Type>().values() {
                counts.add(of_number(*number));
            }
        }
        _ => {}
    }
}

fn of_number(number: i128) -> Verdict {
    if number < LEAST_NUMBER {
        return 0;
    }
    verdict(&number.to_string())
}

/// Which of [`KINDS`] a text holds.
fn verdict(text: &str) -> Verdict {
    if !may_hold_checked(text) {
        return 0;
    }
    find_of(text, &KINDS).fold(0, |verdict, (_, found)| {
        let kind = KINDS.iter().position(|kind| *kind == found);
        verdict | kind.map_or(0, |kind| 1 << kind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_done_with_early_only_where_it_holds_nothing() {
        let rows = [
            ("", 0),
            ("Zürich", 0),
            ("2024-01-31 10:00:00", 0),
            ("anna@example.com", 0b1000),
            ("see CH9300762011623852957 and a@b.ch", 0b1001),
            ("7569217076985", 0b0010),
            ("4111111111111111", 0b0100),
            ("4111111111111112", 0),
            // The shortest, and as few digits as one may have.
            ("NO9386011117947", 0b0001),
            ("MT86MALT01100ABCDEFGHIJKLMNOPQR", 0b0001),
            ("GT17AGROABCDEFGHIJKLMNOPQRST", 0b0001),
        ];
        let wrong: Vec<_> = rows
            .iter()
            .filter(|(text, expected)| verdict(text) != *expected)
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
