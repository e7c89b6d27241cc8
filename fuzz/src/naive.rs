//! One field's text → its value, by the standard library and chrono, behind a plain look at its form.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use veilpoint::dataset::contract::{ColumnType, Dialect};

/// A value of any type, in the form that Arrow stores it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Whole numbers, days, microseconds, and decimals without their point.
    Whole(i128),
    /// The bits of a single.
    Single(u32),
    /// The bits of a double.
    Double(u64),
    /// A truth value.
    Truth(bool),
    /// Text.
    Text(String),
}

/// The value of a text that is not NULL, or none where it does not read as the type.
pub fn value(text: &str, data_type: ColumnType, dialect: &Dialect) -> Option<Value> {
    let whole = |value: Option<i128>| value.map(Value::Whole);
    match data_type {
        ColumnType::Text(most) => {
            let fits = most.is_none_or(|most| text.chars().count() <= most as usize);
            fits.then(|| Value::Text(text.to_owned()))
        }
        ColumnType::Int16 => whole(text.parse::<i16>().ok().map(i128::from)),
        ColumnType::Int32 => whole(text.parse::<i32>().ok().map(i128::from)),
        ColumnType::Int64 => whole(text.parse::<i64>().ok().map(i128::from)),
        ColumnType::Float32 => {
            let value: f32 = with_point(text, dialect.decimal)?.parse().ok()?;
            value.is_finite().then_some(Value::Single(value.to_bits()))
        }
        ColumnType::Float64 => {
            let value: f64 = with_point(text, dialect.decimal)?.parse().ok()?;
            value.is_finite().then_some(Value::Double(value.to_bits()))
        }
        ColumnType::Decimal(precision, scale) => {
            whole(decimal(text, precision, scale, dialect.decimal))
        }
        ColumnType::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" => Some(Value::Truth(true)),
            "false" => Some(Value::Truth(false)),
            _ => None,
        },
        ColumnType::Date => whole(match dialect.date_format.as_deref() {
            Some(format) => date_by(text, format),
            None => date(text).map(days),
        }),
        ColumnType::Timestamp => whole(timestamp(text).map(micros)),
        ColumnType::TimestampTz => whole(timestamp_tz(text)),
    }
}

/// The text with a point for the separator, where nothing else than numbers have stands in it.
fn with_point(text: &str, separator: u8) -> Option<String> {
    let separator = char::from(separator);
    let known = |c: char| c.is_ascii_digit() || c == separator || "+-eE".contains(c);
    text.chars()
        .all(known)
        .then(|| text.replace(separator, "."))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits before and behind the separator, put together and read as one number.
fn decimal(text: &str, precision: u8, scale: i8, separator: u8) -> Option<i128> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let (before, behind) = digits
        .split_once(char::from(separator))
        .unwrap_or((digits, ""));
    if !all_digits(before) || !all_digits(behind) || before.len() + behind.len() == 0 {
        return None;
    }
    let (before, behind) = (before.trim_start_matches('0'), behind.trim_end_matches('0'));
    let scale = usize::try_from(scale).ok()?;
    if behind.len() > scale {
        return None;
    }
    let all = format!("{before}{behind:0<scale$}");
    let all = all.trim_start_matches('0');
    let fits = all.len() <= usize::from(precision);
    let value: i128 = if all.is_empty() { "0" } else { all }.parse().ok()?;
    fits.then_some(sign * value)
}

fn days(date: NaiveDate) -> i128 {
    (date - NaiveDate::default()).num_days().into()
}

fn micros(moment: NaiveDateTime) -> i128 {
    moment.and_utc().timestamp_micros().into()
}

/// Whether every digit of `form` stands for any digit, and every other character for itself.
fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, form)| {
            if form.is_ascii_digit() {
                byte.is_ascii_digit()
            } else {
                byte == form
            }
        })
}

fn date(text: &str) -> Option<NaiveDate> {
    if !has_form(text, "0000-00-00") {
        return None;
    }
    let number = |from: usize, to: usize| text[from..to].parse().ok();
    let year: u32 = number(0, 4)?;
    NaiveDate::from_ymd_opt(year.cast_signed(), number(5, 7)?, number(8, 10)?)
}

/// A date by one of [`DATE_FORMATS`].
fn date_by(text: &str, format: &str) -> Option<i128> {
    let separator = if format.contains('.') { '.' } else { '/' };
    let parts: Vec<&str> = text.split(separator).collect();
    let [first, second, year] = parts[..] else {
        return None;
    };
    let short = |text: &str| {
        ((1..=2).contains(&text.len()) && all_digits(text)).then(|| text.parse::<u32>().ok())?
    };
    let (first, second) = (short(first)?, short(second)?);
    let date = if format == DATE_FORMATS[0] {
        let year = (year.len() == 4 && all_digits(year)).then(|| year.parse::<i32>().ok())??;
        NaiveDate::from_ymd_opt(year, second, first).filter(|_| year >= 1000)
    } else {
        // POSIX: 69 to 99 are of the twentieth century, but chrono has 70 to 99.
        let year = short(year)?.cast_signed();
        let century = if year < 70 { 2000 } else { 1900 };
        NaiveDate::from_ymd_opt(century + year, first, second)
    };
    date.map(days)
}

/// The formats of dates that are tried.
pub const DATE_FORMATS: [&str; 2] = ["%d.%m.%Y", "%m/%d/%y"];

fn timestamp(text: &str) -> Option<NaiveDateTime> {
    let (day, rest) = text.split_at_checked(10)?;
    let time = rest.strip_prefix(['T', 't', ' '])?;
    let (whole, fraction) = match time.len() {
        5 => (format!("{time}:00"), None),
        8 => (time.to_owned(), None),
        _ => {
            let (whole, rest) = time.split_at_checked(8)?;
            (whole.to_owned(), Some(rest.strip_prefix(['.', ','])?))
        }
    };
    if !has_form(&whole, "00:00:00") {
        return None;
    }
    let micros = fraction.map_or(Some(0), |digits| {
        let some = !digits.is_empty() && all_digits(digits);
        let digits = digits.trim_end_matches('0');
        (some && digits.len() <= 6).then(|| format!("{digits:0<6}").parse().ok())?
    });
    let number = |from: usize, to: usize| whole[from..to].parse().ok();
    let time = NaiveTime::from_hms_micro_opt(number(0, 2)?, number(3, 5)?, number(6, 8)?, micros?)?;
    Some(date(day)?.and_time(time))
}

fn timestamp_tz(text: &str) -> Option<i128> {
    if let Some(local) = text.strip_suffix(['Z', 'z']) {
        return timestamp(local).map(micros);
    }
    let at = text.rfind(['+', '-']).filter(|&at| at >= 16)?;
    let (local, offset) = (&text[..at], &text[at + 1..]);
    let known = ["00", "0000", "00:00"]
        .iter()
        .any(|form| has_form(offset, form));
    let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
    let hours: i128 = known.then(|| digits[..2].parse().ok())??;
    let minutes: i128 = digits[2..].parse().or_else(|_| "0".parse()).ok()?;
    if hours > 18 || minutes > 59 {
        return None;
    }
    let local = micros(timestamp(local.strip_suffix(' ').unwrap_or(local))?);
    let offset = (hours * 60 + minutes) * 60_000_000;
    Some(if text.as_bytes()[at] == b'-' {
        local + offset
    } else {
        local - offset
    })
}
