//! How much of which column reaches each output column, and the places that refusals name.

use veilpoint::functions::Level;

use super::{parse, strict};

/// A projection's proof as text: `output: column level, …`, one output after the other.
fn proof(sql: &str) -> String {
    let projection = parse(&strict(), sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let outputs: Vec<String> = projection
        .proof
        .outputs
        .iter()
        .map(|output| {
            let levels: Vec<String> = output
                .sources
                .iter()
                .map(|source| format!("{} {}", source.column, word(source.level)))
                .collect();
            format!("{}: {}", output.name, levels.join(", "))
        })
        .collect();
    outputs.join("; ")
}

fn word(level: Level) -> &'static str {
    match level {
        Level::None => "none",
        Level::Keyed => "keyed",
        Level::Coarse => "coarse",
        Level::Part => "part",
        Level::Whole => "whole",
    }
}

#[test]
fn each_output_column_has_the_levels_of_what_reaches_it() {
    let rows = [
        (
            "SELECT redact(\"SSN\") AS a, as_of() AS b, 1 AS c FROM t",
            "a: ; b: ; c: ",
        ),
        ("SELECT token(\"SSN\") AS a FROM t", "a: SSN keyed"),
        (
            "SELECT token(concat(\"Name\", ' ', \"SSN\")) AS a FROM t",
            "a: Name keyed, SSN keyed",
        ),
        (
            "SELECT pseudonym(\"Name\", \"Disease\") AS a FROM t",
            "a: Name keyed, Disease whole",
        ),
        (
            "SELECT age(\"Birthdate\") AS a FROM t",
            "a: Birthdate coarse",
        ),
        (
            "SELECT age(\"Birthdate\", \"Visit\") AS a FROM t",
            "a: Birthdate coarse, Visit coarse",
        ),
        ("SELECT keep_prefix(\"Zip\", 2) AS a FROM t", "a: Zip part"),
        (
            "SELECT upper(keep_prefix(\"Zip\", 2)) AS a FROM t",
            "a: Zip part",
        ),
        (
            "SELECT \"Disease\" || keep_prefix(\"Zip\", 2) AS a FROM t",
            "a: Zip part, Disease whole",
        ),
        ("SELECT \"SSN\" IS NULL AS a FROM t", "a: "),
        (
            "SELECT count(\"SSN\") AS a, count(DISTINCT token(\"SSN\")) AS b FROM t",
            "a: ; b: ",
        ),
        (
            "SELECT \"Weight\" AS a FROM t WHERE age(\"Birthdate\") > 18",
            "a: Birthdate coarse, Weight whole",
        ),
        ("SELECT 1 AS a FROM t WHERE \"Smoking\"", "a: Smoking whole"),
        (
            "SELECT CASE WHEN \"Smoking\" THEN 1 END AS a FROM t",
            "a: Smoking whole",
        ),
        (
            "SELECT count(*) AS a FROM t GROUP BY token(\"SSN\")",
            "a: SSN keyed",
        ),
        (
            "SELECT \"Weight\" AS a FROM t ORDER BY \"Disease\"",
            "a: Disease whole, Weight whole",
        ),
        ("SELECT \"Weight\" AS a FROM t LIMIT 1", "a: Weight whole"),
        (
            "SELECT DISTINCT \"Weight\" AS a, 1 AS b FROM t",
            "a: Weight whole; b: Weight whole",
        ),
        (
            "SELECT count(*) FILTER (WHERE \"Smoking\") AS a, 1 AS b FROM t",
            "a: Smoking whole; b: ",
        ),
        (
            "SELECT rank() OVER (PARTITION BY token(\"SSN\") ORDER BY \"Visit\") AS a FROM t",
            "a: SSN keyed, Visit whole",
        ),
        (
            "SELECT \"Disease\" AS a FROM t QUALIFY row_number() OVER (ORDER BY \"Visit\") = 1",
            "a: Disease whole, Visit whole",
        ),
        (
            "SELECT a FROM (SELECT \"Weight\" AS a, \"SSN\" AS b FROM t) AS s",
            "a: Weight whole",
        ),
        (
            "SELECT count(*) AS a FROM t GROUP BY \"Smoking\" HAVING max(\"Weight\") > 70",
            "a: Weight whole, Smoking whole",
        ),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .map(|(sql, expected)| (sql, proof(sql), expected))
        .filter(|(_, found, expected)| found != *expected)
        .map(|(sql, found, expected)| format!("{sql}\n  proves   {found}\n  expected {expected}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_refusal_names_line_and_column_and_path_and_what_would_do() {
    let rows = [
        (
            "SELECT \"Weight\",\n  upper(\"SSN\") AS x FROM t",
            "sql/t/p.sql:2:9: the direct identifier \"SSN\" leaves whole (\"SSN\" → upper → output column \"x\"): it \
             never leaves so; token, pseudonym or redact over the bare column would do",
        ),
        (
            "SELECT x FROM (\n SELECT md5(\"SSN\") AS x FROM t) AS s",
            "sql/t/p.sql:2:13: the direct identifier \"SSN\" leaves whole (\"SSN\" → md5 → output column \"x\"): it \
             never leaves so; token, pseudonym or redact over the bare column would do",
        ),
        (
            "SELECT \"Birthdate\" FROM t",
            "sql/t/p.sql:1:8: the quasi-identifier \"Birthdate\" leaves whole (\"Birthdate\" → output column \
             \"Birthdate\"): age, age_band or generalize_date over the bare column would do, or admit it in the head: \
             -- reveals: \"Birthdate\"",
        ),
        (
            "SELECT \"Weight\" FROM t\nWHERE \"Income\" > 5",
            "sql/t/p.sql:2:7: the quasi-identifier \"Income\" stands whole in a predicate (\"Income\" → >): generalize \
             it (generalize over the bare column), or admit it in the head: -- reveals: \"Income\"",
        ),
        (
            "-- reveals: \"Gender\"\nSELECT \"Weight\" FROM t",
            "sql/t/p.sql:1:1: reveals: \"Gender\" is not needed: take it out of the head",
        ),
    ];
    let wrong: Vec<String> = rows
        .iter()
        .map(|(sql, expected)| {
            (
                parse(&strict(), sql).unwrap_err().message().to_owned(),
                expected,
            )
        })
        .filter(|(found, expected)| found != *expected)
        .map(|(found, expected)| format!("says     {found}\n  expected {expected}"))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_refusal_of_a_text_is_said_once_and_in_the_order_of_the_text() {
    let sql = "SELECT \"SSN\",\n \"Name\",\n \"Weight\",\n \"Birthdate\" FROM t";
    let error = parse(&strict(), sql).unwrap_err();
    let places: Vec<&str> = error
        .message()
        .lines()
        .map(|line| &line[.."sql/t/p.sql:1:".len()])
        .collect();
    assert_eq!(
        places,
        ["sql/t/p.sql:1:", "sql/t/p.sql:2:", "sql/t/p.sql:4:"]
    );
}
