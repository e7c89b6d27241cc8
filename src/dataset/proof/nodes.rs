//! Plan nodes under proof: the allow-list, and what each adds to what chooses the rows.

use datafusion::logical_expr::expr::{AggregateFunction, Sort as SortExpr, WindowFunction};
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, Filter, Join, Limit, LogicalPlan, Projection, Sort, TableScan,
    Window, WindowFunctionDefinition,
};

use super::Prover;
use super::expressions::Inputs;
use super::flow::{Flow, Leaks, Shape};
use crate::dataset::projection::catalog;
use crate::dataset::projection::lookup::look_up;
use crate::dataset::rule::Rule;

/// What a plan node's output holds.
pub(super) struct Node {
    /// By output column.
    pub columns: Vec<Flow>,
    /// What chose, grouped or ordered the rows, and so reaches every output column.
    pub implicit: Leaks,
}

impl Prover<'_> {
    /// What a node's output holds; nothing for a node that is not on the list.
    pub(super) fn node(&mut self, plan: &LogicalPlan) -> Option<Node> {
        match plan {
            LogicalPlan::TableScan(scan) => self.scan(scan),
            LogicalPlan::SubqueryAlias(alias) => self.node(&alias.input),
            LogicalPlan::Projection(projection) => self.projection(projection),
            LogicalPlan::Filter(filter) => self.filter(filter),
            LogicalPlan::Aggregate(aggregate) => self.aggregate(aggregate),
            LogicalPlan::Window(window) => self.window(window),
            LogicalPlan::Sort(sort) => self.sort(sort),
            LogicalPlan::Limit(limit) => self.limit(limit),
            LogicalPlan::Distinct(Distinct::All(input)) => {
                let mut node = self.node(input)?;
                for flow in &node.columns {
                    self.implicit("DISTINCT", &flow.shape, &flow.leaks, true);
                    node.implicit.merge(&flow.leaks);
                }
                Some(node)
            }
            LogicalPlan::Join(join) => self.join(join),
            other => {
                let shown = other.display().to_string();
                let name = shown
                    .split(|c: char| !c.is_ascii_alphanumeric())
                    .next()
                    .unwrap_or_default();
                self.refuse(
                    Rule::Node,
                    None,
                    format!("the plan needs {name}, which has no place in a projection"),
                );
                None
            }
        }
    }

    fn scan(&mut self, scan: &TableScan) -> Option<Node> {
        let plain = scan.projection.is_none() && scan.filters.is_empty() && scan.fetch.is_none();
        let known = scan.projected_schema.fields().len() == self.contract.columns.len();
        if scan.table_name.table() != self.contract.dataset || !plain || !known {
            self.refuse(
                Rule::Table,
                None,
                "the plan reads something other than the dataset's table",
            );
            return None;
        }
        let columns = (0..self.contract.columns.len())
            .map(|column| Flow {
                shape: Shape::Bare(column),
                leaks: Leaks::column(column, self.name(column)),
            })
            .collect();
        Some(Node {
            columns,
            implicit: Leaks::default(),
        })
    }

    /// A reference table's columns tell what the other side's key does, and an INNER join which rows have one.
    fn join(&mut self, join: &Join) -> Option<Node> {
        let found = match look_up(join, &self.contract.references) {
            Ok(found) => found,
            Err(why) => {
                self.refuse(Rule::ReferenceJoin, None, why);
                return None;
            }
        };
        let mut node = self.node(&join.left)?;
        let inputs = Inputs {
            schema: join.left.schema(),
            columns: &node.columns,
        };
        let step = format!("join {}", found.reference.name());
        let key = self.value(found.key, inputs);
        self.operand(&key, "a join");
        let held = Flow::computed(key.leaks.clone().through(&step));
        let columns = join.right.schema().fields().len();
        node.columns.extend(std::iter::repeat_n(held, columns));
        if found.required {
            self.implicit("an INNER JOIN", &key.shape, &key.leaks, false);
            node.implicit.merge(&key.leaks);
        }
        Some(node)
    }

    fn projection(&mut self, projection: &Projection) -> Option<Node> {
        let node = self.node(&projection.input)?;
        let inputs = Inputs {
            schema: projection.input.schema(),
            columns: &node.columns,
        };
        let columns = projection
            .expr
            .iter()
            .map(|expr| self.value(expr, inputs))
            .collect();
        Some(Node {
            columns,
            implicit: node.implicit,
        })
    }

    fn filter(&mut self, filter: &Filter) -> Option<Node> {
        let mut node = self.node(&filter.input)?;
        let inputs = Inputs {
            schema: filter.input.schema(),
            columns: &node.columns,
        };
        let predicate = self.value(&filter.predicate, inputs);
        self.implicit("a predicate", &predicate.shape, &predicate.leaks, false);
        node.implicit.merge(&predicate.leaks);
        Some(node)
    }

    fn sort(&mut self, sort: &Sort) -> Option<Node> {
        let mut node = self.node(&sort.input)?;
        let inputs = Inputs {
            schema: sort.input.schema(),
            columns: &node.columns,
        };
        let leaks = self.clause("ORDER BY", sort.expr.iter().map(|key| &key.expr), inputs);
        node.implicit.merge(&leaks);
        Some(node)
    }

    fn limit(&mut self, limit: &Limit) -> Option<Node> {
        let node = self.node(&limit.input)?;
        let inputs = Inputs {
            schema: limit.input.schema(),
            columns: &node.columns,
        };
        for number in [&limit.skip, &limit.fetch].into_iter().flatten() {
            if !matches!(self.value(number, inputs).shape, Shape::Constant(_)) {
                self.refuse(Rule::Expression, None, "LIMIT and OFFSET take a number");
            }
        }
        Some(node)
    }

    fn aggregate(&mut self, aggregate: &Aggregate) -> Option<Node> {
        let mut node = self.node(&aggregate.input)?;
        let inputs = Inputs {
            schema: aggregate.input.schema(),
            columns: &node.columns,
        };
        let mut columns =
            Vec::with_capacity(aggregate.group_expr.len() + aggregate.aggr_expr.len());
        let mut implicit = Leaks::default();
        for group in &aggregate.group_expr {
            let flow = self.value(group, inputs);
            self.implicit("GROUP BY", &flow.shape, &flow.leaks, true);
            implicit.merge(&flow.leaks);
            columns.push(flow);
        }
        for expr in &aggregate.aggr_expr {
            let Expr::AggregateFunction(call) = unaliased(expr) else {
                self.refuse(
                    Rule::Expression,
                    None,
                    "an aggregate of another form has no place in a projection",
                );
                return None;
            };
            columns.push(self.aggregate_call(call, inputs));
        }
        node.implicit.merge(&implicit);
        Some(Node {
            columns,
            implicit: node.implicit,
        })
    }

    fn window(&mut self, window: &Window) -> Option<Node> {
        let node = self.node(&window.input)?;
        let inputs = Inputs {
            schema: window.input.schema(),
            columns: &node.columns,
        };
        let mut columns = node.columns.clone();
        for expr in &window.window_expr {
            let Expr::WindowFunction(call) = unaliased(expr) else {
                self.refuse(
                    Rule::Expression,
                    None,
                    "a window of another form has no place in a projection",
                );
                return None;
            };
            columns.push(self.window_call(call, inputs));
        }
        Some(Node {
            columns,
            implicit: node.implicit,
        })
    }

    fn aggregate_call(&mut self, call: &AggregateFunction, inputs: Inputs<'_>) -> Flow {
        let name = call.func.name();
        if catalog::aggregate(name).is_none() {
            self.refuse(
                Rule::Function,
                None,
                format!("the aggregate function {name} is not on the list"),
            );
        }
        let mut leaks = self.arguments(name, &call.params.args, false, inputs);
        leaks.merge(&self.filter_clause(call.params.filter.as_deref(), inputs));
        leaks.merge(&self.keys("ORDER BY in an aggregate", &call.params.order_by, inputs));
        Flow::computed(leaks)
    }

    fn window_call(&mut self, call: &WindowFunction, inputs: Inputs<'_>) -> Flow {
        let known = match &call.fun {
            WindowFunctionDefinition::AggregateUDF(function) => {
                catalog::aggregate(function.name()).is_some()
            }
            WindowFunctionDefinition::WindowUDF(function) => {
                catalog::window(function.name()).is_some()
            }
        };
        let name = call.fun.name();
        if !known {
            self.refuse(
                Rule::Function,
                None,
                format!("the window function {name} is not on the list"),
            );
        }
        let params = &call.params;
        // A frame may be two rows: their distinct values, counted, tell whether neighbours are equal.
        let compares = params.distinct;
        let mut leaks = self.arguments(name, &params.args, compares, inputs);
        leaks.merge(&self.filter_clause(params.filter.as_deref(), inputs));
        leaks.merge(&self.clause("PARTITION BY", params.partition_by.iter(), inputs));
        leaks.merge(&self.keys("ORDER BY in a window", &params.order_by, inputs));
        Flow::computed(leaks)
    }

    /// What the arguments of an aggregate or window function hold. `count` of a bare column or keyed expression tells
    /// nothing, unless it `compares` a few; of anything else it tells which rows were chosen.
    fn arguments(
        &mut self,
        name: &str,
        arguments: &[Expr],
        compares: bool,
        inputs: Inputs<'_>,
    ) -> Leaks {
        let mut leaks = Leaks::default();
        for argument in arguments {
            let flow = self.value(argument, inputs);
            let count = name == "count";
            let silent = match flow.shape {
                Shape::Bare(_) => !compares,
                Shape::Keyed | Shape::Constant(_) => true,
                Shape::Text | Shape::Computed => false,
            };
            if count && silent {
                continue;
            }
            let held = if count {
                flow.leaks.raised(|column| self.name(column).to_owned())
            } else {
                flow.leaks
            };
            self.implicit(name, &flow.shape, &held, false);
            leaks.merge(&held.through(name));
        }
        leaks
    }

    fn filter_clause(&mut self, filter: Option<&Expr>, inputs: Inputs<'_>) -> Leaks {
        let Some(filter) = filter else {
            return Leaks::default();
        };
        let flow = self.value(filter, inputs);
        self.implicit("FILTER", &flow.shape, &flow.leaks, false);
        flow.leaks.through("FILTER")
    }

    fn keys(&mut self, clause: &str, keys: &[SortExpr], inputs: Inputs<'_>) -> Leaks {
        self.clause(clause, keys.iter().map(|key| &key.expr), inputs)
    }

    /// What the expressions of a clause that groups or orders hold.
    fn clause<'e>(
        &mut self,
        clause: &str,
        exprs: impl Iterator<Item = &'e Expr>,
        inputs: Inputs<'_>,
    ) -> Leaks {
        let mut leaks = Leaks::default();
        for expr in exprs {
            let flow = self.value(expr, inputs);
            self.implicit(clause, &flow.shape, &flow.leaks, true);
            leaks.merge(&flow.leaks);
        }
        leaks.through(clause)
    }
}

/// An expression without its names.
fn unaliased(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => unaliased(&alias.expr),
        other => other,
    }
}
