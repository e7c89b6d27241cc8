//! What reaches each output column of a projection, and what was done to it on the way: the proof, and the refusals.
//!
//! It walks the plan as analysed, before any optimizer touches it, and follows columns by position. For every
//! expression it keeps, by contract column, the level that reaches it; what chooses, groups and orders rows reaches
//! every output column. It is PRIVACY.md in code:
//!
//! | PRIVACY.md | here |
//! |---|---|
//! | plan nodes | `nodes`, `joins` (reference tables) |
//! | expressions | `expressions` |
//! | functions and their levels | `calls`, with each function's own entry in [`crate::functions`] |
//! | aggregates and windows | `aggregates` |
//! | class × level | `policy` |
//! | one expression, the head | `verdict` |
//! | k | `anonymity` |
//! | `date_shift` | `dates` |
//!
//! What is not on a list is refused by its name. Rules are those of [`super::rule`].

mod aggregates;
mod anonymity;
mod calls;
mod dates;
mod expressions;
mod flow;
mod joins;
mod nodes;
mod policy;
#[cfg(test)]
mod tests;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::DataType;
use datafusion_expr::LogicalPlan;

use self::flow::{Leak, Leaks};
use super::contract::{Class, Contract};
use super::place::Position;
use super::projection::Head;
use super::rule::{Refusal, Refusals, Rule};
use crate::functions::Level;

/// What leaves through one output column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputProof {
    /// The output column's name.
    pub name: String,
    /// The type in which it leaves.
    pub data_type: DataType,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// The contract columns that reach it, in the contract's order. A column of level `none` is not listed.
    pub sources: Vec<Source>,
}

/// How one contract column reaches an output column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The contract column.
    pub column: String,
    /// How much of it: the higher level, where it reaches by value and through the rows that are chosen.
    pub level: Level,
    /// What was done to it on the way of that level, the innermost first.
    pub steps: Vec<String>,
    /// Whether it reaches through the rows that are chosen only, and not by value.
    pub implicit: bool,
}

impl Source {
    /// `"Birthdate" → age → "Age"`, to the output column of this name.
    pub fn path(&self, output: &str) -> String {
        let steps = self.steps.iter().map(|step| format!(" → {step}"));
        let start = std::iter::once(format!("\"{}\"", self.column));
        start
            .chain(steps)
            .chain([format!(" → \"{output}\"")])
            .collect()
    }
}

/// A projection's proof: one line for each output column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// The output columns, in order.
    pub outputs: Vec<OutputProof>,
    /// The aggregates, by position in the plan's one aggregate node, that are coarse since groups are counted: each
    /// group has k subjects, or none, whose value is not NULL.
    pub lowered_aggregates: Vec<usize>,
}

/// A projection under proof.
struct Prover<'a> {
    contract: &'a Contract,
    head: &'a Head,
    types: Vec<DataType>,
    refusals: &'a mut Refusals,
    found: Found,
}

/// What a walk over the plan meets.
#[derive(Default)]
struct Found {
    /// Whether something was met that cannot be followed, and so nothing is said to be needless.
    lost: bool,
    /// Whether functions under the key are called.
    uses_keys: bool,
    /// How many aggregate nodes there are.
    aggregates: usize,
    /// How many DISTINCT nodes there are.
    distincts: usize,
    /// The aggregates that were lowered.
    lowered: Vec<usize>,
    /// The contract columns that went into each keyed call, with the function's name and place.
    keyed: BTreeMap<BTreeSet<usize>, (&'static str, Option<Position>)>,
    /// The columns out of which identifiers are taken: beside the text with them it shows what was taken.
    redacted: BTreeSet<usize>,
    /// The ways in which dates are shifted, with the first place of each.
    shifts: BTreeMap<String, Option<Position>>,
    /// The columns that are shifted.
    shifted: BTreeSet<usize>,
}

/// What the proof found: the proof itself, and whether keyed functions are used.
pub(super) struct Proven {
    pub proof: Proof,
    pub uses_keys: bool,
}

/// Proves an analysed plan over the dataset's table, or adds everything that speaks against it to the refusals.
pub(super) fn prove(
    contract: &Contract,
    head: &Head,
    plan: &LogicalPlan,
    refusals: &mut Refusals,
) -> Proven {
    let types = contract
        .columns
        .iter()
        .map(|column| column.data_type.arrow());
    let mut prover = Prover {
        contract,
        head,
        types: types.collect(),
        refusals,
        found: Found::default(),
    };
    // What is not understood cannot be judged: the verdict is of a whole walk only.
    let proof = match prover.node(plan) {
        Some(node) => prover.verdict(plan, node),
        None => Proof::default(),
    };
    Proven {
        proof,
        uses_keys: prover.found.uses_keys,
    }
}

impl Prover<'_> {
    fn refuse(&mut self, rule: Rule, at: Option<Position>, message: impl Into<String>) {
        self.refusals.add(Refusal::new(rule, at, message));
    }

    /// Refuses something that holds columns, and says so: it is about the first of them, where that is named.
    fn refuse_of(&mut self, rule: Rule, leaks: &Leaks, message: impl Into<String>) -> bool {
        let first = leaks.iter().find(|(_, leak)| leak.at.is_some());
        let refusal = match first.or_else(|| leaks.iter().next()) {
            Some((column, leak)) => {
                let name = self.name(column);
                Refusal::new(rule, leak.at, message)
                    .of(name)
                    .along(leak.route(name))
            }
            None => Refusal::new(rule, None, message),
        };
        self.refusals.add(refusal);
        rule.applies()
    }

    /// Refuses something for the sake of a column's class, unless it is refused already at this place.
    fn protect(&mut self, column: usize, leak: &Leak, path: String, message: String) {
        let name = self.name(column).to_owned();
        if self.refusals.stands(leak.at, &name) {
            return;
        }
        let refusal = Refusal::new(policy::rule(self.class(column)), leak.at, message)
            .of(&name)
            .along(path)
            .instead(self.would_do(column));
        self.refusals.add(refusal);
    }

    fn class(&self, column: usize) -> Class {
        // A column that is not found is treated as what nobody classified.
        self.contract
            .columns
            .get(column)
            .map_or(Class::DirectIdentifier, |column| column.class)
    }

    fn protected(&self, column: usize) -> bool {
        policy::protected(self.class(column))
    }

    fn name(&self, column: usize) -> &str {
        self.contract
            .columns
            .get(column)
            .map_or("?", |column| &column.name)
    }

    fn revealed(&self, column: usize) -> bool {
        let name = self.name(column);
        self.head.reveals.iter().any(|revealed| revealed == name)
    }

    /// The functions that would do for a column.
    fn would_do(&self, column: usize) -> &'static [&'static str] {
        policy::would_do(self.class(column), self.types.get(column))
    }

    /// The same in words.
    fn help(&self, column: usize) -> String {
        let functions = self.would_do(column);
        let listed = match functions.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        };
        format!("{listed} over the bare column")
    }
}
