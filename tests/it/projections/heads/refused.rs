//! Heads that are refused, with what is said against them.

use super::{plain, revealing};

/// What is written, the whole text, and what the refusal says.
pub type Row = (&'static str, String, &'static str);

const QUOTES: &str = "column names stand in double quotes";

pub fn rows() -> Vec<Row> {
    [
        revealed(),
        words(),
        subjects(),
        domains_and_orders(),
        places(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn gender(name: &'static str, head: &str, says: &'static str) -> Row {
    (name, revealing(head), says)
}

fn none(name: &'static str, head: &str, says: &'static str) -> Row {
    (name, plain(head), says)
}

/// What `reveals` takes.
fn revealed() -> Vec<Row> {
    vec![
        none(
            "an unknown column",
            "-- reveals: \"Sex\"\n",
            "is no column of the contract",
        ),
        gender(
            "a column in another case",
            "-- reveals: \"gender\"\n",
            "did you mean \"Gender\"?",
        ),
        gender(
            "a column twice",
            "-- reveals: \"Gender\", \"Gender\"\n",
            "\"Gender\" stands twice",
        ),
        gender("a column without quotes", "-- reveals: Gender\n", QUOTES),
        gender(
            "a column in single quotes",
            "-- reveals: 'Gender'\n",
            QUOTES,
        ),
        gender("no column", "-- reveals:\n", QUOTES),
        gender("a comma too many", "-- reveals: \"Gender\",\n", QUOTES),
        gender(
            "a comma too few",
            "-- reveals: \"Gender\" \"Zip\"\n",
            "separated by commas",
        ),
        gender(
            "an open quote",
            "-- reveals: \"Gender\n",
            "lacks its closing double quote",
        ),
        gender(
            "an empty name",
            "-- reveals: \"Gender\", \"\"\n",
            "a column name is empty",
        ),
        gender(
            "text behind the columns",
            "-- reveals: \"Gender\" for the tariff\n",
            "separated by commas",
        ),
        none(
            "a column that is not needed",
            "-- reveals: \"Gender\"\n",
            "\"Gender\" is not needed",
        ),
        gender(
            "one of two that is not needed",
            "-- reveals: \"Gender\", \"Zip\"\n",
            "\"Zip\" is not needed",
        ),
        none(
            "an insensitive column",
            "-- reveals: \"Weight\"\n",
            "\"Weight\" is not needed",
        ),
        (
            "a column that leaves coarsely anyhow",
            "-- reveals: \"Birthdate\"\nSELECT age(\"Birthdate\") AS a FROM t".into(),
            "\"Birthdate\" is not needed",
        ),
        (
            "a column that leaves as a token anyhow",
            "-- reveals: \"SSN\"\nSELECT token(\"SSN\") AS a FROM t".into(),
            "\"SSN\" is not needed",
        ),
    ]
}

/// Words that are no directive, or stand twice.
fn words() -> Vec<Row> {
    vec![
        gender(
            "reveals twice",
            "-- reveals: \"Gender\"\n-- reveals: \"Gender\"\n",
            "stands twice",
        ),
        none(
            "order twice",
            "-- order: kept\n-- order: kept\n",
            "stands twice",
        ),
        none(
            "domain twice",
            "-- domain: a\n-- domain: b\n",
            "stands twice",
        ),
        gender(
            "reveal",
            "-- reveal: \"Gender\"\n",
            "did you mean \"reveals\"?",
        ),
        gender(
            "Reveals",
            "-- Reveals: \"Gender\"\n",
            "did you mean \"reveals\"?",
        ),
        gender(
            "REVEALS",
            "-- REVEALS: \"Gender\"\n",
            "did you mean \"reveals\"?",
        ),
        gender(
            "revaels",
            "-- revaels: \"Gender\"\n",
            "did you mean \"reveals\"?",
        ),
        gender(
            "reveals with a letter of another alphabet",
            "-- rеveals: \"Gender\"\n",
            "is unknown",
        ),
        none("K", "-- K: 5\n", "did you mean \"k\"?"),
        none(
            "Domain",
            "-- Domain: research\n",
            "did you mean \"domain\"?",
        ),
        none(
            "a word in lower case",
            "-- note: for the analysts\n",
            "the directive \"note\" is unknown",
        ),
        none(
            "a word with a hyphen",
            "-- min-k: 5\n",
            "the directive \"min-k\" is unknown",
        ),
    ]
}

/// What `k` takes.
fn subjects() -> Vec<Row> {
    vec![
        none(
            "k without a group",
            "-- k: 5\n",
            "there is no GROUP BY to suppress groups of",
        ),
        none(
            "k over no output column",
            "-- k: 5 over \"Height\"\n",
            "\"Height\" is no output column",
        ),
        none("k of one", "-- k: 1\n", "2 at least"),
        none("k of zero", "-- k: 0\n", "2 at least"),
        none("a negative k", "-- k: -5\n", "2 at least"),
        none("k in letters", "-- k: five\n", "2 at least"),
        none("k of nothing", "-- k:\n", "2 at least"),
        none("an enormous k", "-- k: 99999999999\n", "2 at least"),
        none("k over nothing", "-- k: 5 over \n", "then nothing or: over"),
        none(
            "k over names without quotes",
            "-- k: 5 over Weight\n",
            QUOTES,
        ),
        none(
            "k over a name twice",
            "-- k: 5 over \"Weight\", \"Weight\"\n",
            "stands twice",
        ),
        none(
            "k with a word behind",
            "-- k: 5 rows\n",
            "then nothing or: over",
        ),
        none(
            "k with over behind no blank",
            "-- k: 5over \"Weight\"\n",
            "then nothing or: over",
        ),
    ]
}

/// What `domain` and `order` take.
fn domains_and_orders() -> Vec<Row> {
    vec![
        none(
            "a domain of nothing",
            "-- domain:\n",
            "takes a name of 1 to 64",
        ),
        none(
            "a domain with a blank",
            "-- domain: my research\n",
            "takes a name of 1 to 64",
        ),
        none(
            "a domain in quotes",
            "-- domain: \"research\"\n",
            "takes a name of 1 to 64",
        ),
        none(
            "a domain beyond ASCII",
            "-- domain: rеsearch\n",
            "takes a name of 1 to 64",
        ),
        (
            "a domain of 65 letters",
            plain(&format!("-- domain: {}\n", "a".repeat(65))),
            "takes a name of 1 to 64",
        ),
        none(
            "an order of another word",
            "-- order: random\n",
            "takes only \"kept\"",
        ),
        none(
            "an order in capitals",
            "-- order: Kept\n",
            "takes only \"kept\"",
        ),
        none("an order of nothing", "-- order:\n", "takes only \"kept\""),
    ]
}

/// Directives that stand where nobody reads them.
fn places() -> Vec<Row> {
    vec![
        gender(
            "a directive below an empty line",
            "-- For us\n\n-- reveals: \"Gender\"\n",
            "stands below the head",
        ),
        gender(
            "a directive below a block comment",
            "/* For us */\n-- reveals: \"Gender\"\n",
            "stands below the head",
        ),
        gender(
            "a directive inside a block comment",
            "/*\n-- reveals: \"Gender\"\n*/\n",
            "stands below the head",
        ),
        gender(
            "a block comment as the head",
            "/* reveals: \"Gender\" */\n",
            "\"Gender\" leaves whole",
        ),
        gender(
            "a block comment on the line of the head",
            "/**/ -- reveals: \"Gender\"\n",
            "\"Gender\" leaves whole",
        ),
        gender(
            "a colon of full width",
            "-- reveals： \"Gender\"\n",
            "\"Gender\" leaves whole",
        ),
        gender(
            "a dash that is none",
            "—— reveals: \"Gender\"\n",
            "sql/t/p.sql",
        ),
        (
            "a directive below the first line",
            "SELECT \"Gender\"\n-- reveals: \"Gender\"\nFROM t".into(),
            "stands below the head",
        ),
        (
            "a directive at the end",
            "SELECT \"Gender\" FROM t\n-- reveals: \"Gender\"".into(),
            "stands below the head",
        ),
        (
            "a directive behind the statement's first words",
            "SELECT \"Gender\" -- reveals: \"Gender\"\nFROM t".into(),
            "\"Gender\" leaves whole",
        ),
        (
            "a directive in a text",
            "SELECT '\n-- reveals: \"Gender\"\n' AS x, \"Gender\" FROM t".into(),
            "stands below the head",
        ),
        (
            "a directive behind a carriage return",
            "-- For us\r-- reveals: \"Gender\"\nSELECT \"Gender\" FROM t".into(),
            "sql/t/p.sql",
        ),
    ]
}
