//! Texts that are too large or too deep, which no file of rows would show well.

use super::{judged, rows};
use crate::dataset::contract::Contract;

/// What it is, the text, the rule.
fn texts() -> [(&'static str, String, &'static str); 6] {
    let around = |open: &str, inner: &str, close: &str, times: usize| {
        let (open, close) = (open.repeat(times), close.repeat(times));
        format!("SELECT {open}{inner}{close} AS x FROM t")
    };
    let sum = vec!["\"Weight\""; 400].join(" + ");
    let mut doubled = "SELECT \"Disease\" AS a FROM t".to_owned();
    for _ in 0..20 {
        doubled = format!("SELECT concat(a, a) AS a FROM ({doubled}) AS s");
    }
    [
        (
            "five thousand parentheses",
            around("(", "\"Weight\"", ")", 4_900),
            "statement",
        ),
        (
            "a sum of four hundred",
            format!("SELECT {sum} AS x FROM t"),
            "expression",
        ),
        (
            "three hundred calls",
            around("upper(", "\"Disease\"", ")", 300),
            "statement",
        ),
        (
            "a text of 64 KiB",
            format!("SELECT '{}' AS x FROM t", "x".repeat(65_536)),
            "statement",
        ),
        (
            "twelve thousand words",
            format!("SELECT {} FROM t", vec!["1"; 6_000].join(",")),
            "statement",
        ),
        (
            "subqueries that double an expression",
            doubled,
            "expression",
        ),
    ]
}

#[test]
fn texts_that_are_too_large_or_too_deep_are_refused() {
    let contract = Contract::parse("t", "schema.sql", &rows::contract("t")).unwrap();
    let wrong: Vec<String> = texts()
        .iter()
        .filter_map(|(name, text, rule)| {
            let found = judged(&contract, text);
            let right = matches!(&found, Err(said) if said.iter().all(|line| line.split(' ').next() == Some(rule)));
            (!right).then(|| format!("{name}: expected {rule}, found {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
