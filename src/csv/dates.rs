//! One field's text → one date or timestamp, or none where it does not read as the type: ISO 8601, or a strftime format.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};

use super::parse::decimal_digit;
use super::swar;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Two digits.
#[inline]
fn two(text: &[u8]) -> Option<u32> {
    Some(u32::from(decimal_digit(text[0])?) * 10 + u32::from(decimal_digit(text[1])?))
}

/// The years of [`MONTHS`]: those of people.
const FIRST_YEAR: u32 = 1900;
const YEARS: u32 = 200;

/// The day before each month's first, counted from 1970-01-01, and the month's length in the lowest five bits.
const MONTHS: [i32; 12 * YEARS as usize] = months();

const fn months() -> [i32; 12 * YEARS as usize] {
    let mut months = [0; 12 * YEARS as usize];
    let mut at = 0;
    while at < 12 * YEARS {
        let (year, month) = (FIRST_YEAR + at / 12, at % 12 + 1);
        months[at as usize] = (before(year, month) << 5) | length(year, month).cast_signed();
        at += 1;
    }
    months
}

/// The length of a month, 1 to 12.
const fn length(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

/// The day before the first of a month, counted from 1970-01-01.
///
/// Years that begin in March put the leap day last, and make the days before a month a linear formula (Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms").
const fn before(year: u32, month: u32) -> i32 {
    let (year, month) = if month > 2 {
        (year + 4800, month - 3)
    } else {
        (year + 4799, month + 9)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5;
    days.cast_signed() - 2_472_633
}

/// Days since 1970-01-01 of a date in ISO 8601's `YYYY-MM-DD`.
#[inline]
pub fn date(text: &[u8]) -> Option<i32> {
    let text: &[u8; 10] = text.try_into().ok()?;
    let (head, day) = text.split_first_chunk::<8>()?;
    // Digits become their numbers, hyphens zero.
    let word = u64::from_le_bytes(*head) ^ u64::from_le_bytes(*b"0000-00-");
    let day = u64::from(u16::from_le_bytes(day.try_into().ok()?) ^ u16::from_le_bytes(*b"00"));
    let hyphens = word & 0xff00_00ff_0000_0000;
    if swar::beyond_nine(word) | swar::beyond_nine(day) | hyphens != 0 {
        return None;
    }
    let pairs = word.wrapping_mul(10).wrapping_add(word >> 8);
    #[expect(clippy::cast_possible_truncation, reason = "two digits")]
    let pair = |at: u32| (pairs >> (8 * at)) as u32 & 0xff;
    let (year, month) = (pair(0) * 100 + pair(2), pair(5));
    #[expect(clippy::cast_possible_truncation, reason = "two digits")]
    let day = ((day & 0xff) * 10 + (day >> 8)) as u32;
    if !(1..=12).contains(&month) {
        return None;
    }
    let at = (year.wrapping_sub(FIRST_YEAR) as usize).wrapping_mul(12) + month as usize - 1;
    let (before, length) = match MONTHS.get(at) {
        Some(month) => (month >> 5, (month & 31).cast_unsigned()),
        None => (before(year, month), length(year, month)),
    };
    (1..=length)
        .contains(&day)
        .then(|| before + day.cast_signed())
}

/// Microseconds since 1970-01-01 of `YYYY-MM-DD`, a `T` or a blank, `HH:MM`, `HH:MM:SS` or with a fraction.
#[inline]
pub fn timestamp(text: &[u8]) -> Option<i64> {
    if text.len() < 16 || !matches!(text[10], b'T' | b't' | b' ') {
        return None;
    }
    let days = date(&text[..10])?;
    Some(i64::from(days) * DAY + time(&text[11..])?)
}

/// Microseconds of a day.
#[inline]
fn time(text: &[u8]) -> Option<i64> {
    if let Ok(text) = <&[u8; 8]>::try_from(text) {
        return whole_time(*text);
    }
    if text[2] != b':' {
        return None;
    }
    let (hour, minute) = (two(&text[..2])?, two(&text[3..5])?);
    let (second, fraction) = match &text[5..] {
        [] => (0, 0),
        [b':', _, _] => (two(&text[6..8])?, 0),
        [b':', _, _, b'.' | b',', fraction @ ..] => (two(&text[6..8])?, micros(fraction)?),
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(i64::from(hour * 3600 + minute * 60 + second) * 1_000_000 + fraction)
}

/// Microseconds of `HH:MM:SS`.
#[inline]
fn whole_time(text: [u8; 8]) -> Option<i64> {
    let word = u64::from_le_bytes(text) ^ u64::from_le_bytes(*b"00:00:00");
    if swar::beyond_nine(word) != 0 || word & 0x0000_ff00_00ff_0000 != 0 {
        return None;
    }
    let pairs = word.wrapping_mul(10).wrapping_add(word >> 8);
    let pair = |at: u32| (pairs >> (8 * at)).cast_signed() & 0xff;
    let (hour, minute, second) = (pair(0), pair(3), pair(6));
    let real = hour < 24 && minute < 60 && second < 60;
    real.then_some((hour * 3600 + minute * 60 + second) * 1_000_000)
}

/// A fraction of a second: digits behind the sixth must be zero.
fn micros(digits: &[u8]) -> Option<i64> {
    let mut value = 0;
    for (at, &digit) in digits.iter().enumerate() {
        let digit = i64::from(decimal_digit(digit)?);
        if at < 6 {
            value = value * 10 + digit;
        } else if digit != 0 {
            return None;
        }
    }
    let missing = u32::try_from(6usize.saturating_sub(digits.len())).ok()?;
    (!digits.is_empty()).then_some(value * 10i64.pow(missing))
}

/// Microseconds since 1970-01-01 UTC of a timestamp that ends in `Z`, `±HH:MM`, `±HHMM` or `±HH`.
pub fn timestamp_tz(text: &[u8]) -> Option<i64> {
    if let [local @ .., b'Z' | b'z'] = text {
        return timestamp(local);
    }
    let at = text
        .iter()
        .rposition(|byte| matches!(byte, b'+' | b'-'))
        .filter(|&at| at >= 16)?;
    let (hours, minutes) = match &text[at + 1..] {
        offset @ [_, _] => (two(offset)?, 0),
        offset @ [_, _, b':', _, _] => (two(offset)?, two(&offset[3..])?),
        offset @ [_, _, _, _] => (two(offset)?, two(&offset[2..])?),
        _ => return None,
    };
    if hours > 18 || minutes > 59 {
        return None;
    }
    let local = &text[..at];
    let local = local.strip_suffix(b" ").unwrap_or(local);
    let offset = i64::from(hours * 3600 + minutes * 60) * 1_000_000;
    let local = timestamp(local)?;
    Some(if text[at] == b'-' {
        local + offset
    } else {
        local - offset
    })
}

/// A date by a strftime format.
pub fn date_by(text: &str, format: &str) -> Option<i32> {
    let date = NaiveDate::parse_from_str(text, format).ok()?;
    is_written(text, format, date.year(), &date.format(format))?;
    i32::try_from((date - NaiveDate::default()).num_days()).ok()
}

/// A timestamp without zone by a strftime format.
pub fn timestamp_by(text: &str, format: &str) -> Option<i64> {
    let timestamp = NaiveDateTime::parse_from_str(text, format).ok()?;
    is_written(text, format, timestamp.year(), &timestamp.format(format))?;
    whole_micros(timestamp.and_utc())
}

/// A timestamp with zone by a strftime format.
pub fn timestamp_tz_by(text: &str, format: &str) -> Option<i64> {
    let timestamp = DateTime::parse_from_str(text, format).ok()?;
    is_written(text, format, timestamp.year(), &timestamp.format(format))?;
    whole_micros(timestamp.to_utc())
}

fn whole_micros(instant: DateTime<Utc>) -> Option<i64> {
    instant
        .timestamp_subsec_nanos()
        .is_multiple_of(1000)
        .then(|| instant.timestamp_micros())
}

/// Chrono skips blanks and reads `87` as the year 87. A text counts only if the format writes it, but for zeros at
/// either end of numbers, and case.
fn is_written(text: &str, format: &str, year: i32, written: &impl std::fmt::Display) -> Option<()> {
    let mut again = String::new();
    write!(again, "{written}").ok()?;
    let four_digits = !format.contains("%Y") || (1000..=9999).contains(&year);
    (four_digits && without_zeros(text) == without_zeros(&again)).then_some(())
}

fn without_zeros(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        out.push_str(number.trim_matches('0'));
        let other = after
            .find(|char: char| char.is_ascii_digit())
            .unwrap_or(after.len());
        let (between, after) = after.split_at(other);
        out.extend(between.chars().flat_map(char::to_lowercase));
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_reads_as_chrono_reads_it() {
        let mut day = NaiveDate::from_ymd_opt(0, 1, 1).unwrap();
        while day.year() < 10_000 {
            let text = day.format("%Y-%m-%d").to_string();
            let days = (day - NaiveDate::default()).num_days();
            assert_eq!(date(text.as_bytes()).map(i64::from), Some(days), "{text}");
            day = day.succ_opt().unwrap();
        }
    }

    #[test]
    fn days_that_do_not_exist_do_not_read() {
        for text in [
            "2023-02-29",
            "1900-02-29",
            "2024-02-30",
            "2024-04-31",
            "2024-13-01",
            "2024-00-10",
            "2024-01-00",
            "24-01-01",
            "2024/01/01",
            "2024-1-1",
            "01.02.2024",
            "2024-01-01 ",
        ] {
            assert_eq!(date(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn timestamps_read_to_the_microsecond() {
        let rows: &[(&str, Option<i64>)] = &[
            ("1970-01-01 00:00:01", Some(1_000_000)),
            ("1970-01-01T00:01", Some(60_000_000)),
            ("1970-01-02 00:00:00.5", Some(86_400_500_000)),
            ("1969-12-31 23:59:59.999999", Some(-1)),
            ("1970-01-01 00:00:00.000001000", Some(1)),
            ("1970-01-01 00:00:00.0000001", None),
            ("1970-01-01 24:00:00", None),
            ("1970-01-01 00:00:60", None),
            ("1970-01-01", None),
            ("1970-01-01 00:00:00Z", None),
            ("1970-01-01 00:00:00.", None),
        ];
        for (text, value) in rows {
            assert_eq!(timestamp(text.as_bytes()), *value, "{text}");
        }
        for text in [
            "1970-01-01T01:00:00+01:00",
            "1970-01-01 00:00:00Z",
            "1969-12-31T19:00:00-0500",
            "1970-01-01 02:00 +02",
        ] {
            assert_eq!(timestamp_tz(text.as_bytes()), Some(0), "{text}");
        }
        for text in [
            "1970-01-01T01:00:00",
            "1970-01-01T01:00:00+1",
            "1970-01-01 01:00:00 CET",
        ] {
            assert_eq!(timestamp_tz(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn formats_read_what_they_write() {
        let rows: &[(&str, &str, bool)] = &[
            ("17.06.1987", "%d.%m.%Y", true),
            ("7.6.1987", "%d.%m.%Y", true),
            ("17.06.87", "%d.%m.%Y", false),
            (" 17.06.1987", "%d.%m.%Y", false),
            ("17. 06.1987", "%d.%m.%Y", false),
            ("17.06.1987 ", "%d.%m.%Y", false),
            ("30.02.1987", "%d.%m.%Y", false),
            ("17 JUN 1987", "%d %b %Y", true),
            ("10/10/2000", "%m/%d/%Y", true),
            ("17.06.87", "%d.%m.%y", true),
        ];
        for (text, format, reads) in rows {
            assert_eq!(
                date_by(text, format).is_some(),
                *reads,
                "{text} by {format}"
            );
        }
        assert_eq!(
            timestamp_by("01.01.1970 00:00:00.50", "%d.%m.%Y %H:%M:%S%.f"),
            Some(500_000)
        );
        assert_eq!(
            timestamp_tz_by("1970-01-01 01:00 +0100", "%Y-%m-%d %H:%M %z"),
            Some(0)
        );
    }
}
