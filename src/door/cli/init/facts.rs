//! What all values of a column have in common.
//!
//! # Memory
//! Eight bytes for each distinct value of a column, up to [`MAX_DISTINCT`] of them. No value is kept.

use std::collections::HashSet;
use std::hash::BuildHasher;

use super::formats::{DATES, TIMES};
use crate::csv::dates::{date, date_by, timestamp, timestamp_by, timestamp_tz};
use crate::csv::parse::{boolean, double, integer};
use crate::identifiers::{self, Identifier};

/// Distinct values that are counted; beyond, they are many.
pub(super) const MAX_DISTINCT: usize = 100_000;

/// Texts that stand for NULL in some files.
pub(super) const NULLS: [&str; 9] = [
    "NA", "N/A", "#N/A", "NULL", "null", "\\N", "None", "NaN", "nan",
];

/// Days from 1970-01-01 to 1900-01-01.
const FIRST_BIRTH: i32 = -25_567;

/// What is known of a column.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question about all values, and they are answered apart"
)]
pub(super) struct Facts {
    /// Values that are not NULL and stand for none.
    pub(super) values: u64,
    /// Empty ones.
    pub(super) empty: u64,
    /// How often each of [`NULLS`] is there.
    pub(super) nulls: [u64; NULLS.len()],
    /// Whether all are whole numbers, and the widest of them.
    pub(super) integers: bool,
    pub(super) least: i64,
    pub(super) greatest: i64,
    /// Whether one of them begins with a zero that a number would lose.
    pub(super) leading_zero: bool,
    /// Whether all are numbers with a point, and with a comma; and whether one has each.
    pub(super) point: bool,
    pub(super) comma: bool,
    pub(super) has_point: bool,
    pub(super) has_comma: bool,
    pub(super) booleans: bool,
    /// Which of [`DATES`] and [`TIMES`] read all of them.
    pub(super) dates: [bool; DATES.len()],
    pub(super) times: [bool; TIMES.len()],
    pub(super) zoned: bool,
    /// How many dates lie between 1900 and `today`.
    pub(super) births: u64,
    /// How many values are wholly one of these, and how many hold one.
    pub(super) whole: [u64; Identifier::ALL.len()],
    pub(super) holding: u64,
    /// How many are two to five words of letters, the first of which is capitalised.
    pub(super) name_like: u64,
    /// How many are four or five digits, and nothing else.
    pub(super) zip_like: u64,
    /// How many have three words or more.
    pub(super) wordy: u64,
    distinct: HashSet<u64, foldhash::fast::FixedState>,
    today: i32,
}

impl Facts {
    /// Of no value yet; `today` in days since 1970-01-01.
    pub(super) fn new(today: i32) -> Self {
        Self {
            values: 0,
            empty: 0,
            nulls: [0; NULLS.len()],
            integers: true,
            least: i64::MAX,
            greatest: i64::MIN,
            leading_zero: false,
            point: true,
            comma: true,
            has_point: false,
            has_comma: false,
            booleans: true,
            dates: [true; DATES.len()],
            times: [true; TIMES.len()],
            zoned: true,
            births: 0,
            whole: [0; Identifier::ALL.len()],
            holding: 0,
            name_like: 0,
            zip_like: 0,
            wordy: 0,
            distinct: HashSet::default(),
            today,
        }
    }

    /// One more value.
    pub(super) fn add(&mut self, value: Option<&str>) {
        let Some(text) = value.filter(|text| !text.is_empty()) else {
            self.empty += 1;
            return;
        };
        if let Some(at) = NULLS.iter().position(|null| *null == text) {
            if let Some(count) = self.nulls.get_mut(at) {
                *count += 1;
            }
            return;
        }
        self.values += 1;
        if self.distinct.len() < MAX_DISTINCT {
            self.distinct.insert(self.distinct.hasher().hash_one(text));
        }
        self.numbers(text);
        self.moments(text);
        self.words(text);
    }

    fn numbers(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let digits = text.trim_start_matches(['-', '+']);
        self.booleans &= boolean(bytes).is_some();
        match integer(bytes).filter(|_| self.integers) {
            Some(number) => {
                self.least = self.least.min(number);
                self.greatest = self.greatest.max(number);
                self.leading_zero |= digits.len() > 1 && digits.starts_with('0');
            }
            None => self.integers = false,
        }
        self.leading_zero |=
            digits.starts_with('0') && digits.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
        self.has_point |= text.contains('.');
        self.has_comma |= text.contains(',');
        self.point &= double(bytes, b'.').is_some();
        self.comma &= double(bytes, b',').is_some();
    }

    fn moments(&mut self, text: &str) {
        let mut first = None;
        for (reads, format) in self.dates.iter_mut().zip(DATES) {
            if *reads {
                let found = match format {
                    None => date(text.as_bytes()),
                    Some(format) => date_by(text, format),
                };
                *reads = found.is_some();
                first = first.or(found);
            }
        }
        if first.is_some_and(|day| (FIRST_BIRTH..=self.today).contains(&day)) {
            self.births += 1;
        }
        for (reads, format) in self.times.iter_mut().zip(TIMES) {
            *reads = *reads
                && match format {
                    None => text.len() >= 16 && timestamp(text.as_bytes()).is_some(),
                    Some(format) => timestamp_by(text, format).is_some(),
                };
        }
        self.zoned = self.zoned && text.len() >= 17 && timestamp_tz(text.as_bytes()).is_some();
    }

    fn words(&mut self, text: &str) {
        let found = identifiers::whole(text);
        let place = found.and_then(|kind| Identifier::ALL.iter().position(|one| *one == kind));
        if let Some(count) = place.and_then(|at| self.whole.get_mut(at)) {
            *count += 1;
        }
        let held = found.is_some_and(|kind| kind != Identifier::Date)
            || identifiers::find_of(text, &Identifier::CHECKED)
                .next()
                .is_some();
        self.holding += u64::from(held);
        let words = text.split_whitespace().count();
        self.wordy += u64::from(words >= 3);
        let letters =
            |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '.' | ',' | '’');
        let capital = text.chars().next().is_some_and(char::is_uppercase);
        self.name_like +=
            u64::from((2..=5).contains(&words) && capital && text.chars().all(letters));
        let digits = text.chars().all(|c| c.is_ascii_digit());
        self.zip_like += u64::from(digits && (4..=5).contains(&text.len()));
    }

    /// Distinct values, [`MAX_DISTINCT`] where they are that many or more.
    pub(super) fn distinct(&self) -> u64 {
        self.distinct.len() as u64
    }

    /// How many values are wholly of a kind.
    pub(super) fn of(&self, kind: Identifier) -> u64 {
        let place = Identifier::ALL.iter().position(|one| *one == kind);
        place
            .and_then(|at| self.whole.get(at))
            .copied()
            .unwrap_or(0)
    }

    /// A number of values in hundredths of all.
    pub(super) fn share(&self, count: u64) -> u64 {
        (count * 100).checked_div(self.values).unwrap_or(0)
    }

    /// Whether nearly every value is there once.
    pub(super) fn unique(&self) -> bool {
        let most = self.values.min(MAX_DISTINCT as u64);
        self.values >= 20 && self.distinct() * 100 >= most * 95
    }
}
