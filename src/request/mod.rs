//! What is asked, without I/O: the format of the release, the date that ages count from, sizes; and the settings that
//! an access point sends along.

mod as_of;
mod factor;
mod format;
mod payload;
mod size;

pub use as_of::AsOf;
pub use factor::Factor;
pub use format::Format;
pub use payload::{Length, Payload};
pub use size::Size;
