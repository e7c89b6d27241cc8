//! `MinIO`'s event → S3's.
//!
//! It differs in what S3 would say of the access point, which here its path says; in the user's URL, where the bucket
//! stands in front of the key; and in that its headers are lists, which are read as S3's in any case.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use super::point::Point;
use crate::door::object_lambda::{Event, GetObject, Operation};
use crate::error::{Error, Kind, Result};

/// Where `MinIO` is reached: presigned URLs lead there, or to a host below with the same scheme and port, since each node
/// of a cluster signs for its own name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(Url);

impl FromStr for Endpoint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bare = |url: &Url| {
            let web = matches!(url.scheme(), "http" | "https");
            let account = !url.username().is_empty() || url.password().is_some();
            let more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
            web && url.has_host() && !account && !more
        };
        let url = Url::parse(text).ok().filter(bare);
        url.map(Self).ok_or_else(|| {
            let message = "the endpoint is http://host:port or https://host, and nothing behind it";
            Error::new(Kind::Usage, message)
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl Endpoint {
    /// Its host.
    pub fn host(&self) -> String {
        self.0.host_str().unwrap_or_default().to_owned()
    }

    /// Whether a URL has its scheme and port. That of the host is the source's to say.
    fn fits(&self, url: &Url) -> bool {
        let port = Url::port_or_known_default;
        url.scheme() == self.0.scheme() && port(url) == port(&self.0)
    }
}

/// The event at this access point, under our own id.
///
/// # Errors
/// [`Kind::Usage`] for what is no such event, or whose URL leads elsewhere; [`Kind::Method`] for another operation than
/// a GET.
pub fn event(
    body: &[u8],
    point: &Point,
    endpoint: &Endpoint,
    request_id: &str,
) -> Result<(Event, GetObject)> {
    let value: Value = serde_json::from_slice(body).map_err(|err| {
        let message = "the body is no event: it is not JSON";
        Error::new(Kind::Usage, message).with_private(err)
    })?;
    let mut event = Event::parse(&value)?;
    let Operation::GetObject(to) = &event.operation else {
        let message = "MinIO asks for objects alone, and this is another operation";
        return Err(Error::new(Kind::Method, message));
    };
    let to = to.clone();
    event.url = user_url(&event.input_url, &event.url, endpoint)?;
    // Only the command line says what is shown to whom.
    request_id.clone_into(&mut event.request_id);
    event.access_point.clone_from(&point.name);
    event.payload.clone_from(&point.payload);
    event.supporting = None;
    Ok((event, to))
}

/// The user's URL as S3 has it, with the path of the key alone. The presigned one is in path style: what stands first in
/// its path is the bucket, and the user's has the same path, or the key alone where the bucket is in the host.
fn user_url(input: &str, user: &str, endpoint: &Endpoint) -> Result<String> {
    let elsewhere = || Error::new(Kind::Usage, "inputS3Url does not lead to the endpoint");
    let input = Url::parse(input).map_err(|_| elsewhere())?;
    if !endpoint.fits(&input) {
        return Err(elsewhere());
    }
    let path = input.path().strip_prefix('/').unwrap_or_default();
    let (bucket, key) = path.split_once('/').ok_or_else(elsewhere)?;
    let (asked, query) = user.split_once('?').unwrap_or((user, ""));
    let asked = match asked.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => asked.strip_prefix('/').unwrap_or(asked),
    };
    let same = |path: &str| asked == path || decoded(asked) == decoded(path);
    if bucket.is_empty() || !(same(path) || same(key)) {
        let message = "userRequest.url and inputS3Url name different keys";
        return Err(Error::new(Kind::Usage, message));
    }
    Ok(format!(
        "{}/{key}?{query}",
        endpoint.0.origin().ascii_serialization()
    ))
}

fn decoded(path: &str) -> Vec<u8> {
    percent_decode_str(path).collect()
}
