//! The SQL functions: one file each, listed and registered here, each with its effect for the proof.

use arrow::datatypes::DataType;
use chrono::NaiveDate;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ScalarUDF;

use crate::key::DomainKeys;

/// How much of a column leaves through an expression (PRIVACY.md's five levels), least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing.
    None,
    /// A replacement that only the key's holder can compute.
    Keyed,
    /// A generalization.
    Coarse,
    /// At most half of each value.
    Part,
    /// Everything.
    Whole,
}

/// What functions take from outside: bound once per release.
#[derive(Clone)]
pub struct Context {
    /// The date that ages count from.
    pub as_of: NaiveDate,
    /// The keys of the projection's domain; without them keyed functions refuse.
    pub keys: Option<DomainKeys>,
}

/// What an argument of a function is, as the proof sees it.
#[derive(Clone, Copy, Debug)]
pub enum Argument<'a> {
    /// A bare column of the contract.
    Column {
        /// Its type.
        data_type: &'a DataType,
        /// The least step that the contract allows `generalize` over it.
        min_step: Option<&'a str>,
    },
    /// A constant.
    Constant(&'a ScalarValue),
    /// Anything else.
    Computed,
}

/// One of Veilpoint's functions.
pub struct Function {
    /// The canonical name.
    pub name: &'static str,
    /// Names that users of other engines know.
    pub aliases: &'static [&'static str],
    /// The level to which it lowers a bare column, by argument position; the last holds for all that follow.
    pub levels: &'static [Level],
    /// Whether it works under the key: its first argument then comes from PRIVACY.md's short list.
    pub keyed: bool,
    /// Checks constant parameters against their bounds; the text says which bound and names no value of the data.
    pub bounds: fn(&[Argument<'_>]) -> std::result::Result<(), String>,
    /// Makes the function for one release.
    pub make: fn(&Context) -> ScalarUDF,
}
