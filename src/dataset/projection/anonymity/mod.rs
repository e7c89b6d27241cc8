//! The head's `k` → what a plan carries beside its output, for whoever runs it to suppress rows or groups by.
//!
//! ```text
//! carry.rs    the id of each row's subject, through all nodes up to where it is counted
//! groups.rs   under GROUP BY: the plan in two, the groups with their numbers of subjects below, the rest above
//! ```
//! Over columns, the rows are counted where they leave: after WHERE, HAVING and LIMIT. Groups are counted where they are
//! made, before all that follows, so that no window, order or limit has seen one that is too small.

mod carry;
mod groups;

use datafusion_common::{Column, DataFusionError};
use datafusion_expr::{Expr, LogicalPlan, LogicalPlanBuilder};

use self::carry::Carrier;
use super::planner::translate;
use super::{Anonymity, Suppression, WholePlan, whole};
use crate::dataset::contract::Contract;
use crate::dataset::place::Place;
use crate::error::Result;
use crate::functions::subjects::Ids;

type Planned<T> = std::result::Result<T, DataFusionError>;

/// The plan of a projection under `k`, whose proof holds: `lowered` are the aggregates that hide a value among others,
/// by their positions in the plan's one aggregate.
pub(super) fn plan(
    place: &Place<'_>,
    contract: &Contract,
    asked: &Anonymity,
    lowered: &[usize],
    plan: LogicalPlan,
    ordered: bool,
) -> Result<WholePlan> {
    let carrier = Carrier::new(contract, Ids::new()?, &plan);
    let planned = whole::released(plan).and_then(|plan| {
        if asked.over.is_empty() {
            groups::plan(&carrier, asked.k, lowered, plan, ordered)
        } else {
            rows(&carrier, asked, plan, ordered)
        }
    });
    planned.map_err(|error| translate(place, contract, error))
}

/// The plan with the subject of each output row behind its columns.
fn rows(
    carrier: &Carrier<'_>,
    asked: &Anonymity,
    plan: LogicalPlan,
    ordered: bool,
) -> Planned<WholePlan> {
    let mut outputs = whole::outputs(&plan);
    let visible: Vec<Expr> = plan.schema().iter().map(column).collect();
    let over = asked.over.iter().filter_map(|name| {
        let mut names = outputs.iter().map(|(output, ..)| output);
        names.position(|output| output == name)
    });
    let over: Vec<usize> = over.collect();
    if over.len() != asked.over.len() {
        return Err(lost());
    }
    let plan = if carrier.subjects() {
        let plan = carrier.carry(&plan)?.ok_or_else(lost)?;
        let subject = carrier.subject(&plan)?;
        let columns = visible.into_iter().chain([subject]);
        LogicalPlanBuilder::from(plan).project(columns)?.build()?
    } else {
        plan
    };
    let (logical, inputs) = whole::narrowed(carrier.contract, whole::optimized(plan)?)?;
    // Simplification may have found that a column is never NULL.
    for (output, found) in outputs.iter_mut().zip(whole::outputs(&logical)) {
        *output = found;
    }
    Ok(WholePlan {
        schema: carrier.contract.schema(inputs.iter().copied()),
        inputs,
        logical,
        outputs,
        ordered,
        anonymity: Some(Suppression::Rows {
            k: asked.k,
            over,
            subjects: carrier.subjects(),
        }),
    })
}

/// A field of a schema as an expression.
fn column<'a>(
    field: (
        Option<&'a datafusion_common::TableReference>,
        &'a arrow::datatypes::FieldRef,
    ),
) -> Expr {
    Expr::Column(Column::from(field))
}

/// What the rule has excluded.
fn lost() -> DataFusionError {
    DataFusionError::Plan("k finds no column, group or subject".into())
}
