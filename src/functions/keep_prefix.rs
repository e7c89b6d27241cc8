//! `keep_prefix(x, n)`: the first characters of a text.

use super::keep::Keep;
use super::{Argument, Function, Level};

/// The entry in the table.
///
/// `keep_prefix(x, n)`: the first n characters (Unicode scalar values) of a text of at least 2n; shorter ones become
/// NULL, so that at most half of a value shows. NULL in, NULL out.
pub(super) const FUNCTION: Function = Function {
    name: "keep_prefix",
    aliases: &["mask_show_first_n"],
    levels: &[Level::Part, Level::Whole],
    bounds,
    make: |_| Keep::function(&FUNCTION, prefix),
    ..Function::DEFAULT
};

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    super::keep::bounds(FUNCTION.name, arguments)
}

/// The first n characters, if they are at most half.
fn prefix(text: &str, n: usize) -> Option<&str> {
    let (end, _) = text.char_indices().nth(n)?;
    let (kept, rest) = text.split_at_checked(end)?;
    rest.chars().nth(n - 1).map(|_| kept)
}
