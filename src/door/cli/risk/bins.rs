//! Class sizes in a few bins, and numbers as people read them.

use crate::risk::{Bin, Report, Role};

/// The largest size of each bin but the last.
const TO: [u64; 8] = [1, 2, 4, 9, 19, 49, 99, 999];

/// Classes of about the same size.
pub(super) struct Range {
    /// `5–9`.
    pub(super) label: String,
    pub(super) classes: u64,
    pub(super) records: u64,
}

/// The bins of a histogram; those behind its largest class are left out.
pub(super) fn ranges(histogram: &[Bin]) -> Vec<Range> {
    let mut ranges = Vec::new();
    let mut from = 1;
    for to in TO.into_iter().chain([u64::MAX]) {
        let within = || {
            histogram
                .iter()
                .filter(|bin| (from..=to).contains(&bin.size))
        };
        ranges.push(Range {
            label: label(from, to),
            classes: within().map(|bin| bin.classes).sum(),
            records: within().map(|bin| bin.classes * bin.size).sum(),
        });
        if histogram.iter().all(|bin| bin.size <= to) {
            break;
        }
        from = to + 1;
    }
    ranges
}

fn label(from: u64, to: u64) -> String {
    match to {
        u64::MAX => format!("{from} and more"),
        to if to == from => from.to_string(),
        to => format!("{from}–{to}"),
    }
}

/// `12.3 %`. What is not nothing does not read as nothing, and what is not all not as all.
pub(super) fn percent(share: f64) -> String {
    match share * 100.0 {
        percent if percent > 0.0 && percent < 0.05 => "< 0.1 %".to_owned(),
        percent if (99.95..100.0).contains(&percent) => "> 99.9 %".to_owned(),
        percent => format!("{percent:.1} %"),
    }
}

/// A number with its share.
pub(super) fn with_share(count: u64, share: f64) -> String {
    format!("{count} ({})", percent(share))
}

/// A name from a file, which may hold anything, on one line of a terminal.
pub(super) fn shown(name: &str) -> String {
    if name.is_empty() {
        return "(no name)".to_owned();
    }
    let visible = |c: char| if c.is_control() { '\u{FFFD}' } else { c };
    name.chars().map(visible).collect()
}

/// `Age, Gender`.
pub(super) fn quasi_identifiers(report: &Report) -> String {
    let names: Vec<String> = report
        .quasi_identifiers
        .iter()
        .map(|name| shown(name))
        .collect();
    names.join(", ")
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::QuasiIdentifier => "quasi-identifier",
        Role::Sensitive => "sensitive",
        Role::Other => "",
    }
}

/// The attacks with their numbers: name, highest, average, records at risk.
pub(super) fn attacks(report: &Report) -> [[String; 4]; 3] {
    let one = |name: &str, attack: crate::risk::Attack| {
        [
            name.to_owned(),
            percent(attack.highest),
            percent(attack.average),
            with_share(attack.records_at_risk, attack.share_at_risk),
        ]
    };
    [
        one("prosecutor", report.prosecutor),
        one("journalist", report.journalist),
        [
            "marketer".to_owned(),
            String::new(),
            percent(report.marketer.average),
            String::new(),
        ],
    ]
}

/// What the journalist's numbers are about.
pub(super) fn about_population(report: &Report) -> String {
    match report.population_records {
        None => {
            "No population was given: the file stands for it, and the journalist is a prosecutor."
                .to_owned()
        }
        Some(records) => format!("The population has {records} records."),
    }
}

/// What a sensitive column's numbers are.
pub(super) const SENSITIVE: [&str; 8] = [
    "column",
    "values",
    "l",
    "entropy l",
    "recursive l",
    "t, equal distance",
    "t, ordered",
    "disclosed records",
];

/// The numbers of each sensitive column.
pub(super) fn sensitive(report: &Report) -> Vec<[String; 8]> {
    let row = |column: &crate::risk::Sensitive| {
        [
            shown(&column.name),
            column.distinct_values.to_string(),
            column.distinct_l.to_string(),
            format!("{:.2}", column.entropy_l),
            format!("{} (c = {})", column.recursive.l, column.recursive.c),
            format!("{:.3}", column.t.equal),
            column
                .t
                .ordered
                .map_or_else(String::new, |t| format!("{t:.3}")),
            with_share(column.disclosed_records, column.disclosed_share),
        ]
    };
    report.sensitive.iter().map(row).collect()
}

/// What a column's numbers are.
pub(super) const COLUMNS: [&str; 6] = [
    "column",
    "role",
    "values",
    "missing",
    "most frequent value",
    "singletons",
];

/// The numbers of each column.
pub(super) fn columns(report: &Report) -> Vec<[String; 6]> {
    let row = |column: &crate::risk::Attribute| {
        [
            shown(&column.name),
            role(column.role).to_owned(),
            column.distinct_values.to_string(),
            column.missing_records.to_string(),
            percent(column.most_frequent_share),
            with_share(column.singletons, column.singletons_share),
        ]
    };
    report.columns.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_every_class_once() {
        let histogram: Vec<Bin> = [(1, 3), (2, 1), (4, 2), (9, 1), (10, 1), (5000, 1)]
            .map(|(size, classes)| Bin { size, classes })
            .into();
        let found: Vec<_> = ranges(&histogram)
            .into_iter()
            .map(|range| (range.label, range.classes, range.records))
            .collect();
        let expected = [
            ("1", 3, 3),
            ("2", 1, 2),
            ("3–4", 2, 8),
            ("5–9", 1, 9),
            ("10–19", 1, 10),
            ("20–49", 0, 0),
            ("50–99", 0, 0),
            ("100–999", 0, 0),
            ("1000 and more", 1, 5000),
        ];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(label, classes, records)| (label.to_owned(), classes, records))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(ranges(&histogram[..2]).len(), 2);
    }

    #[test]
    fn a_share_is_nothing_or_all_only_where_it_is() {
        let rows = [
            (0.0, "0.0 %"),
            (0.000_1, "< 0.1 %"),
            (0.001, "0.1 %"),
            (0.5, "50.0 %"),
            (0.999_9, "> 99.9 %"),
            (1.0, "100.0 %"),
        ];
        for (share, expected) in rows {
            assert_eq!(percent(share), expected, "{share}");
        }
    }
}
