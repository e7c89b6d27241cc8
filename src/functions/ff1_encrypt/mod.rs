//! `ff1_encrypt(x, alphabet)`: format-preserving encryption.

mod alphabet;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use aes::Aes256;
use aes::cipher::BlockCipherEncrypt;
use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::DataType;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};
use fpe::ff1::{FF1, FlexibleNumeralString};

use super::arguments::{argument, arity, as_they_are, by_distinct, over};
use super::keyed::Keyed;
use super::refusal::{Answer, failed, misuse};
use super::text::{Texts, canonical, has_canonical};
use super::{Argument, Context, Function, Level};
use alphabet::Alphabet;

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "ff1_encrypt",
    levels: &[Level::Keyed, Level::Whole],
    keyed: true,
    bounds,
    make: |context| ScalarUDF::from(Ff1Encrypt::new(context)),
    ..Function::DEFAULT
};

const NAMES: &str = "the alphabet of ff1_encrypt is 'digits', 'upper', 'alnum' or 'hex'";

/// `ff1_encrypt(x, alphabet)`: x with the characters of an alphabet encrypted by FF1 (NIST SP 800-38G), as many of the
/// same alphabet; blanks and `- . / + ( )` stay where they are.
///
/// | alphabet | characters | fewest, so that a million values are possible |
/// |---|---|---|
/// | `'digits'` | 0–9 | 6 |
/// | `'upper'` | A–Z | 5 |
/// | `'alnum'` | 0–9 A–Z | 4 |
/// | `'hex'` | 0–9 a–f | 5 |
///
/// Letters of either case are the same, and come out in the case of the table; white space at the ends is trimmed. So one
/// number has one answer but for the signs in it. The cipher is AES-256 under a key of the domain for each alphabet, the
/// tweak is empty. It is one to one among texts of one length: a join key as `token` is, which keeps length and signs.
///
/// It fails for no value: NULL are a text with any other character, one with fewer characters than the table says, and
/// one with more than 128. An error would tell of a value that does not leave. x is of any type with a canonical text.
/// NULL in, NULL out.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Ff1Encrypt {
    signature: Signature,
    keyed: Keyed,
}

impl Ff1Encrypt {
    fn new(context: &Context) -> Self {
        Self {
            signature: as_they_are(),
            keyed: Keyed::new(context, FUNCTION.name),
        }
    }
}

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    match arguments.get(1) {
        Some(Argument::Constant(scalar)) if Alphabet::of(scalar).is_some() => Ok(()),
        _ => Err(NAMES.to_owned()),
    }
}

impl ScalarUDFImpl for Ff1Encrypt {
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
        if types.first().is_some_and(has_canonical) {
            Ok(DataType::Utf8)
        } else {
            Err(misuse(
                "ff1_encrypt takes text, a number, a date, a timestamp or a boolean",
            ))
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 2..=2)?;
        let alphabet = match argument(&args.args, 1)? {
            ColumnarValue::Scalar(scalar) => Alphabet::of(scalar),
            ColumnarValue::Array(_) => None,
        };
        let alphabet = alphabet.ok_or_else(|| misuse(NAMES))?;
        over(argument(&args.args, 0)?, |array| {
            by_distinct(array, |values| encrypted(&self.keyed, alphabet, values))
        })
    }
}

fn encrypted(keyed: &Keyed, alphabet: &Alphabet, values: &ArrayRef) -> Answer<ArrayRef> {
    let key = keyed.derive(&format!("{}/{}", FUNCTION.name, alphabet.name))?;
    let cipher = FF1::<Aes256>::new(key.as_slice(), alphabet.radix)
        .map_err(|_| failed("an alphabet is no radix of FF1"))?;
    let values = canonical(values)?;
    let texts = Texts::of(&values)?;
    let mut out = StringBuilder::with_capacity(texts.len(), texts.len() * 16);
    for text in texts.iter() {
        out.append_option(text.and_then(|text| encrypt(&cipher, b"", alphabet, text.trim())));
    }
    Ok(Arc::new(out.finish()))
}

fn encrypt<C: BlockCipherEncrypt + Clone>(
    cipher: &FF1<C>,
    tweak: &[u8],
    alphabet: &Alphabet,
    text: &str,
) -> Option<String> {
    let numerals = FlexibleNumeralString::from(alphabet.numerals(text)?);
    let numerals = cipher.encrypt(tweak, &numerals).ok()?;
    alphabet.filled(text, numerals.into())
}
