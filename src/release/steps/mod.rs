//! An optimized logical plan → the engine's steps: of the nodes that the proof lets through, in one partition.
//!
//! `DataFusion` has a planner of its own, in the crate that also brings its files' formats, catalogs, sessions and all
//! kinds of joins. For these eight nodes they would be 6 MB of the binary and an eighth of the time to build it.

use std::sync::Arc;

use datafusion_common::{DFSchema, DataFusionError, internal_err};
use datafusion_execution::{SendableRecordBatchStream, TaskContext};
use datafusion_expr::execution_props::ExecutionProps;
use datafusion_expr::expr::{NullTreatment, WindowFunction};
use datafusion_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion_expr::utils::conjunction;
use datafusion_expr::{
    Aggregate, Expr, FetchType, Limit, LogicalPlan, SkipType, Window, WindowFrameBound,
};
use datafusion_optimizer::common_subexpr_eliminate::CommonSubexprEliminate;
use datafusion_optimizer::optimize_projections::OptimizeProjections;
use datafusion_optimizer::push_down_limit::PushDownLimit;
use datafusion_optimizer::replace_distinct_aggregate::ReplaceDistinctWithAggregate;
use datafusion_optimizer::single_distinct_to_groupby::SingleDistinctToGroupBy;
use datafusion_optimizer::{Optimizer, OptimizerContext};
use datafusion_physical_expr::aggregate::LoweredAggregateBuilder;
use datafusion_physical_expr::planner::create_physical_exprs;
use datafusion_physical_expr::projection::ProjectionExpr;
use datafusion_physical_expr::window::WindowExpr;
use datafusion_physical_expr::{
    LexOrdering, OrderingRequirements, PhysicalExpr, create_physical_expr,
    create_physical_sort_exprs,
};
use datafusion_physical_plan::aggregates::{AggregateExec, AggregateMode, PhysicalGroupBy};
use datafusion_physical_plan::filter::FilterExec;
use datafusion_physical_plan::limit::GlobalLimitExec;
use datafusion_physical_plan::projection::ProjectionExec;
use datafusion_physical_plan::sorts::sort::SortExec;
use datafusion_physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion_physical_plan::windows::{BoundedWindowAggExec, WindowAggExec, create_window_expr};
use datafusion_physical_plan::{
    ExecutionPlan, ExecutionPlanProperties, InputOrderMode, execute_stream,
    replace_children_if_necessary,
};

type Answer<T> = std::result::Result<T, DataFusionError>;

/// The rows of a plan in which `table` has `rows` as its only partition.
pub fn stream(
    plan: &LogicalPlan,
    table: &str,
    rows: impl PartitionStream + 'static,
    context: Arc<TaskContext>,
) -> Answer<SendableRecordBatchStream> {
    let plan = optimized(plan.clone())?;
    let steps = Steps {
        table,
        rows: Arc::new(rows),
        props: ExecutionProps::new(),
        planning: PhysicalPlanningContext::default(),
    };
    execute_stream(steps.of(&plan)?, context)
}

/// What makes a plan cheaper to run: DISTINCT as groups, which spill; what several expressions share computed once; no
/// more rows sorted and read than a LIMIT lets through.
fn optimized(plan: LogicalPlan) -> Answer<LogicalPlan> {
    let rules = Optimizer::with_rules(vec![
        Arc::new(ReplaceDistinctWithAggregate::new()),
        Arc::new(PushDownLimit::new()),
        Arc::new(SingleDistinctToGroupBy::new()),
        Arc::new(CommonSubexprEliminate::new()),
        Arc::new(OptimizeProjections::new()),
    ]);
    let config = OptimizerContext::new()
        .without_query_execution_start_time()
        .with_skip_failing_rules(false);
    rules.optimize(plan, &config, |_, _| {})
}

/// What steps are made with.
struct Steps<'a> {
    table: &'a str,
    rows: Arc<dyn PartitionStream>,
    props: ExecutionProps,
    planning: PhysicalPlanningContext,
}

/// A step with all that come before it.
type Step = Arc<dyn ExecutionPlan>;

impl Steps<'_> {
    /// The steps of a plan. Each has the columns of its node, under their names.
    fn of(&self, plan: &LogicalPlan) -> Answer<Step> {
        Ok(match plan {
            LogicalPlan::TableScan(scan) if scan.table_name.table() == self.table => {
                let scanned = StreamingTableExec::try_new(
                    Arc::clone(self.rows.schema()),
                    vec![Arc::clone(&self.rows)],
                    scan.projection.as_ref(),
                    [],
                    false,
                    scan.fetch,
                )?;
                self.filtered(
                    conjunction(scan.filters.clone()).as_ref(),
                    &scan.projected_schema,
                    Arc::new(scanned),
                )?
            }
            LogicalPlan::SubqueryAlias(alias) => self.of(&alias.input)?,
            LogicalPlan::Projection(projection) => {
                let schema = projection.input.schema();
                let names = projection.schema.fields().iter().map(|field| field.name());
                let exprs = self.exprs(&projection.expr, schema)?;
                let columns = exprs.into_iter().zip(names);
                let columns = columns.map(|(expr, name)| ProjectionExpr::new(expr, name.clone()));
                Arc::new(ProjectionExec::try_new(
                    columns,
                    self.of(&projection.input)?,
                )?)
            }
            LogicalPlan::Filter(filter) => {
                let input = self.of(&filter.input)?;
                self.filtered(Some(&filter.predicate), filter.input.schema(), input)?
            }
            LogicalPlan::Aggregate(aggregate) => self.groups(aggregate)?,
            LogicalPlan::Window(window) => self.windows(window)?,
            LogicalPlan::Sort(sort) => {
                let schema = sort.input.schema();
                let keys =
                    create_physical_sort_exprs(&sort.expr, schema, &self.props, &self.planning)?;
                let input = self.of(&sort.input)?;
                match LexOrdering::new(keys) {
                    Some(keys) => Arc::new(SortExec::new(keys, input).with_fetch(sort.fetch)),
                    None => input,
                }
            }
            LogicalPlan::Limit(limit) => self.limited(limit)?,
            _ => return internal_err!("a node that the proof does not let through"),
        })
    }

    fn exprs(&self, exprs: &[Expr], schema: &DFSchema) -> Answer<Vec<Arc<dyn PhysicalExpr>>> {
        create_physical_exprs(exprs, schema, &self.props, &self.planning)
    }

    fn expr(&self, expr: &Expr, schema: &DFSchema) -> Answer<Arc<dyn PhysicalExpr>> {
        create_physical_expr(expr, schema, &self.props, &self.planning)
    }

    fn filtered(&self, predicate: Option<&Expr>, schema: &DFSchema, input: Step) -> Answer<Step> {
        let Some(predicate) = predicate else {
            return Ok(input);
        };
        let predicate = self.expr(predicate, schema)?;
        Ok(Arc::new(FilterExec::try_new(predicate, input)?))
    }

    fn groups(&self, aggregate: &Aggregate) -> Answer<Step> {
        let input = self.of(&aggregate.input)?;
        let (schema, columns) = (aggregate.input.schema(), input.schema());
        let mut names = aggregate.schema.fields().iter().map(|field| field.name());
        let groups = self.exprs(&aggregate.group_expr, schema)?;
        let groups = groups.into_iter().zip(names.by_ref().cloned()).collect();
        let (mut functions, mut filters) = (Vec::new(), Vec::new());
        for (expr, name) in aggregate.aggr_expr.iter().zip(names) {
            let builder =
                LoweredAggregateBuilder::new(expr, schema, &columns, &self.props, &self.planning);
            let lowered = builder.with_name(name).build()?;
            functions.push(lowered.aggregate);
            filters.push(lowered.filter);
        }
        let groups = PhysicalGroupBy::new_single(groups);
        let mode = AggregateMode::Single;
        let step = AggregateExec::try_new(mode, groups, functions, filters, input, columns)?;
        Ok(Arc::new(step))
    }

    fn windows(&self, window: &Window) -> Answer<Step> {
        let input = self.of(&window.input)?;
        let schema = window.input.schema();
        let names = window.schema.fields().iter().map(|field| field.name());
        let exprs = window
            .window_expr
            .iter()
            .zip(names.skip(schema.fields().len()));
        let exprs = exprs.map(|(expr, name)| self.window(expr, name, schema));
        let exprs = exprs.collect::<Answer<Vec<_>>>()?;
        let step: Step = if exprs.iter().all(|expr| expr.uses_bounded_memory()) {
            let sorted = InputOrderMode::Sorted;
            Arc::new(BoundedWindowAggExec::try_new(exprs, input, sorted, false)?)
        } else {
            Arc::new(WindowAggExec::try_new(exprs, input, false)?)
        };
        sorted(step)
    }

    fn window(&self, expr: &Expr, name: &str, schema: &DFSchema) -> Answer<Arc<dyn WindowExpr>> {
        let Expr::WindowFunction(function) = expr.clone().unalias_nested().data else {
            return internal_err!("a window without a function");
        };
        let WindowFunction { fun, params } = *function;
        let frame = params.window_frame;
        if !fits(&frame.start_bound, &frame.end_bound) {
            return internal_err!("a frame that ends before it starts");
        }
        let (props, planning) = (&self.props, &self.planning);
        create_window_expr(
            &fun,
            name.to_owned(),
            &self.exprs(&params.args, schema)?,
            &self.exprs(&params.partition_by, schema)?,
            &create_physical_sort_exprs(&params.order_by, schema, props, planning)?,
            Arc::new(frame),
            Arc::clone(schema.inner()),
            params.null_treatment == Some(NullTreatment::IgnoreNulls),
            params.distinct,
            params
                .filter
                .map(|filter| self.expr(&filter, schema))
                .transpose()?,
        )
    }

    fn limited(&self, limit: &Limit) -> Answer<Step> {
        let input = self.of(&limit.input)?;
        let (SkipType::Literal(skip), FetchType::Literal(fetch)) =
            (limit.get_skip_type()?, limit.get_fetch_type()?)
        else {
            return internal_err!("a limit that is no number");
        };
        Ok(Arc::new(GlobalLimitExec::new(input, skip, fetch)))
    }
}

/// The step over rows in the order that it asks for.
fn sorted(step: Step) -> Answer<Step> {
    let orders = step.required_input_ordering();
    let mut inputs: Vec<Step> = step.children().into_iter().map(Arc::clone).collect();
    for (input, order) in inputs.iter_mut().zip(orders) {
        let Some(order) = order.map(OrderingRequirements::into_single) else {
            continue;
        };
        let properties = input.equivalence_properties();
        if !properties.ordering_satisfy_requirement(order.clone())? {
            *input = Arc::new(SortExec::new(LexOrdering::from(order), Arc::clone(input)));
        }
    }
    replace_children_if_necessary(step, inputs)
}

/// Whether a frame does not end before it starts.
fn fits(start: &WindowFrameBound, end: &WindowFrameBound) -> bool {
    use WindowFrameBound::{CurrentRow, Following, Preceding};
    match (start, end) {
        (Following(_), Preceding(_) | CurrentRow) | (CurrentRow, Preceding(_)) => false,
        // Without a number, it reaches to the partition's end.
        (Preceding(start), Preceding(end)) => !end.is_null() && (start.is_null() || start >= end),
        (Following(start), Following(end)) => !start.is_null() && (end.is_null() || start <= end),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
