//! What a release is known by, without I/O: the `ETag` that names it before it is made, and the record that it leaves.
//!
//! ```text
//! ObjectVersion, Settings, … ─▶ Identity ─▶ ETag          the same inputs, the same ETag, without reading the object
//! bytes ─▶ Digest ─▶ SHA-256, length ─▶ Record ─▶ one line   and back, for whoever makes the release again
//! ```

mod digest;
mod identity;
mod object_version;
mod record;
mod settings;
mod text;

pub use digest::{Digest, sha256};
pub use identity::Identity;
pub use object_version::ObjectVersion;
pub use record::Record;
pub use settings::Settings;
