//! The verdict: what reaches each output column, held against the classes and the head.

use std::collections::BTreeSet;

use arrow::datatypes::Field;
use datafusion::logical_expr::LogicalPlan;

use super::flow::{Flow, Leak, Leaks};
use super::nodes::Node;
use super::{OutputProof, Proof, Prover, Source};
use crate::dataset::contract::Class;
use crate::dataset::projection::output::encoded;
use crate::dataset::rule::Rule;
use crate::functions::Level;

impl Prover<'_> {
    /// Judges every output column, and the head.
    pub(super) fn verdict(&mut self, plan: &LogicalPlan, node: Node) -> Proof {
        let mut all = node.implicit.clone();
        let mut outputs = Vec::with_capacity(node.columns.len());
        for (field, flow) in plan.schema().fields().iter().zip(node.columns) {
            self.output(field.name(), &flow);
            let mut leaks = flow.leaks.clone();
            leaks.merge(&node.implicit);
            all.merge(&leaks);
            outputs.push(self.line(field, &flow.leaks, &leaks));
        }
        self.once(&all);
        self.reveals(&all);
        Proof { outputs }
    }

    fn output(&mut self, output: &str, flow: &Flow) {
        for (column, leak) in flow.leaks.iter() {
            let revealed = self.revealed(column);
            let (kind, admitted) = match self.class(column) {
                Class::DirectIdentifier => {
                    let lowered = leak.level < Level::Whole && revealed;
                    ("direct identifier", leak.level <= Level::Keyed || lowered)
                }
                Class::QuasiIdentifier => {
                    ("quasi-identifier", leak.level < Level::Whole || revealed)
                }
                Class::Sensitive | Class::Insensitive => continue,
            };
            if !admitted {
                let message = self.leaves(kind, column, leak, output);
                let rule = match self.class(column) {
                    Class::DirectIdentifier => Rule::DirectIdentifier,
                    _ => Rule::QuasiIdentifier,
                };
                self.refuse(rule, leak.at, message);
            }
        }
    }

    /// Why a column may not reach an output column, and what would do.
    fn leaves(&self, kind: &str, column: usize, leak: &Leak, output: &str) -> String {
        let name = self.name(column);
        let level = word(leak.level);
        let route = leak.route(name);
        let help = self.help(column);
        let reveals = format!("-- reveals: \"{name}\"");
        let remedy = match (self.class(column), leak.level) {
            (Class::DirectIdentifier, Level::Whole) => {
                format!("it never leaves so; {help} would do")
            }
            _ => format!("{help} would do, or admit it in the head: {reveals}"),
        };
        format!(
            "the {kind} \"{name}\" leaves {level} ({route} → output column \"{output}\"): {remedy}"
        )
    }

    /// A protected column leaves through at most one expression: two put the value together again.
    fn once(&mut self, all: &Leaks) {
        for (column, leak) in all.iter() {
            if self.protected(column) && leak.atoms.len() > 1 {
                let atoms: Vec<&str> = leak.atoms.iter().map(String::as_str).collect();
                let message = format!(
                    "the column \"{}\" leaves through {} expressions ({}), which put the value together again: keep \
                     one of them",
                    self.name(column),
                    atoms.len(),
                    atoms.join(", ")
                );
                self.refuse(Rule::OneExpression, leak.at, message);
            }
        }
    }

    /// The head tells the reviewer the truth: what it admits is needed.
    fn reveals(&mut self, all: &Leaks) {
        let needed: BTreeSet<&str> = all
            .iter()
            .filter(|(column, leak)| match self.class(*column) {
                Class::DirectIdentifier => leak.level > Level::Keyed,
                Class::QuasiIdentifier => leak.level == Level::Whole,
                Class::Sensitive | Class::Insensitive => false,
            })
            .map(|(column, _)| self.name(column))
            .collect();
        let idle: Vec<String> = self
            .head
            .reveals
            .iter()
            .filter(|name| !needed.contains(name.as_str()))
            .cloned()
            .collect();
        for name in idle {
            let message = format!("reveals: \"{name}\" is not needed: take it out of the head");
            self.refuse(Rule::NeedlessReveals, self.head.reveals_at, message);
        }
    }

    fn line(&self, field: &Field, values: &Leaks, all: &Leaks) -> OutputProof {
        let by_value: BTreeSet<usize> = values.iter().map(|(column, _)| column).collect();
        let sources = all.iter().map(|(column, leak)| Source {
            column: self.name(column).to_owned(),
            level: leak.level,
            steps: leak.path.clone(),
            implicit: !by_value.contains(&column),
        });
        OutputProof {
            name: field.name().clone(),
            data_type: encoded(field.data_type()).unwrap_or_else(|| field.data_type().clone()),
            nullable: field.is_nullable(),
            sources: sources.collect(),
        }
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::None => "not at all",
        Level::Keyed => "keyed",
        Level::Coarse => "coarsely",
        Level::Part => "in part",
        Level::Whole => "whole",
    }
}
