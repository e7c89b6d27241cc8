//! The requests to presigned URLs.

use std::fmt;

use futures::{StreamExt, TryStreamExt};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Response, StatusCode};
use tokio::runtime::Handle;

use super::PresignedUrl;
use crate::error::{Error, Kind, Result};
use crate::request::http_date;
use crate::source::http::{self, Refused, refused, unreachable};
use crate::source::{Fetched, ObjectVersion, RawPage, read};

/// What S3 says to it.
pub enum Answer {
    /// The object.
    Object(Fetched),
    /// The object is the one that is known: what S3 says of it, without its length.
    Unchanged(ObjectVersion),
    /// An error: its status, and S3's code where the document has one.
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
        let client = http::client()?;
        Ok(Self { client })
    }

    /// Asks for the object, unless it has the `ETag` `unless`, which is S3's own. Of `headers`, which gives values by
    /// lower-case names, go along those that were signed.
    ///
    /// # Errors
    /// [`Kind::Source`] where S3 does not answer, or redirects.
    pub async fn get<'a>(
        &self,
        url: &PresignedUrl,
        headers: impl Fn(&str) -> Option<&'a str>,
        unless: Option<&str>,
    ) -> Result<Answer> {
        // One that is no header's value is asked for without: the object comes.
        let unless = unless.and_then(|etag| HeaderValue::from_str(etag).ok());
        let condition = unless.map(|etag| (header::IF_NONE_MATCH, etag));
        let conditional = condition.is_some();
        let response = self.send(Method::GET, url, headers, condition).await?;
        let status = response.status();
        if status == StatusCode::OK {
            return object(response).map(Answer::Object);
        }
        if status == StatusCode::NOT_MODIFIED && conditional {
            let mut version = version_of(&response);
            version.length = None;
            return Ok(Answer::Unchanged(version));
        }
        whole(status)?;
        let (status, code) = refused(response).await;
        Ok(Answer::Refused { status, code })
    }

    /// What S3 says of the object, of which no byte is read.
    ///
    /// # Errors
    /// As [`Fetcher::get`]; the inner one is S3's refusal, which has no document and so no code.
    pub async fn head<'a>(
        &self,
        url: &PresignedUrl,
        headers: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<std::result::Result<ObjectVersion, Refused>> {
        let response = self.send(Method::HEAD, url, headers, None).await?;
        let status = response.status();
        if status != StatusCode::OK {
            whole(status)?;
            return Ok(Err((status.as_u16(), None)));
        }
        let version = version_of(&response);
        if version.length.is_none() {
            return Err(endless());
        }
        Ok(Ok(version))
    }

    /// A page of a listing.
    ///
    /// # Errors
    /// As [`Fetcher::get`], and [`Kind::Source`] for an answer that is no listing; the inner one is S3's refusal.
    pub async fn list<'a>(
        &self,
        url: &PresignedUrl,
        headers: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<std::result::Result<RawPage, Refused>> {
        let response = self.send(Method::GET, url, headers, None).await?;
        if response.status() != StatusCode::OK {
            return Ok(Err(refused(response).await));
        }
        http::listing(response).await?.parse().map(Ok)
    }

    /// Whether the caller may read there, whatever lies there: S3 says who may not before it says what there is.
    ///
    /// # Errors
    /// As [`Fetcher::get`]; the inner one is S3's refusal.
    pub async fn may_read<'a>(
        &self,
        url: &PresignedUrl,
        headers: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<std::result::Result<(), Refused>> {
        let one = (header::RANGE, HeaderValue::from_static("bytes=0-0"));
        let response = self.send(Method::GET, url, headers, Some(one)).await?;
        match response.status().as_u16() {
            200 | 206 | 304 | 404 | 412 | 416 => Ok(Ok(())),
            _ => Ok(Err(refused(response).await)),
        }
    }

    /// Sends a request, with a header of our own beside the caller's.
    async fn send<'a>(
        &self,
        method: Method,
        url: &PresignedUrl,
        headers: impl Fn(&str) -> Option<&'a str>,
        own: Option<(HeaderName, HeaderValue)>,
    ) -> Result<Response> {
        let mut along = HeaderMap::new();
        for name in url.signed_headers() {
            if changes_the_answer(&name) {
                let message = "S3 has signed a range or a condition into inputS3Url, where it would be about the raw object: ask without";
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
        along.extend(own);
        let request = self.client.request(method, url.url.clone());
        let request = request.headers(along);
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

/// Success that is not 200 has a part of the object, or something else.
fn whole(status: StatusCode) -> Result<()> {
    if status.is_success() {
        let message = "S3 gave a part of the object, and was asked for all of it";
        return Err(Error::new(Kind::Source, message));
    }
    Ok(())
}

/// An object whose end could not be told from a line that is cut.
fn endless() -> Error {
    let message = "S3 does not say how long the object is";
    Error::new(Kind::Source, message)
}

fn object(response: Response) -> Result<Fetched> {
    let version = version_of(&response);
    if version.length.is_none() {
        return Err(endless());
    }
    let stream = response.bytes_stream().map_err(unreachable).boxed();
    let reader = read::reader(&Handle::current(), stream, version.length);
    Ok(Fetched::new(version, reader))
}

/// What the headers say.
fn version_of(response: &Response) -> ObjectVersion {
    let text = |name: HeaderName| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
    ObjectVersion {
        etag: text(header::ETAG),
        length: text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()),
        modified: text(header::LAST_MODIFIED).and_then(|date| http_date(&date)),
        version_id: text(HeaderName::from_static("x-amz-version-id")).filter(|id| id != "null"),
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
