//! `hipaa_age(d)`: full years, those of 90 and over as one.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array};
use arrow::datatypes::{DataType, Int32Type};
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::age::ages;
use super::arguments::{argument, arity, as_of_days, as_they_are, over};
use super::dates::check_dates;
use super::refusal::Answer;
use super::{Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "hipaa_age",
    levels: &[Level::Coarse],
    yearly: |_| true,
    make: |context| {
        ScalarUDF::from(HipaaAge {
            signature: as_they_are(),
            as_of: as_of_days(context),
        })
    },
    ..Function::DEFAULT
};

/// The category into which Safe Harbor allows to put all ages over 89: 45 CFR 164.514(b)(2)(i)(C).
const OLDEST: i32 = 90;

/// `hipaa_age(d)`: the age at the as-of date, and 90 for all who are older. Everything else is as in `age`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct HipaaAge {
    signature: Signature,
    as_of: i32,
}

impl ScalarUDFImpl for HipaaAge {
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
        arity(FUNCTION.name, types, 1..=1)?;
        check_dates(FUNCTION.name, types)?;
        Ok(DataType::Int32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 1..=1)?;
        over(argument(&args.args, 0)?, |births| {
            let ages: Int32Array = ages(births, self.as_of)?;
            let ages: Int32Array = ages.unary::<_, Int32Type>(|age| age.min(OLDEST));
            Ok(Arc::new(ages) as ArrayRef)
        })
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, Date32Array};
    use datafusion_common::ScalarValue;

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{call, column, context, day, refused};

    /// At the context's as-of date, 2024-02-28.
    const ROWS: &[(Option<&str>, Option<i32>)] = &[
        (Some("2024-02-28"), Some(0)),
        (Some("2000-02-29"), Some(23)),
        (Some("1934-03-01"), Some(89)),
        (Some("1934-02-28"), Some(90)),
        (Some("1933-02-28"), Some(90)),
        (Some("1932-02-29"), Some(90)),
        (Some("1894-02-28"), Some(90)),
        (None, None),
    ];

    #[test]
    fn ages_over_89_are_one() {
        let births = ROWS.iter().map(|row| row.0.map(day));
        let births: ArrayRef = Arc::new(births.collect::<Date32Array>());
        let ages = column("hipaa_age", &births, &[]).unwrap();
        let expected: Int32Array = ROWS.iter().map(|row| row.1).collect();
        assert_eq!(ages.as_primitive::<Int32Type>(), &expected);
    }

    #[test]
    fn impossible_ages_are_refused_as_by_age() {
        for birth in ["2024-02-29", "1893-02-28"] {
            let births: ArrayRef = Arc::new(Date32Array::from(vec![day(birth)]));
            refused(column("hipaa_age", &births, &[]), Kind::Evaluation);
        }
    }

    #[test]
    fn a_constant_stays_a_constant() {
        let date = ScalarValue::Date32(Some(day("1900-01-01")));
        let answer = call(&context(), "hipaa_age", vec![date.into()]).unwrap();
        let ColumnarValue::Scalar(age) = answer else {
            unreachable!("it is a constant")
        };
        assert_eq!(age, ScalarValue::Int32(Some(90)));
        let text = ScalarValue::from("1900-01-01");
        refused(
            call(&context(), "hipaa_age", vec![text.into()]),
            Kind::Projection,
        );
    }
}
