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
            "veilpoint's own rights do not reach the listing of the objects",
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

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use hmac::{Hmac, KeyInit, Mac};
    use object_store::aws::AmazonS3Builder;
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::request::Delimiter;
    use crate::source::testing::{Answering, answer, block};

    const SECRET: &str = "CANARYSECRET";
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    const PAGE: &str = "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>a//b%01/</Key><Size>0</Size>\
        <StorageClass>GLACIER</StorageClass></Contents></ListBucketResult>";

    fn pages(port: u16, hosted: bool) -> Pages {
        let store = AmazonS3Builder::new()
            .with_endpoint(format!("http://127.0.0.1:{port}"))
            .with_allow_http(true)
            .with_virtual_hosted_style_request(hosted)
            .with_bucket_name("bucket")
            .with_region("eu-central-1")
            .with_access_key_id("account")
            .with_secret_access_key(SECRET)
            .with_token("CANARYTOKEN");
        Pages::new(Arc::new(store.build().unwrap())).unwrap()
    }

    fn query(version: ListVersion) -> RawQuery {
        RawQuery {
            version,
            prefix: "p &+\u{fc}/~*".into(),
            delimiter: Some(Delimiter::Slash),
            after: Some("p &+\u{fc}/~*z".into()),
            token: (version == ListVersion::V2).then(|| "1+/==".to_owned()),
            max_keys: 7,
        }
    }

    fn header<'a>(head: &'a [String], name: &str) -> &'a str {
        let found = head
            .iter()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.unwrap_or_default()
    }

    fn mac(key: &[u8], text: &str) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    /// The signature as S3 works it out from what arrives (Signature Version 4, by AWS's own words).
    fn signature(head: &[String]) -> String {
        let target = head[0].split(' ').nth(1).unwrap();
        let (path, query) = target.split_once('?').unwrap();
        let encoded = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
        let mut pairs: Vec<String> = url::form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value)))
            .collect();
        pairs.sort();
        let authorization = header(head, "authorization");
        let names = authorization.split_once("SignedHeaders=").unwrap().1;
        let names = names.split(',').next().unwrap();
        let headers = names.split(';');
        let headers: Vec<String> = headers
            .map(|name| format!("{name}:{}", header(head, name).trim()))
            .collect();
        let (date, payload) = (
            header(head, "x-amz-date"),
            header(head, "x-amz-content-sha256"),
        );
        let canonical = format!(
            "GET\n{path}\n{}\n{}\n\n{names}\n{payload}",
            pairs.join("&"),
            headers.join("\n")
        );
        let day = &date[..8];
        let hashed = HEXLOWER.encode(&Sha256::digest(canonical.as_bytes()));
        let to_sign =
            format!("AWS4-HMAC-SHA256\n{date}\n{day}/eu-central-1/s3/aws4_request\n{hashed}");
        let parts = [day, "eu-central-1", "s3", "aws4_request"];
        let key = parts
            .iter()
            .fold(format!("AWS4{SECRET}").into_bytes(), |key, part| {
                mac(&key, part)
            });
        HEXLOWER.encode(&mac(&key, &to_sign))
    }

    #[test]
    fn the_request_is_the_query_signed_for_the_bucket() {
        for (hosted, path) in [(false, "/bucket?"), (true, "/?")] {
            for version in [ListVersion::V1, ListVersion::V2] {
                let s3 = Answering::with(&[&answer(200, "", PAGE)]);
                let page = block(pages(s3.port, hosted).page(&query(version))).unwrap();
                assert_eq!(page.objects[0].key, "a//b\u{1}/");
                assert_eq!(page.objects[0].storage_class.as_deref(), Some("GLACIER"));
                let head = s3.asked().remove(0);
                let target = head[0].split(' ').nth(1).unwrap();
                assert!(target.starts_with(path), "{target}");
                assert_eq!(header(&head, "x-amz-security-token"), "CANARYTOKEN");
                assert_eq!(header(&head, "host"), format!("127.0.0.1:{}", s3.port));
                let signed = header(&head, "authorization")
                    .rsplit_once("Signature=")
                    .unwrap()
                    .1;
                assert_eq!(signed, signature(&head));
                let sent =
                    url::form_urlencoded::parse(target.split_once('?').unwrap().1.as_bytes());
                let sent: Vec<(String, String)> = sent.into_owned().collect();
                let read = crate::request::ListQuery::parse(&sent).unwrap();
                let asked = query(version);
                assert_eq!(
                    (read.version, read.prefix, read.delimiter),
                    (version, asked.prefix, asked.delimiter)
                );
                assert_eq!(
                    (read.after, read.token, read.max_keys),
                    (asked.after, asked.token, 7)
                );
                assert!(read.url_encoded);
            }
        }
    }

    #[test]
    fn what_s3_refuses_is_told_and_what_it_does_not_answer_is_asked_again() {
        let error = |status, code: &str| {
            answer(
                status,
                "",
                &format!("<Error><Code>{code}</Code><Message>CANARY</Message></Error>"),
            )
        };
        let (good, slow, cut) = (answer(200, "", PAGE), error(503, "SlowDown"), String::new());
        let torn = answer(200, "", &PAGE[..40]);
        let mut wrong = Vec::new();
        for (name, answers, expected) in [
            ("twice slow", vec![&slow, &slow, &good], Ok(3)),
            ("cut, and torn", vec![&cut, &torn, &good], Ok(3)),
            (
                "always slow",
                vec![&slow, &slow, &slow, &good],
                Err((Kind::Source, 3)),
            ),
            (
                "denied",
                vec![&error(403, "AccessDenied"), &good],
                Err((Kind::Denied, 1)),
            ),
            (
                "expired",
                vec![&error(400, "ExpiredToken"), &good],
                Err((Kind::Denied, 1)),
            ),
            (
                "no token",
                vec![&error(400, "InvalidArgument"), &good],
                Err((Kind::Argument, 1)),
            ),
            (
                "no bucket",
                vec![&error(404, "NoSuchBucket"), &good],
                Err((Kind::Settings, 1)),
            ),
            (
                "elsewhere",
                vec![&error(301, "PermanentRedirect"), &good],
                Err((Kind::Settings, 1)),
            ),
        ] {
            let answers: Vec<&str> = answers.into_iter().map(String::as_str).collect();
            let s3 = Answering::with(&answers);
            let page = block(pages(s3.port, false).page(&RawQuery {
                max_keys: 1,
                ..RawQuery::default()
            }));
            let asked = s3.asked().len();
            let told = match &page {
                Ok(_) => Ok(asked),
                Err(error) => Err((error.kind(), asked)),
            };
            if told != expected || page.is_err_and(|error| error.to_string().contains("CANARY")) {
                wrong.push(format!("{name}: {told:?}, and not {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
