//! `-- k: 5` under GROUP BY: the plan in two at its one aggregate.
//!
//! Below, the groups with their numbers of subjects. Above, everything else, over a table of the groups that are left:
//! no optimizer moves a condition, order or limit from one side to the other.

use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion_common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion_common::{Column, ScalarValue, TableReference};
use datafusion_expr::expr::AggregateFunction;
use datafusion_expr::logical_plan::TableScanBuilder;
use datafusion_expr::logical_plan::builder::LogicalTableSource;
use datafusion_expr::{Aggregate, Expr, LogicalPlan, Projection, and, lit, when};

use super::carry::Carrier;
use super::{Planned, column, lost};
use crate::dataset::projection::{GROUPS, Suppression, WholePlan, whole};

/// The plan above the groups, and the groups below it.
pub(super) fn plan(
    carrier: &Carrier<'_>,
    k: u32,
    lowered: &[usize],
    plan: LogicalPlan,
    ordered: bool,
) -> Planned<WholePlan> {
    let (above, aggregate, schema) = split(plan)?;
    let (logical, read) = whole::narrow(whole::optimized(above)?, GROUPS, &schema)?;
    let below = whole::optimized(counted(carrier, k, lowered, &aggregate, &read)?)?;
    let (below, inputs) = whole::narrowed(carrier.contract, below)?;
    Ok(WholePlan {
        schema: carrier.contract.schema(inputs.iter().copied()),
        inputs,
        outputs: whole::outputs(&logical),
        logical,
        ordered,
        anonymity: Some(Suppression::Groups {
            k,
            below: Box::new(below),
            groups: Arc::new(schema.project(&read)?),
        }),
    })
}

/// The plan with a scan of groups in the place of its aggregate, that aggregate, and the columns of the groups.
fn split(plan: LogicalPlan) -> Planned<(LogicalPlan, Aggregate, SchemaRef)> {
    let mut found = None;
    let above = plan.transform_down(|node| match node {
        LogicalPlan::Aggregate(aggregate) => {
            let (scan, schema) = scan(&aggregate)?;
            found = Some((aggregate, schema));
            Ok(Transformed::new(scan, true, TreeNodeRecursion::Jump))
        }
        other => Ok(Transformed::no(other)),
    })?;
    let (aggregate, schema) = found.ok_or_else(lost)?;
    Ok((above.data, aggregate, schema))
}

/// A scan of the table of groups, under the names that the aggregate's columns have.
fn scan(aggregate: &Aggregate) -> Planned<(LogicalPlan, SchemaRef)> {
    let fields = aggregate.schema.fields().iter().zip(0_usize..);
    let fields = fields.map(|(field, position)| {
        Field::new(
            format!("g{position}"),
            field.data_type().clone(),
            field.is_nullable(),
        )
    });
    let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let table = TableReference::bare(GROUPS);
    let source = Arc::new(LogicalTableSource::new(Arc::clone(&schema)));
    let scan = TableScanBuilder::new(table.clone(), source).build()?;
    let named =
        |((qualifier, field), own): ((Option<&TableReference>, &Arc<Field>), &Arc<Field>)| {
            Expr::Column(Column::new(Some(table.clone()), own.name()))
                .alias_qualified(qualifier.cloned(), field.name())
        };
    let exprs = aggregate.schema.iter().zip(schema.fields()).map(named);
    let input = Arc::new(LogicalPlan::TableScan(scan));
    let plan = Projection::try_new(exprs.collect(), input)?;
    Ok((LogicalPlan::Projection(plan), schema))
}

/// The groups: the columns of the aggregate that are read above, and the numbers of their subjects.
fn counted(
    carrier: &Carrier<'_>,
    k: u32,
    lowered: &[usize],
    aggregate: &Aggregate,
    read: &[usize],
) -> Planned<LogicalPlan> {
    let input = if carrier.subjects() {
        carrier.carry(&aggregate.input)?.ok_or_else(lost)?
    } else {
        aggregate.input.as_ref().clone()
    };
    let mut counts = vec![carrier.count(&input, k)?];
    for hidden in hidden(lowered, aggregate)? {
        counts.push(only_where_known(carrier.count(&input, k)?, hidden)?);
    }
    let name = |position: usize| format!("number of subjects {position}");
    let counts = counts.into_iter().zip(0_usize..);
    let mut calls = aggregate.aggr_expr.clone();
    calls.extend(counts.map(|(count, position)| count.alias(name(position))));
    let groups = Aggregate::try_new(Arc::new(input), aggregate.group_expr.clone(), calls)?;
    let all: Vec<Expr> = groups.schema.iter().map(column).collect();
    let (own, counts) = all
        .split_at_checked(aggregate.schema.fields().len())
        .ok_or_else(lost)?;
    let read = read
        .iter()
        .map(|&position| own.get(position).cloned().ok_or_else(lost));
    let mut exprs = read.collect::<Planned<Vec<_>>>()?;
    for (position, count) in counts.iter().enumerate() {
        // Rows are counted without a NULL for none.
        let none = lit(ScalarValue::Int64(None));
        let count = if carrier.subjects() || position == 0 {
            count.clone()
        } else {
            when(count.clone().eq(lit(0_i64)), none).otherwise(count.clone())?
        };
        exprs.push(count.alias(name(position)));
    }
    let groups = Arc::new(LogicalPlan::Aggregate(groups));
    Projection::try_new(exprs, groups).map(LogicalPlan::Projection)
}

/// An aggregate's call, over the rows alone where a column is not NULL.
fn only_where_known(call: Expr, column: Expr) -> Planned<Expr> {
    match call {
        Expr::AggregateFunction(AggregateFunction { func, mut params }) => {
            let known = column.is_not_null();
            params.filter = Some(Box::new(match params.filter {
                Some(filter) => and(*filter, known),
                None => known,
            }));
            Ok(Expr::AggregateFunction(AggregateFunction { func, params }))
        }
        _ => Err(lost()),
    }
}

/// The columns of the aggregate's input of which a call shows more than one subject's value only where several have one:
/// five with four NULL among them would give the fifth away.
fn hidden(lowered: &[usize], aggregate: &Aggregate) -> Planned<Vec<Expr>> {
    let mut found: Vec<Expr> = Vec::new();
    for &position in lowered {
        let call = aggregate.aggr_expr.get(position).map(plain);
        let Some(Expr::AggregateFunction(AggregateFunction { params, .. })) = call else {
            return Err(lost());
        };
        for argument in &params.args {
            let Expr::Column(column) = plain(argument) else {
                return Err(lost());
            };
            let column = Expr::Column(column.clone());
            if !found.contains(&column) {
                found.push(column);
            }
        }
    }
    Ok(found)
}

/// An expression without its names and casts.
fn plain(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => plain(&alias.expr),
        Expr::Cast(cast) => plain(&cast.expr),
        Expr::TryCast(cast) => plain(&cast.expr),
        other => other,
    }
}
