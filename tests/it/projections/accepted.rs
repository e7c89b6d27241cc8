//! What analysts write every day, and what is odd and right: each row is accepted, runs, and has these columns.
//!
//! No value of a direct identifier stands in the release, whatever the columns are called.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;
use veilpoint::request::Format;

use super::{COLUMNS, parse, people, strict};
use crate::engine::Engine;

/// What is written, its text, and the output columns as the release's header has them.
type Row = (&'static str, &'static str, &'static str);

const EVERYDAY: &[Row] = &[
    ("a column", "SELECT \"Disease\" FROM t", "Disease"),
    ("a column renamed", "SELECT \"Disease\" AS \"Diagnosis\" FROM t", "Diagnosis"),
    ("a token", "SELECT token(\"SSN\") AS \"Patient\" FROM t", "Patient"),
    ("a token under the column's own name", "SELECT token(\"SSN\") AS \"SSN\" FROM t", "SSN"),
    ("a pseudonym", "SELECT pseudonym(\"Name\") AS \"Name\" FROM t", "Name"),
    ("a pseudonym of a fixed list", "SELECT pseudonym(\"Name\", 'f') AS n FROM t", "n"),
    (
        "a pseudonym with a gender",
        "-- reveals: \"Gender\"\nSELECT pseudonym(\"Name\", \"Gender\") AS n, \"Gender\" FROM t",
        "n,Gender",
    ),
    ("nothing of a column", "SELECT redact(\"Name\") AS a, redact(\"Account\") AS b FROM t", "a,b"),
    ("a word for a column", "SELECT redact(\"SSN\", '***') AS x FROM t", "x"),
    ("the unclassified, redacted", "SELECT redact(\"Email\") AS x, \"Weight\" FROM t", "x,Weight"),
    ("the unclassified, as a token", "SELECT token(\"Email\") AS x FROM t", "x"),
    ("an age", "SELECT age(\"Birthdate\") AS \"Age\" FROM t", "Age"),
    ("an age at a visit", "SELECT age(\"Birthdate\", \"Visit\") AS \"Age\" FROM t", "Age"),
    ("an age at a date", "SELECT age(\"Birthdate\", DATE '2026-01-01') AS \"Age\" FROM t", "Age"),
    ("a band", "SELECT age_band(\"Birthdate\", 10) AS \"Age\" FROM t", "Age"),
    ("a year", "SELECT generalize_date(\"Birthdate\", 'year') AS y FROM t", "y"),
    ("a step", "SELECT generalize(\"Income\", 1000) AS i FROM t", "i"),
    ("a beginning", "SELECT keep_prefix(\"Zip\", 1) AS z FROM t", "z"),
    ("a beginning of an identifier, admitted", "-- reveals: \"SSN\"\nSELECT keep_prefix(\"SSN\", 3) AS z FROM t", "z"),
    ("a token and an admitted beginning", "-- reveals: \"SSN\"\nSELECT token(\"SSN\") AS k, keep_prefix(\"SSN\", 3) AS z FROM t", "k,z"),
    ("a date admitted", "-- reveals: \"Birthdate\"\nSELECT \"Birthdate\" FROM t", "Birthdate"),
    ("two admitted", "-- reveals: \"Gender\", \"Zip\"\nSELECT \"Gender\", \"Zip\" FROM t", "Gender,Zip"),
    ("the as-of date", "SELECT as_of() AS today, \"Weight\" FROM t", "today,Weight"),
    ("a constant", "SELECT 'x' AS source, 1 AS version FROM t", "source,version"),
    ("everything insensitive", "SELECT * FROM t", "Weight,Height,Visit,Smoking"),
    ("everything of the table", "SELECT t.* FROM t", "Weight,Height,Visit,Smoking"),
    ("everything of its alias", "SELECT p.* FROM t AS p", "Weight,Height,Visit,Smoking"),
    ("everything and a token", "SELECT token(\"SSN\") AS k, * FROM t", "k,Weight,Height,Visit,Smoking"),
    ("everything in a subquery", "SELECT \"Weight\" FROM (SELECT * FROM t) AS s", "Weight"),
    ("a body mass index", "SELECT round(\"Weight\" / (\"Height\" * \"Height\"), 1) AS bmi FROM t", "bmi"),
    ("a case", "SELECT CASE WHEN \"Weight\" > 75 THEN 'heavy' ELSE 'light' END AS w FROM t", "w"),
    ("a case over a band", "SELECT CASE age_band(\"Birthdate\", 10) WHEN '30-39' THEN 'yes' END AS w FROM t", "w"),
    ("a month of a visit", "SELECT date_trunc('month', \"Visit\") AS m FROM t", "m"),
    ("a hash of what is no identifier", "SELECT md5(\"Disease\") AS h FROM t", "h"),
    ("text functions", "SELECT upper(trim(\"Disease\")) || '!' AS d, left(\"Disease\", 3) AS l FROM t", "d,l"),
    ("casts", "SELECT CAST(\"Weight\" AS VARCHAR) AS w, \"Height\"::INT AS h FROM t", "w,h"),
    ("coalesce", "SELECT coalesce(\"Disease\", 'none') AS d FROM t", "d"),
    ("quoted names with signs", "SELECT \"Weight\" AS \"Weight (kg), today\" FROM t", "\"Weight (kg), today\""),
    ("a name beyond ASCII", "SELECT \"Weight\" AS \"Größe Ж\" FROM t", "Größe Ж"),
];

const ROWS_CHOSEN: &[Row] = &[
    ("a predicate", "SELECT \"Disease\" FROM t WHERE \"Weight\" > 70 AND \"Smoking\"", "Disease"),
    ("a predicate over an age", "SELECT \"Disease\" FROM t WHERE age(\"Birthdate\") >= 18", "Disease"),
    ("a predicate over the age selected", "SELECT age(\"Birthdate\") AS a FROM t WHERE age(\"Birthdate\") BETWEEN 18 AND 90", "a"),
    ("whether an identifier is there", "SELECT \"Disease\" FROM t WHERE \"SSN\" IS NOT NULL", "Disease"),
    ("whether an identifier is there, as a column", "SELECT \"SSN\" IS NULL AS missing FROM t", "missing"),
    ("whether it is there, by CASE", "SELECT CASE WHEN \"Account\" IS NULL THEN 'no' ELSE 'yes' END AS a FROM t", "a"),
    ("a predicate over what is admitted", "-- reveals: \"Gender\"\nSELECT \"Disease\" FROM t WHERE \"Gender\" = 'f'", "Disease"),
    ("a list", "SELECT \"Disease\" FROM t WHERE \"Weight\" IN (60, 63, 66)", "Disease"),
    ("a pattern", "SELECT \"Weight\" FROM t WHERE \"Disease\" ILIKE 'ill%'", "Weight"),
    ("nothing chosen", "SELECT \"Weight\" FROM t WHERE false", "Weight"),
    ("an order", "SELECT \"Disease\", \"Weight\" FROM t ORDER BY \"Weight\" DESC, \"Disease\" NULLS LAST", "Disease,Weight"),
    ("an order by position", "SELECT \"Disease\", \"Weight\" FROM t ORDER BY 2", "Disease,Weight"),
    ("an order by a token", "SELECT \"Disease\" FROM t ORDER BY token(\"SSN\")", "Disease"),
    ("an order by the name that a token has", "SELECT token(\"SSN\") AS \"SSN\", \"Weight\" FROM t ORDER BY \"SSN\"", "SSN,Weight"),
    ("an order by nothing", "SELECT \"Disease\" FROM t ORDER BY redact(\"SSN\", 'x')", "Disease"),
    ("the first rows", "SELECT \"Disease\" FROM t ORDER BY \"Weight\" LIMIT 3 OFFSET 1", "Disease"),
    ("all rows by LIMIT ALL", "SELECT \"Disease\" FROM t LIMIT ALL", "Disease"),
    ("distinct rows", "SELECT DISTINCT \"Disease\", age_band(\"Birthdate\", 10) AS a FROM t", "Disease,a"),
    ("distinct tokens", "SELECT DISTINCT token(\"SSN\") AS k FROM t", "k"),
];

const GROUPED: &[Row] = &[
    ("a count", "SELECT count(*) AS n FROM t", "n"),
    ("a count of an identifier", "SELECT count(\"SSN\") AS n, count(DISTINCT \"SSN\") AS d FROM t", "n,d"),
    ("a count of tokens", "SELECT count(DISTINCT token(\"SSN\")) AS n FROM t", "n"),
    ("a count in groups", "SELECT \"Disease\", count(*) AS n FROM t GROUP BY \"Disease\"", "Disease,n"),
    ("groups by position", "SELECT \"Disease\", count(*) AS n FROM t GROUP BY 1 ORDER BY 2 DESC", "Disease,n"),
    ("groups by age", "SELECT age_band(\"Birthdate\", 10) AS a, count(*) AS n FROM t GROUP BY a", "a,n"),
    ("groups by token", "SELECT token(\"SSN\") AS k, max(\"Weight\") AS w FROM t GROUP BY token(\"SSN\")", "k,w"),
    ("groups by what is admitted", "-- reveals: \"Gender\"\nSELECT \"Gender\", avg(\"Weight\") AS w FROM t GROUP BY \"Gender\"", "Gender,w"),
    ("having", "SELECT \"Disease\" FROM t GROUP BY \"Disease\" HAVING count(*) >= 1 AND count(\"SSN\") < 99", "Disease"),
    ("a filter", "SELECT count(*) FILTER (WHERE \"Smoking\") AS n, sum(\"Weight\") AS w FROM t", "n,w"),
    ("many aggregates", "SELECT min(\"Weight\") AS a, max(\"Visit\") AS b, median(\"Height\") AS c, stddev(\"Height\") AS d FROM t", "a,b,c,d"),
    ("an aggregate that shadows a column", "SELECT max(\"Weight\") AS \"SSN\" FROM t", "SSN"),
    ("an aggregate in arithmetic", "SELECT sum(\"Weight\") * 1.0 / count(*) AS w FROM t", "w"),
    ("a row number", "SELECT \"Disease\", row_number() OVER (PARTITION BY \"Disease\" ORDER BY \"Weight\") AS n FROM t", "Disease,n"),
    ("a window by token", "SELECT rank() OVER (PARTITION BY token(\"SSN\") ORDER BY \"Visit\") AS n FROM t", "n"),
    ("the visit before", "SELECT lag(\"Visit\") OVER (PARTITION BY token(\"SSN\") ORDER BY \"Visit\") AS v FROM t", "v"),
    ("a running sum", "SELECT sum(\"Weight\") OVER (ORDER BY \"Visit\" ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS w FROM t", "w"),
    ("a named window", "SELECT count(*) OVER w AS n, sum(\"Weight\") OVER w AS s FROM t WINDOW w AS (PARTITION BY \"Smoking\")", "n,s"),
    ("the last visit of each", "SELECT token(\"SSN\") AS k, \"Visit\" FROM t QUALIFY row_number() OVER (PARTITION BY token(\"SSN\") ORDER BY \"Visit\" DESC) = 1", "k,Visit"),
    ("the least age", "SELECT min(age(\"Birthdate\")) AS a FROM t", "a"),
    ("the sum of an admitted income", "-- reveals: \"Income\"\nSELECT sum(\"Income\") AS i FROM t", "i"),
];

const NESTED: &[Row] = &[
    ("a subquery", "SELECT k FROM (SELECT token(\"SSN\") AS k, \"Weight\" FROM t) AS s WHERE \"Weight\" > 60", "k"),
    ("a column bare through a subquery", "SELECT token(x) AS k FROM (SELECT \"SSN\" AS x FROM t) AS s", "k"),
    ("a column bare through a CTE", "WITH c(x, y) AS (SELECT \"Birthdate\", \"SSN\" FROM t) SELECT age(x) AS a, token(y) AS k FROM c", "a,k"),
    ("a column bare through the table's alias", "SELECT token(b) AS k FROM t AS p(a, b, c, d, e, f, g, h, i, j, k, l, m, n)", "k"),
    ("a chain of CTEs", "WITH c AS (SELECT \"Disease\" AS d, \"Weight\" AS w FROM t), e AS (SELECT d, avg(w) AS w FROM c GROUP BY d) SELECT d, w FROM e WHERE w > 0", "d,w"),
    ("an age generalized", "SELECT age_band(generalize_date(\"Birthdate\", 'year'), 10) AS a FROM t", "a"),
    ("one age twice", "SELECT age(\"Birthdate\") AS a, age(\"Birthdate\") >= 65 AS old FROM t", "a,old"),
    ("an identifier in a subquery that nothing reads", "SELECT \"Weight\" FROM (SELECT \"SSN\", \"Weight\" FROM t) AS s", "Weight"),
    ("a failing cast that nothing reads", "SELECT \"Weight\" FROM (SELECT CAST(\"SSN\" AS INT) AS n, \"Weight\" FROM t) AS s", "Weight"),
    ("a failing cast that a group does not read", "SELECT count(*) AS n FROM (SELECT CAST(\"Name\" AS INT) AS x, \"Weight\" FROM t) AS s GROUP BY \"Weight\"", "n"),
    ("parentheses around it all", "((SELECT \"Weight\" FROM t))", "Weight"),
    ("counted groups", "SELECT n, count(*) AS m FROM (SELECT count(*) AS n FROM t GROUP BY token(\"SSN\")) AS s GROUP BY n", "n,m"),
];

const KEYED: &[Row] = &[
    ("a token of a number", "SELECT token(\"Account\") AS k FROM t", "k"),
    ("a token of a date", "SELECT token(\"Joined\") AS k FROM t", "k"),
    ("a token of a truth", "SELECT token(\"Smoking\") AS k FROM t", "k"),
    ("a token of a number as text", "SELECT token(CAST(\"Account\" AS VARCHAR)) AS k FROM t", "k"),
    ("a token of trimmed text", "SELECT token(lower(trim(\"Name\"))) AS k FROM t", "k"),
    ("a token of two columns", "SELECT token(\"Name\" || ' ' || \"SSN\") AS k FROM t", "k"),
    ("a token of three columns", "SELECT token(concat(upper(\"Name\"), '|', \"SSN\", ' / ', CAST(\"Joined\" AS VARCHAR))) AS k FROM t", "k"),
    ("a token by its alias", "SELECT crypto_hash(\"SSN\") AS k FROM t", "k"),
    ("a pseudonym by its alias", "SELECT seeded_full_name(\"Name\") AS k FROM t", "k"),
    ("functions in capitals", "SELECT TOKEN(\"SSN\") AS k, Redact(\"Name\") AS r FROM t", "k,r"),
    ("a token as text", "SELECT CAST(token(\"SSN\") AS VARCHAR) AS k FROM t", "k"),
    ("a token of a quasi-identifier", "SELECT token(\"Zip\") AS k FROM t", "k"),
    ("a token of what is no identifier", "SELECT token(\"Disease\") AS k FROM t", "k"),
    ("two tokens of two columns", "SELECT token(\"SSN\") AS a, token(\"Name\") AS b FROM t", "a,b"),
];

fn rows() -> Vec<Row> {
    [EVERYDAY, ROWS_CHOSEN, GROUPED, NESTED, KEYED].concat()
}

/// The values of the direct identifiers, each of them nowhere else in the object.
fn secrets(text: &str) -> HashSet<String> {
    let secret = |at: &usize| matches!(COLUMNS[*at].2, "direct identifier" | "");
    let columns: Vec<usize> = (0..COLUMNS.len()).filter(secret).collect();
    text.lines()
        .skip(1)
        .flat_map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            columns.iter().map(|at| fields[*at].to_owned()).collect::<Vec<_>>()
        })
        .filter(|value| !value.is_empty())
        .collect()
}

/// What is wrong with the answer to a row.
fn complaint((name, sql, columns): &Row, object: &str) -> Option<String> {
    let projection = match parse(&strict(), sql) {
        Ok(projection) => projection,
        Err(error) => return Some(format!("{name}: is refused: {error}")),
    };
    let proven: Vec<&str> = projection.proof.outputs.iter().map(|output| output.name.as_str()).collect();
    if proven.join(",") != columns.replace("\"", "") {
        return Some(format!("{name}: proves {proven:?}"));
    }
    let release = Engine::new(&strict(), sql, 7).release(object.as_bytes(), Format::Csv, 1, usize::MAX);
    let text = match release {
        Ok((bytes, _)) => String::from_utf8(bytes).unwrap(),
        Err(error) => return Some(format!("{name}: does not run: {error}")),
    };
    if text.lines().next() != Some(columns) {
        return Some(format!("{name}: has the header {:?}", text.lines().next()));
    }
    let told: Vec<String> = secrets(object).into_iter().filter(|value| text.contains(value)).collect();
    (!told.is_empty()).then(|| format!("{name}: tells {told:?}"))
}

#[test]
fn what_an_analyst_writes_is_accepted_and_runs_and_has_its_columns() {
    let object = people();
    let wrong: Vec<String> = rows().iter().filter_map(|row| complaint(row, &object)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_tables_of_what_is_accepted_are_large_and_name_each_row_once() {
    let mut seen = HashSet::new();
    let twice: Vec<&str> = rows().iter().map(|row| row.0).filter(|name| !seen.insert(*name)).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert!(seen.len() >= 100, "{}", seen.len());
}

/// The bundled projections, by their files, with their columns.
#[test]
fn every_bundled_projection_is_accepted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/patients");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let contract = Contract::parse("patients", "schema.sql", &read("schema.sql")).unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        if file == "schema.sql" {
            continue;
        }
        let projection = Projection::parse(&contract, "patients/x", &file, &read(&file)).unwrap();
        let columns: Vec<&str> = projection.proof.outputs.iter().map(|output| output.name.as_str()).collect();
        found.push(format!("{file}: {}", columns.join(", ")));
    }
    found.sort();
    assert_eq!(
        found,
        [
            "analytics.sql: Fullname, Age, Gender, Smoking, Weight, Height, Disease",
            "billing.sql: Account, Area, Born in, Item",
            "research.sql: Patient, Born in, Age band, Smoking, Weight from, Height from, Disease",
        ]
    );
}
