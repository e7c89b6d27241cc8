//! The form of a signature, before s3s looks whether it is right: what S3 refuses with a code of its own, or refuses where
//! s3s passes over it. No secret is looked at here.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html>
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use hyper::header::{AUTHORIZATION, HOST, HeaderValue};
use hyper::{HeaderMap, Uri};
use s3s::{S3Error, S3ErrorCode, S3Result};

/// The one way of signing.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// How long a presigned URL may hold, in seconds: seven days.
const MAX_EXPIRES: u32 = 604_800;

/// What a presigned URL has, each once.
const PRESIGNED: [&str; 6] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
];

/// By any of these S3 takes a URL for one that is presigned.
const SIGNS: [&str; 3] = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"];

/// Looks at the form of a request's signature; a request may have none.
///
/// # Errors
/// S3's code for what is wrong with it.
pub fn check(uri: &Uri, headers: &HeaderMap) -> S3Result<()> {
    if headers.get_all(HOST).iter().count() != 1 {
        let message = "a request has one Host header";
        return Err(refused(S3ErrorCode::InvalidRequest, message));
    }
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let pairs: Vec<(String, String)> = pairs.into_owned().collect();
    let has = |name: &str| pairs.iter().any(|(other, _)| other == name);
    let signed: Vec<&HeaderValue> = headers.get_all(AUTHORIZATION).iter().collect();
    let old = |value: &&HeaderValue| value.as_bytes().starts_with(b"AWS ");
    if signed.iter().any(old) || has("AWSAccessKeyId") || has("Signature") {
        let message = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
        return Err(refused(S3ErrorCode::InvalidRequest, message));
    }
    let presigned = SIGNS.iter().any(|name| has(name));
    match (&signed[..], presigned) {
        ([], false) => Ok(()),
        ([], true) => in_query(&pairs),
        ([value], false) => in_header(value, headers),
        _ => {
            let message = "Only one auth mechanism allowed: the X-Amz-Algorithm query parameter or the Authorization \
                           header, once";
            Err(refused(S3ErrorCode::InvalidArgument, message))
        }
    }
}

fn in_header(value: &HeaderValue, headers: &HeaderMap) -> S3Result<()> {
    let malformed = |message| refused(S3ErrorCode::AuthorizationHeaderMalformed, message);
    let value = value.to_str().unwrap_or_default();
    let parts = value.strip_prefix(ALGORITHM);
    let parts = parts.filter(|rest| rest.starts_with(char::is_whitespace));
    let parts = parts.ok_or_else(|| {
        let message = "Unsupported Authorization Type";
        refused(S3ErrorCode::InvalidArgument, message)
    })?;
    let part = |name: &str| {
        let mut all = parts.split(',').map(str::trim);
        all.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
    };
    let (Some(credential), Some(names), Some(_)) =
        (part("Credential"), part("SignedHeaders"), part("Signature"))
    else {
        let message =
            "The authorization header is malformed; it has Credential, SignedHeaders and Signature";
        return Err(malformed(message));
    };
    scope(credential).map_err(malformed)?;
    signs_host(names)?;
    let date = headers.get("x-amz-date").map(HeaderValue::as_bytes);
    if !date.is_some_and(is_date) {
        let message = "AWS authentication requires a valid x-amz-date header";
        return Err(refused(S3ErrorCode::AccessDenied, message));
    }
    Ok(())
}

fn in_query(pairs: &[(String, String)]) -> S3Result<()> {
    let wrong = |message| refused(S3ErrorCode::AuthorizationQueryParametersError, message);
    let mut found = PRESIGNED.map(|_| "");
    for (name, place) in PRESIGNED.iter().zip(&mut found) {
        let mut values = pairs.iter().filter(|(other, _)| other == name);
        let (Some((_, value)), None) = (values.next(), values.next()) else {
            let message = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, \
                           X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters, each once";
            return Err(wrong(message));
        };
        *place = value;
    }
    let [algorithm, credential, date, expires, names, signature] = found;
    if algorithm != ALGORITHM {
        return Err(wrong("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\""));
    }
    scope(credential).map_err(wrong)?;
    if !is_date(date.as_bytes()) {
        let message = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"";
        return Err(wrong(message));
    }
    let expires = expires.parse::<u32>().ok();
    if expires.is_none_or(|seconds| seconds > MAX_EXPIRES) {
        let message = "X-Amz-Expires must be a number of seconds that is not negative, and no more than a week: 604800";
        return Err(wrong(message));
    }
    signs_host(names)?;
    let digits = signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits || signature.len() != 64 {
        let message = "the signature is none: it has 64 hexadecimal digits";
        return Err(refused(S3ErrorCode::SignatureDoesNotMatch, message));
    }
    Ok(())
}

/// What a credential is good for: `id/20261126/us-east-1/s3/aws4_request`, in whatever region.
fn scope(credential: &str) -> Result<(), &'static str> {
    let parts: Vec<&str> = credential.split('/').collect();
    let [_, day, _, service, "aws4_request"] = parts[..] else {
        return Err(
            "The credential is malformed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"",
        );
    };
    if day.len() != 8 || !day.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("The credential is malformed; its date has the form YYYYMMDD");
    }
    match service {
        "s3" => Ok(()),
        _ => Err("The credential is malformed; incorrect service. This endpoint belongs to \"s3\""),
    }
}

/// A signature without the host would be good for any bucket that is a host.
fn signs_host(names: &str) -> S3Result<()> {
    let mut names = names.split(';');
    if names.any(|name| name == "host") {
        return Ok(());
    }
    let message = "There were headers present in the request which were not signed: host";
    Err(refused(S3ErrorCode::AccessDenied, message))
}

/// `20261126T092728Z`. Whether there is such a day, s3s sees.
fn is_date(date: &[u8]) -> bool {
    let form = |(at, byte): (usize, &u8)| match at {
        8 => *byte == b'T',
        15 => *byte == b'Z',
        _ => byte.is_ascii_digit(),
    };
    date.len() == 16 && date.iter().enumerate().all(form)
}

fn refused(code: S3ErrorCode, message: &'static str) -> S3Error {
    S3Error::with_message(code, message)
}
