//! Places in the object: unless the head keeps the order, no projection tells them, so that no two consumers can be
//! joined by them.

use std::collections::HashSet;
use std::fmt::Write as _;

use veilpoint::request::Format;

use super::strict;
use crate::engine::Engine;

const ROWS: usize = 1000;

/// A thousand people whose weight is their place.
fn object() -> String {
    let mut text = "Name,SSN,Account,Joined,Email,Birthdate,Gender,Zip,Income,Disease,Weight,Height,Visit,Smoking\n"
        .to_owned();
    for row in 0..ROWS {
        writeln!(text, "n{row},s{row},{row},,,,,,,flu,{row},1.5,,true").unwrap();
    }
    text
}

fn lines(sql: &str) -> Vec<String> {
    let (bytes, _) = Engine::new(&strict(), sql, 9)
        .release(object().as_bytes(), Format::Csv, 1, usize::MAX)
        .unwrap();
    let text = String::from_utf8(bytes).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn a_projection_tells_places_in_the_object_only_where_its_head_keeps_the_order() {
    type OfRow = fn(usize) -> String;
    let rows: [(&str, OfRow); 7] = [
        ("SELECT \"Weight\" FROM t LIMIT 100", |row| row.to_string()),
        ("SELECT \"Weight\" FROM t OFFSET 900", |row| {
            (row + 900).to_string()
        }),
        (
            "SELECT \"Weight\", row_number() OVER () AS n FROM t",
            |row| format!("{row},{}", row + 1),
        ),
        (
            "SELECT \"Weight\", row_number() OVER (ORDER BY \"Disease\") AS n FROM t",
            |row| format!("{row},{}", row + 1),
        ),
        (
            "SELECT \"Weight\", lead(\"Weight\") OVER () AS n FROM t LIMIT 999",
            |row| format!("{row},{}", row + 1),
        ),
        ("SELECT \"Weight\" FROM t ORDER BY \"Disease\"", |row| {
            row.to_string()
        }),
        (
            "SELECT \"Weight\" FROM t ORDER BY redact(\"SSN\", 'x')",
            |row| row.to_string(),
        ),
    ];
    let mut wrong = Vec::new();
    for (sql, expected) in rows {
        let kept = lines(&format!("-- order: kept\n{sql}"));
        let naive: Vec<String> = (0..kept.len()).map(expected).collect();
        if kept != naive || kept.len() < 100 {
            wrong.push(format!(
                "{sql}: keeps no order: {:?}",
                &kept[..kept.len().min(5)]
            ));
        }
        let free = lines(sql);
        // Of a thousand rows in any order, one is where it was.
        let same_place = kept
            .iter()
            .zip(&free)
            .filter(|(kept, free)| kept == free)
            .count();
        let same_row = free
            .iter()
            .collect::<HashSet<_>>()
            .intersection(&kept.iter().collect())
            .count();
        let orders_only = sql.contains("FROM t ORDER BY");
        if same_place > 30 || (!orders_only && same_row > 30) {
            wrong.push(format!(
                "{sql}: tells places: {same_place} and {same_row} of {}",
                kept.len()
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
