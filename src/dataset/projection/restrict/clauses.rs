//! The clauses of a SELECT that `DataFusion` does not know, or reads in its own way.

use sqlparser::ast::{Distinct, GroupByExpr, Select, SelectFlavor};
use sqlparser::tokenizer::Span;

use super::Walk;

impl Walk<'_> {
    pub(super) fn clauses(&mut self, span: Span, select: &Select) {
        let (all, modified) = match &select.group_by {
            GroupByExpr::All(_) => (true, false),
            GroupByExpr::Expressions(_, modifiers) => (false, !modifiers.is_empty()),
        };
        self.absent(
            span,
            &[
                (!select.optimizer_hints.is_empty(), "an optimizer hint"),
                (
                    matches!(select.distinct, Some(Distinct::On(_))),
                    "DISTINCT ON",
                ),
                (select.select_modifiers.is_some(), "a SELECT modifier"),
                (select.top.is_some(), "TOP"),
                (select.exclude.is_some(), "EXCLUDE"),
                (select.into.is_some(), "SELECT INTO"),
                (!select.lateral_views.is_empty(), "LATERAL VIEW"),
                (select.prewhere.is_some(), "PREWHERE"),
                (!select.connect_by.is_empty(), "CONNECT BY"),
                (all, "GROUP BY ALL"),
                (modified, "a GROUP BY modifier"),
                (!select.cluster_by.is_empty(), "CLUSTER BY"),
                (!select.distribute_by.is_empty(), "DISTRIBUTE BY"),
                (!select.sort_by.is_empty(), "SORT BY"),
                (
                    select.value_table_mode.is_some(),
                    "SELECT AS VALUE or STRUCT",
                ),
                (
                    select.flavor != SelectFlavor::Standard,
                    "FROM before SELECT",
                ),
            ],
        );
    }
}
