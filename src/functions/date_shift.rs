//! `date_shift(d, subject, days)`: a date moved by as many days as all dates of its subject.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array};
use arrow::datatypes::DataType;
use datafusion_common::ScalarValue;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::{argument, arity, as_they_are, over_both, whole_number};
use super::dates::{check_dates, civil, dates};
use super::keyed::Keyed;
use super::refusal::{Answer, misuse};
use super::text::has_canonical;
use super::{Argument, Companions, Context, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "date_shift",
    levels: &[Level::Keyed, Level::Keyed, Level::Whole],
    keyed: true,
    companions: Companions::Subject(1),
    bounds,
    make: |context| ScalarUDF::from(DateShift::new(context)),
    ..Function::DEFAULT
};

/// The fewest days: a month, so that neither the season's week nor the day of the month shows.
const FEWEST: i64 = 30;

/// The most: a century. Beyond it, dates say nothing.
const MOST: i64 = 36_500;

const DAYS: &str = "the days of date_shift are a constant whole number from 30 to 36500";

/// `date_shift(d, subject, days)`: d moved by one to `days` days, back or ahead, the same for all dates of one subject.
///
/// The shift is drawn from HMAC-SHA-256 over `days` and the normal form of the subject, under the key of the domain: it
/// is one of 2 × `days` and never zero. So intervals within one subject stay, in days, and nothing else: **the answer is
/// a DATE**, of timestamps too (of an instant, the date in UTC), since no shift by days would hide a time of day.
///
/// NULL in, NULL out: without a subject, there is no shift, and so no date. What a shift moves out of the years 1 to
/// 9999 becomes NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
struct DateShift {
    signature: Signature,
    keyed: Keyed,
}

impl DateShift {
    fn new(context: &Context) -> Self {
        Self {
            signature: as_they_are(),
            keyed: Keyed::new(context, FUNCTION.name),
        }
    }
}

fn days_of(scalar: &ScalarValue) -> Option<i64> {
    whole_number(scalar).filter(|days| (FEWEST..=MOST).contains(days))
}

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    match arguments.get(2) {
        Some(Argument::Constant(scalar)) if days_of(scalar).is_some() => Ok(()),
        _ => Err(DAYS.to_owned()),
    }
}

impl ScalarUDFImpl for DateShift {
    fn name(&self) -> &str {
        FUNCTION.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Answer<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, types: &[DataType]) -> Answer<DataType> {
        arity(FUNCTION.name, types, 3..=3)?;
        check_dates(FUNCTION.name, types.split_at(1).0)?;
        if types.get(1).is_some_and(has_canonical) {
            Ok(DataType::Date32)
        } else {
            Err(misuse(
                "date_shift takes a subject of text, a number, a date, a timestamp or a boolean",
            ))
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 3..=3)?;
        let days = match argument(&args.args, 2)? {
            ColumnarValue::Scalar(scalar) => days_of(scalar),
            ColumnarValue::Array(_) => None,
        };
        let days = days.ok_or_else(|| misuse(DAYS))?;
        let (d, subject) = (argument(&args.args, 0)?, argument(&args.args, 1)?);
        over_both(d, subject, args.number_rows, |d, subjects| {
            let draws = self.keyed.draws(&days.to_be_bytes(), subjects)?;
            let moved: Date32Array = dates(d)?
                .iter()
                .zip(draws)
                .map(|(day, draw)| moved(day?, shift(draw?, days)))
                .collect();
            Ok(Arc::new(moved) as ArrayRef)
        })
    }
}

/// One of 2 × days shifts, none of them zero. The bias of a modulo over 2^128 is below 10^-33.
fn shift(draw: u128, days: i64) -> i64 {
    let shifts = u128::from(days.unsigned_abs()).saturating_mul(2).max(1);
    let shift = i64::try_from(draw % shifts).unwrap_or_default() - days;
    if shift < 0 { shift } else { shift + 1 }
}

fn moved(day: i32, shift: i64) -> Option<i32> {
    let moved = i32::try_from(i64::from(day) + shift).ok()?;
    let (year, _, _) = civil(moved);
    (1..=9999).contains(&year).then_some(moved)
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray, Int64Array, StringArray, TimestampMicrosecondArray};
    use arrow::datatypes::Date32Type;

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{call, context, context_of, day, keyless, refused, text_types};

    fn shifted(context: &Context, d: ArrayRef, subject: ArrayRef, days: i64) -> Date32Array {
        let rows = d.len();
        let args = vec![
            ColumnarValue::Array(d),
            ColumnarValue::Array(subject),
            ScalarValue::Int64(Some(days)).into(),
        ];
        let answer = call(context, "date_shift", args).unwrap();
        answer
            .into_array(rows)
            .unwrap()
            .as_primitive::<Date32Type>()
            .clone()
    }

    /// The shifts of the subjects 0 to 9,999.
    fn shifts(context: &Context, days: i64) -> Vec<i64> {
        let subjects = Arc::new(Int64Array::from_iter_values(0..10_000));
        let zero = Arc::new(Date32Array::from(vec![0; 10_000]));
        let shifted = shifted(context, zero, subjects, days);
        shifted.values().iter().map(|day| i64::from(*day)).collect()
    }

    #[test]
    fn every_shift_but_zero_comes_about_equally_often() {
        let shifts = shifts(&context(), 30);
        let mut counts = [0_i32; 61];
        for shift in shifts {
            counts[usize::try_from(shift + 30).unwrap()] += 1;
        }
        assert_eq!(counts[30], 0);
        // Chi-square of 60 shifts: beyond 99.6 with odds of 1 in 1,000 for a fair draw; the draws are fixed.
        let expected = 10_000.0 / 60.0;
        let square = |count: &i32| (f64::from(*count) - expected).powi(2) / expected;
        let chi: f64 = counts.iter().map(square).sum::<f64>() - expected;
        assert!(chi < 99.6, "{chi}");
    }

    #[test]
    fn one_subject_has_one_shift_and_intervals_stay() {
        let names = [
            Some("Anna Müller"),
            Some(" ANNA  mu\u{308}ller"),
            Some("Bo"),
            Some("Bo"),
        ];
        let days = ["2020-02-28", "2020-03-01", "1999-12-31", "2000-01-01"].map(day);
        for subject in text_types(&names) {
            let dates = Arc::new(Date32Array::from(days.to_vec()));
            let moved = shifted(&context(), dates, subject, 365);
            let moved = moved.values();
            assert_eq!(moved[1] - moved[0], 2);
            assert_eq!(moved[3] - moved[2], 1);
            assert_ne!(moved[0] - days[0], moved[2] - days[2]);
        }
    }

    #[test]
    fn domains_keys_and_sizes_have_unrelated_shifts() {
        let all = [
            shifts(&context(), 365),
            shifts(&context_of([7; 32], "patients/research"), 365),
            shifts(&context_of([8; 32], "patients/analytics"), 365),
            shifts(&context(), 366),
        ];
        for (i, a) in all.iter().enumerate() {
            for b in &all[i + 1..] {
                let same = a.iter().zip(b).filter(|(a, b)| a == b).count();
                // Some 14 of 10,000 by chance.
                assert!(same < 40, "{same}");
            }
        }
    }

    #[test]
    fn no_time_of_day_shows() {
        let day = 86_400_000_000;
        let instants =
            TimestampMicrosecondArray::from(vec![Some(1), Some(day - 1), Some(day), None]);
        let subject = || Arc::new(StringArray::from(vec!["Bo"; 4]));
        for d in [instants.clone(), instants.with_timezone("UTC")] {
            let moved = shifted(&context(), Arc::new(d), subject(), 30);
            assert_eq!(moved.value(0), moved.value(1));
            assert_eq!(moved.value(0) + 1, moved.value(2));
            assert!(moved.is_null(3));
        }
    }

    #[test]
    fn without_a_subject_or_out_of_the_calendar_there_is_no_date() {
        let last = day("9999-12-31");
        let d = Date32Array::from(vec![Some(0), Some(0), None, Some(i32::MAX), Some(i32::MIN)]);
        let subject = StringArray::from(vec![None, Some(" "), Some("Bo"), Some("Bo"), Some("Bo")]);
        let moved = shifted(&context(), Arc::new(d), Arc::new(subject), 30);
        assert_eq!(moved.null_count(), 5);
        assert_eq!(super::moved(last, 1), None);
        assert_eq!(super::moved(last, -1), Some(last - 1));
        assert_eq!(super::moved(day("0001-01-01"), -1), None);
    }

    #[test]
    fn constants_stay_constants_and_keys_are_needed() {
        let args = |d: ScalarValue| -> Vec<ColumnarValue> {
            vec![
                d.into(),
                ScalarValue::from("Bo").into(),
                ScalarValue::Int64(Some(30)).into(),
            ]
        };
        let date = || args(ScalarValue::Date32(Some(0)));
        let answer = call(&context(), "date_shift", date()).unwrap();
        assert!(matches!(
            answer,
            ColumnarValue::Scalar(ScalarValue::Date32(Some(_)))
        ));
        refused(call(&keyless(), "date_shift", date()), Kind::Key);
        let text = args(ScalarValue::from("2020-01-01"));
        refused(call(&context(), "date_shift", text), Kind::Projection);
    }

    #[test]
    fn the_days_are_a_bounded_constant() {
        let data_type = DataType::Date32;
        let x = Argument::Column {
            data_type: &data_type,
            min_step: None,
        };
        for (days, good) in [
            (29, false),
            (30, true),
            (36_500, true),
            (36_501, false),
            (-30, false),
        ] {
            let days = ScalarValue::Int64(Some(days));
            let constant = Argument::Constant(&days);
            assert_eq!(bounds(&[x, x, constant]).is_ok(), good, "{days}");
        }
        assert!(bounds(&[x, x, Argument::Computed]).is_err());
    }
}
