//! Joins with reference tables: LEFT or INNER, on the table's key, which is unique, so that no row is multiplied.
//!
//! A reference table is public. What its columns hold, in a row of the join, is what the join's other side holds: who
//! sees the region of a postal code knows of the postal code what the region tells. And of an INNER join the rows that
//! are there tell whether the other side is in the table.

use datafusion_expr::Join;

use super::Prover;
use super::flow::{Flow, Leaks};
use super::nodes::Node;
use crate::dataset::projection::lookup::look_up;
use crate::dataset::rule::{Lowering, Rule};

impl Prover<'_> {
    pub(super) fn join(&mut self, join: &Join) -> Option<Node> {
        let found = match look_up(join, &self.contract.references) {
            Ok(found) => found,
            Err(why) => {
                self.refuse(Rule::ReferenceJoin, None, why);
                return None;
            }
        };
        let mut node = self.node(&join.left)?;
        let flow = self.value(found.key, node.inputs(&join.left));
        if found.required {
            let chosen = self.chooses("an INNER JOIN", &flow, false);
            node.implicit.merge(&chosen);
        } else {
            self.operand(&flow, "a join");
        }
        let held = if Lowering::Reference.holds() {
            let step = format!("join {}", found.reference.name());
            flow.leaks.through(&step)
        } else {
            Leaks::default()
        };
        let columns = join.right.schema().fields().len();
        node.columns
            .extend((0..columns).map(|_| Flow::computed(held.clone())));
        Some(node)
    }
}
