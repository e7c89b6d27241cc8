//! Days, and the calendar over them: dates as the functions of dates take them.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, PrimitiveArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Int64Type, TimeUnit};

use super::arguments::{flat, value_type};
use super::refusal::{Answer, failed, misuse};

/// Whether it is a date, a timestamp (whose date counts), or NULL that may stand for one.
pub(super) fn is_date(data_type: &DataType) -> bool {
    matches!(
        value_type(data_type),
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _) | DataType::Null
    )
}

/// Refuses arguments that are no dates.
pub(super) fn check_dates(name: &str, types: &[DataType]) -> Answer<()> {
    if types.iter().all(is_date) {
        return Ok(());
    }
    Err(misuse(format!(
        "{name} takes dates or timestamps: read text with to_date, write a constant as DATE '2020-01-31'"
    )))
}

/// The dates of a column. Of an instant, the date in UTC.
pub(super) fn dates(array: &ArrayRef) -> Answer<Date32Array> {
    let array = flat(array)?;
    let per_day: i64 = match array.data_type() {
        DataType::Date32 => return Ok(array.as_primitive::<Date32Type>().clone()),
        DataType::Null => return Ok(Date32Array::new_null(array.len())),
        DataType::Date64 | DataType::Timestamp(TimeUnit::Millisecond, _) => 86_400_000,
        DataType::Timestamp(TimeUnit::Second, _) => 86_400,
        DataType::Timestamp(TimeUnit::Microsecond, _) => 86_400_000_000,
        DataType::Timestamp(TimeUnit::Nanosecond, _) => 86_400_000_000_000,
        _ => return Err(misuse("a date is expected")),
    };
    let out_of_range = || failed("a timestamp is out of the range of dates");
    let ticks = cast(&array, &DataType::Int64).map_err(|_| out_of_range())?;
    let days: PrimitiveArray<Date32Type> = ticks
        .as_primitive::<Int64Type>()
        .try_unary(|tick| i32::try_from(tick.div_euclid(per_day)).map_err(|_| out_of_range()))?;
    Ok(days)
}

/// Days as a column.
pub(super) fn column(days: Date32Array) -> ArrayRef {
    Arc::new(days)
}

/// Year, month (1 to 12) and day (1 to 31) of a day in the proleptic Gregorian calendar. Howard Hinnant's
/// `civil_from_days`: total over all 32-bit days.
pub(super) fn civil(days: i32) -> (i64, i64, i64) {
    let days = i64::from(days) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months from March, so that the leap day is the last of the year.
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The inverse of [`civil`], for a day that exists; the first that 32 bits hold where they hold it not.
pub(super) fn days(year: i64, month: i64, day: i64) -> i32 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i32::try_from(era * 146_097 + day_of_era - 719_468).unwrap_or(i32::MIN)
}

#[cfg(test)]
mod tests {
    use arrow::array::{
        Date64Array, TimestampMicrosecondArray, TimestampNanosecondArray, TimestampSecondArray,
    };
    use chrono::{Datelike, NaiveDate};

    use super::*;

    #[test]
    fn the_calendar_is_that_of_chrono() {
        let sample = (-800_000..800_000).step_by(13).chain(-1_000..1_000);
        for day in sample {
            let date: NaiveDate = Date32Type::to_naive_date_opt(day).unwrap();
            let expected = (
                i64::from(date.year()),
                i64::from(date.month()),
                i64::from(date.day()),
            );
            assert_eq!(civil(day), expected);
            assert_eq!(days(expected.0, expected.1, expected.2), day);
        }
    }

    #[test]
    fn the_calendar_is_total() {
        for day in [i32::MIN, i32::MIN + 1, i32::MAX] {
            let (year, month, day_of_month) = civil(day);
            assert_eq!(days(year, month, day_of_month), day);
        }
        assert_eq!(days(-10_000_000, 1, 1), i32::MIN);
    }

    #[test]
    fn every_type_of_date_has_the_same_day() {
        // One second before midnight of 1969-12-31: the division is towards minus infinity.
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(Date32Array::from(vec![Some(-1), None])),
            Arc::new(Date64Array::from(vec![Some(-86_400_000), None])),
            Arc::new(TimestampSecondArray::from(vec![Some(-1), None])),
            Arc::new(TimestampMicrosecondArray::from(vec![Some(-1), None])),
            Arc::new(TimestampMicrosecondArray::from(vec![Some(-1), None]).with_timezone("UTC")),
            Arc::new(TimestampNanosecondArray::from(vec![Some(-1), None])),
        ];
        for array in arrays {
            assert_eq!(
                dates(&array).unwrap(),
                Date32Array::from(vec![Some(-1), None])
            );
        }
        let far: ArrayRef = Arc::new(TimestampSecondArray::from(vec![i64::MAX]));
        assert!(dates(&far).is_err());
    }
}
