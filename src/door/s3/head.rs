//! What is said of a release: an allow-list of headers.

use crate::access_point::Head;
use crate::request::content_range;

/// The headers of an answer, by lower-case name. Nothing of the object but its date.
pub fn described(head: &Head) -> impl Iterator<Item = (&'static str, String)> {
    let range = head.range.as_ref();
    let headers = [
        ("content-type", Some(head.format.media_type().to_owned())),
        ("accept-ranges", Some("bytes".to_owned())),
        (
            "content-length",
            head.length.map(|length| length.to_string()),
        ),
        (
            "content-range",
            range.map(|(range, length)| content_range(range, *length)),
        ),
        ("etag", head.etag.clone()),
        ("last-modified", head.modified.map(http_date)),
    ];
    let given = headers.into_iter();
    given.filter_map(|(name, value)| Some((name, value?)))
}

/// `Wed, 21 Oct 2026 07:28:00 GMT` (RFC 9110, 5.6.7).
pub fn http_date(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
