//! The tables that a text names: what a projection needs beside its contract, before it is judged.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion_sql::parser::Statement;
use sqlparser::ast::Visit;

use super::restrict::normal;
use super::walk::{Step, Walk};
use crate::dataset::place::Place;
use crate::error::Kind;

/// The tables that a text names, those of its CTEs among them. None where it is no SQL.
pub(super) fn named(text: &str) -> BTreeSet<String> {
    let place = Place {
        kind: Kind::Projection,
        file: "",
    };
    let mut names = BTreeSet::new();
    for statement in place.parse(text).into_iter().flatten() {
        let Statement::Statement(statement) = statement else {
            continue;
        };
        let mut add = |step: Step<'_>| {
            if let Step::Table(name) = step
                && let [part] = name.0.as_slice()
            {
                names.extend(part.as_ident().map(normal));
            }
            ControlFlow::Continue(())
        };
        // It never breaks off.
        let _ = statement.visit(&mut Walk(&mut add));
    }
    names
}
