//! What may stand behind JOIN, checked on the syntax tree: a reference table, by its key.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{Join, JoinConstraint, JoinOperator, visit_relations};

use super::restrict::normal;
use crate::dataset::place::Place;
use crate::error::Kind;

/// The tables that a text names, those of its CTEs among them. None where it is no SQL.
pub(in crate::dataset) fn tables(text: &str) -> BTreeSet<String> {
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

/// Why a join has no place in a projection, be it with a reference table or not; none where it has one.
pub(super) fn refusal(join: &Join) -> Option<&'static str> {
    use JoinOperator as Op;
    let constraint = match &join.join_operator {
        _ if join.global => return Some("GLOBAL JOIN"),
        Op::Join(constraint)
        | Op::Inner(constraint)
        | Op::Left(constraint)
        | Op::LeftOuter(constraint) => constraint,
        Op::Right(_) | Op::RightOuter(_) => return Some("RIGHT JOIN"),
        Op::FullOuter(_) => return Some("FULL JOIN"),
        Op::CrossJoin(_) => return Some("CROSS JOIN"),
        Op::Semi(_) | Op::LeftSemi(_) | Op::RightSemi(_) => return Some("SEMI JOIN"),
        Op::Anti(_) | Op::LeftAnti(_) | Op::RightAnti(_) => return Some("ANTI JOIN"),
        _ => return Some("this kind of JOIN"),
    };
    match constraint {
        JoinConstraint::On(_) => None,
        JoinConstraint::Using(columns) if columns.len() == 1 => None,
        JoinConstraint::Using(_) => Some("USING with several columns"),
        JoinConstraint::Natural => Some("NATURAL JOIN"),
        JoinConstraint::None => Some("a JOIN without ON"),
    }
}
