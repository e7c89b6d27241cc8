//! Attack 15 of PRIVACY.md: small groups made to look large, or read from beside. Each is refused, or shows nothing.

use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;
use veilpoint::request::Format;

use super::people::{Row, Subject, contract, engine, subjects, text};

fn row(ssn: Option<&str>, age: Option<i32>, zip: &str) -> Row {
    Row {
        ssn: ssn.map(str::to_owned),
        name: None,
        age,
        zip: Some(zip.to_owned()),
        score: None,
    }
}

/// What leaves of the rows, without the header.
fn lines(head: &str, select: &str, rows: &[Row]) -> Vec<String> {
    let head = format!("-- order: kept\n{head}");
    let engine = engine(Subject::Ssn, &head, &["zip", "age", "ssn"], select);
    let released = engine.release(text(rows).as_bytes(), Format::Csv, 2, usize::MAX);
    let bytes = String::from_utf8(released.unwrap().0).unwrap();
    bytes.lines().skip(1).map(str::to_owned).collect()
}

/// Three persons of one age each in `8000`, and one of nine rows in `8001`.
fn crowd() -> Vec<Row> {
    let mut rows: Vec<Row> = (0..9)
        .map(|_| row(Some("loner"), Some(61), "8001"))
        .collect();
    for (person, age) in [("a", 30), ("b", 34), ("c", 36)] {
        rows.push(row(Some(person), Some(age), "8000"));
    }
    rows
}

#[test]
fn rows_that_are_repeated_or_respelt_make_no_crowd() {
    let mut rows = crowd();
    for (row, spelling) in rows
        .iter_mut()
        .zip(["LONER", " loner", "Loner\u{a0}", "loner"])
    {
        row.ssn = Some(spelling.to_owned());
    }
    let cases = [
        ("-- k: 3 over \"zip\"", "SELECT zip FROM t", vec!["8000"; 3]),
        ("-- k: 4 over \"zip\"", "SELECT zip FROM t", vec![]),
        (
            "-- k: 3",
            "SELECT zip, count(*) AS n FROM t GROUP BY zip",
            vec!["8000,3"],
        ),
        (
            "-- k: 4",
            "SELECT zip, count(*) AS n FROM t GROUP BY zip",
            vec![],
        ),
    ];
    for (head, select, expected) in cases {
        assert_eq!(lines(head, select, &rows), expected, "{head} {select}");
    }
}

#[test]
fn rows_of_nobody_make_no_crowd() {
    let mut rows = crowd();
    for row in rows.iter_mut().take(9) {
        row.ssn = None;
    }
    rows.push(row(Some("d"), Some(61), "8001"));
    let select = "SELECT zip, count(*) AS n FROM t GROUP BY zip";
    assert_eq!(lines("-- k: 2", select, &rows), ["8000,3"]);
    assert_eq!(
        lines("-- k: 2 over \"zip\"", "SELECT zip FROM t", &rows),
        ["8000"; 3]
    );
}

#[test]
fn a_value_is_not_hidden_among_nulls() {
    let mut rows = crowd();
    for row in rows.iter_mut().rev().take(2) {
        row.age = None;
    }
    for aggregate in [
        "sum(age)",
        "avg(age)",
        "median(age)",
        "sum(CAST(age AS BIGINT))",
    ] {
        let select = format!("SELECT zip, {aggregate} AS a FROM t GROUP BY zip");
        assert_eq!(lines("-- k: 3", &select, &rows), [""; 0], "{aggregate}");
    }
    // Nor behind a row of nobody, that has the only value.
    let mut rows = crowd();
    for row in rows.iter_mut().skip(9) {
        row.age = None;
    }
    rows.push(row(None, Some(99), "8000"));
    let select = "SELECT zip, sum(age) AS a FROM t GROUP BY zip";
    assert_eq!(lines("-- k: 3", select, &rows), [""; 0]);
    // Where all are NULL, nothing is shown of anybody.
    rows.pop();
    assert_eq!(lines("-- k: 3", select, &rows), ["8000,"]);
}

#[test]
fn what_is_above_a_group_has_not_seen_the_small_ones() {
    let rows = crowd();
    let cases = [
        // The small group would come first, and count in the window and in the limit.
        (
            "SELECT zip FROM t GROUP BY zip ORDER BY zip DESC LIMIT 1",
            vec!["8000"],
        ),
        (
            "SELECT zip, row_number() OVER (ORDER BY zip DESC) AS place FROM t GROUP BY zip",
            vec!["8000,1"],
        ),
        (
            "SELECT zip, lag(zip) OVER (ORDER BY zip DESC) AS before FROM t GROUP BY zip",
            vec!["8000,"],
        ),
        (
            "SELECT n, sum(n) OVER () AS all_of_them FROM (SELECT zip, count(*) AS n FROM t GROUP BY zip)",
            vec!["3,3"],
        ),
        ("SELECT zip FROM t GROUP BY zip HAVING count(*) > 3", vec![]),
        ("SELECT zip FROM t GROUP BY zip HAVING zip = '8001'", vec![]),
        (
            "SELECT zip FROM t GROUP BY zip ORDER BY zip OFFSET 1",
            vec![],
        ),
    ];
    let mut wrong = Vec::new();
    for (select, expected) in cases {
        let found = lines("-- k: 2", select, &rows);
        if found != expected {
            wrong.push(format!("{select}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn chosen_rows_are_counted_as_chosen() {
    let rows = crowd();
    let cases = [
        (
            "-- k: 3 over \"zip\"",
            "SELECT zip FROM t WHERE number <> 9",
            0,
        ),
        (
            "-- k: 2 over \"zip\"",
            "SELECT zip FROM t WHERE number <> 9",
            2,
        ),
        (
            "-- k: 3 over \"zip\"",
            "SELECT zip FROM t ORDER BY number DESC LIMIT 2",
            0,
        ),
        (
            "-- k: 3",
            "SELECT zip, count(*) AS n FROM t WHERE number <> 9 GROUP BY zip",
            0,
        ),
        (
            "-- k: 3",
            "SELECT zip, count(*) AS n FROM (SELECT zip FROM t ORDER BY number DESC LIMIT 2) GROUP BY zip",
            0,
        ),
    ];
    let mut wrong = Vec::new();
    for (head, select, expected) in cases {
        let found = lines(head, select, &rows).len();
        if found != expected {
            wrong.push(format!("{head} {select}: {found} rows"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_name_of_a_projection_takes_the_place_of_the_subject() {
    let rows = crowd();
    for name in [
        "subject",
        "subject'",
        "number of subjects 0",
        "g0",
        "groups of enough subjects",
    ] {
        let rename = format!(
            "SELECT zip FROM (SELECT zip, number AS \"{name}\" FROM t) AS \"x\" ORDER BY \"{name}\""
        );
        assert_eq!(
            lines("-- k: 2 over \"zip\"", &rename, &rows),
            ["8000"; 3],
            "{name}"
        );
        let group = format!(
            "SELECT zip AS \"{name}\" FROM (SELECT zip, number AS \"{name}\" FROM t) AS x \
             GROUP BY zip HAVING count(\"{name}\") > 0"
        );
        assert_eq!(lines("-- k: 2", &group, &rows), ["8000"], "{name}");
    }
}

#[test]
fn functions_that_count_subjects_are_no_functions_of_a_projection() {
    let contract = Contract::parse("t", "schema.sql", &contract(Subject::Ssn)).unwrap();
    for call in ["subject(ssn)", "subjects(token(ssn))", "subjects(number)"] {
        let text = format!("SELECT {call} AS x FROM t");
        let error = Projection::parse(&contract, "t/p", "p.sql", &text).unwrap_err();
        assert!(
            error.to_string().contains("not on the list"),
            "{call}: {error}"
        );
    }
}

#[test]
fn many_rows_of_few_subjects_are_told_from_many_subjects() {
    // The naive count that the other tests lean on, by hand.
    let rows = crowd();
    let all = || rows.iter().enumerate();
    assert_eq!(subjects(all(), Subject::Ssn), 4);
    assert_eq!(subjects(all().take(9), Subject::Ssn), 1);
    assert_eq!(subjects(all(), Subject::Row), 12);
}
