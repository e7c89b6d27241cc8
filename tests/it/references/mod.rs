//! Reference tables: which joins are accepted, what they give, and what of the dataset leaves through them.

mod accepted;
mod command;
mod contracts;
mod engines;
mod refused;
mod shipped;

use std::sync::Arc;

use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;
use veilpoint::dataset::reference::Reference;
use veilpoint::{Error, csv};

/// The dataset. Nobody may see the id, the postal code only in part.
const SCHEMA: &str = r#"CREATE EXTERNAL TABLE t (
  "Id"   VARCHAR COMMENT 'direct identifier',
  "Zip"  VARCHAR COMMENT 'quasi-identifier',
  "Code" VARCHAR COMMENT 'sensitive',
  "Ward" INT     COMMENT 'insensitive',
  "Days" BIGINT  COMMENT 'insensitive')
  STORED AS CSV LOCATION 't*.csv'"#;

/// The tables: name, columns, rows.
const TABLES: [(&str, &str, &str); 4] = [
    (
        "icd",
        "code VARCHAR PRIMARY KEY COMMENT 'insensitive', chapter VARCHAR COMMENT 'insensitive'",
        "code,chapter\nA00,Infections\nC50,Neoplasms\nD50,Blood\nZ99,\n\"a,00\",odd\n",
    ),
    (
        "wards",
        "ward SMALLINT PRIMARY KEY COMMENT 'insensitive', name VARCHAR NOT NULL COMMENT 'insensitive', region VARCHAR \
         COMMENT 'insensitive', beds INT COMMENT 'insensitive'",
        "ward,name,region,beds\n1,East,north,12\n2,West,south,\n3,Old,,7\n",
    ),
    (
        "regions",
        "region VARCHAR PRIMARY KEY COMMENT 'insensitive', head VARCHAR COMMENT 'insensitive'",
        "region,head\nnorth,Bern\nsouth,Lugano\n",
    ),
    (
        "days",
        "\"Days\" BIGINT PRIMARY KEY COMMENT 'insensitive', word VARCHAR COMMENT 'insensitive'",
        "Days,word\n0,none\n-1,before\n9223372036854775807,ever\n",
    ),
];

/// A table of this name.
fn table(name: &str, columns: &str, rows: &str) -> Result<Reference, Error> {
    let schema =
        format!("CREATE EXTERNAL TABLE {name} ({columns}) STORED AS CSV LOCATION '{name}.csv'");
    let file = format!("sql/reference/{name}.sql");
    let (contract, key) = Contract::parse_reference(name, &file, &schema)?;
    let rows = csv::table::read(&contract, &rows.into())?;
    Reference::new(&contract, key, rows)
}

/// The dataset's contract with its tables beside it.
fn contract() -> Contract {
    let tables = TABLES.map(|(name, columns, rows)| Arc::new(table(name, columns, rows).unwrap()));
    let contract = Contract::parse("t", "sql/t/schema.sql", SCHEMA).unwrap();
    contract.with_references(tables.into_iter().collect())
}

/// A projection over it.
fn parse(sql: &str) -> Result<Projection, Error> {
    Projection::parse(&contract(), "t/p", "sql/t/p.sql", sql)
}
