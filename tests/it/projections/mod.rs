//! What is served: contracts, projections, heads, headers, each as tables of rows; and a property over random
//! projections.
//!
//! What is refused stands in the table of the proof, beside it; what it accepts runs here.

mod accepted;
mod binding;
mod contract;
mod heads;
mod places;
mod proof;
mod random;
#[path = "../../../src/dataset/proof/tests/rows.rs"]
pub mod rows;

use veilpoint::dataset::contract::Contract;
use veilpoint::dataset::projection::Projection;

/// The contract of the dataset `t`, which has columns of every class.
fn strict() -> String {
    rows::contract("t")
}

/// A projection over a contract for `t`.
fn parse(schema: &str, sql: &str) -> Result<Projection, veilpoint::Error> {
    let contract = Contract::parse("t", "sql/t/schema.sql", schema)?;
    Projection::parse(&contract, "t/p", "sql/t/p.sql", sql)
}
