//! `noise(x, subject, ratio)`: a number that is off by a factor, always the same one for a column and a subject.

mod errors;
#[cfg(test)]
mod tests;

use arrow::datatypes::DataType;
use datafusion_common::ScalarValue;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::{argument, arity, as_they_are, flat, over_both, value_type};
use super::keyed::Keyed;
use super::refusal::{Answer, misuse};
use super::step::Step;
use super::text::has_canonical;
use super::{Argument, Companions, Context, Function, Level};
use errors::noised;

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "noise",
    levels: &[Level::Coarse, Level::Keyed, Level::Whole],
    companions: Companions::Subject(1),
    named: true,
    bounds,
    make: |context| ScalarUDF::from(Noise::new(context)),
    ..Function::DEFAULT
};

const RATIO: &str =
    "the ratio of noise is a constant number from 0.01 to 1 with at most six decimals";

/// Ratios are counted in millionths.
const MILLION: u32 = 1_000_000;

/// `noise(x, subject, ratio)`: x with a relative error of at most `ratio`, evenly distributed around x, in x's type.
///
/// The error is drawn from HMAC-SHA-256 over the name of the column, the ratio and the normal form of the subject,
/// under the key of the domain. So to ask again gives the same answer, all values of one subject in one column are off
/// by the same factor, and those of two columns by unrelated ones.
///
/// REAL and DOUBLE keep 24 significant bits: the rest would tell from which values a factor can lead there (Mironov,
/// "On Significance of the Least Significant Bits For Differential Privacy", 2012). Whole numbers and DECIMAL move by
/// whole units of their last place, a small number by up to two of them, whatever the ratio. A zero stays zero, and
/// so shows; no number changes its sign, and none leaves its type: the last number of the type stands for what is
/// beyond. Infinite numbers and NaN stay. NULL in, NULL out: without a subject there is no noise, and so no number.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Noise {
    signature: Signature,
    keyed: Keyed,
}

impl Noise {
    fn new(context: &Context) -> Self {
        Self {
            signature: as_they_are(),
            keyed: Keyed::new(context, FUNCTION.name),
        }
    }
}

/// A ratio in millionths.
fn millionths(scalar: &ScalarValue) -> Option<u32> {
    let ratio = u32::try_from(Step::of(scalar)?.at_scale(6)?).ok()?;
    (MILLION / 100..=MILLION).contains(&ratio).then_some(ratio)
}

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    match arguments.get(2) {
        Some(Argument::Constant(scalar)) if millionths(scalar).is_some() => Ok(()),
        _ => Err(RATIO.to_owned()),
    }
}

impl ScalarUDFImpl for Noise {
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
        if !types.get(1).is_some_and(has_canonical) {
            return Err(misuse(
                "noise takes a subject of text, a number, a date, a timestamp or a boolean",
            ));
        }
        match types.first().map(value_type) {
            Some(
                number @ (DataType::Float32
                | DataType::Float64
                | DataType::Decimal128(_, _)
                | DataType::Null),
            ) => Ok(number.clone()),
            Some(number) if number.is_integer() => Ok(number.clone()),
            _ => Err(misuse(
                "noise takes numbers: use date_shift for dates, keep_prefix for text",
            )),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 3..=3)?;
        let ratio = match argument(&args.args, 2)? {
            ColumnarValue::Scalar(scalar) => millionths(scalar),
            ColumnarValue::Array(_) => None,
        };
        let ratio = ratio.ok_or_else(|| misuse(RATIO))?;
        let column = args.arg_fields.first().map_or("", |field| field.name());
        let parameters = parameters(column, ratio);
        let (x, subject) = (argument(&args.args, 0)?, argument(&args.args, 1)?);
        over_both(x, subject, args.number_rows, |x, subjects| {
            let draws = self.keyed.draws(&parameters, subjects)?;
            noised(&flat(x)?, &draws, ratio)
        })
    }
}

/// What a draw depends on besides its subject: the column's name, preceded by its length, and the ratio.
fn parameters(column: &str, ratio: u32) -> Vec<u8> {
    let length = (column.len() as u64).to_be_bytes();
    [&length, column.as_bytes(), &ratio.to_be_bytes()].concat()
}
