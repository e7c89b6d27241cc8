//! A restricted query → an analysed logical plan; `DataFusion`'s errors → ours, without a word of theirs.

use datafusion_common::config::ConfigOptions;
use datafusion_common::{DataFusionError, SchemaError};
use datafusion_expr::LogicalPlan;
use datafusion_optimizer::Analyzer;
use datafusion_sql::planner::{ParserOptions, SqlToRel};
use sqlparser::ast::{Query, Statement};

use super::catalog::Catalog;
use super::lookup;
use crate::dataset::contract::Contract;
use crate::dataset::nearest::hint;
use crate::dataset::place::{Place, Position};
use crate::dataset::rule::{Refusal, Refused, Rule};
use crate::error::Error;
use crate::functions::{self, Context};

/// Plans a query over the contract's table and coerces its types. No optimizer has touched the plan.
pub(super) fn analysed(
    place: &Place<'_>,
    contract: &Contract,
    query: &Query,
    context: &Context,
) -> std::result::Result<LogicalPlan, Refused> {
    let catalog = Catalog::new(contract, context);
    let options = ParserOptions::new()
        .with_map_string_types_to_utf8view(false)
        .with_collect_spans(true);
    let statement = Statement::Query(Box::new(query.clone()));
    let fail = |error| refused(place, contract, error);
    let plan = SqlToRel::new_with_options(&catalog, options)
        .sql_statement_to_plan(statement)
        .map_err(fail)?;
    lookup::check(&plan, &contract.references)
        .map_err(|why| Refused::one(place, Refusal::new(Rule::ReferenceJoin, None, why)))?;
    Analyzer::new()
        .execute_and_check(plan, &ConfigOptions::default(), |_, _| {})
        .map_err(fail)
}

/// Our error for a planner's.
pub(super) fn translate(place: &Place<'_>, contract: &Contract, error: DataFusionError) -> Error {
    refused(place, contract, error).error
}

/// Our words for a planner's error. Its text may quote literals, so it is kept as the private source only.
fn refused(place: &Place<'_>, contract: &Contract, error: DataFusionError) -> Refused {
    let at: Option<Position> = error
        .diagnostic()
        .and_then(|diagnostic| diagnostic.span)
        .map(|span| (span.start.line, span.start.column));
    let error = match functions::take_error(error) {
        Ok(ours) => return placed(place, at, &ours),
        Err(error) => error,
    };
    let (rule, message) = match error.find_root() {
        DataFusionError::SchemaError(schema, _) => (Rule::Name, schema_message(contract, schema)),
        root => {
            let (rule, message) = plan_message(&root.to_string());
            (rule, message.to_owned())
        }
    };
    Refused::one(place, Refusal::new(rule, at, message)).with_private(error)
}

/// An error of a function of ours, with the file before it.
fn placed(place: &Place<'_>, at: Option<Position>, ours: &Error) -> Refused {
    let text = ours.to_string();
    let code = format!(" [{}]", ours.kind().facts().code);
    let message = text.strip_suffix(&code).unwrap_or(&text);
    Refused::one(place, Refusal::new(Rule::Type, at, message))
}

fn schema_message(contract: &Contract, error: &SchemaError) -> String {
    match error {
        SchemaError::FieldNotFound { field, .. } => {
            let known = contract.columns.iter().map(|column| column.name.as_str());
            let near = hint(&field.name, known);
            let quotes = if near.is_empty() {
                ""
            } else {
                " (names are exact in double quotes, and lower case without)"
            };
            format!("there is no column \"{}\" here{near}{quotes}", field.name)
        }
        SchemaError::AmbiguousReference { field } => {
            format!(
                "the column \"{}\" is ambiguous: put the table's name before it",
                field.name
            )
        }
        SchemaError::DuplicateQualifiedField { name, .. }
        | SchemaError::DuplicateUnqualifiedField { name } => {
            format!("two columns are called \"{name}\": give one another name with AS")
        }
    }
}

/// The common complaints of the planner, by words that are `DataFusion`'s own.
fn plan_message(text: &str) -> (Rule, &'static str) {
    let contains = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if contains(&["unique expression names", "duplicate"]) {
        (
            Rule::Name,
            "two output columns have the same name: give one another name with AS",
        )
    } else if contains(&["GROUP BY"]) {
        (
            Rule::Statement,
            "a column that is selected beside an aggregate stands in GROUP BY",
        )
    } else if contains(&["No function matches", "coerc", "signature", "convert"]) {
        (
            Rule::Type,
            "the types of the arguments of a function or operator do not fit: use CAST",
        )
    } else if contains(&["Invalid function"]) {
        (
            Rule::Function,
            "a function is not on the list of a projection's functions",
        )
    } else {
        (
            Rule::Statement,
            "the statement cannot be planned: a clause, type or expression of it is not supported",
        )
    }
}
