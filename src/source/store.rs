//! Object stores: keys, and errors in our own words.

use std::sync::Arc;

use object_store::ObjectStore;
use object_store::path::Path;

use crate::error::{Error, Kind, Result};

/// A bucket.
pub(super) type Store = Arc<dyn ObjectStore>;

/// Keys that name no object safely.
const BAD_KEY: &str =
    "a key has empty parts, dots for parts, or control characters: rename the object";

/// A key as the store takes it.
///
/// # Errors
/// [`Kind::Usage`] for keys that name no object safely: empty parts, `.`, `..`, control characters.
pub(super) fn key(text: &str) -> Result<Path> {
    Path::parse(text).map_err(|err| Error::new(Kind::Usage, BAD_KEY).with_private(err))
}

/// A key that the store takes as it stands: of a slash at the beginning or the end its client makes none, and the key
/// another one's.
pub(super) fn exact_key(text: &str) -> Option<Path> {
    key(text)
        .ok()
        .filter(|path| !text.is_empty() && path.as_ref() == text)
}

/// What is told of an object that is not the same at its end.
pub(super) const CHANGED: &str = "the object changed while it was read: run again";

/// What a store's error means; its own text holds addresses and answers, and stays private.
pub(super) fn explain(err: object_store::Error, otherwise: Kind) -> Error {
    use object_store::Error as E;
    if let Some(own) = own(&err) {
        return own.public().with_private(err);
    }
    let (kind, message) = match (innermost(&err), status(&err)) {
        (E::NotFound { .. }, _) | (E::Generic { .. }, Some(404)) => (
            Kind::NotFound,
            "there is no such object or bucket: check the key; a prefix ends with a slash",
        ),
        (E::PermissionDenied { .. } | E::Unauthenticated { .. }, _)
        | (E::Generic { .. }, Some(401 | 403)) => (
            otherwise,
            "the store denies access: check the credentials (AWS_ variables, profile) and the bucket's policy",
        ),
        (E::Precondition { .. } | E::NotModified { .. }, _) => (otherwise, CHANGED),
        // A listing fails as a whole for one such key.
        (E::InvalidPath { .. }, _) => (otherwise, BAD_KEY),
        _ => (
            otherwise,
            "the store cannot be reached, or answered with an error: check AWS_ENDPOINT_URL, region and network",
        ),
    };
    Error::new(kind, message).with_private(err)
}

/// Whether the store took the request, and denies this object to it: by permissions, or because it is archived or
/// encrypted under a key of its own.
pub(super) fn is_denied(err: &object_store::Error) -> bool {
    use object_store::Error as E;
    match innermost(err) {
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => true,
        E::Generic { .. } => matches!(status(err), Some(400 | 401 | 403)),
        _ => false,
    }
}

/// Whether a transfer broke, rather than that the store said something about the object. Where it is taken up behind the
/// end, the object is another one, and the store can say so.
pub(super) fn is_broken(err: &object_store::Error) -> bool {
    let general = matches!(innermost(err), object_store::Error::Generic { .. });
    general && own(err).is_none() && status(err).is_none_or(|status| status == 416)
}

/// An error of our own, from where credentials come from.
fn own(err: &object_store::Error) -> Option<&Error> {
    match innermost(err) {
        object_store::Error::Generic { source, .. } => source.downcast_ref(),
        _ => None,
    }
}

/// What a general error wraps, where that is one of the store's too: so comes what a transfer that was taken up again
/// met.
fn innermost(err: &object_store::Error) -> &object_store::Error {
    match err {
        object_store::Error::Generic { source, .. } => source.downcast_ref().map_or(err, innermost),
        _ => err,
    }
}

/// The HTTP status, which for listings stands in the client's text alone.
fn status(err: &object_store::Error) -> Option<u16> {
    let text = err.to_string();
    let (_, after) = text.split_once("non-2xx status code: ")?;
    after.get(..3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use object_store::Error as E;

    use super::*;

    fn general(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> E {
        let source = source.into();
        E::Generic {
            store: "S3",
            source,
        }
    }

    fn precondition() -> E {
        E::Precondition {
            path: "CANARY".into(),
            source: "CANARY".into(),
        }
    }

    fn bad_key() -> E {
        E::from(Path::parse("CANARY//CANARY").unwrap_err())
    }

    #[test]
    fn a_denied_object_is_told_from_a_store_in_trouble() {
        let denied = || E::PermissionDenied {
            path: "CANARY".into(),
            source: "CANARY".into(),
        };
        let status =
            |status: &str| general(format!("Server returned non-2xx status code: {status}: x"));
        for (err, expected) in [
            (denied(), true),
            (general(denied()), true),
            (status("400 Bad Request"), true),
            (status("500 Internal Server Error"), false),
            (status("503 Slow Down"), false),
            (general("no connection"), false),
            (precondition(), false),
        ] {
            assert_eq!(is_denied(&err), expected, "{err}");
        }
    }

    #[test]
    fn wrapped_errors_mean_what_the_innermost_means() {
        for (err, kind, words) in [
            (precondition(), Kind::Source, "changed while it was read"),
            (
                general(precondition()),
                Kind::Source,
                "changed while it was read",
            ),
            (
                general("CANARY - Server returned non-2xx status code: 404 Not Found: CANARY"),
                Kind::NotFound,
                "bucket",
            ),
            (
                general("CANARY - Server returned non-2xx status code: 403 Forbidden: CANARY"),
                Kind::Source,
                "denies",
            ),
            (
                general("CANARY non-2xx status code: "),
                Kind::Source,
                "cannot be reached",
            ),
            (general("CANARY"), Kind::Source, "cannot be reached"),
            (bad_key(), Kind::Source, "rename the object"),
        ] {
            let error = explain(err, Kind::Source);
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.message().contains(words), "{error}");
            assert!(!error.to_string().contains("CANARY"), "{error}");
        }
    }
}
