//! Aggregate and window functions under proof: what one value tells of many rows.

use arrow::datatypes::DataType;
use datafusion_expr::expr::{AggregateFunction, Sort, WindowFunction};
use datafusion_expr::{
    Expr, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowFunctionDefinition,
};

use super::Prover;
use super::expressions::Inputs;
use super::flow::{Atom, Flow, Leaks, Shape};
use crate::dataset::contract::Class;
use crate::dataset::projection::catalog;
use crate::dataset::rule::{Lowering, Rule};
use crate::functions::Level;

/// The aggregates that hide a value among k: of a bare quasi-identifier they are coarse.
const SUMS: [&str; 7] = [
    "avg",
    "median",
    "stddev",
    "stddev_pop",
    "sum",
    "var",
    "var_pop",
];

impl Prover<'_> {
    /// An aggregate of groups; `position` is its place in the aggregate node.
    pub(super) fn aggregate_call(
        &mut self,
        call: &AggregateFunction,
        position: usize,
        inputs: Inputs<'_>,
    ) -> Flow {
        let name = call.func.name();
        if catalog::aggregate(name).is_none() {
            self.found.lost = true;
            let message = format!("the aggregate function {name} is not on the list");
            self.refuse(Rule::Function, None, message);
        }
        let params = &call.params;
        let whole_group = params.filter.is_none() && !params.distinct && params.order_by.is_empty();
        if (whole_group || !Lowering::SumOfGroup.holds())
            && let Some(leaks) = self.summed(name, &params.args, inputs)
        {
            self.found.lowered.push(position);
            return Flow::computed(leaks.through(name));
        }
        let mut leaks = self.arguments(name, &params.args, false, inputs);
        leaks.merge(&self.filter_clause(params.filter.as_deref(), inputs));
        leaks.merge(&self.keys("ORDER BY in an aggregate", &params.order_by, inputs));
        Flow::computed(leaks)
    }

    pub(super) fn window_call(&mut self, call: &WindowFunction, inputs: Inputs<'_>) -> Flow {
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
            self.found.lost = true;
            let message = format!("the window function {name} is not on the list");
            self.refuse(Rule::Function, None, message);
        }
        let params = &call.params;
        let mut leaks = match self.summed(name, &params.args, inputs) {
            Some(leaks) if !Lowering::SumNotWindow.holds() => leaks,
            // A frame may be two rows: their distinct values, counted, tell whether neighbours are equal.
            _ => self.arguments(name, &params.args, params.distinct, inputs),
        };
        leaks.merge(&self.filter_clause(params.filter.as_deref(), inputs));
        leaks.merge(&self.clause("PARTITION BY", params.partition_by.iter(), inputs));
        leaks.merge(&self.keys("ORDER BY in a window", &params.order_by, inputs));
        if measures(&params.window_frame) {
            self.measured(&params.order_by, inputs);
        }
        Flow::computed(leaks)
    }

    /// What a sum over a group tells, where groups of fewer than k subjects are not shown: a bare quasi-identifier is
    /// coarse.
    fn summed(&mut self, name: &str, arguments: &[Expr], inputs: Inputs<'_>) -> Option<Leaks> {
        let counted = self.head.k.as_ref().is_some_and(|k| k.over.is_empty());
        let [argument] = arguments else {
            return None;
        };
        if !SUMS.contains(&name) || (!counted && Lowering::SumUnderK.holds()) {
            return None;
        }
        let flow = self.number(argument, inputs);
        let quasi = |column| self.class(column) == Class::QuasiIdentifier;
        let bare = matches!(flow.shape, Shape::Bare(column) if quasi(column));
        let any =
            !Lowering::SumOfBare.holds() && flow.leaks.iter().all(|(column, _)| quasi(column));
        if !bare && !any {
            return None;
        }
        let column = flow.leaks.iter().next().map_or("", |(c, _)| self.name(c));
        let atom = Atom {
            text: format!("{name}(\"{column}\")"),
            yearly: false,
        };
        Some(flow.leaks.lowered(Level::Coarse, &atom))
    }

    /// A bare column under the cast that makes a wider number of it, or the argument as it is.
    fn number(&mut self, argument: &Expr, inputs: Inputs<'_>) -> Flow {
        if let Expr::Cast(cast) = argument {
            let flow = self.value(&cast.expr, inputs);
            let to = cast.field.data_type();
            if let Shape::Bare(column) = flow.shape
                && self.types.get(column).is_some_and(|from| wider(from, to))
            {
                return flow;
            }
        }
        self.value(argument, inputs)
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
        let compares = compares && Lowering::CountInFrames.holds();
        let count = name == "count";
        let mut leaks = Leaks::default();
        for argument in arguments {
            let flow = self.value(argument, inputs);
            let silent = match flow.shape {
                Shape::Bare(_) | Shape::Keyed => !compares,
                Shape::Constant(_) => true,
                Shape::Text | Shape::Computed => !Lowering::CountOfBare.holds(),
            };
            if count && silent {
                continue;
            }
            let keyed = matches!(flow.shape, Shape::Keyed);
            let held = if count && !keyed {
                Flow {
                    leaks: flow.leaks.raised(|column| self.name(column).to_owned()),
                    ..flow
                }
            } else {
                flow
            };
            self.chooses(name, &held, count);
            leaks.merge(&held.leaks.through(name));
        }
        leaks
    }

    fn filter_clause(&mut self, filter: Option<&Expr>, inputs: Inputs<'_>) -> Leaks {
        let Some(filter) = filter else {
            return Leaks::default();
        };
        let flow = self.value(filter, inputs);
        self.chooses("FILTER", &flow, false).through("FILTER")
    }

    fn keys(&mut self, clause: &str, keys: &[Sort], inputs: Inputs<'_>) -> Leaks {
        self.clause(clause, keys.iter().map(|key| &key.expr), inputs)
    }

    /// Refuses a frame that is a distance between keyed values: they are compared by it.
    fn measured(&mut self, keys: &[Sort], inputs: Inputs<'_>) {
        for key in keys {
            let flow = self.value(&key.expr, inputs);
            self.operand(&flow, "a frame that is a distance");
        }
    }
}

/// Whether a window's frame is a distance between values of its order.
fn measures(frame: &WindowFrame) -> bool {
    let distance = |bound: &WindowFrameBound| match bound {
        WindowFrameBound::Preceding(value) | WindowFrameBound::Following(value) => !value.is_null(),
        WindowFrameBound::CurrentRow => false,
    };
    frame.units == WindowFrameUnits::Range
        && (distance(&frame.start_bound) || distance(&frame.end_bound))
}

/// Whether a cast makes a number wider, as the types of sums ask for: of every value, and without a failure.
fn wider(from: &DataType, to: &DataType) -> bool {
    match (from, to) {
        (DataType::Decimal128(digits, scale), DataType::Decimal128(more, finer)) => {
            digits <= more && scale <= finer
        }
        (DataType::Decimal128(..) | DataType::Float32, DataType::Float64) => true,
        (from, DataType::Float64 | DataType::Int64 | DataType::Decimal128(..)) => from.is_integer(),
        _ => false,
    }
}
