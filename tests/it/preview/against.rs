//! What an edit changes, by proof and head, and by the rows of both releases that are alone.

use std::collections::HashMap;

use super::{page, preview};
use crate::check::texts;
use crate::support::site::{Site, visits};

/// The cells behind a heading of the comparison, up to the next heading of its table.
fn changes(site: &Site, old: &str, new: &str) -> Vec<String> {
    site.write("old.sql", old);
    site.write("sql/visits/new.sql", new);
    let answer = preview(site, "visits.csv", "new", &["--against", "old.sql"]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let text = String::from_utf8(answer.stdout).unwrap();
    let (_, changes) = text.split_once("What the edit changes\n").unwrap();
    let (changes, _) = changes.split_once("\n\n").unwrap();
    changes
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn each_change_is_told_and_nothing_else() {
    let site = Site::new();
    site.write("visits.csv", visits(0..20));
    let nothing = "Nothing that proof and head show; the same columns may still hold other values.";
    let rows: [(&str, &str, &str, &[&str]); 8] = [
        (
            "the same",
            "SELECT \"Ward\" FROM visits",
            "SELECT \"Ward\" FROM visits -- a remark",
            &[nothing],
        ),
        (
            "a column more",
            "SELECT \"Ward\" FROM visits",
            "SELECT \"Ward\", \"Cost\" FROM visits",
            &["before after", "\"Cost\" — INT; whole: \"Cost\" → \"Cost\""],
        ),
        (
            "a column less",
            "SELECT \"Ward\", age(\"Born\") AS \"Age\" FROM visits",
            "SELECT \"Ward\" FROM visits",
            &[
                "before after",
                "\"Age\" INT; coarse: \"Born\" → age → \"Age\" —",
            ],
        ),
        (
            "another level and type",
            "-- reveals: \"Born\"\nSELECT \"Born\" AS b FROM visits",
            "SELECT age_band(\"Born\", 10) AS b FROM visits",
            &[
                "before after",
                "-- reveals \"Born\" —",
                "\"b\" DATE; whole: \"Born\" → \"b\" VARCHAR; coarse: \"Born\" → age_band → \"b\"",
            ],
        ),
        (
            "another column behind the same name",
            "SELECT token(\"Name\") AS x FROM visits",
            "SELECT \"Ward\" AS x FROM visits",
            &[
                "before after",
                "\"x\" VARCHAR; keyed: \"Name\" → token → \"x\" VARCHAR; whole: \"Ward\" → \"x\"",
            ],
        ),
        (
            "rows that are chosen",
            "SELECT \"Ward\" FROM visits",
            "SELECT \"Ward\" FROM visits WHERE age(\"Born\") > 18",
            &[
                "before after",
                "\"Ward\" VARCHAR; whole: \"Ward\" → \"Ward\" VARCHAR; coarse by the rows that are chosen: \"Born\" → age → CAST \
                 → > → \"Ward\"; whole: \"Ward\" → \"Ward\"",
            ],
        ),
        (
            "domain and order",
            "SELECT \"Ward\" FROM visits",
            "-- domain: shared\n-- order: kept\nSELECT \"Ward\" FROM visits",
            &["before after", "-- domain — shared", "-- order — kept"],
        ),
        (
            "columns that changed places",
            "SELECT \"Ward\", \"Cost\" FROM visits",
            "SELECT \"Cost\", \"Ward\" FROM visits",
            &[
                "before after",
                "the order of columns \"Ward\", \"Cost\" \"Cost\", \"Ward\"",
            ],
        ),
    ];
    let mut wrong = Vec::new();
    for (name, old, new, expected) in rows {
        let found = changes(&site, old, new);
        if found != expected {
            wrong.push(format!("{name}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The rows of each value, counted naively: unique rows, and the smallest class.
fn counted(values: impl Iterator<Item = String>) -> (usize, usize) {
    let mut classes: HashMap<String, usize> = HashMap::new();
    for value in values {
        *classes.entry(value).or_default() += 1;
    }
    let unique = classes.values().filter(|&&size| size == 1).count();
    (unique, *classes.values().min().unwrap())
}

#[test]
fn unique_rows_are_those_that_a_naive_count_finds() {
    let site = Site::new();
    // Years repeat after ninety rows, so that some of a hundred and thirty stand alone.
    site.write("visits.csv", visits(0..130));
    site.write(
        "old.sql",
        "-- reveals: \"Born\"\nSELECT \"Born\", \"Ward\" FROM visits",
    );
    site.write("sql/visits/new.sql", "SELECT generalize_date(\"Born\", 'year') AS y, pseudonym(\"Name\", \"Ward\") AS t FROM visits WHERE \"Cost\" < 120");
    let page = page(
        &site,
        "visits.csv",
        "new",
        &["--against", "old.sql", "--rows", "1"],
    );
    let cells = texts(&page, "cells");
    let measured = &cells[cells.len() - 10..];
    let year = |row: usize| format!("{}", row % 90 + 1910);
    let expected: Vec<String> = [(130, "\"Born\""), (120, "\"y\"")]
        .into_iter()
        .flat_map(|(rows, over)| {
            let (unique, smallest) = counted((0..rows).map(year));
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let share = unique as f64 / rows as f64 * 100.0;
            [
                rows.to_string(),
                unique.to_string(),
                format!("{share:.1} %"),
                smallest.to_string(),
                over.to_owned(),
            ]
        })
        .collect();
    assert_eq!(measured, expected);
}

#[test]
fn where_nothing_of_a_quasi_identifier_leaves_nothing_is_counted() {
    let site = Site::new();
    site.write("visits.csv", visits(0..10));
    site.write(
        "old.sql",
        "SELECT age(\"Born\") AS a FROM visits WHERE \"Cost\" > 1000",
    );
    let answer = preview(&site, "visits.csv", "open", &["--against", "old.sql"]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let text = String::from_utf8(answer.stdout).unwrap();
    let lines: Vec<String> = text
        .lines()
        .rev()
        .take(2)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines,
        [
            "after 10 — — — nothing of a quasi-identifier leaves",
            "before 0 — — — \"a\""
        ]
    );
}
