//! The proof against its table: some thousand projections in files, of an honest analyst and of an attacker, each with
//! what the proof must say of it.
//!
//! ```text
//! contracts/*.sql     what the projections are about
//! accepted/*.rows     must pass: the level of every column that reaches each output column
//! refused/*.rows      must not: the rule that is broken, and where
//! ```
//! [`mutation`] shows that no rule is idle: with it off, a row falls.

mod mutation;
mod rows;
mod sizes;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use arrow::record_batch::RecordBatch;

use self::rows::Row;
use super::{OutputProof, Source};
use crate::dataset::contract::{Class, Contract};
use crate::dataset::projection::Projection;
use crate::dataset::reference::{Reference, References};
use crate::dataset::rule::{Refusal, Rule};
use crate::functions::Level;

/// The contracts, by name, each as it is and with no class but `insensitive`.
struct Contracts(BTreeMap<String, [Contract; 2]>);

impl Contracts {
    fn of(rows: &[Row]) -> Self {
        let names: BTreeSet<&String> = rows.iter().map(|row| &row.contract).collect();
        let references = references();
        let both = |name: &String| {
            let text = rows::contract(name);
            let strict = Contract::parse(name, "schema.sql", &text).unwrap();
            let strict = strict.with_references(references.clone());
            (name.clone(), [strict.clone(), opened(strict)])
        };
        Self(names.into_iter().map(both).collect())
    }

    fn strict(&self, row: &Row) -> &Contract {
        &self.0[&row.contract][0]
    }

    fn open(&self, row: &Row) -> &Contract {
        &self.0[&row.contract][1]
    }
}

/// The reference tables, without their rows: the proof asks for names and types alone.
fn references() -> References {
    let table = |(name, text, _): (String, String, String)| {
        let (contract, key) = Contract::parse_reference(&name, "reference.sql", &text).unwrap();
        let rows = RecordBatch::new_empty(contract.schema(0..contract.columns.len()));
        Arc::new(Reference::new(&contract, key, rows).unwrap())
    };
    rows::references().into_iter().map(table).collect()
}

/// The same columns, of which none says anything about a person.
fn opened(mut contract: Contract) -> Contract {
    for column in &mut contract.columns {
        column.class = Class::Insensitive;
    }
    // A shift or noise still has its subject.
    contract.subject = contract
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    contract
}

/// What the proof says of a text, in the words of the files.
fn judged(contract: &Contract, text: &str) -> Result<Vec<String>, Vec<String>> {
    match Projection::judge(contract, "t/p", "p.sql", text) {
        Ok(projection) => Ok(projection.proof.outputs.iter().map(output).collect()),
        Err(refused) => Err(refused.refusals.iter().map(refusal).collect()),
    }
}

/// `Age: Birthdate coarse, (Weight whole)`: in parentheses what reaches it by the rows that are chosen alone.
fn output(output: &OutputProof) -> String {
    let source = |source: &Source| {
        let level = match source.level {
            Level::None => "none",
            Level::Keyed => "keyed",
            Level::Coarse => "coarse",
            Level::Part => "part",
            Level::Whole => "whole",
        };
        match source.implicit {
            true => format!("({} {level})", source.column),
            false => format!("{} {level}", source.column),
        }
    };
    let sources: Vec<String> = output.sources.iter().map(source).collect();
    let sources = match sources.as_slice() {
        [] => "nothing".to_owned(),
        sources => sources.join(", "),
    };
    format!("{}: {sources}", output.name)
}

/// `direct-identifier 1:8 "SSN"`: the rule, line and column where they are known, the column if it is about one.
fn refusal(refusal: &Refusal) -> String {
    let at = match refusal.at {
        Some((line, column)) => format!(" {line}:{column}"),
        None => String::new(),
    };
    let column = match &refusal.column {
        Some(column) => format!(" \"{column}\""),
        None => String::new(),
    };
    format!("{}{at}{column}", refusal.rule)
}

/// The verdict on a row, as a line of a report, where it is not the expected one.
fn complaint(contracts: &Contracts, row: &Row, accepted: bool) -> Option<String> {
    let found = judged(contracts.strict(row), &row.text);
    let same = found.is_ok() == accepted;
    let (Ok(found) | Err(found)) = found;
    if same && found == row.expected {
        return None;
    }
    let verdict = if same { "" } else { "THE VERDICT IS ANOTHER\n" };
    let lines = |of: &[String]| {
        of.iter()
            .map(|line| format!("=> {line}\n"))
            .collect::<String>()
    };
    Some(format!(
        "{}: #### {}\n{verdict}found\n{}expected\n{}",
        row.file,
        row.name,
        lines(&found),
        lines(&row.expected)
    ))
}

fn complaints(kind: &str) -> Vec<String> {
    let rows = rows::read(kind);
    let contracts = Contracts::of(&rows);
    rows.iter()
        .filter_map(|row| complaint(&contracts, row, kind == "accepted"))
        .collect()
}

#[test]
fn what_an_honest_analyst_writes_passes_with_the_levels_that_are_expected() {
    let wrong = complaints("accepted");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_an_attacker_writes_is_refused_by_the_rule_and_at_the_place_that_are_expected() {
    let wrong = complaints("refused");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The rules that speak of a column's class.
const BY_CLASS: [Rule; 3] = [
    Rule::DirectIdentifier,
    Rule::QuasiIdentifier,
    Rule::OneExpression,
];

/// A text less the directives that speak of columns.
fn without_reveals(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("-- reveals:"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_refused_for_a_class_is_right_where_there_is_none() {
    let named: Vec<String> = BY_CLASS.iter().map(ToString::to_string).collect();
    let by_class = |line: &String| {
        named
            .iter()
            .any(|rule| line.split(' ').next() == Some(rule))
    };
    let rows: Vec<Row> = rows::read("refused")
        .into_iter()
        .filter(|row| row.expected.iter().all(by_class))
        // Where no column has a class, `*` stands for other columns.
        .filter(|row| !row.text.contains("SELECT *"))
        // A text out of which identifiers are taken leaves in one form whatever its class.
        .filter(|row| !row.text.contains("redact_text"))
        .collect();
    assert!(rows.len() > 200, "{}", rows.len());
    let contracts = Contracts::of(&rows);
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let said = judged(contracts.open(row), &without_reveals(&row.text)).err()?;
            Some(format!("{}: {}: {}", row.file, row.name, said.join("; ")))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_table_is_large_and_names_each_row_once_and_knows_the_attacks() {
    let (accepted, refused) = (rows::read("accepted"), rows::read("refused"));
    let honest = accepted.iter().filter(|row| row.contract != "t").count();
    assert!(honest >= 80, "{honest} of an honest analyst");
    assert!(
        accepted.len() + refused.len() >= 800,
        "{} and {}",
        accepted.len(),
        refused.len()
    );
    let mut seen = HashSet::new();
    let all = || accepted.iter().chain(&refused);
    let twice: Vec<&str> = all()
        .filter(|row| !seen.insert((row.file.as_str(), row.name.as_str())))
        .map(|row| row.name.as_str())
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
    for attack in [1, 2, 3, 4, 9, 15, 16] {
        assert!(
            all().any(|row| row.attack == Some(attack)),
            "attack {attack} has no row"
        );
    }
    let rules: BTreeSet<&str> = refused
        .iter()
        .flat_map(|row| {
            row.expected
                .iter()
                .filter_map(|line| line.split(' ').next())
        })
        .collect();
    // What would need another node is refused on the statement before it is planned.
    for rule in Rule::ALL.into_iter().filter(|rule| *rule != Rule::Node) {
        assert!(rules.contains(rule.facts().name), "{rule} has no row");
    }
}
