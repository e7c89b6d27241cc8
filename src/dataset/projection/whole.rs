//! Plans that are not row by row: constants folded, columns that nothing needs cut off, over a scan of exactly the
//! columns that are left.

use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use datafusion_common::tree_node::{Transformed, TreeNode};
use datafusion_common::{Column, DataFusionError};
use datafusion_expr::logical_plan::TableScanBuilder;
use datafusion_expr::logical_plan::builder::LogicalTableSource;
use datafusion_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder};
use datafusion_optimizer::optimize_projections::OptimizeProjections;
use datafusion_optimizer::simplify_expressions::SimplifyExpressions;
use datafusion_optimizer::{Optimizer, OptimizerContext};

use super::WholePlan;
use super::output::encoded;
use super::planner::translate;
use crate::dataset::contract::Contract;
use crate::dataset::place::Place;
use crate::error::Result;

type Planned<T> = std::result::Result<T, DataFusionError>;

/// The whole plan of an analysed plan.
pub(super) fn plan(
    place: &Place<'_>,
    contract: &Contract,
    plan: LogicalPlan,
    ordered: bool,
) -> Result<WholePlan> {
    finish(contract, plan, ordered).map_err(|error| translate(place, contract, error))
}

fn finish(contract: &Contract, plan: LogicalPlan, ordered: bool) -> Planned<WholePlan> {
    let plan = optimized(released(plan)?)?;
    let (logical, inputs) = narrowed(contract, plan)?;
    Ok(WholePlan {
        schema: contract.schema(inputs.iter().copied()),
        inputs,
        outputs: outputs(&logical),
        logical,
        ordered,
        anonymity: None,
    })
}

/// Two rules, and no clock: simplification lets `redact` and its column disappear, and the second finds what is read.
/// All others belong to whoever runs the plan.
pub(super) fn optimized(plan: LogicalPlan) -> Planned<LogicalPlan> {
    let rules = Optimizer::with_rules(vec![
        Arc::new(SimplifyExpressions::new()),
        Arc::new(OptimizeProjections::new()),
    ]);
    let config = OptimizerContext::new()
        .without_query_execution_start_time()
        .with_skip_failing_rules(false);
    rules.optimize(plan, &config, |_, _| {})
}

/// The output columns of a plan: name, type, and whether it may hold NULL.
pub(super) fn outputs(plan: &LogicalPlan) -> Vec<(String, DataType, bool)> {
    let fields = plan.schema().fields().iter();
    fields
        .map(|field| {
            let (name, data_type) = (field.name().clone(), field.data_type().clone());
            (name, data_type, field.is_nullable())
        })
        .collect()
}

/// The plan with its output columns in the types in which they leave.
pub(super) fn released(plan: LogicalPlan) -> Planned<LogicalPlan> {
    let schema = Arc::clone(plan.schema());
    let fits = |field: &arrow::datatypes::Field| {
        encoded(field.data_type()).as_ref() == Some(field.data_type())
    };
    if schema.fields().iter().all(|field| fits(field)) {
        return Ok(plan);
    }
    let mut exprs = Vec::with_capacity(schema.fields().len());
    for (qualifier, field) in schema.iter() {
        let column = Expr::Column(Column::from((qualifier, field)));
        let expr = match encoded(field.data_type()) {
            Some(target) if target != *field.data_type() => {
                column.cast_to(&target, &schema)?.alias(field.name())
            }
            _ => column,
        };
        exprs.push(expr);
    }
    LogicalPlanBuilder::from(plan).project(exprs)?.build()
}

/// The plan over a scan of the columns that it reads, and these columns' positions in the contract.
pub(super) fn narrowed(
    contract: &Contract,
    plan: LogicalPlan,
) -> Planned<(LogicalPlan, Vec<usize>)> {
    let all = contract.schema(0..contract.columns.len());
    narrow(plan, &contract.dataset, &all)
}

/// The plan over a scan of exactly the columns of `table` that it reads, and their positions in its schema. Scans of
/// other tables stay.
pub(super) fn narrow(
    plan: LogicalPlan,
    table: &str,
    schema: &SchemaRef,
) -> Planned<(LogicalPlan, Vec<usize>)> {
    let mut inputs: Vec<usize> = (0..schema.fields().len()).collect();
    let plan = plan.transform_up(|node| match node {
        LogicalPlan::TableScan(scan) if scan.table_name.table() == table => {
            if let Some(read) = &scan.projection {
                inputs.clone_from(read);
            }
            let source = LogicalTableSource::new(Arc::new(schema.project(&inputs)?));
            let scan = TableScanBuilder::new(scan.table_name, Arc::new(source)).build()?;
            Ok(Transformed::yes(LogicalPlan::TableScan(scan)))
        }
        other => Ok(Transformed::no(other)),
    })?;
    Ok((plan.data, inputs))
}
