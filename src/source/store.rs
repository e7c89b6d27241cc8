//! Object stores: keys, and errors in our own words.

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::path::Path;

use crate::error::{Error, Kind, Result};

/// A bucket.
pub(super) type Store = Arc<dyn ObjectStore>;

/// A key as the store takes it.
///
/// # Errors
/// [`Kind::Usage`] for keys that name no object safely: empty parts, `.`, `..`, control characters.
pub(super) fn key(text: &str) -> Result<Path> {
    Path::parse(text).map_err(|err| {
        let message =
            "the key has empty parts, dots for parts, or control characters: rename the object";
        Error::new(Kind::Usage, message).with_private(err)
    })
}

/// What a store's error means; its own text holds addresses and answers, and stays private.
pub(super) fn explain(err: object_store::Error, otherwise: Kind) -> Error {
    use object_store::Error as E;
    let (kind, message) = match &err {
        E::NotFound { .. } => (
            Kind::NotFound,
            "there is no such object or bucket: check the key; a prefix ends with a slash",
        ),
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => (
            otherwise,
            "the store denies access: check the AWS_ environment variables and the bucket's policy",
        ),
        E::Precondition { .. } | E::NotModified { .. } => {
            (otherwise, "the object changed while it was read: run again")
        }
        _ => (
            otherwise,
            "the store cannot be reached, or answered with an error: check AWS_ENDPOINT_URL, region and network",
        ),
    };
    Error::new(kind, message).with_private(err)
}
