//! What a projection's author writes: the command refuses it by its rule, leaves no file, and says nothing of anybody.

use super::{Desk, crowd, identifiers};
use crate::projections::rows;
use crate::support::python;

/// How many rows of the table are tried with the command; all of them are tried by the proof's own tests.
const TRIED: usize = 12;

/// What the command says wrongly of the rows that are about an attack.
fn not_refused(attack: u32) -> Vec<String> {
    let rows: Vec<rows::Row> = rows::read("refused")
        .into_iter()
        .filter(|row| row.attack == Some(attack) && row.contract == "t")
        .collect();
    assert!(rows.len() >= 5, "attack {attack} has {} rows", rows.len());
    let desk = Desk::new();
    let every = rows.len().div_ceil(TRIED);
    let mut wrong = Vec::new();
    for row in rows.iter().step_by(every) {
        let answer = desk.convert("p", &row.text, crowd(5).as_bytes(), &[]);
        let rule = row.expected[0].split(' ').next().unwrap();
        let named = answer.stderr.contains(&format!("[{rule}]"));
        let told = identifiers(5)
            .into_iter()
            .any(|value| answer.stderr.contains(&value));
        if answer.code != Some(1) || !named || told || desk.site.read("out").is_some() {
            wrong.push(format!(
                "{}: {:?}: {}",
                row.name, answer.code, answer.stderr
            ));
        }
    }
    wrong
}

#[test]
fn attack_01_brute_force() {
    let wrong = not_refused(1);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    // What leaves instead is no digest, encoding or turn of the identifier that could be tried out without the key.
    let sql = "-- order: kept\nSELECT token(\"SSN\") AS k, pseudonym(\"Name\") AS n, token(\"Account\") AS a FROM t";
    let release = Desk::new().release("p", sql, &crowd(40)).to_lowercase();
    let values = identifiers(40).join("\n");
    let forms = python::run_script_on("disguised.py", &[], values.as_bytes()).to_lowercase();
    let told: Vec<&str> = forms
        .split(['\t', '\n'])
        .filter(|form| release.contains(form) && !form.is_empty())
        .collect();
    assert!(told.is_empty(), "{told:?}");
    assert!(forms.contains("9000177001183"), "{forms}");
}

#[test]
fn attack_02_the_function_as_an_oracle() {
    let wrong = not_refused(2);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn attack_03_predicates_as_a_channel() {
    let wrong = not_refused(3);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    // Of what is accepted, no byte depends on identifiers, and whether it fails neither.
    let other = crowd(9)
        .replace("Quentin", "31")
        .replace("90", "8")
        .replace("@quillfarrow", "@x");
    let desk = Desk::new();
    for sql in [
        "SELECT \"Disease\" FROM t WHERE \"SSN\" IS NOT NULL ORDER BY \"Weight\" LIMIT 4",
        "SELECT \"Weight\", count(\"SSN\") AS n, count(DISTINCT \"Name\") AS m FROM t GROUP BY \"Weight\"",
        "SELECT redact(\"Name\", 'somebody') AS who, \"Weight\" FROM t",
        "SELECT \"Weight\" FROM (SELECT CAST(\"Name\" AS INT) AS x, 1 / \"Account\" AS y, \"Weight\" FROM t) AS s",
    ] {
        let (one, two) = (
            desk.release("p", sql, &crowd(9)),
            desk.release("p", sql, &other),
        );
        assert_eq!(one, two, "{sql}");
    }
}
