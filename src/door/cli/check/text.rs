//! The proof as text: tables as wide as the terminal, or as wide as they come where nobody looks at one.

use std::fmt::Write as _;

use comfy_table::{ColumnConstraint, Width};

use super::joinable::Join;
use super::judged::{Judged, Projected};
use super::refused::Refused;
use super::words;
use crate::dataset::catalog::Served;
use crate::dataset::proof::OutputProof;
use crate::door::cli::table::{self, Look};
use crate::functions::Level;

/// A window of fewer characters has no room for a column of classes.
const NARROW: u16 = 100;

/// Where the contract's columns stand.
const OF: usize = 3;

/// The room of `quasi-identifier`, and a blank on either side.
const CLASS: u16 = 18;

/// The whole report.
pub(super) fn text(judged: &Judged, joins: &[Join], look: Look) -> String {
    let mut text = String::new();
    for dataset in &judged.datasets {
        if let Err(refused) = &dataset.contract {
            let _ = writeln!(text, "{}: refused", words::plain(&dataset.name));
            refusals(&mut text, &dataset.file, refused);
        }
    }
    for table in &judged.references {
        if let Err(refused) = &table.outcome {
            let _ = writeln!(
                text,
                "reference table {}: refused",
                words::plain(&table.name)
            );
            refusals(&mut text, &table.file, refused);
        }
    }
    for projected in &judged.projections {
        if !text.is_empty() {
            text.push('\n');
        }
        projection(&mut text, projected, look);
    }
    if !joins.is_empty() {
        text.push_str("\nWhat joins two consumers:\n");
    }
    for join in joins {
        let _ = writeln!(
            text,
            "{} and {}",
            words::plain(&join.a),
            words::plain(&join.b)
        );
        for sentence in join.sentences() {
            let _ = writeln!(text, "  - {}", words::plain(&sentence));
        }
    }
    text
}

fn projection(text: &mut String, projected: &Projected, look: Look) {
    let name = projected.name.to_string();
    match &projected.outcome {
        Ok(served) => {
            let _ = writeln!(
                text,
                "{name}: proven; {}",
                words::plain(&words::head(&served.projection).join("; "))
            );
            let outside = words::outside_k(&served.contract, &served.projection);
            if !outside.is_empty() {
                let outside = words::plain(&words::quoted(&outside));
                let _ = writeln!(text, "  not counted by k: {outside}");
            }
            let _ = writeln!(text, "{}", outputs(served, look));
        }
        Err(refused) => {
            let _ = writeln!(text, "{name}: refused");
            refusals(text, &projected.file, refused);
        }
    }
}

fn refusals(text: &mut String, file: &str, refused: &[Refused]) {
    for one in refused {
        let _ = writeln!(text, "  {}", words::plain(&one.line(file)));
        if let Some(path) = &one.path {
            let _ = writeln!(text, "    path: {}", words::plain(path));
        }
        if !one.would_do.is_empty() {
            let _ = writeln!(text, "    would do: {}", one.would_do.join(", "));
        }
    }
}

/// A line for each column that reaches an output column.
fn outputs(served: &Served, look: Look) -> String {
    let mut table = table::new(look);
    let narrow = matches!(look, Look::Lines(width) if width < NARROW);
    let header = ["output", "type", "level", "of", "class", "path"].map(str::to_owned);
    table.set_header(folded(header, narrow));
    if let Some(column) = table.column_mut(OF).filter(|_| narrow) {
        // No class is broken within a word: paths have more room to give.
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(CLASS)));
    }
    for output in &served.projection.proof.outputs {
        for row in rows(served, output) {
            table.add_row(folded(row.map(|cell| words::plain(&cell)), narrow));
        }
    }
    table::finish(&table)
}

/// A row, in a narrow window with the class below its column.
fn folded(row: [String; 6], narrow: bool) -> Vec<String> {
    let [output, data_type, level, of, class, path] = row;
    if narrow {
        let of = format!("{of}\n{class}");
        vec![output, data_type, level, of.trim_end().to_owned(), path]
    } else {
        vec![output, data_type, level, of, class, path]
    }
}

fn rows(served: &Served, output: &OutputProof) -> Vec<[String; 6]> {
    let mut name = format!("\"{}\"", output.name);
    let mut data_type = words::sql_type(&output.data_type);
    if output.sources.is_empty() {
        let level = words::level(Level::None).to_owned();
        let nothing = "nothing of any column".to_owned();
        return vec![[
            name,
            data_type,
            level,
            String::new(),
            String::new(),
            nothing,
        ]];
    }
    let sources = output.sources.iter().map(|source| {
        let class = words::class_of(&served.contract, &source.column);
        let path = source.path(&output.name);
        let path = if source.implicit {
            format!("by the rows that are chosen: {path}")
        } else {
            path
        };
        [
            std::mem::take(&mut name),
            std::mem::take(&mut data_type),
            words::level(source.level).to_owned(),
            format!("\"{}\"", source.column),
            words::class(class).to_owned(),
            path,
        ]
    });
    sources.collect()
}
