//! How much is found, and how much is taken that names nobody: texts as they are written, in four languages.
//!
//! In the texts `{KIND|piece}` is what is to be taken (`{KIND|piece|least}` where a part of it would do), and `{OUT|piece}`
//! what names somebody and is nobody's task here: other people's names, addresses. Letters, claims, bank notes and
//! e-mails were written before they were measured, with what is hard on both sides: doses, codes, orders, versions,
//! names that are words, which are far more here than in life. What is not found stays in the
//! table. After the first measure a few forms of dates were added to the recognisers; for the later texts nothing was.

mod english;
mod french;
mod german;
mod italian;

use std::ops::Range;

use super::names::Names;
use super::spans::found;

/// The ids of a row, and its text.
type Text = (&'static [&'static str], &'static str);

/// What is held at least, in per mille.
struct Floor {
    /// Of what is there, so much is found.
    found: u32,
    /// Of what is taken, so much at most names nobody.
    wrong: u32,
    /// The same of what is taken for its form; the rest are names of the row that are words as well.
    wrong_by_form: u32,
}

/// Of all texts.
const ALL: Floor = Floor {
    found: 975,
    wrong: 85,
    wrong_by_form: 15,
};

/// Of each language, and of its later texts.
const EACH: Floor = Floor {
    found: 940,
    wrong: 125,
    wrong_by_form: 60,
};

/// A text without its marks.
#[derive(Default)]
struct Marked {
    text: String,
    /// What is to be taken, by kind.
    there: Vec<(String, Range<usize>)>,
    /// What may be taken.
    others: Vec<Range<usize>>,
}

fn read(marked: &str) -> Marked {
    let mut read = Marked::default();
    let mut rest = marked;
    while let Some(open) = rest.find('{') {
        read.text.push_str(&rest[..open]);
        let close = rest.find('}').unwrap();
        let mut parts = rest[open + 1..close].split('|');
        let (kind, piece) = (parts.next().unwrap(), parts.next().unwrap());
        let start = read.text.len();
        read.text.push_str(piece);
        let least = parts.next().unwrap_or(piece);
        let at = start + piece.find(least).unwrap();
        if kind == "OUT" {
            read.others.push(start..start + piece.len());
        } else {
            read.there.push((kind.to_owned(), at..at + least.len()));
        }
        rest = &rest[close + 1..];
    }
    read.text.push_str(rest);
    read
}

/// Counts of one language.
#[derive(Default)]
struct Counts {
    there: u32,
    found: u32,
    taken: u32,
    wrong: u32,
    wrong_by_form: u32,
    /// What names somebody and was not asked for, and how much of it is taken all the same.
    others: u32,
    others_taken: u32,
    /// What was missed or wrongly taken, to be read.
    notes: Vec<String>,
}

impl Counts {
    fn add(&mut self, ids: &[&str], marked: &str) {
        let marked = read(marked);
        let mut names = Names::new();
        for id in ids {
            names.add(id);
        }
        let taken = found(&marked.text, &mut names);
        let meets = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
        for (kind, range) in &marked.there {
            self.there += 1;
            let letters = range
                .clone()
                .filter(|at| marked.text.as_bytes()[*at].is_ascii_alphanumeric());
            if letters
                .clone()
                .all(|at| taken.iter().any(|(range, _)| range.contains(&at)))
            {
                self.found += 1;
            } else {
                self.notes
                    .push(format!("missed {kind} {:?}", &marked.text[range.clone()]));
            }
        }
        for (range, kind) in &taken {
            self.taken += 1;
            let right = marked.there.iter().any(|(_, there)| meets(there, range));
            if !right && !marked.others.iter().any(|other| meets(other, range)) {
                self.wrong += 1;
                self.wrong_by_form += u32::from(kind.is_some());
                self.notes
                    .push(format!("took {kind:?} {:?}", &marked.text[range.clone()]));
            }
        }
        let taken = |other: &&Range<usize>| taken.iter().any(|(range, _)| meets(range, other));
        self.others += u32::try_from(marked.others.len()).unwrap();
        self.others_taken += u32::try_from(marked.others.iter().filter(taken).count()).unwrap();
    }

    fn of(texts: &[Text]) -> Self {
        let mut counts = Self::default();
        for (ids, text) in texts {
            counts.add(ids, text);
        }
        counts
    }

    fn plus(&mut self, other: &Self) {
        self.there += other.there;
        self.found += other.found;
        self.taken += other.taken;
        self.wrong += other.wrong;
        self.wrong_by_form += other.wrong_by_form;
        self.others += other.others;
        self.others_taken += other.others_taken;
    }

    fn hold(&self, floor: &Floor) -> bool {
        self.found * 1000 >= self.there * floor.found
            && self.wrong * 1000 <= self.taken * floor.wrong
            && self.wrong_by_form * 1000 <= self.taken * floor.wrong_by_form
    }

    fn lines(&self, name: &str) -> String {
        let Self {
            there,
            found,
            taken,
            wrong,
            wrong_by_form,
            others,
            others_taken,
            notes,
        } = self;
        format!(
            "{name}: {found} of {there} found; {wrong} of {taken} wrongly taken, {wrong_by_form} by form; \
             {others_taken} of {others} others taken\n    {}",
            notes.join("\n    ")
        )
    }
}

#[test]
fn most_is_found_and_little_is_taken_wrongly() {
    let languages = [
        ("English", english::TEXTS),
        ("German", german::TEXTS),
        ("French", french::TEXTS),
        ("Italian", italian::TEXTS),
        ("English, later", english::LATER),
        ("German, later", german::LATER),
        ("French, later", french::LATER),
        ("Italian, later", italian::LATER),
    ];
    let texts: usize = languages.iter().map(|(_, texts)| texts.len()).sum();
    assert!(texts >= 60, "{texts} texts");
    let mut lines = Vec::new();
    let mut all = Counts::default();
    let mut good = true;
    for (name, texts) in languages {
        let counts = Counts::of(texts);
        good &= counts.hold(&EACH);
        lines.push(counts.lines(name));
        all.plus(&counts);
    }
    good &= all.hold(&ALL);
    lines.push(all.lines("all"));
    assert!(good, "\n{}", lines.join("\n"));
}
