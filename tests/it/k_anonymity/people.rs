//! Small objects about persons who turn up several times, in several spellings, or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use proptest::prelude::*;
use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;

use crate::engine::Engine;

/// Of whom a row is, if of anybody.
#[derive(Clone, Debug)]
pub struct Row {
    pub ssn: Option<String>,
    pub name: Option<String>,
    pub age: Option<i32>,
    /// The empty text is a value here.
    pub zip: Option<String>,
    pub score: Option<f64>,
}

/// What a contract calls a subject.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Subject {
    Row,
    Ssn,
    SsnAndName,
}

impl Subject {
    fn option(self) -> &'static str {
        match self {
            Self::Row => "",
            Self::Ssn => " OPTIONS ('veilpoint.subject' '\"ssn\"')",
            Self::SsnAndName => " OPTIONS ('veilpoint.subject' '\"name\", \"ssn\"')",
        }
    }
}

pub fn any_subject() -> impl Strategy<Value = Subject> {
    prop::sample::select(&[Subject::Row, Subject::Ssn, Subject::SsnAndName][..])
}

pub fn contract(subject: Subject) -> String {
    format!(
        "CREATE EXTERNAL TABLE t (ssn VARCHAR COMMENT 'direct identifier', name VARCHAR COMMENT 'direct identifier', \
         age INT COMMENT 'quasi-identifier', zip VARCHAR COMMENT 'quasi-identifier', \
         score DOUBLE COMMENT 'sensitive', number INT NOT NULL COMMENT 'insensitive') \
         STORED AS CSV LOCATION '*.csv'{}",
        subject.option()
    )
}

/// One of few persons in one of several spellings, or nobody.
fn any_spelling(stems: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    let spelt = (prop::sample::select(stems), 0_usize..4).prop_map(|(stem, spelling)| {
        Some(match spelling {
            0 => stem.to_owned(),
            1 => stem.to_uppercase(),
            2 => format!(" {stem}\t"),
            _ => stem.replace(' ', "  "),
        })
    });
    let nobody = prop::sample::select(&[None, Some(" ")][..]);
    prop_oneof![12 => spelt, 1 => nobody.prop_map(|text| text.map(str::to_owned))]
}

pub fn any_row() -> impl Strategy<Value = Row> {
    (
        any_spelling(&["a 1", "b 2", "c 3", "d 4", "e 5", "f 6", "é 7"]),
        any_spelling(&["ann lee", "bo"]),
        prop::option::weighted(0.6, prop::sample::select(&[30, 34, 36, 61][..])),
        prop::sample::select(&[None, Some(""), Some("8000"), Some("8001")][..]),
        prop::sample::select(&[None, Some(0.0), Some(-0.0), Some(1.5)][..]),
    )
        .prop_map(|(ssn, name, age, zip, score)| Row {
            ssn,
            name,
            age,
            zip: zip.map(str::to_owned),
            score,
        })
}

/// The object's text; `number` counts from 0.
pub fn text(rows: &[Row]) -> String {
    let mut out = String::from("number,ssn,name,age,zip,score\n");
    for (number, row) in rows.iter().enumerate() {
        let quoted = |text: &Option<String>| {
            let text = text.as_ref();
            text.map(|text| format!("\"{text}\"")).unwrap_or_default()
        };
        let age = row.age.map(|age| age.to_string()).unwrap_or_default();
        let score = row
            .score
            .map(|score| format!("{score:?}"))
            .unwrap_or_default();
        let (ssn, name, zip) = (quoted(&row.ssn), quoted(&row.name), quoted(&row.zip));
        writeln!(out, "{number},{ssn},{name},{age},{zip},{score}").unwrap();
    }
    out
}

/// How a CSV release writes a text.
pub fn cell(text: Option<&str>) -> String {
    match text {
        None => String::new(),
        Some("") => "\"\"".to_owned(),
        Some(text) => text.to_owned(),
    }
}

/// How many subjects some rows are of, counted without ceremony.
pub fn subjects<'a>(rows: impl IntoIterator<Item = (usize, &'a Row)>, subject: Subject) -> usize {
    let normal = |text: &Option<String>| {
        let words = text.as_deref().unwrap_or_default().split_whitespace();
        words.collect::<Vec<_>>().join(" ").to_lowercase()
    };
    let of = rows.into_iter().filter_map(|(number, row)| {
        let parts = match subject {
            Subject::Row => vec![number.to_string()],
            Subject::Ssn => vec![normal(&row.ssn)],
            Subject::SsnAndName => vec![normal(&row.ssn), normal(&row.name)],
        };
        parts.iter().any(|part| !part.is_empty()).then_some(parts)
    });
    of.collect::<BTreeSet<_>>().len()
}

/// The projection; its head admits those of these columns for which the proof asks.
pub fn engine(subject: Subject, head: &str, admitted: &[&str], select: &str) -> Engine {
    static KNOWN: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    let schema = contract(subject);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let reveals = known
        .entry(format!("{head} {select}"))
        .or_insert_with(|| reveals(&schema, head, admitted, select));
    Engine::new(&schema, &format!("{head}\n{reveals}{select}"), 1)
}

/// The directive that the proof accepts, or nothing.
fn reveals(schema: &str, head: &str, admitted: &[&str], select: &str) -> String {
    let contract = Contract::parse("t", "schema.sql", schema).unwrap();
    let directives = (0..1_usize << admitted.len()).map(|some| {
        let some = (0..admitted.len()).filter(|bit| some >> bit & 1 == 1);
        let names: Vec<_> = some.map(|bit| format!("\"{}\"", admitted[bit])).collect();
        match names.as_slice() {
            [] => String::new(),
            names => format!("-- reveals: {}\n", names.join(", ")),
        }
    });
    let passes = |directive: &String| {
        let text = format!("{head}\n{directive}{select}");
        Projection::parse(&contract, "t/p", "p.sql", &text).is_ok()
    };
    directives.into_iter().find(passes).unwrap_or_default()
}
