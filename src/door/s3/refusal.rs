//! Why a request is not answered with a release, in S3's terms.

use crate::error::{Error, Kind};

/// The statuses of errors that S3 takes for an answer. (304 is none, and goes without code and message.)
const STATUSES: [u16; 11] = [400, 401, 403, 404, 405, 409, 411, 412, 416, 500, 503];

/// What any other status becomes.
const UNAVAILABLE: u16 = 503;

/// The longest message that is sent: it travels in a header.
const MAX_MESSAGE: usize = 1024;

/// Why a request is not answered with a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status that the caller gets.
    pub status: u16,
    /// The code, in S3's form; none for 304.
    pub code: Option<String>,
    /// What is said in the log, without values.
    pub message: String,
    /// Whether the caller hears it, too.
    pub public: bool,
}

impl Refusal {
    /// What S3 itself said of the object: its status and code, if they may be passed on.
    pub fn of_s3(status: u16, code: Option<String>) -> Self {
        if status == 304 {
            return Self {
                status,
                code: None,
                message: String::new(),
                public: true,
            };
        }
        let code = code.filter(|code| is_code(code));
        let code = code.or_else(|| usual_code(status).map(str::to_owned));
        let known = code.filter(|_| STATUSES.contains(&status));
        let words = "S3 answers so to the read of the object that is asked for";
        Self {
            status: if known.is_some() { status } else { UNAVAILABLE },
            code: Some(known.unwrap_or_else(|| Kind::Source.facts().code.to_owned())),
            message: words.to_owned(),
            public: true,
        }
    }
}

impl Refusal {
    /// What the caller hears, as a header can carry it.
    pub fn said(&self) -> String {
        header_text(if self.public { &self.message } else { INSIDE })
    }
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        let facts = error.kind().facts();
        Self {
            status: facts.status,
            code: Some(facts.code.to_owned()),
            message: error.to_string(),
            public: is_public(error.kind()),
        }
    }
}

/// What is wrong with the access point is its owner's affair: its message names folders, buckets and the projections of
/// others. The log has it.
fn is_public(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Payload | Kind::Projection | Kind::Contract | Kind::Settings | Kind::Key
    )
}

/// What the caller hears in place of such a message.
const INSIDE: &str = "the access point is not set up rightly; its owner finds the reason in veilpoint's log, under the \
                      id of this request";

/// What S3 says with a status, where an answer came without its document.
fn usual_code(status: u16) -> Option<&'static str> {
    match status {
        403 => Some("AccessDenied"),
        404 => Some("NoSuchKey"),
        412 => Some("PreconditionFailed"),
        416 => Some("InvalidRange"),
        500 => Some("InternalError"),
        _ => None,
    }
}

/// `^[A-Z][a-zA-Z]+$`, which is what S3 takes for a code.
fn is_code(code: &str) -> bool {
    code.len() > 1
        && code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// A message as a header can carry it: one line of ASCII, other characters escaped.
fn header_text(message: &str) -> String {
    let plain = |c: char| c == ' ' || c.is_ascii_graphic();
    let mut text = String::new();
    for c in message.chars() {
        if plain(c) {
            text.push(c);
        } else {
            text.extend(c.escape_unicode());
        }
        if text.len() > MAX_MESSAGE {
            text.truncate(MAX_MESSAGE);
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_s3_pass_where_s3_takes_them_back() {
        for (status, code, passed) in [
            (404, Some("NoSuchKey"), (404, Some("NoSuchKey"))),
            (403, Some("AccessDenied"), (403, Some("AccessDenied"))),
            (403, None, (403, Some("AccessDenied"))),
            (412, Some("bad code"), (412, Some("PreconditionFailed"))),
            (409, None, (503, Some("SourceUnavailable"))),
            (304, None, (304, None)),
            (503, Some("SlowDown"), (503, Some("SlowDown"))),
            (418, Some("Teapot"), (503, Some("SourceUnavailable"))),
            (201, None, (503, Some("SourceUnavailable"))),
        ] {
            let refusal = Refusal::of_s3(status, code.map(str::to_owned));
            assert_eq!(
                (refusal.status, refusal.code.as_deref()),
                passed,
                "{status}"
            );
        }
    }

    #[test]
    fn the_kinds_that_a_request_meets_have_a_status_and_a_code_that_s3_takes() {
        for kind in [
            Kind::Usage,
            Kind::Payload,
            Kind::TimeLimit,
            Kind::Method,
            Kind::Source,
            Kind::Key,
        ] {
            let refusal = Refusal::from(&Error::new(kind, "words"));
            assert!(STATUSES.contains(&refusal.status), "{}", refusal.status);
            assert!(refusal.code.is_some_and(|code| is_code(&code)));
        }
    }

    #[test]
    fn what_is_wrong_with_the_access_point_is_told_to_the_log_alone() {
        for (kind, public) in [
            (Kind::Payload, false),
            (Kind::Projection, false),
            (Kind::Value, true),
        ] {
            let refusal = Refusal::from(&Error::new(kind, "INSIDE"));
            assert_eq!(refusal.said().contains("INSIDE"), public);
            assert!(refusal.message.contains("INSIDE"));
        }
    }

    #[test]
    fn a_message_is_one_line_of_ascii() {
        assert_eq!(
            header_text("column \"Größe\"\n: wrong"),
            "column \"Gr\\u{f6}\\u{df}e\"\\u{a}: wrong"
        );
        assert_eq!(header_text(&"é".repeat(1000)).len(), MAX_MESSAGE);
    }
}
