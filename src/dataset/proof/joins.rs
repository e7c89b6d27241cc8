//! Joins with reference tables: LEFT or INNER, on the table's key, which is unique, so that no row is multiplied.
//!
//! A reference table is public. What its columns hold, in a row of the join, is what the join's other side holds: who
//! sees the region of a postal code knows of the postal code what the region tells. And of an INNER join the rows that
//! are there tell whether the other side is in the table.

use datafusion::common::{JoinType, NullEquality};
use datafusion::logical_expr::{Expr, Join, LogicalPlan, Operator};

use super::Prover;
use super::expressions::same;
use super::flow::{Flow, Leaks, Shape};
use super::nodes::Node;
use crate::dataset::rule::{Lowering, Rule};

impl Prover<'_> {
    pub(super) fn join(&mut self, join: &Join) -> Option<Node> {
        let Some((name, key)) = self.reference(&join.right) else {
            return self.no_join(
                "the plan needs a join with something other than a reference table, which has no place in a \
                 projection",
            );
        };
        let left = join.join_type == JoinType::Left;
        let plain = join.null_equality == NullEquality::NullEqualsNothing && !join.null_aware;
        if !(left || join.join_type == JoinType::Inner) || !plain {
            return self.no_join(&format!(
                "a reference table is joined by LEFT JOIN or JOIN, and {name} is not"
            ));
        }
        let Some(other) = pair(join).and_then(|(a, b)| {
            let is_key = |expr| is_column(expr, &join.right, key);
            match (is_key(a), is_key(b)) {
                (true, false) => Some(b),
                (false, true) => Some(a),
                _ => None,
            }
        }) else {
            return self.no_join(&format!(
                "{name} is joined on its key alone, by one equality with a column of the dataset's side that has the \
                 key's type: use CAST there if need be"
            ));
        };
        let mut node = self.node(&join.left)?;
        let flow = self.value(other, node.inputs(&join.left));
        self.operand(&flow, "a join");
        if matches!(flow.shape, Shape::Constant(_)) {
            return self.no_join(&format!(
                "{name} is joined on a constant: join it on a column of the dataset's side"
            ));
        }
        // What may fail tells something by failing, also where nothing of the table is read.
        let total = matches!(flow.shape, Shape::Bare(_) | Shape::Text);
        if !left || !total {
            let chosen = self.chooses("a join", &flow, false);
            node.implicit.merge(&chosen);
        }
        let held = if Lowering::Reference.holds() {
            flow.leaks.through(name)
        } else {
            Leaks::default()
        };
        let columns = join.right.schema().fields().len();
        node.columns
            .extend((0..columns).map(|_| Flow::computed(held.clone())));
        Some(node)
    }

    /// The name and the key of a reference table, where a plan is nothing but its scan.
    fn reference<'p>(&self, plan: &'p LogicalPlan) -> Option<(&'p str, usize)> {
        match plan {
            LogicalPlan::SubqueryAlias(alias) => self.reference(&alias.input),
            LogicalPlan::TableScan(scan) => {
                let plain =
                    scan.projection.is_none() && scan.filters.is_empty() && scan.fetch.is_none();
                let name = scan.table_name.table();
                let key = (self.references)(name).filter(|_| plain)?;
                Some((name, key))
            }
            _ => None,
        }
    }

    fn no_join(&mut self, message: &str) -> Option<Node> {
        self.refuse(Rule::ReferenceJoin, None, message);
        None
    }
}

/// The two sides of a join's one equality.
fn pair(join: &Join) -> Option<(&Expr, &Expr)> {
    match (join.on.as_slice(), &join.filter) {
        ([(a, b)], None) => Some((a, b)),
        ([], Some(Expr::BinaryExpr(equality))) if equality.op == Operator::Eq => {
            Some((&equality.left, &equality.right))
        }
        _ => None,
    }
}

/// Whether an expression is one column of a plan, in whatever form of text or width of number: a cast to another type
/// might make one value of two.
fn is_column(expr: &Expr, plan: &LogicalPlan, position: usize) -> bool {
    match expr {
        Expr::Column(column) => plan.schema().maybe_index_of_column(column) == Some(position),
        Expr::Cast(cast) => {
            let from = plan.schema().fields().get(position);
            is_column(&cast.expr, plan, position)
                && from.is_some_and(|from| same(from.data_type(), cast.field.data_type()))
        }
        _ => false,
    }
}
