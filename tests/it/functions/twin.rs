//! All functions, over some thousand people, through the command, against a second implementation in Python.

use std::path::Path;

use serde_json::Value;

use crate::support::python::run_script_in;
use crate::support::site::{Answer, Site, run};

/// What the second implementation needs.
const PINS: &str = "requirements-functions.txt";
const TWIN: &str = "functions_twin.py";

const ROWS: usize = 2_000;
/// Fewer cells than this of a column are NULL.
const FEW: u64 = 1_700;
const AS_OF: &str = "2026-11-25";

const SCHEMA: &str = r#"CREATE EXTERNAL TABLE people (
  "Row"       INT            COMMENT 'insensitive',
  "Id"        VARCHAR        COMMENT 'direct identifier',
  "Number"    VARCHAR        COMMENT 'insensitive',
  "Letters"   VARCHAR        COMMENT 'insensitive',
  "Code"      VARCHAR        COMMENT 'insensitive',
  "Hex"       VARCHAR        COMMENT 'insensitive',
  "Zip"       VARCHAR        COMMENT 'insensitive',
  "ZipNumber" INT            COMMENT 'insensitive',
  "Born"      DATE           COMMENT 'insensitive',
  "Seen"      TIMESTAMP      COMMENT 'insensitive',
  "Gender"    VARCHAR        COMMENT 'insensitive',
  "Weight"    DOUBLE         COMMENT 'insensitive',
  "Small"     REAL           COMMENT 'insensitive',
  "Children"  SMALLINT       COMMENT 'insensitive',
  "Income"    BIGINT         COMMENT 'insensitive',
  "Cost"      DECIMAL(12, 2) COMMENT 'insensitive'
) STORED AS CSV LOCATION 'people*.csv' OPTIONS ('veilpoint.subject' '"Id"')"#;

/// The projections. The names of their columns are the twin's.
const PROJECTIONS: &[(&str, &str)] = &[
    (
        "keyed",
        r#"SELECT token("Id") AS token, token("Income") AS token_income, pseudonym("Id") AS pseudonym,
             pseudonym("Id", "Gender") AS pseudonym_gender,
             ff1_encrypt("Number", 'digits') AS ff1_digits, ff1_encrypt("Letters", 'upper') AS ff1_upper,
             ff1_encrypt("Code", 'alnum') AS ff1_alnum, ff1_encrypt("Hex", 'hex') AS ff1_hex,
             ff1_encrypt("Income", 'digits') AS ff1_income FROM people"#,
    ),
    (
        "noise",
        r#"SELECT token("Id") AS token, noise("Weight", "Id", 0.1) AS noise_weight,
             noise("Small", "Id", 1) AS noise_small, noise("Children", "Id", 0.01) AS noise_children,
             noise("Income", "Id", 0.123456) AS noise_income, noise("Cost", "Id", 0.5) AS noise_cost FROM people"#,
    ),
    (
        "born",
        r#"SELECT date_shift("Born", "Id", 365) AS shift_born FROM people"#,
    ),
    (
        "seen",
        r#"SELECT date_shift("Seen", "Id", 30) AS shift_seen FROM people"#,
    ),
    (
        "dates",
        r#"SELECT age("Born") AS age, age("Born", DATE '2030-02-28') AS age_at, age_band("Born", 7) AS age_band,
             hipaa_age("Born") AS hipaa_age, generalize_date("Born", 'year') AS year,
             generalize_date("Born", 'quarter') AS quarter, generalize_date("Seen", 'month') AS month,
             top_code("Born", DATE '2000-02-29') AS top_born,
             bottom_code("Seen", TIMESTAMP '1990-01-01 00:00:00') AS bottom_seen, as_of() AS as_of FROM people"#,
    ),
    (
        "plain",
        r#"SELECT generalize("Income", 1000) AS generalize_income, generalize("Weight", 2.5) AS generalize_weight,
             generalize("Cost", 0.25) AS generalize_cost, hipaa_zip3("Zip") AS zip,
             hipaa_zip3("ZipNumber") AS zip_number, keep_prefix("Code", 3) AS prefix,
             keep_suffix("Code", 4) AS suffix, mask("Code", 2, 1) AS mask, mask("Number", 0, 4) AS mask_last,
             top_code("Income", 15) AS top_income, top_code("Weight", 99.5) AS top_weight,
             bottom_code("Children", -3) AS bottom_children, bottom_code("Cost", 0.05) AS bottom_cost,
             redact("Id") AS redact, redact("Id", 'gone') AS redact_text FROM people"#,
    ),
    // As one plan of the engine, where names and batches go other ways.
    (
        "whole",
        r#"SELECT token("Id") AS token, noise("Weight", "Id", 0.1) AS noise_weight,
             noise("Cost", "Id", 0.5) AS noise_cost, ff1_encrypt("Code", 'alnum') AS ff1_alnum,
             hipaa_zip3("Zip") AS zip, mask("Number", 0, 4) AS mask_last, top_code("Income", 15) AS top_income
           FROM (SELECT "Zip", "Row", "Cost", "Income", "Id", "Code", "Number", "Weight"
                 FROM people ORDER BY "Row" LIMIT 100000) AS p ORDER BY "Row""#,
    ),
];

fn site() -> Site {
    let site = Site::new();
    site.write("people/schema.sql", SCHEMA);
    site.write(
        "people.csv",
        run_script_in(PINS, TWIN, &["input", &ROWS.to_string()], b""),
    );
    site
}

fn convert(site: &Site, name: &str, select: &str) -> Answer {
    let text = format!("-- domain: twin\n-- order: kept\n{select}");
    site.write(&format!("people/{name}.sql"), text);
    let projection = format!("people/{name}");
    let release = format!("{name}.csv");
    run(&mut site.command([
        "convert",
        "people.csv",
        &release,
        "--sql",
        ".",
        "--projection",
        &projection,
        "--key",
        "key",
        "--as-of",
        AS_OF,
    ]))
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_second_implementation_computes_the_samples_of_nist() {
    assert_eq!(run_script_in(PINS, TWIN, &["samples"], b""), "[]");
}

#[test]
fn all_functions_give_what_a_second_implementation_gives() {
    let site = site();
    let (people, key) = (site.path("people.csv"), site.path("key"));
    let (mut wrong, mut names) = (Vec::new(), 0);
    for (name, select) in PROJECTIONS {
        let answer = convert(&site, name, select);
        if answer.code != Some(0) {
            wrong.push(format!("{name}: {}", answer.stderr));
            continue;
        }
        let release = site.path(&format!("{name}.csv"));
        let args = [
            "compare",
            path(&people),
            path(&release),
            path(&key),
            "twin",
            AS_OF,
        ];
        let said: Value = serde_json::from_str(&run_script_in(PINS, TWIN, &args, b"")).unwrap();
        let columns = said["names"].as_array().unwrap().len();
        names += columns;
        let all = said["cells"] == columns * ROWS;
        // A column of nothing but NULL would agree with a twin that knows nothing.
        let nulls = said["nulls"].as_object().unwrap().iter();
        let filled = nulls
            .filter(|(name, _)| *name != "redact")
            .all(|(_, nulls)| nulls.as_u64().is_some_and(|nulls| nulls < FEW));
        if !all || !filled || said["differ"] != 0 {
            wrong.push(format!("{name}: {said:#}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(names, 49);
}
