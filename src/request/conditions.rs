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
        self.range.as_deref().is_none_or(|range| {
            // A date falls into one tag or two, of which none is ours.
            match Tags::parse(range) {
                Some(Tags::These(tags)) => {
                    matches!(&tags[..], [tag] if tag.is(etag, Strength::Strong))
                }
                Some(Tags::Any) | None => false,
            }
        })
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

#[cfg(test)]
mod tests {
    use super::Verdict::{Failed, NotModified, Proceed};
    use super::*;

    const ETAG: &str = "\"0123456789abcdef0123456789abcdef-1\"";
    const OTHER: &str = "\"ffffffffffffffffffffffffffffffff-1\"";

    /// Last-Modified; with a part of a second, which no header tells.
    fn modified() -> DateTime<Utc> {
        DateTime::from_timestamp(1_764_064_800, 999_000_000).unwrap()
    }

    const BEFORE: &str = "Tue, 25 Nov 2025 09:59:59 GMT";
    const AT: &str = "Tue, 25 Nov 2025 10:00:00 GMT";
    const AFTER: &str = "Tue, 25 Nov 2025 10:00:01 GMT";

    fn conditions(headers: &[(&str, &str)]) -> Conditions {
        Conditions::of_headers(|name| {
            let found = headers.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| *value)
        })
    }

    /// Each of the four conditions absent, malformed, met and missed: every combination of them against the RFC's five
    /// steps, written down with what each condition by itself comes to.
    #[test]
    fn every_combination_is_judged_in_the_order_of_the_rfc() {
        // A condition by itself: none, or whether it is true.
        type Rows<'a> = [(Option<&'a str>, Option<bool>); 6];
        let matches: Rows = [
            (None, None),
            (Some(" , "), None),
            (Some("*"), Some(true)),
            (Some(ETAG), Some(true)),
            (Some(OTHER), Some(false)),
            (Some("\"unclosed"), Some(false)),
        ];
        let none_matches: Rows = [
            (None, None),
            (Some(""), None),
            (Some("*"), Some(false)),
            (Some(ETAG), Some(false)),
            (Some(OTHER), Some(true)),
            (Some("\"unclosed"), Some(true)),
        ];
        let unmodified: Rows = [
            (None, None),
            (Some("yesterday"), None),
            (Some("Mon, 25 Nov 2025 10:00:00 GMT"), None),
            (Some(BEFORE), Some(false)),
            (Some(AT), Some(true)),
            (Some(AFTER), Some(true)),
        ];
        let since: Rows = [
            (None, None),
            (Some("2025-11-25T10:00:00Z"), None),
            (Some(""), None),
            (Some(BEFORE), Some(true)),
            (Some(AT), Some(false)),
            (Some(AFTER), Some(false)),
        ];
        let mut wrong = Vec::new();
        for row in 0..6_usize.pow(4) {
            let pick = |rows: &Rows<'static>, at: u32| rows[row / 6_usize.pow(at) % 6];
            let parts = [
                ("if-match", pick(&matches, 0)),
                ("if-unmodified-since", pick(&unmodified, 1)),
                ("if-none-match", pick(&none_matches, 2)),
                ("if-modified-since", pick(&since, 3)),
            ];
            let expected = match parts.map(|(_, (_, holds))| holds) {
                [Some(false), ..] | [None, Some(false), ..] => Failed,
                [.., Some(false), _] | [.., None, Some(false)] => NotModified,
                _ => Proceed,
            };
            let headers = parts
                .iter()
                .filter_map(|(name, (value, _))| Some((*name, (*value)?)));
            let headers: Vec<(&str, &str)> = headers.collect();
            let verdict = conditions(&headers).judge(ETAG, Some(modified()));
            if verdict != expected {
                wrong.push(format!("{headers:?}: {verdict:?}, and not {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn the_combinations_that_s3_documents_come_out_as_it_says() {
        let bare = ETAG.trim_matches('"');
        let mut wrong = Vec::new();
        for (headers, expected) in [
            (
                vec![("if-match", ETAG), ("if-unmodified-since", BEFORE)],
                Proceed,
            ),
            (
                vec![("if-none-match", ETAG), ("if-modified-since", BEFORE)],
                NotModified,
            ),
            (
                vec![("if-none-match", OTHER), ("if-modified-since", AFTER)],
                Proceed,
            ),
            (vec![("if-match", bare)], Proceed),
            (vec![("if-none-match", bare)], NotModified),
            (vec![("if-match", &format!("{OTHER}, {ETAG}"))], Proceed),
            (vec![("if-match", &format!("{OTHER},{bare}"))], Proceed),
            (
                vec![("if-none-match", &format!("{OTHER} ,\t{ETAG}"))],
                NotModified,
            ),
            // A weak one is the same for a reader that has it, and not for one that puts parts together.
            (vec![("if-match", &format!("W/{ETAG}"))], Failed),
            (vec![("if-none-match", &format!("W/{ETAG}"))], NotModified),
            // A comma between quotes parts nothing, and a tag is compared as it is.
            (vec![("if-match", &format!("\"x,{bare},y\""))], Failed),
            (vec![("if-match", &format!("\"\"{bare}\"\""))], Failed),
            (vec![("if-match", &ETAG.to_uppercase())], Failed),
            (vec![("if-match", "\"*\"")], Failed),
            (vec![("if-range", OTHER)], Proceed),
            (vec![], Proceed),
        ] {
            let verdict = conditions(&headers).judge(ETAG, Some(modified()));
            if verdict != expected {
                wrong.push(format!("{headers:?}: {verdict:?}, and not {expected:?}"));
            }
        }
        // Of an object without a date.
        for (name, date) in [
            ("if-unmodified-since", BEFORE),
            ("if-modified-since", AFTER),
        ] {
            let verdict = conditions(&[(name, date)]).judge(ETAG, None);
            if verdict != Proceed {
                wrong.push(format!("{name} without a date: {verdict:?}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn a_reader_asks_for_a_release_by_its_etag_alone() {
        for (name, value, asks, holds) in [
            ("if-match", ETAG, true, true),
            ("if-match", "*", false, true),
            ("if-match", OTHER, false, true),
            ("if-none-match", ETAG, false, true),
            ("if-range", ETAG, false, true),
            ("if-range", ETAG.trim_matches('"'), false, true),
            ("if-range", OTHER, false, false),
            (
                "if-range",
                "W/\"0123456789abcdef0123456789abcdef-1\"",
                false,
                false,
            ),
            ("if-range", "*", false, false),
            ("if-range", "", false, false),
            ("if-range", AT, false, false),
            ("if-range", AFTER, false, false),
            ("range", "bytes=0-0", false, true),
        ] {
            let conditions = conditions(&[(name, value)]);
            assert_eq!(conditions.asks_for(ETAG), asks, "{name}: {value}");
            assert_eq!(conditions.range_holds(ETAG), holds, "{name}: {value}");
        }
    }

    #[test]
    fn dates_are_read_in_their_three_forms_and_no_other() {
        let date = DateTime::from_timestamp(784_111_777, 0);
        for (text, expected) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", date),
            ("Sunday, 06-Nov-94 08:49:37 GMT", date),
            ("Sun Nov  6 08:49:37 1994", date),
            (" Sun, 06 Nov 1994 08:49:37 GMT ", date),
            (
                "Wed, 21 Oct 2026 07:28:00 GMT",
                DateTime::from_timestamp(1_792_567_680, 0),
            ),
            ("Sun, 06 Nov 1994 08:49:37 +0000", None),
            ("Sun, 06 Nov 1994 08:49:37", None),
            ("Mon, 06 Nov 1994 08:49:37 GMT", None),
            ("Sun, 31 Nov 1994 08:49:37 GMT", None),
            ("1994-11-06T08:49:37Z", None),
            ("784111777", None),
            ("", None),
        ] {
            assert_eq!(http_date(text), expected, "{text}");
        }
    }
}
