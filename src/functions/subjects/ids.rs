//! Values → 128 bits by which they are compared, under a key that lives as long as one release.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{ArrayRef, FixedSizeBinaryBuilder};
use arrow::datatypes::DataType;
use datafusion_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::{Error, Kind, Result};
use crate::functions::refusal::{Answer, failed};
use crate::functions::text::{Normalizer, Texts, canonical};

/// Bytes of an id.
pub const WIDTH: i32 = 16;

/// Makes ids: the first 128 bits of SHA-256 over a key and the value. Values are compared by them alone: two of a
/// thousand million meet with odds of about 1 in 10^21.
///
/// The key is drawn for each release, so that what is spilled to disk tells nothing of a person. Whether two ids are
/// equal does not depend on it, and nothing else of an id reaches a release.
#[derive(Clone, PartialEq, Eq)]
pub struct Ids {
    key: Zeroizing<[u8; 32]>,
}

impl Ids {
    /// Ids under a fresh key.
    pub fn new() -> Result<Self> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice()).map_err(|_| {
            Error::new(
                Kind::Internal,
                "the operating system gives no random numbers",
            )
        })?;
        Ok(Self { key })
    }

    /// The id of a value, which whoever calls has written so that different values differ.
    pub fn of(&self, value: &[u8]) -> u128 {
        let digest = Sha256::new()
            .chain_update(self.key.as_slice())
            .chain_update(value)
            .finalize();
        let mut half = [0; 16];
        half.copy_from_slice(digest.split_at(16).0);
        u128::from_be_bytes(half)
    }

    /// The function of the columns that identify a person. They are compared in the normal form in which text is keyed,
    /// so that spelling makes no two of one; where all of them are NULL, so is the id.
    pub fn function(&self) -> ScalarUDF {
        ScalarUDF::from(SubjectId {
            signature: Signature::variadic_any(Volatility::Immutable),
            ids: self.clone(),
        })
    }
}

impl Hash for Ids {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.as_slice().hash(state);
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ids")
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct SubjectId {
    signature: Signature,
    ids: Ids,
}

impl ScalarUDFImpl for SubjectId {
    fn name(&self) -> &'static str {
        "subject"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _types: &[DataType]) -> Answer<DataType> {
        Ok(DataType::FixedSizeBinary(WIDTH))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Answer<ColumnarValue> {
        let rows = args.number_rows;
        let columns = args.args.into_iter().map(|column| column.into_array(rows));
        let columns = columns.collect::<Answer<Vec<_>>>()?;
        subjects(&self.ids, &columns, rows).map(ColumnarValue::Array)
    }
}

fn subjects(ids: &Ids, columns: &[ArrayRef], rows: usize) -> Answer<ArrayRef> {
    let columns = columns.iter().map(canonical).collect::<Answer<Vec<_>>>()?;
    let texts = columns.iter().map(Texts::of).collect::<Answer<Vec<_>>>()?;
    let mut normalizer = Normalizer::new();
    let mut out = FixedSizeBinaryBuilder::with_capacity(rows, WIDTH);
    let mut value = Vec::new();
    for row in 0..rows {
        value.clear();
        let mut known = false;
        for texts in &texts {
            match texts.get(row).and_then(|text| normalizer.normalize(text)) {
                Some(normal) => {
                    known = true;
                    value.push(1);
                    value.extend_from_slice(&(normal.len() as u64).to_le_bytes());
                    value.extend_from_slice(normal);
                }
                None => value.push(0),
            }
        }
        if known {
            out.append_value(ids.of(&value).to_be_bytes())
                .map_err(|_| failed("an id has another width"))?;
        } else {
            out.append_null();
        }
    }
    Ok(Arc::new(out.finish()))
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray, Int64Array, StringArray};

    use super::*;

    fn text(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    /// For each row the first one with its id, or nothing where it has none.
    fn classes(columns: &[ArrayRef]) -> Vec<Option<usize>> {
        let rows = columns[0].len();
        let ids = subjects(&Ids::new().unwrap(), columns, rows).unwrap();
        let ids = ids.as_fixed_size_binary();
        let first = |row| {
            (0..rows).find(|other| ids.is_valid(*other) && ids.value(*other) == ids.value(row))
        };
        (0..rows)
            .map(|row| if ids.is_valid(row) { first(row) } else { None })
            .collect()
    }

    #[test]
    fn spelling_makes_no_two_persons_of_one() {
        let names = [
            Some("Anna Müller"),
            Some("  ANNA\tMu\u{308}ller "),
            Some("Anna Muller"),
            None,
            Some(" "),
            Some(""),
        ];
        let expected = [Some(0), Some(0), Some(2), None, None, None];
        assert_eq!(classes(&[text(&names)]), expected);
    }

    #[test]
    fn several_columns_are_one_person_each_by_itself() {
        let rows = [
            (Some("ab"), Some("c"), Some(0)),
            (Some("a"), Some("bc"), Some(1)),
            (Some("ab"), None, Some(2)),
            (None, Some("ab"), Some(3)),
            (None, None, None),
            (Some("AB "), Some("c"), Some(0)),
            (Some(""), Some("ab"), Some(3)),
        ];
        let first: Vec<_> = rows.iter().map(|row| row.0).collect();
        let second: Vec<_> = rows.iter().map(|row| row.1).collect();
        let expected: Vec<_> = rows.iter().map(|row| row.2).collect();
        assert_eq!(classes(&[text(&first), text(&second)]), expected);
    }

    #[test]
    fn numbers_are_persons_too() {
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(7), None, Some(7), Some(70)]));
        assert_eq!(classes(&[numbers]), [Some(0), None, Some(0), Some(3)]);
    }

    #[test]
    fn each_release_has_ids_of_its_own() {
        let (one, other) = (Ids::new().unwrap(), Ids::new().unwrap());
        assert_eq!(one.of(b"7"), one.clone().of(b"7"));
        assert_ne!(one.of(b"7"), one.of(b"8"));
        assert_ne!(one.of(b"7"), other.of(b"7"));
        assert_eq!(format!("{one:?}"), "ids");
    }
}
