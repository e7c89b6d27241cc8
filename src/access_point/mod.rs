//! What one consumer may read, and what a release is known by; without I/O.
//!
//! ```text
//! payload, catalog ─▶ AccessPoint ─▶ key, headers ─▶ Asked   format, and the objects that it may be the release of
//! ObjectVersion, Settings, … ─▶ Identity ─▶ ETag          the same inputs, the same ETag, without reading the object
//! bytes ─▶ Digest ─▶ SHA-256, length ─▶ Record ─▶ one line   and back, for whoever makes the release again
//! ```

mod digest;
mod identity;
mod length;
mod point;
mod record;
mod settings;
mod text;

pub use digest::{Digest, sha256};
pub use identity::Identity;
pub use length::law;
pub use point::{AccessPoint, Asked};
pub use record::Record;
pub use settings::Settings;

/// Veilpoint's version: another may give other bytes.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
