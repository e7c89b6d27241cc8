//! GET, HEAD and LIST of releases: requests → what is asked, read from headers and query as S3 reads them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::future::ready;
use std::sync::Arc;

use futures::future::BoxFuture;
use hyper::http::Extensions;
use hyper::{HeaderMap, Method, Uri};
use percent_encoding::percent_decode_str;
use s3s::host::{S3Host, VirtualHost};
use s3s::path::{S3Path, parse_virtual_hosted_style};
use s3s::route::S3Route;
use s3s::{Body, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::access::Access;
use super::trace::Trace;
use super::{Gateway, list, object};
use crate::request::ListVersion;

/// Names in a query by which S3 knows another operation than a read of an object or listing. An unknown name is none.
const OTHER_OPERATIONS: [&str; 38] = [
    "abac",
    "accelerate",
    "acl",
    "analytics",
    "annotation",
    "attributes",
    "cors",
    "delete",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "location",
    "logging",
    "metadataConfiguration",
    "metadataTable",
    "metrics",
    "notification",
    "object-lock",
    "ownershipControls",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "renameObject",
    "replication",
    "requestPayment",
    "restore",
    "retention",
    "select",
    "session",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versioning",
    "versions",
    "website",
];

/// Takes reads.
pub struct Reads {
    access: Access,
    hosts: Hosts,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The bytes of a release.
    GetObject,
    /// What is said of it.
    HeadObject,
    /// A page of releases.
    List(ListVersion),
}

/// A read on its way.
pub struct Call {
    /// What answers it.
    pub gateway: Arc<Gateway>,
    /// Who asks, by access key id.
    pub reader: String,
    /// The access point.
    pub bucket: String,
    /// The key; empty for a listing.
    pub key: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// Its id, and its line in the log.
    pub trace: Trace,
    headers: BTreeMap<String, String>,
}

impl Call {
    /// A header, by its lower-case name; several of one name joined by commas.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The first argument of this name.
    pub fn argument(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Reads {
    /// Of those that are admitted, at these hosts.
    pub fn new(access: Access, hosts: Hosts) -> Self {
        Self { access, hosts }
    }

    /// What a request reads; none for what is no read.
    fn read(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<(Operation, S3Path)> {
        let bytes = match *method {
            Method::GET => true,
            Method::HEAD => false,
            _ => return None,
        };
        let query = query(uri);
        let is_other = |(name, _): &(String, String)| OTHER_OPERATIONS.contains(&name.as_str());
        if query.iter().any(is_other) {
            return None;
        }
        let host = headers.get("host").and_then(|host| host.to_str().ok());
        let path = percent_decode_str(uri.path()).decode_utf8().ok()?;
        let bucket = host.and_then(|host| self.hosts.bucket(host));
        let path = parse_virtual_hosted_style(bucket.as_deref(), &path).ok()?;
        let version = match query.iter().find(|(name, _)| name == "list-type") {
            Some((_, value)) if value == "2" => ListVersion::V2,
            _ => ListVersion::V1,
        };
        let operation = match (&path, bytes) {
            (S3Path::Object { .. }, true) => Operation::GetObject,
            (S3Path::Object { .. }, false) => Operation::HeadObject,
            (S3Path::Bucket { .. }, true) => Operation::List(version),
            _ => return None,
        };
        Some((operation, path))
    }
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::GetObject => "GetObject",
            Self::HeadObject => "HeadObject",
            Self::List(ListVersion::V1) => "ListObjects",
            Self::List(ListVersion::V2) => "ListObjectsV2",
        }
    }
}

impl S3Route for Reads {
    fn is_match(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        _: &mut Extensions,
    ) -> bool {
        self.read(method, uri, headers).is_some()
    }

    /// All that is checked is checked with the call: it takes the access point's name.
    fn check_access<'a, 'b, 'f>(&'a self, _: &'b mut S3Request<Body>) -> BoxFuture<'f, S3Result<()>>
    where
        'a: 'f,
        'b: 'f,
    {
        Box::pin(ready(Ok(())))
    }

    fn call<'a, 'f>(&'a self, request: S3Request<Body>) -> BoxFuture<'f, S3Result<S3Response<Body>>>
    where
        'a: 'f,
    {
        match self.admitted(&request) {
            Ok((operation, call)) => answered(operation, call),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }
}

/// The answer to a call. It holds nothing but the call, and so has no lifetime.
fn answered(operation: Operation, call: Call) -> BoxFuture<'static, S3Result<S3Response<Body>>> {
    match operation {
        Operation::GetObject => Box::pin(object::get(call)),
        Operation::HeadObject => Box::pin(object::head(call)),
        Operation::List(version) => Box::pin(list::list(call, version)),
    }
}

impl Reads {
    /// What is read, for one who may read it.
    fn admitted(&self, request: &S3Request<Body>) -> S3Result<(Operation, Call)> {
        let read = self.read(&request.method, &request.uri, &request.headers);
        let trace = request.extensions.get::<Trace>().cloned();
        let (Some((operation, path)), Some(trace)) = (read, trace) else {
            return Err(S3Error::new(S3ErrorCode::InternalError));
        };
        trace.say(|line| line.operation = operation.name());
        let bucket = path.get_bucket_name().unwrap_or_default().to_owned();
        let credentials = request.credentials.as_ref();
        let reader = self
            .access
            .admit(credentials, Some(&bucket), Some(&trace))?;
        let call = Call {
            gateway: Arc::clone(&self.access.0),
            reader,
            bucket,
            key: path.get_object_key().unwrap_or_default().to_owned(),
            query: query(&request.uri),
            headers: joined(&request.headers),
            trace,
        };
        Ok((operation, call))
    }
}

/// Decoded, with pluses as spaces.
fn query(uri: &Uri) -> Vec<(String, String)> {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    pairs.into_owned().collect()
}

/// Headers that are text.
fn joined(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (name, value) in headers {
        let Ok(value) = value.to_str() else { continue };
        let entry: &mut String = all.entry(name.as_str().to_owned()).or_default();
        if !entry.is_empty() {
            entry.push(',');
        }
        entry.push_str(value);
    }
    all
}

/// Names below which buckets are hosts.
#[derive(Clone, Debug)]
pub struct Hosts(pub Vec<String>);

impl Hosts {
    /// The bucket that a `Host` names; none where it stands in the path.
    fn bucket(&self, host: &str) -> Option<String> {
        let host = host.to_ascii_lowercase();
        let name = host.rsplit_once(':').map_or(&*host, |(name, _)| name);
        self.0.iter().find_map(|domain| {
            let bucket = name.strip_suffix(domain)?.strip_suffix('.')?;
            Some(bucket.to_owned())
        })
    }
}

impl S3Host for Hosts {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> S3Result<VirtualHost<'a>> {
        let here = VirtualHost::new(Cow::Borrowed(host));
        Ok(match self.bucket(host) {
            Some(bucket) => here.with_bucket(bucket),
            None => here,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_below_a_domain_names_a_bucket() {
        let hosts = Hosts(vec!["s3.example.org".into()]);
        let mut wrong = Vec::new();
        for (host, bucket) in [
            ("analytics.s3.example.org", Some("analytics")),
            ("Analytics.S3.example.org:9300", Some("analytics")),
            ("a.b.s3.example.org", Some("a.b")),
            ("s3.example.org", None),
            ("s3.example.org:9300", None),
            ("evils3.example.org", None),
            ("localhost:9300", None),
            ("127.0.0.1:9300", None),
            ("", None),
        ] {
            if hosts.bucket(host).as_deref() != bucket {
                wrong.push(host);
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
