//! `age_band(d, width)`: the age in bands.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::DataType;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::age::{MOST, ages};
use super::arguments::{argument, arity, as_of_days, as_they_are, at_least, over, positive};
use super::dates::check_dates;
use super::refusal::Answer;
use super::{Argument, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "age_band",
    aliases: &[],
    levels: &[Level::Coarse, Level::Whole],
    keyed: false,
    bounds,
    make: |context| {
        ScalarUDF::from(AgeBand {
            signature: as_they_are(),
            as_of: as_of_days(context),
        })
    },
    yearly: |_| true,
    ..Function::DEFAULT
};

/// `age_band(d, width)`: `'40-49'`, the band of `width` years that holds the age at the as-of date. The first band
/// begins at 0. Everything else is as in `age`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct AgeBand {
    signature: Signature,
    as_of: i32,
}

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    at_least(arguments.get(1), 5, "the width of age_band")
}

impl ScalarUDFImpl for AgeBand {
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
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 2..=2)?;
        let width = positive(FUNCTION.name, "width", argument(&args.args, 1)?)?;
        over(argument(&args.args, 0)?, |births| {
            let bands = bands(width);
            let ages = ages(births, self.as_of)?;
            let mut out = StringBuilder::with_capacity(ages.len(), ages.len() * 5);
            for age in &ages {
                let age = age.and_then(|age| usize::try_from(age).ok());
                out.append_option(age.and_then(|age| bands.get(age)));
            }
            Ok(Arc::new(out.finish()) as ArrayRef)
        })
    }
}

/// The band of every possible age.
fn bands(width: i64) -> Vec<String> {
    (0..=i64::from(MOST))
        .map(|age| {
            let low = age - age % width;
            format!("{low}-{}", low.saturating_add(width - 1))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use arrow::array::Date32Array;
    use datafusion_common::ScalarValue;

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{bounded, column, day, refused, strings};

    fn births() -> ArrayRef {
        let days = [
            "2024-02-28",
            "2019-02-28",
            "1984-02-28",
            "1984-02-29",
            "1893-03-01",
        ];
        let days = days.iter().map(|iso| Some(day(iso))).chain([None]);
        Arc::new(days.collect::<Date32Array>())
    }

    #[test]
    fn a_band_holds_the_age() {
        for (width, expected) in [
            (5, ["0-4", "5-9", "40-44", "35-39", "130-134"]),
            (10, ["0-9", "0-9", "40-49", "30-39", "130-139"]),
            (18, ["0-17", "0-17", "36-53", "36-53", "126-143"]),
            (200, ["0-199"; 5]),
        ] {
            let bands = column("age_band", &births(), &[ScalarValue::Int64(Some(width))]).unwrap();
            let bands = strings(&bands);
            for (band, expected) in bands.iter().zip(expected) {
                assert_eq!(band.as_deref(), Some(expected));
            }
            assert_eq!(bands[5], None);
        }
    }

    #[test]
    fn the_width_is_constant_and_at_least_five() {
        for (width, good) in [
            (ScalarValue::Int64(Some(5)), true),
            (ScalarValue::UInt8(Some(10)), true),
            (ScalarValue::Int64(Some(4)), false),
            (ScalarValue::Int64(Some(-10)), false),
            (ScalarValue::Int64(None), false),
            (ScalarValue::Float64(Some(10.0)), false),
        ] {
            assert_eq!(
                bounded("age_band", &DataType::Date32, None, &width),
                good,
                "{width}"
            );
        }
        for width in [ScalarValue::Int64(Some(0)), ScalarValue::Int64(None)] {
            refused(column("age_band", &births(), &[width]), Kind::Projection);
        }
    }
}
