//! Where the rows of a SELECT come from: the dataset's table, a subquery or CTE, and reference tables joined to them.

use sqlparser::ast::{
    Join, JoinConstraint, JoinOperator, ObjectName, Spanned, TableAlias, TableFactor,
    TableWithJoins,
};
use sqlparser::tokenizer::Span;

use super::{Walk, normal};
use crate::dataset::nearest::hint;
use crate::dataset::rule::Rule;

/// What the rows of a SELECT are of.
pub(super) enum From {
    /// The dataset's table.
    Dataset {
        /// Its name there.
        called: String,
        /// Whether reference tables are joined to it.
        joined: bool,
    },
    /// A subquery or CTE.
    Derived,
    /// Something that is refused.
    Refused,
}

impl Walk<'_> {
    /// The one table of a SELECT, and what is joined to it.
    pub(super) fn source(
        &mut self,
        span: Span,
        from: &mut [TableWithJoins],
        ctes: &mut Vec<String>,
    ) -> From {
        let Some((first, others)) = from.split_first_mut() else {
            self.no(
                span,
                "a SELECT without FROM",
                "select from the dataset's table",
            );
            return From::Refused;
        };
        if let Some(second) = others.first() {
            self.no(
                second.relation.span(),
                "a second table (a cross join)",
                "read the dataset's table alone, or join reference tables",
            );
        }
        let source = self.relation(&mut first.relation, ctes);
        for join in &first.joins {
            self.join(join, ctes);
        }
        match source {
            From::Dataset { called, .. } => From::Dataset {
                called,
                joined: !first.joins.is_empty(),
            },
            other => other,
        }
    }

    /// A join is LEFT or INNER, with a reference table that stands there by its name, ON something.
    fn join(&mut self, join: &Join, ctes: &[String]) {
        let span = join.relation.span();
        let constraint = match &join.join_operator {
            JoinOperator::Join(on)
            | JoinOperator::Inner(on)
            | JoinOperator::Left(on)
            | JoinOperator::LeftOuter(on) => Some(on),
            _ => None,
        };
        let on = matches!(
            constraint,
            Some(JoinConstraint::On(_) | JoinConstraint::Using(_))
        );
        if !on || join.global {
            let message = "this kind of JOIN has no place in a projection: write LEFT JOIN or JOIN … ON with a \
                           reference table";
            self.refuse(Rule::ReferenceJoin, span, message);
        }
        let TableFactor::Table { name, alias, .. } = &join.relation else {
            let message = "a JOIN with anything but a reference table has no place in a projection: join a reference \
                           table by its name";
            self.refuse(Rule::ReferenceJoin, span, message);
            return;
        };
        self.plain(span, &join.relation);
        self.alias(alias.as_ref());
        let table = plain_name(name);
        let known = table
            .as_deref()
            .filter(|table| !ctes.iter().any(|cte| cte == table))
            .and_then(|table| self.contract.references.get(table));
        if known.is_none() {
            let message = format!(
                "a JOIN with {name} has no place in a projection, since that is no reference table: join one of \
                 sql/reference"
            );
            self.refuse(Rule::ReferenceJoin, span, message);
        }
    }

    /// Refuses what may stand behind a table's name.
    fn plain(&mut self, span: Span, factor: &TableFactor) {
        let TableFactor::Table {
            name: _,
            alias: _,
            args,
            with_hints,
            version,
            with_ordinality,
            partitions,
            json_path,
            sample,
            index_hints,
        } = factor
        else {
            return;
        };
        self.absent(
            span,
            &[
                (args.is_some(), "a table function"),
                (
                    !with_hints.is_empty() || !index_hints.is_empty(),
                    "a table hint",
                ),
                (version.is_some(), "a table version"),
                (*with_ordinality, "WITH ORDINALITY"),
                (!partitions.is_empty(), "PARTITION"),
                (json_path.is_some(), "a path behind a table"),
                (sample.is_some(), "TABLESAMPLE"),
            ],
        );
    }

    fn relation(&mut self, factor: &mut TableFactor, ctes: &mut Vec<String>) -> From {
        let span = factor.span();
        self.plain(span, factor);
        match factor {
            TableFactor::Table {
                name, alias, args, ..
            } => {
                self.alias(alias.as_ref());
                if args.is_some() {
                    return From::Refused;
                }
                self.table(span, name, alias.as_ref(), ctes)
            }
            TableFactor::Derived {
                lateral,
                subquery,
                alias,
                sample,
            } => {
                self.absent(
                    span,
                    &[(*lateral, "LATERAL"), (sample.is_some(), "TABLESAMPLE")],
                );
                self.alias(alias.as_ref());
                self.query(subquery, ctes);
                From::Derived
            }
            TableFactor::UNNEST { .. } => self.not_a_table(span, "UNNEST"),
            TableFactor::TableFunction { .. } | TableFactor::Function { .. } => {
                self.not_a_table(span, "a table function")
            }
            TableFactor::NestedJoin { .. } => {
                let message =
                    "a JOIN in parentheses has no place in a projection: write it without them";
                self.refuse(Rule::ReferenceJoin, span, message);
                From::Refused
            }
            _ => self.not_a_table(span, "this kind of table"),
        }
    }

    fn not_a_table(&mut self, span: Span, what: &str) -> From {
        self.no(span, what, "select from the dataset's table");
        From::Refused
    }

    fn table(
        &mut self,
        span: Span,
        name: &ObjectName,
        alias: Option<&TableAlias>,
        ctes: &[String],
    ) -> From {
        let Some(table) = plain_name(name) else {
            let message = format!(
                "the table {name} has no place in a projection: select from the dataset's table"
            );
            self.refuse(Rule::Table, span, message);
            return From::Refused;
        };
        if ctes.contains(&table) {
            return From::Derived;
        }
        if table != self.contract.dataset {
            let near = hint(&table, [self.contract.dataset.as_str()]);
            let message = format!(
                "the table {name} is not the dataset's, which is {}{near}",
                self.contract.dataset
            );
            self.refuse(Rule::Table, span, message);
            return From::Refused;
        }
        self.scans += 1;
        From::Dataset {
            called: alias.map_or(table, |alias| normal(&alias.name)),
            joined: false,
        }
    }
}

/// The name of a table without a schema before it.
fn plain_name(name: &ObjectName) -> Option<String> {
    match name.0.as_slice() {
        [part] => part.as_ident().map(normal),
        _ => None,
    }
}
