//! `keep_suffix(x, n)`: the last characters of a text.

use super::keep::Keep;
use super::{Argument, Function, Level};

/// The entry in the table.
///
/// `keep_suffix(x, n)`: the last n characters (Unicode scalar values) of a text of at least 2n; shorter ones become
/// NULL, so that at most half of a value shows. NULL in, NULL out.
pub(super) const FUNCTION: Function = Function {
    name: "keep_suffix",
    aliases: &["mask_show_last_n"],
    levels: &[Level::Part, Level::Whole],
    bounds,
    make: |_| Keep::function(&FUNCTION, suffix),
    ..Function::DEFAULT
};

fn bounds(arguments: &[Argument<'_>]) -> std::result::Result<(), String> {
    super::keep::bounds(FUNCTION.name, arguments)
}

/// The last n characters, if they are at most half.
fn suffix(text: &str, n: usize) -> Option<&str> {
    let (start, _) = text.char_indices().rev().nth(n - 1)?;
    let (rest, kept) = text.split_at_checked(start)?;
    rest.chars().nth(n - 1).map(|_| kept)
}
