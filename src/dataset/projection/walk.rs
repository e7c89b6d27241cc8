//! The one visitor of a statement's syntax, for all who look at every part of it: each type of visitor is compiled by
//! itself, 520 functions, a twenty-fifth of what this crate gives the compiler.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, ObjectName, Visitor};

/// Where a walk is.
pub(super) enum Step<'a> {
    /// At the name of a table.
    Table(&'a ObjectName),
    /// Before what an expression holds.
    Into(&'a Expr),
    /// Behind it.
    OutOf,
}

/// Calls a function at each step, until it breaks off.
pub(super) struct Walk<'f>(pub &'f mut dyn FnMut(Step<'_>) -> ControlFlow<()>);

impl Visitor for Walk<'_> {
    type Break = ();

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
        (self.0)(Step::Table(name))
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        (self.0)(Step::Into(expr))
    }

    fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        (self.0)(Step::OutOf)
    }
}
