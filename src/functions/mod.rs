//! The SQL functions: one file each, listed and registered here, each with its effect for the proof.

mod age;
mod age_band;
mod arguments;
mod as_of;
mod bottom_code;
mod builtin;
mod date_shift;
mod dates;
mod ff1_encrypt;
mod generalize;
mod generalize_date;
mod hipaa_age;
mod hipaa_zip3;
mod keep;
mod keep_prefix;
mod keep_suffix;
mod keyed;
mod limit;
mod mac;
mod mask;
mod names;
mod noise;
mod pseudonym;
mod redact;
mod redact_text;
mod refusal;
mod step;
pub mod subjects;
#[cfg(test)]
mod testing;
mod text;
mod token;
mod top_code;

use std::sync::Arc;

use arrow::datatypes::DataType;
use chrono::NaiveDate;
use datafusion_common::ScalarValue;
use datafusion_expr::ScalarUDF;

pub use builtin::{builtin, builtin_names};
pub use refusal::take_error;

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
    /// The arguments that stand beside the one that it is about.
    pub companions: Companions,
    /// Whether what it gives depends on the first argument's name: that is a column under the contract's own name.
    pub named: bool,
    /// Whether what it tells of a date is no finer than a year: such may leave beside shifted dates.
    pub yearly: fn(&[Argument<'_>]) -> bool,
    /// Checks constant parameters against their bounds; the text says which bound and names no value of the data.
    pub bounds: fn(&[Argument<'_>]) -> std::result::Result<(), String>,
    /// Makes the function for one release.
    pub make: fn(&Context) -> ScalarUDF,
}

/// Arguments of a function that are bare columns: computed ones would choose what is done to the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Companions {
    /// There are none.
    None,
    /// All from this position on are bare columns or constants, such as a gender.
    Bare(usize),
    /// All from this position on are bare columns whose words are looked for in the first, which is a bare column too.
    Identifiers(usize),
    /// The one at this position is a bare column that identifies the subject: a direct identifier, or one that the
    /// contract's `veilpoint.subject` names.
    Subject(usize),
}

impl Function {
    /// What a function is that says nothing else of itself: a table's entry ends with `..Function::DEFAULT`. It keeps
    /// all that it takes.
    pub const DEFAULT: Self = Self {
        name: "",
        aliases: &[],
        levels: &[Level::Whole],
        keyed: false,
        companions: Companions::None,
        named: false,
        yearly: |_| false,
        bounds: |_| Ok(()),
        make: |context| (as_of::FUNCTION.make)(context),
    };

    /// The aliases as the engine takes them.
    fn alias_names(&self) -> Vec<String> {
        self.aliases.iter().map(|&alias| alias.to_owned()).collect()
    }
}

static OURS: &[Function] = &[
    age::FUNCTION,
    age_band::FUNCTION,
    as_of::FUNCTION,
    bottom_code::FUNCTION,
    date_shift::FUNCTION,
    ff1_encrypt::FUNCTION,
    generalize::FUNCTION,
    generalize_date::FUNCTION,
    hipaa_age::FUNCTION,
    hipaa_zip3::FUNCTION,
    keep_prefix::FUNCTION,
    keep_suffix::FUNCTION,
    mask::FUNCTION,
    noise::FUNCTION,
    pseudonym::FUNCTION,
    redact::FUNCTION,
    redact_text::FUNCTION,
    token::FUNCTION,
    top_code::FUNCTION,
];

/// All of Veilpoint's functions, by name.
pub fn ours() -> &'static [Function] {
    OURS
}

/// Veilpoint's function of a name or alias in lower case.
pub fn find(name: &str) -> Option<&'static Function> {
    OURS.iter()
        .find(|function| function.name == name || function.aliases.contains(&name))
}

/// The function of a name or alias in lower case, for one release: Veilpoint's own before `DataFusion`'s. What is
/// neither Veilpoint's nor on the list of [`builtin`] does not exist.
pub fn resolve(name: &str, context: &Context) -> Option<Arc<ScalarUDF>> {
    match find(name) {
        Some(function) => Some(Arc::new((function.make)(context))),
        None => builtin(name),
    }
}

#[cfg(test)]
mod tests {
    use datafusion_expr::Volatility;

    use super::*;

    #[test]
    fn names_and_aliases_are_unique_and_in_lower_case() {
        let names = ours().iter().map(|f| f.name);
        let aliases = ours().iter().flat_map(|f| f.aliases.iter().copied());
        let mut all: Vec<&str> = names.chain(aliases).chain(builtin_names()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|name| name.to_lowercase() == *name));
    }

    #[test]
    fn the_engine_knows_each_function_by_the_names_of_the_table() {
        for function in ours() {
            for name in std::iter::once(&function.name).chain(function.aliases) {
                let made = resolve(name, &testing::context()).unwrap();
                assert_eq!(made.name(), function.name);
                assert_eq!(made.aliases(), function.alias_names());
                assert_eq!(made.signature().volatility, Volatility::Immutable);
                assert!(!function.levels.is_empty());
                assert_eq!(function.keyed, function.levels[0] == Level::Keyed);
            }
        }
    }

    #[test]
    fn functions_of_one_context_are_equal_and_of_others_are_not() {
        let make = |context: &Context, name| resolve(name, context).unwrap();
        let tomorrow = Context {
            as_of: testing::context().as_of.succ_opt().unwrap(),
            ..testing::context()
        };
        for name in ["token", "pseudonym", "age", "redact"] {
            let a = make(&testing::context(), name);
            assert_eq!(a, make(&testing::context(), name));
            let other_key = make(&testing::context_of([9; 32], "patients/analytics"), name);
            assert_eq!(a == other_key, name == "age" || name == "redact");
            assert_eq!(a == make(&tomorrow, name), name != "age");
        }
    }

    #[test]
    fn what_is_not_listed_does_not_exist() {
        for name in ["random", "now", "nothing", "AGE", ""] {
            assert!(resolve(name, &testing::context()).is_none(), "{name}");
        }
        assert!(resolve("upper", &testing::context()).is_some());
    }
}
