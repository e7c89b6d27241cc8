//! Presigned URLs, as S3 Object Lambda hands them over: good for one key and one minute, with the caller's own rights.
//!
//! The URL is a bearer secret to raw data. It is never shown, no redirect is followed, and it is sent only to S3: to
//! `amazonaws.com` over TLS, or to the one other place that the settings name. A forged event finds no other host.

mod fetch;

use percent_encoding::percent_decode_str;
use reqwest::Url;

pub use self::fetch::{Answer, Fetcher};
use super::Origin;
use crate::config;
use crate::error::{Error, Kind, Result};

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

    /// What stands before the keys of a listing: as [`PresignedUrl::key`], for a URL that names no key.
    ///
    /// # Errors
    /// [`Kind::Usage`] for one that does, or is not at the access point.
    pub fn origin(&self, supporting: Option<&str>) -> Result<Origin> {
        let url = self.url.origin().ascii_serialization();
        let path = self.url.path().trim_matches('/');
        let named = || Error::new(Kind::Usage, "the inputS3Url of a listing names a key");
        if self.aws {
            let arn = self.access_point(supporting)?;
            return if path.is_empty() {
                Ok(Origin::Host { url, arn })
            } else {
                Err(named())
            };
        }
        let bucket = percent_decode_str(path).decode_utf8().ok();
        let bucket = bucket
            .filter(|bucket| !bucket.contains('/'))
            .ok_or_else(named)?;
        Ok(Origin::Path {
            url,
            bucket: bucket.into_owned(),
        })
    }

    /// The access point, if the host is its own: `name-account.s3-accesspoint` and what follows.
    fn access_point(&self, supporting: Option<&str>) -> Result<String> {
        let host = self.url.host_str().unwrap_or_default();
        let fits = |arn: &&str| {
            let label = config::access_point_label(arn).ok();
            let rest =
                label.and_then(|label| host.strip_prefix(&format!("{label}.s3-accesspoint")));
            // Behind it the region, or `-fips` or `.dualstack` and the region.
            rest.is_some_and(|rest| rest.starts_with(['.', '-']))
        };
        supporting.filter(fits).map(str::to_owned).ok_or_else(|| {
            let message =
                "inputS3Url is not at the access point that supportingAccessPointArn names";
            Error::new(Kind::Usage, message)
        })
    }

    /// What the query asks for, decoded, without what signs it.
    pub fn query(&self) -> Vec<(String, String)> {
        let pairs = self.url.query_pairs();
        let asked = pairs.filter(|(name, _)| !name.to_ascii_lowercase().starts_with("x-amz-"));
        asked
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }

    /// The version of its key that it reads, where it names one.
    pub fn version(&self) -> Option<String> {
        let mut pairs = self.url.query_pairs();
        let version = pairs.find(|(name, _)| name == "versionId");
        version.map(|(_, id)| id.into_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:s3:x:012345678912:accesspoint/p";

    #[test]
    fn the_host_is_that_of_the_access_point() {
        for (host, arn, fits) in [
            (
                "p-012345678912.s3-accesspoint.x.amazonaws.com",
                Some(ARN),
                true,
            ),
            (
                "p-012345678912.s3-accesspoint-fips.x.amazonaws.com",
                Some(ARN),
                true,
            ),
            (
                "p-012345678912.s3-accesspoint.dualstack.x.amazonaws.com",
                Some(ARN),
                true,
            ),
            ("p-012345678912.s3-accesspoint.x.amazonaws.com", None, false),
            (
                "q-012345678912.s3-accesspoint.x.amazonaws.com",
                Some(ARN),
                false,
            ),
            ("p-012345678912.s3.x.amazonaws.com", Some(ARN), false),
            (
                "p-012345678912.s3-accesspointx.amazonaws.com",
                Some(ARN),
                false,
            ),
            (
                "p-012345678912.execute-api.x.amazonaws.com",
                Some(ARN),
                false,
            ),
            (
                "p-012345678912.s3-accesspoint.x.amazonaws.com",
                Some("arn:aws:s3:::p"),
                false,
            ),
            (
                "p-012345678912.s3-accesspoint.x.amazonaws.com",
                Some("p"),
                false,
            ),
        ] {
            let url = PresignedUrl::parse(&format!("https://{host}/a"), &Hosts::Aws).unwrap();
            assert_eq!(url.key("", arn).is_ok(), fits, "{host} {arn:?}");
        }
    }

    #[test]
    fn only_s3_is_asked() {
        let local = Hosts::AwsOr("127.0.0.1".into());
        let named = Hosts::AwsOr("s3.test".into());
        for (hosts, url, admitted) in [
            (
                &Hosts::Aws,
                "https://p-012345678912.s3-accesspoint.eu-central-1.amazonaws.com/a",
                Some(true),
            ),
            (
                &Hosts::Aws,
                "https://p-012345678912.s3-accesspoint.cn-north-1.amazonaws.com.cn/a",
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
                "https://p-012345678912.s3-accesspoint.x.amazonaws.com/a%20b/%C3%BC%2B.csv?X-Amz-Date=1",
                "",
                Some("a b/ü+.csv"),
            ),
            (
                "https://p-012345678912.s3-accesspoint.x.amazonaws.com/a",
                "https://h/other",
                Some("a"),
            ),
            // Slashes behind the first are the key's, which no dataset owns.
            (
                "https://p-012345678912.s3-accesspoint.x.amazonaws.com//p.csv",
                "",
                Some("/p.csv"),
            ),
            (
                "https://p-012345678912.s3-accesspoint.x.amazonaws.com/%2Fa/p.csv",
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
    fn the_query_is_what_is_asked_and_not_what_signs_it() {
        let signed = "X-Amz-Algorithm=A&X-Amz-Security-Token=CANARY&x-amz-signature=CANARY";
        let url = format!(
            "https://p.amazonaws.com/?{signed}&list-type=2&prefix=a%20b%2B+%C3%BC%26&delimiter=%2F&start-after="
        );
        let presigned = PresignedUrl::parse(&url, &Hosts::Aws).unwrap();
        let pairs = [
            ("list-type", "2"),
            ("prefix", "a b+ \u{fc}&"),
            ("delimiter", "/"),
            ("start-after", ""),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(presigned.query(), pairs);
    }
}
