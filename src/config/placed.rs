//! A bucket where settings of its own say it is.

use std::sync::Arc;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use reqwest::Url;
use url::Host;

use super::S3Place;
use super::store::{build, client_of, endpoint};
use crate::error::{Error, Kind, Result};

/// A bucket by what the settings say of it, and for the rest as [`s3`](super::s3). A profile that is named comes before a key in the
/// environment. Behind an endpoint the bucket stands in the path, unless the place says otherwise.
///
/// # Errors
/// [`Kind::Settings`] for an endpoint that is none.
pub fn s3_place(place: &S3Place) -> Result<Arc<AmazonS3>> {
    build(client_at(place)?)
}

fn client_at(place: &S3Place) -> Result<AmazonS3Builder> {
    let (profile, region) = (place.profile.as_deref(), place.region.as_deref());
    let builder = client_of(&place.bucket, profile, region);
    let in_path = place.path_style;
    let url = match (&place.endpoint, in_path) {
        (Some(url), _) => Some(url.clone()),
        // As the environment has it, but for where the bucket stands.
        (None, Some(_)) => endpoint(&builder),
        (None, None) => return Ok(builder),
    };
    let hosted = in_path == Some(false);
    let builder = builder.with_virtual_hosted_style_request(hosted);
    let Some(url) = url else {
        return Ok(builder);
    };
    let url = endpoint_of(&url, hosted.then_some(place.bucket.as_str()))?;
    Ok(builder.with_config(AmazonS3ConfigKey::S3Endpoint, url))
}

/// The endpoint, with the bucket in front of its host where it is to stand there: the client does not put it there.
fn endpoint_of(text: &str, bucket: Option<&str>) -> Result<String> {
    let wrong = |message| Error::new(Kind::Settings, message);
    let url = Url::parse(text).ok().filter(is_endpoint);
    let mut url = url.ok_or_else(|| {
        wrong("the endpoint of a store is http://host:port or https://host:port, and nothing else")
    })?;
    if let Some(bucket) = bucket {
        let Some(Host::Domain(host)) = url.host() else {
            let message = "an address has no names below it: the bucket stands in the path (path_style = true)";
            return Err(wrong(message));
        };
        let host = format!("{bucket}.{host}");
        url.set_host(Some(&host)).map_err(|_| {
            wrong("the bucket's name cannot stand in a host: set path_style = true")
        })?;
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn is_endpoint(url: &Url) -> bool {
    let plain = url.username().is_empty() && url.password().is_none();
    let bare = url.query().is_none() && url.fragment().is_none();
    matches!(url.scheme(), "http" | "https") && url.has_host() && plain && bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_where_its_bucket_is() {
        let place = |endpoint: &str, path_style| S3Place {
            bucket: "raw".into(),
            prefix: String::new(),
            region: Some("eu-central-1".into()),
            endpoint: Some(endpoint.into()).filter(|url: &String| !url.is_empty()),
            path_style,
            profile: None,
        };
        let mut wrong = Vec::new();
        for (place, expected) in [
            (
                place("http://s3.local:9000", None),
                Some(("http://s3.local:9000", "false")),
            ),
            (
                place("https://s3.local/", None),
                Some(("https://s3.local", "false")),
            ),
            (
                place("http://[::1]:9000", Some(true)),
                Some(("http://[::1]:9000", "false")),
            ),
            (
                place("http://s3.local:9000", Some(false)),
                Some(("http://raw.s3.local:9000", "true")),
            ),
            (place("http://127.0.0.1:9000", Some(false)), None),
            (place("s3.local:9000", None), None),
            (place("ftp://s3.local", None), None),
            (place("http://CANARY:CANARY@s3.local", None), None),
            (place("http://s3.local/?CANARY", None), None),
        ] {
            let made = client_at(&place);
            let says =
                |builder: &AmazonS3Builder, key| builder.get_config_value(&key).unwrap_or_default();
            let found = made.as_ref().map(|builder| {
                assert_eq!(says(builder, AmazonS3ConfigKey::Region), "eu-central-1");
                let url = says(builder, AmazonS3ConfigKey::S3Endpoint);
                (
                    url,
                    says(builder, AmazonS3ConfigKey::VirtualHostedStyleRequest),
                )
            });
            let found = found
                .as_ref()
                .map(|(url, hosted)| (url.as_str(), hosted.as_str()));
            let told = made
                .as_ref()
                .err()
                .is_some_and(|error| error.to_string().contains("CANARY"));
            if found.ok() != expected || told {
                wrong.push(format!("{place:?}: {found:?}, and not {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
