//! Projections that are not row by row: the first rows of the release of all records.

use super::{AS_OF, preview};
use crate::check::{read_page, texts};
use crate::support::site::{Site, run, visits};

#[test]
fn the_rows_below_are_the_first_of_the_release() {
    let site = Site::new();
    site.write("visits.csv", visits(0..5_000));
    let mut wrong = Vec::new();
    for (name, select, width) in [
        (
            "sorted",
            "-- order: kept\nSELECT \"Ward\", \"Cost\" FROM visits ORDER BY \"Cost\" DESC",
            2,
        ),
        (
            "grouped",
            "SELECT \"Ward\", count(*) AS n, sum(\"Cost\") AS s FROM visits GROUP BY \"Ward\"",
            3,
        ),
        ("distinct", "SELECT DISTINCT \"Ward\" FROM visits", 1),
    ] {
        site.write(&format!("sql/visits/{name}.sql"), select);
        let made = run(&mut site.convert(
            "visits.csv",
            "out.csv",
            name,
            &["--as-of", AS_OF, "--key", "key"],
        ));
        assert_eq!(made.code, Some(0), "{name}: {}", made.stderr);
        let released = String::from_utf8(site.read("out.csv").unwrap()).unwrap();
        let expected = released
            .lines()
            .skip(1)
            .take(4)
            .flat_map(|line| line.split(','));
        let expected: Vec<&str> = expected.collect();
        let answer = preview(
            &site,
            "visits.csv",
            name,
            &["--rows", "4", "--format", "html"],
        );
        let page = read_page(&answer.stdout);
        let cells = texts(&page, "cells");
        let (raw, rows) = cells.split_at(4 * 5);
        if rows != expected || rows.len() != 4 * width {
            wrong.push(format!("{name}: {rows:?}, and not {expected:?}"));
        }
        if raw[5..10] != ["2", "Canary1", "1911-03-01", "ward 1", "1"] {
            wrong.push(format!("{name}: {raw:?}"));
        }
        let text = preview(&site, "visits.csv", name, &["--rows", "4"]);
        let text = String::from_utf8(text.stdout).unwrap();
        if !text.contains("Read: all 5000 records") || text.contains('→') {
            wrong.push(format!("{name}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn what_is_wrong_with_a_late_record_refuses_it_all() {
    let site = Site::new();
    let mut text = visits(0..20_000);
    text.push_str("Late,2000-01-01,ward,CANARYCOST\n");
    site.write("visits.csv", text);
    let answer = preview(&site, "visits.csv", "sorted", &[]);
    assert_eq!(answer.code, Some(1));
    assert!(answer.stdout.is_empty());
    for word in ["visits.csv", "record 20001", "\"Cost\"", "[InvalidValue]"] {
        assert!(answer.stderr.contains(word), "{word}: {}", answer.stderr);
    }
    assert!(!answer.stderr.contains("CANARYCOST"), "{}", answer.stderr);
}
