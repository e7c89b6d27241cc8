//! The examples of those who defined the measures, and a naive computation of everything.

#![expect(
    clippy::cast_precision_loss,
    clippy::type_complexity,
    reason = "small counts; rows of examples as they stand"
)]

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use proptest::prelude::*;

use super::diversity::{Whole, entropy, recursive_l};
use super::sizes::Sizes;
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

/// Classes of the file and of the population, and ARX's risks of them, by hand.
#[test]
fn risks_are_those_of_el_emam() {
    // Sizes in file and population; prosecutor and journalist: highest, average, records at risk; marketer.
    type Risk = (f64, f64, u64);
    let rows: [(&[(u64, u64)], Risk, Risk, f64); 6] = [
        (&[(5, 5)], (0.2, 0.2, 0), (0.2, 0.2, 0), 0.2),
        (&[(4, 4), (6, 6)], (0.25, 0.2, 4), (0.25, 0.2, 4), 0.2),
        (&[(1, 10), (1, 10)], (1.0, 1.0, 2), (0.1, 0.1, 0), 0.1),
        // The classes per record of the population are 2/12, the mean of f/F is (1/2 + 9/10)/10.
        (
            &[(1, 2), (9, 10)],
            (1.0, 0.2, 1),
            (0.5, 2.0 / 12.0, 1),
            0.14,
        ),
        // 2/13 against (2/3 + 8/10)/10.
        (
            &[(2, 3), (8, 10)],
            (0.5, 0.2, 2),
            (1.0 / 3.0, 2.0 / 13.0, 2),
            22.0 / 150.0,
        ),
        // 2/22 against (10/11 + 1/11 × 1)/11.
        (
            &[(10, 11), (1, 11)],
            (1.0, 2.0 / 11.0, 1),
            (1.0 / 11.0, 1.0 / 11.0, 0),
            1.0 / 11.0,
        ),
    ];
    let mut wrong = Vec::new();
    for (classes, prosecutor, journalist, marketer) in rows {
        let sizes: Sizes = classes.iter().copied().collect();
        let (own, other) = (sizes.prosecutor(0.2), sizes.journalist(0.2));
        let found = [
            own.highest,
            own.average,
            other.highest,
            other.average,
            sizes.marketer().average,
        ];
        let expected = [
            prosecutor.0,
            prosecutor.1,
            journalist.0,
            journalist.1,
            marketer,
        ];
        let near = found
            .iter()
            .zip(expected)
            .all(|(a, b)| (a - b).abs() < 1e-12);
        let at_risk = (own.records_at_risk, other.records_at_risk);
        if !near || at_risk != (prosecutor.2, journalist.2) {
            wrong.push(format!(
                "{classes:?}: {found:?} {at_risk:?}, not {expected:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The examples of Li et al., section 5: salaries of 3k to 11k, of which a class has three; and the diseases of a class
/// under distances that are all 1.
#[test]
fn distances_are_those_of_the_paper() {
    let salaries = Whole::from_records(vec![1; 9]);
    let rows: [(&[usize], f64, f64); 4] = [
        (&[0, 1, 2], 0.375, 6.0 / 9.0),     // 3k, 4k, 5k
        (&[3, 5, 8], 1.0 / 6.0, 6.0 / 9.0), // 6k, 8k, 11k
        (&[0, 1, 2, 3, 4, 5, 6, 7, 8], 0.0, 0.0),
        (&[8], 0.5, 8.0 / 9.0),
    ];
    let mut wrong = Vec::new();
    for (ranks, ordered, equal) in rows {
        let class: Vec<(usize, u64)> = ranks.iter().map(|&rank| (rank, 1)).collect();
        let found = (salaries.ordered(&class), salaries.equal(&class));
        if (found.0 - ordered).abs() > 1e-12 || (found.1 - equal).abs() > 1e-12 {
            wrong.push(format!("{ranks:?}: {found:?}, not {ordered} and {equal}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn diversity_is_what_its_definitions_say() {
    // Counts in falling order; e to the entropy; the l of recursive (c, l)-diversity for some c.
    let rows: [(&[u64], f64, &[(f64, u64)]); 7] = [
        (&[4], 1.0, &[(1.0, 0), (2.0, 1)]),
        (&[2, 2], 2.0, &[(1.0, 1), (2.0, 2)]),
        (&[1, 1, 1], 3.0, &[(1.0, 2), (2.0, 3), (0.1, 0)]),
        // 3 < c (3+2+1), c (2+1), c 1
        (
            &[3, 2, 1],
            2.749_459_273_997_205,
            &[(0.6, 1), (1.0, 1), (1.5, 2), (3.0, 2), (3.1, 3)],
        ),
        (
            &[6, 3, 1],
            2.454_555_595_891_147,
            &[(1.0, 1), (2.0, 2), (7.0, 3)],
        ),
        (
            &[9, 1],
            1.384_145_488_461_686,
            &[(2.0, 1), (9.0, 1), (9.1, 2)],
        ),
        (
            &[100, 100, 1],
            2.056_583_306_060_829,
            &[(2.0, 2), (100.0, 2), (101.0, 3)],
        ),
    ];
    let mut wrong = Vec::new();
    for (counts, expected, recursive) in rows {
        let found = entropy(counts).exp();
        if (found - expected).abs() > 1e-9 {
            wrong.push(format!("{counts:?}: {found}, not {expected}"));
        }
        for &(c, l) in recursive {
            let found = recursive_l(counts, c);
            if found != l {
                wrong.push(format!("{counts:?} with {c}: {found}, not {l}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn numbers_are_one_value_however_they_are_written_and_texts_are_not() {
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
    let rows: [(&[Cell], (u64, bool, u64)); 5] = [
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

/// Everything again, from pairs of rows: O(n²), and no table.
mod naive {
    use super::Cell;

    pub(super) type Row = (Vec<Cell>, Cell);

    fn class<'a>(rows: &'a [Row], of: &Row) -> Vec<&'a Row> {
        rows.iter().filter(|other| other.0 == of.0).collect()
    }

    fn distinct<T: PartialEq + Copy>(values: impl Iterator<Item = T>) -> Vec<T> {
        values.fold(Vec::new(), |mut seen, value| {
            if !seen.contains(&value) {
                seen.push(value);
            }
            seen
        })
    }

    pub(super) fn sizes(rows: &[Row]) -> Vec<usize> {
        rows.iter().map(|row| class(rows, row).len()).collect()
    }

    fn number(cell: Cell) -> Option<f64> {
        cell.and_then(|text| text.parse().ok())
    }

    /// Distinct l, entropy l, recursive l for c = 2, equal distance, ordered distance.
    pub(super) fn sensitive(rows: &[Row]) -> (usize, f64, usize, f64, Option<f64>) {
        let mut worst = (usize::MAX, f64::MAX, usize::MAX, 0.0_f64, 0.0_f64);
        let all = distinct(rows.iter().map(|row| row.1));
        let mut numbers: Vec<f64> = all.iter().filter_map(|&cell| number(cell)).collect();
        let ordered = numbers.len() == all.len();
        numbers.sort_by(f64::total_cmp);
        for row in rows {
            let class = class(rows, row);
            let share = |rows: &[&Row], is: &dyn Fn(Cell) -> bool| {
                let count = rows.iter().filter(|row| is(row.1)).count();
                count as f64 / rows.len() as f64
            };
            let whole: Vec<&Row> = rows.iter().collect();
            let own = distinct(class.iter().map(|row| row.1));
            worst.0 = worst.0.min(own.len());
            let mut entropy = 0.0;
            let mut equal = 0.0;
            for &value in &all {
                let p = share(&class, &|cell| cell == value);
                entropy -= if p > 0.0 { p * p.ln() } else { 0.0 };
                equal += (p - share(&whole, &|cell| cell == value)).abs() / 2.0;
            }
            worst.1 = worst.1.min(entropy.exp());
            worst.3 = worst.3.max(equal);
            let mut counts: Vec<usize> = own
                .iter()
                .map(|value| class.iter().filter(|row| row.1 == *value).count())
                .collect();
            counts.sort_by(|a, b| b.cmp(a));
            let holds = |l: &usize| counts[0] < 2 * counts[l - 1..].iter().sum::<usize>();
            worst.2 = worst
                .2
                .min((1..=counts.len()).filter(holds).max().unwrap_or(0));
            if ordered && numbers.len() > 1 {
                let up_to = |rows: &[&Row], limit: f64| {
                    share(rows, &|cell| {
                        number(cell).is_some_and(|value| value <= limit)
                    })
                };
                let sum: f64 = numbers
                    .iter()
                    .map(|&limit| (up_to(&class, limit) - up_to(&whole, limit)).abs())
                    .sum();
                worst.4 = worst.4.max(sum / (numbers.len() - 1) as f64);
            }
        }
        (
            worst.0,
            worst.1,
            worst.2,
            worst.3,
            ordered.then_some(worst.4),
        )
    }
}

fn cell(numbers: bool) -> impl Strategy<Value = Cell> {
    let texts = vec![Some("1"), Some("20"), Some("3"), Some("4.5"), Some("-7")];
    let more = vec![None, Some(""), Some("x")];
    prop::sample::select(if numbers {
        texts
    } else {
        [texts, more].concat()
    })
}

fn table() -> impl Strategy<Value = Vec<naive::Row>> {
    any::<bool>().prop_flat_map(|numbers| {
        let row = (prop::collection::vec(cell(false), 2), cell(numbers));
        prop::collection::vec(row, 1..40)
    })
}

proptest! {
    #[test]
    fn the_report_is_what_a_naive_computation_gives(rows in table(), extra in table()) {
        let joined: Vec<Vec<Cell>> = rows
            .iter()
            .map(|(quasi, sensitive)| [quasi.as_slice(), &[*sensitive]].concat())
            .collect();
        // The population holds everybody of the file, and others.
        let population: Vec<Vec<Cell>> = rows.iter().chain(&extra).map(|row| row.0.clone()).collect();
        let report = report(&joined, &population, 2).unwrap();
        let (n, sizes) = (rows.len() as f64, naive::sizes(&rows));
        let in_population = |row: &naive::Row| population.iter().filter(|other| **other == row.0).count();
        let unique = sizes.iter().filter(|&&size| size == 1).count();
        let classes: f64 = sizes.iter().map(|&size| 1.0 / size as f64).sum();
        let marketer: f64 = rows.iter().map(|row| 1.0 / in_population(row) as f64).sum();
        let per_class = rows.iter().zip(&sizes).map(|(row, &size)| in_population(row) as f64 / size as f64);
        let journalist = (classes / per_class.sum::<f64>()).max(marketer / n);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        prop_assert_eq!(report.k, *sizes.iter().min().unwrap() as u64);
        prop_assert_eq!(report.unique_records, unique as u64);
        prop_assert!(near(report.classes as f64, classes));
        prop_assert!(near(report.prosecutor.average, classes / n));
        prop_assert!(near(report.journalist.average, journalist));
        prop_assert!(near(report.marketer.expected_records, marketer));
        let at_risk = rows.iter().filter(|row| in_population(row) < 5).count();
        prop_assert_eq!(report.journalist.records_at_risk, at_risk as u64);
        let (distinct, entropy, recursive, equal, ordered) = naive::sensitive(&rows);
        let found = &report.sensitive[0];
        prop_assert_eq!(found.distinct_l, distinct as u64);
        prop_assert_eq!(found.recursive.l, recursive as u64);
        prop_assert!(near(found.entropy_l, entropy), "{} {}", found.entropy_l, entropy);
        prop_assert!(near(found.t.equal, equal), "{} {}", found.t.equal, equal);
        prop_assert_eq!(found.t.ordered.is_some(), ordered.is_some());
        prop_assert!(near(found.t.ordered.unwrap_or(0.0), ordered.unwrap_or(0.0)));
        prop_assert!(found.t.ordered.unwrap_or(0.0) <= found.t.equal + 1e-12);
    }

    #[test]
    fn the_order_of_records_changes_no_digit(rows in table(), seed in any::<u64>()) {
        let joined = |rows: &[naive::Row]| -> Vec<Vec<Cell>> {
            rows.iter().map(|(quasi, sensitive)| [quasi.as_slice(), &[*sensitive]].concat()).collect()
        };
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|row| super::hash::Hash::of(format!("{seed}{row:?}").as_bytes()).spread());
        prop_assert_eq!(report(&joined(&rows), &[], 2).unwrap(), report(&joined(&shuffled), &[], 2).unwrap());
    }
}
