//! Persons, counted: what k-anonymity adds to a plan. No projection can name these functions; they are on no list.
//!
//! ```text
//! ids.rs      the columns that identify a person → 16 bytes
//! count.rs    how many distinct persons a group has, as far as that matters: up to k
//! ```

mod count;
mod ids;

pub use count::count;
pub use ids::{Ids, WIDTH};
