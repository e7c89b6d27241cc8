//! The types that a release may have, and the names of its columns.

use std::collections::HashSet;

use arrow::datatypes::DataType;
use datafusion_expr::LogicalPlan;

use crate::dataset::rule::{Refusal, Refusals, Rule};

/// The type in which a column leaves: text always as `Utf8`; nothing for types that are not encoded.
pub(in crate::dataset) fn encoded(data_type: &DataType) -> Option<DataType> {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => {
            Some(DataType::Utf8)
        }
        DataType::Dictionary(_, values) if values.is_string() => Some(DataType::Utf8),
        DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal128(..)
        | DataType::Date32
        | DataType::Timestamp(..) => Some(data_type.clone()),
        _ => None,
    }
}

/// Refuses output columns without a name of their own, or of a type that is not encoded.
pub(super) fn check(plan: &LogicalPlan, refusals: &mut Refusals) {
    let mut names = HashSet::new();
    for field in plan.schema().fields() {
        let name = field.name();
        if name.is_empty() {
            let message = "an output column has an empty name: name it with AS";
            refusals.add(Refusal::new(Rule::Name, None, message));
        }
        if !names.insert(name.as_str()) {
            let message =
                format!("two output columns are called \"{name}\": give one another name with AS");
            refusals.add(Refusal::new(Rule::Name, None, message));
        }
        if encoded(field.data_type()).is_none() {
            let message = format!(
                "the output column \"{name}\" has the type {}, which is not released: use CAST(… AS VARCHAR), or \
                 encode(…, 'hex') for bytes",
                field.data_type()
            );
            refusals.add(Refusal::new(Rule::Type, None, message));
        }
    }
}
