//! Row-by-row plans: projections and filters over the scan, composed into one expression for each output column.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion_common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion_common::{DFSchema, DFSchemaRef, DataFusionError, ScalarValue};
use datafusion_expr::execution_props::ExecutionProps;
use datafusion_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion_expr::simplify::SimplifyContext;
use datafusion_expr::{Expr, ExprSchemable, LogicalPlan, and};
use datafusion_optimizer::simplify_expressions::ExprSimplifier;
use datafusion_physical_expr::{PhysicalExpr, create_physical_expr};

use super::output::encoded;
use super::planner::translate;
use super::{Output, RowPlan};
use crate::dataset::contract::Contract;
use crate::dataset::place::Place;
use crate::dataset::rule::{Refusal, Refused, Rule};
use crate::error::Result;

/// The most nodes that composed expressions may have: nested subqueries multiply what they name twice.
const MAX_NODES: usize = 20_000;

type Planned<T> = std::result::Result<T, DataFusionError>;

/// Expressions over the scan's columns.
struct Composed {
    schema: DFSchemaRef,
    outputs: Vec<Expr>,
    filter: Option<Expr>,
}

/// The row plan of an analysed plan, or nothing where it is not row by row.
pub(super) fn plan(
    place: &Place<'_>,
    contract: &Contract,
    plan: &LogicalPlan,
) -> Result<Option<RowPlan>> {
    let fail = |error| translate(place, contract, error);
    let Some(composed) = compose(plan).map_err(fail)? else {
        return Ok(None);
    };
    if nodes(composed.outputs.iter().chain(&composed.filter)) > MAX_NODES {
        let message = "subqueries multiply an expression to more than 20000 parts: name it once";
        let refusal = Refusal::new(Rule::Expression, None, message);
        return Err(Refused::one(place, refusal).error);
    }
    finish(contract, plan, composed).map(Some).map_err(fail)
}

/// Follows the plan up from its scan, replacing column references by what they stand for.
fn compose(plan: &LogicalPlan) -> Planned<Option<Composed>> {
    match plan {
        LogicalPlan::TableScan(scan) => {
            let schema = Arc::clone(&scan.projected_schema);
            let outputs = schema.columns().into_iter().map(Expr::Column).collect();
            Ok(Some(Composed {
                schema,
                outputs,
                filter: None,
            }))
        }
        LogicalPlan::SubqueryAlias(alias) => compose(&alias.input),
        LogicalPlan::Projection(projection) => {
            let Some(mut below) = compose(&projection.input)? else {
                return Ok(None);
            };
            let schema = projection.input.schema();
            let mut outputs = Vec::with_capacity(projection.expr.len());
            let mut total = 0;
            for expr in &projection.expr {
                let output = substitute(expr, schema, &below.outputs)?;
                total += nodes([&output]);
                outputs.push(output);
                if total > MAX_NODES {
                    break;
                }
            }
            below.outputs = outputs;
            Ok(Some(below))
        }
        LogicalPlan::Filter(filter) => {
            let Some(mut below) = compose(&filter.input)? else {
                return Ok(None);
            };
            let predicate = substitute(&filter.predicate, filter.input.schema(), &below.outputs)?;
            below.filter = Some(match below.filter.take() {
                Some(inner) => and(inner, predicate),
                None => predicate,
            });
            Ok(Some(below))
        }
        _ => Ok(None),
    }
}

/// An expression over a node's input → the same over the scan. Columns that were cut off by the limit on nodes stay as
/// they are, and the plan is refused by that limit.
fn substitute(expr: &Expr, schema: &DFSchema, below: &[Expr]) -> Planned<Expr> {
    let replaced = expr.clone().transform_down(|node| match node {
        Expr::Column(column) => {
            let position = schema.index_of_column(&column)?;
            let stands_for = below.get(position).cloned().unwrap_or(Expr::Column(column));
            Ok(Transformed::new(stands_for, true, TreeNodeRecursion::Jump))
        }
        other => Ok(Transformed::no(other)),
    })?;
    Ok(unnamed(replaced.data))
}

fn unnamed(expr: Expr) -> Expr {
    match expr {
        Expr::Alias(alias) => unnamed(*alias.expr),
        other => other,
    }
}

fn nodes<'a>(exprs: impl IntoIterator<Item = &'a Expr>) -> usize {
    let mut count: usize = 0;
    for expr in exprs {
        // The closure never fails, so neither does the walk.
        let _ = expr.apply(|_| {
            count += 1;
            Ok(if count > MAX_NODES {
                TreeNodeRecursion::Stop
            } else {
                TreeNodeRecursion::Continue
            })
        });
    }
    count
}

/// Simplifies, finds the columns that are left, and makes physical expressions over exactly these.
fn finish(contract: &Contract, plan: &LogicalPlan, composed: Composed) -> Planned<RowPlan> {
    let Composed {
        schema,
        outputs,
        filter,
    } = composed;
    let context = SimplifyContext::builder()
        .with_schema(Arc::clone(&schema))
        .build();
    let simplifier = ExprSimplifier::new(context);
    let filter = filter
        .map(|filter| simplifier.simplify(filter))
        .transpose()?;
    let filter = filter
        .filter(|filter| !matches!(filter, Expr::Literal(ScalarValue::Boolean(Some(true)), _)));
    let mut exprs = Vec::with_capacity(outputs.len());
    for (expr, field) in outputs.into_iter().zip(plan.schema().fields()) {
        let target = encoded(field.data_type()).unwrap_or(DataType::Utf8);
        exprs.push(simplifier.simplify(expr)?.cast_to(&target, &schema)?);
    }
    let mut used = BTreeSet::new();
    for expr in exprs.iter().chain(&filter) {
        used.extend(positions(expr, &schema)?);
    }
    let inputs: Vec<usize> = used.into_iter().collect();
    let arrow = contract.schema(inputs.iter().copied());
    let narrow = DFSchema::try_from_qualified_schema(contract.dataset.as_str(), &arrow)?;
    let physical = |expr: &Expr| -> Planned<Arc<dyn PhysicalExpr>> {
        create_physical_expr(
            expr,
            &narrow,
            &ExecutionProps::new(),
            &PhysicalPlanningContext::default(),
        )
    };
    let mut columns = Vec::with_capacity(exprs.len());
    for (expr, field) in exprs.iter().zip(plan.schema().fields()) {
        let compiled = physical(expr)?;
        let read = positions(expr, &narrow)?;
        columns.push(Output {
            name: field.name().clone(),
            data_type: compiled.data_type(&arrow)?,
            nullable: compiled.nullable(&arrow)?,
            bare: if matches!(expr, Expr::Column(_)) {
                read.first().copied()
            } else {
                None
            },
            columns: read.into_iter().collect(),
            expr: compiled,
        });
    }
    let filter_columns = match &filter {
        Some(filter) => positions(filter, &narrow)?.into_iter().collect(),
        None => Vec::new(),
    };
    let filter = filter.as_ref().map(physical).transpose()?;
    Ok(RowPlan {
        inputs,
        schema: arrow,
        filter,
        filter_columns,
        outputs: columns,
    })
}

/// The positions in a schema that an expression reads.
fn positions(expr: &Expr, schema: &DFSchema) -> Planned<BTreeSet<usize>> {
    expr.column_refs()
        .into_iter()
        .map(|column| schema.index_of_column(column))
        .collect()
}
