//! Values that are no text → text that reads back to the same value.

use std::io::Write as _;

/// An integer.
pub(super) fn integer(out: &mut Vec<u8>, value: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// A single, by Ryū.
pub(super) fn float(out: &mut Vec<u8>, value: f32) {
    if value.is_finite() {
        out.extend_from_slice(ryu::Buffer::new().format_finite(value).as_bytes());
    } else {
        out.extend_from_slice(non_finite(value.is_nan(), value > 0.0));
    }
}

fn non_finite(nan: bool, positive: bool) -> &'static [u8] {
    match (nan, positive) {
        (true, _) => b"NaN",
        (false, true) => b"inf",
        (false, false) => b"-inf",
    }
}

/// Doubles with few decimal places, as most data has them, are written as integers with a point; the rest by Ryū.
#[expect(
    clippy::float_cmp,
    reason = "equality is what makes the short form exact"
)]
pub(super) fn double(out: &mut Vec<u8>, value: f64) {
    if !value.is_finite() {
        out.extend_from_slice(non_finite(value.is_nan(), value > 0.0));
        return;
    }
    let tenths = value * 10.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "saturates, and is compared with what it came from"
    )]
    let (whole, back) = (tenths as i64, tenths as i64 as f64);
    // Exact: below 2^53 / 10, n / 10 is the double nearest to the decimal n.n, and only one n gives it.
    if tenths.abs() < 1e15 && back == tenths && tenths / 10.0 == value && value != 0.0 {
        if whole < 0 {
            out.push(b'-');
        }
        integer(out, whole.unsigned_abs() / 10);
        out.extend_from_slice(&[b'.', b'0' + (whole.unsigned_abs() % 10) as u8]);
        return;
    }
    out.extend_from_slice(ryu::Buffer::new().format_finite(value).as_bytes());
}

/// A decimal, from its unscaled value.
pub(super) fn unscaled(out: &mut Vec<u8>, value: i128, scale: i8) {
    if value < 0 {
        out.push(b'-');
    }
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value.unsigned_abs());
    let scale = usize::try_from(scale).unwrap_or(0);
    let Some(whole) = digits.len().checked_sub(scale).filter(|whole| *whole > 0) else {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', scale - digits.len()));
        out.extend_from_slice(digits.as_bytes());
        return;
    };
    out.extend_from_slice(&digits.as_bytes()[..whole]);
    if scale > 0 {
        out.push(b'.');
        out.extend_from_slice(&digits.as_bytes()[whole..]);
    }
}

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i32 = 719_468;

/// `YYYY-MM-DD` of days since 1970-01-01, in the proleptic Gregorian calendar (Hinnant's algorithm: years begin in
/// March). None outside the years 0000-03-01 to 9999-12-31.
#[inline]
fn short_date(days: i32) -> Option<[u8; 10]> {
    let days = u32::try_from(days.checked_add(EPOCH)?).ok()?;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u32::from(month <= 2);
    if year > 9999 {
        return None;
    }
    let mut text = *b"0000-00-00";
    text[..2].copy_from_slice(&pair(year / 100));
    text[2..4].copy_from_slice(&pair(year % 100));
    text[5..7].copy_from_slice(&pair(month));
    text[8..].copy_from_slice(&pair(day));
    Some(text)
}

/// The two digits of a number below 100.
#[inline]
fn pair(value: u32) -> [u8; 2] {
    PAIRS[value as usize % 100]
}

const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut value = 0u8;
    while value < 100 {
        pairs[value as usize] = [b'0' + value / 10, b'0' + value % 10];
        value += 1;
    }
    pairs
};

/// `YYYY-MM-DD` of days since 1970-01-01.
#[inline]
pub(super) fn date(out: &mut Vec<u8>, days: i64) {
    match i32::try_from(days).ok().and_then(short_date) {
        Some(text) => out.extend_from_slice(&text),
        None => long_date(out, days),
    }
}

/// A date of any year: beyond four digits, in ISO 8601's expanded form.
fn long_date(out: &mut Vec<u8>, days: i64) {
    // Four hundred years have as many days as any other four hundred.
    let era = days.div_euclid(146_097);
    let of_era = i32::try_from(days.rem_euclid(146_097)).unwrap_or(0);
    let Some(date) = short_date(of_era) else {
        return;
    };
    let of_era = date[..4]
        .iter()
        .fold(0, |year, digit| year * 10 + i64::from(digit - b'0'));
    let year = of_era + era * 400;
    // A vector takes any write.
    let _ = if (0..=9999).contains(&year) {
        write!(out, "{year:04}")
    } else {
        write!(out, "{year:+05}")
    };
    out.extend_from_slice(&date[4..]);
}

/// Days whose text is remembered: moments of a few years fall on few of them.
const DAYS: usize = 1024;

/// Bits of a date's text.
const DATE: u32 = 80;

/// Where the number of a remembered day stands, beside its text.
const DAY: u32 = 96;

/// The texts of days, each at its remainder.
struct Days(Vec<u128>);

impl Days {
    fn new() -> Self {
        // The day of the next place is none that is looked for in this one.
        Self((1..).map(|day| day << DAY).take(DAYS).collect())
    }

    /// The text of a day in the lowest bytes, if its year has four digits.
    #[inline]
    fn text(&mut self, days: i64) -> Option<u128> {
        let day = i32::try_from(days).ok()?;
        let number = day.cast_unsigned();
        let slot = &mut self.0[number as usize % DAYS];
        if *slot >> DAY != u128::from(number) {
            let mut text = [0; 16];
            text[..10].copy_from_slice(&short_date(day)?);
            *slot = u128::from_le_bytes(text) | u128::from(number) << DAY;
        }
        Some(*slot & ((1 << DATE) - 1))
    }
}

/// Days since 1970-01-01, seconds of the day, and what is left.
#[inline]
fn split<const DIGITS: u32>(value: i64) -> (i64, u32, i64) {
    let unit = const { 10i64.pow(DIGITS) };
    let (seconds, fraction) = (value.div_euclid(unit), value.rem_euclid(unit));
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    (days, u32::try_from(of_day).unwrap_or(0), fraction)
}

/// ` HH:MM` where it stands behind a date.
///
/// It is put together as a number: bytes that were written one by one cannot be copied at once before they have reached
/// the cache.
#[inline]
fn clock(of_day: u32) -> u128 {
    let minute = of_day / 60;
    let [hour, minute]: [u128; 2] =
        [minute / 60, minute % 60].map(|number| u16::from_le_bytes(pair(number)).into());
    let signs = const { (b' ' as u128) | (b':' as u128) << 24 };
    (signs | hour << 8 | minute << 32) << DATE
}

/// `YYYY-MM-DD HH:MM:SS`, a fraction of `digits` digits if it is not zero, and `Z` for an instant.
pub(super) fn timestamp<const DIGITS: u32>(zone: bool) -> impl FnMut(&mut Vec<u8>, i64) {
    let mut known = Days::new();
    move |out, value| {
        let (days, of_day, fraction) = split::<DIGITS>(value);
        let (clock, second) = (clock(of_day), pair(of_day % 60));
        if let Some(date) = known.text(days) {
            out.extend_from_slice(&(date | clock).to_le_bytes());
        } else {
            long_date(out, days);
            out.extend_from_slice(&clock.to_le_bytes()[10..]);
        }
        out.extend_from_slice(&[b':', second[0], second[1]]);
        if fraction != 0 {
            // A vector takes any write.
            let _ = write!(out, ".{fraction:0width$}", width = DIGITS as usize);
        }
        if zone {
            out.push(b'Z');
        }
    }
}

/// The same of most: `YYYY-MM-DD HH:MM` as a number, the first byte lowest, and the two digits of the second behind it.
/// None where there is a fraction, or the year has not four digits.
pub(super) fn whole_second<const DIGITS: u32>() -> impl FnMut(i64) -> Option<(u128, [u8; 2])> {
    let mut known = Days::new();
    move |value| {
        let (days, of_day, fraction) = split::<DIGITS>(value);
        if fraction != 0 {
            return None;
        }
        let date = known.text(days)?;
        Some((date | clock(of_day), pair(of_day % 60)))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Datelike, NaiveDate};

    use super::*;

    #[test]
    fn decimals_have_their_places() {
        for (value, scale, expected) in [
            (0, 0, "0"),
            (0, 2, "0.00"),
            (-7, 2, "-0.07"),
            (12, 2, "0.12"),
            (-123, 2, "-1.23"),
            (123, 0, "123"),
            (i128::MIN, 38, "-1.70141183460469231731687303715884105728"),
        ] {
            let mut out = Vec::new();
            unscaled(&mut out, value, scale);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    /// By chrono: every day of some eras, and the ends of what 32 bits hold.
    #[test]
    fn dates_are_those_of_the_calendar() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)
            .unwrap()
            .num_days_from_ce();
        let far = [i32::MIN, i32::MIN / 32, i32::MAX / 32, i32::MAX];
        for days in (-800_000..3_200_000).step_by(7).chain(-800..800).chain(far) {
            let mut out = Vec::new();
            date(&mut out, i64::from(days));
            let Some(date) = days
                .checked_add(epoch)
                .and_then(NaiveDate::from_num_days_from_ce_opt)
            else {
                // By java.time, whose LocalDate goes that far.
                let ends = [&b"-5877641-06-23"[..], b"+5881580-07-11"];
                assert!(ends.contains(&out.as_slice()), "{days}");
                continue;
            };
            assert_eq!(String::from_utf8(out).unwrap(), date.to_string(), "{days}");
        }
    }

    #[test]
    fn timestamps_are_those_of_the_calendar() {
        let (mut write, mut short) = (timestamp::<6>(true), whole_second::<6>());
        for value in [
            0,
            -1,
            1,
            1_700_000_000_000_000,
            -62_135_596_800_000_001,
            253_402_300_800_000_000,
            // Days whose numbers have the same remainder, around that of nothing.
            86_400_000_000,
            1024 * 86_400_000_000,
            1025 * 86_400_000_000,
            -86_400_000_000,
            -1023 * 86_400_000_000,
        ] {
            let mut out = Vec::new();
            write(&mut out, value);
            if let Some((minute, second)) = short(value) {
                assert_eq!(out[..16], minute.to_le_bytes());
                assert_eq!(out[17..], [second[0], second[1], b'Z']);
            } else {
                assert!(out.len() > 20);
            }
            let moment = DateTime::from_timestamp_micros(value).unwrap();
            let expected = match moment.timestamp_subsec_micros() {
                0 => moment.format("%Y-%m-%d %H:%M:%SZ").to_string(),
                _ => moment.format("%Y-%m-%d %H:%M:%S%.6fZ").to_string(),
            };
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{value}");
        }
    }
}
