//! What a preview says of itself: whom it is for, what was read, and in what the release is otherwise.

use super::{Preview, Shown};

/// A sentence each.
pub(super) fn all(preview: &Preview) -> Vec<String> {
    let mut notes = vec![
        "This shows raw values: it is for those who may read the raw object itself, and for nobody else.".to_owned(),
        read(preview),
    ];
    match &preview.shown {
        Shown::Pairs(_) if preview.projection.head.keep_order => {}
        Shown::Pairs(_) => notes.push(
            "Rows stand beside their records, in the object's order; in the release they stand in a keyed order."
                .to_owned(),
        ),
        Shown::Whole(_) => notes.push(
            "Rows of the release are not those of the records above them: this projection groups, sorts, compares or \
             suppresses rows."
                .to_owned(),
        ),
    }
    notes
}

fn read(preview: &Preview) -> String {
    let raw = &preview.raw;
    let shown = raw.records.len();
    match &preview.shown {
        Shown::Whole(released) => format!(
            "Read: all {} records, which give {} rows. Shown: the first {shown} records, and the first {} rows.",
            released.rows_in,
            released.rows_out,
            released.rows.len()
        ),
        Shown::Pairs(_) if raw.all => format!("Read: all {} records. Shown: {shown}.", raw.read),
        Shown::Pairs(_) => format!(
            "Read: the first {} records, and no more. Shown: {shown}. What is wrong with later ones is not seen here.",
            raw.read
        ),
    }
}
