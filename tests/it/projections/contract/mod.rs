//! Contracts: `schema.sql` read, or refused with what is wrong.

mod refused;

use std::collections::HashSet;

use veilpoint::dataset::contract::{
    BadRows, Class, ColumnType, Contract, NoRecords, UnknownColumns,
};
use veilpoint::error::Kind;

/// A contract of one column.
fn column(definition: &str) -> String {
    table(&format!("({definition}) STORED AS CSV LOCATION 't*.csv'"))
}

/// A contract of some columns with these options.
fn options(options: &str) -> String {
    table(&format!(
        "(\"A\" VARCHAR COMMENT 'direct identifier', \"B\" INT COMMENT 'insensitive', \
         \"C\" DOUBLE COMMENT 'insensitive') STORED AS CSV LOCATION 't*.csv' OPTIONS ({options})"
    ))
}

/// A contract that ends so.
fn table(rest: &str) -> String {
    format!("CREATE EXTERNAL TABLE t {rest}")
}

#[test]
fn a_contract_that_is_not_understood_whole_is_refused() {
    let rows = refused::rows();
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(
            |(name, text, says)| match Contract::parse("t", "sql/t/schema.sql", text) {
                Ok(_) => Some(format!("{name}: is accepted")),
                Err(error) if error.kind() != Kind::Contract => {
                    Some(format!("{name}: is refused otherwise: {error}"))
                }
                Err(error)
                    if !error.message().contains(says)
                        || !error.message().starts_with("sql/t/schema.sql:") =>
                {
                    Some(format!(
                        "{name}: is refused, but not since {says:?}: {error}"
                    ))
                }
                Err(_) => None,
            },
        )
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let names: HashSet<&str> = rows.iter().map(|row| row.0).collect();
    assert_eq!(names.len(), rows.len());
    assert!(rows.len() >= 90, "{}", rows.len());
}

/// The first column of an accepted contract: name, type, whether it may be NULL, class.
type First = (&'static str, ColumnType, bool, Class);

fn accepted() -> Vec<(&'static str, String, First)> {
    let (text, id) = (ColumnType::Text(None), Class::DirectIdentifier);
    vec![
        (
            "no class at all",
            column("a VARCHAR"),
            ("a", text, true, id),
        ),
        (
            "a direct identifier",
            column("a VARCHAR COMMENT 'direct identifier'"),
            ("a", text, true, id),
        ),
        (
            "a quasi-identifier",
            column("a DATE COMMENT 'quasi-identifier'"),
            ("a", ColumnType::Date, true, Class::QuasiIdentifier),
        ),
        (
            "sensitive",
            column("a TEXT COMMENT 'sensitive'"),
            ("a", text, true, Class::Sensitive),
        ),
        (
            "insensitive",
            column("a INT COMMENT 'insensitive'"),
            ("a", ColumnType::Int32, true, Class::Insensitive),
        ),
        (
            "a class between blanks",
            column("a INT COMMENT ' insensitive '"),
            ("a", ColumnType::Int32, true, Class::Insensitive),
        ),
        (
            "a class before NOT NULL",
            column("a INT COMMENT 'sensitive' NOT NULL"),
            ("a", ColumnType::Int32, false, Class::Sensitive),
        ),
        (
            "NULL said",
            column("a INT NULL"),
            ("a", ColumnType::Int32, true, id),
        ),
        (
            "a name in capitals without quotes",
            column("Name VARCHAR"),
            ("name", text, true, id),
        ),
        (
            "a name in capitals",
            column("\"Name\" VARCHAR, name INT"),
            ("Name", text, true, id),
        ),
        (
            "a name with signs",
            column("\"Größe (cm); \"\"x\"\"\" VARCHAR"),
            ("Größe (cm); \"x\"", text, true, id),
        ),
    ]
}

/// Columns of each type.
fn types() -> Vec<(&'static str, String, First)> {
    let id = Class::DirectIdentifier;
    vec![
        (
            "a text of ten",
            column("a VARCHAR(10)"),
            ("a", ColumnType::Text(Some(10)), true, id),
        ),
        (
            "CHAR",
            column("a CHAR(2)"),
            ("a", ColumnType::Text(Some(2)), true, id),
        ),
        (
            "SMALLINT",
            column("a SMALLINT"),
            ("a", ColumnType::Int16, true, id),
        ),
        (
            "BIGINT",
            column("a BIGINT"),
            ("a", ColumnType::Int64, true, id),
        ),
        (
            "REAL",
            column("a REAL"),
            ("a", ColumnType::Float32, true, id),
        ),
        (
            "FLOAT",
            column("a FLOAT"),
            ("a", ColumnType::Float64, true, id),
        ),
        (
            "DOUBLE PRECISION",
            column("a DOUBLE PRECISION"),
            ("a", ColumnType::Float64, true, id),
        ),
        (
            "DECIMAL",
            column("a DECIMAL(12, 2)"),
            ("a", ColumnType::Decimal(12, 2), true, id),
        ),
        (
            "NUMERIC without decimals",
            column("a NUMERIC(38)"),
            ("a", ColumnType::Decimal(38, 0), true, id),
        ),
        (
            "BOOLEAN",
            column("a BOOLEAN"),
            ("a", ColumnType::Boolean, true, id),
        ),
        (
            "TIMESTAMP",
            column("a TIMESTAMP"),
            ("a", ColumnType::Timestamp, true, id),
        ),
        (
            "TIMESTAMP(6)",
            column("a TIMESTAMP(6)"),
            ("a", ColumnType::Timestamp, true, id),
        ),
        (
            "an instant",
            column("a TIMESTAMP WITH TIME ZONE"),
            ("a", ColumnType::TimestampTz, true, id),
        ),
    ]
}

/// Other ways to write the same.
fn ways() -> Vec<(&'static str, String, First)> {
    let id = Class::DirectIdentifier;
    vec![
        (
            "the table in capitals",
            column("a INT").replace("TABLE t", "TABLE T"),
            ("a", ColumnType::Int32, true, id),
        ),
        (
            "the table in quotes",
            column("a INT").replace("TABLE t", "TABLE \"t\""),
            ("a", ColumnType::Int32, true, id),
        ),
        (
            "csv in small letters",
            column("a INT").replace("AS CSV", "as csv"),
            ("a", ColumnType::Int32, true, id),
        ),
        (
            "a semicolon and comments",
            format!("\u{feff}-- of t\n{};\n-- end", column("a INT")),
            ("a", ColumnType::Int32, true, id),
        ),
    ]
}

#[test]
fn a_contract_is_read_as_it_is_written() {
    let mut wrong = Vec::new();
    for (name, text, expected) in [accepted(), types(), ways()].concat() {
        match Contract::parse("t", "schema.sql", &text) {
            Err(error) => wrong.push(format!("{name}: is refused: {error}")),
            Ok(contract) => {
                let first = &contract.columns[0];
                let found = (
                    first.name.as_str(),
                    first.data_type,
                    first.nullable,
                    first.class,
                );
                if found != expected {
                    wrong.push(format!("{name}: is read as {found:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn without_options_everything_unclean_is_refused_and_options_say_otherwise() {
    let contract = Contract::parse("t", "schema.sql", &column("a INT")).unwrap();
    let found = (
        contract.bad_rows,
        contract.unknown_columns,
        contract.no_records,
    );
    assert_eq!(
        found,
        (BadRows::Refuse, UnknownColumns::Ignore, NoRecords::Refuse)
    );
    assert!(contract.dialect.has_header && contract.subject.is_empty());

    let text = options(
        "'veilpoint.bad_rows' 'drop', 'veilpoint.unknown_columns' 'Refuse', 'veilpoint.no_records' 'allow', \
         'veilpoint.subject' '\"A\", \"B\"', 'veilpoint.min_step.B' '2', 'format.delimiter' '\\t', \
         'format.has_header' 'false'",
    );
    let contract = Contract::parse("t", "schema.sql", &text).unwrap();
    let found = (
        contract.bad_rows,
        contract.unknown_columns,
        contract.no_records,
    );
    assert_eq!(
        found,
        (BadRows::Drop, UnknownColumns::Refuse, NoRecords::Allow)
    );
    assert_eq!(contract.subject, ["A", "B"]);
    assert_eq!(contract.columns[1].min_step.as_deref(), Some("2"));
    assert_eq!(
        (contract.dialect.delimiter, contract.dialect.has_header),
        (b'\t', false)
    );
}

/// The least step that a contract sets holds for its column alone, and in both directions.
#[test]
fn the_contracts_least_step_is_the_proofs() {
    let schema = |step: &str| {
        format!(
            "CREATE EXTERNAL TABLE t (\"A\" INT COMMENT 'quasi-identifier', \"B\" INT COMMENT 'quasi-identifier') \
             STORED AS CSV LOCATION 't.csv' OPTIONS ('veilpoint.min_step.A' '{step}')"
        )
    };
    let rows = [
        ("2", "generalize(\"A\", 2)", true),
        ("2", "generalize(\"A\", 1)", false),
        ("2", "generalize(\"B\", 2)", false),
        ("2", "generalize(\"B\", 5)", true),
        ("100", "generalize(\"A\", 50)", false),
        ("100", "generalize(\"A\", 100)", true),
        ("100", "generalize(\"B\", 50)", true),
    ];
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(step, expr, good)| {
            super::parse(&schema(step), &format!("SELECT {expr} AS x FROM t")).is_ok() != *good
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Keys that the dataset owns: the pattern's, and these compressed; nothing that a resolver would take elsewhere.
#[test]
fn a_dataset_owns_the_keys_of_its_pattern_and_no_other() {
    let rows = [
        ("t*.csv", "t.csv", true),
        ("t*.csv", "t-2026.csv", true),
        ("t*.csv", "t.csv.gz", true),
        ("t*.csv", "t.csv.zst", true),
        ("t*.csv", "t.csv.bz2", true),
        ("t*.csv", "t.csv.gz.gz", false),
        ("t*.csv", "t.csv.parquet", false),
        ("t*.csv", "T.csv", false),
        ("t*.csv", "a/t.csv", false),
        ("t*.csv", "t/a.csv", false),
        ("t*.csv", "", false),
        ("**/t*.csv", "t.csv", true),
        ("**/t*.csv", "a/b/t1.csv", true),
        ("**/t*.csv", "a/../t1.csv", false),
        ("**/t*.csv", "../t1.csv", false),
        ("**/t*.csv", "./t1.csv", false),
        ("**/t*.csv", "/t1.csv", false),
        ("**/t*.csv", "a//t1.csv", false),
        ("a/*/t.csv", "a/b/t.csv", true),
        ("a/*/t.csv", "a/b/c/t.csv", false),
        ("a/t?.csv", "a/t1.csv", true),
        ("a/t[0-9].csv", "a/tx.csv", false),
    ];
    let owns = |pattern: &str, key: &str| {
        let text = table(&format!("(a INT) STORED AS CSV LOCATION '{pattern}'"));
        Contract::parse("t", "schema.sql", &text).unwrap().owns(key)
    };
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(pattern, key, own)| owns(pattern, key) != *own)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
