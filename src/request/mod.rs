//! What is asked, without I/O: the format of the release, the date that ages count from, sizes.

mod as_of;
mod format;
mod size;

pub use as_of::AsOf;
pub use format::Format;
pub use size::Size;
