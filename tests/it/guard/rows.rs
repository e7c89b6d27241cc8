//! Objects and settings, and what `convert` says of them.

use super::{SCHEMA, ahv, card, object};
use crate::support::site::{Site, run};

/// One object.
struct Row {
    name: &'static str,
    rows: Vec<String>,
    /// OPTIONS, and the columns that the projection reads.
    options: &'static str,
    columns: &'static str,
    code: i32,
    /// What is said; where nothing is, there is no warning.
    says: Vec<&'static str>,
}

const ALL: &str = r#""Note", "Number", "Long", "Cost""#;

fn row(name: &'static str, rows: Vec<String>, says: &[&'static str]) -> Row {
    Row {
        name,
        rows,
        options: "",
        columns: ALL,
        code: 0,
        says: says.to_vec(),
    }
}

impl Row {
    fn options(mut self, options: &'static str) -> Self {
        self.options = options;
        self
    }

    fn reads(mut self, columns: &'static str) -> Self {
        self.columns = columns;
        self
    }

    fn refused(mut self) -> Self {
        self.code = 1;
        self
    }
}

/// Of so many rows the first ones with this, at the place of `@` in a row; the others with nothing there.
fn some(with: usize, of: usize, row: &str, value: impl Fn(usize) -> String) -> Vec<String> {
    let one = |at: usize| {
        let value = if at < with {
            value(at)
        } else {
            "none".to_owned()
        };
        row.replace('@', &value)
    };
    (0..of).map(one).collect()
}

fn mail(row: usize) -> String {
    format!("canary{row}@example.com")
}

/// Notes of which the first ones hold an address of their own.
fn notes(with: usize, of: usize) -> Vec<String> {
    some(with, of, "a,b,see @ again,1,1,1", mail)
}

fn logged() -> Vec<Row> {
    let all = |row: &str, value: fn(usize) -> String| some(40, 40, row, value);
    vec![
        row("none", notes(0, 100), &[]),
        row("too few", notes(9, 100), &[]),
        row(
            "as many as it takes",
            notes(10, 100),
            &[
                "column=\"Note\"",
                "identifier=EMAIL",
                "values=10",
                "of=100",
                "objects=1",
            ],
        ),
        row("too small a share", notes(10, 1001), &[]),
        row(
            "a share of their own",
            notes(10, 1001),
            &["values=10", "of=1001"],
        )
        .options("'veilpoint.found_identifiers_share' '0.005'"),
        row("a number of their own", notes(2, 100), &["values=2"])
            .options("'veilpoint.found_identifiers_count' '2'"),
        row(
            "fewer rows than it takes",
            notes(3, 3),
            &["values=3", "of=3"],
        ),
        row("nobody looks", notes(100, 100), &[]).options("'veilpoint.found_identifiers' 'ignore'"),
        row(
            "one address in all rows",
            some(50, 50, "a,b,@,1,1,1", |_| mail(1)),
            &["values=50", "of=50"],
        ),
        row(
            "AHV in BIGINT",
            all("a,b,c,@,1,1", ahv),
            &["column=\"Number\"", "identifier=AHV", "values=40"],
        ),
        row(
            "cards in DECIMAL",
            all("a,b,c,1,@,1", card),
            &["column=\"Long\"", "identifier=CARD"],
        ),
        row(
            "an IBAN in a note",
            some(20, 20, "a,b,IBAN @ paid,1,1,1", |_| {
                "CH93 0076 2011 6238 5295 7".to_owned()
            }),
            &["identifier=IBAN", "values=20"],
        ),
        row(
            "two kinds in one column",
            some(30, 30, "a,b,@,1,1,1", |at| {
                format!("{} {}", ahv(at), mail(at))
            }),
            &["identifier=AHV", "identifier=EMAIL"],
        ),
        row(
            "numbers without their check digits",
            all("a,b,c,@,1,1", |at| {
                format!("{}", 4_000_000_000_000_001 + 10 * at)
            }),
            &[],
        ),
        row(
            "names and towns are classed as what they are",
            all("@,@,c,1,1,1", mail),
            &[],
        ),
        row("a column that is not read", all("a,b,@,1,1,1", mail), &[]).reads("\"Number\""),
        row(
            "NULLs are no values",
            [notes(10, 10), vec!["a,b,,1,1,1".to_owned(); 5000]].concat(),
            &["values=10", "of=10"],
        ),
        row(
            "dropped rows are no values",
            some(50, 50, "a,b,@,1,1,none", mail)
                .into_iter()
                .chain(notes(0, 50))
                .collect(),
            &[],
        )
        .options("'veilpoint.bad_rows' 'drop'"),
    ]
}

fn refused() -> Vec<Row> {
    let options = "'veilpoint.found_identifiers' 'refuse'";
    vec![
        row("refused: none", notes(0, 100), &[]).options(options),
        row(
            "refused: enough",
            notes(10, 100),
            &[
                "visits.csv",
                "column \"Note\"",
                "10 of 100 values",
                "EMAIL",
                "[IdentifiersFound]",
            ],
        )
        .options(options)
        .refused(),
        row(
            "refused: cards",
            some(30, 30, "a,b,c,@,1,1", card),
            &["column \"Number\"", "30 of 30", "CARD"],
        )
        .options(options)
        .refused(),
        row("refused: not read", notes(100, 100), &[])
            .options(options)
            .reads("\"Number\""),
        row("refused: sorted", notes(100, 100), &["[IdentifiersFound]"])
            .options(options)
            .reads("\"Note\" FROM visits ORDER BY \"Cost\", \"Note\" --")
            .refused(),
    ]
}

#[test]
fn identifiers_are_told_or_refused_and_never_shown() {
    let mut wrong = Vec::new();
    for row in logged().into_iter().chain(refused()) {
        let site = Site::new();
        let options = if row.options.is_empty() {
            String::new()
        } else {
            format!(" OPTIONS ({})", row.options)
        };
        site.write("sql/visits/schema.sql", format!("{SCHEMA}{options}"));
        for name in ["ages", "keyed", "sorted", "named", "broken"] {
            std::fs::remove_file(site.path(&format!("sql/visits/{name}.sql"))).unwrap();
        }
        let select = format!("-- order: kept\nSELECT {} FROM visits", row.columns);
        site.write("sql/visits/open.sql", select);
        site.write("visits.csv", object(row.rows));
        let answer = run(&mut site.convert("visits.csv", "out.csv", "open", &[]));
        let mut failed = Vec::new();
        if answer.code != Some(row.code) {
            failed.push(format!("exits with {:?}", answer.code));
        }
        if site.read("out.csv").is_some() != (row.code == 0) {
            failed.push("leaves what it must not, or nothing".to_owned());
        }
        let silent = row.says.is_empty();
        let missing = row
            .says
            .iter()
            .filter(|word| !answer.stderr.contains(**word));
        failed.extend(missing.map(|word| format!("does not say {word}")));
        if silent && answer.stderr.contains("identifier") {
            failed.push("warns".to_owned());
        }
        let shown = ["canary", "7560000", "40000000", "0076"];
        failed.extend(
            shown
                .iter()
                .filter(|value| answer.stderr.contains(**value))
                .map(|value| format!("shows {value}")),
        );
        if !failed.is_empty() {
            wrong.push(format!(
                "{}: {}; says {}",
                row.name,
                failed.join(", "),
                answer.stderr
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn its_settings_are_checked() {
    use veilpoint::dataset::contract::Contract;
    let rows = [
        ("found_identifiers", "LOG", true),
        ("found_identifiers", "drop", false),
        ("found_identifiers", "", false),
        ("found_identifiers_share", "0", true),
        ("found_identifiers_share", "0.000001", true),
        ("found_identifiers_share", "1.0", true),
        ("found_identifiers_share", "1.000001", false),
        ("found_identifiers_share", "0.0000001", false),
        ("found_identifiers_share", "2", false),
        ("found_identifiers_share", "-0.1", false),
        ("found_identifiers_share", "0.", false),
        ("found_identifiers_share", "0.1e2", false),
        ("found_identifiers_share", "0,1", false),
        ("found_identifiers_share", "1 %", false),
        ("found_identifiers_count", "1", true),
        ("found_identifiers_count", "0", false),
        ("found_identifiers_count", "1.5", false),
        ("found_identifiers_count", "many", false),
    ];
    let mut wrong = Vec::new();
    for (option, value, good) in rows {
        let schema = format!("{SCHEMA} OPTIONS ('veilpoint.{option}' '{value}')");
        let read = Contract::parse("visits", "schema.sql", &schema);
        if read.is_ok() != good {
            wrong.push(format!("{option} {value:?}: {:?}", read.map(|_| ())));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
