//! Columns → values: 128 bits of each, and the number that it is.
//!
//! A value is its text, exactly as written; that of a typed column is its text as Arrow writes it, so that a table is
//! the same as CSV and as Parquet. Bytes and nested values are compared as they are.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};

use super::hash::Hash;
use crate::csv::column::{Column, NULL};
use crate::error::{Error, Kind, Result};

/// One value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub(super) hash: Hash,
    /// The finite number that it is, where numbers were asked for; NaN otherwise.
    pub(super) number: f64,
}

/// Reads one column, batch after batch.
pub(super) struct Reader {
    missing: Value,
    /// Whether anybody asks for numbers.
    numbers: bool,
    /// The dictionary's values so far, by code.
    known: Vec<Value>,
    lineage: Option<u64>,
}

impl Reader {
    pub(super) fn new(numbers: bool) -> Self {
        Self {
            missing: Value {
                hash: Hash::missing(),
                number: f64::NAN,
            },
            numbers,
            known: Vec::new(),
            lineage: None,
        }
    }

    /// The column's values, in place of what was in `values`.
    ///
    /// # Errors
    /// [`Kind::Value`] for a type that cannot be compared.
    pub(super) fn read(&mut self, column: &Column, values: &mut Vec<Value>) -> Result<()> {
        values.clear();
        let (dictionary, codes) = match column {
            Column::Plain(array) => return self.array(array, values),
            Column::CodedDoubles(..) => return self.array(&column.to_array(), values),
            Column::Coded(dictionary, codes) => (dictionary, codes),
        };
        if self.lineage != Some(dictionary.lineage) {
            self.lineage = Some(dictionary.lineage);
            self.known.clear();
        }
        // A later dictionary only adds.
        for code in self.known.len()..dictionary.values.len() {
            self.known
                .push(self.value(dictionary.values.value(code).as_bytes()));
        }
        let of_code = |&code: &u32| match code {
            NULL => self.missing,
            code => self
                .known
                .get(code as usize)
                .copied()
                .unwrap_or(self.missing),
        };
        values.extend(codes.iter().map(of_code));
        Ok(())
    }

    fn array(&self, array: &ArrayRef, values: &mut Vec<Value>) -> Result<()> {
        let comparable = comparable(array).map_err(|err| {
            let message = "the column's type cannot be compared: leave it out with --columns";
            Error::new(Kind::Value, message).with_private(err)
        })?;
        match comparable {
            Comparable::Text(texts) => {
                let texts = texts.as_string::<i32>();
                values.extend(texts.iter().map(|text| self.some(text.map(str::as_bytes))));
            }
            Comparable::Bytes(bytes) => {
                let bytes = bytes.as_binary::<i64>();
                values.extend(bytes.iter().map(|bytes| self.some(bytes)));
            }
            Comparable::Rows(rows) => {
                let value = |row| (!array.is_null(row)).then(|| rows.row(row));
                values.extend((0..array.len()).map(|row| {
                    let row = value(row);
                    self.some(row.as_ref().map(AsRef::as_ref))
                }));
            }
        }
        Ok(())
    }

    fn some(&self, bytes: Option<&[u8]>) -> Value {
        bytes.map_or(self.missing, |bytes| self.value(bytes))
    }

    fn value(&self, bytes: &[u8]) -> Value {
        Value {
            hash: Hash::of(bytes),
            number: if self.numbers {
                number(bytes)
            } else {
                f64::NAN
            },
        }
    }
}

/// The finite number that a text is, blanks around it aside.
fn number(text: &[u8]) -> f64 {
    let text = std::str::from_utf8(text).map(str::trim);
    let number = text.ok().and_then(|text| text.parse().ok());
    number
        .filter(|number: &f64| number.is_finite())
        .unwrap_or(f64::NAN)
}

/// A column in a form whose bytes are equal where its values are.
enum Comparable {
    Text(ArrayRef),
    Bytes(ArrayRef),
    Rows(arrow::row::Rows),
}

fn comparable(array: &ArrayRef) -> std::result::Result<Comparable, ArrowError> {
    // A value that a cast cannot take is an error, and no missing value.
    let strict = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    let cast = |array: &ArrayRef, to| cast_with_options(array, to, &strict);
    let data_type = match array.data_type() {
        DataType::Dictionary(_, values) => values.as_ref(),
        own => own,
    };
    Ok(match data_type {
        DataType::Utf8 if array.data_type() == &DataType::Utf8 => {
            Comparable::Text(Arc::clone(array))
        }
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => Comparable::Bytes(cast(array, &DataType::LargeBinary)?),
        // Names of time zones take a database that is not here: the instant itself is as distinct.
        DataType::Timestamp(_, Some(_)) => {
            Comparable::Text(cast(&cast(array, &DataType::Int64)?, &DataType::Utf8)?)
        }
        nested if nested.is_nested() => {
            let converter = RowConverter::new(vec![SortField::new(array.data_type().clone())])?;
            Comparable::Rows(converter.convert_columns(&[Arc::clone(array)])?)
        }
        _ => Comparable::Text(cast(array, &DataType::Utf8)?),
    })
}

#[cfg(test)]
mod tests {
    use arrow::array::{
        BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array,
        Int32Array, Int64Array, LargeStringArray, ListArray, NullArray, StringArray,
        StringViewArray, TimestampMicrosecondArray,
    };
    use arrow::datatypes::Int32Type;

    use super::*;
    use crate::csv::column::Dictionary;

    fn hashes(array: ArrayRef) -> Vec<Hash> {
        let mut values = Vec::new();
        Reader::new(false)
            .read(&Column::Plain(array), &mut values)
            .unwrap();
        values.iter().map(|value| value.hash).collect()
    }

    fn texts(texts: &[Option<&str>]) -> Vec<Hash> {
        let hash =
            |text: Option<&str>| text.map_or_else(Hash::missing, |text| Hash::of(text.as_bytes()));
        texts.iter().copied().map(hash).collect()
    }

    #[test]
    fn a_typed_value_is_its_text() {
        let ab = [Some("a"), None, Some(""), Some("b"), Some("a")];
        let dictionary: DictionaryArray<Int32Type> = ab.iter().copied().collect();
        let decimals = Decimal128Array::from(vec![Some(150), None])
            .with_precision_and_scale(5, 2)
            .unwrap();
        let rows: Vec<(ArrayRef, Vec<Option<&str>>)> = vec![
            (Arc::new(StringArray::from(ab.to_vec())), ab.to_vec()),
            (Arc::new(LargeStringArray::from(ab.to_vec())), ab.to_vec()),
            (Arc::new(StringViewArray::from(ab.to_vec())), ab.to_vec()),
            (Arc::new(dictionary), ab.to_vec()),
            (
                Arc::new(Int64Array::from(vec![Some(-7), None])),
                vec![Some("-7"), None],
            ),
            (Arc::new(Float64Array::from(vec![1.5])), vec![Some("1.5")]),
            (Arc::new(decimals), vec![Some("1.50"), None]),
            (
                Arc::new(BooleanArray::from(vec![Some(true), None])),
                vec![Some("true"), None],
            ),
            (
                Arc::new(Date32Array::from(vec![0])),
                vec![Some("1970-01-01")],
            ),
            (
                Arc::new(TimestampMicrosecondArray::from(vec![5]).with_timezone("Europe/Zurich")),
                vec![Some("5")],
            ),
            (
                Arc::new(BinaryArray::from(vec![Some(&b"a"[..]), None])),
                vec![Some("a"), None],
            ),
            (Arc::new(NullArray::new(2)), vec![None, None]),
        ];
        let mut wrong = Vec::new();
        for (array, expected) in rows {
            let data_type = array.data_type().clone();
            if hashes(array) != texts(&expected) {
                wrong.push(data_type.to_string());
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn nested_values_are_equal_where_they_are() {
        let list = ListArray::from_iter_primitive::<Int32Type, _, _>([
            Some(vec![Some(1), None]),
            None,
            Some(vec![]),
            Some(vec![Some(1), None]),
            Some(vec![Some(1), Some(0)]),
        ]);
        let found = hashes(Arc::new(list));
        assert_eq!(found[0], found[3]);
        assert_eq!(found[1], Hash::missing());
        assert!(found[2] != found[0] && found[4] != found[0] && found[2] != found[1]);
    }

    #[test]
    fn bytes_that_are_no_text_are_values_and_not_missing() {
        // Behind codes, where Arrow's lenient cast to text would give nothing.
        let values = BinaryArray::from(vec![&b"\xff\xfe"[..]]);
        let array = DictionaryArray::new(Int32Array::from(vec![0]), Arc::new(values));
        assert_ne!(hashes(Arc::new(array))[0], Hash::missing());
    }

    #[test]
    fn codes_are_values_and_a_dictionary_grows() {
        let mut reader = Reader::new(true);
        let mut values = Vec::new();
        let coded = |lineage, texts: &[&str], codes: &[u32]| {
            let values = StringArray::from(texts.to_vec());
            Column::Coded(Arc::new(Dictionary { lineage, values }), codes.to_vec())
        };
        let rows = [
            (coded(1, &["a"], &[0, NULL]), vec![Some("a"), None]),
            (coded(1, &["a", "7"], &[1, 0]), vec![Some("7"), Some("a")]),
            (coded(2, &["x", "a"], &[0, 1]), vec![Some("x"), Some("a")]),
        ];
        for (column, expected) in rows {
            reader.read(&column, &mut values).unwrap();
            let found: Vec<Hash> = values.iter().map(|value| value.hash).collect();
            assert_eq!(found, texts(&expected));
        }
    }

    #[test]
    fn a_number_is_a_finite_one_with_or_without_blanks_around_it() {
        let rows = [
            ("7", Some(7.0)),
            (" -7.50 ", Some(-7.5)),
            ("1e3", Some(1000.0)),
            ("007", Some(7.0)),
            ("", None),
            ("inf", None),
            ("NaN", None),
            ("1,5", None),
            ("7 kg", None),
        ];
        for (text, expected) in rows {
            let found = number(text.as_bytes());
            assert_eq!((!found.is_nan()).then_some(found), expected, "{text:?}");
        }
    }
}
