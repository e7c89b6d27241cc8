//! What is served and what is refused: contracts, projections, heads, headers, each as tables of rows; and a property
//! over random projections.
//!
//! The dataset has columns of every class. Where a row is refused for the sake of a column's class, the same text is
//! accepted over the same columns with no class but `insensitive`: it is the class that speaks against it, no slip.

mod accepted;
mod binding;
mod canary;
mod contract;
mod heads;
mod places;
mod proof;
mod refused;
mod tape;

use std::fmt::Write as _;

use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;

/// The columns of the dataset `t`: name, type, class. The e-mail address is classified by nobody.
const COLUMNS: [(&str, &str, &str); 14] = [
    ("Name", "VARCHAR NOT NULL", "direct identifier"),
    ("SSN", "VARCHAR", "direct identifier"),
    ("Account", "BIGINT", "direct identifier"),
    ("Joined", "DATE", "direct identifier"),
    ("Email", "VARCHAR", ""),
    ("Birthdate", "DATE", "quasi-identifier"),
    ("Gender", "VARCHAR", "quasi-identifier"),
    ("Zip", "VARCHAR", "quasi-identifier"),
    ("Income", "INT", "quasi-identifier"),
    ("Disease", "VARCHAR", "sensitive"),
    ("Weight", "INT", "insensitive"),
    ("Height", "DOUBLE", "insensitive"),
    ("Visit", "DATE", "insensitive"),
    ("Smoking", "BOOLEAN", "insensitive"),
];

/// The dataset's contract with the classes that `class` gives to the columns.
fn schema_of(class: impl Fn(&'static str) -> &'static str) -> String {
    let mut columns = String::new();
    for (name, data_type, given) in COLUMNS {
        let comma = if columns.is_empty() { "" } else { ", " };
        write!(columns, "{comma}\"{name}\" {data_type}").unwrap();
        let class = class(given);
        if !class.is_empty() {
            write!(columns, " COMMENT '{class}'").unwrap();
        }
    }
    format!("CREATE EXTERNAL TABLE t ({columns}) STORED AS CSV LOCATION 't*.csv'")
}

/// The dataset's contract.
fn strict() -> String {
    schema_of(|class| class)
}

/// The same columns, of which none says anything about a person.
fn open() -> String {
    schema_of(|_| "insensitive")
}

/// A projection over a contract for `t`.
fn parse(schema: &str, sql: &str) -> Result<Projection, veilpoint::Error> {
    let contract = Contract::parse("t", "sql/t/schema.sql", schema)?;
    Projection::parse(&contract, "t/p", "sql/t/p.sql", sql)
}

/// A text less the comment lines at its beginning.
fn headless(sql: &str) -> String {
    let lines = sql.lines().skip_while(|line| line.starts_with("--"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Six people: every value of an identifier stands nowhere else.
fn people() -> String {
    let mut text: String = COLUMNS.map(|(name, ..)| name).join(",") + "\n";
    for row in 1..=6 {
        let ssn = if row == 4 {
            String::new()
        } else {
            format!("90{row}77{row}1834")
        };
        writeln!(
            text,
            "Quentin{row} Farrow{row},{ssn},{row}408215{row}377,19{row}3-0{row}-17,mail{row}@quillfarrow.test,\
             19{row}1-0{row}-2{row},{},80{row}1,{}000,illness{},{},1.{row}5,2024-0{row}-11,{}",
            if row % 2 == 0 { "female" } else { "male" },
            30 + row * 7,
            row % 3,
            60 + row * 3,
            row > 3,
        )
        .unwrap();
    }
    text
}
