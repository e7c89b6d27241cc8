//! What a refusal says to people. Which rule it is and where, for each of many texts, is in the table of the proof.

use super::{parse, strict};

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
        .filter(|(found, expected)| {
            let rule = found.strip_prefix(*expected);
            !rule.is_some_and(|rule| rule.starts_with(" [") && rule.ends_with(']'))
        })
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
