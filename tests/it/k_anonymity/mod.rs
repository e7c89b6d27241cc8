//! k-anonymity: what leaves is shared by enough subjects, as a naive count over the raw rows says it must be.
//!
//! `people.rs` makes the objects. `rows.rs` and `groups.rs` hold the two forms against a count in a few lines; `refused.rs`
//! has the heads that are no rule; `attacks.rs` what is tried against it; `counted.rs` asks Python; `large.rs` spills.

mod attacks;
mod counted;
mod groups;
mod large;
mod people;
mod refused;
mod rows;
