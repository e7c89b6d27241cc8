//! `-- k: 5` under GROUP BY: against a count over the rows of each group.

use std::collections::BTreeMap;

use proptest::prelude::*;
use veilpoint::release::Options;
use veilpoint::request::Format;

use super::people::{Row, Subject, any_row, any_subject, cell, engine, subjects, text};

type Group<'a> = Vec<(usize, &'a Row)>;

/// Groups in order → lines of the release.
type Lines = fn(&[(Option<String>, Group<'_>)]) -> Vec<String>;

/// A statement, and what it makes of the groups that are left.
struct Statement {
    select: &'static str,
    /// Which rows are grouped.
    where_: fn(usize, &Row) -> bool,
    /// The group of a row, in the order of the statement.
    by: fn(&Row) -> Option<String>,
    /// Whether the sum of ages is shown, which one age among NULLs would be.
    sums: bool,
    /// The lines, from the groups in order.
    lines: Lines,
}

fn every(_: usize, _: &Row) -> bool {
    true
}

fn zip(row: &Row) -> Option<String> {
    row.zip.clone()
}

/// The sum of the ages, empty where there is none.
fn sum(group: &Group<'_>) -> String {
    let ages: Vec<i32> = group.iter().filter_map(|(_, row)| row.age).collect();
    match ages.as_slice() {
        [] => String::new(),
        ages => ages.iter().sum::<i32>().to_string(),
    }
}

const STATEMENTS: [Statement; 8] = [
    Statement {
        select: "SELECT zip, count(*) AS n FROM t GROUP BY zip ORDER BY zip NULLS FIRST",
        where_: every,
        by: zip,
        sums: false,
        lines: |groups| {
            let line = |(zip, rows): &(Option<String>, Group<'_>)| {
                format!("{},{}", cell(zip.as_deref()), rows.len())
            };
            groups.iter().map(line).collect()
        },
    },
    Statement {
        select: "SELECT zip, sum(age) AS a FROM t GROUP BY zip ORDER BY zip NULLS FIRST",
        where_: every,
        by: zip,
        sums: true,
        lines: |groups| {
            let line = |(zip, rows): &(Option<String>, Group<'_>)| {
                format!("{},{}", cell(zip.as_deref()), sum(rows))
            };
            groups.iter().map(line).collect()
        },
    },
    Statement {
        select: "SELECT z, a, n FROM (SELECT x.zip AS z, sum(x.years) AS a, count(*) AS n FROM \
                 (SELECT zip, age AS years, number FROM t WHERE number % 4 <> 0) AS x GROUP BY x.zip) AS y \
                 WHERE n > 2 ORDER BY z NULLS FIRST",
        where_: |number, _| number % 4 != 0,
        by: zip,
        sums: true,
        lines: |groups| {
            let line = |(zip, rows): &(Option<String>, Group<'_>)| {
                format!("{},{},{}", cell(zip.as_deref()), sum(rows), rows.len())
            };
            let large = groups.iter().filter(|(_, rows)| rows.len() > 2);
            large.map(line).collect()
        },
    },
    Statement {
        select: "SELECT zip, row_number() OVER (ORDER BY zip NULLS FIRST) AS place FROM t GROUP BY zip \
                 HAVING count(*) > 1 ORDER BY place",
        where_: every,
        by: zip,
        sums: false,
        lines: |groups| {
            let large = groups.iter().filter(|(_, rows)| rows.len() > 1);
            let line = |((zip, _), place): (&(Option<String>, Group<'_>), usize)| {
                format!("{},{place}", cell(zip.as_deref()))
            };
            large.zip(1..).map(line).collect()
        },
    },
    Statement {
        select: "SELECT zip, count(*) AS n FROM t GROUP BY zip ORDER BY zip NULLS FIRST LIMIT 1",
        where_: every,
        by: zip,
        sums: false,
        lines: |groups| {
            let first = groups.iter().take(1);
            first
                .map(|(zip, rows)| format!("{},{}", cell(zip.as_deref()), rows.len()))
                .collect()
        },
    },
    Statement {
        select: "SELECT count(*) AS n, sum(age) AS a FROM t",
        where_: every,
        by: |_| None,
        sums: true,
        lines: |groups| {
            let line =
                |(_, rows): &(Option<String>, Group<'_>)| format!("{},{}", rows.len(), sum(rows));
            groups.iter().map(line).collect()
        },
    },
    Statement {
        select: "SELECT 'group' AS what FROM t GROUP BY generalize(age, 10)",
        where_: every,
        by: |row| row.age.map(|age| (age / 10 * 10).to_string()),
        sums: false,
        lines: |groups| groups.iter().map(|_| "group".to_owned()).collect(),
    },
    Statement {
        select: "SELECT zip, count(DISTINCT token(ssn)) AS n FROM (SELECT x.zip, x.ssn FROM (SELECT zip, ssn, number FROM t \
                 ORDER BY number LIMIT 25) AS x) AS y GROUP BY zip ORDER BY zip NULLS FIRST",
        where_: |number, _| number < 25,
        by: zip,
        sums: false,
        lines: |groups| {
            let line = |(zip, rows): &(Option<String>, Group<'_>)| {
                let n = subjects(rows.iter().copied(), Subject::Ssn);
                format!("{},{n}", cell(zip.as_deref()))
            };
            groups.iter().map(line).collect()
        },
    },
];

/// The lines of the release, and how many groups are suppressed.
fn expected(statement: &Statement, rows: &[Row], subject: Subject, k: usize) -> (Vec<String>, u64) {
    let mut groups: BTreeMap<Option<String>, Group<'_>> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        if (statement.where_)(number, row) {
            groups
                .entry((statement.by)(row))
                .or_default()
                .push((number, row));
        }
    }
    let all = groups.len();
    let enough = |rows: &Group<'_>| {
        let known: Group<'_> = rows
            .iter()
            .copied()
            .filter(|(_, row)| row.age.is_some())
            .collect();
        let sum = !statement.sums || known.is_empty() || subjects(known, subject) >= k;
        sum && subjects(rows.iter().copied(), subject) >= k
    };
    let left: Vec<_> = groups
        .into_iter()
        .filter(|(_, rows)| enough(rows))
        .collect();
    ((statement.lines)(&left), (all - left.len()) as u64)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn groups_that_leave_are_those_that_a_naive_count_leaves(
        rows in prop::collection::vec(any_row(), 1..40),
        subject in any_subject(),
        k in 2_usize..5,
    ) {
        for statement in &STATEMENTS {
            let (lines, suppressed) = expected(statement, &rows, subject, k);
            let head = format!("-- order: kept\n-- k: {k}");
            let engine = engine(subject, &head, &["zip", "age", "ssn"], statement.select);
            let (bytes, summary) =
                engine.release(text(&rows).as_bytes(), Format::Csv, 2, usize::MAX).unwrap();
            let found = String::from_utf8(bytes).unwrap();
            let found: Vec<&str> = found.lines().skip(1).collect();
            prop_assert_eq!(found, lines, "{}", statement.select);
            prop_assert_eq!(summary.rows_suppressed, suppressed, "{}", statement.select);
        }
    }
}

#[test]
fn no_rows_are_no_group_of_enough() {
    let select = "SELECT count(*) AS n FROM t WHERE number > 5";
    let engine = engine(Subject::Ssn, "-- order: kept\n-- k: 2", &[], select);
    let text = "number,ssn,name,age,zip,score\n1,a,b,,,\n";
    let (bytes, summary) = engine
        .release(text.as_bytes(), Format::Csv, 1, 100)
        .unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), "n\n");
    assert_eq!(summary.rows_suppressed, 1);
}

#[test]
fn what_each_group_holds_of_subjects_is_spilled_where_memory_is_short() {
    let rows: Vec<Row> = (0..100_000)
        .map(|number| Row {
            ssn: Some(format!("S{}", number / 2 % 9000)),
            name: None,
            age: Some(number % 40_000),
            zip: None,
            score: None,
        })
        .collect();
    let text = text(&rows);
    let select = "SELECT age, count(*) AS n FROM t GROUP BY age";
    let engine = engine(Subject::Ssn, "-- k: 3", &["age"], select);
    let mut groups: BTreeMap<i32, Group<'_>> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        groups
            .entry(row.age.unwrap())
            .or_default()
            .push((number, row));
    }
    let all = groups.len();
    groups.retain(|_, rows| subjects(rows.iter().copied(), Subject::Ssn) >= 3);
    let mut expected: Vec<String> = groups
        .iter()
        .map(|(age, rows)| format!("{age},{}", rows.len()))
        .collect();
    expected.sort();
    for (threads, memory_limit) in [(1, 512 << 20), (3, 8 << 20)] {
        let options = Options {
            threads,
            memory_limit,
            ..Options::default()
        };
        let (bytes, summary) = engine
            .release_with(text.as_bytes(), Format::Csv, &options, 65_536)
            .unwrap();
        let bytes = String::from_utf8(bytes).unwrap();
        let mut found: Vec<&str> = bytes.lines().skip(1).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{memory_limit}");
        assert_eq!(summary.rows_suppressed, (all - expected.len()) as u64);
    }
}
