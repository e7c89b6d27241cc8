//! HEAD and LIST, whose answers are what the function returns.

use serde_json::Value;

use crate::support::lambda::reply::Reply;

/// The answer of `HeadObject`.
pub fn of_head(returned: &Value) -> Reply {
    let (status, mut reply) = match begun(returned) {
        Ok(begun) => begun,
        Err(reply) => return reply,
    };
    let headers = returned["headers"].as_object();
    for (name, value) in headers.into_iter().flatten() {
        if name.eq_ignore_ascii_case("content-length") {
            continue;
        }
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        reply = reply.header(name, value);
    }
    if [200, 206].contains(&status) {
        // It is a number, and there must be one.
        let length = returned["headers"]["Content-Length"].as_u64();
        let Some(length) = length.and_then(|length| usize::try_from(length).ok()) else {
            return invalid("Content-Length is no number");
        };
        reply.length = Some(length);
    }
    reply
}

/// The answer of `ListObjects` and `ListObjectsV2`.
pub fn of_list(returned: &Value) -> Reply {
    let (status, mut reply) = match begun(returned) {
        Ok(begun) => begun,
        Err(reply) => return reply,
    };
    if status == 200 {
        let both = returned
            .get("listBucketResult")
            .is_some_and(Value::is_object);
        let Some(xml) = returned["listResultXml"].as_str().filter(|_| !both) else {
            return invalid("there is no listResultXml");
        };
        // Forwarded unchecked.
        reply.body = xml.as_bytes().to_vec();
        reply = reply.header("Content-Type", "application/xml");
    }
    reply
}

/// The status, and S3's form of an error.
fn begun(returned: &Value) -> Result<(u16, Reply), Reply> {
    let status = returned["statusCode"].as_u64();
    let Some(status) = status.and_then(|status| u16::try_from(status).ok()) else {
        let said = returned["errorMessage"].as_str().unwrap_or_default();
        return Err(Reply::refused(500, "LambdaRuntimeError", said));
    };
    if status < 400 {
        return Ok((status, Reply::empty(status)));
    }
    let (Some(code), Some(message)) = (
        returned["errorCode"].as_str(),
        returned["errorMessage"].as_str(),
    ) else {
        return Err(invalid("an error has no errorCode, or no errorMessage"));
    };
    Ok((status, Reply::refused(status, code, message)))
}

fn invalid(what: &str) -> Reply {
    Reply::refused(500, "LambdaInvalidResponse", what)
}
