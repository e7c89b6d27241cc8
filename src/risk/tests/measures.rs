//! Single measures, by the examples of those who defined them and by hand.

#![expect(clippy::type_complexity, reason = "rows of examples as they stand")]

use crate::risk::diversity::{Whole, entropy, recursive_l};
use crate::risk::sizes::Sizes;

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
