//! What the planner may find: the dataset's table, the reference tables, and the functions on the lists. Nothing else exists for it.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, SchemaRef};
use datafusion_common::config::ConfigOptions;
use datafusion_common::{Result, TableReference, plan_err};
use datafusion_expr::logical_plan::builder::LogicalTableSource;
use datafusion_expr::planner::{ContextProvider, ExprPlanner};
use datafusion_expr::{AggregateUDF, HigherOrderUDF, ScalarUDF, TableSource, WindowUDF};
use datafusion_functions::core::planner::CoreFunctionPlanner;
use datafusion_functions::datetime::planner::DatetimeFunctionPlanner;
use datafusion_functions::unicode::planner::UnicodeFunctionPlanner;
use datafusion_functions_aggregate::planner::AggregateFunctionPlanner;
use datafusion_functions_aggregate::{
    average, bit_and_or_xor, bool_and_or, correlation, count, covariance, median, min_max, stddev,
    sum, variance,
};
use datafusion_functions_window::planner::WindowFunctionPlanner;
use datafusion_functions_window::{cume_dist, lead_lag, nth_value, ntile, rank, row_number};

use crate::dataset::contract::Contract;
use crate::functions::{self, Context};

/// The aggregate functions that a projection may use: deterministic, and of a plain value. Approximate ones depend on
/// how rows are cut into batches; lists are no plain value. Each is named by its constructor, so that what is not on the
/// list is not in the binary either.
const AGGREGATES: [fn() -> Arc<AggregateUDF>; 18] = [
    average::avg_udaf,
    bit_and_or_xor::bit_and_udaf,
    bit_and_or_xor::bit_or_udaf,
    bit_and_or_xor::bit_xor_udaf,
    bool_and_or::bool_and_udaf,
    bool_and_or::bool_or_udaf,
    correlation::corr_udaf,
    count::count_udaf,
    covariance::covar_pop_udaf,
    covariance::covar_samp_udaf,
    min_max::max_udaf,
    median::median_udaf,
    min_max::min_udaf,
    stddev::stddev_udaf,
    stddev::stddev_pop_udaf,
    sum::sum_udaf,
    variance::var_samp_udaf,
    variance::var_pop_udaf,
];

/// The window functions that a projection may use, beside aggregates.
const WINDOWS: [fn() -> Arc<WindowUDF>; 11] = [
    cume_dist::cume_dist_udwf,
    rank::dense_rank_udwf,
    nth_value::first_value_udwf,
    lead_lag::lag_udwf,
    nth_value::last_value_udwf,
    lead_lag::lead_udwf,
    nth_value::nth_value_udwf,
    ntile::ntile_udwf,
    rank::percent_rank_udwf,
    rank::rank_udwf,
    row_number::row_number_udwf,
];

static AGGREGATE_FUNCTIONS: LazyLock<Vec<Arc<AggregateUDF>>> =
    LazyLock::new(|| AGGREGATES.iter().map(|function| function()).collect());

static WINDOW_FUNCTIONS: LazyLock<Vec<Arc<WindowUDF>>> =
    LazyLock::new(|| WINDOWS.iter().map(|function| function()).collect());

/// The aggregate function of this name or alias.
pub(in crate::dataset) fn aggregate(name: &str) -> Option<Arc<AggregateUDF>> {
    let named =
        |f: &&Arc<AggregateUDF>| f.name() == name || f.aliases().iter().any(|alias| alias == name);
    AGGREGATE_FUNCTIONS.iter().find(named).cloned()
}

/// The window function of this name or alias.
pub(in crate::dataset) fn window(name: &str) -> Option<Arc<WindowUDF>> {
    let named =
        |f: &&Arc<WindowUDF>| f.name() == name || f.aliases().iter().any(|alias| alias == name);
    WINDOW_FUNCTIONS.iter().find(named).cloned()
}

/// Whether a projection may call a function of this name.
pub(super) fn is_known(name: &str) -> bool {
    is_scalar(name) || aggregate(name).is_some() || window(name).is_some()
}

/// Whether it is a function of one row's values.
pub(super) fn is_scalar(name: &str) -> bool {
    functions::find(name).is_some() || functions::builtin(name).is_some()
}

/// Names for a hint to a misspelt one.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    functions::ours()
        .iter()
        .map(|function| function.name)
        .chain(functions::builtin_names())
        .chain(AGGREGATE_FUNCTIONS.iter().map(|f| f.name()))
        .chain(WINDOW_FUNCTIONS.iter().map(|f| f.name()))
}

/// The planner's whole world, for one projection and one release.
pub(super) struct Catalog<'a> {
    contract: &'a Contract,
    source: Arc<dyn TableSource>,
    context: &'a Context,
    planners: Vec<Arc<dyn ExprPlanner>>,
    config: ConfigOptions,
}

impl<'a> Catalog<'a> {
    pub(super) fn new(contract: &'a Contract, context: &'a Context) -> Self {
        Self {
            contract,
            source: table(contract.schema(0..contract.columns.len())),
            context,
            planners: vec![
                Arc::new(CoreFunctionPlanner::default()),
                Arc::new(DatetimeFunctionPlanner),
                Arc::new(UnicodeFunctionPlanner),
                Arc::new(AggregateFunctionPlanner),
                Arc::new(WindowFunctionPlanner),
            ],
            config: ConfigOptions::default(),
        }
    }
}

fn table(schema: SchemaRef) -> Arc<dyn TableSource> {
    Arc::new(LogicalTableSource::new(schema))
}

impl ContextProvider for Catalog<'_> {
    fn get_table_source(&self, name: TableReference) -> Result<Arc<dyn TableSource>> {
        let TableReference::Bare { table: name } = name else {
            return plan_err!("no such table");
        };
        if *name == *self.contract.dataset {
            return Ok(Arc::clone(&self.source));
        }
        let Some(reference) = self.contract.references.get(&name) else {
            return plan_err!("no such table");
        };
        Ok(table(reference.schema()))
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        &self.planners
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        functions::resolve(name, self.context)
    }

    fn get_higher_order_meta(&self, _: &str) -> Option<Arc<HigherOrderUDF>> {
        None
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        aggregate(name)
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        window(name)
    }

    fn get_variable_type(&self, _: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        &self.config
    }

    fn udf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udaf_names(&self) -> Vec<String> {
        Vec::new()
    }

    fn udwf_names(&self) -> Vec<String> {
        Vec::new()
    }
}
