//! Tables for people: with lines and within the window on a terminal, plain and as wide as they come elsewhere.

use std::io::{self, IsTerminal};

use comfy_table::presets::{NOTHING, UTF8_HORIZONTAL_ONLY};
use comfy_table::{ContentArrangement, Table, TableComponent};

/// A window of more columns is used up to here: longer lines are hard to follow.
const WIDEST: usize = 240;

/// How a table looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Without lines, and without a limit to its width: for files and other programs.
    Plain,
    /// With lines, and at most so many columns of characters.
    Lines(u16),
}

impl Look {
    /// That of what goes to standard output.
    pub(super) fn of_stdout() -> Self {
        if io::stdout().is_terminal() {
            Self::Lines(window())
        } else {
            Self::Plain
        }
    }
}

/// The window's width in characters. The arguments' parser knows it: it is how wide a long text of help becomes.
fn window() -> u16 {
    let text = "a ".repeat(2 * WIDEST);
    let command = clap::Command::new("window").max_term_width(WIDEST);
    let help = command
        .about(text)
        .disable_help_flag(true)
        .render_help()
        .to_string();
    let longest = help.lines().map(str::len).max().unwrap_or(80);
    u16::try_from(longest.max(40)).unwrap_or(80)
}

/// An empty table.
pub(super) fn new(look: Look) -> Table {
    let mut table = Table::new();
    match look {
        Look::Plain => {
            table.load_preset(NOTHING);
        }
        Look::Lines(width) => {
            table.load_preset(UTF8_HORIZONTAL_ONLY);
            // Rows tell themselves apart: a line between any two would double the length.
            for between in [
                TableComponent::HorizontalLines,
                TableComponent::MiddleIntersections,
                TableComponent::LeftBorderIntersections,
                TableComponent::RightBorderIntersections,
            ] {
                table.remove_style(between);
            }
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(width);
        }
    }
    table
}

/// Its text, without blanks at the ends of lines.
pub(super) fn finish(table: &Table) -> String {
    table.trim_fmt()
}
