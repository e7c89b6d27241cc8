//! What the contract and the rows of a table may be.

use veilpoint::dataset::contract::Contract;
use veilpoint::error::Kind;

use super::{TABLES, table};

const PUBLIC: &str = "a reference table is public";
const KEY: &str = "write PRIMARY KEY behind its type, once";

#[test]
fn a_table_is_public_and_has_one_key() {
    let mut wrong = Vec::new();
    for (name, columns, says) in [
        ("no key", "a INT COMMENT 'insensitive'", KEY),
        (
            "two keys",
            "a INT PRIMARY KEY COMMENT 'insensitive', b INT PRIMARY KEY COMMENT 'insensitive'",
            KEY,
        ),
        (
            "a key of two columns",
            "a INT COMMENT 'insensitive', b INT COMMENT 'insensitive', PRIMARY KEY (a, b)",
            KEY,
        ),
        ("a column without a class", "a INT PRIMARY KEY", PUBLIC),
        (
            "a sensitive column",
            "a INT PRIMARY KEY COMMENT 'insensitive', b INT COMMENT 'sensitive'",
            "column \"b\": a reference table is public",
        ),
        (
            "a fraction as key",
            "a DOUBLE PRIMARY KEY COMMENT 'insensitive'",
            "text or a whole number",
        ),
        (
            "a date as key",
            "a DATE PRIMARY KEY COMMENT 'insensitive'",
            "text or a whole number",
        ),
        (
            "a key that may be NULL",
            "a INT NULL NULL PRIMARY KEY COMMENT 'insensitive'",
            "at most once",
        ),
        (
            "DEFERRABLE",
            "a INT PRIMARY KEY DEFERRABLE COMMENT 'insensitive'",
            KEY,
        ),
    ] {
        match table("codes", columns, "a,b\n1,2\n") {
            Ok(_) => wrong.push(format!("{name}: is accepted")),
            Err(error) if error.kind() != Kind::Contract || !error.message().contains(says) => {
                wrong.push(format!("{name}: {error}"));
            }
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_table_lies_in_one_plain_file_of_which_no_record_is_dropped() {
    let parse = |location: &str, options: &str| {
        let sql = format!(
            "CREATE EXTERNAL TABLE codes (a INT PRIMARY KEY COMMENT 'insensitive') STORED AS CSV LOCATION '{location}' \
             OPTIONS ('format.delimiter' ';'{options})"
        );
        Contract::parse_reference("codes", "sql/reference/codes.sql", &sql)
    };
    assert!(parse("codes.csv", "").is_ok());
    let mut wrong = Vec::new();
    for (location, options, says) in [
        ("*.csv", "", "LOCATION is the file beside it"),
        ("reference/codes.csv", "", "LOCATION is the file beside it"),
        ("other.csv", "", "LOCATION is the file beside it"),
        ("codes.csv.gz", "", "LOCATION is the file beside it"),
        (
            "codes.csv",
            ", 'format.compression' 'gzip'",
            "not compressed",
        ),
        ("codes.csv", ", 'veilpoint.encoding' 'utf-16'", "is UTF-8"),
        ("codes.csv", ", 'veilpoint.bad_rows' 'drop'", "no record"),
        ("codes.csv", ", 'veilpoint.subject' '\"a\"'", "about nobody"),
        ("codes.csv", ", 'veilpoint.min_step.a' '2'", "about nobody"),
    ] {
        match parse(location, options) {
            Ok(_) => wrong.push(format!("{location}{options}: is accepted")),
            Err(error) if !error.message().contains(says) => wrong.push(error.to_string()),
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// All that an object is refused for, a table is too; and a key that is missing or stands twice.
#[test]
fn the_rows_of_a_table_are_checked_as_an_objects_are() {
    let columns = "code VARCHAR PRIMARY KEY COMMENT 'insensitive', n INT NOT NULL COMMENT 'insensitive', d DATE COMMENT \
                   'insensitive'";
    let mut wrong = Vec::new();
    for (name, rows, kind, record) in [
        (
            "a key twice",
            "code,n,d\na,1,\nb,2,\na,3,\n",
            Kind::Contract,
            Some(3),
        ),
        ("no key", "code,n,d\na,1,\n,2,\n", Kind::Null, Some(2)),
        (
            "a word for a number",
            "code,n,d\nCANARY,CANARY,\n",
            Kind::Value,
            Some(1),
        ),
        (
            "no date",
            "code,n,d\na,1,2024-02-30\n",
            Kind::Value,
            Some(1),
        ),
        (
            "NULL where none may be",
            "code,n,d\na,,\n",
            Kind::Null,
            Some(1),
        ),
        (
            "a field more",
            "code,n,d\na,1,,CANARY\n",
            Kind::FieldCount,
            Some(1),
        ),
        (
            "a field less",
            "code,n,d\na,1,\nb,2\n",
            Kind::FieldCount,
            Some(2),
        ),
        (
            "a stray quote",
            "code,n,d\na\"b,1,\n",
            Kind::Quoting,
            Some(1),
        ),
        (
            "a column missing",
            "code,d\na,\n",
            Kind::ColumnMissing,
            None,
        ),
        (
            "a column twice",
            "code,n,d,n\na,1,,2\n",
            Kind::ColumnDoubled,
            None,
        ),
        ("nothing", "", Kind::Header, None),
        ("a header alone", "code,n,d\n", Kind::Empty, None),
        ("an archive", "PK\u{3}\u{4}", Kind::NotCsv, None),
    ] {
        match table("codes", columns, rows) {
            Ok(_) => wrong.push(format!("{name}: is accepted")),
            Err(error) => {
                let said = error.to_string();
                if error.kind() != kind || error.record() != record || said.contains("CANARY") {
                    wrong.push(format!("{name}: {:?} {said}", error.kind()));
                }
            }
        }
    }
    // And what is odd and right: a byte order mark, another order, a column more, CRLF, quotes, an empty text as key.
    let odd = "\u{feff}d,more,n,code\r\n,x,1,\"a\"\"b\r\nc\"\r\n2024-02-29,x,2,\"\"\r\n";
    let read = table("codes", columns, odd).unwrap();
    assert_eq!(read.column(0).unwrap().len(), 2);
    for (name, columns, rows) in TABLES {
        assert_eq!(table(name, columns, rows).unwrap().name(), name);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
