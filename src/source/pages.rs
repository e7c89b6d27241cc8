//! Pages of a bucket's listing, asked for with our own rights.
//!
//! The object store's client lists too, but has no words for keys that S3 has: its listing fails as a whole for `a//b`,
//! and the slash at the end of `a/`, by which tools mark a folder, is lost, so that the mark reads as an object. So the
//! request is our own, with that client's address, credentials and signature.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AwsAuthorizer};
use object_store::client::{HttpRequest, HttpRequestBody};
use object_store::path::Path;
use object_store::signer::Signer;
use reqwest::{Client, Method, StatusCode, Url};
use tokio::time::sleep;

use super::store::explain;
use super::{RawPage, RawQuery, http};
use crate::error::{Error, Kind, Result};
use crate::request::ListVersion;

/// How long it is waited before a request that S3 did not answer is made again; a reader has a minute for all.
const WAITS: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(500)];

/// A bucket's pages.
#[derive(Clone)]
pub(super) struct Pages {
    store: Arc<AmazonS3>,
    client: Client,
}

impl Pages {
    pub(super) fn new(store: Arc<AmazonS3>) -> Result<Self> {
        let client = http::client()?;
        Ok(Self { store, client })
    }

    /// A page.
    ///
    /// # Errors
    /// [`Kind::Denied`] where the bucket may not be listed; [`Kind::Argument`] for a token or a marker that S3 does not
    /// take; [`Kind::Source`] where it does not answer.
    pub(super) async fn page(&self, query: &RawQuery) -> Result<RawPage> {
        for wait in WAITS {
            match self.ask(query).await {
                Err(error) if error.kind() == Kind::Source => sleep(wait).await,
                answered => return answered,
            }
        }
        self.ask(query).await
    }

    async fn ask(&self, query: &RawQuery) -> Result<RawPage> {
        let request = self.signed(query).await?;
        let url = request.uri().to_string();
        let request = self.client.get(url).headers(request.headers().clone());
        let response = request.send().await.map_err(http::unreachable)?;
        if response.status() == StatusCode::OK {
            return http::listing(response).await?.parse();
        }
        let (status, code) = http::refused(response).await;
        Err(refusal(status, code.as_deref()))
    }

    async fn signed(&self, query: &RawQuery) -> Result<HttpRequest> {
        let explain = |err| explain(err, Kind::Source);
        // Address and region are known to the client, and stand in what it signs.
        let (root, soon) = (Path::ROOT, Duration::from_mins(1));
        let signed = self.store.signed_url(Method::GET, &root, soon).await;
        let mut url = signed.map_err(explain)?;
        let region = region(&url).ok_or_else(unsigned)?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
        }
        url.query_pairs_mut().clear().extend_pairs(pairs(query));
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.uri_mut() = url.as_str().parse().map_err(|_| unsigned())?;
        let credential = self.store.credentials().get_credential().await;
        let credential = credential.map_err(explain)?;
        AwsAuthorizer::new(&credential, "s3", &region).authorize(&mut request, None);
        Ok(request)
    }
}

/// The query, decoded. Keys come URL-encoded, so that every one of them can.
fn pairs(query: &RawQuery) -> Vec<(&'static str, String)> {
    let after = match query.version {
        ListVersion::V1 => "marker",
        ListVersion::V2 => "start-after",
    };
    let second = query.version == ListVersion::V2;
    let delimiter = query.delimiter.map(|delimiter| delimiter.as_str().into());
    let pairs = [
        ("list-type", second.then(|| "2".to_owned())),
        ("encoding-type", Some("url".to_owned())),
        ("prefix", Some(query.prefix.clone())),
        ("delimiter", delimiter),
        ("max-keys", Some(query.max_keys.to_string())),
        (after, query.after.clone()),
        ("continuation-token", query.token.clone()),
    ];
    let given = pairs.into_iter();
    given
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// `…&X-Amz-Credential=<id>/<date>/<region>/s3/aws4_request&…`
fn region(signed: &Url) -> Option<String> {
    let mut pairs = signed.query_pairs();
    let (_, scope) = pairs.find(|(name, _)| name == "X-Amz-Credential")?;
    let mut parts = scope.rsplit('/').skip(2);
    parts.next().map(str::to_owned)
}

fn refusal(status: u16, code: Option<&str>) -> Error {
    let (kind, message) = match (status, code) {
        (400, Some("InvalidArgument")) => (
            Kind::Argument,
            "S3 does not take an argument of the listing: a token or marker is not its own",
        ),
        (404, _) => (Kind::Settings, "there is no such bucket: check the name"),
        (400 | 401 | 403, _) => (
            Kind::Denied,
            "the function's own role may not list the objects",
        ),
        (300..400, _) => (
            Kind::Settings,
            "S3 redirects to another place, which is not followed: check the bucket's region",
        ),
        _ => (Kind::Source, "S3 did not answer with a listing: try again"),
    };
    Error::new(kind, message)
}

fn unsigned() -> Error {
    Error::new(Kind::Internal, "the request cannot be signed")
}
