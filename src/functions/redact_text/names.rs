//! The words of a row's identifiers in a text of the row.
//!
//! A word names a person alone if it has two letters or more and is no stop word, or four digits or more. What does not
//! (`de`, an initial, `12` of a street) goes with a neighbour that does: `A. de la Cruz` is one name.

use std::collections::HashSet;
use std::ops::Range;

use foldhash::fast::RandomState;

use super::fold::Folder;
use super::stop_words::is_stop_word;
use crate::identifiers::Identifier;

/// The most characters between two words of one name: `., `.
const WIDEST: usize = 3;

/// Digits that name somebody alone: a house number does not, a patient's number does.
const LEAST_DIGITS: usize = 4;

/// So many initials are known: more words are no name, and their initials every letter.
const MOST_INITIALS: usize = 16;

/// What a word of the text is to the ids.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A word that names alone.
    Name,
    /// A word or an initial that names beside another.
    Beside,
    /// None of theirs.
    Other,
}

/// The words of the ids of one row. Text and ids meet in folded form, so case, accents and `ue` for `ü` do not matter.
pub(super) struct Names {
    folder: Folder,
    alone: HashSet<String, RandomState>,
    beside: HashSet<String, RandomState>,
    /// First letters of the words that name alone, in their order.
    initials: Vec<char>,
}

/// A word of the text.
struct Word {
    range: Range<usize>,
    part: Part,
    /// An initial: a capital alone.
    initial: Option<char>,
}

impl Names {
    pub(super) fn new() -> Self {
        Self {
            folder: Folder::new(),
            alone: HashSet::default(),
            beside: HashSet::default(),
            initials: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.alone.clear();
        self.beside.clear();
        self.initials.clear();
    }

    /// Adds the words of an id; of an e-mail address those before the `@`.
    pub(super) fn add(&mut self, id: &str) {
        let id = id.split('@').next().unwrap_or_default();
        let words: Vec<Range<usize>> = words(id, 0..id.len()).collect();
        for range in &words {
            self.add_word(id.get(range.clone()).unwrap_or_default());
        }
        // `O'Brien` is also written `OBrien`.
        for pair in words.windows(2) {
            if let [first, second] = pair
                && matches!(id.get(first.end..second.start), Some("'" | "\u{2019}"))
            {
                let parts = [first, second].map(|range| id.get(range.clone()).unwrap_or_default());
                let joined = self.folder.fold(&parts.concat()).to_owned();
                self.alone.insert(joined);
            }
        }
    }

    fn add_word(&mut self, word: &str) {
        let key = self.folder.fold(word);
        let long = if key.bytes().all(|byte| byte.is_ascii_digit()) {
            key.len() >= LEAST_DIGITS
        } else {
            word.chars().nth(1).is_some()
        };
        if !long || is_stop_word(key) {
            self.beside.insert(key.to_owned());
            return;
        }
        let first = key.chars().next().filter(|c| c.is_alphabetic());
        if self.initials.len() < MOST_INITIALS {
            self.initials.extend(first);
        }
        self.alone.insert(key.to_owned());
    }

    /// Appends the names in a range of the text, in order.
    pub(super) fn find(
        &mut self,
        text: &str,
        within: Range<usize>,
        found: &mut Vec<(Range<usize>, Option<Identifier>)>,
    ) {
        if self.alone.is_empty() {
            return;
        }
        let mut run: Vec<Word> = Vec::new();
        for range in words(text, within) {
            let word = self.judge(text, range);
            if !run.last().is_some_and(|last| joined(text, last, &word)) {
                self.end_run(text, &mut run, found);
            }
            if word.part == Part::Other {
                self.end_run(text, &mut run, found);
            } else {
                run.push(word);
            }
        }
        self.end_run(text, &mut run, found);
    }

    fn judge(&mut self, text: &str, range: Range<usize>) -> Word {
        let written = text.get(range.clone()).unwrap_or_default();
        let key = self.folder.fold(written);
        let mut letters = key.chars();
        let single = letters.next().filter(|_| letters.next().is_none());
        let initial = single
            .filter(|c| self.initials.contains(c))
            .filter(|_| written.chars().all(char::is_uppercase));
        // `Müllers` is of Müller.
        let owner = key.strip_suffix('s').filter(|owner| owner.len() > 2);
        let part =
            if self.alone.contains(key) || owner.is_some_and(|word| self.alone.contains(word)) {
                Part::Name
            } else if initial.is_some() || self.beside.contains(key) {
                Part::Beside
            } else {
                Part::Other
            };
        Word {
            range,
            part,
            initial,
        }
    }

    /// Takes words that stand together for a name, if one of them names alone or they are the initials.
    fn end_run(
        &self,
        text: &str,
        run: &mut Vec<Word>,
        found: &mut Vec<(Range<usize>, Option<Identifier>)>,
    ) {
        if let (Some(first), Some(last)) = (run.first(), run.last()) {
            let range = first.range.start..last.range.end;
            if run.iter().any(|word| word.part == Part::Name) || self.are_initials(text, run) {
                found.push((range, None));
            }
        }
        run.clear();
    }

    /// `A. M.`: two initials or more with dots, in the order of the names or from the last to the first.
    fn are_initials(&self, text: &str, run: &[Word]) -> bool {
        let dotted = |word: &Word| {
            text.get(word.range.end..)
                .is_some_and(|rest| rest.starts_with('.'))
        };
        let letters: Option<Vec<char>> = run
            .iter()
            .map(|word| word.initial.filter(|_| dotted(word)))
            .collect();
        let Some(letters) =
            letters.filter(|letters| (2..=self.initials.len()).contains(&letters.len()))
        else {
            return false;
        };
        let same = |window: &[char]| window == letters || window.iter().rev().eq(&letters);
        self.initials.windows(letters.len()).any(same)
    }
}

/// Whether two words may belong to one name by what is between them.
fn joined(text: &str, last: &Word, next: &Word) -> bool {
    let between = text
        .get(last.range.end..next.range.start)
        .unwrap_or_default();
    let joins = |c: char| {
        matches!(
            c,
            ' ' | '\u{a0}' | '.' | ',' | '-' | '\u{2010}' | '\u{2011}' | '\'' | '\u{2019}'
        )
    };
    between.chars().all(joins) && between.chars().nth(WIDEST).is_none()
}

/// The words in a range: letters and digits, with their marks.
fn words(text: &str, within: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}');
    let mut at = within.start;
    std::iter::from_fn(move || {
        let rest = text.get(at..within.end)?;
        let start = at + rest.find(is_part)?;
        let rest = text.get(start..within.end)?;
        let len = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        at = start + len;
        Some(start..at)
    })
}
