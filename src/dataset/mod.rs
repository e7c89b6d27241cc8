//! What may be answered, without I/O: the contract of a dataset, the projections over it, and the proof.
//!
//! ```text
//! schema.sql ─▶ contract ─┬─▶ bind ─▶ Binding (which field of the object is which column)
//!                         │
//! name.sql ─▶ head, restrict ─▶ planner ─▶ proof ─▶ Projection ─▶ bind ─▶ Plan (rows or whole)
//!
//! reference/*.sql, *.csv ─▶ reference ─▶ what projections may join, beside the contract
//!
//! all files of a folder ─▶ catalog ─▶ those that are proven, and why others are not
//! ```
//!
//! Everything here speaks of columns and types, never of values: a contract and a projection are public texts, the
//! data is not.

pub mod catalog;
pub mod contract;
pub mod name;
pub(crate) mod nearest;
mod place;
pub mod projection;
pub mod proof;
pub mod reference;
pub mod rule;

pub use place::MAX_TEXT;
