//! What a projection's statement may be, checked on the syntax tree before anything is planned: one SELECT over the
//! dataset's table, with reference tables joined to it, and nothing that `DataFusion` would run, read or quietly leave
//! out.
//!
//! Everything is listed that may stand; the rest is refused by name, all of it at once. The planner and the proof have
//! lists of their own behind this one.

mod clauses;
mod tables;

use datafusion_sql::parser::Statement as DfStatement;
use sqlparser::ast::{
    Cte, Expr, Ident, LimitClause, ObjectName, OrderBy, OrderByKind, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, Spanned, Statement, TableAlias,
    WildcardAdditionalOptions, With,
};
use sqlparser::tokenizer::Span;

use self::tables::From;
use super::expressions;
use crate::dataset::contract::{Class, Contract};
use crate::dataset::place::{Place, start};
use crate::dataset::rule::{Refusal, Refusals, Refused, Rule};

/// The one query of a text, with `*` replaced by the contract's insensitive columns. `refusals` is what else is wrong
/// with the text.
pub(super) fn query(
    place: &Place<'_>,
    contract: &Contract,
    text: &str,
    refusals: Refusals,
) -> std::result::Result<Query, Refused> {
    let mut statements = place
        .parse(text)
        .map_err(|error| Refused::elsewhere(place, error))?;
    let mut query = only(statements.pop_front(), !statements.is_empty())
        .map_err(|why| Refused::one(place, Refusal::new(Rule::Statement, None, why)))?;
    let mut walk = Walk {
        contract,
        scans: 0,
        refusals: Refusals::default(),
    };
    expressions::check(&query, &mut walk.refusals);
    walk.query(&mut query, &mut Vec::new());
    if walk.scans != 1 && walk.refusals.is_empty() {
        let message = format!(
            "the table {} stands {} times: once exactly",
            contract.dataset, walk.scans
        );
        walk.refusals.add(Refusal::new(Rule::Table, None, message));
    }
    let mut all = refusals;
    all.extend(walk.refusals);
    all.check(place)?;
    Ok(query)
}

/// The first statement of a text, where it is a query and there are no others.
fn only(first: Option<DfStatement>, others: bool) -> std::result::Result<Query, String> {
    match first {
        _ if others => Err("a projection is one statement: leave out the others".to_owned()),
        Some(DfStatement::Statement(statement)) => match *statement {
            Statement::Query(query) => Ok(*query),
            other => Err(not_a_select(&other.to_string())),
        },
        Some(DfStatement::CreateExternalTable(_)) => Err(not_a_select("CREATE EXTERNAL TABLE")),
        Some(DfStatement::CopyTo(_)) => Err(not_a_select("COPY")),
        Some(DfStatement::Explain(_)) => Err(not_a_select("EXPLAIN")),
        Some(DfStatement::Reset(_)) => Err(not_a_select("RESET")),
        None => Err("the text has no statement: write one SELECT".to_owned()),
    }
}

/// A statement refused by its first word.
fn not_a_select(statement: &str) -> String {
    let word = statement
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    format!("{word} has no place in a projection, which is one SELECT")
}

/// An identifier as SQL reads it: exact in quotes, in lower case without.
pub(super) fn normal(ident: &Ident) -> String {
    if ident.quote_style.is_some() {
        ident.value.clone()
    } else {
        ident.value.to_lowercase()
    }
}

struct Walk<'a> {
    contract: &'a Contract,
    scans: usize,
    refusals: Refusals,
}

impl Walk<'_> {
    fn refuse(&mut self, rule: Rule, span: Span, message: impl Into<String>) {
        self.refusals
            .add(Refusal::new(rule, start(span), message.into()));
    }

    fn no(&mut self, span: Span, what: &str, remedy: &str) {
        let message = format!("{what} has no place in a projection: {remedy}");
        self.refuse(Rule::Statement, span, message);
    }

    /// Refuses each clause that is present.
    fn absent(&mut self, span: Span, clauses: &[(bool, &str)]) {
        for (_, name) in clauses.iter().filter(|(present, _)| *present) {
            self.no(span, name, "leave it out");
        }
    }

    fn query(&mut self, query: &mut Query, ctes: &mut Vec<String>) {
        let span = query.span();
        let Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        self.absent(
            span,
            &[
                (fetch.is_some(), "FETCH"),
                (!locks.is_empty(), "FOR UPDATE or FOR SHARE"),
                (for_clause.is_some(), "FOR XML or FOR JSON"),
                (settings.is_some(), "SETTINGS"),
                (format_clause.is_some(), "FORMAT"),
                (!pipe_operators.is_empty(), "a pipe operator"),
            ],
        );
        let outer = ctes.len();
        if let Some(with) = with {
            self.with(with, ctes);
        }
        self.order(span, order_by.as_ref());
        self.limit(span, limit_clause.as_ref());
        match body.as_mut() {
            SetExpr::Select(select) => self.select(select, ctes),
            SetExpr::Query(inner) => self.query(inner, ctes),
            SetExpr::SetOperation { op, .. } => {
                let message = format!(
                    "the set operation {op} has no place in a projection: write one SELECT"
                );
                self.refuse(Rule::Node, span, message);
            }
            SetExpr::Values(_) => self.no(span, "VALUES", "select from the dataset's table"),
            SetExpr::Table(_) => self.no(span, "TABLE", "write SELECT … FROM"),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                self.no(span, "a statement that writes", "write one SELECT");
            }
        }
        ctes.truncate(outer);
    }

    fn with(&mut self, with: &mut With, ctes: &mut Vec<String>) {
        if with.recursive {
            let span = with.with_token.0.span;
            self.no(span, "WITH RECURSIVE", "write WITH, without recursion");
        }
        for cte in &mut with.cte_tables {
            let Cte {
                alias,
                query,
                from,
                materialized,
                ..
            } = cte;
            let span = alias.name.span;
            self.absent(
                span,
                &[
                    (from.is_some(), "FROM in a CTE"),
                    (materialized.is_some(), "MATERIALIZED"),
                ],
            );
            let name = normal(&alias.name);
            if name.eq_ignore_ascii_case(&self.contract.dataset) {
                self.no(
                    span,
                    "a CTE with the dataset's name",
                    "give it another name",
                );
            } else if self.contract.references.get(&name).is_some() {
                let message = "a CTE with a reference table's name has no place in a projection: give it another name";
                self.refuse(Rule::Table, span, message);
            }
            self.alias(Some(alias));
            self.query(query, ctes);
            ctes.push(name);
        }
    }

    fn order(&mut self, span: Span, order_by: Option<&OrderBy>) {
        let Some(OrderBy { kind, interpolate }) = order_by else {
            return;
        };
        let OrderByKind::Expressions(expressions) = kind else {
            self.no(span, "ORDER BY ALL", "name the columns");
            return;
        };
        let filled = expressions
            .iter()
            .any(|expression| expression.with_fill.is_some());
        self.absent(
            span,
            &[
                (interpolate.is_some(), "INTERPOLATE"),
                (filled, "WITH FILL"),
            ],
        );
    }

    fn limit(&mut self, span: Span, limit: Option<&LimitClause>) {
        match limit {
            None => {}
            Some(LimitClause::LimitOffset { limit_by, .. }) => {
                self.absent(span, &[(!limit_by.is_empty(), "LIMIT BY")]);
            }
            Some(LimitClause::OffsetCommaLimit { .. }) => {
                self.no(span, "LIMIT with a comma", "write LIMIT … OFFSET …");
            }
        }
    }

    fn select(&mut self, select: &mut Select, ctes: &mut Vec<String>) {
        let span = select.select_token.0.span;
        self.clauses(span, select);
        if select.projection.is_empty() {
            self.no(span, "a SELECT without columns", "name the columns");
        }
        let source = self.source(span, &mut select.from, ctes);
        let mut items = Vec::with_capacity(select.projection.len());
        for item in std::mem::take(&mut select.projection) {
            match item {
                SelectItem::Wildcard(options) => {
                    items.extend(self.wildcard(&source, None, &options));
                }
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    options,
                ) => {
                    items.extend(self.wildcard(&source, Some(&name), &options));
                }
                SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. } => items.push(item),
                SelectItem::QualifiedWildcard(..) => {
                    self.no(span, "* over an expression", "name the columns");
                }
                SelectItem::ExprWithAliases { .. } => {
                    self.no(span, "an expression with several names", "name it once");
                }
            }
        }
        select.projection = items;
    }

    fn alias(&mut self, alias: Option<&TableAlias>) {
        let Some(alias) = alias else {
            return;
        };
        let typed = alias
            .columns
            .iter()
            .any(|column| column.data_type.is_some());
        self.absent(
            alias.name.span,
            &[
                (alias.at.is_some(), "AT behind a table"),
                (typed, "a type in a table alias"),
            ],
        );
    }

    /// The insensitive columns that `*` stands for: of the dataset's table, whatever is joined to it.
    fn wildcard(
        &mut self,
        source: &From,
        qualifier: Option<&ObjectName>,
        options: &WildcardAdditionalOptions,
    ) -> Vec<SelectItem> {
        let span = options.wildcard_token.0.span;
        self.absent(
            span,
            &[
                (options.opt_ilike.is_some(), "* ILIKE"),
                (options.opt_exclude.is_some(), "* EXCLUDE"),
                (options.opt_except.is_some(), "* EXCEPT"),
                (options.opt_replace.is_some(), "* REPLACE"),
                (options.opt_rename.is_some(), "* RENAME"),
                (options.opt_alias.is_some(), "* AS"),
            ],
        );
        let called = match source {
            From::Dataset {
                called: _,
                joined: true,
            } if qualifier.is_none() => {
                let remedy = "name the columns, or write the table's name before it";
                self.no(span, "* beside a JOIN", remedy);
                return Vec::new();
            }
            From::Dataset { called, .. } => called,
            From::Derived => {
                self.no(span, "* over a subquery", "name the columns");
                return Vec::new();
            }
            From::Refused => return Vec::new(),
        };
        if let Some(name) = qualifier
            && !matches!(name.0.as_slice(), [part] if part.as_ident().map(normal).as_ref() == Some(called))
        {
            self.no(span, "* of an unknown table", "name the columns");
            return Vec::new();
        }
        let insensitive = self
            .contract
            .columns
            .iter()
            .filter(|column| column.class == Class::Insensitive);
        let items: Vec<SelectItem> = insensitive
            .map(|column| {
                let ident = |name: &str| Ident::with_quote_and_span('"', span, name);
                let path = vec![ident(called), ident(&column.name)];
                SelectItem::UnnamedExpr(Expr::CompoundIdentifier(path))
            })
            .collect();
        if items.is_empty() {
            let message =
                "* stands for the insensitive columns, and the contract has none: name the columns";
            self.refuse(Rule::Name, span, message);
        }
        items
    }
}
