//! What is taken out of a text.

use std::ops::Range;

use super::names::Names;
use crate::identifiers::{self, Identifier};

/// Identifiers with their kind, and names, which have none, between them; in order.
pub(super) fn found(text: &str, names: &mut Names) -> Vec<(Range<usize>, Option<Identifier>)> {
    let mut all = Vec::new();
    let mut at = 0;
    for (range, kind) in identifiers::find(text) {
        names.find(text, at..range.start, &mut all);
        at = range.end;
        all.push((range, Some(kind)));
    }
    names.find(text, at..text.len(), &mut all);
    all
}
