//! What one consumer may read: one core for all doors.
//!
//! ```text
//! payload, catalog ─▶ AccessPoint ─▶ key, headers ─▶ Asked     format, and the objects that it may be the release of
//! Ask, ObjectVersion ─▶ Named                                 as-of date, ETag, length by law: before a byte is read
//! Named, Request ─▶ Releases ─▶ Answer                        conditions, range; from the cache, or made once
//! objects of a page ─▶ Releases ─▶ Page                       their releases, with the same ETag and length
//! ListQuery, Lists ─▶ Releases ─▶ Page                        the same, exact, over a source that is listed here
//! bytes ─▶ Digest ─▶ SHA-256, length ─▶ Record ─▶ one line     and back, for whoever makes the release again
//! ```

mod answer;
mod ask;
mod delivery;
mod digest;
mod identity;
mod length;
mod listing;
mod making;
mod once;
mod point;
mod record;
mod releases;
mod settings;
mod shown;
mod text;
mod warming;

pub use answer::{Answer, Head, Request};
pub use ask::{Ask, Named, Recipient};
pub use delivery::Delivery;
pub use digest::{Digest, sha256};
pub use identity::Identity;
pub use length::law;
pub use listing::{Listed, Page, doubtful};
pub use making::too_slow;
pub use point::{AccessPoint, Asked};
pub use record::Record;
pub use releases::{Counts, Opens, Releases, Wanted};
pub use settings::Settings;
pub use shown::Lists;
pub use warming::Warmed;

/// Veilpoint's version: another may give other bytes.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
