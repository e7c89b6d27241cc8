//! What is said of one file: mistakes, which refuse it, and notes, which do not; each with line and column.

use std::path::Path;

use crate::error::{Error, Kind, Result};

/// What was found so far, each at an offset of the text.
#[derive(Default)]
pub(super) struct Report {
    mistakes: Vec<(usize, String)>,
    notes: Vec<(usize, String)>,
}

impl Report {
    /// Something wrong, with its remedy. It quotes no value: any may be a secret that was put into the wrong place.
    pub fn wrong(&mut self, at: usize, what: String) {
        self.mistakes.push((at, what));
    }

    /// Something allowed that whoever wrote it may not have meant.
    pub fn note(&mut self, at: usize, what: String) {
        self.notes.push((at, what));
    }

    /// The notes, where there is no mistake.
    ///
    /// # Errors
    /// [`Kind::Settings`] with all mistakes, a line each, in the order of the file.
    pub fn end(self, path: &Path, text: &str) -> Result<Vec<String>> {
        let lines = |mut all: Vec<(usize, String)>| -> Vec<String> {
            all.sort();
            let line = |(at, what)| {
                let (line, column) = place(text, at);
                format!("{}:{line}:{column}: {what}", path.display())
            };
            all.into_iter().map(line).collect()
        };
        if self.mistakes.is_empty() {
            return Ok(lines(self.notes));
        }
        Err(Error::new(Kind::Settings, lines(self.mistakes).join("\n")))
    }
}

/// Line and column of an offset, both from 1; a column is a character. A byte order mark takes none.
pub(super) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let within = before.get(start..).unwrap_or_default();
    let column = within.trim_start_matches('\u{feff}').chars().count() + 1;
    (line, column)
}
