//! `ListObjects` and `ListObjectsV2`, a page at a time.

use std::fmt::Write as _;

use super::{Bucket, Object, Store};
use crate::support::lambda::reply::{Reply, escaped};
use crate::support::lambda::request::{Request, in_path};

/// What a page shows: an object, or what several keys begin with.
enum Item<'a> {
    Object(&'a str, &'a Object),
    Prefix(&'a str),
}

impl Store {
    /// Answers a page, or what else may be asked of a bucket.
    pub(super) fn list(&self, request: &Request) -> Reply {
        if request.value("location").is_some() {
            return Reply::xml(200, "<LocationConstraint>eu-central-1</LocationConstraint>");
        }
        let state = self.state();
        let bucket = state.buckets.get(&request.bucket).expect("a bucket");
        Reply::xml(200, &document(bucket, request))
    }
}

fn document(bucket: &Bucket, request: &Request) -> String {
    let second = request.value("list-type") == Some("2");
    let most = request.value("max-keys").and_then(|most| most.parse().ok());
    let most = most.unwrap_or(1000).min(1000);
    let (items, truncated) = page(bucket, request, after(request, second).as_deref(), most);
    let code = |text: &str| match request.value("encoding-type") {
        Some("url") => in_path(text).replace("%20", "+"),
        _ => escaped(text),
    };
    let mut xml = format!(
        "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{}</Name><MaxKeys>{most}</MaxKeys>\
         <IsTruncated>{truncated}</IsTruncated>",
        request.bucket
    );
    for (name, element) in [
        ("prefix", "Prefix"),
        ("delimiter", "Delimiter"),
        ("marker", "Marker"),
        ("start-after", "StartAfter"),
        ("encoding-type", "EncodingType"),
    ] {
        if let Some(value) = request.value(name) {
            let _ = write!(xml, "<{element}>{}</{element}>", code(value));
        }
    }
    if second {
        let _ = write!(xml, "<KeyCount>{}</KeyCount>", items.len());
    }
    let last = items.last().map(Item::name).filter(|_| truncated);
    let next = match last {
        Some(last) if second => {
            let token = in_path(last);
            format!("<NextContinuationToken>{token}</NextContinuationToken>")
        }
        // S3 says it only beside a delimiter: without one it is the last key.
        Some(last) if request.value("delimiter").is_some() => {
            format!("<NextMarker>{}</NextMarker>", code(last))
        }
        _ => String::new(),
    };
    xml += &next;
    for item in items {
        let _ = match item {
            Item::Prefix(prefix) => {
                let prefix = code(prefix);
                write!(
                    xml,
                    "<CommonPrefixes><Prefix>{prefix}</Prefix></CommonPrefixes>"
                )
            }
            Item::Object(key, object) => write!(
                xml,
                "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size>\
                 <StorageClass>STANDARD</StorageClass></Contents>",
                code(key),
                object.modified.format("%Y-%m-%dT%H:%M:%S.000Z"),
                escaped(&object.etag),
                object.bytes.len()
            ),
        };
    }
    xml + "</ListBucketResult>"
}

/// Where the page begins.
fn after(request: &Request, second: bool) -> Option<String> {
    if !second {
        return request.value("marker").map(str::to_owned);
    }
    let token = request.value("continuation-token");
    let token = token.map(|token| {
        let text = percent_encoding::percent_decode_str(token).decode_utf8_lossy();
        text.into_owned()
    });
    token.or_else(|| request.value("start-after").map(str::to_owned))
}

/// The items of a page, and whether more follow.
fn page<'a>(
    bucket: &'a Bucket,
    request: &Request,
    after: Option<&str>,
    most: usize,
) -> (Vec<Item<'a>>, bool) {
    let prefix = request.value("prefix").unwrap_or_default();
    let delimiter = request.value("delimiter").filter(|text| !text.is_empty());
    let mut items: Vec<Item> = Vec::new();
    for (key, object) in bucket.iter().filter(|(key, _)| key.starts_with(prefix)) {
        let group = delimiter.and_then(|delimiter| {
            let at = key[prefix.len()..].find(delimiter)?;
            Some(&key[..prefix.len() + at + delimiter.len()])
        });
        let item = group.map_or(Item::Object(key, object), Item::Prefix);
        // Of a prefix that was shown, no key follows.
        let shown = after.is_some_and(|after| key.as_str() <= after || item.name() == after);
        let again = group.is_some() && items.last().is_some_and(|last| last.name() == item.name());
        if shown || again {
            continue;
        }
        if items.len() == most {
            return (items, most > 0);
        }
        items.push(item);
    }
    (items, false)
}

impl Item<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Object(key, _) => key,
            Self::Prefix(prefix) => prefix,
        }
    }
}
