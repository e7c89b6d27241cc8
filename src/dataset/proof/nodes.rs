//! Plan nodes under proof: the allow-list, and what each adds to what chooses the rows.

use datafusion_expr::{
    Aggregate, Distinct, Expr, Filter, Limit, LogicalPlan, Projection, Sort, TableScan, Window,
};

use super::Prover;
use super::expressions::Inputs;
use super::flow::{Flow, Leaks, Shape};
use super::policy::{Admission, admission, called};
use crate::dataset::contract::Class;
use crate::dataset::rule::{Lowering, Rule};

/// What a plan node's output holds.
pub(super) struct Node {
    /// By output column.
    pub columns: Vec<Flow>,
    /// What chose, grouped or ordered the rows, and so reaches every output column.
    pub implicit: Leaks,
}

impl Node {
    /// Its columns as those that an expression above it refers to.
    pub(super) fn inputs<'n>(&'n self, input: &'n LogicalPlan) -> Inputs<'n> {
        Inputs {
            schema: input.schema(),
            columns: &self.columns,
        }
    }
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
            LogicalPlan::Distinct(Distinct::All(input)) => self.distinct(input),
            LogicalPlan::Join(join) => self.join(join),
            other => {
                let shown = other.display().to_string();
                let name = shown
                    .split(|c: char| !c.is_ascii_alphanumeric())
                    .next()
                    .unwrap_or_default();
                let message = format!("the plan needs {name}, which has no place in a projection");
                self.refuse(Rule::Node, None, message);
                None
            }
        }
    }

    fn scan(&mut self, scan: &TableScan) -> Option<Node> {
        let plain = scan.projection.is_none() && scan.filters.is_empty() && scan.fetch.is_none();
        let known = scan.projected_schema.fields().len() == self.contract.columns.len();
        if scan.table_name.table() != self.contract.dataset || !plain || !known {
            let message = "the plan reads something other than the dataset's table";
            self.refuse(Rule::Table, None, message);
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

    fn projection(&mut self, projection: &Projection) -> Option<Node> {
        let node = self.node(&projection.input)?;
        let inputs = node.inputs(&projection.input);
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
        let predicate = self.value(&filter.predicate, node.inputs(&filter.input));
        let chosen = self.chooses("a predicate", &predicate, false);
        node.implicit.merge(&chosen);
        Some(node)
    }

    fn sort(&mut self, sort: &Sort) -> Option<Node> {
        let mut node = self.node(&sort.input)?;
        let keys = sort.expr.iter().map(|key| &key.expr);
        let chosen = self.clause("ORDER BY", keys, node.inputs(&sort.input));
        node.implicit.merge(&chosen);
        Some(node)
    }

    fn limit(&mut self, limit: &Limit) -> Option<Node> {
        let node = self.node(&limit.input)?;
        for number in [&limit.skip, &limit.fetch].into_iter().flatten() {
            let flow = self.value(number, node.inputs(&limit.input));
            if !matches!(flow.shape, Shape::Constant(_)) {
                let message = "LIMIT and OFFSET take a number";
                self.refuse_of(Rule::Expression, &flow.leaks, message);
            }
        }
        Some(node)
    }

    fn distinct(&mut self, input: &LogicalPlan) -> Option<Node> {
        self.found.distincts += 1;
        let mut node = self.node(input)?;
        for flow in &node.columns {
            let chosen = self.chooses("DISTINCT", flow, true);
            node.implicit.merge(&chosen);
        }
        Some(node)
    }

    fn aggregate(&mut self, aggregate: &Aggregate) -> Option<Node> {
        self.found.aggregates += 1;
        let mut node = self.node(&aggregate.input)?;
        let inputs = node.inputs(&aggregate.input);
        let mut columns =
            Vec::with_capacity(aggregate.group_expr.len() + aggregate.aggr_expr.len());
        let mut chosen = Leaks::default();
        for group in &aggregate.group_expr {
            let flow = self.value(group, inputs);
            chosen.merge(&self.chooses("GROUP BY", &flow, true));
            columns.push(flow);
        }
        for (position, expr) in aggregate.aggr_expr.iter().enumerate() {
            let Expr::AggregateFunction(call) = unaliased(expr) else {
                let message = "an aggregate of another form has no place in a projection";
                self.refuse(Rule::Expression, None, message);
                return None;
            };
            columns.push(self.aggregate_call(call, position, inputs));
        }
        node.implicit.merge(&chosen);
        Some(Node {
            columns,
            implicit: node.implicit,
        })
    }

    fn window(&mut self, window: &Window) -> Option<Node> {
        let node = self.node(&window.input)?;
        let inputs = node.inputs(&window.input);
        let mut columns = node.columns.clone();
        for expr in &window.window_expr {
            let Expr::WindowFunction(call) = unaliased(expr) else {
                let message = "a window of another form has no place in a projection";
                self.refuse(Rule::Expression, None, message);
                return None;
            };
            columns.push(self.window_call(call, inputs));
        }
        Some(Node {
            columns,
            implicit: node.implicit,
        })
    }

    /// What the expressions of a clause that groups or orders hold.
    pub(super) fn clause<'e>(
        &mut self,
        clause: &str,
        exprs: impl Iterator<Item = &'e Expr>,
        inputs: Inputs<'_>,
    ) -> Leaks {
        let mut leaks = Leaks::default();
        for expr in exprs {
            let flow = self.value(expr, inputs);
            leaks.merge(&self.chooses(clause, &flow, true));
        }
        leaks.through(clause)
    }

    /// Judges what chooses, groups or orders rows, and returns what it tells: `clause` names it. A keyed expression may
    /// stand there where `keyed` says so.
    pub(super) fn chooses(&mut self, clause: &str, flow: &Flow, keyed: bool) -> Leaks {
        if matches!(flow.shape, Shape::Keyed) && !keyed {
            self.opaque(&flow.leaks, clause);
        }
        if !Lowering::Implicit.holds() {
            return Leaks::default();
        }
        for (column, leak) in flow.leaks.iter() {
            let name = self.name(column);
            let class = self.class(column);
            let admitted = match admission(class, leak.level) {
                Admission::Free => true,
                Admission::Revealed => self.revealed(column),
                Admission::Never => false,
            };
            if admitted {
                continue;
            }
            let route = leak.route(name);
            let reveals = format!("-- reveals: \"{name}\"");
            let message = match (class, admission(class, leak.level)) {
                (Class::DirectIdentifier, Admission::Revealed) => format!(
                    "the {} \"{name}\" stands in {clause} ({route}), and it may only where the head admits it: \
                     {reveals}",
                    called(class)
                ),
                (Class::DirectIdentifier, _) => {
                    let remedy = if keyed {
                        "only token or pseudonym over it may"
                    } else {
                        "it may not"
                    };
                    format!(
                        "the {} \"{name}\" stands in {clause} ({route}), and {remedy}: it would tell something of a \
                         hidden value by the rows that are shown",
                        called(class)
                    )
                }
                _ => format!(
                    "the {} \"{name}\" stands whole in {clause} ({route}): generalize it ({}), or admit it in the \
                     head: {reveals}",
                    called(class),
                    self.help(column)
                ),
            };
            self.protect(column, leak, format!("{route} → {clause}"), message);
        }
        flow.leaks.clone()
    }
}

/// An expression without its names.
pub(super) fn unaliased(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => unaliased(&alias.expr),
        other => other,
    }
}
