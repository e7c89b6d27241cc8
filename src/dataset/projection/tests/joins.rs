//! Joins with a reference table, as plans: `regions`, of which `code` is the key, and `lists`, whose key is a number.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::config::ConfigOptions;
use datafusion::common::{JoinType, NullEquality};
use datafusion::logical_expr::logical_plan::builder::LogicalTableSource;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast, lit};
use datafusion::optimizer::Analyzer;

use super::*;
use crate::functions::Level;

fn column(name: &str) -> Expr {
    let (table, name) = name.split_once('.').unwrap();
    Expr::Column(datafusion::common::Column::new(Some(table), name))
}

fn scan(name: &str) -> LogicalPlanBuilder {
    let contract = Contract::parse("t", "schema.sql", PEOPLE).unwrap();
    let schema = match name {
        "t" => contract.schema(0..contract.columns.len()),
        "lists" => Arc::new(Schema::new(vec![
            Field::new("label", DataType::Utf8, true),
            Field::new("number", DataType::Int64, false),
        ])),
        _ => Arc::new(Schema::new(vec![
            Field::new("code", DataType::Utf8, false),
            Field::new("region", DataType::Utf8, true),
        ])),
    };
    LogicalPlanBuilder::scan(name, Arc::new(LogicalTableSource::new(schema)), None).unwrap()
}

/// The dataset's table joined with a table on an expression.
fn joined(kind: JoinType, table: &str, on: Expr) -> LogicalPlanBuilder {
    let right = scan(table).build().unwrap();
    scan("t").join_on(right, kind, Some(on)).unwrap()
}

/// The rules that the selection of some columns of a plan breaks, or its sources.
fn proven(
    head: &str,
    plan: LogicalPlanBuilder,
    selected: &[&str],
) -> std::result::Result<String, Vec<Rule>> {
    let contract = Contract::parse("t", "schema.sql", PEOPLE).unwrap();
    let plan = plan
        .project(selected.iter().map(|name| column(name)))
        .unwrap();
    let plan = Analyzer::new()
        .execute_and_check(plan.build().unwrap(), &ConfigOptions::default(), |_, _| {})
        .unwrap();
    let mut refusals = Refusals::default();
    let head = Head::parse(&contract, head, &mut refusals);
    let references: References<'_> = &|name| match name {
        "regions" => Some(0),
        "lists" => Some(1),
        _ => None,
    };
    let proven = prove(&contract, &head, references, &plan, &mut refusals);
    refusals.check(&PLACE).map_err(rules)?;
    let sources = proven
        .proof
        .outputs
        .iter()
        .flat_map(|output| &output.sources);
    let told = sources.map(|source| {
        let how = if source.implicit { " by rows" } else { "" };
        let level = if source.level == Level::Whole {
            "whole"
        } else {
            "less"
        };
        format!("{} {level}{how}", source.column)
    });
    Ok(told.collect::<Vec<_>>().join(", "))
}

fn equal(a: &str, b: &str) -> Expr {
    column(a).eq(column(b))
}

#[test]
fn a_reference_tables_columns_hold_what_the_other_side_of_the_join_holds() {
    let (left, inner) = (JoinType::Left, JoinType::Inner);
    let disease = || equal("t.Disease", "regions.code");
    let zip = || equal("regions.code", "t.Zip");
    let rows = [
        (
            proven("", joined(left, "regions", disease()), &["regions.region"]),
            Ok("Disease whole"),
        ),
        (
            proven("", joined(inner, "regions", disease()), &["t.Weight"]),
            Ok("Disease whole by rows, Weight whole"),
        ),
        (
            proven("", joined(left, "regions", disease()), &["t.Weight"]),
            Ok("Weight whole"),
        ),
        (
            proven("", joined(left, "regions", zip()), &["t.Weight"]),
            Ok("Weight whole"),
        ),
        (
            proven("", joined(left, "regions", zip()), &["regions.region"]),
            Err(Rule::QuasiIdentifier),
        ),
        (
            proven("", joined(left, "regions", zip()), &["regions.code"]),
            Err(Rule::QuasiIdentifier),
        ),
        (
            proven("", joined(inner, "regions", zip()), &["t.Weight"]),
            Err(Rule::QuasiIdentifier),
        ),
        (
            proven(
                "-- reveals: \"Zip\"",
                joined(left, "regions", zip()),
                &["regions.region"],
            ),
            Ok("Zip whole"),
        ),
        (
            proven(
                "-- reveals: \"Zip\"",
                joined(left, "regions", zip()),
                &["t.Zip", "regions.region"],
            ),
            Ok("Zip whole, Zip whole"),
        ),
        (
            proven(
                "",
                joined(left, "regions", equal("t.SSN", "regions.code")),
                &["regions.region"],
            ),
            Err(Rule::DirectIdentifier),
        ),
        (
            proven(
                "",
                joined(left, "lists", equal("t.Weight", "lists.number")),
                &["lists.label"],
            ),
            Ok("Weight whole"),
        ),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .enumerate()
        .filter(|(_, (found, expected))| match (found, expected) {
            (Ok(found), Ok(expected)) => found != expected,
            (Err(found), Err(expected)) => found != &[*expected],
            _ => true,
        })
        .map(|(row, (found, expected))| format!("{row}: {found:?}, expected {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_join_that_is_no_look_up_of_one_key_is_refused() {
    let (left, inner) = (JoinType::Left, JoinType::Inner);
    let key = || equal("t.Disease", "regions.code");
    let weight = &["t.Weight"];
    let null_equal = |plan: LogicalPlanBuilder| match plan.build().unwrap() {
        LogicalPlan::Join(mut join) => {
            join.null_equality = NullEquality::NullEqualsNull;
            LogicalPlanBuilder::from(LogicalPlan::Join(join))
        }
        _ => panic!("no join"),
    };
    let fails = cast(column("t.SSN"), DataType::Int64).eq(column("lists.number"));
    let shared = cast(column("regions.code"), DataType::Int32).eq(column("t.Weight"));
    let rows = [
        (
            "another table",
            proven(
                "",
                joined(left, "others", equal("t.Zip", "others.code")),
                weight,
            ),
            Rule::ReferenceJoin,
        ),
        (
            "a full join",
            proven("", joined(JoinType::Full, "regions", key()), weight),
            Rule::ReferenceJoin,
        ),
        (
            "a right join",
            proven("", joined(JoinType::Right, "regions", key()), weight),
            Rule::ReferenceJoin,
        ),
        (
            "another column",
            proven(
                "",
                joined(left, "regions", equal("t.Disease", "regions.region")),
                weight,
            ),
            Rule::ReferenceJoin,
        ),
        (
            "two columns",
            proven(
                "",
                joined(left, "regions", key().and(equal("t.Zip", "regions.region"))),
                weight,
            ),
            Rule::ReferenceJoin,
        ),
        (
            "either column",
            proven(
                "",
                joined(left, "regions", key().or(equal("t.Zip", "regions.region"))),
                weight,
            ),
            Rule::ReferenceJoin,
        ),
        (
            "an inequality",
            proven(
                "",
                joined(
                    inner,
                    "regions",
                    column("t.Disease").gt(column("regions.code")),
                ),
                weight,
            ),
            Rule::ReferenceJoin,
        ),
        (
            "a constant",
            proven(
                "",
                joined(left, "regions", column("regions.code").eq(lit("8001"))),
                weight,
            ),
            Rule::ReferenceJoin,
        ),
        (
            "the key with itself",
            proven(
                "",
                joined(left, "regions", equal("regions.code", "regions.code")),
                weight,
            ),
            Rule::ReferenceJoin,
        ),
        (
            "nothing",
            proven("", joined(left, "regions", lit(true)), weight),
            Rule::ReferenceJoin,
        ),
        (
            "NULL with NULL",
            proven("", null_equal(joined(left, "regions", key())), weight),
            Rule::ReferenceJoin,
        ),
        (
            "a key that casts make one of two",
            proven("", joined(left, "regions", shared), weight),
            Rule::ReferenceJoin,
        ),
        (
            "a cast that fails by a hidden value",
            proven("", joined(left, "lists", fails), weight),
            Rule::DirectIdentifier,
        ),
        (
            "the table alone",
            proven("", scan("regions"), &["regions.region"]),
            Rule::Table,
        ),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(_, found, expected)| found.as_ref().err() != Some(&vec![*expected]))
        .map(|(name, found, expected)| format!("{name}: {found:?}, expected {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
