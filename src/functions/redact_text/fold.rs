//! The form in which spellings of one word meet: `Müller`, `MULLER`, `Mueller`, `Mu\u{308}ller`.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_normalizer::{DecomposingNormalizer, DecomposingNormalizerBorrowed};

/// Folds words, one at a time.
pub(super) struct Folder {
    decompose: DecomposingNormalizerBorrowed<'static>,
    case: CaseMapperBorrowed<'static>,
    decomposed: String,
    folded: String,
}

impl Folder {
    pub(super) fn new() -> Self {
        Self {
            decompose: DecomposingNormalizer::new_nfkd(),
            case: CaseMapper::new(),
            decomposed: String::new(),
            folded: String::new(),
        }
    }

    /// The word decomposed (NFKD), folded in case, without accents, letters with strokes as their plain ones; and the
    /// `e` of `ae`, `oe`, `ue` gone, which stands for two dots. So it takes a few words that differ for one.
    pub(super) fn fold(&mut self, word: &str) -> &str {
        self.folded.clear();
        if word.is_ascii() {
            for c in word.chars() {
                push(&mut self.folded, c.to_ascii_lowercase());
            }
        } else {
            self.decomposed.clear();
            // Writing to a `String` cannot fail.
            let _ = self.decompose.normalize_to(word, &mut self.decomposed);
            for c in self.case.fold_string(&self.decomposed).chars() {
                plain(c, &mut self.folded);
            }
        }
        &self.folded
    }
}

/// Appends a letter without its accents and strokes.
fn plain(c: char, out: &mut String) {
    match c {
        '\u{300}'..='\u{36f}' => {}
        'æ' => push(out, 'a'),
        'œ' | 'ø' => push(out, 'o'),
        'đ' | 'ð' => push(out, 'd'),
        'ł' => push(out, 'l'),
        'ı' => push(out, 'i'),
        'þ' => out.push_str("th"),
        c => push(out, c),
    }
}

fn push(out: &mut String, c: char) {
    if c != 'e' || !out.ends_with(['a', 'o', 'u']) {
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_meet_and_other_words_do_not() {
        let rows: [(&str, &[&str], &[&str]); 6] = [
            (
                "Müller",
                &["MÜLLER", "Mueller", "MULLER", "Mu\u{308}ller", "muller"],
                &["Miller", "Mülle"],
            ),
            ("Weiß", &["WEISS", "Weiss", "weiss"], &["Weis", "Wess"]),
            ("José", &["JOSE", "Jose\u{301}", "jose"], &["Josef"]),
            ("Øystein", &["Oeystein", "OYSTEIN"], &["Eystein"]),
            ("Łukasz", &["LUKASZ", "lukasz"], &["Lucas"]),
            ("Σίσυφος", &["ΣΙΣΥΦΟΣ"], &["Σίσυφο"]),
        ];
        let mut folder = Folder::new();
        let mut wrong: Vec<&str> = Vec::new();
        for (word, same, others) in rows {
            let key = folder.fold(word).to_owned();
            wrong.extend(same.iter().filter(|other| folder.fold(other) != key));
            wrong.extend(others.iter().filter(|other| folder.fold(other) == key));
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
