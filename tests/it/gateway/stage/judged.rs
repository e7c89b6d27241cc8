//! What is wrong with an answer.

use crate::support::lambda::Got;

/// The headers that an answer may come with.
const ALLOWED: [&str; 9] = [
    "accept-ranges",
    "content-length",
    "content-range",
    "content-type",
    "date",
    "etag",
    "last-modified",
    "transfer-encoding",
    "x-amz-request-id",
];

/// Whatever of an answer may not reach a consumer, or is missing of what each has.
pub fn leaks(got: &Got) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, value) in &got.head.headers {
        if !ALLOWED.contains(&name.as_str()) || value.contains("CANARY") {
            wrong.push(format!("has the header {name}: {value}"));
        }
    }
    if got.text().to_ascii_uppercase().contains("CANARY") {
        wrong.push("has a body that tells what nobody may know".to_owned());
    }
    let id = got.header("x-amz-request-id");
    if id.len() != 16 {
        wrong.push(format!("has the request id {id:?}"));
    }
    wrong
}

/// What is wrong with an answer as S3's refusal of a request of this method.
pub fn unlike_refusal(got: &Got, method: &str, status: u16, code: &str) -> Vec<String> {
    let mut wrong = leaks(got);
    let (code, kind) = match method {
        "HEAD" => ("", ""),
        _ => (code, "application/xml"),
    };
    if (got.status(), got.code().as_str()) != (status, code) {
        wrong.push(format!(
            "is answered {} {}, not {status} {code}",
            got.status(),
            got.text()
        ));
        return wrong;
    }
    let id = format!("<RequestId>{}</RequestId>", got.header("x-amz-request-id"));
    let document = got.text();
    let described = document.contains("<Message>") && document.contains(&id);
    if method != "HEAD" && !described {
        wrong.push(format!("has the document {document}"));
    }
    if got.header("content-type") != kind || !got.whole {
        wrong.push(format!("has the type {}", got.header("content-type")));
    }
    if method == "HEAD" && !["", "0"].contains(&got.header("content-length")) {
        wrong.push("has the length of a body".to_owned());
    }
    wrong
}
