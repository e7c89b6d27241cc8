//! `age(d [, at])`: full years.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int32Array};
use arrow::datatypes::DataType;
use datafusion_common::DataFusionError;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::{argument, arity, as_of_days, as_they_are, over};
use super::dates::{check_dates, civil, dates, days, is_date};
use super::refusal::{Answer, failed};
use super::{Argument, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "age",
    aliases: &[],
    levels: &[Level::Coarse],
    keyed: false,
    bounds,
    make: |context| {
        ScalarUDF::from(Age {
            signature: as_they_are(),
            as_of: as_of_days(context),
        })
    },
    yearly: |_| true,
    ..Function::DEFAULT
};

/// The age that nobody exceeds. The oldest person whose age is documented reached 122.
pub(super) const MOST: i32 = 130;

/// `age(d)` and `age(d, at)`: the full years from d to the as-of date, or to the date `at`.
///
/// Who was born on February 29 has the birthday on March 1 in other years. Dates and timestamps are taken; of an
/// instant, the date in UTC. NULL in, NULL out. A date after the one it counts to, or more than 130 years before it,
/// is an error. The answer is INT.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Age {
    signature: Signature,
    as_of: i32,
}

/// A computed second date could follow the first, and so measure it.
fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    let admitted = match arguments.get(1) {
        None => true,
        Some(Argument::Column { data_type, .. }) => is_date(data_type),
        Some(Argument::Constant(scalar)) => is_date(&scalar.data_type()),
        Some(Argument::Computed) => false,
    };
    if admitted {
        Ok(())
    } else {
        Err("age counts to a bare date column, a constant date, or the as-of date".to_owned())
    }
}

impl ScalarUDFImpl for Age {
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
        arity(FUNCTION.name, types, 1..=2)?;
        check_dates(FUNCTION.name, types)?;
        Ok(DataType::Int32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 1..=2)?;
        let birth = argument(&args.args, 0)?;
        match args.args.get(1) {
            None => over(birth, |births| {
                Ok(Arc::new(ages(births, self.as_of)?) as ArrayRef)
            }),
            Some(at) => {
                let births = dates(&birth.to_array(args.number_rows)?)?;
                let ats = dates(&at.to_array(args.number_rows)?)?;
                Ok(ColumnarValue::Array(Arc::new(ages_at(&births, &ats)?)))
            }
        }
    }
}

/// The ages of a column of birth dates at one day.
pub(super) fn ages(births: &ArrayRef, at: i32) -> Answer<Int32Array> {
    let birthdays = Birthdays::at(at);
    dates(births)?.try_unary(|birth| birthdays.age(birth).ok_or_else(impossible))
}

/// The last birth date of each age at one day. With it an age is one multiplication and two comparisons, where the
/// calendar takes a dozen divisions.
struct Birthdays {
    at: i32,
    last: Vec<i32>,
}

impl Birthdays {
    fn at(at: i32) -> Self {
        let (year, month, day) = civil(at);
        let last = (0..=i64::from(MOST) + 1).map(|age| {
            let first = days(year - age, month, 1);
            // February 29 comes after February 28, and before March 1.
            let length = days(year - age + month / 12, month % 12 + 1, 1) - first;
            first + i32::try_from(day).unwrap_or(length).min(length) - 1
        });
        Self {
            at,
            last: last.collect(),
        }
    }

    /// None for a date after the day, and for more years than anybody reaches.
    fn age(&self, birth: i32) -> Option<i32> {
        let lived = i64::from(self.at) - i64::from(birth);
        // Right, or one too many or too few: years are counted at their average length.
        let about = usize::try_from(lived * 400 / 146_097).ok()?;
        let born_by = |age: usize| self.last.get(age).is_some_and(|last| birth <= *last);
        let age = if born_by(about + 1) {
            about + 1
        } else if born_by(about) {
            about
        } else {
            about.checked_sub(1)?
        };
        i32::try_from(age)
            .ok()
            .filter(|age| *age <= MOST && lived >= 0)
    }
}

fn impossible() -> DataFusionError {
    failed(format!(
        "a date that an age counts from lies after the date it counts to, or more than {MOST} years before it: correct it in the source"
    ))
}

fn ages_at(births: &Date32Array, ats: &Date32Array) -> Answer<Int32Array> {
    let rows = births.iter().zip(ats.iter());
    rows.map(|(birth, at)| match (birth, at) {
        (Some(birth), Some(at)) => years(civil(birth), civil(at)).map(Some),
        _ => Ok(None),
    })
    .collect()
}

/// Full years: less one where the birthday is still to come. February 29 comes after February 28, and before March 1.
fn years(birth: (i64, i64, i64), at: (i64, i64, i64)) -> Answer<i32> {
    let to_come = (birth.1, birth.2) > (at.1, at.2);
    i32::try_from(at.0 - birth.0 - i64::from(to_come))
        .ok()
        .filter(|years| (0..=MOST).contains(years))
        .ok_or_else(impossible)
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, TimestampMicrosecondArray};
    use arrow::compute::cast;
    use arrow::datatypes::Int32Type;
    use datafusion_common::ScalarValue;

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{call, column, context, day, refused};

    fn birth(iso: &str) -> ArrayRef {
        Arc::new(Date32Array::from(vec![day(iso)]))
    }

    /// The naive twin is the calendar, through which `age(d, at)` goes.
    #[test]
    fn ages_by_birthdays_are_those_of_the_calendar() {
        for at in [
            "2024-02-29",
            "2023-02-28",
            "2024-03-01",
            "2026-11-23",
            "2000-12-31",
            "1970-01-01",
        ] {
            let at = day(at);
            let birthdays = Birthdays::at(at);
            for birth in at - 131 * 366..at + 800 {
                assert_eq!(
                    birthdays.age(birth),
                    years(civil(birth), civil(at)).ok(),
                    "{birth} {at}"
                );
            }
            for birth in [i32::MIN, i32::MAX] {
                assert_eq!(birthdays.age(birth), None);
            }
        }
    }

    /// By Python: `at.year - b.year - ((at.month, at.day) < (b.month, b.day))`, with the leap days of the law.
    const ROWS: &[(&str, &str, i32)] = &[
        ("2000-02-29", "2001-02-28", 0),
        ("2000-02-29", "2001-03-01", 1),
        ("2000-02-29", "2004-02-28", 3),
        ("2000-02-29", "2004-02-29", 4),
        ("2000-02-29", "2100-02-28", 99),
        ("2000-02-29", "2100-03-01", 100),
        ("2001-03-01", "2004-02-29", 2),
        ("2001-02-28", "2004-02-28", 3),
        ("2001-02-28", "2004-02-29", 3),
        ("1980-12-31", "2020-12-30", 39),
        ("1980-12-31", "2020-12-31", 40),
        ("1980-01-01", "2020-12-31", 40),
        ("1969-12-31", "1970-01-01", 0),
        ("1970-01-01", "1970-12-31", 0),
        ("1970-01-01", "1971-01-01", 1),
        ("2024-02-28", "2024-02-28", 0),
        ("1900-03-01", "2024-02-29", 123),
        ("1899-06-15", "1999-06-14", 99),
        ("1894-02-28", "2024-02-28", 130),
        ("1893-03-01", "2024-02-29", 130),
    ];

    #[test]
    fn ages_are_those_that_python_computes() {
        for &(from, to, expected) in ROWS {
            let at = ScalarValue::Date32(Some(day(to)));
            let ages = column("age", &birth(from), &[at]).unwrap();
            assert_eq!(
                ages.as_primitive::<Int32Type>().value(0),
                expected,
                "{from} {to}"
            );
        }
    }

    #[test]
    fn the_as_of_date_is_the_default() {
        let births: ArrayRef = Arc::new(Date32Array::from(vec![
            Some(day("2000-02-28")),
            Some(day("2000-02-29")),
            None,
        ]));
        let ages = column("age", &births, &[]).unwrap();
        assert_eq!(
            ages.as_primitive::<Int32Type>(),
            &Int32Array::from(vec![Some(24), Some(23), None])
        );
        let dictionary = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Date32));
        let packed = cast(&births, &dictionary).unwrap();
        assert_eq!(&column("age", &packed, &[]).unwrap(), &ages);
        let instants =
            DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, Some("UTC".into()));
        let instants = cast(&births, &instants).unwrap();
        assert_eq!(&column("age", &instants, &[]).unwrap(), &ages);
    }

    #[test]
    fn ages_count_to_a_column_row_by_row() {
        let births: ArrayRef = Arc::new(Date32Array::from(vec![Some(0), Some(0), None, Some(0)]));
        let micros = 86_400_000_000;
        let ats: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![
            Some(364 * micros),
            Some(365 * micros),
            Some(0),
            None,
        ]));
        let args = vec![ColumnarValue::Array(births), ColumnarValue::Array(ats)];
        let ages = call(&context(), "age", args)
            .unwrap()
            .into_array(4)
            .unwrap();
        let expected = Int32Array::from(vec![Some(0), Some(1), None, None]);
        assert_eq!(ages.as_primitive::<Int32Type>(), &expected);
    }

    #[test]
    fn impossible_ages_are_refused_without_the_value() {
        for (from, good) in [
            ("2024-02-28", true),
            ("2024-02-29", false),
            ("1893-03-01", true),
            ("1893-02-28", false),
            ("1062-01-01", false),
        ] {
            match column("age", &birth(from), &[]) {
                Ok(_) => assert!(good, "{from}"),
                refusal => {
                    assert!(!good, "{from}");
                    let text = refused(refusal, Kind::Evaluation).to_string();
                    assert!(!text.contains(&from[..4]), "{text}");
                }
            }
        }
    }

    #[test]
    fn text_is_refused_with_the_remedy() {
        let text: ArrayRef = Arc::new(arrow::array::StringArray::from(vec!["1980-01-01"]));
        let error = refused(column("age", &text, &[]), Kind::Projection);
        assert!(error.to_string().contains("to_date"));
    }

    #[test]
    fn a_computed_second_date_is_out_of_bounds() {
        let data_type = DataType::Date32;
        let date = Argument::Column {
            data_type: &data_type,
            min_step: None,
        };
        let constant = ScalarValue::Date32(Some(0));
        assert!(bounds(&[date]).is_ok());
        assert!(bounds(&[date, date]).is_ok());
        assert!(bounds(&[date, Argument::Constant(&constant)]).is_ok());
        assert!(bounds(&[date, Argument::Computed]).is_err());
    }
}
