//! The tables that a text names: what a projection needs beside its contract, before it is judged.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion_sql::parser::Statement;
use sqlparser::ast::visit_relations;

use super::restrict::normal;
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
        // The closure never breaks off.
        let _ = visit_relations(&*statement, |name| {
            if let [part] = name.0.as_slice() {
                names.extend(part.as_ident().map(normal));
            }
            ControlFlow::<()>::Continue(())
        });
    }
    names
}
