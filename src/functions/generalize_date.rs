//! `generalize_date(d, unit)`: the first day of a date's month, quarter or year.

use arrow::datatypes::DataType;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::{argument, arity, as_they_are, over, text};
use super::dates::{check_dates, civil, column, dates, days};
use super::refusal::{Answer, misuse};
use super::{Argument, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "generalize_date",
    aliases: &[],
    levels: &[Level::Coarse, Level::Whole],
    keyed: false,
    bounds,
    make: |_| {
        ScalarUDF::from(GeneralizeDate {
            signature: as_they_are(),
        })
    },
    yearly,
    ..Function::DEFAULT
};

const UNITS: &str = "the unit of generalize_date is 'year', 'quarter' or 'month'";

/// `generalize_date(d, 'year' | 'quarter' | 'month')`: the first day of it, as a DATE, of timestamps too (of an
/// instant, in UTC). NULL in, NULL out.
#[derive(Debug, PartialEq, Eq, Hash)]
struct GeneralizeDate {
    signature: Signature,
}

/// How many months a unit has.
fn months(unit: &str) -> Option<i64> {
    [("year", 12), ("quarter", 3), ("month", 1)]
        .into_iter()
        .find_map(|(name, months)| unit.eq_ignore_ascii_case(name).then_some(months))
}

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    match arguments.get(1) {
        Some(Argument::Constant(scalar)) if text(scalar).and_then(months).is_some() => Ok(()),
        _ => Err(UNITS.to_owned()),
    }
}

fn yearly(arguments: &[Argument<'_>]) -> bool {
    matches!(arguments.get(1), Some(Argument::Constant(scalar)) if text(scalar).and_then(months) == Some(12))
}

impl ScalarUDFImpl for GeneralizeDate {
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
        arity(FUNCTION.name, types, 2..=2)?;
        check_dates(FUNCTION.name, types.split_at(1).0)?;
        Ok(DataType::Date32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 2..=2)?;
        let unit = match argument(&args.args, 1)? {
            ColumnarValue::Scalar(scalar) => text(scalar).and_then(months),
            ColumnarValue::Array(_) => None,
        };
        let unit = unit.ok_or_else(|| misuse(UNITS))?;
        over(argument(&args.args, 0)?, |array| {
            Ok(column(dates(array)?.unary(|day| first_day(day, unit))))
        })
    }
}

fn first_day(day: i32, unit: i64) -> i32 {
    let (year, month, _) = civil(day);
    days(year, month - (month - 1) % unit, 1)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, Date32Array};
    use arrow::compute::cast;
    use arrow::datatypes::{Date32Type, TimeUnit};
    use datafusion_common::ScalarValue;

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{bounded, column, day, refused};

    const ROWS: &[(&str, &str, &str, &str)] = &[
        ("2024-02-29", "2024-01-01", "2024-01-01", "2024-02-01"),
        ("2023-12-31", "2023-01-01", "2023-10-01", "2023-12-01"),
        ("1969-07-01", "1969-01-01", "1969-07-01", "1969-07-01"),
        ("1969-06-30", "1969-01-01", "1969-04-01", "1969-06-01"),
        ("0001-01-01", "0001-01-01", "0001-01-01", "0001-01-01"),
    ];

    fn dates() -> ArrayRef {
        let days = ROWS.iter().map(|row| Some(day(row.0))).chain([None]);
        Arc::new(days.collect::<Date32Array>())
    }

    #[test]
    fn a_date_becomes_the_first_day_of_its_unit() {
        let instants = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        for array in [dates(), cast(&dates(), &instants).unwrap()] {
            for (unit, expected) in [
                ("year", ROWS.iter().map(|row| row.1).collect::<Vec<_>>()),
                ("QUARTER", ROWS.iter().map(|row| row.2).collect()),
                ("month", ROWS.iter().map(|row| row.3).collect()),
            ] {
                let answer = column("generalize_date", &array, &[ScalarValue::from(unit)]).unwrap();
                let expected = expected.into_iter().map(|iso| Some(day(iso))).chain([None]);
                assert_eq!(
                    answer.as_primitive::<Date32Type>(),
                    &expected.collect::<Date32Array>()
                );
            }
        }
    }

    #[test]
    fn the_unit_is_one_of_three() {
        for (unit, good) in [
            ("year", true),
            ("Quarter", true),
            ("month", true),
            ("week", false),
            ("day", false),
            ("", false),
        ] {
            let unit = ScalarValue::from(unit);
            assert_eq!(
                bounded("generalize_date", &DataType::Date32, None, &unit),
                good
            );
            if !good {
                refused(
                    column("generalize_date", &dates(), &[unit]),
                    Kind::Projection,
                );
            }
        }
    }
}
