//! `hipaa_zip3(x)`: the three-digit area of a ZIP code, where enough people live in it.

use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::DataType;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::{argument, arity, as_they_are, by_distinct, is_text, over, value_type};
use super::refusal::{Answer, misuse};
use super::text::{Texts, canonical};
use super::{Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "hipaa_zip3",
    levels: &[Level::Coarse],
    make: |_| {
        ScalarUDF::from(HipaaZip3 {
            signature: as_they_are(),
        })
    },
    ..Function::DEFAULT
};

/// The areas of the census of 2000, one a line, after lines of `#` with their origin.
const FILE: &str = include_str!("restricted_2000.txt");

/// The areas that too few people live in.
static RESTRICTED: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| FILE.lines().filter(|line| !line.starts_with('#')).collect());

/// What stands for all of them: 45 CFR 164.514(b)(2)(i)(B)(2).
const OF_THE_RESTRICTED: &str = "000";

/// `hipaa_zip3(x)`: the first three digits of a ZIP code, and `'000'` for the 17 areas of 20,000 or fewer people.
///
/// A ZIP code is five digits, or ZIP+4 (`12345-6789`), with or without white space around it; or a whole number of at
/// most five digits, whose leading zeros were lost. Nine digits without a hyphen may be a social security number, and
/// are no ZIP code. What is none becomes NULL. NULL in, NULL out.
#[derive(Debug, PartialEq, Eq, Hash)]
struct HipaaZip3 {
    signature: Signature,
}

impl ScalarUDFImpl for HipaaZip3 {
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
        if types
            .iter()
            .all(|x| is_text(x) || value_type(x).is_integer())
        {
            Ok(DataType::Utf8)
        } else {
            Err(misuse("hipaa_zip3 takes text or a whole number"))
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 1..=1)?;
        over(argument(&args.args, 0)?, |array| by_distinct(array, areas))
    }
}

fn areas(values: &ArrayRef) -> Answer<ArrayRef> {
    let number = values.data_type().is_integer();
    let values = canonical(values)?;
    let texts = Texts::of(&values)?;
    let mut out = StringBuilder::with_capacity(texts.len(), texts.len() * 3);
    for text in texts.iter() {
        let area = if number {
            // Padded here, where at most five digits are ever written.
            let padded = text.filter(|digits| digits.len() <= 5);
            let padded = padded.map(|digits| format!("{digits:0>5}"));
            padded.as_deref().and_then(area).map(str::to_owned)
        } else {
            text.and_then(area).map(str::to_owned)
        };
        out.append_option(area);
    }
    Ok(Arc::new(out.finish()))
}

/// The area of a ZIP code.
fn area(text: &str) -> Option<&str> {
    let text = text.trim();
    let (zip, more) = text.split_once('-').unwrap_or((text, "0000"));
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(zip, 5) || !digits(more, 4) {
        return None;
    }
    let area = zip.get(..3)?;
    Some(if RESTRICTED.contains(&area) {
        OF_THE_RESTRICTED
    } else {
        area
    })
}

#[cfg(test)]
mod tests {
    use arrow::array::{Float64Array, Int16Array, Int64Array};

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{column, over_texts, refused, strings};

    const ROWS: &[(&str, Option<&str>)] = &[
        ("10001", Some("100")),
        ("02139", Some("021")),
        ("02139-4307", Some("021")),
        (" 94103\t", Some("941")),
        ("00501", Some("005")),
        ("03601", Some("000")),
        ("10299-0001", Some("000")),
        ("99950", Some("999")),
        ("0213", None),
        ("021394", None),
        ("021394307", None),
        ("02139-", None),
        ("02139-430", None),
        ("02139-43070", None),
        ("02139 4307", None),
        ("-2139", None),
        ("2139a", None),
        ("K1A 0B1", None),
        ("\u{661}0001", None),
        ("", None),
    ];

    #[test]
    fn the_area_of_a_zip_code_shows_and_of_nothing_else() {
        let values: Vec<Option<&str>> = ROWS.iter().map(|row| Some(row.0)).chain([None]).collect();
        let areas = over_texts("hipaa_zip3", &values, &[]);
        let expected = ROWS.iter().map(|row| row.1).chain([None]);
        let wrong: Vec<_> = values
            .iter()
            .zip(&areas)
            .zip(expected)
            .filter(|((_, area), expected)| area.as_deref() != *expected)
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    /// The list as 45 CFR 164.514's guidance prints it, written a second time.
    #[test]
    fn the_restricted_areas_are_the_seventeen_of_the_guidance() {
        let guidance =
            "036, 692, 878, 059, 790, 879, 063, 821, 884, 102, 823, 890, 203, 830, 893, 556, 831";
        let mut expected: Vec<&str> = guidance.split(", ").collect();
        expected.sort_unstable();
        assert_eq!(*RESTRICTED, expected);
        let zips: Vec<String> = (0..1000).map(|area| format!("{area:03}99")).collect();
        let values: Vec<Option<&str>> = zips.iter().map(|zip| Some(zip.as_str())).collect();
        let answers = over_texts("hipaa_zip3", &values, &[]);
        for (zip, answer) in zips.iter().zip(&answers) {
            let hidden = guidance.contains(&zip[..3]);
            let expected = if hidden { "000" } else { &zip[..3] };
            assert_eq!(answer.as_deref(), Some(expected), "{zip}");
        }
    }

    #[test]
    fn whole_numbers_get_their_leading_zeros_back() {
        let numbers = vec![
            Some(10001),
            Some(2139),
            Some(501),
            Some(3601),
            Some(0),
            Some(-2139),
            Some(-213),
            Some(100_000),
            Some(21_394_307),
            None,
        ];
        let expected = ["100", "021", "005", "000", "000", "-", "-", "-", "-", "-"];
        let numbers: ArrayRef = Arc::new(Int64Array::from(numbers));
        let areas = strings(&column("hipaa_zip3", &numbers, &[]).unwrap());
        let areas: Vec<&str> = areas.iter().map(|a| a.as_deref().unwrap_or("-")).collect();
        assert_eq!(areas, expected);
        let small: ArrayRef = Arc::new(Int16Array::from(vec![2139]));
        let areas = strings(&column("hipaa_zip3", &small, &[]).unwrap());
        assert_eq!(areas, [Some("021".to_owned())]);
        let float: ArrayRef = Arc::new(Float64Array::from(vec![2139.0]));
        refused(column("hipaa_zip3", &float, &[]), Kind::Projection);
    }
}
