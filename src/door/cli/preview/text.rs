//! A preview as text: one table where it fits, else record by record.

use std::fmt::Write as _;

use super::super::check::words;
use super::against::{Against, Measured};
use super::pairs::Pair;
use super::{Cell, Preview, Shown, notes};
use crate::door::cli::table::{self, Look};

/// More characters of a value are left out.
const LONGEST: usize = 32;

/// The whole preview.
pub(super) fn text(preview: &Preview, look: Look) -> String {
    let mut text = format!("{}\n", words::plain(&preview.title));
    for note in notes::all(preview) {
        let _ = writeln!(text, "{note}");
    }
    text.push('\n');
    match &preview.shown {
        Shown::Pairs(pairs) => beside(&mut text, preview, pairs, look),
        Shown::Whole(released) => {
            text.push_str("Raw\n");
            let mut header = vec!["record".to_owned()];
            header.extend(raw_header(preview));
            let rows = preview.raw.records.iter().map(|record| {
                let number = std::iter::once(record.number.to_string());
                number.chain(record.cells.iter().map(value)).collect()
            });
            text.push_str(&table(header, rows.collect(), look));
            text.push_str("\n\nRelease\n");
            let rows = released.rows.iter();
            let rows = rows.map(|row| row.iter().map(value).collect());
            text.push_str(&table(released_header(preview), rows.collect(), look));
            text.push('\n');
        }
    }
    if let Some(against) = &preview.against {
        compare(&mut text, against, look);
    }
    text
}

/// Records beside their rows, in one table where it fits into the window.
fn beside(text: &mut String, preview: &Preview, pairs: &[Pair], look: Look) {
    let mut header = vec!["record".to_owned()];
    header.extend(raw_header(preview));
    header.push("→".to_owned());
    header.extend(released_header(preview));
    let rows = preview.raw.records.iter().zip(pairs).map(|(record, pair)| {
        let mut row = vec![record.number.to_string()];
        row.extend(record.cells.iter().map(value));
        row.push("→".to_owned());
        match pair {
            Pair::Row(cells) => row.extend(cells.iter().map(value)),
            other => row.push(absent(other).to_owned()),
        }
        row
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let plain = table(header.clone(), rows.clone(), Look::Plain);
    let widest = plain.lines().map(|line| line.chars().count()).max();
    match look {
        Look::Lines(width) if widest > Some(usize::from(width)) => {
            for (record, pair) in preview.raw.records.iter().zip(pairs) {
                let _ = writeln!(text, "Record {}", record.number);
                let block = block(preview, &record.cells, pair);
                let head = ["raw", "class", "value", "release", "value"].map(str::to_owned);
                let _ = writeln!(text, "{}\n", table(head.to_vec(), block, look));
            }
        }
        _ => {
            let _ = writeln!(text, "{}", table(header, rows, look));
        }
    }
}

/// One record and its row, a column a line.
fn block(preview: &Preview, cells: &[Cell], pair: &Pair) -> Vec<Vec<String>> {
    let columns = preview.contract.columns.iter().zip(cells);
    let left = columns.map(|(column, cell)| {
        let class = words::class(column.class).to_owned();
        [words::plain(&column.name), class, value(cell)]
    });
    let left: Vec<[String; 3]> = left.collect();
    let outputs = preview.projection.proof.outputs.iter();
    let right: Vec<[String; 2]> = match pair {
        Pair::Row(cells) => outputs
            .zip(cells)
            .map(|(output, cell)| [words::plain(&output.name), value(cell)])
            .collect(),
        other => vec![[absent(other).to_owned(), String::new()]],
    };
    let rows = (0..left.len().max(right.len())).map(|row| {
        let left = left.get(row).cloned().unwrap_or_default();
        let right = right.get(row).cloned().unwrap_or_default();
        left.into_iter().chain(right).collect()
    });
    rows.collect()
}

/// What stands where a record has no row.
pub(super) fn absent(pair: &Pair) -> &'static str {
    match pair {
        Pair::Row(_) => "",
        Pair::LeftOut => "left out by WHERE",
        Pair::Dropped => "dropped: it cannot be read",
    }
}

fn raw_header(preview: &Preview) -> impl Iterator<Item = String> {
    let columns = preview.contract.columns.iter();
    columns.map(|column| {
        format!(
            "{}\n{}",
            words::plain(&column.name),
            words::class(column.class)
        )
    })
}

fn released_header(preview: &Preview) -> Vec<String> {
    let outputs = preview
        .projection
        .proof
        .outputs
        .iter()
        .map(|output| format!("{}\n{}", words::plain(&output.name), words::levels(output)));
    outputs.collect()
}

/// A value within one line; NULL without quotes, and text that reads NULL with them.
fn value(cell: &Cell) -> String {
    match cell {
        None => "NULL".to_owned(),
        Some(text) if text == "NULL" || text.is_empty() => format!("'{text}'"),
        Some(text) => {
            let plain = words::plain(text);
            match plain.char_indices().nth(LONGEST) {
                Some((end, _)) => format!("{}…", &plain[..end]),
                None => plain,
            }
        }
    }
}

fn table(header: Vec<String>, rows: Vec<Vec<String>>, look: Look) -> String {
    let mut table = table::new(look);
    table.set_header(header);
    table.add_rows(rows);
    table::finish(&table)
}

fn compare(text: &mut String, against: &Against, look: Look) {
    text.push_str("\nWhat the edit changes\n");
    if against.changes.is_empty() {
        text.push_str(
            "Nothing that proof and head show; the same columns may still hold other values.\n",
        );
    } else {
        let rows = against.changes.iter().map(|change| {
            let side =
                |side: &Option<String>, none: &str| words::plain(side.as_deref().unwrap_or(none));
            vec![
                words::plain(&change.what),
                side(&change.before, "—"),
                side(&change.after, "—"),
            ]
        });
        let header = ["", "before", "after"].map(str::to_owned).to_vec();
        let _ = writeln!(text, "{}", table(header, rows.collect(), look));
    }
    let sides = [("before", &against.before), ("after", &against.after)];
    let rows = sides.map(|(side, measured)| {
        let mut row = vec![side.to_owned()];
        row.extend(measures(measured));
        row
    });
    let header = [
        "unique rows",
        "rows",
        "unique",
        "share",
        "smallest class",
        "over",
    ];
    let header = header.map(str::to_owned).to_vec();
    let _ = writeln!(text, "\n{}", table(header, rows.to_vec(), look));
}

/// Rows, unique rows, their share, the smallest class, and what they are counted over.
pub(super) fn measures(measured: &Measured) -> [String; 5] {
    let over = if measured.over.is_empty() {
        "nothing of a quasi-identifier leaves".to_owned()
    } else {
        words::plain(&words::quoted(&measured.over))
    };
    let rows = measured.rows.to_string();
    match &measured.unique {
        None => [rows, "—".to_owned(), "—".to_owned(), "—".to_owned(), over],
        Some(unique) => [
            rows,
            unique.rows.to_string(),
            format!("{:.1} %", unique.share * 100.0),
            unique.smallest.to_string(),
            over,
        ],
    }
}
