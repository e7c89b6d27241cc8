//! The comment lines at the top: directives, and free text. What is refused is in the table of the proof.

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

/// Name, text, the columns revealed, the domain (own without one), whether the order is kept.
type Accepted = (
    &'static str,
    String,
    &'static [&'static str],
    Option<&'static str>,
    bool,
);

/// Heads of free text alone.
fn free() -> Vec<Accepted> {
    let none: &[&str] = &[];
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
    ]
}

/// Heads with directives.
fn directed() -> Vec<Accepted> {
    let none: &[&str] = &[];
    let gender: &[&str] = &["Gender"];
    vec![
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
    for (name, sql, reveals, domain, kept) in [free(), directed()].concat() {
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
