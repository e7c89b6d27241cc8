//! The policy: which class of column may leave at which level (PRIVACY.md, "How much of a column leaves").

use arrow::datatypes::DataType;

use crate::dataset::contract::Class;
use crate::dataset::rule::Rule;
use crate::functions::Level;

/// Whether a column may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It may.
    Free,
    /// It may where the head reveals it.
    Revealed,
    /// It may not, whatever the head says.
    Never,
}

/// The table: class × level.
pub(super) const fn admission(class: Class, level: Level) -> Admission {
    match (class, level) {
        (Class::Sensitive | Class::Insensitive, _)
        | (Class::DirectIdentifier, Level::None | Level::Keyed)
        | (Class::QuasiIdentifier, Level::None | Level::Keyed | Level::Coarse | Level::Part) => {
            Admission::Free
        }
        (Class::DirectIdentifier, Level::Coarse | Level::Part)
        | (Class::QuasiIdentifier, Level::Whole) => Admission::Revealed,
        (Class::DirectIdentifier, Level::Whole) => Admission::Never,
    }
}

/// Whether a class leaves through one expression at most.
pub(super) const fn protected(class: Class) -> bool {
    matches!(class, Class::DirectIdentifier | Class::QuasiIdentifier)
}

/// The rule that holds for a class.
pub(super) const fn rule(class: Class) -> Rule {
    match class {
        Class::DirectIdentifier => Rule::DirectIdentifier,
        Class::QuasiIdentifier | Class::Sensitive | Class::Insensitive => Rule::QuasiIdentifier,
    }
}

/// A protected class in a sentence.
pub(super) const fn called(class: Class) -> &'static str {
    match class {
        Class::DirectIdentifier => "direct identifier",
        Class::QuasiIdentifier => "quasi-identifier",
        Class::Sensitive => "sensitive column",
        Class::Insensitive => "insensitive column",
    }
}

/// How a column leaves at a level.
pub(super) const fn adverb(level: Level) -> &'static str {
    match level {
        Level::None => "not at all",
        Level::Keyed => "keyed",
        Level::Coarse => "coarsely",
        Level::Part => "in part",
        Level::Whole => "whole",
    }
}

/// The functions that lower a column of a class and type as far as its class asks for.
pub(super) fn would_do(class: Class, data_type: Option<&DataType>) -> &'static [&'static str] {
    match (class, data_type) {
        (Class::DirectIdentifier, _) | (_, None) => &["token", "pseudonym", "redact"],
        (_, Some(DataType::Date32 | DataType::Timestamp(..))) => {
            &["age", "age_band", "generalize_date"]
        }
        (_, Some(data_type)) if data_type.is_numeric() => &["generalize"],
        (_, Some(_)) => &["keep_prefix", "token", "redact"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::find;

    #[test]
    fn the_policy_is_the_table_of_the_levels() {
        use Admission::{Free as F, Never as N, Revealed as R};
        let levels = [
            Level::None,
            Level::Keyed,
            Level::Coarse,
            Level::Part,
            Level::Whole,
        ];
        for (class, expected) in [
            (Class::DirectIdentifier, [F, F, R, R, N]),
            (Class::QuasiIdentifier, [F, F, F, F, R]),
            (Class::Sensitive, [F; 5]),
            (Class::Insensitive, [F; 5]),
        ] {
            assert_eq!(levels.map(|level| admission(class, level)), expected);
            assert_eq!(protected(class), expected != [F; 5]);
        }
    }

    #[test]
    fn what_would_do_exists_and_is_admitted() {
        let types = [DataType::Utf8, DataType::Int32, DataType::Date32];
        for class in [Class::DirectIdentifier, Class::QuasiIdentifier] {
            for name in types
                .iter()
                .flat_map(|data_type| would_do(class, Some(data_type)))
            {
                let function = find(name).expect(name);
                assert_eq!(
                    admission(class, function.levels[0]),
                    Admission::Free,
                    "{name}"
                );
            }
        }
    }
}
