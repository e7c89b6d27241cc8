//! `token(x)`: the join key of a value, under the key of the domain.

use std::sync::Arc;

use arrow::array::{ArrayRef, NullBufferBuilder, StringArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::DataType;
use datafusion_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature};

use super::arguments::{argument, arity, as_they_are, by_distinct, no_bounds, over};
use super::keyed::Keyed;
use super::refusal::{Answer, failed, misuse};
use super::text::{Normalizer, Texts, canonical, has_canonical};
use super::{Context, Function, Level};

/// The entry in the table.
pub(super) const FUNCTION: Function = Function {
    name: "token",
    aliases: &["crypto_hash"],
    levels: &[Level::Keyed],
    keyed: true,
    bounds: no_bounds,
    make: |context| ScalarUDF::from(Token::new(context)),
    ..Function::DEFAULT
};

/// The characters of a token.
const LENGTH: usize = 26;

/// Crockford's base32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `token(x)`: 26 characters of Crockford base32 of the first 128 bits of HMAC-SHA-256 over the normal form of x.
///
/// The 128 bits are followed by two zero bits, so that 26 characters of five bits hold them: the last character is one
/// of eight (`0 4 8 C G M R W`). x is of any type with a canonical text: the number 7 and the text `7` have one token.
/// NULL, and text of nothing but white space, give NULL. Two of a thousand million values meet with odds of about
/// 1 in 10^21.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Token {
    signature: Signature,
    aliases: Vec<String>,
    keyed: Keyed,
}

impl Token {
    fn new(context: &Context) -> Self {
        Self {
            signature: as_they_are(),
            aliases: FUNCTION.alias_names(),
            keyed: Keyed::new(context, "token"),
        }
    }
}

impl ScalarUDFImpl for Token {
    fn name(&self) -> &str {
        FUNCTION.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Answer<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, types: &[DataType]) -> Answer<DataType> {
        arity(FUNCTION.name, types, 1..=1)?;
        if types.iter().all(has_canonical) {
            Ok(DataType::Utf8)
        } else {
            Err(misuse(
                "token takes text, a number, a date, a timestamp or a boolean",
            ))
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        arity(FUNCTION.name, &args.args, 1..=1)?;
        over(argument(&args.args, 0)?, |array| {
            by_distinct(array, |values| tokens(&self.keyed, values))
        })
    }
}

fn tokens(keyed: &Keyed, values: &ArrayRef) -> Answer<ArrayRef> {
    let prf = keyed.prf()?;
    let texts = canonical(values)?;
    let texts = Texts::of(&texts)?;
    let mut normalizer = Normalizer::new();
    // Checked to be UTF-8 once for all, and not each by itself.
    let mut bytes = Vec::with_capacity(texts.len() * LENGTH);
    let mut lengths = Vec::with_capacity(texts.len());
    let mut nulls = NullBufferBuilder::new(texts.len());
    for text in texts.iter() {
        let normal = text.and_then(|text| normalizer.normalize(text));
        if let Some(normal) = normal {
            bytes.extend_from_slice(&crockford(prf(normal)));
        }
        nulls.append(normal.is_some());
        lengths.push(if normal.is_some() { LENGTH } else { 0 });
    }
    let offsets = OffsetBuffer::from_lengths(lengths);
    let tokens = StringArray::try_new(offsets, bytes.into(), nulls.finish());
    let tokens = tokens.map_err(|_| failed("tokens are damaged"))?;
    Ok(Arc::new(tokens))
}

/// The 26 characters of 128 bits, most significant first. Each is found by itself: one after the other, by shifting what
/// is left, took 36 ns, and this takes 8.
fn crockford(bits: u128) -> [u8; LENGTH] {
    let digit = |at: usize| match 123_usize.checked_sub(5 * at) {
        Some(below) => bits >> below,
        None => bits << 2,
    };
    std::array::from_fn(|at| {
        let [.., five] = digit(at).to_be_bytes();
        ALPHABET[usize::from(five % 32)]
    })
}

#[cfg(test)]
mod tests {
    use arrow::array::{AsArray, Int32Array, Int64Array, ListArray, NullArray};
    use arrow::datatypes::Int32Type;
    use datafusion_common::ScalarValue;

    use super::*;
    use crate::error::Kind;
    use crate::functions::testing::{
        call, column, context, context_of, keyless, over_texts, refused, strings,
    };

    #[test]
    fn the_encoding_is_that_of_an_independent_library() {
        let mut specification = data_encoding::Specification::new();
        specification
            .symbols
            .push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
        let reference = specification.encoding().unwrap();
        for bits in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            let expected = reference.encode(&bits.to_be_bytes());
            assert_eq!(crockford(bits), expected.as_bytes());
        }
    }

    #[test]
    fn tokens_are_those_that_python_computes() {
        // hmac.digest(key of the purpose, text normalized with unicodedata and casefold, "sha256")[:16] in base32.
        let values = [
            Some("756.1234.5678.97"),
            Some("Anna Müller"),
            Some(" ANNA  mu\u{308}ller "),
            None,
            Some(""),
            Some(" \t"),
            Some("李小龍"),
        ];
        let expected = [
            "GXB7H1TCYAAPG8PTSZ421H9WFC",
            "VESAMW03A6MGDJ706P9R4N43MG",
            "VESAMW03A6MGDJ706P9R4N43MG",
            "",
            "",
            "",
            "MNTQYMPAE1AMSVXVDESBPCYWT8",
        ];
        for (token, expected) in over_texts("token", &values, &[]).iter().zip(expected) {
            assert_eq!(token.as_deref().unwrap_or_default(), expected);
        }
        assert_eq!(
            over_texts("crypto_hash", &values[..1], &[])[0].as_deref(),
            Some("GXB7H1TCYAAPG8PTSZ421H9WFC")
        );
    }

    #[test]
    fn a_number_and_its_digits_have_one_token() {
        let text = over_texts("token", &[Some("7")], &[]);
        let arrays: [ArrayRef; 2] = [
            Arc::new(Int32Array::from(vec![7])),
            Arc::new(Int64Array::from(vec![7])),
        ];
        for array in arrays {
            assert_eq!(strings(&column("token", &array, &[]).unwrap()), text);
        }
    }

    #[test]
    fn null_of_no_type_is_null() {
        let nulls: ArrayRef = Arc::new(NullArray::new(3));
        let answer = column("token", &nulls, &[]).unwrap();
        assert_eq!(strings(&answer), [None, None, None]);
    }

    #[test]
    fn a_constant_stays_a_constant() {
        let one = ColumnarValue::Scalar(ScalarValue::from("7"));
        let answer = call(&context(), "token", vec![one]).unwrap();
        assert!(matches!(
            answer,
            ColumnarValue::Scalar(ScalarValue::Utf8(Some(_)))
        ));
    }

    #[test]
    fn domains_and_keys_have_tokens_of_their_own() {
        let of = |context: &Context| {
            let one = ColumnarValue::Scalar(ScalarValue::from("7"));
            let answer = call(context, "token", vec![one]).unwrap();
            answer
                .into_array(1)
                .unwrap()
                .as_string::<i32>()
                .value(0)
                .to_owned()
        };
        let contexts = [
            context(),
            context_of([7; 32], "patients/research"),
            context_of([8; 32], "patients/analytics"),
        ];
        let mut tokens: Vec<String> = contexts.iter().map(of).collect();
        tokens.dedup();
        assert_eq!(tokens.len(), 3);
    }

    #[test]
    fn without_a_key_it_refuses_with_the_remedy() {
        let one = || vec![ColumnarValue::Scalar(ScalarValue::from("7"))];
        for name in ["token", "pseudonym"] {
            let error = refused(call(&keyless(), name, one()), Kind::Key);
            assert!(error.to_string().contains("--key"));
        }
    }

    #[test]
    fn nested_values_and_other_numbers_of_arguments_are_refused() {
        let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>([Some([
            Some(1),
        ])]));
        refused(column("token", &list, &[]), Kind::Projection);
        refused(call(&context(), "token", vec![]), Kind::Projection);
    }
}
