//! A property: whatever projection is accepted, no identifier is in its release.
//!
//! Random projections run over a few people, twice: with other identifiers and everything else equal. No value of an
//! identifier stands in the bytes, and nothing but what is made under the key is another. A projection that is refused
//! runs over the same columns without classes, where identifiers do come out: what is searched for can be found.

use std::cell::Cell;
use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use veilpoint::encode::Codec;
use veilpoint::error::Kind;
use veilpoint::release::Options;
use veilpoint::request::Format;

use super::tape::{Statement, statement};
use super::{COLUMNS, headless, open, parse, strict};
use crate::engine::Engine;

const ROWS: usize = 7;

/// An object, the values of its identifiers, and its other texts, all in lower case.
struct Object {
    text: String,
    secrets: Vec<String>,
    texts: Vec<String>,
}

/// People whose identifiers are those of a variant, and all else equal.
fn object(variant: usize) -> Object {
    let mut text: String = COLUMNS.map(|(name, ..)| name).join(",") + "\n";
    let (mut secrets, mut texts) = (Vec::new(), Vec::new());
    for row in 0..ROWS {
        // Other letters, other digits, another length, another order.
        let mark = (row * 5 + variant * 3 + 1) % ROWS;
        let name = format!(
            "{}{} {}",
            ["Quill", "Brixworth"][variant],
            letters(mark * 31 + variant),
            letters(mark * 17 + 5)
        );
        let ssn = format!(
            "{}{}{mark}",
            ["8830", "7"][variant],
            (mark + 3) * 120_511 + variant
        );
        let account = format!("{}{mark}55{}", ["90", "4177"][variant], (mark + 2) * 10_007);
        let joined = format!(
            "19{}{mark}-0{}-{}{mark}",
            [4, 7][variant],
            mark % 8 + 1,
            [1, 2][variant]
        );
        let email = format!(
            "{}@{}.test",
            letters(mark * 13 + 7 * variant),
            ["farrow", "x"][variant]
        );
        let missing = |at: usize, value: String| if row == at { String::new() } else { value };
        let own = [
            name,
            missing(3, ssn),
            missing(2, account),
            missing(6, joined),
            missing(5, email),
        ];
        let (zip, disease) = (format!("zq{row}4{row}"), format!("ill-{row}n{row}s"));
        writeln!(
            text,
            "{},19{}1-0{}-2{row},{},{zip},{}000,{disease},{},1.{row}5,2024-0{}-11,{}",
            own.join(","),
            row + 3,
            row + 1,
            ["female", "male", ""][row % 3],
            31 + row * 7,
            60 + (row * 4) % 9,
            row + 1,
            ["true", "false", ""][row % 3],
        )
        .unwrap();
        secrets.extend(
            own.into_iter()
                .filter(|value| !value.is_empty())
                .map(|value| value.to_lowercase()),
        );
        texts.extend([zip, disease]);
    }
    Object {
        text,
        secrets,
        texts,
    }
}

/// Six letters that a number chooses.
fn letters(number: usize) -> String {
    let mut rest = number * 7919 + 104_729;
    (0..6)
        .map(|_| {
            let at = rest % 20;
            rest /= 3;
            char::from(b"bcdfghjklmnpqrstvwxz"[at])
        })
        .collect()
}

/// Whether a text stands in bytes, in upper or lower case.
fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .to_ascii_lowercase()
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

fn release(
    schema: &str,
    sql: &str,
    object: &Object,
    format: Format,
) -> Result<Vec<u8>, veilpoint::Error> {
    let options = Options {
        threads: 1,
        parquet_compression: Codec::None,
        ..Options::default()
    };
    let engine = Engine::new(schema, sql, 5);
    engine
        .release_with(object.text.as_bytes(), format, &options, usize::MAX)
        .map(|(bytes, _)| bytes)
}

/// The rows of a release, less its keyed columns, in order.
fn rows(release: &[u8], statement: &Statement) -> Vec<String> {
    let text = String::from_utf8_lossy(release);
    let mut rows: Vec<String> = text
        .lines()
        .map(|line| {
            let fields = line.split(',').zip(&statement.keyed);
            fields
                .filter(|(_, keyed)| !**keyed)
                .map(|(field, _)| field)
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect();
    rows.sort();
    rows
}

/// What an accepted projection came to.
enum Outcome {
    Released,
    Failed,
}

/// Runs an accepted projection; the error is what is wrong with its releases.
fn complaint(statement: &Statement, objects: &[Object; 2]) -> Result<Outcome, String> {
    let schema = strict();
    let csv = objects
        .each_ref()
        .map(|object| release(&schema, &statement.sql, object, Format::Csv));
    let [one, two] = match csv {
        [Ok(one), Ok(two)] => [one, two],
        [Err(one), Err(two)] if one.kind() == two.kind() => {
            let said = format!("{one} {two}").to_lowercase();
            let mut secrets = objects.iter().flat_map(|object| &object.secrets);
            return match secrets.find(|secret| said.contains(*secret)) {
                Some(secret) => Err(format!("an error tells {secret}: {said}")),
                None => Ok(Outcome::Failed),
            };
        }
        [one, two] => {
            return Err(format!(
                "fails by the identifiers: {:?} {:?}",
                one.err(),
                two.err()
            ));
        }
    };
    let parquet = release(&schema, &statement.sql, &objects[0], Format::Parquet)
        .map_err(|error| format!("has no Parquet: {error}"))?;
    for secret in &objects[0].secrets {
        if holds(&one, secret) || holds(&parquet, secret) {
            return Err(format!("tells {secret}"));
        }
    }
    // What a predicate dropped is not in the file's dictionaries and statistics either.
    let mut texts = objects[0].texts.iter();
    if let Some(dropped) = texts.find(|text| holds(&parquet, text) && !holds(&one, text)) {
        return Err(format!("keeps the dropped {dropped} in Parquet"));
    }
    let (one, two) = (rows(&one, statement), rows(&two, statement));
    if !statement.loose && one != two {
        return Err(format!("changes with the identifiers:\n{one:#?}\n{two:#?}"));
    }
    Ok(Outcome::Released)
}

/// Whether a refused projection would have told something: over the same columns without classes it shows an
/// identifier, or changes with them.
fn would_tell(statement: &Statement, objects: &[Object; 2]) -> bool {
    let sql = headless(&statement.sql);
    if parse(&open(), &sql).is_err() {
        return false;
    }
    match objects
        .each_ref()
        .map(|object| release(&open(), &sql, object, Format::Csv))
    {
        [Ok(one), Ok(two)] => {
            let shown = objects[0].secrets.iter().any(|secret| holds(&one, secret));
            shown || (!statement.loose && rows(&one, statement) != rows(&two, statement))
        }
        _ => false,
    }
}

#[test]
fn no_accepted_projection_lets_an_identifier_out() {
    let objects = [object(0), object(1)];
    let (ran, refused, told) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let count = |cell: &Cell<u32>| cell.set(cell.get() + 1);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let choices = prop::collection::vec(any::<u16>(), 6..70);
    let outcome = runner.run(&choices, |choices| {
        let statement = statement(&choices);
        match parse(&strict(), &statement.sql) {
            Ok(_) => match complaint(&statement, &objects) {
                Ok(Outcome::Released) => count(&ran),
                Ok(Outcome::Failed) => {}
                Err(wrong) => prop_assert!(false, "{}\n{wrong}", statement.sql),
            },
            Err(error) => {
                prop_assert_eq!(error.kind(), Kind::Projection);
                count(&refused);
                if would_tell(&statement, &objects) {
                    count(&told);
                }
            }
        }
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    // Without these the property would hold of nothing.
    let counts = format!("{ran:?} ran, {refused:?} were refused, {told:?} of these would tell");
    assert!(ran.get() >= 80 && told.get() >= 8, "{counts}");
}
