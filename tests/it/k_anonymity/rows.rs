//! `-- k: 5 over "Age"`: against a count over the rows as they would leave.

use std::collections::BTreeMap;

use proptest::prelude::*;
use veilpoint::release::Options;
use veilpoint::request::Format;

use super::people::{Row, Subject, any_row, any_subject, cell, engine, subjects, text};

/// A statement, and which rows of the object it leaves, in which order, if nothing is suppressed.
struct Statement {
    select: &'static str,
    rows: fn(&[Row]) -> Vec<usize>,
    /// The values that are counted over.
    over: fn(&Row) -> Vec<Option<String>>,
    names: &'static str,
    /// The line of a row, but for its number.
    line: fn(&Row) -> String,
}

fn all(rows: &[Row]) -> Vec<usize> {
    (0..rows.len()).collect()
}

/// Lower bound of the step of ten.
fn tens(row: &Row) -> Option<String> {
    row.age.map(|age| (age / 10 * 10).to_string())
}

fn zero(row: &Row) -> Option<String> {
    // Minus zero is zero.
    row.score.map(|score| (score + 0.0).to_string())
}

const STATEMENTS: [Statement; 7] = [
    Statement {
        select: "SELECT number, age AS \"Age\", zip AS \"Zip\" FROM t",
        rows: all,
        over: |row| vec![row.age.map(|age| age.to_string()), row.zip.clone()],
        names: "\"Age\", \"Zip\"",
        line: |row| {
            let age = row.age.map(|age| age.to_string()).unwrap_or_default();
            format!("{age},{}", cell(row.zip.as_deref()))
        },
    },
    Statement {
        select: "SELECT number, generalize(age, 10) AS \"Age\" FROM t WHERE number % 3 <> 1",
        rows: |rows| all(rows).into_iter().filter(|n| n % 3 != 1).collect(),
        over: |row| vec![tens(row)],
        names: "\"Age\"",
        line: |row| tens(row).unwrap_or_default(),
    },
    Statement {
        select: "SELECT number, generalize(age, 10) AS \"Age\" FROM t ORDER BY number DESC LIMIT 9",
        rows: |rows| all(rows).into_iter().rev().take(9).collect(),
        over: |row| vec![tens(row)],
        names: "\"Age\"",
        line: |row| tens(row).unwrap_or_default(),
    },
    Statement {
        select: "SELECT number, tens FROM (SELECT x.number, x.zip, generalize(x.age, 10) AS tens FROM \
                 (SELECT y.number, zip, y.age FROM (SELECT number, zip, age FROM t ORDER BY number LIMIT 20) AS y \
                 WHERE y.number > 1) AS x) AS z WHERE zip IS NOT NULL",
        rows: |rows| {
            let kept = |n: &usize| (2..20).contains(n) && rows[*n].zip.is_some();
            all(rows).into_iter().filter(kept).collect()
        },
        over: |row| vec![tens(row)],
        names: "\"tens\"",
        line: |row| tens(row).unwrap_or_default(),
    },
    Statement {
        select: "SELECT number, zip FROM (SELECT number, zip, row_number() OVER (ORDER BY number DESC) AS place FROM t) \
                 WHERE place > 2 ORDER BY number",
        rows: |rows| (0..rows.len().saturating_sub(2)).collect(),
        over: |row| vec![row.zip.clone()],
        names: "\"zip\"",
        line: |row| cell(row.zip.as_deref()),
    },
    Statement {
        select: "WITH c AS (SELECT number, score FROM t) SELECT number, score FROM c AS d",
        rows: all,
        over: |row| vec![zero(row)],
        names: "\"score\"",
        line: |row| {
            row.score
                .map(|score| format!("{score:?}"))
                .unwrap_or_default()
        },
    },
    Statement {
        select: "SELECT number, ssn IS NULL AS \"Unknown\", zip || '!' AS \"Zip\" FROM t",
        rows: all,
        over: |row| vec![row.zip.clone()],
        names: "\"Zip\"",
        line: |row| {
            let zip = row.zip.as_ref().map(|zip| format!("{zip}!"));
            format!("{},{}", row.ssn.is_none(), zip.unwrap_or_default())
        },
    },
];

/// The lines of the release, and how many rows are suppressed.
fn expected(statement: &Statement, rows: &[Row], subject: Subject, k: usize) -> (Vec<String>, u64) {
    let leave = (statement.rows)(rows);
    let mut combinations: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for &number in &leave {
        let combination = (statement.over)(&rows[number]);
        combinations.entry(combination).or_default().push(number);
    }
    let enough = |number: &usize| {
        let sharing = &combinations[&(statement.over)(&rows[*number])];
        subjects(sharing.iter().map(|&n| (n, &rows[n])), subject) >= k
    };
    let kept: Vec<usize> = leave.iter().copied().filter(enough).collect();
    let lines = kept
        .iter()
        .map(|&n| format!("{n},{}", (statement.line)(&rows[n])));
    (lines.collect(), (leave.len() - kept.len()) as u64)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_leaves_is_what_a_naive_count_leaves(
        rows in prop::collection::vec(any_row(), 1..40),
        subject in any_subject(),
        k in 2_usize..5,
        piece in prop::sample::select(&[1_usize, 100, usize::MAX][..]),
    ) {
        for statement in &STATEMENTS {
            let (lines, suppressed) = expected(statement, &rows, subject, k);
            for order in ["-- order: kept\n", ""] {
                let head = format!("{order}-- k: {k} over {}", statement.names);
                let engine = engine(subject, &head, &["zip", "age", "ssn"], statement.select);
                let release = |threads| {
                    engine.release(text(&rows).as_bytes(), Format::Csv, threads, piece).unwrap()
                };
                let (bytes, summary) = release(1);
                prop_assert!(release(7).0 == bytes);
                let mut found: Vec<String> =
                    String::from_utf8(bytes).unwrap().lines().skip(1).map(str::to_owned).collect();
                let mut expected = lines.clone();
                if order.is_empty() {
                    found.sort();
                    expected.sort();
                }
                prop_assert_eq!(found, expected, "{}", statement.select);
                prop_assert_eq!(summary.rows_suppressed, suppressed, "{}", statement.select);
                prop_assert_eq!(summary.rows_out, lines.len() as u64);
                prop_assert_eq!(summary.rows_in, rows.len() as u64);
            }
        }
    }
}

/// Rows of many blocks: persons of three rows each, whose combinations are of one to six persons.
fn many(rows: usize) -> Vec<Row> {
    (0..rows)
        .map(|number| {
            let person = number / 3;
            let class = [0, 1, 1, 2, 2, 2]
                .get(person % 21)
                .copied()
                .unwrap_or(3_usize);
            Row {
                ssn: Some(format!("S{person}")),
                name: None,
                age: i32::try_from(person / 21 * 4 + class).ok(),
                zip: (!person.is_multiple_of(5)).then(|| format!("zip {}", person % 3)),
                score: None,
            }
        })
        .collect()
}

#[test]
fn threads_pieces_and_memory_do_not_reach_the_bytes_of_either_format() {
    let rows = many(90_000);
    let text = text(&rows);
    let mut wrong = Vec::new();
    for order in ["", "-- order: kept\n"] {
        let head = format!("{order}-- k: 3 over \"age\", \"zip\"");
        let select = "SELECT number, age, zip, token(ssn) AS who FROM t";
        let engine = engine(Subject::Ssn, &head, &["zip", "age"], select);
        for format in [Format::Csv, Format::Parquet] {
            let release = |threads, piece, memory_limit| {
                let options = Options {
                    threads,
                    memory_limit,
                    ..Options::default()
                };
                engine
                    .release_with(text.as_bytes(), format, &options, piece)
                    .unwrap()
            };
            let (first, summary) = release(1, usize::MAX, 512 << 20);
            let many = summary.rows_suppressed > 10_000 && summary.rows_out > 10_000;
            if !many || summary.rows_out + summary.rows_suppressed != 90_000 {
                wrong.push(format!("{order}{format}: {summary:?}"));
            }
            for (threads, piece, memory) in [(2, 4096, 512 << 20), (7, 100_000, 4 << 20)] {
                let (bytes, again) = release(threads, piece, memory);
                if bytes != first || again != summary {
                    wrong.push(format!(
                        "{order}{format}: {threads} threads, {memory} bytes"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn blocks_are_of_the_rows_that_are_left() {
    let rows = many(90_000);
    let left = |k: &str| {
        let head = format!("-- order: kept{k}");
        let engine = engine(Subject::Ssn, &head, &["age"], "SELECT number, age FROM t");
        engine
            .release(text(&rows).as_bytes(), Format::Csv, 2, 4096)
            .unwrap()
            .0
    };
    let kept = String::from_utf8(left("\n-- k: 3 over \"age\"")).unwrap();
    let all = String::from_utf8(left("")).unwrap();
    let mut lines = all.lines();
    // A part of all rows, in their order.
    assert!(kept.lines().all(|line| lines.any(|other| other == line)));
    assert!(kept.len() < all.len());
}
