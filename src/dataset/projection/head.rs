//! The comment lines at the top of a projection: whom it is for, and the directives.
//!
//! `-- word: value` is a directive when the word is of lower-case letters; an unknown one is an error, so that a slip
//! never turns a rule into a remark. A line whose first word is capitalised (`-- Analytics: who is ill`) is free text,
//! unless the word is one of the directives or nearly so.

use crate::dataset::contract::Contract;
use crate::dataset::nearest::{hint, nearest};
use crate::dataset::place::quoted_list;
use crate::dataset::rule::{Refusal, Refusals, Rule};

/// The directives there are.
const WORDS: [&str; 4] = ["reveals", "k", "domain", "order"];

/// What a projection's head says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The columns that it admits to reveal, in the order written.
    pub reveals: Vec<String>,
    /// The shared domain of its keys, instead of its own.
    pub domain: Option<String>,
    /// Whether rows keep the object's order.
    pub keep_order: bool,
    /// The k-anonymity that it asks for.
    pub k: Option<Anonymity>,
    /// Where `reveals` stands, for the proof's errors.
    pub(crate) reveals_at: Option<(u64, u64)>,
}

/// `-- k: 5 over "Age", "Gender"`: what is shared by fewer subjects does not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anonymity {
    /// The least number of subjects, at least two.
    pub k: u32,
    /// The output columns whose combinations are counted, in the order written; none: the groups of GROUP BY are.
    pub over: Vec<String>,
    /// Line and column of the directive, for errors.
    pub(crate) at: (u64, u64),
}

impl Head {
    /// Reads the head of a projection's text, or says everything that is wrong with it.
    pub(super) fn parse(contract: &Contract, text: &str, refusals: &mut Refusals) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut head = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        let mut at_top = true;
        for (line, number) in text.lines().zip(1_u64..) {
            let Some(comment) = line.trim_start().strip_prefix("--") else {
                at_top = false;
                continue;
            };
            let Some((word, value)) = comment.split_once(':').map(|(w, v)| (w.trim(), v.trim()))
            else {
                continue;
            };
            let read = if at_top {
                head.line(contract, &mut seen, word, value, number)
            } else {
                below(word)
            };
            if let Err(why) = read {
                refusals.add(Refusal::new(Rule::Head, Some((number, 1)), why));
            }
        }
        head
    }

    fn line<'a>(
        &mut self,
        contract: &Contract,
        seen: &mut Vec<&'a str>,
        word: &'a str,
        value: &str,
        number: u64,
    ) -> std::result::Result<(), String> {
        let Some(word) = directive(word)? else {
            return Ok(());
        };
        if seen.contains(&word) {
            return Err(format!(
                "the directive \"{word}\" stands twice: once at most"
            ));
        }
        seen.push(word);
        self.read(contract, word, value, number)
            .map_err(|why| format!("{word}: {why}"))
    }

    fn read(
        &mut self,
        contract: &Contract,
        word: &str,
        value: &str,
        line: u64,
    ) -> std::result::Result<(), String> {
        match word {
            "reveals" => {
                self.reveals = reveals(contract, value)?;
                self.reveals_at = Some((line, 1));
            }
            "domain" => self.domain = Some(domain(value)?),
            "order" if value == "kept" => self.keep_order = true,
            "order" => return Err("takes only \"kept\"".into()),
            _ => self.k = Some(k(value, line)?),
        }
        Ok(())
    }
}

/// A rule that nobody reads is worse than none.
fn below(word: &str) -> std::result::Result<(), String> {
    if WORDS.contains(&word) {
        return Err(format!(
            "the directive \"{word}\" stands below the head: move it to the lines at the very top"
        ));
    }
    Ok(())
}

/// The directive that a word is, or nothing where the line is free text.
fn directive(word: &str) -> std::result::Result<Option<&str>, String> {
    if WORDS.contains(&word) {
        return Ok(Some(word));
    }
    let letters = |c: char| c.is_alphabetic() || matches!(c, '_' | '-');
    if word.is_empty() || !word.chars().all(letters) {
        return Ok(None);
    }
    let lower = !word.chars().any(char::is_uppercase);
    if lower || nearest(word, WORDS).is_some() {
        return Err(format!(
            "the directive \"{word}\" is unknown{}: the directives are {}, and free text has no lower-case word before \
             a colon",
            hint(word, WORDS),
            WORDS.join(", ")
        ));
    }
    Ok(None)
}

fn reveals(contract: &Contract, value: &str) -> std::result::Result<Vec<String>, String> {
    let names = quoted_list(value)?;
    for (position, name) in names.iter().enumerate() {
        if contract.position(name).is_none() {
            let known = contract.columns.iter().map(|column| column.name.as_str());
            return Err(format!(
                "\"{name}\" is no column of the contract{}",
                hint(name, known)
            ));
        }
        if names[..position].contains(name) {
            return Err(format!("\"{name}\" stands twice"));
        }
    }
    Ok(names)
}

fn domain(value: &str) -> std::result::Result<String, String> {
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if value.is_empty() || value.len() > 64 || !value.chars().all(sign) {
        return Err("takes a name of 1 to 64 ASCII letters, digits, '-', '_', '.' and '/'".into());
    }
    Ok(value.to_owned())
}

/// `5` or `5 over "Age", "Gender"`.
fn k(value: &str, line: u64) -> std::result::Result<Anonymity, String> {
    let end = value
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(value.len());
    let (number, rest) = value.split_at(end);
    let Some(k) = number.parse().ok().filter(|k| *k >= 2) else {
        return Err("takes a number of subjects, 2 at least".into());
    };
    let at = (line, 1);
    if rest.is_empty() {
        let over = Vec::new();
        return Ok(Anonymity { k, over, at });
    }
    let Some(columns) = rest
        .trim_start()
        .strip_prefix("over ")
        .filter(|_| rest.starts_with(' '))
    else {
        return Err("takes a number, and then nothing or: over \"A\", \"B\"".into());
    };
    let over = quoted_list(columns)?;
    match (1..over.len()).find(|i| over[..*i].contains(&over[*i])) {
        Some(i) => Err(format!("\"{}\" stands twice", over[i])),
        None => Ok(Anonymity { k, over, at }),
    }
}
