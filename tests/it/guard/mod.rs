//! Identifiers in columns that are classed as naming nobody: counted, logged, or the object is refused.
//!
//! ```text
//! rows.rs      objects and settings, and what `convert` says
//! counted.rs   the counts against a naive count, with any number of threads
//! served.rs    the same at the gateway
//! ```

mod counted;
mod rows;
mod served;

use std::fmt::Write as _;

/// The contract up to its OPTIONS.
const SCHEMA: &str = r#"CREATE EXTERNAL TABLE visits (
  "Name"   VARCHAR        COMMENT 'direct identifier',
  "Town"   VARCHAR        COMMENT 'quasi-identifier',
  "Note"   VARCHAR        COMMENT 'sensitive',
  "Number" BIGINT         COMMENT 'insensitive',
  "Long"   DECIMAL(19,0)  COMMENT 'insensitive',
  "Cost"   INT            COMMENT 'insensitive'
) STORED AS CSV LOCATION '**/visits*.csv'"#;

/// An object of these rows, each Name, Town, Note, Number, Long, Cost.
fn object(rows: impl IntoIterator<Item = String>) -> String {
    let mut text = String::from("Name,Town,Note,Number,Long,Cost\n");
    for row in rows {
        let _ = writeln!(text, "{row}");
    }
    text
}

/// A different number each, with its check digit: of cards (16 digits that begin with 4), of AHV.
fn card(row: usize) -> String {
    let body = format!("4{row:014}");
    let sum: usize = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = usize::from(byte - b'0') * (2 - place % 2);
            digit / 10 + digit % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn ahv(row: usize) -> String {
    let body = format!("756{row:09}");
    let sum: usize = body
        .bytes()
        .enumerate()
        .map(|(place, byte)| usize::from(byte - b'0') * (1 + 2 * (place % 2)))
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}
