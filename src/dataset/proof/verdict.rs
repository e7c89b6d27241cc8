//! The verdict: what reaches each output column, held against the classes and the head.

use std::collections::BTreeSet;

use arrow::datatypes::Field;
use datafusion_expr::LogicalPlan;

use super::flow::{Atom, Flow, Leak, Leaks};
use super::nodes::Node;
use super::policy::{Admission, admission, adverb, called};
use super::{OutputProof, Proof, Prover, Source};
use crate::dataset::contract::Class;
use crate::dataset::projection::output::encoded;
use crate::dataset::rule::{Refusal, Rule};
use crate::functions::Level;

impl Prover<'_> {
    /// Judges every output column, and the head.
    pub(super) fn verdict(&mut self, plan: &LogicalPlan, node: Node) -> Proof {
        self.counts(plan, &node);
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
        self.dictionary(&all);
        self.unshifted(&all);
        self.reveals(&all);
        Proof {
            outputs,
            lowered_aggregates: std::mem::take(&mut self.found.lowered),
        }
    }

    fn output(&mut self, output: &str, flow: &Flow) {
        for (column, leak) in flow.leaks.iter() {
            let admission = admission(self.class(column), leak.level);
            let admitted = match admission {
                Admission::Free => true,
                Admission::Revealed => self.revealed(column),
                Admission::Never => false,
            };
            if admitted {
                continue;
            }
            let name = self.name(column);
            let path = format!("{} → output column \"{output}\"", leak.route(name));
            let help = self.help(column);
            let remedy = match admission {
                Admission::Never => format!("it never leaves so; {help} would do"),
                _ => format!("{help} would do, or admit it in the head: -- reveals: \"{name}\""),
            };
            let message = format!(
                "the {} \"{name}\" leaves {} ({path}): {remedy}",
                called(self.class(column)),
                adverb(leak.level),
            );
            self.protect(column, leak, path, message);
        }
    }

    /// A protected column leaves through at most one expression: two put the value together again. So does a text out of
    /// which identifiers are taken: beside another form of it, what was taken shows.
    fn once(&mut self, all: &Leaks) {
        for (column, leak) in all.iter() {
            let held = self.protected(column) || self.found.redacted.contains(&column);
            if held && leak.atoms.len() > 1 {
                let atoms: Vec<&str> = leak.atoms.iter().map(|atom| atom.text.as_str()).collect();
                let name = self.name(column);
                let message = format!(
                    "the column \"{name}\" leaves through {} expressions ({}), which put the value together again: \
                     keep one of them",
                    atoms.len(),
                    atoms.join(", ")
                );
                let refusal = Refusal::new(Rule::OneExpression, leak.at, message)
                    .of(name)
                    .along(leak.route(name));
                self.refusals.add(refusal);
            }
        }
    }

    /// A value beside what a keyed function makes of it is a page of a dictionary, and the same values of a protected
    /// column are looked up in it.
    fn dictionary(&mut self, all: &Leaks) {
        let secret =
            |columns: &BTreeSet<usize>| columns.iter().any(|column| self.protected(*column));
        let whole = |column: &usize| {
            let atom = Atom::column(self.name(*column));
            // Two steps of a number tell it as well as the number itself.
            all.get(*column)
                .is_some_and(|leak| leak.atoms.contains(&atom) || leak.atoms.len() > 1)
        };
        let mut found = Vec::new();
        for (columns, (function, at)) in &self.found.keyed {
            let others = self
                .found
                .keyed
                .keys()
                .any(|other| other != columns && secret(other));
            if let Some(first) = columns.first()
                && columns.iter().all(whole)
                && (others || self.head.domain.is_some())
            {
                let name = self.name(*first);
                let message = format!(
                    "\"{name}\" leaves whole beside {function} over it, so that the two are a dictionary for other \
                     columns under the same key: leave one of them out"
                );
                found.push(Refusal::new(Rule::KeyedArgument, *at, message).of(name));
            }
        }
        for refusal in found {
            self.refusals.add(refusal);
        }
    }

    /// The head tells the reviewer the truth: what it admits is needed.
    fn reveals(&mut self, all: &Leaks) {
        if self.found.lost {
            return;
        }
        let needed = |column: usize, leak: &Leak| {
            let class = self.class(column);
            admission(class, leak.level) == Admission::Revealed
                || (class == Class::DirectIdentifier && leak.level == Level::Whole)
        };
        let needed: BTreeSet<&str> = all
            .iter()
            .filter(|(column, leak)| needed(*column, leak))
            .map(|(column, _)| self.name(column))
            .collect();
        let idle: Vec<&String> = self
            .head
            .reveals
            .iter()
            .filter(|name| !needed.contains(name.as_str()))
            .collect();
        for name in idle {
            let message = format!("reveals: \"{name}\" is not needed: take it out of the head");
            let refusal = Refusal::new(Rule::NeedlessReveals, self.head.reveals_at, message);
            self.refusals.add(refusal.of(name));
        }
    }

    fn line(&self, field: &Field, values: &Leaks, all: &Leaks) -> OutputProof {
        let sources = all.iter().map(|(column, leak)| Source {
            column: self.name(column).to_owned(),
            level: leak.level,
            steps: leak.path.clone(),
            implicit: values.get(column).is_none(),
        });
        OutputProof {
            name: field.name().clone(),
            data_type: encoded(field.data_type()).unwrap_or_else(|| field.data_type().clone()),
            nullable: field.is_nullable(),
            sources: sources.collect(),
        }
    }
}
