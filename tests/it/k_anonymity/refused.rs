//! Heads that are no rule: each is refused with its reason, at its place.

use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;

use super::people::{Subject, contract};

/// What is odd, the head's `k`, the statement, and what the refusal says.
const ROWS: [(&str, &str, &str, &str); 19] = [
    (
        "no output column",
        "-- k: 5 over \"zip\"",
        "SELECT number, score FROM t",
        "k over \"zip\", which is no output column",
    ),
    (
        "nearly an output column",
        "-- k: 5 over \"Yaer\"",
        "SELECT score AS \"Year\" FROM t",
        "did you mean \"Year\"?",
    ),
    (
        "an input column under another name",
        "-- k: 5 over \"score\"",
        "SELECT score AS \"Score\" FROM t",
        "did you mean \"Score\"?",
    ),
    (
        "a column twice",
        "-- k: 5 over \"score\", \"score\"",
        "SELECT score FROM t",
        "\"score\" stands twice",
    ),
    (
        "a constant",
        "-- k: 5 over \"c\"",
        "SELECT number, 'all' AS c FROM t",
        "holds nothing of the dataset",
    ),
    (
        "a constant beside a column",
        "-- k: 5 over \"score\", \"c\"",
        "SELECT score, 1 + 1 AS c FROM t",
        "holds nothing of the dataset",
    ),
    (
        "a constant of chosen rows",
        "-- k: 5 over \"c\"",
        "SELECT 'all' AS c FROM t WHERE number > 5",
        "holds nothing of the dataset",
    ),
    (
        "what is destroyed",
        "-- k: 5 over \"c\"",
        "SELECT redact(ssn, 'x') AS c, number FROM t",
        "holds nothing of the dataset",
    ),
    (
        "over columns under GROUP BY",
        "-- k: 5 over \"score\"",
        "SELECT score, count(*) AS n FROM t GROUP BY score",
        "aggregates or DISTINCT make one of many",
    ),
    (
        "over columns of a global aggregate",
        "-- k: 5 over \"n\"",
        "SELECT sum(score) AS n FROM t",
        "aggregates or DISTINCT make one of many",
    ),
    (
        "over columns with DISTINCT",
        "-- k: 5 over \"score\"",
        "SELECT DISTINCT score FROM t",
        "aggregates or DISTINCT make one of many",
    ),
    (
        "over columns with DISTINCT inside",
        "-- k: 5 over \"score\"",
        "SELECT score FROM (SELECT DISTINCT score, number FROM t)",
        "aggregates or DISTINCT make one of many",
    ),
    (
        "another row's value",
        "-- k: 5 over \"s\"",
        "SELECT lag(score) OVER (ORDER BY number) AS s FROM t",
        "lag brings a value of other rows",
    ),
    (
        "one value for all rows",
        "-- k: 5 over \"s\"",
        "SELECT s FROM (SELECT first_value(score) OVER (ORDER BY number) AS s FROM t)",
        "first_value brings a value of other rows",
    ),
    (
        "a total for all rows",
        "-- k: 5 over \"score\"",
        "SELECT score, sum(score) OVER () AS s FROM t",
        "sum brings a value of other rows",
    ),
    (
        "groups by another row's value",
        "-- k: 5",
        "SELECT s, count(*) AS n FROM (SELECT lead(score) OVER (ORDER BY number) AS s FROM t) GROUP BY s",
        "lead brings a value of other rows",
    ),
    (
        "nothing to group",
        "-- k: 5",
        "SELECT score FROM t",
        "name the output columns to count over",
    ),
    (
        "groups of groups",
        "-- k: 5",
        "SELECT n, count(*) AS m FROM (SELECT score, count(*) AS n FROM t GROUP BY score) GROUP BY n",
        "here are 2 aggregations",
    ),
    (
        "groups made distinct",
        "-- k: 5",
        "SELECT DISTINCT count(*) AS n FROM t GROUP BY score",
        "DISTINCT makes others of them",
    ),
];

#[test]
fn a_head_that_is_no_rule_is_refused_with_the_reason() {
    let contract = Contract::parse("t", "schema.sql", &contract(Subject::Ssn)).unwrap();
    let mut wrong = Vec::new();
    for (name, head, select, reason) in ROWS {
        let text = format!("-- About a test\n{head}\n{select}");
        match Projection::parse(&contract, "t/p", "p.sql", &text) {
            Ok(_) => wrong.push(format!("{name}: accepted")),
            Err(error) => {
                let said = error.to_string();
                if !said.contains(reason) || !said.starts_with("p.sql:2:1: ") {
                    wrong.push(format!("{name}: {said}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
