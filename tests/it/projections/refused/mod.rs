//! What an attacker or a careless analyst writes. Every row is refused as a projection, for the reason that it names.

mod flows;
mod functions;
mod identifiers;
mod keyed;
mod quasi;
mod statements;

use std::collections::HashSet;

use veilpoint::error::Kind;

use super::{headless, open, parse, strict};

/// A text that is refused.
pub struct Row {
    /// What is tried.
    pub name: &'static str,
    /// The projection's text.
    pub sql: String,
    /// What the refusal says, in part.
    pub says: &'static str,
}

pub fn row(name: &'static str, sql: impl Into<String>, says: &'static str) -> Row {
    Row {
        name,
        sql: sql.into(),
        says,
    }
}

/// Rows that select one expression each.
fn selects(says: &'static str, rows: &[(&'static str, &str)]) -> Vec<Row> {
    rows.iter()
        .map(|(name, expr)| row(name, format!("SELECT {expr} AS x FROM t"), says))
        .collect()
}

/// What is wrong with the answer to a row.
fn complaint(row: &Row) -> Option<String> {
    let answer = match parse(&strict(), &row.sql) {
        Ok(_) => "is accepted".to_owned(),
        Err(error) if error.kind() != Kind::Projection => format!("is refused otherwise: {error}"),
        Err(error) if !error.message().contains(row.says) => {
            format!("is refused, but not since {:?}: {error}", row.says)
        }
        Err(error) => {
            let lines = error.message().lines();
            let nowhere: Vec<&str> = lines
                .filter(|line| !line.starts_with("sql/t/p.sql:"))
                .collect();
            if nowhere.is_empty() {
                return None;
            }
            format!("does not name the file: {nowhere:?}")
        }
    };
    Some(format!("{}: {answer}", row.name))
}

/// What is wrong with a row whose refusal is owed to the columns' classes: it is right where there are none.
fn control(row: &Row) -> Option<String> {
    let error = parse(&open(), &headless(&row.sql)).err()?;
    Some(format!(
        "{}: is refused without classes too: {error}",
        row.name
    ))
}

/// Rows that are refused for the sake of a column's class.
fn by_class() -> Vec<Row> {
    [identifiers::rows(), flows::rows(), quasi::rows()]
        .into_iter()
        .flatten()
        .collect()
}

/// Rows that are refused whatever the classes are.
fn by_form() -> Vec<Row> {
    [keyed::rows(), functions::rows(), statements::rows()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn what_would_let_a_protected_column_out_is_refused_and_only_for_its_class() {
    let rows = by_class();
    let refused = rows.iter().filter_map(complaint);
    let wrong: Vec<String> = refused.chain(rows.iter().filter_map(control)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_is_no_provable_select_is_refused() {
    let wrong: Vec<String> = by_form().iter().filter_map(complaint).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_tables_are_large_and_name_each_row_once() {
    let rows: Vec<Row> = by_class().into_iter().chain(by_form()).collect();
    let mut seen = HashSet::new();
    let twice: Vec<&str> = rows
        .iter()
        .map(|row| row.name)
        .filter(|name| !seen.insert(*name))
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert!(rows.len() >= 300, "{}", rows.len());
}
