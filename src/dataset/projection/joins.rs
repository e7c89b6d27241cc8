//! What may stand behind JOIN, checked on the syntax tree: a reference table, by its key.

use datafusion::sql::sqlparser::ast::{Join, JoinConstraint, JoinOperator};

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
