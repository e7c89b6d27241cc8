//! Values that stand nowhere else, and the forms in which they would be found.
//!
//! Four characters of a text canary are a vowel or `l` beside a digit: no token holds that (its alphabet lacks I, L, O
//! and U), no made-up name (it has no digits), and no other value of an object.

use std::sync::LazyLock;

use super::world::{Kind, ROWS};
use crate::support::python;

/// A canary with all its forms, in lower case.
pub struct Canary {
    /// As it stands in the object.
    pub value: String,
    /// Whole, reversed, encoded, and hashed without a key.
    pub forms: Vec<String>,
    /// Its beginnings and ends, the shortest that stand nowhere by chance.
    pub ends: [String; 2],
}

/// The most columns of direct identifiers that an object has.
const COLUMNS: usize = 4;

/// By kind, column, row, and whether it is the other value.
static ALL: LazyLock<Vec<Canary>> = LazyLock::new(|| {
    let mut values = Vec::new();
    for kind in [Kind::Text, Kind::Number, Kind::Date] {
        for number in 0..COLUMNS * ROWS * 2 {
            values.push((kind, value(kind, number)));
        }
    }
    let lines: Vec<&str> = values.iter().map(|(_, value)| value.as_str()).collect();
    let forms = python::run_script_on("disguised.py", &[], lines.join("\n").as_bytes());
    let canary = |((kind, value), forms): ((Kind, String), &str)| Canary {
        ends: ends(kind, &value),
        forms: forms.split('\t').map(str::to_lowercase).collect(),
        value,
    };
    values.into_iter().zip(forms.lines()).map(canary).collect()
});

/// The canary of a kind for a column and a row.
pub fn of(kind: Kind, column: usize, row: usize, other: bool) -> &'static Canary {
    let kind = match kind {
        Kind::Text | Kind::Truth => 0,
        Kind::Number => 1,
        Kind::Date => 2,
    };
    &ALL[((kind * COLUMNS + column) * ROWS + row) * 2 + usize::from(other)]
}

/// The value of a number: all are different, and none is much like the next.
fn value(kind: Kind, number: usize) -> String {
    let mut rest = number as u64 * 7_919 + 104_729;
    // The multiplier of POSIX's drand48.
    let mut draw = |of: u64| {
        rest = rest.wrapping_mul(25_214_903_917).wrapping_add(11);
        (rest >> 24) % of
    };
    match kind {
        Kind::Text | Kind::Truth => {
            let length = 7 + number % 3;
            (0..length)
                .map(|_| {
                    format!(
                        "{}{}",
                        ["o", "u", "l", "i"][usize::try_from(draw(4)).unwrap()],
                        draw(10)
                    )
                })
                .collect()
        }
        Kind::Number => format!("{}{:011}{number:03}", 1 + draw(8), draw(99_999_999_999)),
        // Years before all other dates, days after them.
        Kind::Date => format!("19{:02}-{}-{}", 2 + number, 10 + draw(3), 20 + draw(9)),
    }
}

/// Four characters at either end; of numbers and dates, of which parts stand elsewhere too, as many as do not.
fn ends(kind: Kind, value: &str) -> [String; 2] {
    let (first, last) = match kind {
        Kind::Text | Kind::Truth => (4, 4),
        Kind::Number => (7, 7),
        Kind::Date => (5, 6),
    };
    [
        value[..first].to_owned(),
        value[value.len() - last..].to_owned(),
    ]
}

/// Whether a text stands in bytes that are in lower case.
pub fn holds(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}
