//! One field's text → one number or truth value, or none where it does not read as the type. Nothing is guessed: what is read is right.

use super::swar;

/// So many bytes may be read of a short number: one load, whatever its length.
pub const WIDE: usize = 16;

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
    if digits.len() <= 8 {
        let word = swar::load(digits);
        if swar::beyond_nine(word) != 0 {
            return None;
        }
        let value = swar::number(word).cast_signed();
        return Some(if negative { -value } else { value });
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

/// An integer of up to eight digits, which are the first `len` of some bytes. None for any other text: [`integer`] may
/// read it.
#[inline]
pub fn short_integer(bytes: &[u8; WIDE], len: usize) -> Option<i64> {
    let (negative, word) = eight_of(bytes, len)?;
    if swar::beyond_nine(word) != 0 {
        return None;
    }
    let value = swar::number(word).cast_signed();
    Some(if negative { -value } else { value })
}

/// Whether a minus stands first, and the one to eight characters behind it.
#[inline]
fn eight_of(bytes: &[u8; WIDE], len: usize) -> Option<(bool, u64)> {
    let negative = bytes[0] == b'-';
    let digits = len.checked_sub(usize::from(negative))?;
    if digits == 0 || digits > 8 {
        return None;
    }
    let from = bytes[usize::from(negative)..].first_chunk()?;
    Some((negative, swar::load_first(*from, digits)))
}

pub(super) fn decimal_digit(byte: u8) -> Option<u8> {
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
    sixteen_at_most(text, decimal).or_else(|| {
        let value: f64 = float_text(text, decimal)?.as_str().parse().ok()?;
        value.is_finite().then_some(value)
    })
}

/// A double of up to eight characters behind its sign, which are the first `len` of some bytes. None for any other text:
/// [`double`] may read it.
#[inline]
pub fn short_double(bytes: &[u8; WIDE], len: usize, decimal: u8) -> Option<f64> {
    let (negative, parts) = eight_or_fewer(bytes, len, decimal)?;
    Some(exact(negative, parts))
}

/// Whether a minus stands first, and what [`eight`] has of the rest, which begins with a digit.
#[inline]
fn eight_or_fewer(bytes: &[u8; WIDE], len: usize, decimal: u8) -> Option<(bool, (u64, usize))> {
    let (negative, word) = eight_of(bytes, len)?;
    if !bytes[usize::from(negative)].is_ascii_digit() {
        return None;
    }
    Some((negative, eight(word, decimal)?))
}

/// A single precision number, rounded once from the text.
pub fn single(text: &[u8], decimal: u8) -> Option<f32> {
    let value: f32 = float_text(text, decimal)?.as_str().parse().ok()?;
    value.is_finite().then_some(value)
}

/// Up to 15 digits and no exponent: mantissa and power of ten are exact doubles, so that one division rounds right
/// (Clinger 1990).
#[inline]
fn sixteen_at_most(text: &[u8], decimal: u8) -> Option<f64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 16 || !digits[0].is_ascii_digit() {
        return None;
    }
    let parts = if digits.len() <= 8 {
        eight(swar::load(digits), decimal)?
    } else {
        sixteen(digits, decimal)?
    };
    Some(exact(negative, parts))
}

/// The double of a mantissa and of how many of its digits stand behind the separator.
#[inline]
fn exact(negative: bool, (mantissa, scale): (u64, usize)) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53, so exact")]
    let value = mantissa.cast_signed() as f64 / POWERS[scale];
    if negative { -value } else { value }
}

/// Up to eight digits, one of which may be the separator, and how many stand behind it.
#[inline]
fn eight(word: u64, decimal: u8) -> Option<(u64, usize)> {
    let mark = swar::beyond_nine(word);
    if mark == 0 {
        return Some((swar::number(word), 0));
    }
    let (rest, behind) = swar::without(word, mark);
    #[expect(clippy::cast_possible_truncation, reason = "the marked byte")]
    let separator = (word >> (mark.trailing_zeros() - 7)) as u8 ^ b'0';
    let one = mark.is_power_of_two() && separator == decimal;
    one.then(|| (swar::number(rest), behind as usize))
}

/// The same of more digits.
#[inline(never)]
fn sixteen(digits: &[u8], decimal: u8) -> Option<(u64, usize)> {
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
    (mantissa < 1 << 53).then_some((mantissa, scale))
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

/// A decimal of up to eight characters behind its sign, which are the first `len` of some bytes. None for any other text:
/// [`decimal`] may read it.
#[inline]
pub fn short_decimal(
    bytes: &[u8; WIDE],
    len: usize,
    precision: u8,
    scale: i8,
    separator: u8,
) -> Option<i128> {
    let (negative, (mantissa, behind)) = eight_or_fewer(bytes, len, separator)?;
    let missing = usize::try_from(scale).ok()?.checked_sub(behind)?;
    let value = mantissa.checked_mul(*TENS.get(missing)?)?;
    // What fits 64 bits has no more than 20 digits.
    if TENS
        .get(usize::from(precision))
        .is_some_and(|limit| value >= *limit)
    {
        return None;
    }
    let value = i128::from(value);
    Some(if negative { -value } else { value })
}

/// Powers of ten in 64 bits.
const TENS: [u64; 20] = {
    let mut tens = [1; 20];
    let mut at = 1;
    while at < tens.len() {
        tens[at] = tens[at - 1] * 10;
        at += 1;
    }
    tens
};

/// `true` or `false`, in any case.
pub fn boolean(text: &[u8]) -> Option<bool> {
    if text.eq_ignore_ascii_case(b"true") {
        Some(true)
    } else {
        text.eq_ignore_ascii_case(b"false").then_some(false)
    }
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

    proptest! {
        #[test]
        fn numbers_read_as_the_standard_library_reads_them(text in "-?[0-9]{1,20}(\\.[0-9]{0,20})?(e-?[0-9]{1,3})?") {
            let std: f64 = text.parse().unwrap();
            prop_assert_eq!(double(text.as_bytes(), b'.'), std.is_finite().then_some(std));
            let std: f32 = text.parse().unwrap();
            prop_assert_eq!(single(text.as_bytes(), b'.'), std.is_finite().then_some(std));
            prop_assert_eq!(integer(text.as_bytes()), text.parse().ok());
        }

        /// Whatever stands behind it.
        #[test]
        fn a_short_number_is_read_as_any(
            text in "[+-]?[0-9]{0,9}[.,x]?[0-9]{0,4}",
            behind in "[0-9,.]{16}",
            precision in 1..=38u8,
            scale in 0..=38i8,
        ) {
            let (text, len) = (format!("{text}{behind}"), text.len());
            let bytes = text.as_bytes();
            let wide = bytes.first_chunk().unwrap();
            let (whole, any) = (integer(&bytes[..len]), double(&bytes[..len], b'.'));
            let (short_whole, short_any) = (short_integer(wide, len), short_double(wide, len, b'.'));
            prop_assert!(short_whole.is_none() || short_whole == whole);
            prop_assert!(short_any.is_none() || short_any == any);
            let decimal = decimal(&bytes[..len], precision, scale, b'.');
            let short_decimal = short_decimal(wide, len, precision, scale, b'.');
            prop_assert!(short_decimal.is_none() || short_decimal == decimal);
            // What the long way is for: a plus, a point at the beginning, and more characters.
            let minus = usize::from(bytes[0] == b'-');
            if (minus + 1..=minus + 8).contains(&len) && bytes[0] != b'+' {
                prop_assert_eq!(short_whole, whole);
                prop_assert!(bytes[minus] == b'.' || short_any == any);
                // Zeros behind the last place, and units that are too small for eight digits.
                let point = bytes[..len].iter().position(|&byte| byte == b'.').unwrap_or(len - 1);
                let missing = usize::try_from(scale).unwrap().checked_sub(len - 1 - point);
                if missing.is_some_and(|missing| missing <= 10) && bytes[minus] != b'.' {
                    prop_assert_eq!(short_decimal, decimal);
                }
            }
        }
    }
}
