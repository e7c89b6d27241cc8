//! Joins that are accepted, and their releases worked out by hand.

use veilpoint::dataset::projection::Plan;
use veilpoint::functions::Context;
use veilpoint::key::MasterKey;
use veilpoint::request::Format;

use super::{contract, parse};
use crate::engine::Engine;

/// Codes in another case, unknown ones, none; a ward that no table has, and none.
const OBJECT: &str = "Id,Zip,Code,Ward,Days\n\
                      p1,8001,A00,1,0\n\
                      p2,3011,a00,2,-1\n\
                      p3,,C50,3,1\n\
                      p4,9490,,,\n\
                      p5,1000,D49,1,9223372036854775807\n\
                      p6,8400,D50,99,-9223372036854775808\n\
                      p7,7000,Z99,2,0\n\
                      p8,7000,\"a,00\",-1,0\n";

/// What is tried, its text, and the release's lines behind the header. NULL alone in a line is a quoted nothing.
type Row = (&'static str, &'static str, &'static [&'static str]);

/// Row by row, in the object's order.
const ROWS: &[Row] = &[
    (
        "a LEFT join keeps every row, and an unknown code is NULL",
        "SELECT t.\"Code\", icd.chapter FROM t LEFT JOIN icd ON icd.code = t.\"Code\"",
        &[
            "A00,Infections",
            "a00,",
            "C50,Neoplasms",
            ",",
            "D49,",
            "D50,Blood",
            "Z99,",
            "\"a,00\",odd",
        ],
    ),
    (
        "an INNER join drops what the table does not have",
        "SELECT \"Code\", code, chapter FROM t JOIN icd ON \"Code\" = code",
        &[
            "A00,A00,Infections",
            "C50,C50,Neoplasms",
            "D50,D50,Blood",
            "Z99,Z99,",
            "\"a,00\",\"a,00\",odd",
        ],
    ),
    (
        "case is the author's to settle",
        "SELECT i.chapter FROM t INNER JOIN icd AS i ON i.code = upper(\"Code\")",
        &["Infections", "Infections", "Neoplasms", "Blood", "\"\""],
    ),
    (
        "whole numbers of two widths",
        "SELECT t.\"Ward\", w.name, w.beds FROM t LEFT JOIN wards w ON t.\"Ward\" = w.ward",
        &[
            "1,East,12",
            "2,West,",
            "3,Old,7",
            ",,",
            "1,East,12",
            "99,,",
            "2,West,",
            "-1,,",
        ],
    ),
    (
        "USING, and the ends of a BIGINT",
        "SELECT \"Days\", word FROM t LEFT JOIN days USING (\"Days\")",
        &[
            "0,none",
            "-1,before",
            "1,",
            ",",
            "9223372036854775807,ever",
            "-9223372036854775808,",
            "0,none",
            "0,none",
        ],
    ),
    (
        "a table by the column of another",
        "SELECT r.head FROM t LEFT JOIN wards w ON w.ward = t.\"Ward\" LEFT JOIN regions r ON r.region = w.region",
        &[
            "Bern", "Lugano", "\"\"", "\"\"", "Bern", "\"\"", "Lugano", "\"\"",
        ],
    ),
    (
        "an INNER join behind a LEFT one",
        "SELECT w.name, r.head FROM t LEFT JOIN wards w ON w.ward = t.\"Ward\" JOIN regions r ON w.region = r.region",
        &["East,Bern", "West,Lugano", "East,Bern", "West,Lugano"],
    ),
    (
        "one table twice",
        "SELECT a.name, b.name AS next FROM t LEFT JOIN wards a ON a.ward = \"Ward\" LEFT JOIN wards b ON b.ward = \
         \"Ward\" + 1",
        &[
            "East,West",
            "West,Old",
            "Old,",
            ",",
            "East,West",
            ",",
            "West,Old",
            ",",
        ],
    ),
    (
        "a filter over what was looked up",
        "SELECT \"Ward\" FROM t LEFT JOIN wards w ON w.ward = \"Ward\" WHERE w.region IS NULL AND \"Code\" IS NOT NULL",
        &["3", "99", "-1"],
    ),
    (
        "a filter below, an alias in a subquery, another above",
        "SELECT s.c, i.chapter FROM (SELECT \"Code\" AS c FROM t WHERE \"Ward\" < 90) s JOIN icd i ON i.code = s.c WHERE \
         i.chapter <> 'odd'",
        &["A00,Infections", "C50,Neoplasms"],
    ),
    (
        "a join in a CTE",
        "WITH named AS (SELECT name, \"Days\" FROM t JOIN wards ON ward = \"Ward\") SELECT name || '!' AS n FROM named \
         WHERE \"Days\" >= 0",
        &["East!", "Old!", "East!", "West!"],
    ),
    (
        "a key in part, which tells of a quasi-identifier what its part does",
        "SELECT i.chapter, d.word FROM t LEFT JOIN icd i ON i.code = keep_prefix(\"Zip\", 1) LEFT JOIN days d ON d.\"Days\" = \
         CAST(keep_prefix(\"Zip\", 1) AS BIGINT) - 9",
        &[",before", ",", ",", ",none", ",", ",before", ",", ","],
    ),
    (
        "a table that is joined and not read",
        "SELECT \"Ward\" FROM t LEFT JOIN icd ON code = \"Code\"",
        &["1", "2", "3", "\"\"", "1", "99", "2", "-1"],
    ),
];

/// Not row by row.
const WHOLE: &[Row] = &[
    (
        "groups of a looked-up column",
        "SELECT w.region, count(*) AS n, sum(w.beds) AS beds FROM t JOIN wards w ON w.ward = \"Ward\" GROUP BY w.region ORDER \
         BY n DESC, region",
        &["north,2,24", "south,2,", ",1,7"],
    ),
    (
        "a join with groups",
        "SELECT g.n, w.name FROM (SELECT \"Ward\" AS ward, count(*) AS n FROM t GROUP BY \"Ward\") g JOIN wards w ON w.ward = \
         g.ward ORDER BY w.name",
        &["2,East", "1,Old", "2,West"],
    ),
    (
        "a window, and the object's order under it",
        "SELECT name, row_number() OVER (PARTITION BY name ORDER BY \"Days\") AS n FROM t JOIN wards ON ward = \"Ward\" ORDER \
         BY name, n",
        &["East,1", "East,2", "Old,1", "West,1", "West,2"],
    ),
    (
        "distinct",
        "SELECT DISTINCT r.head FROM t LEFT JOIN wards w ON w.ward = t.\"Ward\" LEFT JOIN regions r ON r.region = w.region \
         ORDER BY head",
        &["Bern", "Lugano", "\"\""],
    ),
];

fn release(sql: &str, threads: usize, piece: usize, format: Format) -> Result<Vec<u8>, String> {
    let engine = Engine::over(contract(), sql, 7);
    let made = engine.release(OBJECT.as_bytes(), format, threads, piece);
    made.map(|(bytes, _)| bytes)
        .map_err(|error| error.to_string())
}

fn complaint((name, sql, lines): &Row, whole: bool) -> Option<String> {
    let sql = format!("-- order: kept\n{sql}");
    let projection = match parse(&sql) {
        Ok(projection) => projection,
        Err(error) => return Some(format!("{name}: is refused: {error}")),
    };
    let keys = MasterKey::from_bytes([7; 32]).domain(&projection.domain());
    let context = Context {
        as_of: "2026-11-01".parse().unwrap(),
        keys: Some(keys),
    };
    if matches!(projection.bind(&context), Ok(Plan::Whole(_))) != whole {
        return Some(format!("{name}: is of the other kind"));
    }
    let text = match release(&sql, 1, usize::MAX, Format::Csv) {
        Ok(bytes) => String::from_utf8(bytes).unwrap(),
        Err(error) => return Some(format!("{name}: does not run: {error}")),
    };
    if text.lines().skip(1).collect::<Vec<_>>() != *lines {
        return Some(format!("{name}: gives {text}"));
    }
    for format in [Format::Csv, Format::Parquet] {
        let one = release(&sql, 1, usize::MAX, format);
        let other = release(&sql, 3, 5, format);
        if one != other {
            return Some(format!("{name}: other bytes with other threads and pieces"));
        }
    }
    None
}

#[test]
fn a_join_gives_what_the_tables_say_and_stays_row_by_row_where_it_was() {
    let rows = ROWS.iter().map(|row| complaint(row, false));
    let wrong: Vec<String> = rows
        .chain(WHOLE.iter().map(|row| complaint(row, true)))
        .flatten()
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What of the dataset reaches each output column, by value or through the rows that are there.
#[test]
fn a_looked_up_column_holds_what_its_key_holds() {
    let mut wrong = Vec::new();
    for (name, sql, expected) in [
        (
            "LEFT: by value only",
            "-- reveals: \"Zip\"\nSELECT \"Ward\", chapter FROM t LEFT JOIN icd ON code = \"Zip\"",
            "Ward: Ward Whole; chapter: Zip Whole",
        ),
        (
            "INNER: every column, by the rows that are there",
            "-- reveals: \"Zip\"\nSELECT \"Ward\", chapter FROM t JOIN icd ON code = \"Zip\"",
            "Ward: Zip Whole implicit, Ward Whole; chapter: Zip Whole",
        ),
        (
            "in part",
            "SELECT chapter FROM t LEFT JOIN icd ON code = keep_prefix(\"Zip\", 2)",
            "chapter: Zip Part",
        ),
        (
            "through two tables",
            "SELECT head FROM t LEFT JOIN wards w ON w.ward = \"Ward\" LEFT JOIN regions r ON r.region = w.region",
            "head: Ward Whole",
        ),
    ] {
        let projection = match parse(sql) {
            Ok(projection) => projection,
            Err(error) => {
                wrong.push(format!("{name}: is refused: {error}"));
                continue;
            }
        };
        let outputs = projection.proof.outputs.iter().map(|output| {
            let sources = output.sources.iter().map(|source| {
                let implicit = if source.implicit { " implicit" } else { "" };
                format!("{} {:?}{implicit}", source.column, source.level)
            });
            format!(
                "{}: {}",
                output.name,
                sources.collect::<Vec<_>>().join(", ")
            )
        });
        let found = outputs.collect::<Vec<_>>().join("; ");
        if found != expected {
            wrong.push(format!("{name}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A column that is NOT NULL is so behind an INNER join, and may be NULL behind a LEFT one.
#[test]
fn what_may_be_null_is_said() {
    let nullable = |join: &str| {
        let sql = format!("SELECT ward, name, region FROM t {join} wards ON ward = \"Ward\"");
        let Ok(Plan::Rows(plan)) = parse(&sql).unwrap().bind(&Context {
            as_of: "2026-11-01".parse().unwrap(),
            keys: None,
        }) else {
            panic!("not row by row");
        };
        let outputs = plan.outputs.iter();
        outputs.map(|output| output.nullable).collect::<Vec<_>>()
    };
    assert_eq!(nullable("JOIN"), [false, false, true]);
    assert_eq!(nullable("LEFT JOIN"), [true, true, true]);
}
