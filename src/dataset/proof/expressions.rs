//! Scalar expressions under proof: which functions lower what, and everything else that keeps it.

use arrow::datatypes::DataType;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::expr::{Case, ScalarFunction};
use datafusion::logical_expr::{Expr, Operator};

use super::Prover;
use super::flow::{Flow, Leaks, Shape};
use crate::dataset::rule::Rule;
use crate::functions::{self, Argument, Function, Level};

/// What a keyed function takes, in words.
const KEYED_INPUT: &str = "bare columns, trim, lower, upper and casts to text of them, and || or concat of these with \
                           separators that hold no letter and no digit";

/// The columns that an expression may refer to: the schema of its input, and what each column holds.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a> {
    pub schema: &'a DFSchema,
    pub columns: &'a [Flow],
}

impl Prover<'_> {
    /// What a scalar expression holds.
    pub(super) fn value(&mut self, expr: &Expr, inputs: Inputs<'_>) -> Flow {
        match expr {
            Expr::Alias(alias) => self.value(&alias.expr, inputs),
            Expr::Column(column) => {
                let found = inputs.schema.maybe_index_of_column(column);
                let Some(flow) = found.and_then(|position| inputs.columns.get(position)) else {
                    self.refuse(
                        Rule::Name,
                        None,
                        "a column cannot be followed through the plan: name it in each subquery",
                    );
                    return Flow::nothing();
                };
                let mut flow = flow.clone();
                flow.leaks.placed(
                    column
                        .spans
                        .first()
                        .map(|span| (span.start.line, span.start.column)),
                );
                flow
            }
            Expr::Literal(value, _) => Flow {
                shape: Shape::Constant(value.clone()),
                leaks: Leaks::default(),
            },
            Expr::Cast(cast) => self.cast(&cast.expr, cast.field.data_type(), "CAST", inputs),
            Expr::TryCast(cast) => {
                self.cast(&cast.expr, cast.field.data_type(), "TRY_CAST", inputs)
            }
            Expr::Negative(inner) => self.negative(inner, inputs),
            Expr::IsNull(inner) | Expr::IsNotNull(inner) => self.is_null(inner, inputs),
            Expr::ScalarFunction(call) => self.call(call, inputs),
            Expr::Case(case) => self.case(case, inputs),
            Expr::BinaryExpr(binary) if binary.op == Operator::StringConcat => {
                let parts = [
                    self.value(&binary.left, inputs),
                    self.value(&binary.right, inputs),
                ];
                self.concat("||", &parts)
            }
            Expr::BinaryExpr(binary) => self.keeps(expr, &binary.op.to_string(), inputs),
            Expr::Like(_) => self.keeps(expr, "LIKE", inputs),
            Expr::SimilarTo(_) => self.keeps(expr, "SIMILAR TO", inputs),
            Expr::Not(_) => self.keeps(expr, "NOT", inputs),
            Expr::Between(_) => self.keeps(expr, "BETWEEN", inputs),
            Expr::InList(_) => self.keeps(expr, "IN", inputs),
            Expr::IsTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsUnknown(_)
            | Expr::IsNotTrue(_)
            | Expr::IsNotFalse(_)
            | Expr::IsNotUnknown(_) => self.keeps(expr, "IS", inputs),
            other => {
                let message = format!(
                    "the expression {} has no place in a projection",
                    other.variant_name()
                );
                self.refuse(Rule::Expression, None, message);
                Flow::nothing()
            }
        }
    }

    /// Everything that its operands hold, at their levels.
    fn keeps(&mut self, expr: &Expr, step: &str, inputs: Inputs<'_>) -> Flow {
        let mut leaks = Leaks::default();
        // The closure never fails, so neither does the walk.
        let _ = expr.apply_children_of(&mut |child: &Expr| {
            let flow = self.value(child, inputs);
            self.operand(&flow, step);
            leaks.merge(&flow.leaks);
        });
        Flow::computed(leaks.through(step))
    }

    /// Refuses a keyed expression as an operand.
    pub(super) fn operand(&mut self, flow: &Flow, what: &str) {
        if matches!(flow.shape, Shape::Keyed) {
            self.opaque(&flow.leaks, what);
        }
    }

    fn cast(&mut self, inner: &Expr, to: &DataType, step: &str, inputs: Inputs<'_>) -> Flow {
        let flow = self.value(inner, inputs);
        match &flow.shape {
            Shape::Constant(value) => {
                let shape = value.cast_to(to).map_or(Shape::Computed, Shape::Constant);
                Flow {
                    shape,
                    leaks: flow.leaks,
                }
            }
            Shape::Bare(column) if self.types.get(*column).is_some_and(|from| same(from, to)) => {
                flow
            }
            Shape::Text | Shape::Keyed if to.is_string() => flow,
            Shape::Bare(_) if to.is_string() => Flow {
                shape: Shape::Text,
                leaks: flow.leaks.through(step),
            },
            _ => {
                self.operand(&flow, step);
                Flow::computed(flow.leaks.through(step))
            }
        }
    }

    fn negative(&mut self, inner: &Expr, inputs: Inputs<'_>) -> Flow {
        let flow = self.value(inner, inputs);
        if let Shape::Constant(value) = &flow.shape {
            let shape = value
                .arithmetic_negate()
                .map_or(Shape::Computed, Shape::Constant);
            return Flow {
                shape,
                leaks: flow.leaks,
            };
        }
        self.operand(&flow, "-");
        Flow::computed(flow.leaks.through("-"))
    }

    /// Whether a bare column is NULL tells nothing that its token does not.
    fn is_null(&mut self, inner: &Expr, inputs: Inputs<'_>) -> Flow {
        let flow = self.value(inner, inputs);
        if matches!(flow.shape, Shape::Bare(_)) {
            return Flow::nothing();
        }
        self.operand(&flow, "IS NULL");
        Flow::computed(flow.leaks.through("IS NULL"))
    }

    /// Conditions choose what is shown, as predicates do.
    fn case(&mut self, case: &Case, inputs: Inputs<'_>) -> Flow {
        let mut leaks = Leaks::default();
        let conditions = case.when_then_expr.iter().map(|(when, _)| when);
        for condition in case.expr.iter().chain(conditions) {
            let flow = self.value(condition, inputs);
            self.implicit("a CASE condition", &flow.shape, &flow.leaks, false);
            leaks.merge(&flow.leaks);
        }
        let values = case.when_then_expr.iter().map(|(_, then)| then);
        for value in values.chain(&case.else_expr) {
            let flow = self.value(value, inputs);
            self.operand(&flow, "CASE");
            leaks.merge(&flow.leaks);
        }
        Flow::computed(leaks.through("CASE"))
    }

    fn call(&mut self, call: &ScalarFunction, inputs: Inputs<'_>) -> Flow {
        let arguments: Vec<Flow> = call
            .args
            .iter()
            .map(|argument| self.value(argument, inputs))
            .collect();
        let name = call.func.name();
        if let Some(function) = functions::find(name) {
            return self.ours(function, arguments);
        }
        if functions::builtin(name).is_none() {
            self.refuse(
                Rule::Function,
                None,
                format!("the function {name} is not on the list of a projection's functions"),
            );
            return Flow::nothing();
        }
        match (name, arguments.as_slice()) {
            ("btrim" | "lower" | "upper", [flow])
                if matches!(flow.shape, Shape::Bare(_) | Shape::Text) =>
            {
                Flow {
                    shape: Shape::Text,
                    leaks: flow.leaks.clone().through(name),
                }
            }
            ("concat", parts) => self.concat(name, parts),
            (_, arguments) => {
                let mut leaks = Leaks::default();
                for flow in arguments {
                    self.operand(flow, name);
                    leaks.merge(&flow.leaks);
                }
                Flow::computed(leaks.through(name))
            }
        }
    }

    /// Text joined: still of bare columns, where nothing but separators is between them.
    fn concat(&mut self, step: &str, parts: &[Flow]) -> Flow {
        let mut leaks = Leaks::default();
        for part in parts {
            self.operand(part, step);
            leaks.merge(&part.leaks);
        }
        let plain = parts.iter().all(|part| match &part.shape {
            Shape::Bare(_) | Shape::Text => true,
            Shape::Constant(value) => separator(value),
            Shape::Keyed | Shape::Computed => false,
        });
        let columns = parts
            .iter()
            .any(|part| matches!(part.shape, Shape::Bare(_) | Shape::Text));
        let shape = if plain && columns {
            Shape::Text
        } else {
            Shape::Computed
        };
        Flow {
            shape,
            leaks: leaks.through(step),
        }
    }

    /// One of Veilpoint's functions: it lowers bare columns, inside its bounds.
    fn ours(&mut self, function: &Function, arguments: Vec<Flow>) -> Flow {
        let atom = self.atom(function, &arguments);
        let bounds = self.bounds(function, &arguments);
        if function.keyed {
            self.uses_keys = true;
            let first = arguments.first();
            let good = first.is_some_and(|flow| matches!(flow.shape, Shape::Bare(_) | Shape::Text));
            if !good {
                let at = first.and_then(|flow| flow.leaks.iter().find_map(|(_, leak)| leak.at));
                let message = format!("{} takes {KEYED_INPUT}", function.name);
                self.refuse(Rule::KeyedArgument, at, message);
            }
        }
        let mut leaks = Leaks::default();
        let mut protected = false;
        for (position, flow) in arguments.into_iter().enumerate() {
            let level = function
                .levels
                .get(position)
                .or(function.levels.last())
                .copied();
            let level = level.unwrap_or(Level::Whole);
            self.operand(&flow, function.name);
            let bare = matches!(flow.shape, Shape::Bare(_));
            let lowers = bare
                || (level == Level::Keyed && position == 0 && matches!(flow.shape, Shape::Text));
            if level == Level::Keyed && position > 0 && !bare {
                let message = format!(
                    "{} takes a bare column as argument {}",
                    function.name,
                    position + 1
                );
                let at = flow.leaks.iter().find_map(|(_, leak)| leak.at);
                self.refuse(Rule::BareArgument, at, message);
            }
            if lowers && level < Level::Whole {
                protected |= flow.leaks.iter().any(|(column, _)| self.protected(column));
            }
            // Outside its bounds a function keeps what it takes.
            let lowered = if lowers && bounds.is_ok() {
                flow.leaks.lowered(level, &atom)
            } else {
                flow.leaks
            };
            leaks.merge(&lowered);
        }
        if let Err(why) = bounds
            && (function.keyed || protected)
        {
            let at = leaks.iter().find_map(|(_, leak)| leak.at);
            self.refuse(
                Rule::Bounds,
                at,
                format!("{} is outside its bounds: {why}", function.name),
            );
        }
        let shape = if function.keyed {
            Shape::Keyed
        } else {
            Shape::Computed
        };
        Flow {
            shape,
            leaks: leaks.through(function.name),
        }
    }

    fn bounds(&self, function: &Function, arguments: &[Flow]) -> Result<(), String> {
        let arguments: Vec<Argument<'_>> = arguments
            .iter()
            .map(|flow| match &flow.shape {
                Shape::Bare(column) => {
                    match (self.types.get(*column), self.contract.columns.get(*column)) {
                        (Some(data_type), Some(column)) => Argument::Column {
                            data_type,
                            min_step: column.min_step.as_deref(),
                        },
                        _ => Argument::Computed,
                    }
                }
                Shape::Constant(value) => Argument::Constant(value),
                Shape::Text | Shape::Keyed | Shape::Computed => Argument::Computed,
            })
            .collect();
        (function.bounds)(&arguments)
    }

    /// The text of a call, the same for every way to write it.
    fn atom(&self, function: &Function, arguments: &[Flow]) -> String {
        let texts: Vec<String> = arguments
            .iter()
            .map(|flow| match &flow.shape {
                Shape::Bare(column) => format!("\"{}\"", self.name(*column)),
                Shape::Constant(value) => value.to_string(),
                Shape::Text | Shape::Keyed | Shape::Computed => "…".into(),
            })
            .collect();
        format!("{}({})", function.name, texts.join(", "))
    }
}

/// Whether a cast changes nothing but the form of a value: kinds of text, or an integer to a wider one.
fn same(from: &DataType, to: &DataType) -> bool {
    let width = |data_type: &DataType| match data_type {
        DataType::Int16 => Some(16),
        DataType::Int32 => Some(32),
        DataType::Int64 => Some(64),
        _ => None,
    };
    let wider = matches!((width(from), width(to)), (Some(from), Some(to)) if from <= to);
    from == to || (from.is_string() && to.is_string()) || wider
}

/// A constant that separates and says nothing: no letter and no digit.
fn separator(value: &ScalarValue) -> bool {
    value
        .try_as_str()
        .flatten()
        .is_some_and(|text| !text.chars().any(char::is_alphanumeric))
}

/// The direct children of an expression, in order.
trait Children {
    fn apply_children_of(
        &self,
        each: &mut dyn FnMut(&Expr),
    ) -> datafusion::common::Result<TreeNodeRecursion>;
}

impl Children for Expr {
    fn apply_children_of(
        &self,
        each: &mut dyn FnMut(&Expr),
    ) -> datafusion::common::Result<TreeNodeRecursion> {
        use datafusion::common::tree_node::TreeNode;
        self.apply_children(|child| {
            each(child);
            Ok(TreeNodeRecursion::Continue)
        })
    }
}
