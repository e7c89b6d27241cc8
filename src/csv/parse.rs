//! One field's text → one value, or none where it does not read as the type. Nothing is guessed: what is read is right.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Whether a minus stands before a number, and the rest behind the sign that it may have.
fn signed(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    }
}

/// An integer: an optional sign and digits.
pub fn integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = signed(text);
    if digits.is_empty() {
        return None;
    }
    let mut value = 0i64;
    if digits.len() <= 18 {
        for &digit in digits {
            value = value * 10 + i64::from(decimal_digit(digit)?);
        }
        return Some(if negative { -value } else { value });
    }
    for &digit in digits {
        let digit = i64::from(decimal_digit(digit)?);
        value = value.checked_mul(10)?;
        // Counted downwards where negative, so that the least value reads.
        value = if negative {
            value.checked_sub(digit)?
        } else {
            value.checked_add(digit)?
        };
    }
    Some(value)
}

fn decimal_digit(byte: u8) -> Option<u8> {
    let digit = byte.wrapping_sub(b'0');
    (digit < 10).then_some(digit)
}

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// A double: sign, digits with at most one `decimal` separator, exponent. No NaN, no infinity, no overflow.
pub fn double(text: &[u8], decimal: u8) -> Option<f64> {
    short_double(text, decimal).or_else(|| {
        let value: f64 = float_text(text, decimal)?.as_str().parse().ok()?;
        value.is_finite().then_some(value)
    })
}

/// A single precision number, rounded once from the text.
pub fn single(text: &[u8], decimal: u8) -> Option<f32> {
    let value: f32 = float_text(text, decimal)?.as_str().parse().ok()?;
    value.is_finite().then_some(value)
}

/// Up to 15 digits and no exponent: mantissa and power of ten are exact doubles, so that one division rounds right
/// (Clinger 1990).
#[inline]
fn short_double(text: &[u8], decimal: u8) -> Option<f64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 16 || !digits[0].is_ascii_digit() {
        return None;
    }
    let mut mantissa = 0u64;
    let mut point = None;
    for (at, &byte) in digits.iter().enumerate() {
        if byte == decimal && point.is_none() {
            point = Some(at + 1);
        } else {
            mantissa = mantissa * 10 + u64::from(decimal_digit(byte)?);
        }
    }
    let scale = point.map_or(0, |point| digits.len() - point);
    if mantissa >= 1 << 53 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "below 2^53, so exact")]
    let value = mantissa as f64 / POWERS[scale];
    Some(if negative { -value } else { value })
}

/// The text with a point for the separator, if it has a number's form.
fn float_text(text: &[u8], decimal: u8) -> Option<String> {
    let mut digits = false;
    let mut point = false;
    let mut exponent = false;
    let mut out = String::with_capacity(text.len());
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => digits = true,
            b'+' | b'-' if at == 0 || matches!(text[at - 1], b'e' | b'E') => {}
            b'e' | b'E' if digits && !exponent => exponent = true,
            _ if byte == decimal && !point && !exponent => {
                point = true;
                out.push('.');
                continue;
            }
            _ => return None,
        }
        out.push(char::from(byte));
    }
    (digits && out.ends_with(|last: char| last.is_ascii_digit() || last == '.')).then_some(out)
}

/// A decimal as its unscaled integer: no more digits than `precision`, no digit lost behind `scale`.
pub fn decimal(text: &[u8], precision: u8, scale: i8, separator: u8) -> Option<i128> {
    let (negative, digits) = signed(text);
    let scale = usize::try_from(scale).ok()?;
    let mut value = 0i128;
    let (mut seen, mut fraction, mut point) = (false, 0, false);
    for &byte in digits {
        if byte == separator && !point {
            point = true;
            continue;
        }
        let digit = decimal_digit(byte)?;
        seen = true;
        if point && fraction == scale {
            if digit != 0 {
                return None;
            }
            continue;
        }
        fraction += usize::from(point);
        value = value.checked_mul(10)?.checked_add(i128::from(digit))?;
    }
    for _ in fraction..scale {
        value = value.checked_mul(10)?;
    }
    let limit = 10i128.checked_pow(u32::from(precision))?;
    (seen && value < limit).then_some(if negative { -value } else { value })
}

/// `true` or `false`, in any case.
pub fn boolean(text: &[u8]) -> Option<bool> {
    if text.eq_ignore_ascii_case(b"true") {
        Some(true)
    } else {
        text.eq_ignore_ascii_case(b"false").then_some(false)
    }
}

/// Two digits.
#[inline]
fn two(text: &[u8]) -> Option<u32> {
    Some(u32::from(decimal_digit(text[0])?) * 10 + u32::from(decimal_digit(text[1])?))
}

/// Days since 1970-01-01 of a date in ISO 8601's `YYYY-MM-DD`.
#[inline]
pub fn date(text: &[u8]) -> Option<i32> {
    let text: &[u8; 10] = text.try_into().ok()?;
    if text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let year = two(&text[..2])? * 100 + two(&text[2..4])?;
    let (month, day) = (two(&text[5..7])?, two(&text[8..])?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return None,
    };
    if day == 0 || day > length {
        return None;
    }
    // Years that begin in March put the leap day last, and make the days before a month a linear formula (Hinnant,
    // "chrono-Compatible Low-Level Date Algorithms").
    let (year, month) = if month > 2 {
        (year + 4800, month - 3)
    } else {
        (year + 4799, month + 9)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    i32::try_from(days).ok().map(|days| days - 2_472_633)
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn integers_read_whole_or_not_at_all() {
        let rows: &[(&str, Option<i64>)] = &[
            ("0", Some(0)),
            ("-17", Some(-17)),
            ("+5", Some(5)),
            ("007", Some(7)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("", None),
            ("-", None),
            ("1e5", None),
            ("1.0", None),
            (" 1", None),
            ("1_000", None),
            ("٣", None),
        ];
        for (text, value) in rows {
            assert_eq!(integer(text.as_bytes()), *value, "{text}");
        }
    }

    #[test]
    fn doubles_are_finite_and_plainly_written() {
        for text in [
            "NaN",
            "inf",
            "-Infinity",
            "1e999",
            "",
            ".",
            "-",
            "1e",
            "1e+",
            "0x10",
            "1,5",
            "1.2.3",
            "1 ",
            "--1",
        ] {
            assert_eq!(double(text.as_bytes(), b'.'), None, "{text}");
        }
        assert_eq!(double(b"-1,5", b','), Some(-1.5));
        assert_eq!(double(b"1.5", b','), None);
        assert_eq!(double(b"1e-3", b'.'), Some(0.001));
        assert_eq!(double(b"+.5", b'.'), Some(0.5));
    }

    #[test]
    fn decimals_lose_no_digit() {
        let rows: &[(&str, Option<i128>)] = &[
            ("1.5", Some(150)),
            ("-0.01", Some(-1)),
            ("12", Some(1200)),
            ("999.99", Some(99999)),
            ("1000", None),
            ("1.234", None),
            ("1.230", Some(123)),
            ("7.56E+2", None),
            ("", None),
            (".", None),
        ];
        for (text, value) in rows {
            assert_eq!(decimal(text.as_bytes(), 5, 2, b'.'), *value, "{text}");
        }
        assert_eq!(decimal(&[b'9'; 38], 38, 0, b'.'), Some(10i128.pow(38) - 1));
    }

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

    proptest! {
        #[test]
        fn numbers_read_as_the_standard_library_reads_them(text in "-?[0-9]{1,20}(\\.[0-9]{0,20})?(e-?[0-9]{1,3})?") {
            let std: f64 = text.parse().unwrap();
            prop_assert_eq!(double(text.as_bytes(), b'.'), std.is_finite().then_some(std));
            let std: f32 = text.parse().unwrap();
            prop_assert_eq!(single(text.as_bytes(), b'.'), std.is_finite().then_some(std));
            prop_assert_eq!(integer(text.as_bytes()), text.parse().ok());
        }
    }
}
