//! The report for a terminal.

use std::fmt::Write as _;

use comfy_table::TableComponent::{
    HorizontalLines, LeftBorderIntersections, MiddleIntersections, RightBorderIntersections,
};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::bins::{
    COLUMNS, SENSITIVE, about_population, attacks, columns, percent, quasi_identifiers, ranges,
    sensitive, shown, with_share,
};
use crate::risk::{Report, share};

pub(super) fn render(report: &Report, name: &str) -> String {
    let mut text = format!(
        "{}: {} records, {} classes over {}\nk = {}, {:.2} records a class, {} unique\n",
        shown(name),
        report.records,
        report.classes,
        quasi_identifiers(report),
        report.k,
        report.mean_class_size,
        with_share(report.unique_records, report.unique_share),
    );
    let sizes = ranges(&report.histogram).into_iter().map(|range| {
        let share = share(range.records, report.records);
        [
            range.label,
            range.classes.to_string(),
            with_share(range.records, share),
        ]
    });
    part(
        &mut text,
        "Classes by size",
        &table(["size", "classes", "records"], sizes),
    );
    let below = report
        .below
        .iter()
        .map(|below| [below.k.to_string(), with_share(below.records, below.share)]);
    part(
        &mut text,
        "Records short of k",
        &table(["k", "records in smaller classes"], below),
    );
    let at_risk = format!("at risk above {}", percent(report.threshold));
    let header = ["attack", "highest risk", "average risk", &at_risk];
    part(
        &mut text,
        &about_population(report),
        &table(header, attacks(report)),
    );
    if !report.sensitive.is_empty() {
        let rows = table(SENSITIVE, sensitive(report));
        part(
            &mut text,
            "What the worst class tells of a sensitive column",
            &rows,
        );
    }
    part(
        &mut text,
        "What each column tells by itself",
        &table(COLUMNS, columns(report)),
    );
    text
}

fn part(text: &mut String, title: &str, table: &Table) {
    // Writing to a text does not fail.
    let _ = writeln!(text, "\n{title}\n{table}");
}

/// A table whose first column is words, and the others numbers.
fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    // Lines above and below, and none between the rows.
    for line in [
        HorizontalLines,
        MiddleIntersections,
        LeftBorderIntersections,
        RightBorderIntersections,
    ] {
        table.remove_style(line);
    }
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
