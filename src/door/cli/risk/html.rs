//! The report as a page: the numbers of the terminal's tables, and plots of them.

use maud::{Markup, html};

use super::super::page::{page, wide};
use super::bins::{
    COLUMNS, Range, SENSITIVE, about_population, attacks, columns, percent, quasi_identifiers,
    ranges, sensitive, shown, with_share,
};
use super::plot::{Bar, Pair, bars, pairs};
use crate::risk::{Report, Role, share};

/// Plots beside each other where there is room.
const BESIDE: &str = "display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin-bottom:1rem";

/// The longest name beside a plot.
const NAME: usize = 40;

pub(super) fn render(report: &Report, name: &str) -> String {
    let about = format!(
        "How easily the people of this file are found again by {}. There is no value of the file on this page.",
        quasi_identifiers(report)
    );
    let body = html! {
        (summary(report))
        (classes(report))
        h2 { "Risks" }
        p.quiet { (about_population(report)) }
        (risks(report))
        @if !report.sensitive.is_empty() {
            h2 { "What the worst class tells of a sensitive column" }
            p.quiet {
                "Who finds a class with one value only knows it of everybody in it: those are the disclosed records. "
                "t is the distance of a class from the file: over equally distant values, and over the order of numbers."
            }
            (table(&SENSITIVE, sensitive(report)))
        }
        h2 { "What each column tells by itself" }
        p.quiet {
            "A token stands for its value as often as the value does: who knows that one value is frequent, or that one "
            "occurs once, finds it again. Bars: the share of the "
            span style="color:var(--mark)" { "most frequent value" } ", and of the records with a "
            span style="color:var(--quasi)" { "singleton" } "."
        }
        (frequencies(report))
        (table(&COLUMNS, columns(report)))
    };
    page(&format!("Risk of {}", shown(name)), &about, &body)
}

fn summary(report: &Report) -> Markup {
    let grade = if report.k < 2 { "bad" } else { "" };
    html! {
        table {
            tr { th { "Records" } td.number { (report.records) } }
            tr { th { "Equivalence classes" } td.number { (report.classes) } }
            tr { th { "k, the smallest class" } td.number { span class=(grade) { (report.k) } } }
            tr { th { "Records a class" } td.number { (format!("{:.2}", report.mean_class_size)) } }
            tr { th { "Unique records" } td.number { (with_share(report.unique_records, report.unique_share)) } }
        }
    }
}

fn classes(report: &Report) -> Markup {
    let ranges = ranges(&report.histogram);
    let most = ranges.iter().map(|range| range.classes).max().unwrap_or(0);
    let of_classes = |range: &Range| Bar {
        label: range.label.clone(),
        length: share(range.classes, most),
        value: range.classes.to_string(),
    };
    let of_records = |range: &Range| {
        let length = share(range.records, report.records);
        Bar {
            label: range.label.clone(),
            length,
            value: percent(length),
        }
    };
    let counts: Vec<Bar> = ranges.iter().map(of_classes).collect();
    let shares: Vec<Bar> = ranges.iter().map(of_records).collect();
    let below = report.below.iter().map(|below| {
        [
            format!("k = {}", below.k),
            with_share(below.records, below.share),
        ]
    });
    html! {
        h2 { "Classes by size" }
        div style=(BESIDE) {
            div { h3 { "Classes" } (bars("Classes by size", &counts)) }
            div { h3 { "Share of the records" } (bars("Share of the records by the size of their class", &shares)) }
        }
        (table(&["Asked for", "Records in smaller classes"], below))
    }
}

fn risks(report: &Report) -> Markup {
    let at_risk = format!("at risk above {}", percent(report.threshold));
    let header = ["attack", "highest risk", "average risk", &at_risk];
    html! {
        (table(&header, attacks(report)))
        p.quiet {
            "The prosecutor knows that a person is in the file, the journalist that they are in the population; the "
            "marketer wants to find as many as possible, and finds "
            (format!("{:.1}", report.marketer.expected_records)) " records on average."
        }
    }
}

fn frequencies(report: &Report) -> Markup {
    let pair = |column: &crate::risk::Attribute| Pair {
        label: short(&column.name),
        first: (
            column.most_frequent_share,
            percent(column.most_frequent_share),
        ),
        second: (column.singletons_share, percent(column.singletons_share)),
    };
    let of = |wanted: fn(Role) -> bool| -> Vec<Pair> {
        let those = report.columns.iter().filter(|column| wanted(column.role));
        those.map(pair).collect()
    };
    let (named, others) = (
        of(|role| role != Role::Other),
        of(|role| role == Role::Other),
    );
    let about = "Share of the most frequent value, and of singletons, by column";
    html! {
        div style=(BESIDE) {
            div { (pairs(about, &named)) }
            @if !others.is_empty() { div { (pairs(about, &others)) } }
        }
    }
}

fn short(name: &str) -> String {
    let name = shown(name);
    if name.chars().count() <= NAME {
        return name;
    }
    let start: String = name.chars().take(NAME - 1).collect();
    start + "…"
}

/// A table whose first column is words, and the others numbers.
fn table<const N: usize>(
    header: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Markup {
    let table = html! {
        table {
            tr { @for (at, name) in header.iter().enumerate() { th.number[at > 0] { (name) } } }
            @for row in rows {
                tr { @for (at, cell) in row.iter().enumerate() { td.number[at > 0] { (cell) } } }
            }
        }
    };
    wide(&table)
}
