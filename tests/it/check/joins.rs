//! What joins two consumers: constructed pairs, and what must be said of each.

use serde_json::Value;

use super::{GUESTS, PEOPLE, report, site};

/// Two projections; keys as `a=b` (with `?` where inputs differ), position, columns in common, others.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    Option<&'static str>,
    &'static [&'static str],
    &'static [&'static str],
);

const ROWS: [Row; 19] = [
    (
        "own domains share no tokens",
        "SELECT token(\"SSN\") AS a FROM people",
        "SELECT token(\"SSN\") AS b FROM people",
        &[],
        None,
        &[],
        &[],
    ),
    (
        "a named domain on one side alone",
        "-- domain: d\nSELECT token(\"SSN\") AS a FROM people",
        "SELECT token(\"SSN\") AS b FROM people",
        &[],
        None,
        &[],
        &[],
    ),
    (
        "two named domains",
        "-- domain: d\nSELECT token(\"SSN\") AS a FROM people",
        "-- domain: e\nSELECT token(\"SSN\") AS b FROM people",
        &[],
        None,
        &[],
        &[],
    ),
    (
        "one named domain, the same function of the same column",
        "-- domain: d\nSELECT token(\"SSN\") AS a FROM people",
        "-- domain: d\nSELECT token(\"SSN\") AS b FROM people",
        &["a=b"],
        None,
        &[],
        &[],
    ),
    (
        "the same through aliases and a subquery",
        "-- domain: d\nSELECT token(x) AS a FROM (SELECT \"SSN\" AS x FROM people) AS q",
        "-- domain: d\nSELECT token(\"SSN\") AS b FROM people",
        &["a=b"],
        None,
        &[],
        &[],
    ),
    (
        "another function under one key",
        "-- domain: d\nSELECT token(\"SSN\") AS a FROM people",
        "-- domain: d\nSELECT pseudonym(\"SSN\") AS b FROM people",
        &[],
        None,
        &[],
        &[],
    ),
    (
        "pseudonyms join as well",
        "-- domain: d\nSELECT pseudonym(\"SSN\") AS a FROM people",
        "-- domain: d\nSELECT pseudonym(\"SSN\") AS b FROM people",
        &["a=b"],
        None,
        &[],
        &[],
    ),
    (
        "one function of two columns joins where they hold the same",
        "-- domain: d\nSELECT token(\"SSN\") AS a FROM people",
        "-- domain: d\nSELECT token(\"Mail\") AS b FROM people",
        &["a=b?"],
        None,
        &[],
        &[],
    ),
    (
        "one function of a column and of a joined text",
        "-- domain: d\nSELECT token(\"SSN\") AS a FROM people",
        "-- domain: d\nSELECT token(\"SSN\" || ' ' || \"Mail\") AS b FROM people",
        &["a=b?"],
        None,
        &[],
        &[],
    ),
    (
        "several columns",
        "-- domain: d\nSELECT token(\"SSN\") AS a, token(\"Mail\") AS m FROM people",
        "-- domain: d\nSELECT token(\"Mail\") AS n, token(\"SSN\") AS b FROM people",
        &["a=b", "a=n?", "m=b?", "m=n"],
        None,
        &[],
        &[],
    ),
    (
        "a token that only groups is no column to join by",
        "-- domain: d\nSELECT count(*) AS n FROM people GROUP BY token(\"SSN\")",
        "-- domain: d\nSELECT token(\"SSN\") AS b FROM people",
        &[],
        None,
        &[],
        &[],
    ),
    (
        "the object's order on both",
        "-- order: kept\nSELECT \"Cost\" FROM people",
        "-- order: kept\nSELECT \"Ill\" FROM people",
        &[],
        Some("object"),
        &[],
        &[],
    ),
    (
        "the object's order on one",
        "-- order: kept\nSELECT \"Cost\" FROM people",
        "SELECT \"Ill\" FROM people",
        &[],
        None,
        &[],
        &[],
    ),
    (
        "both sorted",
        "SELECT \"Cost\" FROM people ORDER BY \"Cost\"",
        "SELECT \"Ill\" FROM people ORDER BY \"Cost\"",
        &[],
        Some("statement"),
        &[],
        &[],
    ),
    (
        "one sorted and one as in the object",
        "-- order: kept\nSELECT \"Cost\" FROM people ORDER BY \"Cost\"",
        "-- order: kept\nSELECT \"Ill\" FROM people",
        &[],
        None,
        &[],
        &[],
    ),
    (
        "quasi-identifiers in common, coarse and whole",
        "-- reveals: \"Zip\"\nSELECT age(\"Born\") AS a, \"Zip\" FROM people",
        "SELECT age_band(\"Born\", 10) AS band, keep_prefix(\"Zip\", 2) AS area, \"Ill\" FROM people",
        &[],
        None,
        &["Born: a coarse / band coarse", "Zip: Zip whole / area part"],
        &[],
    ),
    (
        "a direct identifier that both show in part",
        "-- reveals: \"SSN\"\nSELECT keep_prefix(\"SSN\", 3) AS a FROM people",
        "-- reveals: \"SSN\"\nSELECT keep_prefix(\"SSN\", 4) AS b FROM people",
        &[],
        None,
        &["SSN: a part / b part"],
        &[],
    ),
    (
        "a quasi-identifier that only chooses rows",
        "SELECT \"Cost\" FROM people WHERE age(\"Born\") > 18",
        "SELECT age(\"Born\") AS b FROM people",
        &[],
        None,
        &[],
        &[],
    ),
    (
        "nothing but what is not protected",
        "SELECT \"Cost\", \"Ill\" FROM people",
        "SELECT \"Ill\", \"Cost\" FROM people",
        &[],
        None,
        &[],
        &[],
    ),
];

/// `a=b` for each pair of keys.
fn keys(join: &Value) -> Vec<String> {
    let pairs = join["keys"].as_array().unwrap().iter();
    let mut keys: Vec<String> = pairs
        .map(|pair| {
            let (a, b) = (pair["a"].as_str().unwrap(), pair["b"].as_str().unwrap());
            let perhaps = if pair["same_input"] == true { "" } else { "?" };
            format!("{a}={b}{perhaps}")
        })
        .collect();
    keys.sort();
    keys
}

fn common(join: &Value) -> Vec<String> {
    let side = |side: &Value| {
        let shown = side.as_array().unwrap().iter();
        let shown = shown.map(|one| {
            format!(
                "{} {}",
                one["output"].as_str().unwrap(),
                one["level"].as_str().unwrap()
            )
        });
        shown.collect::<Vec<_>>().join(", ")
    };
    let common = join["common"].as_array().unwrap().iter();
    common
        .map(|one| {
            format!(
                "{}: {} / {}",
                one["of"].as_str().unwrap(),
                side(&one["a"]),
                side(&one["b"])
            )
        })
        .collect()
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_pair_is_said_to_join_by_what_it_joins_by() {
    let mut wrong = Vec::new();
    for (name, a, b, expected, position, columns, others) in ROWS {
        let site = site(&[
            ("people/schema.sql", PEOPLE),
            ("people/a.sql", a),
            ("people/b.sql", b),
        ]);
        let report = report(&site);
        if report["accepted"] != true {
            wrong.push(format!("{name}: {:#}", report["projections"]));
            continue;
        }
        let joins = report["joins"].as_array().unwrap();
        let nothing = expected.is_empty() && position.is_none() && columns.is_empty();
        let Some(join) = joins.first() else {
            if !nothing {
                wrong.push(format!("{name}: nothing"));
            }
            continue;
        };
        let found = (
            keys(join),
            join["position"].as_str(),
            common(join),
            strings(&join["others"]),
        );
        let same =
            found.0 == expected && found.1 == position && found.2 == columns && found.3 == others;
        if !same || nothing {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn other_datasets_join_by_a_shared_domain_and_by_nothing_else() {
    let site = site(&[
        ("people/schema.sql", PEOPLE),
        (
            "people/a.sql",
            "-- domain: d\n-- order: kept\nSELECT token(\"SSN\") AS a FROM people",
        ),
        (
            "people/b.sql",
            "-- order: kept\nSELECT token(\"SSN\") AS b FROM people",
        ),
        ("guests/schema.sql", GUESTS),
        (
            "guests/c.sql",
            "-- domain: d\n-- order: kept\nSELECT token(\"Passport\") AS c FROM guests",
        ),
    ]);
    let report = report(&site);
    let joins = report["joins"].as_array().unwrap().iter();
    let found: Vec<_> = joins
        .map(|join| {
            (
                join["a"].as_str().unwrap(),
                join["b"].as_str().unwrap(),
                keys(join),
                join["position"].as_str(),
            )
        })
        .collect();
    let keys = vec!["c=a?".to_owned()];
    assert_eq!(
        found,
        [
            ("guests/c", "people/a", keys, None),
            ("people/a", "people/b", Vec::new(), Some("object")),
        ]
    );
}
