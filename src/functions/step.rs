//! The step of `generalize`: an exact decimal number, so that 0.1 is a tenth for a DECIMAL column.

use std::cmp::Ordering;

use datafusion_common::ScalarValue;

use super::arguments::whole_number;

/// `digits / 10^scale`, positive, in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    digits: i128,
    scale: u32,
}

impl Step {
    /// The step in a constant of any number type; nothing for zero, negative and endless numbers.
    pub(super) fn of(scalar: &ScalarValue) -> Option<Self> {
        if let Some(whole) = whole_number(scalar) {
            return Self::new(i128::from(whole), 0);
        }
        match scalar {
            ScalarValue::Float64(Some(value)) => Self::parse(&value.to_string()),
            ScalarValue::Float32(Some(value)) => Self::parse(&value.to_string()),
            ScalarValue::Decimal128(Some(value), _, scale) => {
                Self::new(*value, u32::try_from(*scale).ok()?)
            }
            _ => None,
        }
    }

    /// The step in text such as `5` or `0.25`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{whole}{fraction}");
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Self::new(digits.parse().ok()?, u32::try_from(fraction.len()).ok()?)
    }

    fn new(mut digits: i128, mut scale: u32) -> Option<Self> {
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
            if digits == 0 {
                return None;
            }
        }
        (digits > 0).then_some(Self { digits, scale })
    }

    /// The step in units of `10^-scale`, if it is a whole number of them that 128 bits hold.
    pub(super) fn at_scale(self, scale: u32) -> Option<i128> {
        let more = scale.checked_sub(self.scale)?;
        self.digits.checked_mul(10_i128.checked_pow(more)?)
    }

    /// The nearest floating point number.
    pub(super) fn float(self) -> Option<f64> {
        let text = format!("{}e-{}", self.digits, self.scale);
        text.parse().ok().filter(|step: &f64| step.is_normal())
    }

    /// Whether it is at least another; not where their difference is too fine for 128 bits.
    pub(super) fn reaches(self, least: Self) -> bool {
        let scale = self.scale.max(least.scale);
        match (self.at_scale(scale), least.at_scale(scale)) {
            (Some(this), Some(least)) => this.cmp(&least) != Ordering::Less,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_exactly_or_not_at_all() {
        for (text, digits, scale) in [
            ("5", 5, 0),
            (" 10 ", 10, 0),
            ("0.25", 25, 2),
            ("2.500", 25, 1),
            ("100.0", 100, 0),
            (".5", 5, 1),
        ] {
            assert_eq!(Step::parse(text), Some(Step { digits, scale }), "{text}");
        }
        for text in [
            "", ".", "0", "0.00", "-5", "+5", "1e3", "NaN", "inf", "1.2.3", "ten",
        ] {
            assert_eq!(Step::parse(text), None, "{text}");
        }
    }

    #[test]
    fn constants_of_every_number_type_are_steps() {
        let quarter = Step::parse("0.25");
        assert_eq!(Step::of(&ScalarValue::Float64(Some(0.25))), quarter);
        assert_eq!(Step::of(&ScalarValue::Float32(Some(0.25))), quarter);
        assert_eq!(
            Step::of(&ScalarValue::Decimal128(Some(2500), 10, 4)),
            quarter
        );
        assert_eq!(Step::of(&ScalarValue::UInt8(Some(5))), Step::parse("5"));
        let none = [
            ScalarValue::Int64(Some(0)),
            ScalarValue::Int64(Some(-5)),
            ScalarValue::Int64(None),
            ScalarValue::Float64(Some(f64::NAN)),
            ScalarValue::Float64(Some(f64::INFINITY)),
            ScalarValue::from("5"),
        ];
        for scalar in none {
            assert_eq!(Step::of(&scalar), None, "{scalar}");
        }
    }

    #[test]
    fn steps_are_compared_exactly() {
        for (step, least, reaches) in [
            ("5", "5", true),
            ("4.999999999", "5", false),
            ("0.1", "0.10", true),
            ("0.09", "0.1", false),
            ("100", "0.001", true),
        ] {
            let (step, least) = (Step::parse(step).unwrap(), Step::parse(least).unwrap());
            assert_eq!(step.reaches(least), reaches);
        }
    }

    #[test]
    fn scales_and_floats_are_exact() {
        let step = Step::parse("0.25").unwrap();
        assert_eq!(step.at_scale(4), Some(2500));
        assert_eq!(step.at_scale(1), None);
        assert_eq!(step.at_scale(60), None);
        assert_eq!(step.float(), Some(0.25));
        assert_eq!(Step::parse("0.1").unwrap().float(), Some(0.1));
    }
}
