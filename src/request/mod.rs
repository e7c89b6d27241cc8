//! What is asked, without I/O: the format of the release, the date that ages count from, sizes; ranges, conditions and
//! listings; and the settings that an access point sends along.

mod access_points;
mod as_of;
mod conditions;
mod factor;
mod format;
mod listing;
mod payload;
mod range;
mod size;

pub use access_points::NamedPayload;
pub use as_of::AsOf;
pub use conditions::{Conditions, Verdict, http_date};
pub use factor::Factor;
pub use format::Format;
pub use listing::{Delimiter, ListQuery, ListVersion, MAX_KEYS};
pub use payload::{Length, Payload, PayloadFields, WrongField};
pub use range::{ByteRange, Selection, content_range};
pub use size::Size;
