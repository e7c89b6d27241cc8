//! Every key that the file may have, a list for each kind of table.

/// The keys of a kind of table.
#[derive(Clone, Copy)]
pub(super) struct Keys {
    pub names: &'static [&'static str],
    /// Whether it says where a secret is.
    pub is_secret: bool,
}

const fn plain(names: &'static [&'static str]) -> Keys {
    Keys {
        names,
        is_secret: false,
    }
}

/// The head of the file.
pub(super) const GATEWAY: Keys = plain(&[
    "listen",
    "domains",
    "region",
    "admin",
    "tls",
    "sql",
    "key",
    "key_version",
    "old_keys",
    "cache",
    "records",
    "limits",
    "access_points",
    "credentials",
]);

/// `tls`.
pub(super) const TLS: Keys = plain(&["certificate", "key"]);

/// `key` and `secret_access_key`.
pub(super) const SECRET: Keys = Keys {
    names: &["env", "file", "secretsmanager"],
    is_secret: true,
};

/// `old_keys`, each.
pub(super) const OLD_KEY: Keys = Keys {
    names: &["version", "env", "file", "secretsmanager"],
    is_secret: true,
};

/// `cache`.
pub(super) const CACHE: Keys = plain(&["path", "max_bytes", "bucket"]);

/// `limits`.
pub(super) const LIMITS: Keys = plain(&[
    "connections",
    "transformations",
    "memory",
    "head_seconds",
    "stall_seconds",
    "answer_seconds",
    "list_seconds",
    "stop_seconds",
]);

/// `access_points.NAME`.
pub(super) const POINT: Keys = plain(&[
    "source",
    "projection",
    "format",
    "as_of",
    "length",
    "length_factor",
    "key_version",
]);

/// `source`, where it is a table.
pub(super) const SOURCE: Keys = plain(&["url", "region", "endpoint", "path_style", "profile"]);

/// `credentials`, each.
pub(super) const CREDENTIAL: Keys = plain(&["access_key_id", "secret_access_key", "access_points"]);
