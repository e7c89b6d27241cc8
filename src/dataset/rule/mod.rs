//! The rules that a projection is held to, and what is said against one that breaks them.
//!
//! The table of [`Rule::facts`] is the list: a name for machines, a sentence, and the part of PRIVACY.md that it comes
//! from. Each refusal names one of them.

mod refusal;

use std::fmt;

pub(super) use refusal::Refusals;
pub use refusal::{Refusal, Refused};

/// A rule that a projection is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// One SELECT.
    Statement,
    /// The dataset's table, once.
    Table,
    /// Functions on the list.
    Function,
    /// Expressions on the list.
    Expression,
    /// Plan nodes on the list.
    Node,
    /// Names that exist, and stand once.
    Name,
    /// Types that fit and are released.
    Type,
    /// Directives that can be read.
    Head,
    /// Direct identifiers.
    DirectIdentifier,
    /// Quasi-identifiers.
    QuasiIdentifier,
    /// One expression of a protected column.
    OneExpression,
    /// What goes into a keyed function.
    KeyedArgument,
    /// What comes out of one.
    Opaque,
    /// Columns that stand beside an argument.
    BareArgument,
    /// Parameters inside their bounds.
    Bounds,
    /// What the head admits is needed.
    NeedlessReveals,
    /// Nothing gives a shift of dates away.
    DateShift,
    /// Joins with reference tables.
    ReferenceJoin,
    /// What k counts.
    K,
}

/// What is said of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its name for machines: words joined by hyphens.
    pub name: &'static str,
    /// Its sentence.
    pub sentence: &'static str,
    /// The part of PRIVACY.md that it comes from.
    pub section: &'static str,
}

impl Rule {
    /// All rules, in the order of the table.
    pub const ALL: [Self; 19] = [
        Self::Statement,
        Self::Table,
        Self::Function,
        Self::Expression,
        Self::Node,
        Self::Name,
        Self::Type,
        Self::Head,
        Self::DirectIdentifier,
        Self::QuasiIdentifier,
        Self::OneExpression,
        Self::KeyedArgument,
        Self::Opaque,
        Self::BareArgument,
        Self::Bounds,
        Self::NeedlessReveals,
        Self::DateShift,
        Self::ReferenceJoin,
        Self::K,
    ];

    /// The table.
    pub const fn facts(self) -> Facts {
        const LEVELS: &str = "How much of a column leaves";
        const FUNCTIONS: &str = "SQL functions";
        const PROOF: &str = "The proof";
        const HEAD: &str = "The head of a projection";
        let (name, section, sentence) = match self {
            Self::Statement => (
                "statement",
                PROOF,
                "a projection is one SELECT, of clauses that the engine neither runs nor leaves out in its own way",
            ),
            Self::Table => (
                "table",
                PROOF,
                "it reads the dataset's table, once, and no other but reference tables in joins",
            ),
            Self::Function => ("function", FUNCTIONS, "every function is on the list"),
            Self::Expression => ("expression", PROOF, "every expression is on the list"),
            Self::Node => ("node", PROOF, "every node of the plan is on the list"),
            Self::Name => (
                "name",
                PROOF,
                "every column exists under its exact name, and output columns have names of their own",
            ),
            Self::Type => (
                "type",
                PROOF,
                "types fit, and output columns have types that are released",
            ),
            Self::Head => (
                "head",
                HEAD,
                "every directive is known, can be read, and stands once",
            ),
            Self::DirectIdentifier => (
                "direct-identifier",
                LEVELS,
                "a direct identifier, or a column that nobody classified, leaves keyed or not at all; coarsely or in \
                 part where the head reveals it; whole never, by value or by what chooses, groups and orders rows",
            ),
            Self::QuasiIdentifier => (
                "quasi-identifier",
                LEVELS,
                "a quasi-identifier leaves whole only where the head reveals it, by value or by what chooses, groups \
                 and orders rows",
            ),
            Self::OneExpression => (
                "one-expression",
                LEVELS,
                "a protected column leaves, keyed expressions apart, through at most one expression",
            ),
            Self::KeyedArgument => (
                "keyed-argument",
                FUNCTIONS,
                "a keyed function takes bare columns, their text, and these joined by separators",
            ),
            Self::Opaque => (
                "opaque",
                FUNCTIONS,
                "what a keyed function returns is selected, grouped by, ordered by and counted, and nothing else",
            ),
            Self::BareArgument => (
                "bare-argument",
                FUNCTIONS,
                "subject, gender and identifiers beside an argument are bare columns",
            ),
            Self::Bounds => (
                "bounds",
                FUNCTIONS,
                "a function over a protected column has constant parameters inside its bounds",
            ),
            Self::NeedlessReveals => ("needless-reveals", HEAD, "what the head reveals is needed"),
            Self::DateShift => (
                "date-shift",
                FUNCTIONS,
                "beside date_shift no date leaves unshifted and finer than a year, and dates are shifted in one way",
            ),
            Self::ReferenceJoin => (
                "reference-join",
                PROOF,
                "a join is LEFT or INNER, with a reference table, on its key and nothing else",
            ),
            Self::K => (
                "k",
                HEAD,
                "k counts over output columns of single rows, or over the groups of one GROUP BY",
            ),
        };
        Facts {
            name,
            sentence,
            section,
        }
    }

    /// The rule of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.facts().name == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.facts().name)
    }
}

/// A condition under which less of a column is counted than its expression holds, or a flow that is counted. Tests
/// switch each off, to see that something falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lowering {
    /// A function lowers a bare column, and nothing computed.
    BareColumn,
    /// The same where nothing but constants and bare columns stands beside it.
    PlainArguments,
    /// A function lowers inside its bounds.
    InsideBounds,
    /// `count` of a bare column or keyed expression tells nothing; of anything else all of it.
    CountOfBare,
    /// `count(DISTINCT …)` in a window's frame compares neighbours, and so tells of the column.
    CountInFrames,
    /// Whether a bare column is NULL tells nothing; of anything else all of it.
    NullOfBare,
    /// `sum` and the like are coarse under a head with `k` alone.
    SumUnderK,
    /// The same over a bare quasi-identifier only.
    SumOfBare,
    /// The same without FILTER, DISTINCT and ORDER BY in the call.
    SumOfGroup,
    /// The same as no window.
    SumNotWindow,
    /// What chooses, groups and orders rows reaches every output column.
    Implicit,
    /// Text joined for a keyed function has separators without letters and digits.
    Separators,
    /// A cast keeps a column bare where it changes the form of a value only.
    CastOfForm,
    /// A column of a reference table holds what the join's other side holds.
    Reference,
}

#[cfg(test)]
impl Lowering {
    /// All of them.
    pub(crate) const ALL: [Self; 14] = [
        Self::BareColumn,
        Self::PlainArguments,
        Self::InsideBounds,
        Self::CountOfBare,
        Self::CountInFrames,
        Self::NullOfBare,
        Self::SumUnderK,
        Self::SumOfBare,
        Self::SumOfGroup,
        Self::SumNotWindow,
        Self::Implicit,
        Self::Separators,
        Self::CastOfForm,
        Self::Reference,
    ];
}

#[cfg(not(test))]
impl Rule {
    /// Always.
    #[expect(clippy::unused_self, reason = "tests switch single ones off")]
    pub(super) const fn applies(self) -> bool {
        true
    }
}

#[cfg(not(test))]
impl Lowering {
    /// Always.
    #[expect(clippy::unused_self, reason = "tests switch single ones off")]
    pub(super) const fn holds(self) -> bool {
        true
    }
}

#[cfg(test)]
pub(crate) use switch::{Off, off};

/// Rules that are switched off, to see which tests fall.
#[cfg(test)]
mod switch {
    use std::cell::RefCell;

    use super::{Lowering, Rule};

    /// What is off.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Off {
        /// Refusals of this rule are not made.
        Rule(Rule),
        /// This condition is not asked for.
        Lowering(Lowering),
    }

    impl From<Rule> for Off {
        fn from(rule: Rule) -> Self {
            Self::Rule(rule)
        }
    }

    impl From<Lowering> for Off {
        fn from(lowering: Lowering) -> Self {
            Self::Lowering(lowering)
        }
    }

    thread_local! {
        static OFF: RefCell<Vec<Off>> = const { RefCell::new(Vec::new()) };
    }

    /// Runs something with one more rule or condition off, on this thread.
    pub(crate) fn off<T>(what: impl Into<Off>, run: impl FnOnce() -> T) -> T {
        OFF.with_borrow_mut(|off| off.push(what.into()));
        let done = run();
        OFF.with_borrow_mut(Vec::pop);
        done
    }

    fn is_off(what: Off) -> bool {
        OFF.with_borrow(|off| off.contains(&what))
    }

    impl Rule {
        pub(in crate::dataset) fn applies(self) -> bool {
            !is_off(Off::Rule(self))
        }
    }

    impl Lowering {
        pub(in crate::dataset) fn holds(self) -> bool {
            !is_off(Off::Lowering(self))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_in_words_and_hyphens() {
        let mut names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.facts().name).collect();
        for (rule, name) in Rule::ALL.iter().zip(&names) {
            assert_eq!(Rule::of_name(name), Some(*rule));
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            assert!(!rule.facts().sentence.ends_with('.'));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Rule::ALL.len());
    }

    #[test]
    fn a_rule_is_off_only_while_something_runs_without_it() {
        let refuses = || {
            let mut refusals = Refusals::default();
            refusals.add(Refusal::new(Rule::K, None, "k"));
            !refusals.is_empty()
        };
        assert!(refuses());
        assert!(!off(Rule::K, refuses));
        assert!(off(Rule::Node, refuses));
        assert!(off(Lowering::Implicit, || !Lowering::Implicit.holds()));
        assert!(refuses() && Lowering::Implicit.holds());
    }
}
