//! What a projection's statement may be, checked on the syntax tree before anything is planned: one SELECT over the
//! dataset's table, and nothing that `DataFusion` would run, read or quietly leave out.
//!
//! Everything is listed that may stand; the rest is refused by name. The planner and the proof have lists of their own
//! behind this one.

use datafusion::sql::parser::Statement as DfStatement;
use datafusion::sql::sqlparser::ast::{
    Cte, Distinct, Expr, GroupByExpr, Ident, LimitClause, ObjectName, OrderBy, OrderByKind, Query,
    Select, SelectFlavor, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, Spanned, Statement,
    TableAlias, TableFactor, TableWithJoins, WildcardAdditionalOptions, With,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use super::{expressions, joins};
use crate::dataset::contract::{Class, Contract};
use crate::dataset::nearest::hint;
use crate::dataset::place::{Place, start};
use crate::error::{Error, Result};

/// The one query of a text, with `*` replaced by the contract's insensitive columns.
pub(super) fn query(place: &Place<'_>, contract: &Contract, text: &str) -> Result<Query> {
    let mut statements = place.parse(text)?;
    let first = statements.pop_front();
    if !statements.is_empty() {
        return Err(place.refuse(None, "a projection is one statement: leave out the others"));
    }
    let mut query = match first {
        Some(DfStatement::Statement(statement)) => match *statement {
            Statement::Query(query) => *query,
            other => return Err(not_a_select(place, &other.to_string())),
        },
        Some(DfStatement::CreateExternalTable(_)) => {
            return Err(not_a_select(place, "CREATE EXTERNAL TABLE"));
        }
        Some(DfStatement::CopyTo(_)) => return Err(not_a_select(place, "COPY")),
        Some(DfStatement::Explain(_)) => return Err(not_a_select(place, "EXPLAIN")),
        Some(DfStatement::Reset(_)) => return Err(not_a_select(place, "RESET")),
        None => return Err(place.refuse(None, "the text has no statement: write one SELECT")),
    };
    expressions::check(place, &query)?;
    let mut walk = Walk {
        place,
        contract,
        scans: 0,
    };
    walk.query(&mut query, &mut Vec::new())?;
    if walk.scans != 1 {
        let message = format!(
            "the table {} stands {} times: once exactly",
            contract.dataset, walk.scans
        );
        return Err(place.refuse(None, &message));
    }
    Ok(query)
}

/// A statement refused by its first word.
fn not_a_select(place: &Place<'_>, statement: &str) -> Error {
    let word = statement
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    place.refuse(
        None,
        &format!("{word} has no place in a projection, which is one SELECT"),
    )
}

/// An identifier as SQL reads it: exact in quotes, in lower case without.
pub(super) fn normal(ident: &Ident) -> String {
    if ident.quote_style.is_some() {
        ident.value.clone()
    } else {
        ident.value.to_lowercase()
    }
}

/// Where the rows of a SELECT come from.
enum From {
    /// The dataset's table, called so.
    Dataset(String),
    /// A subquery or CTE.
    Derived,
    /// A reference table.
    Reference,
    /// The dataset's table, called so, or something derived from it, beside reference tables.
    Joined(Option<String>),
}

/// What may be joined, in words.
const JOINED: &str = "join a reference table by its key: LEFT JOIN or INNER JOIN … ON";

struct Walk<'a> {
    place: &'a Place<'a>,
    contract: &'a Contract,
    scans: usize,
}

impl Walk<'_> {
    fn no(&self, span: Span, what: &str, remedy: &str) -> Error {
        self.place.refuse(
            start(span),
            &format!("{what} has no place in a projection: {remedy}"),
        )
    }

    /// Refuses each clause that is present.
    fn absent(&self, span: Span, clauses: &[(bool, &str)]) -> Result<()> {
        match clauses.iter().find(|(present, _)| *present) {
            Some((_, name)) => Err(self.no(span, name, "leave it out")),
            None => Ok(()),
        }
    }

    fn query(&mut self, query: &mut Query, ctes: &mut Vec<String>) -> Result<()> {
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
        )?;
        let outer = ctes.len();
        if let Some(with) = with {
            self.with(with, ctes)?;
        }
        self.order(span, order_by.as_ref())?;
        self.limit(span, limit_clause.as_ref())?;
        match body.as_mut() {
            SetExpr::Select(select) => self.select(select, ctes)?,
            SetExpr::Query(inner) => self.query(inner, ctes)?,
            SetExpr::SetOperation { op, .. } => {
                return Err(self.no(span, &format!("the set operation {op}"), "write one SELECT"));
            }
            SetExpr::Values(_) => {
                return Err(self.no(span, "VALUES", "select from the dataset's table"));
            }
            SetExpr::Table(_) => return Err(self.no(span, "TABLE", "write SELECT … FROM")),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                return Err(self.no(span, "a statement that writes", "write one SELECT"));
            }
        }
        ctes.truncate(outer);
        Ok(())
    }

    fn with(&mut self, with: &mut With, ctes: &mut Vec<String>) -> Result<()> {
        if with.recursive {
            return Err(self.no(
                with.with_token.0.span,
                "WITH RECURSIVE",
                "write WITH, without recursion",
            ));
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
            )?;
            let name = normal(&alias.name);
            if name.eq_ignore_ascii_case(&self.contract.dataset) {
                return Err(self.no(
                    span,
                    "a CTE with the dataset's name",
                    "give it another name",
                ));
            }
            self.alias(Some(alias))?;
            self.query(query, ctes)?;
            ctes.push(name);
        }
        Ok(())
    }

    fn order(&self, span: Span, order_by: Option<&OrderBy>) -> Result<()> {
        let Some(OrderBy { kind, interpolate }) = order_by else {
            return Ok(());
        };
        let OrderByKind::Expressions(expressions) = kind else {
            return Err(self.no(span, "ORDER BY ALL", "name the columns"));
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
        )
    }

    fn limit(&self, span: Span, limit: Option<&LimitClause>) -> Result<()> {
        match limit {
            None => Ok(()),
            Some(LimitClause::LimitOffset { limit_by, .. }) => {
                self.absent(span, &[(!limit_by.is_empty(), "LIMIT BY")])
            }
            Some(LimitClause::OffsetCommaLimit { .. }) => {
                Err(self.no(span, "LIMIT with a comma", "write LIMIT … OFFSET …"))
            }
        }
    }

    fn select(&mut self, select: &mut Select, ctes: &mut Vec<String>) -> Result<()> {
        let span = select.select_token.0.span;
        self.clauses(span, select)?;
        if select.projection.is_empty() {
            return Err(self.no(span, "a SELECT without columns", "name the columns"));
        }
        let source = match select.from.as_mut_slice() {
            [] => {
                return Err(self.no(
                    span,
                    "a SELECT without FROM",
                    "select from the dataset's table",
                ));
            }
            [table] => self.joined(table, ctes)?,
            [_, second, ..] => {
                let at = second.relation.span();
                return Err(self.no(
                    at,
                    "a second table (a cross join)",
                    "read the dataset's table alone",
                ));
            }
        };
        let mut items = Vec::with_capacity(select.projection.len());
        for item in std::mem::take(&mut select.projection) {
            match item {
                SelectItem::Wildcard(options) => {
                    items.extend(self.wildcard(&source, None, &options)?);
                }
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    options,
                ) => {
                    items.extend(self.wildcard(&source, Some(&name), &options)?);
                }
                SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. } => items.push(item),
                SelectItem::QualifiedWildcard(..) => {
                    return Err(self.no(span, "* over an expression", "name the columns"));
                }
                SelectItem::ExprWithAliases { .. } => {
                    return Err(self.no(span, "an expression with several names", "name it once"));
                }
            }
        }
        select.projection = items;
        Ok(())
    }

    /// The dataset's table or something derived from it, and reference tables joined to it.
    fn joined(&mut self, table: &mut TableWithJoins, ctes: &mut Vec<String>) -> Result<From> {
        let span = table.relation.span();
        let first = match self.relation(&mut table.relation, ctes)? {
            From::Reference => {
                let remedy = "put the dataset's table first, and JOIN it";
                return Err(self.no(span, "a reference table by itself", remedy));
            }
            first => first,
        };
        for join in &mut table.joins {
            let span = join.relation.span();
            if let Some(what) = joins::refusal(join) {
                return Err(self.no(span, what, JOINED));
            }
            let before = self.scans;
            match self.relation(&mut join.relation, ctes)? {
                From::Reference => {}
                _ if self.scans > before => {
                    return Err(self.no(span, "JOIN with the dataset's own table", JOINED));
                }
                _ => return Err(self.no(span, "JOIN with a subquery", JOINED)),
            }
        }
        Ok(match first {
            first if table.joins.is_empty() => first,
            From::Dataset(called) => From::Joined(Some(called)),
            _ => From::Joined(None),
        })
    }

    /// The clauses of a SELECT that `DataFusion` does not know, or reads in its own way.
    fn clauses(&self, span: Span, select: &Select) -> Result<()> {
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
        )
    }

    fn relation(&mut self, factor: &mut TableFactor, ctes: &mut Vec<String>) -> Result<From> {
        let span = factor.span();
        match factor {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample,
                index_hints,
            } => {
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
                )?;
                self.alias(alias.as_ref())?;
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
                )?;
                self.alias(alias.as_ref())?;
                self.query(subquery, ctes)?;
                Ok(From::Derived)
            }
            TableFactor::UNNEST { .. } => {
                Err(self.no(span, "UNNEST", "select from the dataset's table"))
            }
            TableFactor::TableFunction { .. } | TableFactor::Function { .. } => {
                Err(self.no(span, "a table function", "select from the dataset's table"))
            }
            TableFactor::NestedJoin { .. } => {
                Err(self.no(span, "JOIN in parentheses", "leave the parentheses out"))
            }
            _ => Err(self.no(
                span,
                "this kind of table",
                "select from the dataset's table",
            )),
        }
    }

    fn table(
        &mut self,
        span: Span,
        name: &ObjectName,
        alias: Option<&TableAlias>,
        ctes: &[String],
    ) -> Result<From> {
        let table = match name.0.as_slice() {
            [part] => part.as_ident().map(normal),
            _ => None,
        };
        let Some(table) = table else {
            return Err(self.no(
                span,
                &format!("the table {name}"),
                "select from the dataset's table",
            ));
        };
        if ctes.contains(&table) {
            return Ok(From::Derived);
        }
        if table != self.contract.dataset {
            let references = &self.contract.references;
            if references.get(&table).is_none() {
                let dataset = self.contract.dataset.as_str();
                let near = hint(&table, references.names().chain([dataset]));
                let message = format!(
                    "the table {name} is not the dataset's, which is {dataset}, and no reference table{near}"
                );
                return Err(self.place.refuse(start(span), &message));
            }
            if alias.is_some_and(|alias| !alias.columns.is_empty()) {
                let what = "a reference table with names for its columns";
                return Err(self.no(span, what, "name them with AS where they are selected"));
            }
            return Ok(From::Reference);
        }
        self.scans += 1;
        Ok(From::Dataset(
            alias.map_or(table, |alias| normal(&alias.name)),
        ))
    }

    fn alias(&self, alias: Option<&TableAlias>) -> Result<()> {
        let Some(alias) = alias else {
            return Ok(());
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
        )
    }

    /// The insensitive columns that `*` stands for.
    fn wildcard(
        &self,
        source: &From,
        qualifier: Option<&ObjectName>,
        options: &WildcardAdditionalOptions,
    ) -> Result<Vec<SelectItem>> {
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
        )?;
        let (called, joined) = match source {
            From::Dataset(called) => (called, false),
            From::Joined(Some(called)) if qualifier.is_some() => (called, true),
            From::Joined(_) => {
                let remedy = "name the columns, or put the name of the dataset's table before it";
                return Err(self.no(span, "* beside a JOIN", remedy));
            }
            From::Derived | From::Reference => {
                return Err(self.no(span, "* over a subquery", "name the columns"));
            }
        };
        if let Some(name) = qualifier
            && !matches!(name.0.as_slice(), [part] if part.as_ident().map(normal).as_ref() == Some(called))
        {
            return Err(self.no(span, "* of an unknown table", "name the columns"));
        }
        let insensitive = self
            .contract
            .columns
            .iter()
            .filter(|column| column.class == Class::Insensitive);
        let items: Vec<SelectItem> = insensitive
            .map(|column| {
                let quoted = |name: &String| Ident::with_quote_and_span('"', span, name.clone());
                let ident = quoted(&column.name);
                SelectItem::UnnamedExpr(if joined {
                    Expr::CompoundIdentifier(vec![quoted(called), ident])
                } else {
                    Expr::Identifier(ident)
                })
            })
            .collect();
        if items.is_empty() {
            let message =
                "* stands for the insensitive columns, and the contract has none: name the columns";
            return Err(self.place.refuse(start(span), message));
        }
        Ok(items)
    }
}
