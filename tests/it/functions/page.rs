//! `docs/functions.md`: every function has its place there, every example is run, and the numbers are what they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;
use veilpoint::functions::{Context, Level, ours};
use veilpoint::key::MasterKey;
use veilpoint::release::{Control, Job, Options, run};
use veilpoint::request::Format;

/// A line of a table of examples.
struct Example {
    call: String,
    /// The values of the columns that the call names; none for NULL.
    of: Vec<Option<String>>,
    gives: Option<String>,
}

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The cells of a line of a table.
fn cells(line: &str) -> Vec<&str> {
    let line = line.trim().trim_start_matches('|').trim_end_matches('|');
    line.split('|').map(str::trim).collect()
}

/// What stands between backticks, and NULL, in order.
fn values(cell: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    for (at, piece) in cell.split('`').enumerate() {
        if at % 2 == 1 {
            values.push(Some(piece.to_owned()));
        } else if piece.contains("NULL") {
            values.push(None);
        }
    }
    values
}

/// The rows of all tables whose head is `| call | of | gives |`.
fn examples(page: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut lines = page.lines();
    while lines.any(|line| line == "| call | of | gives |") {
        let rows = lines
            .by_ref()
            .skip(1)
            .take_while(|line| line.starts_with('|'));
        for row in rows {
            let [call, of, gives] = cells(row).try_into().unwrap();
            examples.push(Example {
                call: call.trim_matches('`').to_owned(),
                of: values(of),
                gives: values(gives).swap_remove(0),
            });
        }
    }
    examples
}

/// The columns that a call names, each once.
fn columns(call: &str) -> Vec<&str> {
    let mut columns = Vec::new();
    for name in call.split('"').skip(1).step_by(2) {
        if !columns.contains(&name) {
            columns.push(name);
        }
    }
    columns
}

/// The contract that the page shows.
fn contract(page: &str) -> Contract {
    let (_, schema) = page.split_once("```sql\n").unwrap();
    let (schema, _) = schema.split_once("```").unwrap();
    Contract::parse("people", "schema.sql", schema).unwrap()
}

fn quoted(value: Option<&str>) -> String {
    value.map_or(String::new(), |value| {
        format!("\"{}\"", value.replace('"', "\"\""))
    })
}

/// The object in which one call finds the values of its examples, all other columns empty.
fn object(contract: &Contract, call: &str, examples: &[&Example]) -> String {
    let names: Vec<&str> = contract
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let mut text = names.join(",") + "\n";
    let wanted = columns(call);
    for example in examples {
        assert_eq!(example.of.len(), wanted.len(), "{call}");
        let cells = names.iter().map(|name| {
            let at = wanted.iter().position(|column| column == name);
            quoted(at.and_then(|at| example.of[at].as_deref()))
        });
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text
}

/// The column that a call gives for an object, as CSV without its header.
fn answers(contract: &Contract, call: &str, object: &str) -> Result<Vec<String>, veilpoint::Error> {
    // A constant beside it keeps an empty answer from being an empty line.
    let select =
        format!("-- domain: docs\n-- order: kept\nSELECT {call} AS answer, 0 AS zero FROM people");
    let projection = Projection::parse(contract, "people/docs", "docs.sql", &select)?;
    let keys = MasterKey::from_bytes([7; 32]).domain(&projection.domain());
    let job = Job {
        contract,
        projection: &projection,
        object: "people.csv",
        context: &Context {
            as_of: "2026-11-25".parse().unwrap(),
            keys: Some(keys),
        },
        format: Format::Csv,
        length: None,
        options: &Options::default(),
    };
    let mut release = Vec::new();
    run(
        &job,
        Box::new(std::io::Cursor::new(object.to_owned().into_bytes())),
        &mut release,
        &Control::default(),
    )?;
    let release = String::from_utf8(release).unwrap();
    let rows = release.lines().skip(1);
    Ok(rows
        .map(|row| row.trim_end_matches(",0").to_owned())
        .collect())
}

#[test]
fn every_example_gives_what_the_page_says() {
    let page = file("docs/functions.md");
    let contract = contract(&page);
    let examples = examples(&page);
    let mut calls: BTreeMap<&str, Vec<&Example>> = BTreeMap::new();
    for example in &examples {
        calls.entry(&example.call).or_default().push(example);
    }
    let mut wrong = Vec::new();
    for (call, examples) in calls {
        let object = object(&contract, call, &examples);
        match answers(&contract, call, &object) {
            Err(error) => wrong.push(format!("{call}: {error}")),
            Ok(answers) => {
                let expected: Vec<&str> = examples
                    .iter()
                    .map(|example| example.gives.as_deref().unwrap_or(""))
                    .collect();
                if answers != expected {
                    wrong.push(format!("{call}: {answers:?}, not {expected:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(examples.len() > 60, "{}", examples.len());
}

#[test]
fn every_function_has_its_place_with_its_level_and_its_other_names() {
    let page = file("docs/functions.md");
    let sections: Vec<&str> = page.split("\n### ").skip(1).collect();
    let mut wrong = Vec::new();
    for function in ours() {
        let call = format!("`{}(", function.name);
        let Some(section) = sections.iter().find(|section| section.starts_with(&call)) else {
            wrong.push(format!("{} has no section", function.name));
            continue;
        };
        let level = match function.levels[0] {
            Level::None => "none",
            Level::Keyed => "keyed",
            Level::Coarse => "coarse",
            Level::Part => "part",
            Level::Whole => "whole",
        };
        let aliases = function
            .aliases
            .iter()
            .map(|alias| format!("Also `{alias}`."));
        for word in aliases.chain([format!("Level {level}"), "| call |".to_owned()]) {
            if !section.contains(&word) {
                wrong.push(format!("{} lacks {word}", function.name));
            }
        }
    }
    if sections.len() != ours().len() {
        wrong.push(format!(
            "{} sections of {} functions",
            sections.len(),
            ours().len()
        ));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// 1234567 as `1,234,567`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Pairs of n persons, divided by the names: the mean number of pairs with one name.
fn pairs(persons: u32, names: u32) -> String {
    let mean = f64::from(persons) * (f64::from(persons) - 1.0) / 2.0 / f64::from(names);
    if mean < 10.0 {
        return format!("{mean:.2}");
    }
    let whole = format!("{mean:.0}");
    grouped(whole.parse().unwrap())
}

#[test]
fn the_odds_of_pseudonyms_are_those_of_their_lists() {
    let names = |list: &str| -> Vec<String> {
        let text = file(&format!("src/functions/names/{list}.txt"));
        text.lines().map(str::to_owned).collect()
    };
    let (women, men) = (names("female"), names("male"));
    let mut all = [women.clone(), men.clone()].concat();
    all.sort();
    all.dedup();
    let surnames = names("surnames").len();
    let page = file("docs/functions.md");
    let mut wrong = Vec::new();
    for (list, count) in [
        ("female", women.len()),
        ("male", men.len()),
        ("no gender, or neither", all.len()),
    ] {
        let full = u32::try_from(count * surnames).unwrap();
        let mut row = vec![list.to_owned(), grouped(count), grouped(count * surnames)];
        row.extend([1_000, 10_000, 100_000, 1_000_000].map(|persons| pairs(persons, full)));
        let row = format!("| {} |", row.join(" | "));
        if !page.contains(&row) {
            wrong.push(row);
        }
    }
    let head = format!("with {} surnames", grouped(surnames));
    assert!(
        wrong.is_empty() && page.contains(&head),
        "{head}\n{}",
        wrong.join("\n")
    );
}
