//! What a request becomes on its way to the function.

use serde_json::{Map, Value, json};

use std::sync::atomic::{AtomicU32, Ordering};

use super::{ACCOUNT, Point};
use crate::support::lambda::reply::Reply;
use crate::support::lambda::request::Request;

/// The region of the access points.
const REGION: &str = "eu-central-1";

/// Headers that only say who asks.
const OF_A_SIGNATURE: [&str; 3] = ["authorization", "x-amz-date", "x-amz-security-token"];

/// What else may be asked of an object or a bucket than what is transformed.
const OTHERS: [&str; 12] = [
    "acl",
    "tagging",
    "attributes",
    "uploads",
    "uploadId",
    "policy",
    "versioning",
    "versions",
    "torrent",
    "retention",
    "legal-hold",
    "cors",
];

/// The operation that the function answers, or S3's own answer.
pub fn operation(point: &Point, request: &Request) -> Result<&'static str, Reply> {
    let asks = |name: &str| request.value(name).is_some();
    let on_bucket = request.key.is_empty();
    if on_bucket && asks("location") {
        let document = format!("<LocationConstraint>{REGION}</LocationConstraint>");
        return Err(Reply::xml(200, &document));
    }
    if OTHERS.iter().any(|name| asks(name)) {
        return Err(denied());
    }
    let operation = match (request.method.as_str(), on_bucket) {
        ("GET", false) => "GetObject",
        ("HEAD", false) => "HeadObject",
        ("GET", true) if request.value("list-type") == Some("2") => "ListObjectsV2",
        ("GET", true) => "ListObjects",
        ("HEAD", true) => {
            return Err(Reply::empty(200).header("x-amz-bucket-region", REGION));
        }
        // It would go straight to the raw bucket, which the policy does not let happen.
        _ => return Err(denied()),
    };
    let of_parts = request.head.header("range").is_some() || asks("Range") || asks("partNumber");
    if of_parts && !on_bucket && !point.features {
        let message = "a header you provided implies functionality that is not implemented";
        return Err(Reply::refused(501, "NotImplemented", message));
    }
    Ok(operation)
}

fn denied() -> Reply {
    Reply::refused(403, "AccessDenied", "not through this access point")
}

/// The event of a request; with a token that of a GET.
pub fn of(
    point: &Point,
    request: &Request,
    operation: &str,
    input_url: &str,
    token: Option<&str>,
) -> Value {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let first = operation[..1].to_lowercase();
    let context = format!("{first}{}Context", &operation[1..]);
    let mut asked = json!({ "inputS3Url": input_url });
    if let Some(token) = token {
        asked["outputRoute"] = json!(super::relay::ROUTE);
        asked["outputToken"] = json!(token);
    }
    let raw = &point.raw;
    json!({
        "xAmzRequestId": format!("5e288686-af80-4495-896c-{number:012}"),
        context: asked,
        "configuration": {
            "accessPointArn": point.arn(),
            "supportingAccessPointArn": format!("arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/{raw}"),
            "payload": point.payload,
        },
        "userRequest": { "url": url(point, request), "headers": headers(request) },
        "userIdentity": point.principal,
        "protocolVersion": "1.01",
    })
}

/// The ARN of an access point.
pub fn arn(name: &str) -> String {
    format!("arn:aws:s3-object-lambda:{REGION}:{ACCOUNT}:accesspoint/{name}")
}

/// Somebody.
pub fn principal() -> Value {
    json!({
        "type": "AssumedRole",
        "principalId": "AROAIFU457DVZ5L2J53F2:reader",
        "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/Reader/reader"),
        "accountId": ACCOUNT,
        "accessKeyId": "CANARYCALLER",
    })
}

/// The user's URL: decoded, and without what says who asks.
fn url(point: &Point, request: &Request) -> String {
    let query = request
        .asked()
        .map(|(name, value)| format!("{name}={value}"));
    let query: Vec<String> = query.collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!(
        "https://{}-{ACCOUNT}.s3-object-lambda.{REGION}.amazonaws.com/{}{mark}{}",
        point.name,
        request.key,
        query.join("&")
    )
}

/// The headers as they were written, those that stand there several times joined.
fn headers(request: &Request) -> Value {
    let mut headers: Map<String, Value> = Map::new();
    let named = request.head.headers.iter().zip(&request.head.names);
    for ((lower, value), name) in named {
        if OF_A_SIGNATURE.contains(&lower.as_str()) {
            continue;
        }
        let before = headers.get(name).and_then(Value::as_str);
        let joined = before.map_or_else(|| value.clone(), |before| format!("{before},{value}"));
        headers.insert(name.clone(), json!(joined));
    }
    Value::Object(headers)
}
