//! What an expression of a projection may hold, checked on the syntax tree: known functions, and no subquery,
//! variable or placeholder, to a bounded depth.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Function, FunctionArguments, Query, Spanned, Value, Visit};

use super::catalog;
use super::restrict::normal;
use super::walk::{Step, Walk};
use crate::dataset::nearest::hint;
use crate::dataset::place::start;
use crate::dataset::rule::{Refusal, Refusals, Rule};

/// The deepest nesting of expressions: bounds the stack of every later walk.
const MAX_DEPTH: usize = 200;

/// Checks every expression of a query, at any depth.
pub(super) fn check(query: &Query, refusals: &mut Refusals) {
    let mut depth = 0;
    let mut look = |step: Step<'_>| {
        match step {
            Step::Into(expr) => {
                depth += 1;
                return look_at(expr, depth, refusals);
            }
            Step::OutOf => depth -= 1,
            Step::Table(_) => {}
        }
        ControlFlow::Continue(())
    };
    // A walk that was broken off has said why.
    let _ = query.visit(&mut Walk(&mut look));
}

/// Checks an expression at a depth. Breaks off where it is too deep.
fn look_at(expr: &Expr, depth: usize, refusals: &mut Refusals) -> ControlFlow<()> {
    // The span of an expression is found by walking it, so only what is refused asks for it.
    if depth > MAX_DEPTH {
        let why = "an expression is nested more than 200 deep: split it into subqueries";
        refusals.add(Refusal::new(Rule::Expression, position(expr), why));
        return ControlFlow::Break(());
    }
    if let Some((rule, why)) = refusal(expr) {
        refusals.add(Refusal::new(rule, position(expr), why));
    }
    ControlFlow::Continue(())
}

fn position(expr: &Expr) -> Option<(u64, u64)> {
    match expr {
        Expr::Function(function) => start(function.name.span()),
        other => start(other.span()),
    }
}

/// Why an expression is refused, if it is.
fn refusal(expr: &Expr) -> Option<(Rule, String)> {
    let what = match expr {
        Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => {
            "a subquery in an expression"
        }
        Expr::AnyOp { .. } | Expr::AllOp { .. } => "ANY or ALL",
        Expr::InUnnest { .. } => "UNNEST",
        Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_) => "a grouping set",
        Expr::Lambda(_) => "a lambda",
        Expr::Struct { .. }
        | Expr::Dictionary(_)
        | Expr::Map(_)
        | Expr::Array(_)
        | Expr::Tuple(_) => "a nested value",
        Expr::CompoundFieldAccess { .. } | Expr::JsonAccess { .. } => "an access into a value",
        Expr::MatchAgainst { .. } => "MATCH",
        Expr::Prior(_) | Expr::OuterJoin(_) => "an operator of another dialect",
        Expr::Collate { .. } => "COLLATE",
        Expr::Value(value) if matches!(value.value, Value::Placeholder(_)) => "a placeholder",
        Expr::Identifier(ident) if variable(ident.quote_style, &ident.value) => "a variable",
        Expr::CompoundIdentifier(parts)
            if parts
                .first()
                .is_some_and(|ident| variable(ident.quote_style, &ident.value)) =>
        {
            "a variable"
        }
        Expr::Function(function) => return call(function).map(|why| (Rule::Function, why)),
        _ => return None,
    };
    let why = format!("{what} has no place in a projection: leave it out");
    Some((Rule::Expression, why))
}

fn variable(quote: Option<char>, name: &str) -> bool {
    quote.is_none() && name.starts_with('@')
}

/// Why a function call is refused, if it is.
fn call(function: &Function) -> Option<String> {
    let name = match function.name.0.as_slice() {
        [part] => part.as_ident().map(normal),
        _ => None,
    };
    let Some(name) = name else {
        return Some(format!(
            "the function {} is not known: functions have one plain name",
            function.name
        ));
    };
    if !catalog::is_known(&name) {
        let near = hint(&name, catalog::names());
        return Some(format!(
            "the function {name} is not on the list of a projection's functions{near}"
        ));
    }
    if function.uses_odbc_syntax || !matches!(function.parameters, FunctionArguments::None) {
        return Some(format!(
            "the function {name} is called with its arguments in parentheses, and nothing else"
        ));
    }
    if matches!(function.args, FunctionArguments::Subquery(_)) {
        return Some(
            "a subquery in an expression has no place in a projection: leave it out".into(),
        );
    }
    if catalog::is_scalar(&name) && has_clauses(function) {
        return Some(format!(
            "the function {name} takes a value at a time: leave DISTINCT, ORDER BY, FILTER, OVER and the like out"
        ));
    }
    None
}

/// Whether a call has a clause of aggregates and windows, which the planner leaves out for other functions.
fn has_clauses(function: &Function) -> bool {
    let in_arguments = match &function.args {
        FunctionArguments::List(list) => {
            list.duplicate_treatment.is_some() || !list.clauses.is_empty()
        }
        FunctionArguments::None | FunctionArguments::Subquery(_) => false,
    };
    in_arguments
        || function.filter.is_some()
        || function.over.is_some()
        || function.null_treatment.is_some()
        || !function.within_group.is_empty()
}
