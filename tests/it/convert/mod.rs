//! `veilpoint convert` and its sisters, as processes: what they write, say and leave, and what their exit code tells.

mod files;
mod folders;
mod help;
mod keys;
mod pipes;
mod readme;
mod refusals;
mod settings;
mod signals;
mod terminal;

use crate::support::site::Answer;

/// The shape of the last line: `INPUT → OUTPUT: 3 rows, 9.1 KiB in, 52 B out, 0.03 s`, with `#` for each number.
fn shape(line: &str) -> String {
    let mut shape = String::new();
    for char in line.trim_end().chars() {
        let number = char.is_ascii_digit() || (char == '.' && shape.ends_with('#'));
        match (number, shape.ends_with('#')) {
            (true, true) => {}
            (true, false) => shape.push('#'),
            (false, _) => shape.push(char),
        }
    }
    shape
}

/// What is wrong with an answer that should be a success, if anything is.
fn failure(answer: &Answer) -> Option<String> {
    (answer.code != Some(0)).then(|| {
        format!(
            "exits with {:?} and says {}",
            answer.code,
            answer.stderr.trim_end()
        )
    })
}

/// What is wrong with a refusal: another exit code, or words that are missing in what it says.
fn unlike(answer: &Answer, code: i32, words: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    if answer.code != Some(code) {
        wrong.push(format!("exits with {:?}, not {code}", answer.code));
    }
    for word in words.iter().filter(|word| !answer.stderr.contains(**word)) {
        wrong.push(format!("does not say {word}"));
    }
    if !wrong.is_empty() {
        wrong.push(format!("says {}", answer.stderr.trim_end()));
    }
    wrong
}
