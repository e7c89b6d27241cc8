//! How easily the people of a table are found again: statistics over equivalence classes, and nothing else. No I/O, no
//! proof, no advice.
//!
//! ```text
//! columns → values.rs (128 bits of a hash) ─┬─ classes.rs      records that share their quasi-identifiers
//!                                           ├─ diversity.rs    what a class tells of a sensitive column
//!                                           └─ frequencies.rs  what a single column tells
//!                                                 counter.rs holds them; report.rs is what it gives
//! ```
//! Every record is one person, and a missing value is a value of its own.
//!
//! # Memory
//! No value is kept but the numbers of a sensitive column, whose order the distance needs: of everything else there are
//! 128 bits of a hash and a counter (40 bytes a class, 40 a value of a sensitive column, 16 a pair of both, 24 a value
//! of any column; a table is at least seven sixteenths full, and grows beside its old self). All tables together stay
//! within one limit, beyond which [`crate::Kind::Memory`] says what to do.
//!
//! # Sources
//! - Risks: K. El Emam, *Guide to the De-Identification of Personal Health Information*, 2013, as ARX computes them
//!   (`RiskModelSampleSummary`).
//! - Sample frequencies and l-diversity: T. Benschop, C. Machingauta, M. Welch, *Statistical Disclosure Control: A
//!   Practice Guide*, for `sdcMicro`.
//! - l-diversity: A. Machanavajjhala et al., *l-Diversity: Privacy Beyond k-Anonymity*, TKDD 2007.
//! - t-closeness: N. Li, T. Li, S. Venkatasubramanian, *t-Closeness: Privacy Beyond k-Anonymity and l-Diversity*, ICDE
//!   2007.

mod classes;
mod counter;
mod diversity;
mod frequencies;
mod hash;
mod number;
mod report;
mod sizes;
mod table;
mod uniqueness;
mod values;

#[cfg(test)]
mod tests;

pub use counter::{Column, Counter, Settings};
pub use number::share;
pub use report::{
    Attack, Attribute, Below, Bin, Closeness, Recursive, Report, Role, Sensitive, Success, VERSION,
};
pub use uniqueness::{Uniqueness, uniqueness};
