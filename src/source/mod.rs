//! Where objects lie, and where releases go: folders, pipes, S3. Metadata and bytes; nothing here knows CSV.
//!
//! The core is synchronous and reads a [`std::io::Read`]; what is asynchronous (S3) reaches it through a bounded
//! channel. Errors of readers are turned into the one error by [`classify`].

mod damaged;
mod decompress;
mod entries;
mod fetched;
mod folder;
mod http;
mod listing;
mod location;
mod metered;
mod object;
mod object_source;
mod object_version;
mod pages;
mod prefixed;
mod presigned;
mod read;
mod records;
mod resumed;
mod sql;
mod stage;
mod store;
mod synced;
mod target;
#[cfg(test)]
mod testing;
mod transcode;
mod upload;

use std::io::Read;

pub use damaged::{Damaged, classify};
pub use fetched::{Fetched, Origin, OwnStore};
pub use folder::Folder;
pub use http::Refused;
pub use listing::{RawObject, RawPage, RawQuery};
pub use location::Location;
pub use metered::Metered;
pub use object::{Input, Object, find, find_version};
pub use object_source::ObjectSource;
pub use object_version::ObjectVersion;
pub use prefixed::Prefixed;
pub use presigned::{Answer, Fetcher, Hosts, PresignedUrl};
pub use records::RecordPrefix;
pub use sql::{LiveSql, SqlFolder, SqlSource};
pub use stage::{Stage, Writer};
pub use target::Target;

use crate::dataset::contract::{Compression, Dialect};

/// UTF-8 text from an object's bytes, as its contract's dialect and its key's suffix say; plain UTF-8 passes through
/// untouched.
///
/// Where the text is malformed in its encoding the output holds one byte `0xFF`. Damage surfaces as an error that
/// [`classify`] understands.
pub fn decode(raw: Box<dyn Read + Send>, key: &str, dialect: &Dialect) -> Box<dyn Read + Send> {
    let by_suffix = || Compression::of_key(key);
    let compression = dialect.compression.unwrap_or_else(by_suffix);
    transcode::transcode(decompress::decompress(raw, compression), dialect.encoding)
}
