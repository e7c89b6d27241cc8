//! k-anonymity: what too few subjects share is suppressed, and counted.
//!
//! ```text
//! rows.rs           over columns: rows are put aside until all of them are counted, and leave in their order
//! groups.rs         under GROUP BY: groups are counted by the plan, and leave for the rest of it
//! combination.rs    the values of some columns → 128 bits by which rows are compared
//! sorter.rs         records of a fixed width, sorted, beyond what memory holds
//! aside.rs          bytes that are written once and read again, in memory or on disk
//! ```
//!
//! # Memory
//! Under GROUP BY, what the engine accounts for under [`super::Options::memory_limit`]: each group holds 16 bytes for each
//! of at most k subjects. Over columns, three eighths of that limit, and 96 MiB at most, while the engine has the rest;
//! and when it is done five eighths at most, and 160 MiB.
//!
//! # Disk
//! Over columns, beyond that: the rows that are put aside as Arrow holds them (numbers in their width, text and four
//! bytes), 40 bytes for each row, one for each combination, and 8 for each row that is suppressed. They lie in the
//! release's own folder and go with it.

mod aside;
mod combination;
mod groups;
mod rows;
mod sorter;

pub use aside::Folder;
pub use groups::Groups;
pub use rows::{Asked, Rows, share};
