//! Scalar expressions under proof: which functions lower what, and everything else that keeps it.

use arrow::datatypes::DataType;
use datafusion_common::DFSchema;
use datafusion_common::tree_node::TreeNodeRecursion;
use datafusion_expr::expr::Case;
use datafusion_expr::{Expr, Operator};

use super::Prover;
use super::flow::{Flow, Leaks, Shape};
use crate::dataset::rule::{Lowering, Rule};

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
                    self.found.lost = true;
                    let message =
                        "a column cannot be followed through the plan: name it in each subquery";
                    self.refuse(Rule::Name, None, message);
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
                self.found.lost = true;
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

    /// Refuses a keyed expression where something is done with it.
    pub(super) fn opaque(&mut self, leaks: &Leaks, what: &str) -> bool {
        let message = format!(
            "what a keyed function returns is opaque, and cannot stand in {what}: it may be selected, grouped by, \
             ordered by and counted"
        );
        self.refuse_of(Rule::Opaque, leaks, message)
    }

    /// Refuses a keyed expression as an operand, and says whether it did.
    pub(super) fn operand(&mut self, flow: &Flow, what: &str) -> bool {
        matches!(flow.shape, Shape::Keyed) && self.opaque(&flow.leaks, what)
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
            Shape::Bare(column)
                if self.types.get(*column).is_some_and(|from| same(from, to))
                    || !Lowering::CastOfForm.holds() =>
            {
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
        if matches!(flow.shape, Shape::Bare(_)) || !Lowering::NullOfBare.holds() {
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
            leaks.merge(&self.chooses("a CASE condition", &flow, false));
        }
        let values = case.when_then_expr.iter().map(|(_, then)| then);
        for value in values.chain(&case.else_expr) {
            let flow = self.value(value, inputs);
            self.operand(&flow, "CASE");
            leaks.merge(&flow.leaks);
        }
        Flow::computed(leaks.through("CASE"))
    }
}

/// Whether a cast changes nothing but the form of a value: kinds of text, or an integer to a wider one.
pub(super) fn same(from: &DataType, to: &DataType) -> bool {
    let width = |data_type: &DataType| match data_type {
        DataType::Int16 => Some(16),
        DataType::Int32 => Some(32),
        DataType::Int64 => Some(64),
        _ => None,
    };
    let wider = matches!((width(from), width(to)), (Some(from), Some(to)) if from <= to);
    from == to || (from.is_string() && to.is_string()) || wider
}

/// The direct children of an expression, in order.
trait Children {
    fn apply_children_of(
        &self,
        each: &mut dyn FnMut(&Expr),
    ) -> datafusion_common::Result<TreeNodeRecursion>;
}

impl Children for Expr {
    fn apply_children_of(
        &self,
        each: &mut dyn FnMut(&Expr),
    ) -> datafusion_common::Result<TreeNodeRecursion> {
        use datafusion_common::tree_node::TreeNode;
        self.apply_children(|child| {
            each(child);
            Ok(TreeNodeRecursion::Continue)
        })
    }
}
