//! The conditions of a request, judged against a release.
//!
//! RFC 9110, 13.2.2 has the order: `If-Match`, or without one `If-Unmodified-Since`; then `If-None-Match`, or without one
//! `If-Modified-Since`. S3's documented combinations are the same: a condition on the `ETag` counts, and the one on the
//! date beside it does not.

use chrono::{DateTime, NaiveDateTime, Utc};

/// The three forms of a date that RFC 9110, 5.6.7 names: the one of today, RFC 850's, and that of C's `asctime`.
const DATES: [&str; 3] = [
    "%a, %d %b %Y %H:%M:%S GMT",
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %e %H:%M:%S %Y",
];

/// What a request makes its answer depend on. What is malformed is no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    matches: Option<Tags>,
    none_matches: Option<Tags>,
    modified_since: Option<DateTime<Utc>>,
    unmodified_since: Option<DateTime<Utc>>,
    range: Option<String>,
}

/// What follows from the conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The request is answered.
    Proceed,
    /// The reader has the release already: 304.
    NotModified,
    /// It is another release than the reader means: 412.
    Failed,
}

/// The `ETag`s that a header names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tags {
    /// `*`: whatever there is.
    Any,
    These(Vec<Tag>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Tag {
    weak: bool,
    /// Without the quotes, which some clients leave away.
    text: String,
}

impl Conditions {
    /// Reads the headers. `header` gives a header's value by its lower-case name.
    pub fn of_headers<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Self {
        let date = |name: &str| header(name).and_then(http_date);
        Self {
            matches: header("if-match").and_then(Tags::parse),
            none_matches: header("if-none-match").and_then(Tags::parse),
            modified_since: date("if-modified-since"),
            unmodified_since: date("if-unmodified-since"),
            range: header("if-range").map(str::to_owned),
        }
    }

    /// Judges a release by its `ETag`, with or without quotes, and by when its object was last modified, which counts in
    /// whole seconds. A condition on a date that nobody knows is none.
    pub fn judge(&self, etag: &str, modified: Option<DateTime<Utc>>) -> Verdict {
        let later_than = |date: Option<DateTime<Utc>>| {
            let (modified, date) = modified.zip(date)?;
            Some(modified.timestamp() > date.timestamp())
        };
        let failed = match &self.matches {
            Some(tags) => !tags.has(etag, Strength::Strong),
            None => later_than(self.unmodified_since) == Some(true),
        };
        if failed {
            return Verdict::Failed;
        }
        let known = match &self.none_matches {
            Some(tags) => tags.has(etag, Strength::Weak),
            None => later_than(self.modified_since) == Some(false),
        };
        if known {
            Verdict::NotModified
        } else {
            Verdict::Proceed
        }
    }

    /// Whether `If-Match` names this `ETag`, and not just any.
    pub fn asks_for(&self, etag: &str) -> bool {
        matches!(&self.matches, Some(tags @ Tags::These(_)) if tags.has(etag, Strength::Strong))
    }

    /// Whether a range may be answered as such: without `If-Range`, or where it names this `ETag`. Else the whole is sent.
    ///
    /// A date there never holds: the release changes with its projection and the as-of date while the object's own date
    /// stays, and the reader would put ranges of two releases together. It is what RFC 9110 calls a weak validator.
    pub fn range_holds(&self, etag: &str) -> bool {
        let Some(range) = &self.range else {
            return true;
        };
        // A date has a comma, and so falls into tags of which none can be ours: it is looked for first all the same.
        http_date(range).is_none()
            && matches!(Tags::parse(range), Some(Tags::These(tags)) if matches!(&tags[..], [tag] if tag.is(etag, Strength::Strong)))
    }
}

/// How `ETag`s are compared (RFC 9110, 8.8.3.2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    /// A weak one equals none.
    Strong,
    /// Weak or not is the same.
    Weak,
}

impl Tags {
    /// None for what names nothing.
    fn parse(header: &str) -> Option<Self> {
        if header.trim() == "*" {
            return Some(Self::Any);
        }
        let mut quoted = false;
        let members = header.split(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        let members = members.map(str::trim).filter(|member| !member.is_empty());
        let tags: Vec<Tag> = members.map(Tag::parse).collect();
        (!tags.is_empty()).then_some(Self::These(tags))
    }

    fn has(&self, etag: &str, strength: Strength) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|tag| tag.is(etag, strength)),
        }
    }
}

impl Tag {
    fn parse(member: &str) -> Self {
        let (weak, text) = match member.strip_prefix("W/") {
            Some(text) => (true, text),
            None => (false, member),
        };
        Self {
            weak,
            text: unquoted(text).to_owned(),
        }
    }

    fn is(&self, etag: &str, strength: Strength) -> bool {
        let comparable = !self.weak || strength == Strength::Weak;
        comparable && self.text == unquoted(etag)
    }
}

fn unquoted(text: &str) -> &str {
    let inner = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(text)
}

/// A date of HTTP, in any of its three forms. None for what is malformed, or names the wrong day of the week.
pub fn http_date(text: &str) -> Option<DateTime<Utc>> {
    let parse = |form| NaiveDateTime::parse_from_str(text.trim(), form).ok();
    DATES.into_iter().find_map(parse).map(|date| date.and_utc())
}
