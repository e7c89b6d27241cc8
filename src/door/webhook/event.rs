//! MinIO's event → S3's.
//!
//! It differs in what S3 would say of the access point, which here its path says; in the user's URL, where the bucket
//! stands in front of the key; and in that its headers are lists, which are read as S3's in any case.

use std::str::FromStr;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use super::point::Point;
use crate::door::object_lambda::{Event, GetObject, Operation};
use crate::error::{Error, Kind, Result};
use crate::source::{Hosts, PresignedUrl};

/// Where MinIO is reached: presigned URLs lead there, or to a host below with the same scheme and port, since each node
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

impl Endpoint {
    /// The hosts that presigned URLs may lead to.
    pub fn hosts(&self) -> Hosts {
        Hosts::AwsOr(self.0.host_str().unwrap_or_default().to_owned())
    }

    /// The URL that a text is, if it leads here.
    fn leads_here(&self, text: &str) -> Option<Url> {
        let port = Url::port_or_known_default;
        let url = Url::parse(text).ok()?;
        let here = url.scheme() == self.0.scheme() && port(&url) == port(&self.0);
        (here && PresignedUrl::parse(text, &self.hosts()).is_ok()).then_some(url)
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
    let elsewhere = || {
        let message = "inputS3Url does not lead to the place that --endpoint names";
        Error::new(Kind::Usage, message)
    };
    let input = endpoint.leads_here(input).ok_or_else(elsewhere)?;
    if input.query_pairs().any(|(name, _)| name == "partNumber") {
        let message = "MinIO signs partNumber into inputS3Url, where it is a part of the raw object: ask for a range";
        return Err(Error::new(Kind::Argument, message));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const INPUT: &str = "http://minio.test:9000/raw/a/p%20q.csv?X-Amz-Signature=s";

    fn read(input: &str, user: &str) -> Result<(Event, GetObject)> {
        let point = "analytics={\"projection\": \"a/b\"}".parse().unwrap();
        let endpoint = "http://minio.test:9000".parse().unwrap();
        let body = json!({
            "protocolVersion": "v1",
            "getObjectContext": {"inputS3Url": input, "outputRoute": "r", "outputToken": "t"},
            "userIdentity": {"type": "IAMUser", "principalId": "reader", "accessKeyId": "CANARY"},
            "userRequest": {"url": user, "headers": {"Range": ["bytes=0-9"], "Accept": ["a", "b"]}},
            // Nothing of this is the caller's to say.
            "xAmzRequestId": "CANARY",
            "configuration": {"accessPointArn": "CANARY", "supportingAccessPointArn": "CANARY", "payload": "CANARY"},
        });
        event(body.to_string().as_bytes(), &point, &endpoint, "id")
    }

    #[test]
    fn an_event_is_read_as_s3_would_send_it() {
        let (event, to) = read(INPUT, "/raw/a/p%20q.csv?lambdaArn=x&partNumber=2").unwrap();
        assert_eq!((to.route.as_str(), to.token.as_str()), ("r", "t"));
        assert_eq!(
            event.url,
            "http://minio.test:9000/a/p%20q.csv?lambdaArn=x&partNumber=2"
        );
        assert_eq!(event.input_url, INPUT);
        assert_eq!(
            (event.header("range"), event.header("accept")),
            (Some("bytes=0-9"), Some("a,b"))
        );
        assert_eq!(event.principal, "reader");
        assert_eq!(
            (event.request_id.as_str(), event.access_point.as_str()),
            ("id", "analytics")
        );
        assert_eq!(event.payload, "{\"projection\": \"a/b\"}");
        assert_eq!(event.supporting, None);
    }

    #[test]
    fn the_two_urls_name_one_key_behind_one_bucket() {
        let mut wrong = Vec::new();
        for (user, right) in [
            ("/raw/a/p%20q.csv", true),
            ("/raw/a/p q.csv?lambdaArn=x", true),
            ("/a/p%20q.csv?lambdaArn=x", true),
            ("https://raw.minio.test/a/p%20q.csv", true),
            ("/p%20q.csv", false),
            ("/raw/p%20q.csv", false),
            ("/other/a/p%20q.csv", false),
            ("/", false),
            ("", false),
        ] {
            let url = read(INPUT, user).ok().map(|(event, _)| event.url);
            let key = |url: &str| url.starts_with("http://minio.test:9000/a/p%20q.csv?");
            if url.as_deref().is_some_and(key) != right || url.is_some() != right {
                wrong.push(format!("{user}: {url:?}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn a_url_leads_to_the_endpoint_or_below_it() {
        let mut wrong = Vec::new();
        for (place, right) in [
            ("http://minio.test:9000", true),
            ("http://node1.minio.test:9000", true),
            ("https://minio.test:9000", false),
            ("http://minio.test:9001", false),
            ("http://minio.test", false),
            ("http://minio.test.evil.test:9000", false),
            ("http://evilminio.test:9000", false),
            ("http://minio.test:9000@evil.test:9000", false),
            ("http://127.0.0.1:9000", false),
            ("http://169.254.169.254", false),
            ("https://raw.s3.amazonaws.com", false),
            ("file://minio.test:9000", false),
            ("", false),
        ] {
            let read = read(&format!("{place}/raw/p.csv"), "/raw/p.csv");
            if read.is_ok() != right {
                wrong.push(place);
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
        let part = "http://minio.test:9000/raw/p.csv?partNumber=1&X-Amz-Signature=s";
        let refused = read(part, "/raw/p.csv").err().map(|error| error.kind());
        assert_eq!(refused, Some(Kind::Argument));
    }

    #[test]
    fn an_endpoint_is_a_place_and_nothing_behind_it() {
        let mut wrong = Vec::new();
        for (text, right) in [
            ("http://minio:9000", true),
            ("https://minio.test/", true),
            ("http://[::1]:9000", true),
            ("minio:9000", false),
            ("http://minio:9000/path", false),
            ("http://minio:9000?a=b", false),
            ("http://user:CANARY@minio:9000", false),
            ("s3://minio", false),
            ("", false),
        ] {
            if text.parse::<Endpoint>().is_ok() != right {
                wrong.push(text);
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
