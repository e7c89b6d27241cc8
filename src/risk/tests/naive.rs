//! Everything again, from pairs of rows: O(n²), and no table.

#![expect(clippy::cast_precision_loss, reason = "small counts")]

use proptest::prelude::*;

use super::{Cell, report};
use crate::risk::hash::Hash;

type Row = (Vec<Cell>, Cell);

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

fn sizes(rows: &[Row]) -> Vec<usize> {
    rows.iter().map(|row| class(rows, row).len()).collect()
}

fn number(cell: Cell) -> Option<f64> {
    cell.and_then(|text| text.parse().ok())
}

/// Distinct l, entropy l, recursive l for c = 2, equal distance, ordered distance.
fn sensitive(rows: &[Row]) -> (usize, f64, usize, f64, Option<f64>) {
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

fn cell(numbers: bool) -> impl Strategy<Value = Cell> {
    let texts = vec![Some("1"), Some("20"), Some("3"), Some("4.5"), Some("-7")];
    let more = vec![None, Some(""), Some("x")];
    prop::sample::select(if numbers {
        texts
    } else {
        [texts, more].concat()
    })
}

fn table() -> impl Strategy<Value = Vec<Row>> {
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
        let (n, sizes) = (rows.len() as f64, sizes(&rows));
        let in_population = |row: &Row| population.iter().filter(|other| **other == row.0).count();
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
        let (distinct, entropy, recursive, equal, ordered) = sensitive(&rows);
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
        let joined = |rows: &[Row]| -> Vec<Vec<Cell>> {
            rows.iter().map(|(quasi, sensitive)| [quasi.as_slice(), &[*sensitive]].concat()).collect()
        };
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|row| Hash::of(format!("{seed}{row:?}").as_bytes()).spread());
        prop_assert_eq!(report(&joined(&rows), &[], 2).unwrap(), report(&joined(&shuffled), &[], 2).unwrap());
    }
}
