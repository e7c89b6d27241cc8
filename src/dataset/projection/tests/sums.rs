//! Aggregates that hide a value among k, and what k counts.

use super::{judged, wrong};
use crate::dataset::rule::Rule;
use crate::functions::Level;

const QUASI: &[Rule] = &[Rule::QuasiIdentifier];
const K: &[Rule] = &[Rule::K];
const FREE: &[Rule] = &[];

type Row = (&'static str, &'static [Rule]);

const SUMS: &[Row] = &[
    (
        "-- k: 5\nSELECT \"Disease\", sum(\"Income\") AS x FROM t GROUP BY \"Disease\"",
        FREE,
    ),
    ("-- k: 5\nSELECT avg(\"Income\") AS x FROM t", FREE),
    (
        "-- k: 5\nSELECT stddev(\"Income\") AS x FROM t GROUP BY \"Disease\"",
        FREE,
    ),
    (
        "-- k: 5\nSELECT var_pop(\"Income\") AS x FROM t GROUP BY \"Disease\"",
        FREE,
    ),
    (
        "-- k: 5\nSELECT median(\"Income\") AS x FROM t GROUP BY \"Disease\"",
        FREE,
    ),
    (
        "-- k: 5\nSELECT avg(\"Bonus\") AS x FROM t GROUP BY \"Disease\"",
        FREE,
    ),
    (
        "-- k: 5\nSELECT sum(i) AS x FROM (SELECT \"Income\" AS i, \"Disease\" AS d FROM t) AS s GROUP BY d",
        FREE,
    ),
    (
        "-- k: 5\nSELECT \"Disease\" FROM t GROUP BY \"Disease\" HAVING sum(\"Income\") > 5",
        FREE,
    ),
    (
        "-- k: 5\nSELECT sum(\"Income\") * 2 AS x, sum(\"Income\") > 5 AS y FROM t GROUP BY \"Disease\"",
        FREE,
    ),
    // Not of a group, or not of all of it.
    (
        "SELECT sum(\"Income\") AS x FROM t GROUP BY \"Disease\"",
        QUASI,
    ),
    (
        "-- k: 5 over \"x\"\nSELECT sum(\"Income\") OVER () AS x FROM t",
        &[Rule::QuasiIdentifier, Rule::K],
    ),
    (
        "-- k: 5\nSELECT sum(\"Income\") FILTER (WHERE \"Smoking\") AS x FROM t GROUP BY \"Disease\"",
        QUASI,
    ),
    (
        "-- k: 5\nSELECT sum(DISTINCT \"Income\") AS x FROM t GROUP BY \"Disease\"",
        QUASI,
    ),
    (
        "-- k: 5\nSELECT avg(\"Income\" ORDER BY \"Weight\") AS x FROM t GROUP BY \"Disease\"",
        QUASI,
    ),
    // Not bare, and not a sum.
    (
        "-- k: 5\nSELECT sum(\"Income\" * 2) AS x FROM t GROUP BY \"Disease\"",
        QUASI,
    ),
    (
        "-- k: 5\nSELECT sum(CAST(\"Income\" AS SMALLINT)) AS x FROM t GROUP BY \"Disease\"",
        QUASI,
    ),
    (
        "-- k: 5\nSELECT sum(CAST(\"Zip\" AS INT)) AS x FROM t GROUP BY \"Disease\"",
        QUASI,
    ),
    (
        "-- k: 5\nSELECT sum(CASE WHEN \"Smoking\" THEN \"Income\" END) AS x FROM t GROUP BY \"Disease\"",
        QUASI,
    ),
    (
        "-- k: 5\nSELECT max(\"Income\") AS x FROM t GROUP BY \"Disease\"",
        QUASI,
    ),
    (
        "-- k: 5\nSELECT corr(\"Income\", \"Weight\") AS x FROM t GROUP BY \"Disease\"",
        QUASI,
    ),
    (
        "-- k: 5\nSELECT sum(x) AS x FROM (SELECT lag(\"Income\") OVER () AS x FROM t) AS s",
        &[Rule::QuasiIdentifier, Rule::K],
    ),
    (
        "-- k: 5\nSELECT sum(\"Account\") AS x FROM t GROUP BY \"Disease\"",
        &[Rule::DirectIdentifier],
    ),
    (
        "-- k: 5\nSELECT sum(\"Income\") AS x, avg(\"Income\") AS y FROM t GROUP BY \"Disease\"",
        &[Rule::OneExpression],
    ),
    (
        "-- k: 5\nSELECT sum(\"Income\") AS x FROM t GROUP BY generalize(\"Income\", 1000)",
        &[Rule::OneExpression],
    ),
];

const COUNTS: &[Row] = &[
    (
        "-- k: 5\nSELECT \"Disease\", count(*) AS n FROM t GROUP BY \"Disease\"",
        FREE,
    ),
    ("-- k: 5\nSELECT count(DISTINCT \"SSN\") AS n FROM t", FREE),
    (
        "-- k: 5\nSELECT n, rank() OVER (ORDER BY n) AS r FROM (SELECT count(*) AS n FROM t GROUP BY \"Disease\") AS s ORDER BY 1 LIMIT 3",
        FREE,
    ),
    ("-- k: 5\nSELECT \"Weight\" FROM t", K),
    ("-- k: 5\nSELECT DISTINCT \"Weight\" FROM t", K),
    (
        "-- k: 5\nSELECT DISTINCT count(*) AS n FROM t GROUP BY \"Weight\"",
        K,
    ),
    (
        "-- k: 5\nSELECT count(*) AS n FROM (SELECT DISTINCT \"SSN\" IS NULL AS x FROM t) AS s",
        K,
    ),
    (
        "-- k: 5\nSELECT count(*) AS n FROM (SELECT count(*) AS n FROM t GROUP BY \"Weight\") AS s GROUP BY n",
        K,
    ),
    (
        "-- k: 5\nSELECT row_number() OVER (ORDER BY \"Weight\") AS n FROM t",
        K,
    ),
    ("-- k: 5 over \"Weight\"\nSELECT \"Weight\" FROM t", FREE),
    (
        "-- k: 5 over \"a\", \"w\"\nSELECT age(\"Birthdate\") AS a, \"Weight\" AS w FROM t WHERE \"Smoking\" ORDER BY 1 LIMIT 9",
        FREE,
    ),
    (
        "-- k: 5 over \"n\"\nSELECT rank() OVER (ORDER BY \"Weight\") AS n FROM t",
        FREE,
    ),
    (
        "-- k: 5 over \"k\"\nSELECT token(\"SSN\") AS k FROM t",
        FREE,
    ),
    ("-- k: 5 over \"Height\"\nSELECT \"Weight\" FROM t", K),
    ("-- k: 5 over \"weight\"\nSELECT \"Weight\" FROM t", K),
    ("-- k: 5 over \"x\"\nSELECT 1 AS x, \"Weight\" FROM t", K),
    (
        "-- k: 5 over \"x\"\nSELECT redact(\"SSN\", 'x') AS x, \"Weight\" FROM t",
        K,
    ),
    (
        "-- k: 5 over \"x\"\nSELECT as_of() AS x FROM t WHERE \"Smoking\"",
        K,
    ),
    (
        "-- k: 5 over \"Weight\"\nSELECT \"Weight\" FROM t GROUP BY \"Weight\"",
        K,
    ),
    (
        "-- k: 5 over \"Weight\"\nSELECT DISTINCT \"Weight\" FROM t",
        K,
    ),
    (
        "-- k: 5 over \"Weight\"\nSELECT \"Weight\" FROM (SELECT DISTINCT \"Weight\" FROM t) AS s",
        K,
    ),
];

#[test]
fn sums_are_coarse_where_their_groups_are_counted_and_whole_elsewhere() {
    let wrong = wrong(SUMS);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn k_counts_rows_of_single_rows_or_the_groups_of_one_group_by() {
    let wrong = wrong(COUNTS);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_proof_tells_which_aggregates_count_on_the_size_of_their_groups() {
    let sql = "-- k: 5\nSELECT count(*) AS n, sum(\"Income\") AS i, sum(\"Weight\") AS w, avg(\"Bonus\") AS b FROM t \
               GROUP BY \"Disease\"";
    let (rules, proof) = judged(sql);
    assert_eq!(rules, []);
    assert_eq!(proof.lowered_aggregates, [1, 3]);
    let levels: Vec<Vec<(&str, Level)>> = proof
        .outputs
        .iter()
        .map(|output| {
            let sources = output.sources.iter().filter(|source| !source.implicit);
            sources
                .map(|source| (source.column.as_str(), source.level))
                .collect()
        })
        .collect();
    assert_eq!(
        levels,
        [
            vec![],
            vec![("Income", Level::Coarse)],
            vec![("Weight", Level::Whole)],
            vec![("Bonus", Level::Coarse)],
        ]
    );
}
