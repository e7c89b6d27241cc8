//! The page: read as a browser reads it, it is whole in itself and names every output column.

use std::collections::BTreeSet;

use super::{PEOPLE, bundled, check, read_page, report, site, texts};
use crate::support::site::{Answer, Site};

/// The levels, least first.
const LEVELS: [&str; 5] = ["none", "keyed", "coarse", "part", "whole"];

/// What is wrong with a page of projections whose report in JSON is this.
fn faults(answer: &Answer, report: &serde_json::Value) -> Vec<String> {
    let page = read_page(&answer.stdout);
    let mut wrong: Vec<String> = texts(&page, "wrong")
        .iter()
        .map(|&what| what.to_owned())
        .collect();
    let (headings, labels) = (texts(&page, "headings"), texts(&page, "labels"));
    for projection in report["projections"].as_array().unwrap() {
        for output in projection["outputs"].as_array().unwrap() {
            let name = output["name"].as_str().unwrap();
            let sources = output["sources"].as_array().unwrap().iter();
            let levels: BTreeSet<usize> = sources
                .map(|source| {
                    LEVELS
                        .iter()
                        .position(|level| source["level"] == *level)
                        .unwrap()
                })
                .collect();
            let levels: Vec<&str> = levels.into_iter().map(|level| LEVELS[level]).collect();
            if !headings.contains(&name) {
                wrong.push(format!("\"{name}\" is in no table"));
            }
            if !labels.contains(&format!("{name} · {}", levels.join(" + ")).as_str()) {
                wrong.push(format!("\"{name}\" is in no drawing"));
            }
        }
    }
    wrong
}

#[test]
fn the_page_of_the_bundled_projections_names_every_output_column() {
    let site = Site::new();
    let json = bundled(&site, &["--format", "json"]);
    let answer = bundled(&site, &["--format", "html"]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let report: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let wrong = faults(&answer, &report);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let page = read_page(&answer.stdout);
    assert_eq!(
        page["drawings"],
        report["projections"].as_array().unwrap().len()
    );
    let classes = texts(&page, "classes");
    for class in [
        "direct",
        "quasi",
        "sensitive",
        "insensitive",
        "flow",
        "wide",
    ] {
        assert!(classes.contains(&class), "{class}");
    }
}

#[test]
fn names_and_messages_are_escaped_and_refusals_stand_in_the_page() {
    let schema = PEOPLE.replace("\"Cost\"", "\"<b>&\"\"\"");
    let site = site(&[
        ("people/schema.sql", &schema),
        (
            "people/a.sql",
            "SELECT \"<b>&\"\"\" AS \"<script>alert(1)</script>\" FROM people WHERE age(\"Born\") > 18",
        ),
        (
            "people/b.sql",
            "SELECT \"<b>&\"\"\" AS \"<i>\", \"SSN\" FROM people",
        ),
    ]);
    let answer = check(&site, &["--format", "html"]);
    assert_eq!(answer.code, Some(1));
    let text = String::from_utf8(answer.stdout.clone()).unwrap();
    for word in [
        "[direct-identifier]",
        "sql/people/b.sql:1:",
        "stroke-dasharray",
    ] {
        assert!(text.contains(word), "{word}");
    }
    let page = read_page(&answer.stdout);
    assert_eq!(texts(&page, "wrong"), [""; 0]);
    assert!(texts(&page, "headings").contains(&"<script>alert(1)</script>"));
    assert_eq!(page["drawings"], 1);
    assert_eq!(report(&site)["accepted"], false);
}

#[test]
fn the_matrix_says_for_each_two_what_joins_them() {
    let site = site(&[
        ("people/schema.sql", PEOPLE),
        (
            "people/a.sql",
            "-- domain: d\n-- order: kept\nSELECT token(\"SSN\") AS a FROM people",
        ),
        (
            "people/b.sql",
            "-- domain: d\n-- order: kept\nSELECT token(\"SSN\") AS b, age(\"Born\") AS c FROM people",
        ),
        ("people/c.sql", "SELECT age(\"Born\") AS d FROM people"),
    ]);
    let answer = check(&site, &["--format", "html"]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let page = read_page(&answer.stdout);
    let cells = texts(&page, "cells");
    let matrix = &cells[cells.len() - 9..];
    let expected = [
        "·",
        "keyposition",
        "nothing",
        "keyposition",
        "·",
        "1 in common",
        "nothing",
        "1 in common",
        "·",
    ];
    assert_eq!(matrix, expected);
}
