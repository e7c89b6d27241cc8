//! The requests to presigned URLs.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use tokio::runtime::Handle;

use super::PresignedUrl;
use crate::error::{Error, Kind, Result};
use crate::source::{Fetched, ObjectVersion, read};

/// How long a connection may take: S3 in the same region answers in milliseconds.
const CONNECT: Duration = Duration::from_secs(5);

/// How long S3 may send nothing: it is a third of the time that an answer has.
const SILENCE: Duration = Duration::from_secs(20);

/// How long a connection waits for its next use: less than S3 keeps it, since a function that was frozen would
/// otherwise wake with a dead one.
const IDLE: Duration = Duration::from_secs(3);

/// An error's document is small; what is longer is not one.
const MAX_ERROR: usize = 64 * 1024;

/// What S3 says to it.
pub enum Answer {
    /// The object.
    Object(Fetched),
    /// An error, or 304: its status, and S3's code where the document has one.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The code, such as `NoSuchKey`.
        code: Option<String>,
    },
}

/// Reads presigned URLs.
pub struct Fetcher {
    client: Client,
}

impl Fetcher {
    /// A client that follows no redirect, asks no proxy, and unpacks nothing.
    ///
    /// # Errors
    /// [`Kind::Internal`] where the system's certificates cannot be read.
    pub fn new() -> Result<Self> {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .http1_only()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .pool_idle_timeout(IDLE)
            .build()
            .map_err(|err| {
                let message = "no HTTPS client: the system's certificates cannot be read";
                Error::new(Kind::Internal, message).with_private(err)
            })?;
        Ok(Self { client })
    }

    /// Asks for the object. Of `headers`, which gives values by lower-case names, go along those that were signed.
    ///
    /// # Errors
    /// [`Kind::Source`] where S3 does not answer, or redirects.
    pub async fn get<'a>(
        &self,
        url: &PresignedUrl,
        headers: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Answer> {
        let response = self.send(url, headers, None).await?;
        let status = response.status();
        if status == StatusCode::OK {
            return object(response).map(Answer::Object);
        }
        if status.is_success() {
            let message = "S3 gave a part of the object, and was asked for all of it";
            return Err(Error::new(Kind::Source, message));
        }
        let code = error_code(response).await;
        Ok(Answer::Refused {
            status: status.as_u16(),
            code,
        })
    }

    /// Whether the caller may read there, whatever lies there: S3 says who may not before it says what there is.
    ///
    /// # Errors
    /// As [`Fetcher::get`]; the inner one is S3's refusal.
    pub async fn may_read<'a>(
        &self,
        url: &PresignedUrl,
        headers: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<std::result::Result<(), (u16, Option<String>)>> {
        let response = self.send(url, headers, Some("bytes=0-0")).await?;
        match response.status().as_u16() {
            200 | 206 | 404 | 416 => Ok(Ok(())),
            status => Ok(Err((status, error_code(response).await))),
        }
    }

    async fn send<'a>(
        &self,
        url: &PresignedUrl,
        headers: impl Fn(&str) -> Option<&'a str>,
        range: Option<&'static str>,
    ) -> Result<Response> {
        let mut along = HeaderMap::new();
        for name in url.signed_headers() {
            if changes_the_answer(&name) {
                let message = "ranges and conditions are about the release, and are not answered: ask without";
                return Err(Error::new(Kind::Usage, message));
            }
            // One that the user did not send cannot be sent; S3 says so.
            let Some(value) = headers(&name) else {
                continue;
            };
            let pair = HeaderName::from_bytes(name.as_bytes())
                .ok()
                .zip(HeaderValue::from_str(value).ok());
            let (name, value) = pair.ok_or_else(|| {
                Error::new(
                    Kind::Usage,
                    "a signed header of the request is no HTTP header",
                )
            })?;
            along.insert(name, value);
        }
        if let Some(range) = range {
            along.insert(header::RANGE, HeaderValue::from_static(range));
        }
        let request = self.client.get(url.url.clone()).headers(along);
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
            let message =
                "S3 redirects to another place, which is not followed: check the bucket's region";
            return Err(Error::new(Kind::Source, message));
        }
        Ok(response)
    }
}

/// Headers that are about the object where they are sent on: a part of it would be taken for all, and a condition on its
/// ETag or date would tell what they are.
fn changes_the_answer(header: &str) -> bool {
    header == "range" || header.starts_with("if-")
}

fn unreachable(err: reqwest::Error) -> Error {
    let message = "S3 did not answer, or broke off: try again";
    Error::new(Kind::Source, message).with_private(err.without_url())
}

fn object(response: Response) -> Result<Fetched> {
    let text = |name: HeaderName| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
    let version = ObjectVersion {
        etag: text(header::ETAG),
        length: text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()),
        modified: text(header::LAST_MODIFIED).and_then(|date| http_date(&date)),
        version_id: text(HeaderName::from_static("x-amz-version-id")).filter(|id| id != "null"),
    };
    if version.length.is_none() {
        // Its end could not be told from a line that is cut.
        let message = "S3 does not say how long the object is";
        return Err(Error::new(Kind::Source, message));
    }
    let stream = response.bytes_stream().map_err(unreachable).boxed();
    let reader = read::reader(&Handle::current(), stream, version.length);
    Ok(Fetched::new(version, reader))
}

/// `Wed, 21 Oct 2026 07:28:00 GMT` (RFC 9110, 5.6.7, of which S3 sends this form).
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some(date.with_timezone(&Utc))
}

/// The `Code` of S3's error document.
async fn error_code(response: Response) -> Option<String> {
    let mut document = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(Ok(piece)) = pieces.next().await {
        document.extend_from_slice(&piece);
        if document.len() > MAX_ERROR {
            return None;
        }
    }
    code_of(std::str::from_utf8(&document).ok()?)
}

fn code_of(document: &str) -> Option<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(document);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) if element.name().as_ref() == b"Code" => {
                let code = reader.read_text(element.name()).ok()?;
                return Some(code.into_owned());
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_conditions_are_not_sent_on() {
        for (header, changes) in [
            ("range", true),
            ("if-match", true),
            ("if-none-match", true),
            ("if-modified-since", true),
            ("x-amz-checksum-mode", false),
            ("x-amz-request-payer", false),
        ] {
            assert_eq!(changes_the_answer(header), changes, "{header}");
        }
    }

    #[test]
    fn the_code_stands_in_the_document() {
        let document = r#"<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>CANARY</Message></Error>"#;
        assert_eq!(code_of(document).as_deref(), Some("NoSuchKey"));
        for other in ["", "<html></html>", "<Error><Code>", "no xml"] {
            assert_eq!(code_of(other), None, "{other}");
        }
    }

    #[test]
    fn dates_of_http_are_read() {
        let date = http_date("Wed, 21 Oct 2026 07:28:00 GMT").unwrap();
        assert_eq!(date.to_rfc3339(), "2026-10-21T07:28:00+00:00");
        assert_eq!(http_date("yesterday"), None);
    }
}
