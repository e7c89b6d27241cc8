//! The id of each row's subject, carried as one more column from the scan of the dataset up through a plan.

use std::sync::Arc;

use datafusion_common::Column;
use datafusion_common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion_expr::{Expr, LogicalPlan, Projection, TableScan, lit};
use datafusion_functions_aggregate::count::count_udaf;

use super::{Planned, column, lost};
use crate::dataset::contract::Contract;
use crate::functions::subjects::{self, Ids};

/// Carries subjects, where the contract says what one is.
pub(super) struct Carrier<'a> {
    pub(super) contract: &'a Contract,
    ids: Ids,
    /// A name that no column of the plan has: nobody can name what is carried, or put something else in its place.
    name: String,
}

impl<'a> Carrier<'a> {
    /// For one plan.
    pub(super) fn new(contract: &'a Contract, ids: Ids, plan: &LogicalPlan) -> Self {
        let mut name = String::from("subject");
        while is_taken(plan, &name) {
            name.push('\'');
        }
        Self {
            contract,
            ids,
            name,
        }
    }

    /// Whether rows are of subjects; otherwise each is one.
    pub(super) fn subjects(&self) -> bool {
        !self.contract.subject.is_empty()
    }

    /// The plan with the subject of each row; nothing where it does not read the dataset.
    pub(super) fn carry(&self, plan: &LogicalPlan) -> Planned<Option<LogicalPlan>> {
        if let LogicalPlan::TableScan(scan) = plan {
            let own = scan.table_name.table() == self.contract.dataset;
            return if own {
                self.start(scan).map(Some)
            } else {
                Ok(None)
            };
        }
        let mut inputs = Vec::new();
        let mut any = false;
        for input in plan.inputs() {
            let carried = self.carry(input)?;
            any |= carried.is_some();
            inputs.push(carried.unwrap_or_else(|| input.clone()));
        }
        if !any {
            return Ok(None);
        }
        let mut exprs = plan.expressions();
        if let (LogicalPlan::Projection(_), [input]) = (plan, inputs.as_slice()) {
            exprs.push(self.subject(input)?);
        }
        plan.with_new_exprs(exprs, inputs).map(Some)
    }

    /// The scan, and the id beside its columns.
    fn start(&self, scan: &TableScan) -> Planned<LogicalPlan> {
        let mut exprs: Vec<Expr> = scan.projected_schema.iter().map(column).collect();
        let named = |name: &String| {
            let table = Some(scan.table_name.clone());
            Expr::Column(Column::new(table, name))
        };
        let subject: Vec<Expr> = self.contract.subject.iter().map(named).collect();
        exprs.push(self.ids.function().call(subject).alias(&self.name));
        let input = Arc::new(LogicalPlan::TableScan(scan.clone()));
        Projection::try_new(exprs, input).map(LogicalPlan::Projection)
    }

    /// The carried column of a plan.
    pub(super) fn subject(&self, plan: &LogicalPlan) -> Planned<Expr> {
        let mut fields = plan.schema().iter();
        let carried = fields.find(|(_, field)| *field.name() == self.name);
        carried.map(column).ok_or_else(lost)
    }

    /// The number of distinct subjects over a plan that carries them, as far as `k` asks: of rows where each is one.
    pub(super) fn count(&self, plan: &LogicalPlan, k: u32) -> Planned<Expr> {
        if self.subjects() {
            let subject = self.subject(plan)?;
            Ok(subjects::count(k).call(vec![subject]))
        } else {
            Ok(count_udaf().call(vec![lit(1_i64)]))
        }
    }
}

fn is_taken(plan: &LogicalPlan, name: &str) -> bool {
    let mut taken = false;
    // The closure never fails, so neither does the walk.
    let _ = plan.apply(|node| {
        taken |= node
            .schema()
            .fields()
            .iter()
            .any(|field| field.name() == name);
        Ok(TreeNodeRecursion::Continue)
    });
    taken
}
