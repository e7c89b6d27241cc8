//! The report as JSON keeps to the schema that is documented, and the schema would notice if it did not.

use serde_json::{Value, json};

use super::{GUESTS, PEOPLE, bundled, by_schema, check, report, site};
use crate::support::site::Site;

/// A folder in which everything occurs that a report has words for.
fn everything() -> Site {
    site(&[
        ("people/schema.sql", PEOPLE),
        (
            "people/a.sql",
            "-- domain: shared\n-- order: kept\n-- reveals: \"Zip\"\nSELECT token(\"SSN\") AS a, \"Zip\", \"Ill\" FROM people",
        ),
        (
            "people/b.sql",
            "-- domain: shared\n-- order: kept\nSELECT token(\"SSN\") AS b, keep_prefix(\"Zip\", 2) AS z FROM people",
        ),
        (
            "people/c.sql",
            "SELECT count(*) AS n, age(\"Born\") AS a FROM people WHERE \"Cost\" > 3 GROUP BY age(\"Born\")",
        ),
        (
            "people/d.sql",
            "SELECT redact(\"SSN\") AS s, 1 AS one, as_of() AS day FROM people",
        ),
        (
            "people/e.sql",
            "SELECT \"SSN\", \"Zip\" FROM people WHERE \"Mail\" = 'x'",
        ),
        ("people/f.sql", "SELECT ("),
        ("guests/schema.sql", GUESTS),
        (
            "guests/a.sql",
            "-- domain: shared\nSELECT token(\"Passport\") AS p FROM guests",
        ),
        (
            "reference/zip.sql",
            "CREATE EXTERNAL TABLE zip (\"Code\" VARCHAR PRIMARY KEY COMMENT 'insensitive', \"Region\" VARCHAR COMMENT 'insensitive') STORED AS CSV LOCATION 'zip.csv'",
        ),
        ("reference/zip.csv", "Code,Region\n8000,Zurich\n"),
        ("reference/alone.csv", "Code\n1\n"),
        ("bad/schema.sql", "CREATE EXTERNAL TABLE bad ("),
        ("bad/a.sql", "SELECT 1 AS one FROM bad"),
    ])
}

#[test]
fn every_report_keeps_to_its_schema() {
    let mut wrong = Vec::new();
    let site = Site::new();
    let bundled = bundled(&site, &["--format", "json"]);
    let own = check(&site, &["--format", "json"]);
    let all = check(&everything(), &["--format", "json"]);
    for (name, answer, code) in [
        ("bundled", bundled, 0),
        ("a site", own, 1),
        ("everything", all, 1),
    ] {
        if answer.code != Some(code) {
            wrong.push(format!(
                "{name}: exits with {:?}: {}",
                answer.code, answer.stderr
            ));
        }
        let said = by_schema(&answer.stdout);
        if !said.is_empty() {
            wrong.push(format!("{name}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_schema_notices_what_is_not_as_documented() {
    let good = report(&everything());
    let edits: [(&str, Value); 9] = [
        ("/version", json!(2)),
        ("/accepted", json!("no")),
        ("/projections/0/outputs", json!(null)),
        ("/projections/1/outputs/0/level", json!("much")),
        ("/projections/1/outputs/0/sources/0/class", json!("secret")),
        ("/projections/1/head/order", json!("none")),
        ("/datasets/2/columns/0", json!({"name": "a"})),
        ("/joins/0/keys/0", json!({})),
        ("/joins/0/position", json!("nearly")),
    ];
    let mut wrong = Vec::new();
    for (place, value) in edits {
        let mut edited = good.clone();
        let Some(at) = edited.pointer_mut(place) else {
            wrong.push(format!("{place} is not there"));
            continue;
        };
        *at = value;
        if by_schema(edited.to_string().as_bytes()).is_empty() {
            wrong.push(format!("{place} may be anything"));
        }
    }
    let mut more = good.clone();
    more["unheard"] = json!(1);
    if by_schema(more.to_string().as_bytes()).is_empty() {
        wrong.push("a field more is taken".to_owned());
    }
    assert!(wrong.is_empty(), "\n{}\n{good:#}", wrong.join("\n"));
}

/// `output: of class level implicit, …` for each output column of a projection.
fn lines(report: &Value, projection: &str) -> Vec<String> {
    let projections = report["projections"].as_array().unwrap();
    let found = projections.iter().find(|one| one["name"] == projection);
    let outputs = found.unwrap()["outputs"].as_array().unwrap().iter();
    let lines = outputs.map(|output| {
        let sources = output["sources"].as_array().unwrap().iter().map(|source| {
            let word = |name: &str| source[name].as_str().unwrap().to_owned();
            let rows = if source["implicit"] == true {
                " by rows"
            } else {
                ""
            };
            format!("{} {}{rows}", word("of"), word("level"))
        });
        let sources: Vec<String> = sources.collect();
        let word = |name: &str| output[name].as_str().unwrap().to_owned();
        format!(
            "{} {} {}: {}",
            word("name"),
            word("type"),
            word("level"),
            sources.join(", ")
        )
    });
    lines.collect()
}

#[test]
fn each_output_column_has_its_type_level_and_sources() {
    let report = report(&everything());
    let mut wrong = Vec::new();
    for (projection, expected) in [
        (
            "people/a",
            &[
                "a VARCHAR keyed: SSN keyed",
                "Zip VARCHAR whole: Zip whole",
                "Ill VARCHAR whole: Ill whole",
            ][..],
        ),
        (
            "people/b",
            &["b VARCHAR keyed: SSN keyed", "z VARCHAR part: Zip part"],
        ),
        (
            "people/c",
            &[
                "n BIGINT whole: Born coarse by rows, Cost whole by rows",
                "a INT whole: Born coarse, Cost whole by rows",
            ],
        ),
        (
            "people/d",
            &["s VARCHAR none: ", "one BIGINT none: ", "day DATE none: "],
        ),
        ("people/e", &[]),
    ] {
        let found = lines(&report, projection);
        if found != expected {
            wrong.push(format!("{projection}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_refusal_has_its_place_and_rule_and_the_bad_contract_its_own() {
    let report = report(&everything());
    let refusals = |list: &str, name: &str| {
        let all = report[list].as_array().unwrap();
        let one = all.iter().find(|one| one["name"] == name).unwrap();
        let refusals = one["refusals"].as_array().unwrap().iter();
        let places = refusals.map(|refusal| {
            let rule = refusal["rule"].as_str().unwrap_or("-");
            format!("{}:{} {rule}", refusal["line"], refusal["column"])
        });
        places.collect::<Vec<_>>()
    };
    let e = refusals("projections", "people/e");
    for expected in [
        "1:8 direct-identifier",
        "1:15 quasi-identifier",
        "1:39 direct-identifier",
    ] {
        assert!(e.iter().any(|place| place == expected), "{expected}: {e:?}");
    }
    assert_eq!(refusals("projections", "people/f").len(), 1);
    assert!(refusals("datasets", "bad")[0].starts_with("1:"));
    assert_eq!(refusals("projections", "bad/a").len(), 1);
    assert_eq!(report["accepted"], false);
}
