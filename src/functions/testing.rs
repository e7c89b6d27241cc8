//! What the tests of all functions share: a context, calls by name, and each case over all text types.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Field};
use chrono::NaiveDate;
use datafusion_common::ScalarValue;
use datafusion_common::config::ConfigOptions;
use datafusion_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs};

use super::refusal::Answer;
use super::{Argument, Context, find, resolve, take_error};
use crate::error::{Error, Kind};
use crate::key::{Domain, MasterKey};

pub(super) fn context_of(key: [u8; 32], domain: &str) -> Context {
    let keys = MasterKey::from_bytes(key).domain(&Domain::Own(domain.into()));
    Context {
        keys: Some(keys),
        ..keyless()
    }
}

pub(super) fn context() -> Context {
    context_of([7; 32], "patients/analytics")
}

pub(super) fn keyless() -> Context {
    Context {
        as_of: NaiveDate::from_ymd_opt(2024, 2, 28).unwrap(),
        keys: None,
    }
}

/// Days since 1970-01-01 of an ISO date.
pub(super) fn day(iso: &str) -> i32 {
    Date32Type::from_naive_date(iso.parse().unwrap())
}

/// Calls as the engine does: return field first, then the values.
pub(super) fn call(
    context: &Context,
    name: &str,
    args: Vec<ColumnarValue>,
) -> Answer<ColumnarValue> {
    let function = resolve(name, context).unwrap();
    let types: Vec<DataType> = args.iter().map(ColumnarValue::data_type).collect();
    assert_eq!(
        function.coerce_types(&types).unwrap_or(types.clone()),
        types
    );
    let arg_fields: Vec<_> = types
        .iter()
        .map(|data_type| Arc::new(Field::new("c", data_type.clone(), true)))
        .collect();
    let scalars: Vec<Option<&ScalarValue>> = args
        .iter()
        .map(|arg| match arg {
            ColumnarValue::Scalar(scalar) => Some(scalar),
            ColumnarValue::Array(_) => None,
        })
        .collect();
    let return_field = function.return_field_from_args(ReturnFieldArgs {
        arg_fields: &arg_fields,
        scalar_arguments: &scalars,
    })?;
    let number_rows = args
        .iter()
        .find_map(|arg| match arg {
            ColumnarValue::Array(array) => Some(array.len()),
            ColumnarValue::Scalar(_) => None,
        })
        .unwrap_or(1);
    let result = function.invoke_with_args(ScalarFunctionArgs {
        args,
        arg_fields,
        number_rows,
        return_field: Arc::clone(&return_field),
        config_options: Arc::new(ConfigOptions::default()),
    })?;
    assert_eq!(&result.data_type(), return_field.data_type());
    if let ColumnarValue::Array(array) = &result {
        assert_eq!(array.len(), number_rows);
    }
    Ok(result)
}

/// As [`call`], over one column and constants, with the result as an array.
pub(super) fn column(name: &str, values: &ArrayRef, constants: &[ScalarValue]) -> Answer<ArrayRef> {
    let constants = constants.iter().cloned().map(ColumnarValue::Scalar);
    let args = std::iter::once(ColumnarValue::Array(Arc::clone(values))).chain(constants);
    call(&context(), name, args.collect())?.into_array(values.len())
}

/// The same texts as every Arrow type of text.
pub(super) fn text_types(values: &[Option<&str>]) -> Vec<ArrayRef> {
    let utf8: ArrayRef = Arc::new(StringArray::from(values.to_vec()));
    let dictionary = |key, value| DataType::Dictionary(Box::new(key), Box::new(value));
    [
        DataType::Utf8,
        DataType::LargeUtf8,
        DataType::Utf8View,
        dictionary(DataType::Int32, DataType::Utf8),
        dictionary(DataType::UInt16, DataType::LargeUtf8),
    ]
    .iter()
    .map(|data_type| cast(&utf8, data_type).unwrap())
    .collect()
}

/// Runs one function over the same texts in every text type, sliced too, and returns the one answer.
pub(super) fn over_texts(
    name: &str,
    values: &[Option<&str>],
    constants: &[ScalarValue],
) -> Vec<Option<String>> {
    let mut answers = text_types(values).into_iter().map(|array| {
        let whole = strings(&column(name, &array, constants).unwrap());
        let half = values.len() / 2;
        let rest = column(name, &array.slice(half, values.len() - half), constants).unwrap();
        assert_eq!(
            strings(&rest),
            whole[half..],
            "{:?} sliced",
            array.data_type()
        );
        whole
    });
    let first = answers.next().unwrap();
    for answer in answers {
        assert_eq!(answer, first);
    }
    first
}

pub(super) fn strings(array: &ArrayRef) -> Vec<Option<String>> {
    let strings = array.as_string::<i32>();
    strings.iter().map(|s| s.map(str::to_owned)).collect()
}

/// The error of a call that must fail with one of ours.
pub(super) fn refused<T>(answer: Answer<T>, kind: Kind) -> Error {
    let error = take_error(answer.err().unwrap()).unwrap();
    assert_eq!(error.kind(), kind);
    error
}

/// Whether the bounds of a function admit its constant second argument, over a bare column.
pub(super) fn bounded(
    name: &str,
    data_type: &DataType,
    min_step: Option<&str>,
    constant: &ScalarValue,
) -> bool {
    let column = Argument::Column {
        data_type,
        min_step,
    };
    (find(name).unwrap().bounds)(&[column, Argument::Constant(constant)]).is_ok()
}

/// A stream of 64-bit numbers of all magnitudes, the same on every run (xorshift64, and a shift by its low bits).
pub(super) fn numbers() -> impl Iterator<Item = i64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        i64::from_be_bytes(state.to_be_bytes()) >> (state % 64)
    })
}
