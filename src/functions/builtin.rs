//! `DataFusion`'s own scalar functions that a projection may call: an allow-list by name.
//!
//! On it are functions whose answer depends on their arguments alone. Not on it: what is volatile or speaks of the
//! session, the clock or the file (`random`, `uuid`, `now`, `current_date`, `version`, `input_file_name`), what speaks
//! of Arrow (`arrow_cast`, `arrow_typeof`, metadata), and what returns types that neither CSV nor a contract has
//! (structs, lists, unions, times of day).

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion_expr::ScalarUDF;

/// The canonical names, by kind; their aliases are admitted with them.
const ALLOWED: &[&[&str]] = &[
    // Conditionals.
    &["coalesce", "greatest", "least", "nullif", "nvl", "nvl2"],
    // Dates.
    &[
        "date_bin",
        "date_part",
        "date_trunc",
        "from_unixtime",
        "make_date",
        "to_char",
        "to_date",
        "to_local_time",
        "to_timestamp",
        "to_timestamp_micros",
        "to_timestamp_millis",
        "to_timestamp_nanos",
        "to_timestamp_seconds",
        "to_unixtime",
    ],
    // Text.
    &[
        "ascii",
        "bit_length",
        "btrim",
        "character_length",
        "chr",
        "concat",
        "concat_ws",
        "contains",
        "ends_with",
        "find_in_set",
        "initcap",
        "left",
        "levenshtein",
        "lower",
        "lpad",
        "ltrim",
        "octet_length",
        "overlay",
        "repeat",
        "replace",
        "reverse",
        "right",
        "rpad",
        "rtrim",
        "split_part",
        "starts_with",
        "strpos",
        "substr",
        "substr_index",
        "to_hex",
        "translate",
        "upper",
    ],
    // Regular expressions, in linear time.
    &[
        "regexp_count",
        "regexp_instr",
        "regexp_like",
        "regexp_replace",
    ],
    // Numbers.
    &[
        "abs",
        "acos",
        "acosh",
        "asin",
        "asinh",
        "atan",
        "atan2",
        "atanh",
        "cbrt",
        "ceil",
        "cos",
        "cosh",
        "cot",
        "degrees",
        "exp",
        "factorial",
        "floor",
        "gcd",
        "isnan",
        "iszero",
        "lcm",
        "ln",
        "log",
        "log10",
        "log2",
        "nanvl",
        "pi",
        "power",
        "radians",
        "round",
        "signum",
        "sin",
        "sinh",
        "sqrt",
        "tan",
        "tanh",
        "trunc",
    ],
    // Digests and encodings: no protection by themselves, and the proof knows it.
    &[
        "decode", "digest", "encode", "md5", "sha224", "sha256", "sha384", "sha512",
    ],
];

static BUILTINS: LazyLock<HashMap<String, Arc<ScalarUDF>>> = LazyLock::new(|| {
    let mut functions = HashMap::new();
    for function in datafusion_functions::all_default_functions() {
        if ALLOWED.iter().any(|names| names.contains(&function.name())) {
            for name in function.aliases() {
                functions.insert(name.clone(), Arc::clone(&function));
            }
            functions.insert(function.name().to_owned(), function);
        }
    }
    functions
});

/// `DataFusion`'s function of a name or alias in lower case, if it is on the list.
pub fn builtin(name: &str) -> Option<Arc<ScalarUDF>> {
    BUILTINS.get(name).map(Arc::clone)
}

/// The canonical names on the list, in order, for messages.
pub fn builtin_names() -> Vec<&'static str> {
    let mut names = ALLOWED.concat();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use datafusion_expr::Volatility;

    use super::*;

    #[test]
    fn every_name_on_the_list_is_a_function() {
        let missing: Vec<_> = builtin_names()
            .into_iter()
            .filter(|name| builtin(name).is_none_or(|function| function.name() != *name))
            .collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn aliases_come_with_their_functions() {
        for (alias, name) in [
            ("trim", "btrim"),
            ("length", "character_length"),
            ("substring", "substr"),
            ("pow", "power"),
        ] {
            assert_eq!(builtin(alias).unwrap().name(), name);
        }
    }

    #[test]
    fn what_is_not_a_pure_function_is_not_on_the_list() {
        for name in [
            "random",
            "rand",
            "uuid",
            "now",
            "current_timestamp",
            "current_date",
            "today",
            "current_time",
            "version",
            "input_file_name",
            "file_row_index",
            "arrow_metadata",
            "arrow_typeof",
            "arrow_cast",
            "named_struct",
            "struct",
            "row",
            "get_field",
            "regexp_match",
        ] {
            assert!(builtin(name).is_none(), "{name}");
        }
        for function in BUILTINS.values() {
            assert_eq!(
                function.signature().volatility,
                Volatility::Immutable,
                "{}",
                function.name()
            );
        }
    }
}
