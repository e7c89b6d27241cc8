//! The proof as text: what it says of the bundled projections, and how it fits into a window.

use std::process::Command;

use super::{PEOPLE, bundled, site, text};
use crate::support::python::{python, script};
use crate::support::site::{Site, run};

/// The part of the report that is about one projection.
fn part<'a>(report: &'a str, projection: &str) -> &'a str {
    let (_, rest) = report.split_once(&format!("{projection}: ")).unwrap();
    rest.split("\n\n").next().unwrap()
}

const ANALYTICS: &str = r#"proven; reveals "Gender"; a key domain of its own; rows in a keyed order
 output      type     level   of           class              path
 "Fullname"  VARCHAR  keyed   "Fullname"   direct identifier  "Fullname" → pseudonym → "Fullname"
                      whole   "Gender"     quasi-identifier   "Gender" → pseudonym → "Fullname"
 "Age"       INT      coarse  "Birthdate"  quasi-identifier   "Birthdate" → age → "Age"
 "Gender"    VARCHAR  whole   "Gender"     quasi-identifier   "Gender" → "Gender"
 "Smoking"   BOOLEAN  whole   "Smoking"    insensitive        "Smoking" → "Smoking"
 "Weight"    INT      whole   "Weight"     insensitive        "Weight" → "Weight"
 "Height"    INT      whole   "Height"     insensitive        "Height" → "Height"
 "Disease"   VARCHAR  whole   "Disease"    sensitive          "Disease" → "Disease""#;

const BILLING: &str = r#"proven; reveals "Phone"; a key domain of its own; rows in a keyed order
 output     type     level   of           class              path
 "Account"  VARCHAR  keyed   "SSN"        direct identifier  "SSN" → token → "Account"
 "Area"     VARCHAR  part    "Phone"      direct identifier  "Phone" → keep_prefix → "Area"
 "Born in"  DATE     coarse  "Birthdate"  quasi-identifier   "Birthdate" → generalize_date → "Born in"
 "Item"     VARCHAR  whole   "Disease"    sensitive          "Disease" → "Item""#;

const RESEARCH: &str = r#"proven; domain research; rows in a keyed order
 output         type     level   of           class              path
 "Patient"      VARCHAR  keyed   "SSN"        direct identifier  "SSN" → token → "Patient"
 "Born in"      DATE     coarse  "Birthdate"  quasi-identifier   "Birthdate" → generalize_date → "Born in"
 "Age band"     VARCHAR  coarse  "Birthdate"  quasi-identifier   "Birthdate" → generalize_date → age_band → "Age band"
 "Smoking"      BOOLEAN  whole   "Smoking"    insensitive        "Smoking" → "Smoking"
 "Weight from"  INT      coarse  "Weight"     insensitive        "Weight" → generalize → "Weight from"
 "Height from"  INT      coarse  "Height"     insensitive        "Height" → generalize → "Height from"
 "Disease"      VARCHAR  whole   "Disease"    sensitive          "Disease" → "Disease""#;

#[test]
fn the_bundled_projections_are_proven_as_they_were() {
    let answer = bundled(&Site::new(), &[]);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let report = text(&answer);
    let mut wrong = Vec::new();
    for (name, expected) in [
        ("patients/analytics", ANALYTICS),
        ("patients/billing", BILLING),
        ("patients/research", RESEARCH),
    ] {
        let found = part(&report, name);
        if found != expected {
            wrong.push(format!("{name}:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The lines that the command writes on a terminal of this width.
fn on_terminal(site: &Site, columns: usize, args: &[&str]) -> Vec<String> {
    let program = site.command(args);
    let mut command = Command::new(python());
    command
        .arg(script("terminal.py"))
        .arg(columns.to_string())
        .arg(program.get_program())
        .args(program.get_args())
        .env_clear()
        .current_dir(site.path(""));
    let answer = run(&mut command);
    assert_eq!(answer.code, Some(0), "{}", answer.stderr);
    let lines = text(&answer);
    lines
        .lines()
        .map(|line| line.trim_end_matches('\r').to_owned())
        .collect()
}

#[test]
fn a_table_fits_into_the_window_and_says_the_same() {
    let select = "-- reveals: \"Gender\"\nSELECT token(\"SSN\") AS \"Who\", age_band(\"Born\", 10) AS \"How old they are\", \
                  \"Gender\" FROM people WHERE \"Cost\" > 18";
    let site = site(&[("people/schema.sql", PEOPLE), ("people/a.sql", select)]);
    let mut wrong = Vec::new();
    for columns in [70, 100, 200] {
        let lines = on_terminal(&site, columns, &["check"]);
        let table = lines
            .iter()
            .filter(|line| line.contains('─') || line.contains('→'));
        let widest = table.map(|line| line.chars().count()).max().unwrap();
        if widest > columns || widest + 40 < columns.min(120) {
            wrong.push(format!("{columns}: {widest}\n{}", lines.join("\n")));
        }
        let all = lines.join(" ");
        for word in [
            "\"Who\"",
            "token",
            "age_band",
            "insensitive",
            "quasi-identifier",
            "keyed",
            "chosen",
        ] {
            // In a narrow window a word of a path is cut.
            if !all.contains(word) && (columns > 70 || word != "age_band") {
                wrong.push(format!(
                    "{columns}: {word} is missing\n{}",
                    lines.join("\n")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn names_that_would_move_the_cursor_are_written_out() {
    let schema = "CREATE EXTERNAL TABLE people (\"a\u{1b}[31mb\" INT COMMENT 'insensitive') STORED AS CSV LOCATION 'p.csv'";
    let site = site(&[
        ("people/schema.sql", schema),
        ("people/a.sql", "SELECT * FROM people"),
        ("people/b.sql", "SELECT \"a\u{1b}[31mc\" FROM people"),
    ]);
    let answer = super::check(&site, &[]);
    assert_eq!(answer.code, Some(1));
    let report = text(&answer);
    assert!(!report.contains('\u{1b}'), "{report:?}");
    assert!(report.contains("\"a\\u{1b}[31mb\""), "{report}");
}
