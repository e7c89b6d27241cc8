//! Joins that have no place in a projection, and those that would let a protected column out.

use veilpoint::error::Kind;

use super::parse;

/// What is tried, what stands behind FROM, and what the refusal says, in part.
type Row = (&'static str, &'static str, &'static str);

const KIND: &str = "has no place in a projection";
const ON: &str = "one equality and nothing else";
const TYPES: &str = "two types";

/// Refused whatever the classes are.
const FORMS: &[Row] = &[
    ("RIGHT", "t RIGHT JOIN icd ON code = \"Code\"", KIND),
    ("FULL", "t FULL JOIN icd ON code = \"Code\"", KIND),
    ("CROSS", "t CROSS JOIN icd", KIND),
    ("NATURAL", "t NATURAL JOIN days", KIND),
    ("SEMI", "t LEFT SEMI JOIN icd ON code = \"Code\"", KIND),
    ("ANTI", "t LEFT ANTI JOIN icd ON code = \"Code\"", KIND),
    ("a comma", "t, icd WHERE code = \"Code\"", KIND),
    ("a table alone", "icd", ""),
    ("a table first", "icd JOIN t ON code = \"Code\"", ""),
    (
        "the dataset itself",
        "t JOIN t AS u ON t.\"Ward\" = u.\"Ward\"",
        KIND,
    ),
    (
        "a subquery",
        "t JOIN (SELECT code FROM icd) AS i ON code = \"Code\"",
        "",
    ),
    ("a table in a subquery", "(SELECT code FROM icd) AS i", ""),
    (
        "a CTE of a table",
        "t JOIN (WITH i AS (SELECT * FROM icd) SELECT * FROM i) i ON true",
        "",
    ),
    (
        "parentheses",
        "t JOIN (icd JOIN days ON true) ON code = \"Code\"",
        KIND,
    ),
    (
        "an unknown table",
        "t JOIN icd10 ON code = \"Code\"",
        "no reference table",
    ),
    (
        "another case",
        "t JOIN \"ICD\" ON code = \"Code\"",
        "no reference table",
    ),
    (
        "a schema before it",
        "t JOIN sql.icd ON code = \"Code\"",
        "",
    ),
    (
        "TABLESAMPLE",
        "t JOIN icd TABLESAMPLE (10) ON code = \"Code\"",
        KIND,
    ),
    (
        "names for its columns",
        "t JOIN icd AS i(a, b) ON i.a = \"Code\"",
        "",
    ),
    ("no ON", "t JOIN icd", ""),
    ("ON true", "t LEFT JOIN icd ON true", ON),
    (
        "another column of it",
        "t JOIN wards ON name = \"Code\"",
        ON,
    ),
    ("the key with itself", "t JOIN icd ON code = code", ON),
    ("a constant", "t JOIN icd ON code = 'A00'", ON),
    ("less than", "t JOIN wards ON ward < \"Ward\"", ON),
    (
        "not distinct",
        "t JOIN icd ON code IS NOT DISTINCT FROM \"Code\"",
        ON,
    ),
    (
        "two equalities",
        "t JOIN wards ON ward = \"Ward\" AND beds = \"Days\"",
        ON,
    ),
    (
        "a second condition",
        "t LEFT JOIN wards ON ward = \"Ward\" AND beds > 5",
        ON,
    ),
    ("OR", "t JOIN wards ON ward = \"Ward\" OR beds = 5", ON),
    (
        "an expression of the key",
        "t JOIN icd ON upper(code) = \"Code\"",
        ON,
    ),
    (
        "a cast of the key",
        "t JOIN wards ON CAST(ward AS BIGINT) = \"Ward\"",
        ON,
    ),
    (
        "both tables' columns",
        "t JOIN wards ON ward = \"Ward\" + beds",
        ON,
    ),
    ("text and number", "t JOIN icd ON code = \"Ward\"", TYPES),
    ("number and text", "t JOIN wards ON ward = \"Code\"", TYPES),
    ("a fraction", "t JOIN wards ON ward = \"Days\" * 1.5", TYPES),
    (
        "a date",
        "t JOIN days ON days.\"Days\" = CAST(\"Code\" AS DATE)",
        TYPES,
    ),
];

/// Refused for the sake of a column's class: what is selected, what stands behind FROM, what the refusal names.
const CLASSES: &[(&str, &str, &str)] = &[
    (
        "a direct identifier by its table",
        "SELECT chapter FROM t LEFT JOIN icd ON code = \"Id\"",
        "\"Id\"",
    ),
    (
        "by the table's key",
        "SELECT code FROM t LEFT JOIN icd ON code = \"Id\"",
        "\"Id\"",
    ),
    (
        "by the rows that are there",
        "SELECT \"Ward\" FROM t JOIN icd ON code = \"Id\"",
        "\"Id\"",
    ),
    (
        "by a count",
        "SELECT count(chapter) AS n FROM t LEFT JOIN icd ON code = \"Id\"",
        "\"Id\"",
    ),
    (
        "whether it is there",
        "SELECT chapter IS NULL AS x FROM t LEFT JOIN icd ON code = \"Id\"",
        "\"Id\"",
    ),
    (
        "in a predicate",
        "SELECT \"Ward\" FROM t LEFT JOIN icd ON code = \"Id\" WHERE chapter = 'Blood'",
        "\"Id\"",
    ),
    (
        "in an order",
        "SELECT \"Ward\" FROM t LEFT JOIN icd ON code = \"Id\" ORDER BY chapter LIMIT 1",
        "\"Id\"",
    ),
    (
        "through two tables",
        "SELECT head FROM t LEFT JOIN icd ON code = \"Id\" LEFT JOIN regions r ON r.region = chapter",
        "\"Id\"",
    ),
    (
        "renamed in a subquery",
        "SELECT chapter FROM (SELECT \"Id\" AS x FROM t) s LEFT JOIN icd ON code = x",
        "\"Id\"",
    ),
    (
        "a quasi-identifier whole",
        "SELECT chapter FROM t LEFT JOIN icd ON code = \"Zip\"",
        "\"Zip\"",
    ),
    (
        "its rows",
        "SELECT \"Ward\" FROM t JOIN icd ON code = \"Zip\"",
        "\"Zip\"",
    ),
    (
        "a prefix of a prefix keeps it",
        "SELECT chapter FROM t LEFT JOIN icd ON code = left(\"Zip\", 1)",
        "\"Zip\"",
    ),
    (
        "a looked-up key in a token",
        "SELECT token(code) AS x FROM t LEFT JOIN icd ON code = \"Code\"",
        "token",
    ),
    (
        "a token as the key",
        "SELECT chapter FROM t LEFT JOIN icd ON code = token(\"Id\")",
        "opaque",
    ),
    (
        "a looked-up column is no bare one",
        "SELECT keep_prefix(code, 1) AS x FROM t LEFT JOIN icd ON code = \"Zip\"",
        "\"Zip\"",
    ),
    (
        "a prefix here and the rest there",
        "SELECT chapter, keep_prefix(\"Zip\", 1) AS z FROM t LEFT JOIN icd ON code = keep_prefix(\"Zip\", 2)",
        "\"Zip\"",
    ),
    (
        "* of a table",
        "SELECT icd.* FROM t LEFT JOIN icd ON code = \"Code\"",
        "*",
    ),
];

fn complaint(name: &str, sql: &str, says: &str) -> Option<String> {
    match parse(sql) {
        Ok(_) => Some(format!("{name}: is accepted")),
        Err(error) if error.kind() != Kind::Projection => {
            Some(format!("{name}: is refused otherwise: {error}"))
        }
        Err(error) if !error.message().contains(says) => Some(format!(
            "{name}: is refused, but not since {says:?}: {error}"
        )),
        Err(error) => {
            let mut lines = error.message().lines();
            let nowhere = lines.find(|line| !line.starts_with("sql/t/p.sql:"));
            nowhere.map(|line| format!("{name}: does not name the file: {line}"))
        }
    }
}

#[test]
fn what_is_no_look_up_by_the_key_is_refused() {
    let complaints = FORMS.iter().filter_map(|(name, from, says)| {
        complaint(name, &format!("SELECT 1 AS x FROM {from}"), says)
    });
    let wrong: Vec<String> = complaints.collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_protected_column_does_not_leave_by_way_of_a_table() {
    let rows = CLASSES.iter();
    let wrong: Vec<String> = rows
        .filter_map(|(name, sql, says)| complaint(name, sql, says))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Without tables the same joins are none.
#[test]
fn a_contract_without_tables_has_none_to_join() {
    use veilpoint::dataset::contract::Contract;
    use veilpoint::dataset::projection::Projection;
    let contract = Contract::parse("t", "schema.sql", super::SCHEMA).unwrap();
    let sql = "SELECT chapter FROM t LEFT JOIN icd ON code = \"Code\"";
    let error = Projection::parse(&contract, "t/p", "sql/t/p.sql", sql).unwrap_err();
    assert!(error.message().contains("no reference table"), "{error}");
}
