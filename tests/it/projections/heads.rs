//! The comment lines at the top: directives, free text, and slips that must not turn a rule into a remark.

use veilpoint::error::Kind;
use veilpoint::key::Domain;

use super::{parse, strict};

/// A head in front of a projection that reveals the gender.
fn revealing(head: &str) -> String {
    format!("{head}SELECT \"Gender\", \"Weight\" FROM t")
}

/// A head in front of a projection that reveals nothing.
fn plain(head: &str) -> String {
    format!("{head}SELECT \"Weight\" FROM t")
}

fn refused() -> Vec<(&'static str, String, &'static str)> {
    let gender = |name, head: &str, says| (name, revealing(head), says);
    let none = |name, head: &str, says| (name, plain(head), says);
    let quotes = "column names stand in double quotes";
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
        gender("a column without quotes", "-- reveals: Gender\n", quotes),
        gender(
            "a column in single quotes",
            "-- reveals: 'Gender'\n",
            quotes,
        ),
        gender("no column", "-- reveals:\n", quotes),
        gender("a comma too many", "-- reveals: \"Gender\",\n", quotes),
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
        none(
            "k that is right",
            "-- k: 5\n",
            "k is not enforced by this version",
        ),
        none(
            "k over columns",
            "-- k: 5 over \"Weight\"\n",
            "k is not enforced by this version",
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
            quotes,
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

#[test]
fn a_head_that_is_no_head_is_refused() {
    let wrong: Vec<String> = refused()
        .into_iter()
        .filter_map(|(name, sql, says)| match parse(&strict(), &sql) {
            Ok(_) => Some(format!("{name}: is accepted")),
            Err(error) if error.kind() == Kind::Projection && error.message().contains(says) => {
                None
            }
            Err(error) => Some(format!(
                "{name}: is refused, but not since {says:?}: {error}"
            )),
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Name, text, the columns revealed, the domain (own without one), whether the order is kept.
type Accepted = (
    &'static str,
    String,
    &'static [&'static str],
    Option<&'static str>,
    bool,
);

fn accepted() -> Vec<Accepted> {
    let none: &[&str] = &[];
    let gender: &[&str] = &["Gender"];
    vec![
        ("no head", plain(""), none, None, false),
        (
            "free text",
            plain("-- For the analysts: who is ill?\n-- See also 3.2: nothing.\n"),
            none,
            None,
            false,
        ),
        (
            "free text with a scheme",
            plain("-- The tariff is at https://tariff.test/2026\n"),
            none,
            None,
            false,
        ),
        (
            "free text without a colon",
            plain("-- reveals nothing\n-- k-anonymity is not asked for\n"),
            none,
            None,
            false,
        ),
        ("an empty comment", plain("--\n-- \n"), none, None, false),
        (
            "a capital word that is none",
            plain("-- Note: order kept\n"),
            none,
            None,
            false,
        ),
        (
            "reveals",
            revealing("-- reveals: \"Gender\"\n"),
            gender,
            None,
            false,
        ),
        (
            "reveals without blanks",
            revealing("--reveals:\"Gender\"\n"),
            gender,
            None,
            false,
        ),
        (
            "reveals with many blanks",
            revealing("  --\treveals \t:   \"Gender\"  \n"),
            gender,
            None,
            false,
        ),
        (
            "a byte order mark",
            revealing("\u{feff}-- reveals: \"Gender\"\n"),
            gender,
            None,
            false,
        ),
        (
            "line ends of another system",
            revealing("-- For us\r\n-- reveals: \"Gender\"\r\n"),
            gender,
            None,
            false,
        ),
        (
            "a domain",
            plain("-- domain: research\n"),
            none,
            Some("research"),
            false,
        ),
        (
            "a domain like a projection",
            plain("-- domain: t/p\n"),
            none,
            Some("t/p"),
            false,
        ),
        (
            "the order kept",
            plain("-- order: kept\n"),
            none,
            None,
            true,
        ),
        (
            "all of them among free text",
            revealing(
                "-- Who: us\n-- order: kept\n-- domain: a.b_c-d\n-- Why: the study\n-- reveals: \"Gender\"\n",
            ),
            gender,
            Some("a.b_c-d"),
            true,
        ),
        (
            "free text below the head",
            "SELECT \"Weight\" -- kilograms: whole\nFROM t".into(),
            none,
            None,
            false,
        ),
        (
            "a capital word below the head",
            "SELECT \"Weight\"\n-- Note: that is all\nFROM t".into(),
            none,
            None,
            false,
        ),
    ]
}

#[test]
fn a_head_is_read_as_it_is_written() {
    let mut wrong = Vec::new();
    for (name, sql, reveals, domain, kept) in accepted() {
        match parse(&strict(), &sql) {
            Err(error) => wrong.push(format!("{name}: is refused: {error}")),
            Ok(projection) => {
                let head = &projection.head;
                let own = match domain {
                    Some(shared) => Domain::Named(shared.to_owned()),
                    None => Domain::Own("t/p".to_owned()),
                };
                if head.reveals != reveals || projection.domain() != own || head.keep_order != kept
                {
                    wrong.push(format!("{name}: is read as {head:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A shared domain is another domain than the projection's own, even where it is called so.
#[test]
fn a_domain_of_the_projections_own_name_is_not_its_own() {
    let own = parse(&strict(), &plain("")).unwrap();
    let named = parse(&strict(), &plain("-- domain: t/p\n")).unwrap();
    assert_ne!(own.domain(), named.domain());
}
