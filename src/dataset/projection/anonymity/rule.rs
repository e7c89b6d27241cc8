//! What `k` asks of a plan.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan};

use crate::dataset::nearest::hint;
use crate::dataset::place::Place;
use crate::dataset::projection::{Anonymity, Head};
use crate::dataset::proof::Proof;
use crate::error::Result;

/// Refuses a `k` that the analysed plan cannot keep.
///
/// Over columns, each output row comes from one input row at most, so that its subject is known, and each column holds
/// something of a column of the contract: a constant is shared by all. Under GROUP BY, there is one aggregate.
pub(in crate::dataset::projection) fn check(
    place: &Place<'_>,
    head: &Head,
    proof: &Proof,
    plan: &LogicalPlan,
) -> Result<()> {
    let Some(asked) = &head.k else {
        return Ok(());
    };
    let found = if asked.over.is_empty() {
        groups(plan)
    } else {
        rows(asked, proof, plan)
    };
    found.map_err(|why| place.refuse(Some(asked.at), &format!("k: {why}")))
}

fn rows(asked: &Anonymity, proof: &Proof, plan: &LogicalPlan) -> std::result::Result<(), String> {
    let nodes = Nodes::of(plan);
    if !nodes.aggregates.is_empty() {
        return Err(
            "over columns counts rows that are of one subject each; under GROUP BY, write it without \"over\"".into(),
        );
    }
    if nodes.distinct {
        return Err(
            "over columns counts rows that are of one subject each, and DISTINCT makes one of several: leave it out"
                .into(),
        );
    }
    for name in &asked.over {
        let names = || proof.outputs.iter().map(|output| output.name.as_str());
        let Some(output) = proof.outputs.iter().find(|output| output.name == *name) else {
            let near = hint(name, names());
            return Err(format!("\"{name}\" is no output column{near}"));
        };
        if output.sources.iter().all(|source| source.implicit) {
            return Err(format!(
                "the output column \"{name}\" holds nothing of a column of the contract, so that all rows share it: \
                 leave it out"
            ));
        }
    }
    Ok(())
}

fn groups(plan: &LogicalPlan) -> std::result::Result<(), String> {
    let nodes = Nodes::of(plan);
    if nodes.distinct {
        return Err("DISTINCT makes one row of several groups: leave it out".into());
    }
    let [aggregate] = nodes.aggregates.as_slice() else {
        return Err(if nodes.aggregates.is_empty() {
            "there is no GROUP BY to suppress groups of: say over which output columns, as in k: 5 over \"Age\"".into()
        } else {
            "groups of groups are not counted in subjects: one GROUP BY has a place under k".into()
        });
    };
    let sets = |expr: &Expr| matches!(expr, Expr::GroupingSet(_));
    if aggregate.group_expr.iter().any(sets) {
        return Err("ROLLUP, CUBE and GROUPING SETS tell groups from their differences".into());
    }
    Ok(())
}

/// The nodes of a plan that make one row of several.
#[derive(Default)]
struct Nodes {
    aggregates: Vec<Aggregate>,
    distinct: bool,
}

impl Nodes {
    fn of(plan: &LogicalPlan) -> Self {
        let mut nodes = Self::default();
        // The closure never fails, so neither does the walk.
        let _ = plan.apply(|node| {
            match node {
                LogicalPlan::Aggregate(aggregate) => nodes.aggregates.push(aggregate.clone()),
                LogicalPlan::Distinct(_) => nodes.distinct = true,
                _ => {}
            }
            Ok(TreeNodeRecursion::Continue)
        });
        nodes
    }
}
