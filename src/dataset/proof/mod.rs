//! What reaches each output column of a projection, and what was done to it on the way: the proof, and the refusals.
//!
//! It walks the plan as analysed, before any optimizer touches it, and follows columns by position. Plan nodes and
//! expressions are on allow-lists; what is not listed is refused by its name. A function lowers the level of a bare
//! column only; everything else keeps what its operands hold. The rule is provisional in that it refuses more than it
//! must: a direct identifier stands in no predicate, grouping or order but as a keyed expression or a test for NULL.

mod expressions;
mod flow;
mod nodes;
#[cfg(test)]
mod tests;
mod verdict;

use arrow::datatypes::DataType;
use datafusion::logical_expr::LogicalPlan;

use self::flow::{Leaks, Shape};
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
}

/// The reference tables by name: the position of each one's PRIMARY KEY; none where there is no such table.
pub(super) type References<'a> = &'a dyn Fn(&str) -> Option<usize>;

/// A projection under proof.
struct Prover<'a> {
    contract: &'a Contract,
    head: &'a Head,
    types: Vec<DataType>,
    refusals: &'a mut Refusals,
    uses_keys: bool,
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
    _references: References<'_>,
    plan: &LogicalPlan,
    refusals: &mut Refusals,
) -> Proven {
    let mut prover = Prover {
        contract,
        head,
        types: contract
            .columns
            .iter()
            .map(|column| column.data_type.arrow())
            .collect(),
        refusals,
        uses_keys: false,
    };
    let node = prover.node(plan);
    // What is not understood cannot be judged: the verdict is of a whole walk only.
    let proof = match node {
        Some(node) if prover.refusals.is_empty() => prover.verdict(plan, node),
        _ => Proof::default(),
    };
    Proven {
        proof,
        uses_keys: prover.uses_keys,
    }
}

impl Prover<'_> {
    fn refuse(&mut self, rule: Rule, at: Option<Position>, message: impl Into<String>) {
        self.refusals.add(Refusal::new(rule, at, message));
    }

    fn class(&self, column: usize) -> Class {
        // A column that is not found is treated as what nobody classified.
        self.contract
            .columns
            .get(column)
            .map_or(Class::DirectIdentifier, |column| column.class)
    }

    fn protected(&self, column: usize) -> bool {
        matches!(
            self.class(column),
            Class::DirectIdentifier | Class::QuasiIdentifier
        )
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

    /// Judges what chooses, groups or orders rows: `clause` names it. A keyed expression may stand there where
    /// `keyed` says so; a direct identifier may not stand there in any other form.
    fn implicit(&mut self, clause: &str, shape: &Shape, leaks: &Leaks, keyed: bool) {
        if matches!(shape, Shape::Keyed) && !keyed {
            self.opaque(leaks, clause);
            return;
        }
        for (column, leak) in leaks.iter() {
            let name = self.name(column).to_owned();
            match self.class(column) {
                Class::DirectIdentifier if leak.level > Level::Keyed => {
                    let remedy = if keyed {
                        "only token or pseudonym over it may"
                    } else {
                        "it may not"
                    };
                    self.refuse(
                        Rule::DirectIdentifier,
                        leak.at,
                        format!(
                            "the direct identifier \"{name}\" stands in {clause} ({}), and {remedy}: it would tell \
                             something of a hidden value by the rows that are shown",
                            leak.route(&name)
                        ),
                    );
                }
                Class::QuasiIdentifier if leak.level == Level::Whole && !self.revealed(column) => {
                    let help = self.help(column);
                    self.refuse(
                        Rule::QuasiIdentifier,
                        leak.at,
                        format!(
                            "the quasi-identifier \"{name}\" stands whole in {clause} ({}): generalize it ({help}), or \
                             admit it in the head: -- reveals: \"{name}\"",
                            leak.route(&name)
                        ),
                    );
                }
                _ => {}
            }
        }
    }

    /// Refuses a keyed expression where something is done with it.
    fn opaque(&mut self, leaks: &Leaks, what: &str) {
        let at = leaks.iter().find_map(|(_, leak)| leak.at);
        self.refuse(
            Rule::Opaque,
            at,
            format!(
                "what a keyed function returns is opaque, and cannot stand in {what}: it may be selected, grouped by, \
                 ordered by and counted"
            ),
        );
    }

    /// The functions that would do for a column.
    fn help(&self, column: usize) -> &'static str {
        match (self.class(column), self.types.get(column)) {
            (Class::DirectIdentifier, _) | (_, None) => {
                "token, pseudonym or redact over the bare column"
            }
            (_, Some(DataType::Date32 | DataType::Timestamp(..))) => {
                "age, age_band or generalize_date over the bare column"
            }
            (_, Some(data_type)) if data_type.is_numeric() => "generalize over the bare column",
            (_, Some(_)) => "keep_prefix, token or redact over the bare column",
        }
    }
}
