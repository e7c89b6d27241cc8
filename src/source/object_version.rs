//! Which version of an object a release is made of. None of it may reach a consumer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One version of one object, as far as its store tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectVersion {
    /// Its `ETag`, as the store says it.
    #[serde(
        rename = "object_etag",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub etag: Option<String>,
    /// Its version id, in a bucket that keeps versions.
    #[serde(
        rename = "object_version",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub version_id: Option<String>,
    /// Its length in bytes.
    #[serde(
        rename = "object_length",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub length: Option<u64>,
    /// When it was last modified.
    #[serde(
        rename = "object_modified",
        default,
        skip_serializing_if = "Option::is_none",
        with = "instant"
    )]
    pub modified: Option<DateTime<Utc>>,
}

impl ObjectVersion {
    /// Whether this is the same version, as far as a listing tells: by `ETag`, length and date in whole seconds.
    pub fn is(&self, other: &Self) -> bool {
        let whole = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp());
        self.tag() == other.tag()
            && self.length == other.length
            && whole(self.modified) == whole(other.modified)
    }

    /// The `ETag` without the quotes, which listings and tools leave away.
    pub fn tag(&self) -> Option<&str> {
        self.etag.as_deref().map(|etag| etag.trim_matches('"'))
    }
}

/// An instant, in UTC as RFC 3339 has it; nothing for none.
mod instant {
    use chrono::{DateTime, SecondsFormat, Utc};
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands it over so")]
    pub(super) fn serialize<S: Serializer>(
        value: &Option<DateTime<Utc>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(at) => serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        let parse = |text: String| {
            let at = DateTime::parse_from_rfc3339(&text);
            at.map(|at| at.to_utc())
                .map_err(|_| D::Error::custom("the instant is not understood"))
        };
        Option::<String>::deserialize(deserializer)?
            .map(parse)
            .transpose()
    }
}
