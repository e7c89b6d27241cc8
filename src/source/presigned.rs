//! Presigned URLs, as S3 Object Lambda hands them over: good for one key and one minute, with the caller's own rights.
//!
//! The URL is a bearer secret to raw data. It is never shown, no redirect is followed, and it is sent only to S3: to
//! `amazonaws.com` over TLS, or to the one other place that the settings name. A forged event finds no other host.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt};
use percent_encoding::percent_decode_str;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use tokio::runtime::Handle;

use super::{Fetched, ObjectVersion, Origin, read};
use crate::error::{Error, Kind, Result};

/// How long a connection may take: S3 in the same region answers in milliseconds.
const CONNECT: Duration = Duration::from_secs(5);

/// How long S3 may send nothing: it is a third of the time that an answer has.
const SILENCE: Duration = Duration::from_secs(20);

/// How long a connection waits for its next use: less than S3 keeps it, since a function that was frozen would
/// otherwise wake with a dead one.
const IDLE: Duration = Duration::from_secs(3);

/// An error's document is small; what is longer is not one.
const MAX_ERROR: usize = 64 * 1024;

/// Where presigned URLs may lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// To AWS, over TLS.
    Aws,
    /// To AWS, or to this host and those below it.
    AwsOr(String),
}

/// A presigned URL. Without `Debug` and `Display`: it is a secret.
pub struct PresignedUrl {
    url: Url,
    aws: bool,
}

/// How the alias of an Object Lambda access point ends, and no bucket's name may.
const ALIAS_END: &str = "--ol-s3";

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

impl Hosts {
    /// Whether the URL leads to AWS (`Some(true)`), to the other place, or to neither.
    fn admit(&self, url: &Url) -> Option<bool> {
        let host = url.host_str()?.trim_end_matches('.');
        let below = |parent: &str| {
            let rest = host.strip_suffix(parent);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let aws = ["amazonaws.com", "amazonaws.com.cn"].into_iter().any(below);
        if aws && url.scheme() == "https" && url.port().is_none() {
            return Some(true);
        }
        match self {
            Self::AwsOr(other) if below(other) || (is_loopback(other) && is_loopback(host)) => {
                Some(false)
            }
            _ => None,
        }
    }
}

/// The names under which a machine calls itself.
fn is_loopback(host: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].contains(&host)
}

impl PresignedUrl {
    /// Reads the URL.
    ///
    /// # Errors
    /// [`Kind::Usage`] for what is no URL, or leads elsewhere.
    pub fn parse(text: &str, hosts: &Hosts) -> Result<Self> {
        let elsewhere = || {
            Error::new(
                Kind::Usage,
                "inputS3Url does not lead to S3: it is https at amazonaws.com, or the host of AWS_ENDPOINT_URL",
            )
        };
        let url = Url::parse(text).map_err(|_| elsewhere())?;
        let aws = hosts.admit(&url).ok_or_else(elsewhere)?;
        Ok(Self { url, aws })
    }

    /// The key that it reads, and what stands before it.
    ///
    /// At AWS the whole path is the key, and the host must be that of the access point `supporting`, an ARN: the
    /// function reads other keys there with its own role. Elsewhere a bucket may stand in front of the key, which is
    /// what `asked`, the user's own URL, has after its host.
    ///
    /// # Errors
    /// [`Kind::NotFound`] for a key that is no text, [`Kind::Usage`] where the event's parts do not fit together.
    pub fn key(&self, asked: &str, supporting: Option<&str>) -> Result<(String, Origin)> {
        let path = self.url.path();
        // One slash begins the path; any more are the key's.
        let path = percent_decode_str(path.strip_prefix('/').unwrap_or(path));
        let path = path.decode_utf8().map_err(|_| {
            let message = "the key is no text in UTF-8, and no dataset owns it";
            Error::new(Kind::NotFound, message)
        })?;
        let url = self.url.origin().ascii_serialization();
        if self.aws {
            let arn = self.access_point(supporting)?;
            return Ok((path.into_owned(), Origin::Host { url, arn }));
        }
        let key = asked_keys(asked).find(|key| {
            let before = path.strip_suffix(key.as_str());
            !key.is_empty() && before.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        });
        let Some(key) = key else {
            let message = "userRequest.url and inputS3Url name different keys";
            return Err(Error::new(Kind::Usage, message));
        };
        let bucket = &path[..path.len() - key.len()];
        let bucket = bucket.strip_suffix('/').unwrap_or(bucket).to_owned();
        Ok((key, Origin::Path { url, bucket }))
    }

    /// The access point, if the host is its own: `name-account.s3-accesspoint` and what follows.
    fn access_point(&self, supporting: Option<&str>) -> Result<String> {
        let host = self.url.host_str().unwrap_or_default();
        let fits = |arn: &&str| {
            let parts: Vec<&str> = arn.split(':').collect();
            let [_, _, "s3", _, account, resource] = parts[..] else {
                return false;
            };
            let name = resource.strip_prefix("accesspoint/");
            let label = name.map(|name| format!("{name}-{account}.s3-accesspoint"));
            label.is_some_and(|label| {
                let rest = host.strip_prefix(&label);
                rest.is_some_and(|rest| rest.starts_with(['.', '-']))
            })
        };
        supporting.filter(fits).map(str::to_owned).ok_or_else(|| {
            let message =
                "inputS3Url is not at the access point that supportingAccessPointArn names";
            Error::new(Kind::Usage, message)
        })
    }

    /// Whether it reads one version of its key.
    pub fn names_version(&self) -> bool {
        self.url.query_pairs().any(|(name, _)| name == "versionId")
    }

    /// The names of the headers that must be sent along, in lower case, without `host`.
    fn signed_headers(&self) -> Vec<String> {
        let signed = self
            .url
            .query_pairs()
            .find(|(name, _)| name.eq_ignore_ascii_case("x-amz-signedheaders"));
        let names = signed
            .map(|(_, names)| names.to_ascii_lowercase())
            .unwrap_or_default();
        let names = names
            .split(';')
            .filter(|name| !name.is_empty() && *name != "host");
        names.map(str::to_owned).collect()
    }
}

/// What the user's URL may mean by its path: it is said to be decoded already, and is not everywhere; and in path style
/// the alias of the Object Lambda access point stands in front of the key.
fn asked_keys(url: &str) -> impl Iterator<Item = String> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split_once('/').map_or("", |(_, path)| path);
    let bare = path.split_once('?').map_or(path, |(path, _)| path);
    let decoded = percent_decode_str(bare).decode_utf8_lossy().into_owned();
    let keys = [path.to_owned(), bare.to_owned(), decoded];
    let below = keys.clone().into_iter().filter_map(|path| {
        let (alias, key) = path.split_once('/')?;
        alias.ends_with(ALIAS_END).then(|| key.to_owned())
    });
    keys.into_iter().chain(below)
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

    const ARN: &str = "arn:aws:s3:x:1:accesspoint/p";

    #[test]
    fn the_host_is_that_of_the_access_point() {
        for (host, arn, fits) in [
            ("p-1.s3-accesspoint.x.amazonaws.com", Some(ARN), true),
            ("p-1.s3-accesspoint-fips.x.amazonaws.com", Some(ARN), true),
            (
                "p-1.s3-accesspoint.dualstack.x.amazonaws.com",
                Some(ARN),
                true,
            ),
            ("p-1.s3-accesspoint.x.amazonaws.com", None, false),
            ("q-1.s3-accesspoint.x.amazonaws.com", Some(ARN), false),
            ("p-1.s3.x.amazonaws.com", Some(ARN), false),
            ("p-1.s3-accesspointx.amazonaws.com", Some(ARN), false),
            ("p-1.execute-api.x.amazonaws.com", Some(ARN), false),
            (
                "p-1.s3-accesspoint.x.amazonaws.com",
                Some("arn:aws:s3:::p"),
                false,
            ),
            ("p-1.s3-accesspoint.x.amazonaws.com", Some("p"), false),
        ] {
            let url = PresignedUrl::parse(&format!("https://{host}/a"), &Hosts::Aws).unwrap();
            assert_eq!(url.key("", arn).is_ok(), fits, "{host} {arn:?}");
        }
    }

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
    fn only_s3_is_asked() {
        let local = Hosts::AwsOr("127.0.0.1".into());
        let named = Hosts::AwsOr("s3.test".into());
        for (hosts, url, admitted) in [
            (
                &Hosts::Aws,
                "https://p-1.s3-accesspoint.eu-central-1.amazonaws.com/a",
                Some(true),
            ),
            (
                &Hosts::Aws,
                "https://p-1.s3-accesspoint.cn-north-1.amazonaws.com.cn/a",
                Some(true),
            ),
            (
                &Hosts::Aws,
                "http://p-1.s3-accesspoint.eu-central-1.amazonaws.com/a",
                None,
            ),
            (&Hosts::Aws, "https://p.amazonaws.com:8443/a", None),
            (&Hosts::Aws, "https://evilamazonaws.com/a", None),
            (&Hosts::Aws, "https://amazonaws.com.evil.test/a", None),
            (&Hosts::Aws, "https://amazonaws.com@evil.test/a", None),
            (
                &Hosts::Aws,
                "http://127.0.0.1:9001/2018-06-01/runtime",
                None,
            ),
            (&Hosts::Aws, "file:///etc/passwd", None),
            (&local, "http://localhost:9/a", Some(false)),
            (&local, "http://127.0.0.1/a", Some(false)),
            (&local, "http://127.0.0.2/a", None),
            (&named, "http://p.s3.test/a", Some(false)),
            (&named, "http://ps3.test/a", None),
            (&named, "http://localhost/a", None),
        ] {
            let url_ = Url::parse(url).unwrap();
            assert_eq!(hosts.admit(&url_), admitted, "{url}");
            assert_eq!(PresignedUrl::parse(url, hosts).is_ok(), admitted.is_some());
        }
    }

    #[test]
    fn the_key_is_what_will_be_read() {
        let hosts = Hosts::AwsOr("localhost".into());
        for (url, asked, key) in [
            (
                "https://p-1.s3-accesspoint.x.amazonaws.com/a%20b/%C3%BC%2B.csv?X-Amz-Date=1",
                "",
                Some("a b/ü+.csv"),
            ),
            (
                "https://p-1.s3-accesspoint.x.amazonaws.com/a",
                "https://h/other",
                Some("a"),
            ),
            // Slashes behind the first are the key's, which no dataset owns.
            (
                "https://p-1.s3-accesspoint.x.amazonaws.com//p.csv",
                "",
                Some("/p.csv"),
            ),
            (
                "https://p-1.s3-accesspoint.x.amazonaws.com/%2Fa/p.csv",
                "",
                Some("/a/p.csv"),
            ),
            ("http://localhost:1/p.csv", "https://h/p.csv", Some("p.csv")),
            (
                "http://localhost:1/bucket/a/p.csv",
                "https://h/a/p.csv?x=1",
                Some("a/p.csv"),
            ),
            (
                "http://localhost:1/bucket/a%20b.csv",
                "https://h/a%20b.csv",
                Some("a b.csv"),
            ),
            (
                "http://localhost:1/bucket/a%3Fb.csv",
                "https://h/a?b.csv",
                Some("a?b.csv"),
            ),
            (
                "http://localhost:1/bucket/a/p.csv",
                "http://localhost:1/name-a1--ol-s3/a/p.csv",
                Some("a/p.csv"),
            ),
            (
                "http://localhost:1/bucket/x--ol-s3/p.csv",
                "http://h/x--ol-s3/p.csv",
                Some("x--ol-s3/p.csv"),
            ),
            ("http://localhost:1/bucket/p.csv", "/other/p.csv", None),
            ("http://localhost:1/bucket/xp.csv", "https://h/p.csv", None),
            ("http://localhost:1/bucket/p.csv", "https://h/", None),
            ("http://localhost:1/bucket/p.csv", "", None),
        ] {
            let presigned = PresignedUrl::parse(url, &hosts).unwrap();
            let found = presigned.key(asked, Some(ARN)).ok().map(|(key, _)| key);
            assert_eq!(found.as_deref(), key, "{url} {asked}");
        }
    }

    #[test]
    fn signed_headers_are_read_from_the_url() {
        let url = "https://p.amazonaws.com/a?X-Amz-SignedHeaders=host%3Bx-amz-checksum-mode%3BX-Amz-Meta-A";
        let presigned = PresignedUrl::parse(url, &Hosts::Aws).unwrap();
        assert_eq!(
            presigned.signed_headers(),
            ["x-amz-checksum-mode", "x-amz-meta-a"]
        );
        let url = "https://p.amazonaws.com/a?X-Amz-SignedHeaders=host";
        let presigned = PresignedUrl::parse(url, &Hosts::Aws).unwrap();
        assert!(presigned.signed_headers().is_empty());
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
