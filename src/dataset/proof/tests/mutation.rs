//! No rule is idle: with any one of them off, a row of the table gets another answer.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::rows::Row;
use super::{Contracts, judged, rows};
use crate::dataset::rule::{Lowering, Off, Rule, off};

/// What a row says with a rule off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Falls {
    /// What is refused is accepted, or the other way round.
    Verdict,
    /// Other rules are named, or other levels.
    Words,
}

/// The sentence of a condition under which less of a column is counted.
fn sentence(lowering: Lowering) -> &'static str {
    match lowering {
        Lowering::BareColumn => "a function lowers a bare column, and nothing computed",
        Lowering::PlainArguments => {
            "it does so where nothing but constants and bare columns stands beside it"
        }
        Lowering::InsideBounds => "a function lowers inside its bounds",
        Lowering::CountOfBare => {
            "`count` of a bare column or keyed expression tells nothing; of anything else, all of it"
        }
        Lowering::CountInFrames => "`count(DISTINCT …)` in a frame compares neighbours",
        Lowering::NullOfBare => {
            "whether a bare column is NULL tells nothing; of anything else, all of it"
        }
        Lowering::SumUnderK => "`sum` and the like are coarse under a head with `k` alone",
        Lowering::SumOfBare => "they are so over a bare quasi-identifier",
        Lowering::SumOfGroup => "they are so without FILTER, DISTINCT and ORDER BY",
        Lowering::SumNotWindow => "they are so in groups, and not as windows",
        Lowering::Implicit => "what chooses, groups and orders rows reaches every output column",
        Lowering::Separators => {
            "what joins the text for a keyed function has no letter and no digit"
        }
        Lowering::CastOfForm => "a cast keeps a column bare where it changes the form alone",
        Lowering::Reference => "a reference table's column holds what the join's other side holds",
    }
}

/// A rule or condition with its name and sentence.
struct Mutation {
    off: Off,
    /// The rule in front of it: what would reach this one is refused by that one before, so that both are off.
    behind: Option<Rule>,
    name: String,
    sentence: &'static str,
}

fn mutations() -> Vec<Mutation> {
    let rules = Rule::ALL.into_iter().map(|rule| Mutation {
        off: rule.into(),
        behind: (rule == Rule::Node).then_some(Rule::Statement),
        name: rule.to_string(),
        sentence: rule.facts().sentence,
    });
    let lowerings = Lowering::ALL.into_iter().map(|lowering| Mutation {
        off: lowering.into(),
        behind: None,
        name: format!("{lowering:?}"),
        sentence: sentence(lowering),
    });
    rules.chain(lowerings).collect()
}

/// Rows with whether they are accepted.
struct Table {
    contracts: Contracts,
    rows: Vec<(Row, bool)>,
}

impl Table {
    fn read() -> Self {
        let accepted = rows::read("accepted");
        let refused = rows::read("refused");
        let all: Vec<Row> = accepted.iter().chain(&refused).cloned().collect();
        let rows = accepted.into_iter().map(|row| (row, true));
        Self {
            contracts: Contracts::of(&all),
            rows: rows
                .chain(refused.into_iter().map(|row| (row, false)))
                .collect(),
        }
    }

    /// The first row whose verdict is another with a rule off, or else the first that says something else. Rows that
    /// name the rule are asked first.
    fn first(&self, mutation: &Mutation) -> Option<(Falls, &Row, bool)> {
        let named = |row: &Row| {
            let name = mutation
                .behind
                .map_or(mutation.name.clone(), |rule| rule.to_string());
            row.expected
                .iter()
                .all(|line| line.split(' ').next() == Some(name.as_str()))
        };
        let (first, then): (Vec<_>, Vec<_>) = self.rows.iter().partition(|(row, _)| named(row));
        let mut words = None;
        for (row, accepted) in first.into_iter().chain(then) {
            let before = match mutation.behind {
                None if *accepted => Ok(row.expected.clone()),
                None => Err(row.expected.clone()),
                Some(rule) => off(rule, || self.answer(row)),
            };
            let now = match mutation.behind {
                None => off(mutation.off, || self.answer(row)),
                Some(rule) => off(rule, || off(mutation.off, || self.answer(row))),
            };
            if now.is_ok() != before.is_ok() {
                return Some((Falls::Verdict, row, *accepted));
            }
            if now != before && words.is_none() {
                words = Some((Falls::Words, row, *accepted));
            }
        }
        words
    }

    fn answer(&self, row: &Row) -> Result<Vec<String>, Vec<String>> {
        judged(self.contracts.strict(row), &row.text)
    }
}

/// One line of the page.
fn line(mutation: &Mutation, found: Option<(Falls, &Row, bool)>) -> String {
    let falls = match found {
        None => "NOTHING FALLS".to_owned(),
        Some((falls, row, accepted)) => {
            let verdict = match (falls, accepted) {
                (Falls::Verdict, true) => "is refused",
                (Falls::Verdict, false) => "is accepted",
                (Falls::Words, true) => "tells other levels",
                (Falls::Words, false) => "is refused otherwise",
            };
            let kind = if accepted { "accepted" } else { "refused" };
            format!("{kind}/{}: {} → {verdict}", row.file, row.name)
        }
    };
    format!(
        "| `{}` | {} | {falls} |\n",
        mutation.name, mutation.sentence
    )
}

#[test]
fn with_any_one_rule_off_a_row_falls_and_the_page_says_which() {
    let table = Table::read();
    let mut lines = String::from("| rule | what it says | with it off |\n|---|---|---|\n");
    for mutation in mutations() {
        let found = table.first(&mutation);
        write!(lines, "{}", line(&mutation, found)).unwrap();
    }
    assert!(!lines.contains("NOTHING FALLS"), "\n{lines}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/proof.md");
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.contains(&lines),
        "docs/proof.md has another table than:\n{lines}"
    );
}
