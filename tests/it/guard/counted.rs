//! The counts against a naive count: with any number of threads, in dictionaries and out of them, row by row and not.

use veilpoint::Kind;
use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;
use veilpoint::functions::Context;
use veilpoint::key::MasterKey;
use veilpoint::release::{Control, Found, Job, Options, Summary, run};
use veilpoint::request::Format;

use super::{SCHEMA, ahv, card, object};

/// Several blocks of text.
const ROWS: usize = 60_000;

/// A note: few texts that repeat, then texts that are all different.
fn note(row: usize) -> String {
    let many = row >= ROWS / 2;
    match row % 11 {
        0 if many => format!("write to canary{row}@example.com please"),
        0 => "write to somebody@example.com please".to_owned(),
        1 if many => format!("AHV {}", ahv(row)),
        2 => String::new(),
        other if many => format!("note {row} of {other}"),
        other => format!("note {other}"),
    }
}

fn number(row: usize) -> String {
    match row % 5 {
        0 => String::new(),
        1 => card(row),
        _ => row.to_string(),
    }
}

fn rows() -> String {
    object((0..ROWS).map(|row| format!("n{row},t,{},{},1,{}", note(row), number(row), row % 97)))
}

fn release(
    options: &str,
    select: &str,
    threads: usize,
    output: &mut Vec<u8>,
    text: &str,
) -> veilpoint::Result<Summary> {
    let schema = format!("{SCHEMA}{options}");
    let contract = Contract::parse("visits", "schema.sql", &schema).unwrap();
    let projection = Projection::parse(&contract, "visits/open", "open.sql", select).unwrap();
    let keys = MasterKey::from_bytes([7; 32]).domain(&projection.domain());
    let job = Job {
        contract: &contract,
        projection: &projection,
        object: "visits.csv",
        context: &Context {
            as_of: "2026-11-25".parse().unwrap(),
            keys: Some(keys),
        },
        format: Format::Csv,
        length: None,
        options: &Options {
            threads,
            ..Options::default()
        },
    };
    let input = Box::new(std::io::Cursor::new(text.to_owned().into_bytes()));
    run(&job, input, output, &Control::default())
}

/// What is there, counted by what was written.
fn expected() -> Vec<String> {
    let filled =
        |value: &dyn Fn(usize) -> String| (0..ROWS).filter(|row| !value(*row).is_empty()).count();
    let holding = |value: &dyn Fn(usize) -> String, sign: &str| {
        (0..ROWS).filter(|row| value(*row).contains(sign)).count()
    };
    let (notes, numbers) = (filled(&note), filled(&number));
    let cards = (0..ROWS).filter(|row| row % 5 == 1).count();
    vec![
        format!("Note AHV {} of {notes}", holding(&note, "AHV ")),
        format!("Note EMAIL {} of {notes}", holding(&note, "@")),
        format!("Number CARD {cards} of {numbers}"),
    ]
}

fn said(found: &[Found]) -> Vec<String> {
    let line = |found: &Found| {
        format!(
            "{} {} {} of {}",
            found.column, found.identifier, found.values, found.of
        )
    };
    found.iter().map(line).collect()
}

const SELECTS: [&str; 2] = [
    "SELECT \"Note\", \"Number\" FROM visits",
    "SELECT \"Note\", \"Number\" FROM visits WHERE \"Cost\" < 2 ORDER BY \"Cost\" LIMIT 3",
];

#[test]
fn every_value_that_is_read_counts_once() {
    let text = rows();
    let mut wrong = Vec::new();
    for select in SELECTS {
        for threads in [1, 3] {
            let summary = release("", select, threads, &mut Vec::new(), &text).unwrap();
            let found = said(&summary.found_identifiers);
            if found != expected() {
                wrong.push(format!(
                    "{threads} threads, {select}: {found:?}, not {:?}",
                    expected()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_refusal_is_the_same_with_any_number_of_threads_and_comes_before_the_last_row() {
    let options = " OPTIONS ('veilpoint.found_identifiers' 'refuse')";
    let text = rows();
    let short: String = text.split_inclusive('\n').take(5_000).collect();
    let mut messages = Vec::new();
    let mut wrong = Vec::new();
    for select in SELECTS {
        for threads in [1, 3] {
            let mut output = Vec::new();
            let error = release(options, select, threads, &mut output, &text)
                .err()
                .unwrap();
            assert_eq!(error.kind(), Kind::IdentifiersFound);
            messages.push(error.to_string());
            let whole = release("", select, threads, &mut Vec::new(), &text).unwrap();
            if output.len() as u64 >= whole.bytes_out {
                wrong.push(format!("{threads} threads, {select}: the release is whole"));
            }
            // What is less than a block of rows has not begun to leave.
            let mut output = Vec::new();
            let error = release(options, select, threads, &mut output, &short)
                .err()
                .unwrap();
            if error.kind() != Kind::IdentifiersFound || !output.is_empty() {
                wrong.push(format!(
                    "{threads} threads, {select}: {error}, {} bytes",
                    output.len()
                ));
            }
        }
    }
    messages.dedup();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
