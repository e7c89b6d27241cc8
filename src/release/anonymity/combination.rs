//! The values of some columns → 128 bits by which rows are compared, as the values leave: `1.0` and `1.00` of DECIMAL
//! are what one column's type makes one; texts are compared by their characters; NULL is a value of its own.

use arrow::array::{Array, ArrayRef, AsArray, downcast_primitive_array};
use arrow::datatypes::{Float32Type, Float64Type, ToByteSlice};

use crate::error::{Error, Kind, Result};
use crate::functions::subjects::Ids;

/// The combination of each row's values in `columns`.
pub fn combinations(ids: &Ids, columns: &[&ArrayRef], rows: usize) -> Result<Vec<u128>> {
    let mut values = vec![Vec::new(); rows];
    for column in columns {
        append(column, &mut values)?;
    }
    Ok(values.iter().map(|value| ids.of(value)).collect())
}

/// Appends each row's value, so that none is the beginning of another.
fn append(column: &ArrayRef, values: &mut [Vec<u8>]) -> Result<()> {
    let mut each = |of: &dyn Fn(usize, &mut Vec<u8>)| {
        for (row, value) in values.iter_mut().enumerate() {
            value.push(u8::from(column.is_valid(row)));
            if column.is_valid(row) {
                of(row, value);
            }
        }
    };
    if let Some(numbers) = column.as_primitive_opt::<Float32Type>() {
        each(&|row, value| value.extend(one(f64::from(numbers.value(row)))));
    } else if let Some(numbers) = column.as_primitive_opt::<Float64Type>() {
        each(&|row, value| value.extend(one(numbers.value(row))));
    } else if let Some(booleans) = column.as_boolean_opt() {
        each(&|row, value| value.push(u8::from(booleans.value(row))));
    } else if let Some(texts) = column.as_string_opt::<i32>() {
        each(&|row, value| {
            let text = texts.value(row);
            value.extend((text.len() as u64).to_le_bytes());
            value.extend(text.as_bytes());
        });
    } else {
        let column = column.as_ref();
        downcast_primitive_array!(
            column => each(&|row, value| value.extend(column.value(row).to_byte_slice())),
            _ => return Err(misfit()),
        );
    }
    Ok(())
}

/// One form for what is equal: there is one zero, and one that is no number.
fn one(number: f64) -> [u8; 8] {
    let number = if number.is_nan() {
        f64::NAN
    } else if number == 0.0 {
        0.0
    } else {
        number
    };
    number.to_bits().to_le_bytes()
}

fn misfit() -> Error {
    Error::new(Kind::Internal, "rows of this type are not compared")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int16Array,
        NullArray, StringArray, TimestampMicrosecondArray, UInt64Array,
    };

    use super::*;

    /// For each row the first that is equal to it.
    fn classes(columns: &[ArrayRef]) -> Vec<usize> {
        let columns: Vec<_> = columns.iter().collect();
        let rows = columns[0].len();
        let found = combinations(&Ids::new().unwrap(), &columns, rows).unwrap();
        let first = |value: &u128| found.iter().position(|other| other == value).unwrap();
        found.iter().map(first).collect()
    }

    #[test]
    fn rows_are_equal_by_their_values() {
        let nan = f64::from_bits(0xfff8_0000_0000_0001);
        let rows: Vec<(&str, ArrayRef, &[usize])> = vec![
            (
                "text by its characters",
                Arc::new(StringArray::from(vec![
                    Some("a"),
                    Some("A"),
                    Some(""),
                    None,
                    Some("a"),
                    Some("NULL"),
                    None,
                    Some("a "),
                ])),
                &[0, 1, 2, 3, 0, 5, 3, 7],
            ),
            (
                "one zero, one that is no number",
                Arc::new(Float64Array::from(vec![
                    Some(0.0),
                    Some(-0.0),
                    Some(f64::NAN),
                    Some(nan),
                    None,
                    Some(f64::MIN_POSITIVE),
                ])),
                &[0, 0, 2, 2, 4, 5],
            ),
            (
                "the same of REAL",
                Arc::new(Float32Array::from(vec![
                    0.0,
                    -0.0,
                    f32::NAN,
                    -f32::NAN,
                    1.5,
                ])),
                &[0, 0, 2, 2, 4],
            ),
            (
                "NULL is not false",
                Arc::new(BooleanArray::from(vec![
                    Some(false),
                    None,
                    Some(true),
                    None,
                ])),
                &[0, 1, 2, 1],
            ),
            (
                "NULL is not zero",
                Arc::new(Int16Array::from(vec![Some(0), None, Some(-1), Some(0)])),
                &[0, 1, 2, 0],
            ),
            (
                "decimals",
                Arc::new(Decimal128Array::from(vec![150, 15, 150])),
                &[0, 1, 0],
            ),
            (
                "dates",
                Arc::new(Date32Array::from(vec![1, 2, 1])),
                &[0, 1, 0],
            ),
            (
                "instants",
                Arc::new(TimestampMicrosecondArray::from(vec![1, 2, 1]).with_timezone("UTC")),
                &[0, 1, 0],
            ),
            (
                "large numbers",
                Arc::new(UInt64Array::from(vec![u64::MAX, u64::MAX - 1])),
                &[0, 1],
            ),
        ];
        let mut wrong = Vec::new();
        for (name, column, expected) in rows {
            let found = classes(&[column]);
            if found != expected {
                wrong.push(format!("{name}: {found:?}, not {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn values_of_several_columns_do_not_run_into_each_other() {
        let first: ArrayRef = Arc::new(StringArray::from(vec![
            Some("a"),
            Some("ab"),
            None,
            Some("ab"),
        ]));
        let second: ArrayRef = Arc::new(StringArray::from(vec![
            Some("bc"),
            Some("c"),
            Some("abc"),
            Some("c"),
        ]));
        assert_eq!(classes(&[first, second]), [0, 1, 2, 1]);
    }

    #[test]
    fn other_types_are_not_compared() {
        let nulls: ArrayRef = Arc::new(NullArray::new(1));
        assert!(combinations(&Ids::new().unwrap(), &[&nulls], 1).is_err());
    }
}
