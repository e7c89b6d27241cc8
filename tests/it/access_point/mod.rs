//! What an access point answers, through a local Object Lambda and real clients: every length, `ETag` and byte range.

mod agreement;
mod beforehand;
mod broken;
mod kept;
mod limits;
mod listing;
mod padded;
mod scans;
pub mod stage;
pub mod worth;
