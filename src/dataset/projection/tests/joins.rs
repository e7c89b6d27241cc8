//! Joins with reference tables: `regions` by the text `code`, and `lists` by the number `number`.

use super::{judged, wrong};
use crate::dataset::rule::Rule;
use crate::functions::Level;

const FREE: &[Rule] = &[];
const QUASI: &[Rule] = &[Rule::QuasiIdentifier];
const DIRECT: &[Rule] = &[Rule::DirectIdentifier];
const JOIN: &[Rule] = &[Rule::ReferenceJoin];

type Row = (&'static str, &'static [Rule]);

const ROWS: &[Row] = &[
    (
        "SELECT region FROM t LEFT JOIN regions ON \"Disease\" = code",
        FREE,
    ),
    (
        "SELECT r.region FROM t JOIN regions AS r ON r.code = upper(\"Disease\")",
        FREE,
    ),
    (
        "SELECT \"Weight\" FROM t LEFT JOIN regions ON \"Zip\" = code",
        FREE,
    ),
    (
        "SELECT region FROM t LEFT JOIN regions ON \"Zip\" = code",
        QUASI,
    ),
    (
        "SELECT code FROM t LEFT JOIN regions ON \"Zip\" = code",
        QUASI,
    ),
    (
        "SELECT \"Weight\" FROM t JOIN regions ON \"Zip\" = code",
        QUASI,
    ),
    (
        "-- reveals: \"Zip\"\nSELECT \"Zip\", region FROM t LEFT JOIN regions ON \"Zip\" = code",
        FREE,
    ),
    (
        "SELECT region FROM t LEFT JOIN regions ON keep_prefix(\"Zip\", 2) = code",
        FREE,
    ),
    (
        "SELECT region, keep_prefix(\"Zip\", 1) AS z FROM t LEFT JOIN regions ON keep_prefix(\"Zip\", 2) = code",
        &[Rule::OneExpression],
    ),
    (
        "SELECT region FROM t LEFT JOIN regions ON \"SSN\" = code",
        DIRECT,
    ),
    (
        "SELECT \"Weight\" FROM t JOIN regions ON \"SSN\" = code",
        DIRECT,
    ),
    (
        "SELECT label FROM t LEFT JOIN lists ON \"Weight\" = number",
        FREE,
    ),
    (
        "SELECT region, label FROM t LEFT JOIN regions ON \"Disease\" = code JOIN lists ON number = \"Weight\"",
        FREE,
    ),
    (
        "SELECT s.region FROM t LEFT JOIN regions r ON \"Disease\" = r.code LEFT JOIN regions s ON r.region = s.code",
        FREE,
    ),
    (
        "SELECT token(region) AS x FROM t LEFT JOIN regions ON \"Disease\" = code",
        &[Rule::KeyedArgument],
    ),
    (
        "SELECT \"Weight\" FROM t LEFT JOIN regions ON token(\"SSN\") = code",
        &[Rule::Opaque],
    ),
    (
        "SELECT \"Weight\" FROM t JOIN regions ON pseudonym(\"SSN\") = code",
        &[Rule::Opaque],
    ),
    // What is no look-up of one key.
    (
        "SELECT region FROM t FULL JOIN regions ON \"Disease\" = code",
        JOIN,
    ),
    (
        "SELECT region FROM t RIGHT JOIN regions ON \"Disease\" = code",
        JOIN,
    ),
    ("SELECT region FROM t CROSS JOIN regions", JOIN),
    ("SELECT region FROM t NATURAL JOIN regions", JOIN),
    (
        "SELECT \"Weight\" FROM t LEFT SEMI JOIN regions ON \"Disease\" = code",
        JOIN,
    ),
    (
        "SELECT region FROM t LEFT JOIN regions ON \"Disease\" = region",
        JOIN,
    ),
    (
        "SELECT region FROM t LEFT JOIN regions ON \"Disease\" = code AND \"Zip\" = region",
        JOIN,
    ),
    (
        "SELECT region FROM t LEFT JOIN regions ON \"Disease\" = code OR \"Zip\" = region",
        JOIN,
    ),
    (
        "SELECT region FROM t JOIN regions ON \"Disease\" > code",
        JOIN,
    ),
    (
        "SELECT region FROM t JOIN regions ON \"Disease\" IS NOT DISTINCT FROM code",
        JOIN,
    ),
    (
        "SELECT region FROM t LEFT JOIN regions ON code = '8001'",
        JOIN,
    ),
    (
        "SELECT region FROM t LEFT JOIN regions ON code = code",
        JOIN,
    ),
    ("SELECT region FROM t LEFT JOIN regions ON true", JOIN),
    (
        "SELECT region FROM t LEFT JOIN regions ON \"Weight\" = code",
        JOIN,
    ),
    (
        "SELECT label FROM t LEFT JOIN lists ON \"Disease\" = number",
        JOIN,
    ),
    (
        "SELECT region FROM t LEFT JOIN (SELECT code, region FROM regions) AS r ON \"Disease\" = code",
        JOIN,
    ),
    (
        "SELECT t.*, region FROM t LEFT JOIN regions ON \"Disease\" = code",
        FREE,
    ),
    (
        "SELECT * FROM t LEFT JOIN regions ON \"Disease\" = code",
        &[Rule::Statement],
    ),
    ("SELECT region FROM t, regions", &[Rule::Statement]),
    ("SELECT region FROM regions", &[Rule::Table]),
    (
        "SELECT region FROM regions JOIN t ON \"Disease\" = code",
        &[Rule::Table, Rule::ReferenceJoin],
    ),
    (
        "WITH regions AS (SELECT \"SSN\" AS code FROM t) SELECT code FROM regions",
        &[Rule::Table],
    ),
    (
        "SELECT u.\"Weight\" FROM t JOIN t AS u ON t.\"Disease\" = u.\"Disease\"",
        JOIN,
    ),
];

#[test]
fn a_join_is_a_look_up_of_one_key_and_tells_what_the_key_tells() {
    let wrong = wrong(ROWS);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_inner_join_tells_of_its_key_by_the_rows_that_are_there() {
    let sources = |kind: &str| {
        let sql = format!("SELECT \"Weight\" FROM t {kind} JOIN regions ON \"Disease\" = code");
        let (rules, proof) = judged(&sql);
        assert_eq!(rules, []);
        let sources = proof.outputs.into_iter().flat_map(|output| output.sources);
        sources
            .map(|source| (source.column, source.level, source.implicit))
            .collect::<Vec<_>>()
    };
    let weight = ("Weight".to_owned(), Level::Whole, false);
    assert_eq!(sources("LEFT"), std::slice::from_ref(&weight));
    assert_eq!(
        sources("INNER"),
        [("Disease".to_owned(), Level::Whole, true), weight]
    );
}
