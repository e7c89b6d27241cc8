//! `veilpoint check`, as a process: the proof as text, as JSON by its schema and as a page, and what it exits with.

mod exits;
mod hook;
mod joins;
mod json;
mod page;
mod text;

use std::path::Path;

use serde_json::Value;

use crate::support::python::run_script_in;
use crate::support::site::{Answer, Site, run};

/// What reads JSON by its schema, and runs hooks.
const PINS: &str = "requirements-check.txt";

/// A contract with every class, and one column that nobody classified.
const PEOPLE: &str = r#"CREATE EXTERNAL TABLE people (
  "SSN"    VARCHAR COMMENT 'direct identifier',
  "Mail"   VARCHAR,
  "Born"   DATE    COMMENT 'quasi-identifier',
  "Zip"    VARCHAR COMMENT 'quasi-identifier',
  "Gender" VARCHAR COMMENT 'quasi-identifier',
  "Ill"    VARCHAR COMMENT 'sensitive',
  "Cost"   INT     COMMENT 'insensitive'
) STORED AS CSV LOCATION 'people*.csv'"#;

/// Another dataset, in which people have other columns.
const GUESTS: &str = r#"CREATE EXTERNAL TABLE guests (
  "Passport" VARCHAR COMMENT 'direct identifier',
  "Room"     INT     COMMENT 'insensitive'
) STORED AS CSV LOCATION 'guests*.csv'"#;

/// A folder with these files below `sql` and nothing else there.
fn site(files: &[(&str, &str)]) -> Site {
    let site = Site::new();
    std::fs::remove_dir_all(site.path("sql")).unwrap();
    for (name, text) in files {
        site.write(&format!("sql/{name}"), text);
    }
    site
}

fn check(site: &Site, args: &[&str]) -> Answer {
    run(site.command(["check"]).args(args))
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.stdout.clone()).unwrap()
}

/// The report as JSON, whatever it says.
fn report(site: &Site) -> Value {
    let answer = check(site, &["--format", "json"]);
    serde_json::from_slice(&answer.stdout).unwrap_or_else(|_| panic!("{}", answer.stderr))
}

/// The checkout's own projections, as they lie there.
fn bundled(site: &Site, args: &[&str]) -> Answer {
    let mut command = site.command(["check"]);
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    run(command.args(args).current_dir(home))
}

/// What is wrong with JSON by the schema that is documented.
fn by_schema(json: &[u8]) -> String {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/check.schema.json");
    run_script_in(PINS, "schema.py", &[schema.to_str().unwrap()], json)
}

/// What a page holds, read as a browser reads it.
pub(crate) fn read_page(html: &[u8]) -> Value {
    serde_json::from_str(&run_script_in(PINS, "page.py", &[], html)).unwrap()
}

/// The texts of one kind in a page.
pub(crate) fn texts<'a>(page: &'a Value, kind: &str) -> Vec<&'a str> {
    let texts = page[kind].as_array().unwrap().iter();
    texts.map(|text| text.as_str().unwrap()).collect()
}
