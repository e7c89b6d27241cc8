//! Headers: every column of the contract exactly once, by its exact name; what is not the contract's is never read.

use veilpoint::dataset::contract::Contract;
use veilpoint::error::Kind;
use veilpoint::request::Format;

use crate::engine::Engine;

/// A contract of columns `Name`, `Weight`, `name`, with further options.
fn schema(options: &str) -> String {
    format!(
        "CREATE EXTERNAL TABLE t (\"Name\" VARCHAR COMMENT 'insensitive', \"Weight\" INT COMMENT 'insensitive', \
         \"name\" VARCHAR COMMENT 'direct identifier') STORED AS CSV LOCATION 't.csv' \
         OPTIONS ('format.has_header' 'true'{options})"
    )
}

const REFUSE: &str = ", 'veilpoint.unknown_columns' 'refuse'";

/// What the header is, its options, its names, and: the fields of the contract's columns and the unknown names, or the
/// kind of the refusal.
type Row = (
    &'static str,
    &'static str,
    &'static [&'static str],
    Result<(&'static [usize], &'static [&'static str]), Kind>,
);

const ROWS: &[Row] = &[
    (
        "the contract's order",
        "",
        &["Name", "Weight", "name"],
        Ok((&[0, 1, 2], &[])),
    ),
    (
        "another order",
        "",
        &["name", "Name", "Weight"],
        Ok((&[1, 2, 0], &[])),
    ),
    (
        "two columns swapped",
        "",
        &["Weight", "Name", "name"],
        Ok((&[1, 0, 2], &[])),
    ),
    (
        "a column more at the end",
        "",
        &["Name", "Weight", "name", "email"],
        Ok((&[0, 1, 2], &["email"])),
    ),
    (
        "a column more in front",
        "",
        &["email", "Name", "Weight", "name"],
        Ok((&[1, 2, 3], &["email"])),
    ),
    (
        "many more",
        "",
        &["x", "Name", "y", "Weight", "name", "z"],
        Ok((&[1, 3, 4], &["x", "y", "z"])),
    ),
    (
        "a third case of a name",
        "",
        &["NAME", "Name", "Weight", "name"],
        Ok((&[1, 2, 3], &["NAME"])),
    ),
    (
        "nothing unknown, and unknown refused",
        REFUSE,
        &["Weight", "name", "Name"],
        Ok((&[2, 0, 1], &[])),
    ),
    (
        "one unknown, and unknown refused",
        REFUSE,
        &["Name", "Weight", "name", "email"],
        Err(Kind::ColumnUnknown),
    ),
    ("no header at all", "", &[], Err(Kind::ColumnMissing)),
    (
        "a column missing",
        "",
        &["Name", "Weight"],
        Err(Kind::ColumnMissing),
    ),
    (
        "a column missing that nothing reads",
        "",
        &["Weight", "name"],
        Err(Kind::ColumnMissing),
    ),
    (
        "a column in another case alone",
        "",
        &["Name", "WEIGHT", "name"],
        Err(Kind::ColumnMissing),
    ),
    (
        "a blank before a name",
        "",
        &["Name", " Weight", "name"],
        Err(Kind::ColumnMissing),
    ),
    (
        "a blank behind a name",
        "",
        &["Name", "Weight ", "name"],
        Err(Kind::ColumnMissing),
    ),
    (
        "a name in quotes of its own",
        "",
        &["Name", "\"Weight\"", "name"],
        Err(Kind::ColumnMissing),
    ),
    (
        "a letter of another alphabet",
        "",
        &["Name", "Wеight", "name"],
        Err(Kind::ColumnMissing),
    ),
    (
        "an invisible sign in a name",
        "",
        &["Name", "\u{200b}Weight", "name"],
        Err(Kind::ColumnMissing),
    ),
    (
        "a mark of the byte order in a name",
        "",
        &["\u{feff}Name", "Weight", "name"],
        Err(Kind::ColumnMissing),
    ),
    (
        "a letter composed otherwise",
        "",
        &["Name", "Weig\u{fb}t", "name"],
        Err(Kind::ColumnMissing),
    ),
    (
        "data in place of the header",
        "",
        &["Anna", "61", "Anna"],
        Err(Kind::ColumnMissing),
    ),
    (
        "a column doubled",
        "",
        &["Name", "Weight", "name", "Weight"],
        Err(Kind::ColumnDoubled),
    ),
    (
        "a column doubled beside another missing",
        "",
        &["Name", "Name", "Weight"],
        Err(Kind::ColumnDoubled),
    ),
    (
        "an unknown column doubled",
        "",
        &["Name", "Weight", "name", "x", "x"],
        Err(Kind::Header),
    ),
    (
        "an unknown column without a name",
        "",
        &["Name", "Weight", "name", ""],
        Err(Kind::Header),
    ),
    (
        "an unknown column of blanks",
        "",
        &["Name", "Weight", "name", "  "],
        Err(Kind::Header),
    ),
];

#[test]
fn a_header_is_bound_by_exact_names_or_refused() {
    let mut wrong = Vec::new();
    for (what, options, names, expected) in ROWS {
        let contract = Contract::parse("t", "schema.sql", &schema(options)).unwrap();
        let header: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        match (contract.bind(&header), expected) {
            (Ok(binding), Ok((fields, unknown)))
                if binding.fields == *fields
                    && binding.unknown == *unknown
                    && binding.width == names.len() => {}
            (Err(error), Err(kind)) if error.kind() == *kind => {
                // In a file without a header, data stands there.
                let own = ["Name", "Weight", "name"];
                let told = names
                    .iter()
                    .filter(|name| !own.contains(&name.trim_matches('"')) && name.trim().len() > 1);
                let told: Vec<_> = told
                    .filter(|name| error.to_string().contains(**name))
                    .collect();
                if !told.is_empty() {
                    wrong.push(format!("{what}: tells {told:?}: {error}"));
                }
            }
            (answer, _) => wrong.push(format!("{what}: answers {answer:?}")),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The same rows as objects: what is bound is what is read, and nothing of an unknown column is in the release.
#[test]
fn a_release_reads_the_columns_that_were_bound_and_no_other() {
    let mut wrong = Vec::new();
    for (what, options, names, expected) in ROWS.iter().filter(|row| !row.2.is_empty()) {
        let quoted: Vec<String> = names
            .iter()
            .map(|name| format!("\"{}\"", name.replace('"', "\"\"")))
            .collect();
        let values: Vec<&str> = names
            .iter()
            .map(|name| match *name {
                "Name" => "quince",
                "Weight" => "4711",
                _ => "canary",
            })
            .collect();
        let object = format!("{}\n{}\n", quoted.join(","), values.join(","));
        let engine = Engine::new(&schema(options), "-- order: kept\nSELECT * FROM t", 1);
        let kind = match engine.release(object.as_bytes(), Format::Csv, 1, usize::MAX) {
            Ok((bytes, _)) if expected.is_ok() && bytes == b"Name,Weight\nquince,4711\n" => {
                continue;
            }
            Ok((bytes, _)) => {
                wrong.push(format!(
                    "{what}: releases {:?}",
                    String::from_utf8_lossy(&bytes)
                ));
                continue;
            }
            Err(error) => error.kind(),
        };
        if expected.err() != Some(kind) {
            wrong.push(format!("{what}: is refused as {kind:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn without_a_header_the_number_of_fields_must_be_the_contracts() {
    let text = schema("").replace("'true'", "'false'");
    let contract = Contract::parse("t", "schema.sql", &text).unwrap();
    for width in [0, 1, 2, 4, 100] {
        assert_eq!(
            contract.bind_positional(width).unwrap_err().kind(),
            Kind::FieldCount,
            "{width}"
        );
    }
    assert_eq!(contract.bind_positional(3).unwrap().fields, [0, 1, 2]);
}
