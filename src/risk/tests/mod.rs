//! The examples of those who defined the measures, and a naive computation of everything.

mod measures;
mod naive;

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};

use super::{Column, Counter, Report, Role, Settings, uniqueness};
use crate::csv::column::Column as Values;
use crate::error::{Error, Kind};
use crate::request::Size;

const SETTINGS: Settings = Settings {
    threshold: 0.2,
    c: 2.0,
    memory: Size(1 << 24),
};

type Cell = Option<&'static str>;

fn columns(rows: &[Vec<Cell>], width: usize) -> Vec<Values> {
    let column = |at: usize| {
        let texts: StringArray = rows.iter().map(|row| row[at]).collect();
        Values::Plain(Arc::new(texts) as ArrayRef)
    };
    (0..width).map(column).collect()
}

/// The report over rows whose first columns are quasi-identifiers, and whose last one is sensitive.
fn report(rows: &[Vec<Cell>], population: &[Vec<Cell>], quasi: usize) -> Result<Report, Error> {
    let named = |role, at| Column {
        name: format!("c{at}"),
        role,
    };
    let mut all: Vec<Column> = (0..quasi)
        .map(|at| named(Role::QuasiIdentifier, at))
        .collect();
    all.push(named(Role::Sensitive, quasi));
    let mut counter = Counter::new(all, SETTINGS);
    // Two batches: nothing depends on where one ends.
    let (first, second) = rows.split_at(rows.len() / 3);
    for part in [first, second] {
        counter.add(&columns(part, quasi + 1))?;
    }
    if !population.is_empty() {
        counter.add_population(&columns(population, quasi))?;
    }
    counter.report()
}

/// Table 4.3 of the practice guide for `sdcMicro` (tables 4.1 and 4.3 are of the same ten persons): residence, gender,
/// education, labor status; health.
const PERSONS: [[&str; 5]; 10] = [
    ["Urban", "Female", "Secondary incomplete", "Employed", "yes"],
    ["Urban", "Female", "Secondary incomplete", "Employed", "yes"],
    ["Urban", "Female", "Primary incomplete", "Non-LF", "yes"],
    ["Urban", "Male", "Secondary complete", "Employed", "yes"],
    ["Rural", "Female", "Secondary complete", "Unemployed", "yes"],
    ["Urban", "Male", "Secondary complete", "Employed", "no"],
    ["Urban", "Female", "Primary complete", "Non-LF", "no"],
    ["Urban", "Male", "Post-secondary", "Unemployed", "yes"],
    ["Urban", "Female", "Secondary incomplete", "Non-LF", "no"],
    ["Urban", "Female", "Secondary incomplete", "Non-LF", "yes"],
];

fn persons() -> Vec<Vec<Cell>> {
    PERSONS.map(|row| row.map(Some).to_vec()).to_vec()
}

/// What the guide says of them: fk is 1 four times and 2 six times, four violate 2-anonymity and all ten 3-anonymity,
/// l is 2 for four of them and 1 for the rest.
#[test]
fn the_persons_of_the_practice_guide_are_at_the_risk_that_it_says() {
    let report = report(&persons(), &[], 4).unwrap();
    let bins: Vec<_> = report
        .histogram
        .iter()
        .map(|b| (b.size, b.classes))
        .collect();
    assert_eq!(bins, [(1, 4), (2, 3)]);
    let below: Vec<_> = report.below[..2].iter().map(|b| (b.k, b.records)).collect();
    assert_eq!(below, [(2, 4), (3, 10)]);
    assert_eq!((report.k, report.classes, report.unique_records), (1, 7, 4));
    let health = &report.sensitive[0];
    assert_eq!((health.distinct_l, health.disclosed_records), (1, 6));
    // ARX's risks by hand: seven classes of ten records, all of them of 1 or 2.
    let prosecutor = report.prosecutor;
    assert_eq!((prosecutor.highest, prosecutor.average), (1.0, 0.7));
    assert_eq!(
        (prosecutor.records_at_risk, prosecutor.share_at_risk),
        (10, 1.0)
    );
    assert_eq!(report.journalist, prosecutor);
    assert_eq!(
        (report.marketer.average, report.marketer.expected_records),
        (0.7, 7.0)
    );
}

/// Table 4.2 of the guide: there a missing value stands for any, and fk is 2, 2, 3. Here it is a value of its own.
#[test]
fn a_missing_value_is_a_value_of_its_own() {
    let rows = [Some("complete"), Some("incomplete"), None]
        .map(|education| vec![Some("Male"), education, Some("Employed"), Some("x")]);
    let report = report(&rows, &[], 3).unwrap();
    assert_eq!((report.k, report.classes), (1, 3));
    assert_eq!(report.columns[1].missing_records, 1);
    assert_eq!(report.columns[1].distinct_values, 3);
}

#[test]
fn numbers_are_one_value_however_they_are_written_and_texts_are_not() {
    // Distinct values by l-diversity, whether they have an order, and distinct texts.
    type Found = (u64, bool, u64);
    let row = |value| vec![Some("a"), value];
    let distances = |values: &[Cell]| {
        let rows: Vec<Vec<Cell>> = values.iter().map(|&value| row(value)).collect();
        let report = report(&rows, &[], 1).unwrap();
        let column = report.sensitive[0].clone();
        (
            column.distinct_l,
            column.t.ordered.is_some(),
            report.columns[1].distinct_values,
        )
    };
    let rows: [(&[Cell], Found); 5] = [
        (&[Some("1"), Some("1.0"), Some(" 2")], (2, true, 3)),
        (&[Some("0"), Some("-0"), Some("0.0")], (1, true, 3)),
        (&[Some("1"), Some("1.0"), None], (3, false, 3)),
        (&[Some("1"), Some("x")], (2, false, 2)),
        (&[Some(""), None], (2, false, 2)),
    ];
    for (values, expected) in rows {
        assert_eq!(distances(values), expected, "{values:?}");
    }
}

#[test]
fn a_population_that_lacks_somebody_is_refused_and_shows_no_value() {
    let rows = vec![vec![Some("CANARY"), Some("x")], vec![Some("b"), Some("x")]];
    for population in [
        vec![vec![Some("b")]],
        vec![vec![Some("canary")], vec![Some("b")], vec![Some("b")]],
    ] {
        let error = report(&rows, &population, 1).unwrap_err();
        assert_eq!(error.kind(), Kind::Argument);
        assert!(
            error.message().contains("1 of the file's classes (50.0 %)"),
            "{error}"
        );
        assert!(
            !error.to_string().to_lowercase().contains("canary"),
            "{error}"
        );
    }
}

#[test]
fn nobody_has_no_risk() {
    assert_eq!(report(&[], &[], 1).unwrap_err().kind(), Kind::Empty);
}

#[test]
fn a_report_that_does_not_fit_is_an_error() {
    let values: StringArray = (0..100_000).map(|n| Some(n.to_string())).collect();
    let column = [Values::Plain(Arc::new(values))];
    let role = Role::QuasiIdentifier;
    let settings = Settings {
        memory: Size(1 << 20),
        ..SETTINGS
    };
    let name = "c".to_owned();
    let mut counter = Counter::new(vec![Column { name, role }], settings);
    let error = counter.add(&column).unwrap_err();
    assert_eq!(error.kind(), Kind::Memory);
    assert!(error.message().contains("1.0 MiB"), "{error}");
}

#[test]
fn rows_at_hand_are_counted_over_the_columns_that_are_named() {
    let texts = |texts: &[Cell]| Arc::new(StringArray::from(texts.to_vec())) as ArrayRef;
    let batch = |a: &[Cell], b: &[Cell]| {
        RecordBatch::try_from_iter_with_nullable([("a", texts(a), true), ("b", texts(b), true)])
            .unwrap()
    };
    let batches = [
        batch(&[Some("x"), None], &[Some("1"), Some("1")]),
        batch(&[Some("x"), None, Some("y")], &[Some("2"), Some("1"), None]),
    ];
    let of = |columns: &[&str]| {
        let found = uniqueness(&batches, columns, Size(1 << 20)).unwrap();
        (found.records, found.classes, found.k, found.unique_records)
    };
    assert_eq!(of(&["a"]), (5, 3, 1, 1));
    assert_eq!(of(&["b"]), (5, 3, 1, 2));
    assert_eq!(of(&["b", "a"]), (5, 4, 1, 3));
    assert_eq!(of(&[]), (5, 1, 5, 0));
    let none = uniqueness(&[], &["a"], Size(1 << 20)).unwrap();
    assert_eq!((none.k, none.unique_share()), (0, 0.0));
    let error = uniqueness(&batches, &["c"], Size(1 << 20)).unwrap_err();
    assert_eq!((error.kind(), error.column()), (Kind::Argument, Some("c")));
}
