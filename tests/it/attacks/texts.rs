//! What a projection's author writes: the command refuses it by its rule, leaves no file, and says nothing of anybody.

use super::{Desk, HEADER, crowd, fields, identifiers};
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
        .replace(" Farrow", "")
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

/// The rows of a release, less its header.
fn rows_of(release: &str) -> Vec<&str> {
    release.lines().skip(1).collect()
}

#[test]
fn attack_15_small_groups() {
    let wrong = not_refused(15);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let desk = Desk::new();
    // Five people of one illness, and one who is there five times: only what five people share is shown. `t` has no
    // subject, so this one says that the number is.
    let schema = rows::contract("t") + " OPTIONS ('veilpoint.subject' '\"SSN\"')";
    desk.site.write("sql/t/schema.sql", schema);
    let people: Vec<[String; 14]> = (1..=6)
        .map(|person| {
            let mut fields = fields(person);
            fields[9] = if person < 6 { "flu" } else { "rare" }.to_owned();
            fields
        })
        .collect();
    let mut object = HEADER.to_owned();
    for person in people.iter().chain(std::iter::repeat_n(&people[5], 5)) {
        object += &(person.join(",") + "\n");
    }
    let groups = "-- k: 5\nSELECT \"Disease\", count(*) AS n, avg(\"Income\") AS i FROM t GROUP BY \"Disease\"";
    assert_eq!(
        rows_of(&desk.release("p", groups, &object)),
        ["flu,5,30021.0"]
    );
    let over = "-- k: 5 over \"Disease\"\nSELECT \"Disease\", token(\"SSN\") AS k FROM t";
    let released = desk.release("p", over, &object);
    assert!(
        rows_of(&released).len() == 5 && !released.contains("rare"),
        "{released}"
    );
    let over = "-- k: 2 over \"Weight\"\nSELECT \"Weight\" FROM t";
    assert_eq!(rows_of(&desk.release("p", over, &object)), [""; 0]);
}

#[test]
fn attack_16_putting_together() {
    let wrong = not_refused(16);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let desk = Desk::new();
    // Noise does not average out over releases, and two columns of one person are off by factors of their own.
    let sql = "-- order: kept\nSELECT noise(\"Income\", \"SSN\", 0.1) AS i, noise(\"Weight\", \"SSN\", 0.1) AS w FROM t";
    let first = desk.release("p", sql, &crowd(40));
    for name in ["p", "p", "p"] {
        assert_eq!(desk.release(name, sql, &crowd(40)), first);
    }
    let factors = rows_of(&first).into_iter().zip(1..).map(|(row, person)| {
        let (income, weight) = row.split_once(',').unwrap();
        let of = |text: &str, at: usize| {
            let (noised, true_value): (f64, f64) =
                (text.parse().unwrap(), fields(person)[at].parse().unwrap());
            noised / true_value
        };
        (of(income, 8), of(weight, 10))
    });
    let alike = factors
        .filter(|(income, weight)| (income - weight).abs() < 0.01)
        .count();
    assert!(alike < 10, "{alike} of 40");
}
